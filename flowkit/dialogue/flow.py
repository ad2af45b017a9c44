"""A compiled agent: what designers wrote, checked and immutable.

The compiler (``flowkit.authoring``) makes these; the engine walks them. Text and
conditions are protocols, so that this package knows no template language; slot types are
a protocol, so that it knows no dates or phones. All data are plain JSON in the canonical
form of their type; a type ``open``s them for Python code and speaks them for callers.
Two pieces are the same only if they are one: agents are told apart by fingerprint, steps
by id, so no comparison by value is generated for them (which halves the time of import).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from flowkit.dialogue.acts import Json
from flowkit.dialogue.protocols import (
    BrokenExpression,
    Expression,
    Language,
    Named,
    Scope,
    Sentence,
    SlotType,
    Spoken,
    Test,
    Verdict,
)

__all__ = [
    "Agent",
    "Argument",
    "Ask",
    "AskAgain",
    "BrokenExpression",
    "Confirm",
    "Do",
    "DoFlow",
    "End",
    "Entry",
    "Expression",
    "Flow",
    "Given",
    "GoTo",
    "Handoff",
    "Interrupt",
    "Ladders",
    "Language",
    "Named",
    "Offer",
    "Rule",
    "Rung",
    "Say",
    "Scope",
    "Sentence",
    "Skip",
    "Slot",
    "SlotType",
    "Spoken",
    "StartOneOf",
    "Step",
    "Target",
    "Test",
    "Tool",
    "Verdict",
    "When",
    "blocks_of",
]

Interrupt: TypeAlias = Literal["anytime", "with_answer", "never"]


# --- steps -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Step:
    id: str
    """Path in the file, unique in the flow: ``steps.4.otherwise.0``."""
    line: str = ""
    """``file:line`` where it stands."""


@dataclass(frozen=True, slots=True, eq=False)
class Say(_Step):
    """Speak; several sentences are variants (``one_of``), used in turn."""

    variants: tuple[Sentence, ...]
    interrupt: Interrupt = "anytime"


@dataclass(frozen=True, slots=True, eq=False)
class Ask(_Step):
    """Gather slots, asked in this order, filled in any."""

    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Confirm(_Step):
    """Ask for a yes to the values that the sentence speaks."""

    say: Sentence
    interrupt: Interrupt = "anytime"
    covers: frozenset[str] = frozenset()
    """What the commits behind it read: a change of these needs a new yes (rule 15)."""


@dataclass(frozen=True, slots=True, eq=False)
class Argument:
    """One argument of a tool."""

    name: str
    value: Expression
    type: SlotType | None = None
    """Set when the expression is a typed value: the tool gets it opened."""


@dataclass(frozen=True, slots=True, eq=False)
class Do(_Step):
    """Call a tool."""

    tool: str
    arguments: tuple[Argument, ...] = ()
    save_as: str | None = None
    into: tuple[str, ...] = ()
    meanwhile: Sentence | None = None
    within_s: float = 10.0
    if_it_fails: tuple[Step, ...] = ()
    commit: bool = False
    """A point of no return: behind a ``confirm``, or declared so."""
    locks: frozenset[str] = frozenset()
    """For a commit: the slots and results that it, the confirms before it and the
    conditions around it read (rule 31)."""
    if_changed_later: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class When(_Step):
    """Branch on a condition."""

    condition: Test
    steps: tuple[Step, ...]
    otherwise: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Offer(_Step):
    """Let the caller choose from a list; fills the ``into`` slots."""

    choices: Expression
    into: tuple[str, ...]
    say: Sentence
    """Reads ``choices``, which the engine provides as spoken text."""
    each: Sentence | None = None
    """How one choice is spoken; reads ``it`` and the fields of the choice."""
    if_none_suit: tuple[Step, ...] = ()
    interrupt: Interrupt = "anytime"


@dataclass(frozen=True, slots=True, eq=False)
class AskAgain(_Step):
    """Empty slots and ask for them again."""

    slots: tuple[str, ...]
    say: Sentence | None = None
    at_most: int = 3
    then: tuple[Step, ...] = ()
    interrupt: Interrupt = "anytime"


@dataclass(frozen=True, slots=True, eq=False)
class StartOneOf(_Step):
    """The router: which flow does the caller want?"""

    flows: tuple[str, ...]
    say: Sentence
    interrupt: Interrupt = "anytime"


@dataclass(frozen=True, slots=True, eq=False)
class DoFlow(_Step):
    """Run another flow and come back."""

    flow: str


@dataclass(frozen=True, slots=True, eq=False)
class GoTo(_Step):
    """Leave for another flow."""

    flow: str
    carry: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Handoff(_Step):
    """Give the call to a person."""

    reason: Sentence
    to: str | None = None
    """A name under ``people``; None: the first of them."""
    say: Sentence | None = None
    if_nobody: tuple[Step, ...] = ()
    interrupt: Interrupt = "anytime"


@dataclass(frozen=True, slots=True, eq=False)
class End(_Step):
    """End the flow."""

    outcome: str = "finished"


@dataclass(frozen=True, slots=True, eq=False)
class Skip(_Step):
    """Leave an optional slot empty; the last rung of its ladder."""


Step: TypeAlias = (
    Say | Ask | Confirm | Do | When | Offer | AskAgain | StartOneOf | DoFlow | GoTo
    | Handoff | End | Skip
)  # fmt: skip


# --- slots, flows, agents ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Rung:
    """One rung of a ladder: what happens at one event of its kind."""

    steps: tuple[Step, ...]
    line: str = ""

    @property
    def is_last(self) -> bool:
        """Whether it acts (hands off, ends, skips ...) rather than only speaks."""
        return bool(self.steps) and not isinstance(self.steps[-1], Say)


@dataclass(frozen=True, slots=True, eq=False)
class Ladders:
    """What happens when a question gets no usable answer; None: the level above says."""

    if_not_understood: tuple[Rung, ...] | None = None
    if_silent: tuple[Rung, ...] | None = None
    if_refused: tuple[Rung, ...] | None = None
    silence_after_s: float | None = None
    interrupt: Interrupt | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A condition on a slot's value, with what is said when it does not hold."""

    test: Test
    otherwise: tuple[Step, ...]
    """A single ``Say`` when the designer wrote a sentence; its words stand instead of the
    slot's question. Otherwise a block of steps."""
    line: str = ""

    @property
    def is_sentence(self) -> bool:
        """Whether ``otherwise`` is one sentence."""
        return len(self.otherwise) == 1 and isinstance(self.otherwise[0], Say)


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A piece of information that a flow gathers."""

    name: str
    type: SlotType
    """Bound to the options that the designer gave (choices, assume, length ...)."""
    ask: Sentence | None = None
    rules: tuple[Rule, ...] = ()
    optional: bool = False
    hints: tuple[str, ...] = ()
    suggest: Expression | None = None
    ask_suggested: Sentence | None = None
    """Offers the suggestion, which it reads as ``it``; None: the shipped question."""
    read_back: Literal["always", "never"] | None = None
    keypad: bool = False
    private: bool = False
    after: str | None = None
    """Another date or time slot that this one comes after."""
    choices_from: Expression | None = None
    """For a choice whose list is computed: an expression giving it."""
    ladders: Ladders = Ladders()
    shared: bool = False
    """Declared in agent.yaml: one value for all flows of the call."""
    line: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """A value that comes with the call."""

    name: str
    type: SlotType
    private: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A side question (``caller_asks``) or wish (``caller_wants``), open at any time."""

    id: str
    """``anytime.0``; of the agent: ``agent.anytime.0``."""
    about: str
    such_as: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    flow: str | None = None
    """For ``go_to``: the flow that it starts."""
    line: str = ""


@dataclass(frozen=True, eq=False)
class Flow:
    """One task conversation."""

    name: str
    steps: tuple[Step, ...]
    slots: Mapping[str, Slot]
    """Its own and those of the agent that it uses, in file order."""
    about: str = ""
    such_as: tuple[str, ...] = ()
    anytime: tuple[Entry, ...] = ()
    """Its own, then the agent's."""
    defaults: Ladders = Ladders()
    """Complete: every ladder is set (the flow's, else the agent's, else shipped)."""
    given: Mapping[str, Given] = field(default_factory=dict)
    speaks_first: Literal["bot", "caller"] | None = None
    path: str = ""
    """The file that it was compiled from."""

    @cached_property
    def by_id(self) -> Mapping[str, Step]:
        """Every step of the flow by its id, nested ones included."""
        found: dict[str, Step] = {}

        def visit(steps: tuple[Step, ...]) -> None:
            for step in steps:
                found[step.id] = step
                for block in blocks_of(step):
                    visit(block)

        visit(self.steps)
        for entry in self.anytime:
            visit(entry.steps)
        for slot in self.slots.values():
            for rule in slot.rules:
                visit(rule.otherwise)
            _visit_ladders(slot.ladders, visit)
        _visit_ladders(self.defaults, visit)
        return found

    @cached_property
    def guards(self) -> Mapping[str, tuple[tuple[tuple[When, bool], ...], ...]]:
        """For each slot that only branches ask for: the paths that lead to it.

        A path is the ``when``s around a step that fills the slot, each with the side that
        the step is on. A slot that is filled outside of all branches is not in it.
        """
        paths: dict[str, list[tuple[tuple[When, bool], ...]]] = {}

        def visit(steps: tuple[Step, ...], path: tuple[tuple[When, bool], ...]) -> None:
            for step in steps:
                match step:
                    case Ask():
                        filled = step.slots
                    case Offer() | Do():
                        filled = step.into
                    case _:
                        filled = ()
                for slot in filled:
                    paths.setdefault(slot, []).append(path)
                if isinstance(step, When):
                    visit(step.steps, (*path, (step, True)))
                    visit(step.otherwise, (*path, (step, False)))
                else:
                    for block in blocks_of(step):
                        visit(block, path)

        visit(self.steps, ())
        return {slot: tuple(found) for slot, found in paths.items() if () not in found}

    @cached_property
    def asked(self) -> frozenset[str]:
        """The slots that callers may fill: those that a step asks for or offers."""
        found: set[str] = set()
        for step in self.by_id.values():
            match step:
                case Ask() | AskAgain():
                    found.update(step.slots)
                case Offer():
                    found.update(step.into)
                case _:
                    pass
        return frozenset(found)

    @cached_property
    def gathered(self) -> frozenset[str]:
        """The slots that an ``ask`` step asks for, wherever it stands."""
        return frozenset(
            slot
            for step in self.by_id.values()
            if isinstance(step, Ask)
            for slot in step.slots
        )

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each step in the file, from the top."""
        return {name: n for n, name in enumerate(self.by_id)}


def blocks_of(step: Step) -> tuple[tuple[Step, ...], ...]:
    """Return the lists of steps that stand inside a step."""
    match step:
        case When():
            return (step.steps, step.otherwise)
        case Do():
            return (step.if_it_fails, step.if_changed_later)
        case Offer():
            return (step.if_none_suit,)
        case AskAgain():
            return (step.then,)
        case Handoff():
            return (step.if_nobody,)
        case _:
            return ()


def _visit_ladders(ladders: Ladders, visit: Callable[[tuple[Step, ...]], None]) -> None:
    for rungs in (ladders.if_not_understood, ladders.if_silent, ladders.if_refused):
        for rung in rungs or ():
            visit(rung.steps)


@dataclass(frozen=True, slots=True, eq=False)
class Tool:
    """A developer's function that a ``do`` step may call."""

    name: str
    function: Callable[..., Awaitable[object] | object]
    parameters: tuple[str, ...]
    """Argument names, without ``call``."""
    required: frozenset[str] = frozenset()
    takes_call: bool = False
    cannot_be_undone: bool = False
    within_s: float | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody that a call may be transferred to."""

    name: str
    address: str
    """A number or a SIP address."""
    open_hours: str = ""
    """``9:00-18:00``, or empty for always."""


@dataclass(frozen=True, eq=False)
class Agent:
    """Everything that answers one line: flows, words, people, tools. Immutable."""

    name: str
    start: str
    """The flow that answers."""
    flows: Mapping[str, Flow]
    languages: Mapping[str, Language]
    """By code; the agent's own first. Holds at least that one."""
    language: str = "en"
    country: str = "US"
    timezone: str = "UTC"
    values: Mapping[str, Json] = field(default_factory=dict)
    people: Mapping[str, Target] = field(default_factory=dict)
    tools: Mapping[str, Tool] = field(default_factory=dict)
    fingerprint: str = ""
    """sha256 of all that was compiled; names the version in states and records."""
    folder: str = ""
    """Where its files are: the working place of its tools' data."""
