"""What callers say whatever the flow is about: a language's patterns, found in the words.

A cue is a run of words that fits a pattern of the language file (``understanding:``):
``yes``, ``wait``, ``instead`` ... What a cue means where it stands is decided elsewhere;
here is only where it stands. Patterns are alternatives and optional words, so they
compile to one automaton a language, whose deterministic states are made as they are
needed: the time to read an utterance grows with its length, not with the patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flowkit.languages import Language

_TOKEN = re.compile(r"[()|\[\]]|[^\s()|\[\]]+")


class PatternError(ValueError):
    """A pattern of a language file does not close its brackets."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A run of words that fits a pattern."""

    name: str
    start: int
    """Index of its first word."""
    end: int
    """Index behind its last word."""


class CueTable:
    """The patterns and word lists of one language, compiled."""

    def __init__(self, language: Language) -> None:
        self._section: Mapping[str, object] = language.section("understanding")
        self.spelling: Mapping[str, str] = {
            str(heard): str(meant) for heard, meant in self._map("spelling").items()
        }
        self._automaton = _Automaton()
        for name, patterns in self._map("cues").items():
            for line in str(patterns).splitlines():
                if line.strip():
                    self._automaton.add(line, name)

    def _map(self, key: str) -> Mapping[str, object]:
        found = self._section.get(key)
        return found if isinstance(found, Mapping) else {}

    def normal(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return the words as the patterns spell them."""
        spelling = self.spelling
        return tuple(spelling.get(word, word) for word in words)

    def find(self, words: Sequence[str]) -> list[Cue]:
        """Return, for each place and cue, the longest run of words that fits it.

        Args:
            words: Words as ``normal`` gives them.
        """
        found: list[Cue] = []
        longest = self._automaton.longest
        for start in range(len(words)):
            for name, end in longest(words, start).items():
                found.append(Cue(name, start, end))
        return found

    # --- word lists ----------------------------------------------------------------------

    @cached_property
    def empty_words(self) -> frozenset[str]:
        """Words without content of their own."""
        return frozenset(str(self._section.get("empty_words", "")).split())

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Words for a place among choices, counted from 1; -1 is the last."""
        return {word: int(str(place)) for word, place in self._map("places").items()}

    @cached_property
    def slot_forms(self) -> tuple[str, ...]:
        """How a slot's own words may be wrapped when it is named."""
        return self._strings(self._section.get("slot_forms")) or ("{}",)

    @cached_property
    def slot_words(self) -> Mapping[str, tuple[str, ...]]:
        """What callers call a slot, by the name of its type."""
        return {
            kind: self._strings(words)
            for kind, words in self._map("slot_words").items()
        }

    @cached_property
    def _endings(self) -> tuple[tuple[str, int], ...]:
        return tuple(
            (ending, int(str(keep))) for ending, keep in self._map("endings").items()
        )

    def stem(self, word: str) -> str:
        """Return a word without its ending, so that "parking" meets "park"."""
        word = word.removesuffix("'s").replace("'", "")
        for ending, keep in self._endings:
            if word.endswith(ending) and len(word) - len(ending) >= keep:
                word = word[: -len(ending)]
                break
        # stop -> stopping
        if len(word) > 3 and word[-1] == word[-2]:
            word = word[:-1]
        return word

    def stems(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return the stems of the words that have content."""
        empty = self.empty_words
        alike = self._alike
        found: list[str] = []
        for word in words:
            # "gluten-free" is two
            for piece in word.split("-"):
                if piece and piece not in empty:
                    stem = self.stem(piece)
                    found.append(alike.get(stem, stem))
        return tuple(found)

    def implied(self, words: Sequence[str]) -> list[str]:
        """Return what a question is about without a word for it: "how much" the price."""
        text = f" {' '.join(words)} "
        return [
            str(about)
            for asking, about in self._map("implied").items()
            if f" {asking} " in text
        ]

    @cached_property
    def _alike(self) -> Mapping[str, str]:
        """For a stem, the one that stands for all that mean much the same."""
        found: dict[str, str] = {}
        for group in self._strings(self._section.get("alike")):
            first, *others = map(self.stem, group.split())
            found.update(dict.fromkeys(others, first))
        return found

    @staticmethod
    def _strings(found: object) -> tuple[str, ...]:
        return (
            tuple(str(one) for one in found) if isinstance(found, list | tuple) else ()
        )


class _Automaton:
    """Patterns as one nondeterministic automaton, made deterministic on demand."""

    def __init__(self) -> None:
        self._words: list[dict[str, list[int]]] = []
        self._free: list[list[int]] = []
        self._accepts: dict[int, str] = {}
        self._start = self._state()
        self._moves: dict[frozenset[int], dict[str, frozenset[int]]] = {}
        self._names: dict[frozenset[int], tuple[str, ...]] = {}

    def _state(self) -> int:
        self._words.append({})
        self._free.append([])
        return len(self._words) - 1

    def add(self, pattern: str, name: str) -> None:
        """Add a pattern.

        Raises:
            PatternError: Its brackets do not match.
        """
        tokens = _TOKEN.findall(pattern)
        end, left = self._alternatives(tokens, 0, self._start)
        if left != len(tokens):
            raise PatternError(f"unmatched bracket in `{pattern}`")
        final = self._state()
        self._free[end].append(final)
        self._accepts[final] = name

    def _alternatives(
        self, tokens: Sequence[str], at: int, start: int
    ) -> tuple[int, int]:
        end = self._state()
        while True:
            here = start
            while at < len(tokens) and tokens[at] not in "|)]":
                token = tokens[at]
                if token in "([":
                    behind, at = self._alternatives(tokens, at + 1, here)
                    if at >= len(tokens) or tokens[at] != {"(": ")", "[": "]"}[token]:
                        raise PatternError(f"unmatched `{token}` in a pattern")
                    if token == "[":
                        self._free[here].append(behind)
                    here = behind
                else:
                    behind = self._state()
                    self._words[here].setdefault(token, []).append(behind)
                    here = behind
                at += 1
            self._free[here].append(end)
            if at < len(tokens) and tokens[at] == "|":
                at += 1
                continue
            return end, at

    def _closed(self, states: Iterable[int]) -> frozenset[int]:
        seen: set[int] = set()
        todo = list(states)
        while todo:
            state = todo.pop()
            if state not in seen:
                seen.add(state)
                todo.extend(self._free[state])
        # a state that neither reads nor accepts only led here
        return frozenset(
            one for one in seen if self._words[one] or one in self._accepts
        )

    @cached_property
    def _first(self) -> frozenset[int]:
        return self._closed([self._start])

    def _move(self, states: frozenset[int], word: str) -> frozenset[int]:
        moves = self._moves.get(states)
        if moves is None:
            moves = self._moves[states] = self._all_moves(states)
        return moves.get(word, frozenset())

    def _all_moves(self, states: frozenset[int]) -> dict[str, frozenset[int]]:
        targets: dict[str, list[int]] = {}
        for state in states:
            for word, behind in self._words[state].items():
                targets.setdefault(word, []).extend(behind)
        return {word: self._closed(behind) for word, behind in targets.items()}

    def _accepted(self, states: frozenset[int]) -> tuple[str, ...]:
        names = self._names.get(states)
        if names is None:
            accepts = self._accepts
            names = tuple(sorted({accepts[one] for one in states if one in accepts}))
            self._names[states] = names
        return names

    def longest(self, words: Sequence[str], start: int) -> dict[str, int]:
        """Return the end of the longest match from ``start`` on, by cue."""
        found: dict[str, int] = {}
        states = self._first
        for at in range(start, len(words)):
            states = self._move(states, words[at])
            if not states:
                break
            for name in self._accepted(states):
                found[name] = at + 1
        return found
