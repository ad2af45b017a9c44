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

from flowkit.types.heard import Heard, Phrases, listed, phrase_of

T = TypeVar("T")

# any: a class reads whatever its type wants: a month's number, a unit, a time
Reader: TypeAlias = Callable[[Heard, int], tuple[int, Any] | None]
"""Reads a value of its class at a token: (index behind, value), or None."""
# any: see ``Reader``
Class: TypeAlias = Phrases[Any] | Reader | tuple[Reader, frozenset[str]]
"""How a class is read: a table of phrases, a reader that is only asked where a number or
figure stands, or a reader with the tokens that its values begin with."""


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


def _reader(kind: Class) -> Reader:
    if isinstance(kind, Phrases):
        phrases = kind
        return lambda heard, i: phrases.at(heard.texts, i)
    return kind[0] if isinstance(kind, tuple) else kind


class Grammar:
    """The patterns of some rules over some classes."""

    def __init__(
        self, rules: Mapping[str, object], classes: Mapping[str, Class]
    ) -> None:
        """Compile patterns.

        Args:
            rules: Patterns by rule; a rule named earlier wins among equally long ones.
            classes: How each ``{class}`` is read.

        Raises:
            KeyError: A pattern names a class that is not among ``classes``.
        """
        self._root = _Node()
        readers = {name: _reader(kind) for name, kind in classes.items()}
        for rank, (rule, patterns) in enumerate(rules.items()):
            several = [patterns] if isinstance(patterns, str) else listed(patterns)
            for pattern in several:
                for row in _expand(pattern):
                    self._add(rank, rule, row, readers)
        # what can begin at a token, so that most places cost one look
        self._by_token: dict[str, list[tuple[str, Reader, _Node]]] = {}
        self._by_number: list[tuple[str, Reader, _Node]] = []
        for kind, name, reader, node in self._root.classes:
            source = classes[kind]
            entry = (name, reader, node)
            if isinstance(source, Phrases | tuple):
                firsts = source.firsts if isinstance(source, Phrases) else source[1]
                for token in firsts:
                    self._by_token.setdefault(token, []).append(entry)
            else:
                self._by_number.append(entry)

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
        for name, read, node in self._by_token.get(heard.texts[i], ()):
            value = read(heard, i)
            if value is not None:
                self._walk(node, heard, value[0], ((name, value[1]),), found)
        if heard.numeric[i]:
            for name, read, node in self._by_number:
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
