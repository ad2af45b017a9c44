"""Patterns of language files, compiled into tries.

A pattern is words with options and places for values: ``[on] [the] {ordinal} of {month}``.
``[...]`` may be left out, ``(a|b)`` is one of several, ``{class}`` or ``{class:name}`` takes a
value that the class reads. The notation is that of Home Assistant's hassil
(https://github.com/home-assistant/hassil). Patterns are grouped under the names of rules;
what a rule means is the business of the type that owns it.

Matching is a walk through a trie: its cost is bounded by the patterns, never by the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from flowkit.types.heard import Heard, listed, phrase_of

T = TypeVar("T")

# any: a class reads whatever its type wants: a month's number, a unit, a time
Reader: TypeAlias = Callable[[Heard, int], tuple[int, Any] | None]
"""Reads a value of its class at a token: (index behind, value), or None."""


@dataclass(slots=True)
class _Node:
    words: dict[str, _Node] = field(default_factory=dict)
    classes: list[tuple[str, str, Reader, _Node]] = field(default_factory=list)
    rules: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Match:
    """One way in which a pattern fits."""

    rule: str
    start: int
    """Its first token."""
    end: int
    """Behind its last token."""
    values: dict[str, Any]  # any: see ``Reader``


_ITEM = re.compile(r"\s*(\[|\]|\(|\)|\||\{[a-z_]+(?::[a-z_]+)?\}|[^\s\[\]()|{}]+)")
_Items: TypeAlias = tuple[str, ...]


def _expand(pattern: str) -> list[_Items]:
    """Return every sequence of items that a pattern stands for."""
    items = _ITEM.findall(pattern)
    at = 0

    def alternatives(closing: str) -> list[_Items]:
        nonlocal at
        every: list[_Items] = []
        rows: list[_Items] = [()]
        while at < len(items):
            item = items[at]
            at += 1
            if item == closing:
                return every + rows
            if item == "|":
                every += rows
                rows = [()]
            elif item in "[(":
                inner = alternatives("]" if item == "[" else ")")
                if item == "[":
                    inner = [*inner, ()]
                rows = [row + more for row in rows for more in inner]
            else:
                more = (item,) if item[0] == "{" else phrase_of(item)
                rows = [row + more for row in rows]
        return every + rows

    return list(dict.fromkeys(alternatives("")))


class Grammar:
    """The patterns of some rules over some classes."""

    def __init__(
        self, rules: Mapping[str, object], classes: Mapping[str, Reader]
    ) -> None:
        """Compile patterns.

        Args:
            rules: Patterns by rule; a rule named earlier wins among equally long ones.
            classes: How each ``{class}`` is read.

        Raises:
            KeyError: A pattern names a class that is not among ``classes``.
        """
        self._root = _Node()
        for rank, (rule, patterns) in enumerate(rules.items()):
            several = [patterns] if isinstance(patterns, str) else listed(patterns)
            for pattern in several:
                for row in _expand(pattern):
                    self._add(rank, rule, row, classes)

    def _add(
        self, rank: int, rule: str, row: _Items, classes: Mapping[str, Reader]
    ) -> None:
        node = self._root
        for item in row:
            if item[0] != "{":
                node = node.words.setdefault(item, _Node())
                continue
            kind, _, name = item[1:-1].partition(":")
            name = name or kind
            for known_kind, known_name, _reader, child in node.classes:
                if (known_kind, known_name) == (kind, name):
                    node = child
                    break
            else:
                child = _Node()
                node.classes.append((kind, name, classes[kind], child))
                node = child
        if row and all(rule != known for _, known in node.rules):
            node.rules.append((rank, rule))

    def at(self, heard: Heard, i: int) -> list[Match]:
        """Return all matches that begin at token ``i``, the longest first."""
        root = self._root
        found: list[tuple[int, int, str, tuple[tuple[str, Any], ...]]] = []
        child = root.words.get(heard.texts[i])
        if child is not None:
            self._walk(child, heard, i + 1, (), found)
        for _, name, read, node in root.classes:
            value = read(heard, i)
            if value is not None:
                self._walk(node, heard, value[0], ((name, value[1]),), found)
        if not found:
            return []
        if len(found) > 1:
            found.sort(key=lambda one: (-one[0], one[1]))
        return [Match(rule, i, end, dict(values)) for end, _, rule, values in found]

    def _walk(
        self,
        node: _Node,
        heard: Heard,
        i: int,
        values: tuple[tuple[str, Any], ...],
        found: list[tuple[int, int, str, tuple[tuple[str, Any], ...]]],
    ) -> None:
        for rank, rule in node.rules:
            found.append((i, rank, rule, values))
        if i >= heard.count:
            return
        child = node.words.get(heard.texts[i])
        if child is not None:
            self._walk(child, heard, i + 1, values, found)
        for _, name, read, after in node.classes:
            value = read(heard, i)
            if value is not None:
                self._walk(after, heard, value[0], (*values, (name, value[1])), found)

    def scan(
        self, heard: Heard, take: Callable[[Match], tuple[T, int] | None]
    ) -> list[T]:
        """Return what ``take`` makes of the matches, from left to right, not overlapping.

        At each place the longest match that ``take`` does not refuse (None) is used.
        ``take`` also says at which token to go on.
        """
        taken: list[T] = []
        i = 0
        count = heard.count
        while i < count:
            for match in self.at(heard, i):
                made = take(match)
                if made is not None:
                    taken.append(made[0])
                    i = max(made[1], i + 1)
                    break
            else:
                i += 1
        return taken
