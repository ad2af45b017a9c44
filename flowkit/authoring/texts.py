"""Sentences, expressions and conditions, compiled: what a flow holds and the engine runs.

They are closures over a scope, made by ``templates``, with the facts about them that the
checks need. Nothing here knows the template language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from flowkit.authoring.sentences import Piece, sentences
from flowkit.authoring.values import EMPTY, Value
from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import BrokenExpression, Scope, Spoken, Verdict

_NONE: frozenset[str] = frozenset()
_BROKEN = (TypeError, ValueError, KeyError, ArithmeticError, AttributeError)
"""What computing with values of unexpected kinds raises."""

Evaluate: TypeAlias = Callable[[Scope], Value]
Render: TypeAlias = Callable[[Scope, "list[Piece]"], None]


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a name is used."""

    name: str
    parts: tuple[str, ...]
    """What stands behind dots."""
    start: int
    """Offset of the name in the text."""
    part_starts: tuple[int, ...]
    how: Literal["spoken", "tested", "read"]
    """``tested``: only whether it is there matters (``{% if phone %}``)."""
    known: frozenset[str] = _NONE
    """Names that the conditions around this place have found to be there."""
    has_default: bool = False

    @property
    def end(self) -> int:
        """Offset behind the name."""
        return self.start + len(self.name)


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal in a comparison."""

    value: Json
    start: int


Operand: TypeAlias = "Use | Constant | tuple[Constant, ...] | None"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left sign right``; operands that are neither names nor literals are None."""

    left: Operand
    sign: str
    right: Operand
    start: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text uses; for the checks."""

    uses: tuple[Use, ...] = ()
    comparisons: tuple[Comparison, ...] = ()

    @property
    def reads(self) -> frozenset[str]:
        """The root names."""
        return frozenset(use.name for use in self.uses)


@dataclass(frozen=True, eq=False)
class Text:
    """A sentence, or several, for the caller (the protocol ``flow.Sentence``)."""

    source: str
    reads: frozenset[str] = _NONE
    line: str = ""
    facts: Facts = field(default=Facts(), repr=False)
    translations: Mapping[str, Text] = field(default_factory=dict, repr=False)
    """By language code."""
    where: str = field(default="", repr=False)
    """The place in the file (``slots.time.ask``) that a translation can name."""
    _render: Render | None = field(default=None, repr=False)
    _fixed: dict[str, tuple[Spoken, ...]] = field(default_factory=dict, repr=False)

    def render(self, scope: Scope) -> tuple[Spoken, ...]:
        """Return its sentences in the scope's language; an empty text gives ().

        Raises:
            BrokenExpression: It could not be rendered.
        """
        language = scope.language
        told = self.translations.get(language.code) if self.translations else None
        if told is not None:
            return told.render(scope)
        if self._render is None:
            fixed = self._fixed.get(language.code)
            if fixed is None:
                fixed = sentences([(self.source, None)], language)
                self._fixed[language.code] = fixed
            return fixed
        pieces: list[Piece] = []
        try:
            self._render(scope, pieces)
        except BrokenExpression:
            raise
        except _BROKEN as err:
            raise BrokenExpression(f"`{self.source}`: {err}") from err
        return sentences(pieces, language)


@dataclass(frozen=True, eq=False)
class Formula:
    """A value computed from names (the protocol ``flow.Expression``)."""

    source: str
    reads: frozenset[str] = _NONE
    facts: Facts = field(default=Facts(), repr=False)
    line: str = ""
    _evaluate: Evaluate = field(default=lambda scope: EMPTY, repr=False)

    def value(self, scope: Scope) -> Json:
        """Return its value as plain data; None when something it reads is empty.

        Raises:
            BrokenExpression: It could not be computed.
        """
        try:
            return self._evaluate(scope).data
        except _BROKEN as err:
            raise BrokenExpression(f"`{self.source}`: {err}") from err


@dataclass(frozen=True, eq=False)
class Condition:
    """A condition (the protocol ``flow.Test``); it never raises."""

    source: str
    reads: frozenset[str] = _NONE
    facts: Facts = field(default=Facts(), repr=False)
    line: str = ""
    known_if: frozenset[str] = _NONE
    """Names that are certainly there when it holds."""
    known_if_not: frozenset[str] = _NONE
    """Names that are certainly there when it does not."""
    _evaluate: Evaluate = field(default=lambda scope: EMPTY, repr=False)

    def verdict(self, scope: Scope) -> Verdict:
        """Judge the values in scope."""
        try:
            return Verdict(bool(self._evaluate(scope).data))
        except BrokenExpression as err:
            return Verdict(holds=False, error=err)
        except _BROKEN as err:
            return Verdict(holds=False, error=err)
