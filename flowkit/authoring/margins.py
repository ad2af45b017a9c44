"""Where lines may start: the columns of keys and dashes, followed line by line.

YAML reads blocks by their columns and notices a wrong one late, or not at all. Here each
line that starts a key or an item is held against the open blocks above it; a line that
fits none of them is told where its neighbours start. A line that YAML accepts is never
called wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Part: TypeAlias = tuple[int, Literal["key", "dash"]]
"""A key or a dash, and the column that it starts in; 0-based."""


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A line that fits no block above it."""

    column: int
    """Where it should start, most likely; 0-based."""
    line: int
    """The last line that does start there; 0-based."""


@dataclass(slots=True)
class _Level:
    column: int
    kind: Literal["key", "dash"]
    line: int
    is_open: bool
    """Its last key or dash has no value yet: a block may follow."""


class Margins:
    """The blocks that are open at one line of a file."""

    def __init__(self) -> None:
        self._levels: list[_Level] = []

    def text(self) -> None:
        """Note a line that starts neither a key nor an item."""
        if self._levels:
            self._levels[-1].is_open = False

    def dash_at(self, column: int) -> int | None:
        """Return the last line with a dash in this column, if a list is open there."""
        below = [level for level in self._levels if level.column <= column]
        if below and (below[-1].column, below[-1].kind) == (column, "dash"):
            return below[-1].line
        return None

    def place(
        self, line: int, parts: Sequence[Part], *, is_open: bool
    ) -> Misplaced | None:
        """Take a line in; if it fits nowhere, say where it would.

        Args:
            line: Its number; 0-based.
            parts: Its dashes and its key, from left to right; at least one.
            is_open: Nothing follows them, so that a block may.
        """
        column, kind = parts[0]
        fitting = self._fitting(column, kind)
        if fitting is None:
            return self._nearest(column, kind)
        self._levels = fitting
        for column, kind in parts:
            top = self._levels[-1] if self._levels else None
            if top is None or (top.column, top.kind) != (column, kind):
                self._levels.append(_Level(column, kind, line, is_open=False))
            else:
                top.line = line
        for level in self._levels:
            level.is_open = False
        self._levels[-1].is_open = is_open
        return None

    def _fitting(
        self, column: int, kind: Literal["key", "dash"]
    ) -> list[_Level] | None:
        """Return the levels that stay open around a line, or None if it fits nowhere."""
        levels = [level for level in self._levels if level.column <= column]
        if not levels:
            return levels if not self._levels else None
        top = levels[-1]
        if top.column < column:
            return levels if top.is_open and len(levels) == len(self._levels) else None
        if top.kind == kind:
            return levels
        if kind == "dash":  # a list may start in the column of its key
            return levels if top.is_open else None
        below = levels[-2] if len(levels) > 1 else None
        if below is not None and (below.column, below.kind) == (column, "key"):
            return levels[:-1]
        return None

    def _nearest(self, column: int, kind: Literal["key", "dash"]) -> Misplaced | None:
        alike = [level for level in self._levels if level.kind == kind]
        if not alike:
            return None
        best = min(
            reversed(alike),
            key=lambda level: (abs(level.column - column), -level.column),
        )
        if best.column == column:
            return None
        return Misplaced(best.column, best.line)
