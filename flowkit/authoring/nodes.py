"""Located nodes: every text of a file with its place, in lists and blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from flowkit.diagnostics import Span


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """One text, with what is needed to show its places."""

    path: str
    text: str
    lines: tuple[str, ...] = field(repr=False)

    def span(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """Return a span of this file; everything 1-based, the end exclusive."""
        return Span(self.path, line, column, end_line, end_column)


@dataclass(frozen=True, eq=False)
class Scalar:
    """A text as it was written."""

    text: str
    span: Span
    file: File = field(repr=False)
    quoted: bool = False
    """In quotes, or a block (``|``, ``>``)."""

    def at(self, start: int, end: int | None = None) -> Span:
        """Return the place of ``text[start:end]``.

        Escapes and folded lines make the text differ from the file, so words are found
        again by counting their occurrences.
        """
        end = len(self.text) if end is None else end
        words = self.text[start:end].split("\n")[0]
        piece = words.strip()
        if not piece:
            return self.span
        before = _count(piece, self.text, start + words.index(piece))
        for line, column in self._places(piece):
            if before == 0:
                path = self.span.path
                return Span(path, line, column, line, column + len(piece))
            before -= 1
        return self.span

    def _places(self, piece: str) -> Iterator[tuple[int, int]]:
        span = self.span
        for line in range(span.line, span.end_line + 1):
            if line > len(self.file.lines):
                return
            text = self.file.lines[line - 1]
            start = span.column - 1 if line == span.line else 0
            stop = span.end_column - 1 if line == span.end_line else len(text)
            at = text.find(piece, start, stop)
            while at >= 0:
                yield line, at + 1
                at = text.find(piece, at + len(piece), stop)

    @property
    def line(self) -> str:
        """``file:line``, as the engine's records show places."""
        return f"{self.span.path}:{self.span.line}"


@dataclass(frozen=True, eq=False)
class Listing:
    """A list."""

    items: tuple[Node, ...]
    span: Span
    file: File = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One key of a block with its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True, eq=False)
class Block:
    """Keys with values, in file order; keys are unique."""

    entries: tuple[Entry, ...]
    span: Span
    file: File = field(repr=False)

    @cached_property
    def _by_key(self) -> dict[str, Entry]:
        return {entry.key.text: entry for entry in self.entries}

    def entry(self, key: str) -> Entry | None:
        """Return the entry with this key, or None."""
        return self._by_key.get(key)

    def get(self, key: str) -> Node | None:
        """Return the value under this key, or None."""
        entry = self._by_key.get(key)
        return None if entry is None else entry.value

    def __contains__(self, key: str) -> bool:
        return key in self._by_key


Node: TypeAlias = Scalar | Listing | Block


def _count(piece: str, text: str, stop: int) -> int:
    """Count the occurrences of a piece that end before ``stop`` begins."""
    count = 0
    at = text.find(piece)
    while 0 <= at < stop:
        count += 1
        at = text.find(piece, at + len(piece))
    return count
