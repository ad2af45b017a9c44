"""A flow while it is being made: its pieces, and where each of them stands in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from flowkit.authoring.codes import found
from flowkit.authoring.modules import Extensions
from flowkit.authoring.names import Meaning, Means, fixed_names
from flowkit.authoring.nodes import Listing, Node, Scalar
from flowkit.authoring.parts import Part
from flowkit.authoring.texts import Condition, Formula, Text
from flowkit.diagnostics import Diagnostic, Fix, Span
from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json

if TYPE_CHECKING:
    from flowkit.authoring.translations import Translations
    from flowkit.types.reading import ReadableType

Written: TypeAlias = Text | Formula | Condition
Role: TypeAlias = Literal[
    "say", "ask", "confirm", "offer", "each", "otherwise", "meanwhile", "reason",
    "suggest", "condition", "rule", "argument", "list",
]  # fmt: skip
ANYTHING = Meaning(Means.WORD, None, None)
"""A name of which only the run knows what it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where something written stands, and what for."""

    scalar: Scalar
    role: Role
    slot: str = ""
    """The slot that it belongs to, if any."""


@dataclass(eq=False)
class Shared:
    """What all flows of an agent have in common while they are compiled."""

    extensions: Extensions
    people: tuple[str, ...] = ()
    values: Mapping[str, Json] = field(default_factory=dict)
    flows: tuple[str, ...] = ()
    slots: Mapping[str, flow.Slot] = field(default_factory=dict)
    filled_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The slots that each flow asks for or fills."""
    conjunctions: frozenset[str] = frozenset()
    """The words for "and" and "or" in the language of the sentences."""
    whole: bool = True
    """All files could be read: what is not there does not exist."""
    missing_functions: dict[str, Diagnostic] = field(default_factory=dict)
    """Python that nobody has written yet, each name once."""
    stubs: dict[str, flow.Tool] = field(default_factory=dict)
    flow_slots: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The names of each flow's own slots."""


@dataclass(eq=False)
class Draft:
    """A flow while it is being made: the flow, and where each piece of it stands."""

    name: str
    part: Part
    shared: Shared
    names: dict[str, Meaning] = field(default_factory=fixed_names)
    types: dict[str, ReadableType] = field(default_factory=dict)
    """Of each slot and given value; a stand-in where there is no such type."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    """By ``id`` of a text, formula or condition."""
    written: list[Written] = field(default_factory=list)
    """All of them, in file order."""
    steps: dict[str, Part] = field(default_factory=dict)
    """Each step's part, by its id."""
    slot_parts: dict[str, Part] = field(default_factory=dict)
    ladders: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    """Each ladder's rungs by its path: ``slots.phone.if_silent``."""
    unknown: set[str] = field(default_factory=set)
    flow: flow.Flow | None = None
    translations: Translations | None = None
    compared: int = 0
    """How many names were held against unknown ones, to find what was meant."""
    whole: bool = True
    """Its file and agent.yaml could be read: a name that is not there does not exist."""
    nothing_left_out: bool = True
    """Nothing of it had to be left out: what nothing asks for is not asked for."""

    def report(
        self,
        code: str,
        span: Span,
        message: str,
        advice: str = "",
        fix: Fix | None = None,
    ) -> None:
        """Note a finding."""
        self.diagnostics.append(found(code, span, message, advice=advice, fix=fix))

    def place(self, thing: object) -> Place | None:
        """Return where a text, formula or condition stands."""
        return self.places.get(id(thing))


def place_of(scalar: Scalar, source: str, start: int, end: int) -> Span:
    """Return the place of ``source[start:end]``, a scalar's text with single spaces."""
    if source == scalar.text:
        return scalar.at(start, end)
    wanted = source[:start].replace(" ", "")
    at = 0
    for _ in wanted:
        while at < len(scalar.text) and scalar.text[at].isspace():
            at += 1
        at += 1
    while at < len(scalar.text) and scalar.text[at].isspace():
        at += 1
    return scalar.at(at, at + max(end - start, 1))


def plain(node: Node) -> Json:
    """Return a node as plain data, with texts as they were written."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {entry.key.text: plain(entry.value) for entry in node.entries}
