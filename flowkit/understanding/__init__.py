"""Words to acts: the understander by rules."""

from flowkit.understanding.rules import RulesUnderstander

__all__ = ["RulesUnderstander"]
