"""Slot types: how values are read, checked, kept, spoken and typed.

A type is a class of its own file, bound to its options: ``build("time", {"assume":
"afternoon"})``. ``TYPES`` says which options each takes, and of what kind; the compiler turns
an ``OptionError`` into a diagnostic at the option's line.

A developer's type is a class with ``parse``, ``check`` and ``speak``; ``spec_of`` makes a
``TypeSpec`` of it, and ``build`` takes it like the shipped ones (``flowkit.types.custom``).

A shipped type is loaded when it is first used, not when it is bound, so that a check of a
flow stays fast.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from flowkit.dialogue.acts import Json
from flowkit.types import forms

if TYPE_CHECKING:
    from flowkit.dialogue import flow
    from flowkit.types.reading import Context, ReadableType, Reading, Utterance

Kind: TypeAlias = Literal["flag", "word", "length", "choices"]
"""What the value of an option is: true or false; one of some words; a number of
characters or "4 to 6"; a list of words, or words with other words for each."""


class OptionError(ValueError):
    """An option of a slot type cannot be used.

    Attributes:
        option: The option's name.
        problem: What is wrong with it, a whole sentence for designers.
        known: What could be written instead.
    """

    def __init__(self, option: str, problem: str, known: Sequence[str] = ()) -> None:
        super().__init__(option, problem)
        self.option = option
        self.problem = problem
        self.known = tuple(known)

    def __str__(self) -> str:
        return self.problem


class UnknownTypeError(LookupError):
    """No slot type has this name.

    Attributes:
        name: The name.
        known: The names there are.
    """

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(name)
        self.name = name
        self.known = tuple(known)

    def __str__(self) -> str:
        return (
            f"unknown slot type `{self.name}`, expected one of {', '.join(self.known)}"
        )


Options: TypeAlias = Mapping[str, object]
"""Options whose values have been checked for their kind: bool, str, (least, most),
((word, (other words)), ...)."""


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """A slot type before it is bound to options."""

    name: str
    build: Callable[[Options], ReadableType]
    """Makes the type of checked options. Raises OptionError."""
    options: Mapping[str, Kind] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each option of kind ``word``: the words that it may be; empty for any."""
    required: frozenset[str] = frozenset()
    keypad: bool = False
    """Whether its values can be typed on a keypad."""
    forms: tuple[Callable[[Json], object], Callable[[object], Json]] | None = None
    """How to open and close its data, where no option matters and no speech is read."""
    check: Callable[[Options], None] | None = None
    """Refuses options that do not go together. Raises OptionError."""
    eager: bool = False
    """Whether ``build`` is called at once; else when the type is first used."""


class Bound:
    """A shipped slot type bound to its options, loaded when it is first used.

    It behaves as the type itself, whose attributes it hands out.
    """

    __slots__ = ("_made", "_options", "_spec", "name")

    def __init__(self, spec: TypeSpec, options: Options) -> None:
        self.name = spec.name
        self._spec = spec
        self._options = options
        self._made: ReadableType | None = None

    @property
    def _type(self) -> ReadableType:
        made = self._made
        if made is None:
            made = self._made = self._spec.build(self._options)
        return made

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return every value of this type in the utterance, in order of place."""
        return self._type.find(said, ctx)

    def open(self, data: Json) -> object:
        """Return the Python value of canonical data."""
        plain = self._spec.forms
        return self._type.open(data) if plain is None else plain[0](data)

    def close(self, value: object) -> Json:
        """Return the canonical data of a value. Raises ValueError."""
        plain = self._spec.forms
        return self._type.close(value) if plain is None else plain[1](value)

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say a value aloud."""
        return self._type.speak(data, language)

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return the value of digits typed on a keypad, or None."""
        return self._type.keys(pressed, ctx)

    # any: whatever the type has
    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._type, name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Bound):
            return NotImplemented
        return (self.name, self._options) == (other.name, other._options)

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self._options.items())
        return f"<{self.name}{': ' if told else ''}{told}>"


def build(
    name: str,
    options: Mapping[str, Json] | None = None,
    *,
    custom: Mapping[str, TypeSpec] | None = None,
) -> ReadableType:
    """Return a slot type bound to its options.

    Args:
        name: The word after ``type:``.
        options: What the designer wrote, as plain data; scalars may be text.
        custom: Types that developers added, by name.

    Raises:
        UnknownTypeError: There is no such type.
        OptionError: An option is unknown to the type, missing, or cannot be used.
    """
    specs = {**TYPES, **custom} if custom else TYPES
    spec = specs.get(name)
    if spec is None:
        raise UnknownTypeError(name, tuple(specs))
    checked: dict[str, object] = {}
    for option, data in (options or {}).items():
        kind = spec.options.get(option)
        if kind is None:
            raise OptionError(
                option,
                f'A slot of type "{name}" has no "{option}".',
                tuple(spec.options),
            )
        checked[option] = _CHECKS[kind](option, data, spec.words.get(option, ()))
    for option in sorted(spec.required - checked.keys()):
        raise OptionError(option, f'A slot of type "{name}" needs "{option}".')
    if spec.check is not None:
        spec.check(checked)
    return spec.build(checked) if spec.eager else Bound(spec, checked)


def _check_flag(option: str, data: Json, words: tuple[str, ...]) -> bool:
    if isinstance(data, bool):
        return data
    if isinstance(data, str) and data.strip().lower() in ("true", "false"):
        return data.strip().lower() == "true"
    raise OptionError(option, f'"{option}" is either true or false.', ("true", "false"))


def _check_word(option: str, data: Json, words: tuple[str, ...]) -> str:
    if isinstance(data, str) and data.strip() and (not words or data in words):
        return data
    allowed = ", ".join(words) or "a word"
    raise OptionError(option, f'"{option}" is one of: {allowed}.', words)


_LENGTH = re.compile(r"(\d{1,3})(?:\s*(?:-|to|or|\.\.)\s*(\d{1,3}))?")


def _check_length(option: str, data: Json, words: tuple[str, ...]) -> tuple[int, int]:
    if isinstance(data, int | str) and not isinstance(data, bool):
        match = _LENGTH.fullmatch(str(data).strip())
        if match:
            least = int(match[1])
            most = int(match[2] or least)
            if 1 <= least <= most <= 64:
                return least, most
    raise OptionError(
        option, f'"{option}" is a number of characters, such as 6, or "4 to 6".'
    )


def _check_choices(
    option: str, data: Json, words: tuple[str, ...]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    choices: list[tuple[str, tuple[str, ...]]] = []
    if isinstance(data, Mapping):
        for word, others in data.items():
            choices.append((str(word).strip(), _check_others(option, word, others)))
    elif isinstance(data, Sequence) and not isinstance(data, str):
        for one in data:
            if isinstance(one, Mapping) and len(one) == 1:
                ((word, others),) = one.items()
                choices.append((str(word), _check_others(option, word, others)))
            elif isinstance(one, str | int | float) and not isinstance(one, bool):
                choices.append((str(one).strip(), ()))
            else:
                raise OptionError(option, f'"{one}" cannot be one of the {option}.')
    else:
        raise OptionError(
            option,
            f'"{option}" is a list of words, or words with other words for each.',
        )
    seen: set[str] = set()
    for word, _ in choices:
        if not word or not any(c.isalnum() for c in word):
            raise OptionError(option, f'"{word}" cannot be one of the {option}.')
        if word.lower() in seen:
            raise OptionError(option, f'"{word}" is among the {option} twice.')
        seen.add(word.lower())
    if not choices:
        raise OptionError(option, f'"{option}" is empty.')
    return tuple(choices)


def _check_others(option: str, word: object, data: Json) -> tuple[str, ...]:
    if data is None:
        return ()
    if isinstance(data, str):
        return tuple(text.strip() for text in data.split(",") if text.strip())
    if isinstance(data, Sequence) and all(
        isinstance(text, str | int | float) for text in data
    ):
        return tuple(str(text).strip() for text in data if str(text).strip())
    raise OptionError(option, f'The other words for "{word}" must be a list of words.')


_CHECKS: Mapping[Kind, Callable[[str, Json, tuple[str, ...]], object]] = {
    "flag": _check_flag,
    "word": _check_word,
    "length": _check_length,
    "choices": _check_choices,
}


# --- the shipped types: each module is loaded when its type is first built -----------------


def _number(options: Options) -> ReadableType:
    from flowkit.types.number import NumberType

    return NumberType()


def _date(options: Options) -> ReadableType:
    from flowkit.types.date import DateType

    match options.get("assume"):
        case "past":
            return DateType("past")
        case "birth":
            return DateType("past", birth=True)
        case _:
            return DateType()


def _time(options: Options) -> ReadableType:
    from flowkit.types.time import TimeType

    assume = options.get("assume")
    return TimeType(assume if isinstance(assume, str) else None)


def _name(options: Options) -> ReadableType:
    from flowkit.types.name import NameType

    return NameType()


def _yes_no(options: Options) -> ReadableType:
    from flowkit.types.yes_no import YesNoType

    return YesNoType()


def _choice(options: Options) -> ReadableType:
    from flowkit.types.choice import Choices, ChoiceType

    many, counted = options.get("many") is True, options.get("counted") is True
    choices: Choices = options.get("choices", ())  # type: ignore[assignment]  # by kind
    return ChoiceType(choices, many, counted)


def _duration(options: Options) -> ReadableType:
    from flowkit.types.duration import DurationType

    return DurationType()


def _money(options: Options) -> ReadableType:
    from flowkit.types.money import MoneyType

    return MoneyType()


def _phone(options: Options) -> ReadableType:
    from flowkit.types.phone import PhoneType

    return PhoneType()


def _email(options: Options) -> ReadableType:
    from flowkit.types.email import EmailType

    return EmailType()


def _digits(options: Options) -> ReadableType:
    from flowkit.types.digits import DigitsType

    length = options.get("length")
    return DigitsType(*length) if isinstance(length, tuple) else DigitsType()


def _code(options: Options) -> ReadableType:
    from flowkit.types.code import CodeType

    length = options.get("length")
    return CodeType(*length) if isinstance(length, tuple) else CodeType()


def _check_choice(options: Options) -> None:
    if options.get("many") is True and options.get("counted") is True:
        raise OptionError(
            "many",
            '"many" and "counted" exclude each other: counted takes several too.',
        )


def _text(options: Options) -> ReadableType:
    from flowkit.types.text import TextType

    return TextType()


TYPES: Mapping[str, TypeSpec] = {
    spec.name: spec
    for spec in (
        TypeSpec(
            "number", _number, keypad=True, forms=(forms.open_as_is, forms.close_number)
        ),
        TypeSpec(
            "date",
            _date,
            {"assume": "word"},
            {"assume": ("future", "past", "birth")},
            keypad=True,
            forms=(forms.open_date, forms.close_date),
        ),
        TypeSpec(
            "time",
            _time,
            {"assume": "word"},
            {"assume": ("morning", "afternoon", "evening", "night")},
            keypad=True,
            forms=(forms.open_time, forms.close_time),
        ),
        TypeSpec("duration", _duration),
        TypeSpec("money", _money),
        TypeSpec("name", _name, forms=(forms.open_as_is, forms.close_name)),
        TypeSpec(
            "phone", _phone, keypad=True, forms=(forms.open_as_is, forms.close_phone)
        ),
        TypeSpec("email", _email),
        TypeSpec("yes_no", _yes_no, keypad=True),
        TypeSpec(
            "choice",
            _choice,
            {"choices": "choices", "many": "flag", "counted": "flag"},
            keypad=True,
            check=_check_choice,
        ),
        TypeSpec("digits", _digits, {"length": "length"}, keypad=True),
        TypeSpec("code", _code, {"length": "length"}, keypad=True),
        TypeSpec("text", _text),
    )
}
"""The slot types that come with flowkit, by name."""
