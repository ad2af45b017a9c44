"""The names that sentences and conditions read, and how their values are told apart.

Everything a designer can name is found here: slots, saved results, values, what came
with the call, the clock of the run, the caller, outcomes of other flows. A *version* of
a name changes exactly when its value does (a slot's also when it changes back): what was
heard, confirmed or said is remembered by version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import Agent, Flow, Language, Named, Slot
from flowkit.dialogue.state import Run, SlotValue, State

CLOCK = frozenset({"now", "today", "part_of_day"})
"""Names that never make a sentence due again: they are fixed when the flow starts."""

EMPTY_SLOT = SlotValue()
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
)


def canonical(data: Json) -> str:
    """Return data as JSON text that is equal exactly for equal data."""
    return _ENCODER.encode(data)


def digest(text: str) -> str:
    """Return a short stable digest of a text; short texts stand for themselves."""
    if len(text) <= 32:
        return text
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


class _PartOfDay:
    """Speaks ``part_of_day``: the English name in conditions, words in sentences."""

    name = "part_of_day"

    def open(self, data: Json) -> object:
        return data

    def close(self, value: object) -> Json:
        return str(value)

    def speak(self, data: Json, language: Language) -> str:
        return language.phrase(f"part_of_day.{data}").source


_PART_OF_DAY = _PartOfDay()


def part_of_day(hour: int) -> str:
    """Return ``morning``, ``afternoon`` or ``evening``: what one greets with then."""
    return (
        "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"
    )


class CallScope:
    """The names of one run at one moment (the protocol ``flow.Scope``)."""

    __slots__ = ("_deciding", "agent", "extra", "flow", "run", "state")

    def __init__(
        self,
        agent: Agent,
        state: State,
        *,
        run: Run | None = None,
        extra: Mapping[str, Named] | None = None,
    ) -> None:
        self.agent = agent
        self.state = state
        self.run = run or state.runs[-1]
        self.flow: Flow = agent.flows[self.run.flow]
        self.extra = extra
        self._deciding: set[str] = set()

    @property
    def language(self) -> Language:
        """The language that the call is in."""
        return self.agent.languages[self.state.language]

    def slot(self, name: str) -> SlotValue:
        """Return the life of a slot of this run."""
        return slot_of(self.flow.slots[name], self.run, self.state)

    def lookup(self, name: str) -> Named:
        """Return the value of a root name; ``Named(None)`` when it is empty."""
        if self.extra is not None and name in self.extra:
            return self.extra[name]
        slot = self.flow.slots.get(name)
        if slot is not None:
            if not self.visible(name):
                return Named(None, slot.type, slot.private)
            return Named(self.slot(name).value, slot.type, slot.private)
        saved = self.run.saved.get(name)
        if saved is not None:
            return Named(self.run.results[saved].content)
        given = self.flow.given.get(name)
        if given is not None:
            return Named(self.state.given.get(name), given.type, given.private)
        if name in self.run.outcomes:
            return Named({"outcome": self.run.outcomes[name]})
        if name in self.agent.values:
            return Named(self.agent.values[name])
        return self._circumstance(name)

    def _circumstance(self, name: str) -> Named:
        facts = self.state.facts
        match name:
            case "today":
                return Named(self.run.now[:10])
            case "now":
                return Named(self.run.now[11:16])
            case "part_of_day":
                hour = datetime.fromisoformat(self.run.now).hour
                return Named(part_of_day(hour), _PART_OF_DAY)
            case "caller":
                return Named({"number": facts.number, "known": facts.known})
            case "call":
                return Named(
                    {
                        "direction": facts.direction,
                        "answered_by": facts.answered_by,
                        "id": facts.id,
                    }
                )
            case "language":
                return Named(self.state.language)
            case _:
                return Named(None)

    def visible(self, slot: str) -> bool:
        """Whether a branch that is taken now asks for the slot (RULES 30)."""
        paths = self.flow.guards.get(slot)
        if paths is None or slot in self._deciding:
            return paths is None
        self._deciding.add(slot)
        try:
            return any(
                all(when.condition.verdict(self).holds is side for when, side in path)
                for path in paths
            )
        finally:
            self._deciding.discard(slot)

    def version(self, name: str) -> int | str:
        """Return the present version of a name; 0 for one that cannot change."""
        if name in self.flow.slots:
            return self.slot(name).rev if self.visible(name) else 0
        saved = self.run.saved.get(name)
        if saved is not None:
            return self.run.results[saved].digest
        return self.run.outcomes.get(name, 0)

    def serial(self, name: str) -> int:
        """Return the serial number of the result behind a name, or 0."""
        saved = self.run.saved.get(name)
        return 0 if saved is None else self.run.results[saved].serial


def slot_of(slot: Slot, run: Run, state: State) -> SlotValue:
    """Return the life of a slot: of the whole call if it is shared, else of the run."""
    return (state.shared if slot.shared else run.slots).get(slot.name, EMPTY_SLOT)
