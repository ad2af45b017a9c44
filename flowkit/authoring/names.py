"""What names mean in a flow, and runtime objects that read them: validators.

The table says for each name what kind of thing it is, which type speaks it, and what may
stand behind a dot. It is made once per flow, before any sentence is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from flowkit.authoring import values
from flowkit.authoring.values import Value
from flowkit.dialogue.flow import Scope, SlotType, Verdict
from flowkit.extensions import Refused


class Means(StrEnum):
    """What kind of thing a name is; the values are used in messages."""

    SLOT = "a slot"
    RESULT = "a result"
    VALUE = "a value of agent.yaml"
    GIVEN = "a given value"
    OUTCOME = "the outcome of a flow"
    CLOCK = "the clock"
    CALL = "the call"
    WORD = "a word for this sentence"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One name."""

    means: Means
    type: SlotType | None = None
    parts: frozenset[str] | None = frozenset()
    """What may stand behind its dot; None: anything."""
    private: bool = False


_RAW = frozenset({"value"})
_BY_TYPE: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(parts) for name, parts in values.PARTS.items()
}


def parts_of(type_: SlotType) -> frozenset[str] | None:
    """Return what may stand behind the dot of a value of a type; None: anything."""
    return _RAW | _BY_TYPE.get(type_.name, frozenset())


def fixed_names() -> dict[str, Meaning]:
    """Return the names that every flow has."""
    today, now = values.plain_type("date"), values.plain_type("time")
    return {
        "today": Meaning(Means.CLOCK, today, parts_of(today)),
        "now": Meaning(Means.CLOCK, now, parts_of(now)),
        "part_of_day": Meaning(Means.CLOCK),
        "language": Meaning(Means.CALL),
        "caller": Meaning(Means.CALL, None, frozenset({"number", "known"})),
        "call": Meaning(
            Means.CALL, None, frozenset({"direction", "answered_by", "id"})
        ),
    }


@dataclass(frozen=True, eq=False)
class Validation:
    """A developer's validator in a rule (the protocol ``flow.Test``); it never raises."""

    source: str
    """The validator's name."""
    reads: frozenset[str]
    line: str = ""
    _function: Callable[..., object] = field(default=lambda: True, repr=False)
    _parameters: tuple[str, ...] = field(default=(), repr=False)

    def verdict(self, scope: Scope) -> Verdict:
        """Call it with the Python objects of the values in scope."""
        try:
            arguments = {name: _opened(scope, name) for name in self._parameters}
            found = self._function(**arguments)
        except Exception as err:  # noqa: BLE001  # a developer's function
            return Verdict(holds=False, error=err)
        if isinstance(found, Refused):
            words = {name: values.closed(word) for name, word in found.words.items()}
            return Verdict(holds=False, words=words)
        return Verdict(bool(found))


def _opened(scope: Scope, name: str) -> object:
    found = scope.lookup(name)
    return values.opened(Value(found.data, found.type))
