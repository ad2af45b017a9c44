"""The pieces of a designer's file once their shape is known: what the compiler reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flowkit.authoring.nodes import Block, Listing, Node, Scalar
from flowkit.diagnostics import Span


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A piece of a document: a step, a slot, a rule, a whole file."""

    kind: str
    """A verb, or ``slot`` ``rule`` ``rung`` ``entry`` ``flow`` ..."""
    head: Scalar
    """What names it: the verb's key, the slot's name."""
    span: Span
    values: Mapping[str, object] = field(default_factory=dict)
    """Each key's value, in the shape that its kind has."""
    keys: Mapping[str, Scalar] = field(default_factory=dict)
    """Each key as it was written."""
    options: Mapping[str, Node] = field(default_factory=dict)
    """Keys that only a developer's slot type can know."""
    option_keys: Mapping[str, Scalar] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def scalar(self, key: str) -> Scalar | None:
        """Return a text, or None."""
        value = self.values.get(key)
        return value if isinstance(value, Scalar) else None

    def text(self, key: str) -> str:
        """Return the words of a text, or nothing."""
        value = self.values.get(key)
        return value.text if isinstance(value, Scalar) else ""

    def scalars(self, key: str) -> tuple[Scalar, ...]:
        """Return a list of texts."""
        value = self.values.get(key)
        if not isinstance(value, tuple):
            return ()
        return tuple(item for item in value if isinstance(item, Scalar))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the words of a list of texts."""
        return tuple(item.text for item in self.scalars(key))

    def parts(self, key: str) -> tuple[Part, ...]:
        """Return a list of parts (steps, rules, slots ...)."""
        value = self.values.get(key)
        if not isinstance(value, tuple):
            return ()
        return tuple(item for item in value if isinstance(item, Part))

    def part(self, key: str) -> Part | None:
        """Return a part, or None."""
        value = self.values.get(key)
        return value if isinstance(value, Part) else None

    def pairs(self, key: str) -> tuple[Pair, ...]:
        """Return a list of names with what stands behind them."""
        value = self.values.get(key)
        if not isinstance(value, tuple):
            return ()
        return tuple(item for item in value if isinstance(item, Pair))

    def node(self, key: str) -> Node | None:
        """Return a value as it was written, or None."""
        value = self.values.get(key)
        return value if isinstance(value, (Scalar, Listing, Block)) else None

    def is_true(self, key: str) -> bool:
        """Return a true or false; absent is false."""
        return self.values.get(key) is True

    def number(self, key: str) -> float | None:
        """Return a time in seconds or a count, or None."""
        value = self.values.get(key)
        return value if isinstance(value, (int, float)) else None

    def place(self, key: str) -> Span:
        """Return where a key stands, or the part if it is absent."""
        scalar = self.keys.get(key)
        return scalar.span if scalar is not None else self.head.span

    @property
    def line(self) -> str:
        """``file:line``."""
        return f"{self.head.span.path}:{self.head.span.line}"


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A name with what stands behind it: an argument, a choice, a value, a person."""

    name: Scalar
    value: Node
    more: Part | None = None
