"""What an understander is told before it reads an utterance, and what it answers.

The engine builds the request (it knows what is open); any understander answers it: rules,
a model, a cascade of both, or a test's script. The request is everything: an understander
keeps no state of its own between turns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flowkit.dialogue.acts import Act, Json
from flowkit.dialogue.flow import Slot


@dataclass(frozen=True, slots=True)
class Fillable:
    """A slot that may be filled now."""

    slot: Slot
    value: Json = None
    """Its present value, or None."""
    before: Json = None
    """The value that it had before the present one, or None."""
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """For a choice: each value with the other words for it, known at this moment."""
    after: Json = None
    """For a date or time declared ``after`` another: that one's present value."""
    refused: Json = None
    """The value that a rule has just refused, while its question is open."""
    begun: str = ""
    """Words of this value that came in earlier turns and were not enough yet: the
    beginning of a phone number. A whole value in the new words alone comes first."""


@dataclass(frozen=True, slots=True)
class Question:
    """The last question that the agent asked."""

    kind: str
    """``slot`` (``slots`` says which), ``read_back``, ``suggest``, ``confirm``,
    ``offer``, ``change`` ("What should I change?"), ``flow`` (a router), ``keep`` (keep
    the old value after a refusal, or go on with the new one? ``Request.choices`` has the
    two answers), ``which`` (an unclear value), ``sure`` (a question of the engine's
    own)."""
    slots: tuple[str, ...] = ()
    """The slots it is about; for ``confirm`` those that were spoken."""
    heard: bool = True
    """Whether it had been heard to its end when the caller spoke."""
    candidates: tuple[tuple[str, Json], ...] = ()
    """For ``which``: the readings that were named to the caller, in that order."""

    @property
    def takes_yes(self) -> bool:
        """Whether "yes" answers it."""
        return self.kind in ("read_back", "suggest", "confirm", "keep", "sure", "offer")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the choices on offer: what was spoken, and the values behind it."""

    text: str
    values: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Topic:
    """A side question or a flow that the caller may ask for."""

    ref: str
    """The entry's id, or the flow's name."""
    about: str
    """The designer's phrase: "where to park", "The caller wants to book a table."."""
    such_as: tuple[str, ...] = ()
    """Examples of what callers say for it."""


@dataclass(frozen=True, slots=True)
class Request:
    """One utterance to be understood, and all that is needed to understand it."""

    text: str
    """What was said, with earlier words of this turn that were not yet understood."""
    now: datetime
    """Aware, in the agent's time zone."""
    language: str
    country: str = "US"
    slots: tuple[Fillable, ...] = ()
    question: Question | None = None
    asked: str = ""
    """The agent's last words, as heard: what the caller answers."""
    choices: tuple[Choice, ...] = ()
    entries: tuple[Topic, ...] = ()
    flows: tuple[Topic, ...] = ()
    speaking: bool = False
    """The caller spoke while the agent was speaking: "mm-hm" is an acknowledgement."""
    busy: bool = False
    """A tool is running; no question is open."""
    alternatives: tuple[str, ...] = ()
    """Other readings of the recogniser, best first, without ``text`` itself."""
    caller_number: str | None = None
    keys: str = ""
    """Digits typed on the keypad for the asked slot; then ``text`` is empty."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What an understander made of an utterance."""

    acts: tuple[Act, ...]
    certain: bool = True
    """Every word is accounted for and no reading competes: no model is needed."""
    unplaced: tuple[str, ...] = ()
    """Words that nothing accounts for (fillers and carrier words are accounted for)."""
    by: str = "rules"
    """``rules``, ``model``, ``script``: who read it; kept in the record."""
    details: Mapping[str, Json] = field(default_factory=dict)
    """Anything that helps a tester see why; never read by the engine."""
