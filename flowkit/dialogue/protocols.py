"""What the engine asks of texts, conditions, slot types and languages.

Protocols only: sentences and conditions are implemented in ``flowkit.authoring``, slot
types in ``flowkit.types``, languages in ``flowkit.languages``. The engine knows no template
language, no dates and no words of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from flowkit.dialogue.acts import Json


class SlotType(Protocol):
    """What the engine needs of a slot type, bound to its options."""

    @property
    def name(self) -> str:
        """The word after ``type:``."""
        ...

    def open(self, data: Json) -> object:
        """Return the Python value (a date, a time, an int) of canonical data."""
        ...

    def close(self, value: object) -> Json:
        """Return the canonical data of a Python value or of a tool's loose data.

        Raises:
            ValueError: The value is not one of this type.
        """
        ...

    def speak(self, data: Json, language: Language) -> str:
        """Say a value aloud: "Friday the twenty-seventh"."""
        ...


def speak_value(type_: SlotType, data: Json, language: Language, today: str) -> str:
    """Say a value aloud on a day (``YYYY-MM-DD``).

    A type may have ``speak_on(data, language, today)`` besides ``speak``: a date that is
    far off is told with its month.
    """
    speak_on = getattr(type_, "speak_on", None)
    if speak_on is None or not today:
        return type_.speak(data, language)
    return str(speak_on(data, language, today))


class Language(Protocol):
    """The wording of one language; concrete in ``flowkit.languages``."""

    @property
    def code(self) -> str:
        """``en``, ``es`` ..."""
        ...

    def phrase(self, name: str) -> Sentence:
        """Return a shipped sentence, by its dotted name in the language file."""
        ...


@dataclass(frozen=True, slots=True)
class Named:
    """A name's value for sentences and conditions: data, and the type that speaks it."""

    data: Json
    type: SlotType | None = None
    private: bool = False


class Scope(Protocol):
    """The names that a sentence or condition may read, at one moment."""

    @property
    def language(self) -> Language:
        """What values are spoken in."""
        ...

    def lookup(self, name: str) -> Named:
        """Return the value of a root name; ``Named(None)`` when it is empty."""
        ...


@dataclass(frozen=True, slots=True)
class Spoken:
    """One rendered sentence and the root names whose values it speaks."""

    text: str
    names: frozenset[str] = frozenset()


class BrokenExpression(Exception):  # noqa: N818  # says what it is
    """A template or condition failed at run time in spite of the checks."""


class Sentence(Protocol):
    """Text for the caller, written by the designer or shipped."""

    @property
    def source(self) -> str:
        """The text as written; what translations are keyed by."""
        ...

    @property
    def reads(self) -> frozenset[str]:
        """The root names that it uses, spoken or not."""
        ...

    @property
    def line(self) -> str:
        """``file:line`` where it stands, or empty."""
        ...

    def render(self, scope: Scope) -> tuple[Spoken, ...]:
        """Return its sentences in the scope's language; an empty text gives ().

        Raises:
            BrokenExpression: It could not be rendered.
        """
        ...


class Expression(Protocol):
    """A value computed from names: ``table.alternatives``, ``caller.number``."""

    @property
    def source(self) -> str:
        """The text as written."""
        ...

    @property
    def reads(self) -> frozenset[str]:
        """The root names that it uses."""
        ...

    def value(self, scope: Scope) -> Json:
        """Return its value as plain data; None when something it reads is empty.

        Raises:
            BrokenExpression: It could not be computed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a condition or a validator says."""

    holds: bool
    words: Mapping[str, Json] = field(default_factory=dict)
    """What a validator hands to its ``otherwise`` sentence."""
    error: BaseException | None = None
    """The developer's code or the expression broke; then ``holds`` is False."""


class Test(Protocol):
    """A condition (``must``, ``when``) or a validator (``check``); it never raises."""

    @property
    def source(self) -> str:
        """The condition, or the validator's name."""
        ...

    @property
    def reads(self) -> frozenset[str]:
        """The root names that it needs."""
        ...

    def verdict(self, scope: Scope) -> Verdict:
        """Judge the values in scope."""
        ...
