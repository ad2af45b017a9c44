"""What happens to a call, in the past tense: the only way in to the engine.

Every event carries its time, aware. An answer to an effect names the effect's id; an
answer whose id is not pending is ignored and traced, whatever it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from flowkit.dialogue.acts import Act, Json


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What is known of a call when it starts; ``caller.*`` and ``call.*`` in sentences."""

    id: str
    """Unique for this call; part of every idempotency key."""
    direction: str = "in"
    """``in`` or ``out``."""
    number: str | None = None
    """The other side's number, E.164, or None when withheld."""
    known: bool = False
    """Whether the caller is known by that number."""
    answered_by: str = "person"
    """``person`` or ``machine``."""


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The line is open."""

    at: datetime
    facts: CallFacts
    given: Mapping[str, Json] = field(default_factory=dict)
    """Values that come with the call, in the canonical form of their types."""
    language: str | None = None
    """None: the agent's own."""


@dataclass(frozen=True, slots=True)
class CallerSaid:
    """The caller finished saying something (a final transcript)."""

    at: datetime
    text: str
    heard: str | None = None
    """If the agent was speaking when the caller began: the words of that speech that had
    been played until then. None: it was not speaking."""
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """Answers ``Understand``."""

    at: datetime
    id: int
    acts: tuple[Act, ...]
    certain: bool = True
    unplaced: tuple[str, ...] = ()
    by: str = "rules"


@dataclass(frozen=True, slots=True)
class SpeechFinished:
    """Answers ``Say``: it was played to its end."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class CallerInterrupted:
    """Answers ``Say`` or ``StopSpeaking``: the speech was cut, and this much was heard."""

    at: datetime
    id: int
    heard: str


@dataclass(frozen=True, slots=True)
class KeysPressed:
    """Digits from the keypad, ``#`` and ``*`` included."""

    at: datetime
    keys: str


@dataclass(frozen=True, slots=True)
class ToolReturned:
    """Answers ``CallTool`` with its result, plain data."""

    at: datetime
    id: int
    result: Json


@dataclass(frozen=True, slots=True)
class ToolFailed:
    """Answers ``CallTool``: it raised (``error``) or took too long (``timeout``)."""

    at: datetime
    id: int
    reason: str
    """``error`` (it did not happen) or ``timeout`` (nobody knows whether it did)."""
    message: str = ""


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """Answers ``Transfer``: a person took the call, or nobody did."""

    at: datetime
    id: int
    connected: bool


@dataclass(frozen=True, slots=True)
class TimerFired:
    """Answers ``StartTimer``."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class LanguageChanged:
    """Somebody switched the call to another of the agent's languages."""

    at: datetime
    language: str


@dataclass(frozen=True, slots=True)
class CallResumed:
    """The call goes on in another process, or after the line had dropped."""

    at: datetime


@dataclass(frozen=True, slots=True)
class CallerHungUp:
    """The line is gone."""

    at: datetime


Event: TypeAlias = (
    CallStarted | CallerSaid | Understood | SpeechFinished | CallerInterrupted
    | KeysPressed | ToolReturned | ToolFailed | TransferEnded | TimerFired
    | LanguageChanged | CallResumed | CallerHungUp
)  # fmt: skip
