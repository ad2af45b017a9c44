"""What an utterance means: the contract between understanding and the engine.

Understanders turn words into acts; the engine turns acts into moves. An utterance is an
ordered list of acts. Values are plain JSON data in the canonical form of their slot type
(dates ``YYYY-MM-DD``, times ``HH:MM``, phones E.164), so acts can be journalled as they
are. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeAlias, get_args

Json: TypeAlias = (
    "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
)
"""Data as JSON has it; what state, acts, tool arguments and results are made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    text: str = ""
    """The caller's words that this act came from."""
    certainty: float = 1.0
    """0 to 1; the understander's own estimate."""


@dataclass(frozen=True, slots=True)
class Set(_Act):
    """The caller gives a slot a value."""

    slot: str
    value: Json
    computed: bool = False
    """The value is not what was said but was worked out from it: a relative date, a half
    of the day that was assumed, "the same as last time". It is said back in passing."""
    also: tuple[Json, ...] = ()
    """Other readings of the same words, less likely: taken when the rules refuse the value
    and allow one of these."""


@dataclass(frozen=True, slots=True)
class Unset(_Act):
    """The caller says that a slot is wrong, without a new value ("the day")."""

    slot: str


@dataclass(frozen=True, slots=True)
class Not(_Act):
    """The caller rules a value out ("not Friday")."""

    slot: str
    value: Json


@dataclass(frozen=True, slots=True)
class Yes(_Act):
    """An affirmative answer to the question that was asked."""


@dataclass(frozen=True, slots=True)
class No(_Act):
    """A negative answer to the question that was asked."""


@dataclass(frozen=True, slots=True)
class Choose(_Act):
    """The caller picks one of the choices on offer, by its index (0-based)."""

    n: int


@dataclass(frozen=True, slots=True)
class Same(_Act):
    """The same as another: ``caller.number``, or ``before`` (the value that a slot had)."""

    ref: str
    slot: str | None = None


@dataclass(frozen=True, slots=True)
class Start(_Act):
    """The caller wants another flow."""

    flow: str


@dataclass(frozen=True, slots=True)
class AskAbout(_Act):
    """A side question that an ``anytime`` entry answers."""

    entry: str


@dataclass(frozen=True, slots=True)
class Why(_Act):
    """The caller asks why: "Why do you need that?"."""


@dataclass(frozen=True, slots=True)
class Help(_Act):
    """The caller asks for help: "What can I say?"."""


@dataclass(frozen=True, slots=True)
class Repeat(_Act):
    """The caller wants it again: ``last``, ``slower``, or ``summary`` ("read it all back")."""

    how: str = "last"


@dataclass(frozen=True, slots=True)
class Wait(_Act):
    """The caller asks for a moment: "Hold on"."""


@dataclass(frozen=True, slots=True)
class Resume(_Act):
    """The caller is ready: "OK, I'm back", "go on", "never mind"."""


@dataclass(frozen=True, slots=True)
class Back(_Act):
    """The caller wants the question before: "Go back"."""


@dataclass(frozen=True, slots=True)
class Cancel(_Act):
    """The whole task is off: "Forget it"."""


@dataclass(frozen=True, slots=True)
class Restart(_Act):
    """The caller wants to begin anew: "Start again"."""


@dataclass(frozen=True, slots=True)
class Person(_Act):
    """The caller wants to talk to a person."""


@dataclass(frozen=True, slots=True)
class Goodbye(_Act):
    """The caller takes leave."""


@dataclass(frozen=True, slots=True)
class Thanks(_Act):
    """The caller says thank you."""


@dataclass(frozen=True, slots=True)
class Ack(_Act):
    """An acknowledgement ("mm-hm", "right") while the agent speaks; never a yes."""


@dataclass(frozen=True, slots=True)
class Refuse(_Act):
    """The caller would rather not give what was asked ("I'd rather not say")."""


@dataclass(frozen=True, slots=True)
class Unclear(_Act):
    """Words that could be several values, or a value that cannot be used as said.

    Candidates of several slots ("Seven": people, or a time?) or of one slot ("seven or
    eight"). Without candidates, ``slot`` and ``why`` say what was wrong with the value:
    the name of a phrase under ``unclear.`` in the language file (``vague``,
    ``no_such_day``, ``too_short`` ...).
    """

    candidates: tuple[Set, ...] = ()
    slot: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class OffTopic(_Act):
    """A clear question or request that nothing here answers: answered, not counted."""


@dataclass(frozen=True, slots=True)
class Nothing(_Act):
    """Words without a meaning here; with ``filler`` just "uh", "um": not counted."""

    filler: bool = False


Act: TypeAlias = (
    Set | Unset | Not | Yes | No | Choose | Same | Start | AskAbout | Why | Help | Repeat
    | Wait | Resume | Back | Cancel | Restart | Person | Goodbye | Thanks | Ack | Refuse
    | Unclear | OffTopic | Nothing
)  # fmt: skip

_WORDS: dict[type, str] = {AskAbout: "ask_about", OffTopic: "off_topic"}
ACTS: dict[str, type[Act]] = {
    _WORDS.get(kind, kind.__name__.lower()): kind for kind in get_args(Act)
}
"""Every act by the name that tests, records and ``means:`` use for it."""
_NAMES = {kind: name for name, kind in ACTS.items()}


def name_of(act: Act) -> str:
    """Return the act's name as tests and records write it."""
    return _NAMES[type(act)]


def to_json(act: Act) -> dict[str, Json]:
    """Return the act as a JSON object; fields at their default are left out."""
    data: dict[str, Json] = {"act": name_of(act)}
    for field in fields(act):
        value = getattr(act, field.name)
        if value == field.default:
            continue
        if field.name == "candidates":
            data[field.name] = [to_json(candidate) for candidate in value]
        elif field.name == "also":
            data[field.name] = list(value)
        else:
            data[field.name] = value
    return data


def from_json(data: Mapping[str, Json]) -> Act:
    """Return the act that ``to_json`` wrote.

    Raises:
        ValueError: The object names no act, or its fields do not fit.
    """
    fields_: dict[str, Any] = dict(data)  # any: checked by the act's constructor
    kind = ACTS.get(str(fields_.pop("act", None)))
    if kind is None:
        raise ValueError(f"unknown act in `{dict(data)}`")
    candidates = fields_.pop("candidates", None)
    if isinstance(candidates, Sequence) and not isinstance(candidates, str):
        fields_["candidates"] = tuple(
            from_json(one) for one in candidates if isinstance(one, Mapping)
        )
    also = fields_.pop("also", None)
    if isinstance(also, Sequence) and not isinstance(also, str):
        fields_["also"] = tuple(also)
    try:
        return kind(**fields_)
    except TypeError as err:
        raise ValueError(f"the fields of `{dict(data)}` do not fit its act") from err
