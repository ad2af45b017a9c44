"""Side questions and other flows: which of them, if any, the caller means.

The designer gives each a phrase ("where to park") and perhaps examples. What was said is
compared with them by the words that carry content, without their endings; a word counts
the more, the fewer topics use it. Below a threshold, or when two topics are about as
near, none is taken.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flowkit.dialogue.request import Topic
from flowkit.understanding.cues import CueTable

_ENOUGH = 0.52
_MARGIN = 0.12
_SAID_WEIGHS = 0.65
"""How much of what was said must be explained, against how much of the example."""


@dataclass(frozen=True, slots=True)
class Match:
    """A topic that what was said is about."""

    topic: Topic
    score: float
    stems: frozenset[str]
    """The stems that it shares with what was said."""


class TopicIndex:
    """Everything that an agent can be asked for, by content words."""

    def __init__(self, topics: Iterable[Topic], table: CueTable) -> None:
        self._table = table
        self._examples: dict[Topic, tuple[frozenset[str], ...]] = {}
        known = list(dict.fromkeys(topics))
        counts: dict[str, int] = {}
        for topic in known:
            for stem in frozenset().union(*self._stems(topic)):
                counts[stem] = counts.get(stem, 0) + 1
        total = max(1, len(known))
        self._weights = {
            stem: math.log(1 + total / count) for stem, count in counts.items()
        }
        self._unknown = math.log(1 + total) * 0.8
        self.stems = frozenset(counts)
        """Every content stem of every topic."""

    def _stems(self, topic: Topic) -> tuple[frozenset[str], ...]:
        found = self._examples.get(topic)
        if found is None:
            texts = (topic.about, *topic.such_as)
            found = tuple(
                frozenset(self._table.stems(words_of(text))) for text in texts
            )
            self._examples[topic] = found
        return found

    def _weight(self, stems: Iterable[str]) -> float:
        return sum(self._weights.get(stem, self._unknown) for stem in stems)

    def best(
        self,
        said: Sequence[str],
        topics: Collection[Topic],
        targets: Mapping[str, str],
        values: Sequence[str] = (),
    ) -> Match | None:
        """Return the topic that the words are about, or None.

        Args:
            said: The words that may be about a topic.
            topics: What may be asked for at this moment.
            targets: For an entry that starts a flow, that flow: two topics that lead to
                the same flow do not compete.
            values: Words of values: they count only where a topic has them.
        """
        stems = frozenset(self._table.stems(said))
        extra = frozenset(self._table.stems(values)) - stems
        if not (stems or extra) or not topics:
            return None
        ranked: list[tuple[float, int, Match]] = []
        for n, topic in enumerate(topics):
            match = self._match(topic, stems, extra)
            if match is not None:
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

    def _match(
        self, topic: Topic, stems: frozenset[str], extra: frozenset[str]
    ) -> Match | None:
        examples = self._stems(topic)
        known = frozenset().union(*examples)
        shared = known & (stems | extra)
        if not shared:
            return None
        # what was said may mix two examples; one of them should be there by and large
        explained = self._weight(shared) / self._weight(stems | shared)
        likeness = max(
            self._weight(example & shared) / self._weight(example)
            for example in examples
            if example
        )
        score = _SAID_WEIGHS * explained + (1 - _SAID_WEIGHS) * likeness
        return Match(topic, score, shared)

    def knows(self, topic: Topic, stems: Collection[str]) -> bool:
        """Return whether a topic has all of these stems."""
        return frozenset().union(*self._stems(topic)).issuperset(stems)


def words_of(text: str) -> list[str]:
    """Return the lower-case words of a text."""
    words = "".join(c if c.isalnum() or c == "'" else " " for c in text.lower())
    return words.split()
