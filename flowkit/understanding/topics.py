"""Side questions and other flows: which of them, if any, the caller means.

The designer gives each a phrase ("where to park") and perhaps examples. What was said is
compared with them by the words that carry content, without their endings; a word counts
the more, the fewer topics use it. Below a threshold, or when two topics are about as
near, none is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flowkit.dialogue.request import Topic
from flowkit.understanding.cues import CueTable

_ENOUGH = 0.52
_MARGIN = 0.12
_SAID_WEIGHS = 0.72
"""How much of what was said must be explained, against how much of the example."""
_LONG = 5
"""From this length on a stem that begins another is the same word."""
_VERBATIM = 3
"""From three words on, an example that is said word for word is meant."""


@dataclass(frozen=True, slots=True)
class Match:
    """A topic that what was said is about."""

    topic: Topic
    score: float
    stems: frozenset[str]
    """The stems that it shares with what was said."""
    verbatim: bool = False
    """One of its examples was said word for word."""


@dataclass(frozen=True, slots=True)
class _Example:
    """One phrase of a topic, without the values in it ("on Tuesday")."""

    words: str
    """In order, with a space before and behind."""
    stems: frozenset[str]


class TopicIndex:
    """Everything that an agent can be asked for, by content words."""

    def __init__(
        self,
        topics: Iterable[Topic],
        table: CueTable,
        plain: Callable[[str], list[str]],
    ) -> None:
        """Learn the topics.

        Args:
            topics: Everything that can be asked for in any flow.
            table: The language's patterns.
            plain: Returns the words of a text that are no values.
        """
        self._table = table
        self._plain = plain
        self._examples: dict[Topic, tuple[_Example, ...]] = {}
        known = list(dict.fromkeys(topics))
        counts: dict[str, int] = {}
        for topic in known:
            for stem in self._all(topic):
                counts[stem] = counts.get(stem, 0) + 1
        total = max(1, len(known))
        self._weights = {
            stem: math.log(1 + total / count) for stem, count in counts.items()
        }
        self._unknown = math.log(1 + total)

    def _of(self, topic: Topic) -> tuple[_Example, ...]:
        found = self._examples.get(topic)
        if found is None:
            plain = [self._plain(text) for text in (topic.about, *topic.such_as)]
            found = tuple(
                _Example(f" {' '.join(words)} ", self._content(words))
                for words in plain
            )
            self._examples[topic] = found
        return found

    def _content(self, words: Sequence[str]) -> frozenset[str]:
        implied = self._table.implied(words)
        return frozenset(self._table.stems([*words, *implied]))

    def _all(self, topic: Topic) -> frozenset[str]:
        return frozenset(stem for one in self._of(topic) for stem in one.stems)

    def _weight(self, stems: Iterable[str]) -> float:
        return sum(self._weights.get(stem, self._unknown) for stem in stems)

    def best(
        self,
        said: Sequence[str],
        topics: Collection[Topic],
        targets: Mapping[str, str],
        values: Sequence[str],
        phrase: str,
        beside: Collection[Topic] = (),
    ) -> Match | None:
        """Return the topic that the words are about, or None.

        Args:
            said: The words that may be about a topic, in order.
            topics: What may be asked for at this moment.
            targets: For an entry that starts a flow, that flow: two topics that lead to
                the same flow do not compete.
            values: Words of values: they count only where a topic has them.
            phrase: All that was said but the values, spaced.
            beside: Topics that share words of values by accident: they need more.
        """
        stems = frozenset(self.stems(said))
        extra = frozenset(self._table.stems(values)) - stems
        ranked: list[tuple[float, int, Match]] = []
        for n, topic in enumerate(topics):
            match = self._match(topic, stems, extra, phrase)
            if match is not None and not (
                topic in beside and not match.verbatim and match.stems <= extra
            ):
                ranked.append((-match.score, n, match))
        ranked.sort(key=lambda entry: entry[:2])
        if not ranked or ranked[0][2].score < _ENOUGH:
            return None
        best = ranked[0][2]
        goal = targets.get(best.topic.ref, best.topic.ref)
        for _, _, other in ranked[1:]:
            if other.score <= best.score - _MARGIN:
                break
            if targets.get(other.topic.ref, other.topic.ref) != goal:
                return None
        return best

    def stems(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the content of words, in the forms that the topics have."""
        return tuple(map(self._known, self._table.stems(words)))

    def _known(self, stem: str) -> str:
        """Return the topics' form of a stem: "checkup" for "check-up"."""
        if stem not in self._weights and len(stem) >= _LONG:
            for known in self._weights:
                if len(known) >= _LONG and (
                    stem.startswith(known) or known.startswith(stem)
                ):
                    return known
        return stem

    def _match(
        self, topic: Topic, stems: frozenset[str], extra: frozenset[str], phrase: str
    ) -> Match | None:
        examples = self._of(topic)
        if any(
            example.words in phrase and example.words.count(" ") > _VERBATIM
            for example in examples
        ):
            shared = (stems | extra) & self._all(topic)
            return Match(topic, 1.0, shared, verbatim=True)
        shared = self._all(topic) & (stems | extra)
        if not shared:
            return None
        # what was said may mix two examples; one of them should be there by and large
        explained = self._weight(shared) / self._weight(stems | shared)
        likeness = max(
            self._weight(example.stems & shared) / self._weight(example.stems)
            for example in examples
            if example.stems
        )
        score = _SAID_WEIGHS * explained + (1 - _SAID_WEIGHS) * likeness
        return Match(topic, score, shared)

    def knows(self, topic: Topic, stems: Collection[str]) -> bool:
        """Return whether a topic has all of these stems."""
        return self._all(topic).issuperset(stems)


def words_of(text: str) -> list[str]:
    """Return the lower-case words of a text."""
    words = "".join(c if c.isalnum() or c == "'" else " " for c in text.lower())
    return words.split()
