"""Understanding by rules, loaded only when somebody has spoken."""

from __future__ import annotations

from flowkit.dialogue.flow import Agent
from flowkit.dialogue.request import Request, Understanding
from flowkit.ports import Understander


class Rules:
    """Understands by rules; loads them when the caller first speaks.

    The agent's first words need not wait for that.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._rules: Understander | None = None

    async def understand(self, request: Request) -> Understanding:
        """Return what the words mean."""
        if self._rules is None:
            from flowkit.understanding.rules import RulesUnderstander

            self._rules = RulesUnderstander(self._agent)
        return await self._rules.understand(request)
