"""What the engine did and why, one record a step.

The playground's ``:why``, a failing test and the call record render these and nothing
else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flowkit.dialogue.effects import Effect
from flowkit.dialogue.events import Event


@dataclass(frozen=True, slots=True)
class Move:
    """One decision inside a step."""

    rule: str
    """A short fixed name: ``fill``, ``refuse``, ``rung``, ``stale_answer`` ..."""
    text: str
    """What happened, as a sentence for a tester: "date was refused by its rule"."""
    line: str = ""
    """``file:line`` of the designer's text behind it, or empty."""


@dataclass(frozen=True, slots=True)
class TraceRecord:
    """One event, what was decided, and what was asked of the world."""

    at: datetime
    event: Event
    moves: tuple[Move, ...]
    effects: tuple[Effect, ...]
