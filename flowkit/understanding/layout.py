"""An utterance laid out: which words are values, names of slots, cues, and the rest.

Everything that could be found is found first; then the runs of words that cover the
utterance best are kept, so that "one moment" is no number and "no wait" no plain no.
What is left are words that only carry ("I'd like", "for"), fillers, and noise: words
that nothing here knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from flowkit.dialogue.request import Fillable
from flowkit.types.reading import Reading, Utterance
from flowkit.understanding.cues import Cue
from flowkit.understanding.names import Naming

ACCOUNTED = frozenset({"filler", "carrier"})
"""Cues whose words need no further explanation."""
MARKS = frozenset({
    "filler", "carrier", "or", "but", "between", "from_to", "from_old", "until", "question", "inquiry", "wish",
    "hypothetical", "elsewhere", "flagged", "dangling", "slot_prefix", "more", "fewer",
})  # fmt: skip
"""Cues that colour what stands around them instead of standing for themselves."""

_CERTAIN = 0.95
_APART = frozenset({"date", "time", "number"})
"""Types whose values are said in one breath: "seven tonight"."""
_CHOICE = "choice"
_YIELDING = frozenset({
    "cancel", "cancel_own", "resume", "keep", "go_on_with", "same_before", "nothing_more",
    "all_done", "indifferent", "any_choice", "wait", "back", "yes", "no", "none", "fine",
    "right", "ack", "greeting", "thanks", "refuse", "dont_know", "changing", "change",
    "soft_no", "later", "earlier", "position",
})  # fmt: skip
"""Cues that give way to the designer's own words for a choice that was asked for."""
_SOFT = frozenset({"fine", "ack"})
"""Agreement that is none inside a longer run of carrying words."""


@dataclass(slots=True)
class Candidate:
    """A slot that a run of words may fill, and how."""

    fillable: Fillable
    reading: Reading
    score: float = 0.0

    @property
    def slot(self) -> str:
        """The slot's name."""
        return self.fillable.slot.name


@dataclass(slots=True)
class Item:
    """A run of words with a meaning: a value, the name of a slot, or a cue."""

    start: int
    end: int
    cues: frozenset[str] = frozenset()
    names: Naming | None = None
    candidates: list[Candidate] = field(default_factory=list)
    used: bool = False
    """It has led to an act, or was part of what did."""

    @property
    def is_value(self) -> bool:
        """Whether slots may be filled from it."""
        return bool(self.candidates)

    def says(self, *cues: str) -> bool:
        """Return whether it is one of these cues."""
        return not self.cues.isdisjoint(cues)


@dataclass(slots=True)
class Layout:
    """The utterance with its items, in order, and what is known of each word."""

    said: Utterance
    words: tuple[str, ...]
    """As the language's patterns spell them."""
    items: list[Item]
    marks: dict[str, list[Cue]]
    noise: list[bool]
    """For each word: nothing knows it."""
    held: list[bool]
    """For each word: an item, a filler or a carrier holds it."""
    fillers: list[bool]
    """For each word: it is a filler ("uh", "you know")."""

    def text(self, start: int, end: int) -> str:
        """Return the caller's own characters of some words."""
        return self.said.text(start, end)

    def pause_between(self, start: int, end: int) -> bool:
        """Return whether a pause stands behind one of the words ``start`` to ``end``."""
        return any(word.pause for word in self.said.words[start:end])

    def quiet(self, start: int, end: int) -> bool:
        """Return whether the words from ``start`` to ``end`` have no weight."""
        return not any(self.noise[start:end])

    def placed(self, at: int) -> bool:
        """Return whether an item, a filler or a carrier holds a word."""
        return self.held[at]

    def near(self, first: Item, second: Item, most: int = 4) -> bool:
        """Return whether only a few words without weight stand between two items."""
        gap = second.start - first.end
        return gap <= most and self.quiet(first.end, second.start)

    def noise_near(self, start: int, end: int, reach: int = 4) -> int:
        """Return how many unknown words stand close to a run, in the same breath."""
        words = self.said.words
        count = 0
        at = start - 1
        while at >= 0 and start - at <= reach and not words[at].pause:
            count += self.noise[at]
            at -= 1
        at = end
        while at < len(words) and at - end < reach and not words[at - 1].pause:
            count += self.noise[at]
            at += 1
        return count

    def breath(self, start: int) -> tuple[int, int]:
        """Return the stretch between full pauses that a word stands in."""
        words = self.said.words
        begin, end = start, start
        while begin > 0 and not words[begin - 1].pause:
            begin -= 1
        while end < len(words) - 1 and not words[end].pause:
            end += 1
        return begin, end + 1


def lay_out(
    said: Utterance,
    words: tuple[str, ...],
    found: Iterable[Cue],
    *,
    readings: Iterable[tuple[Fillable, Reading]],
    namings: Iterable[Naming],
    asked: Collection[str],
    off: Collection[str],
    empty: Collection[str],
) -> Layout:
    """Choose the items that cover the utterance best.

    Args:
        said: The utterance.
        words: Its words as the patterns spell them.
        found: The cues in it.
        readings: The values in it, with the slots that they are for.
        namings: The names of slots in it.
        asked: The slots that were asked for: their readings weigh more.
        off: Cues that mean nothing at this moment.
        empty: Words without content.
    """
    marks: dict[str, list[Cue]] = {}
    spans: dict[tuple[int, int], Item] = {}
    weights: dict[tuple[int, int], float] = {}
    cues: dict[tuple[int, int], set[str]] = {}
    for cue in found:
        if cue.name in MARKS:
            marks.setdefault(cue.name, []).append(cue)
        elif cue.name not in off:
            cues.setdefault((cue.start, cue.end), set()).add(cue.name)
    # "would be good" only carries; its "good" agrees to nothing
    carried = [
        (mark.start, mark.end) for name in ACCOUNTED for mark in marks.get(name, ())
    ]
    for span, names in list(cues.items()):
        if any(
            start <= span[0] and span[1] <= end and end - start > span[1] - span[0]
            for start, end in carried
        ):
            names -= _SOFT
            if not names:
                del cues[span]
    pairs = [(one, reading) for one, reading in readings if reading.end > reading.start]
    _yield(cues, pairs, asked)
    by_span: dict[tuple[int, int], float] = {}
    for fillable, reading in pairs:
        sure = reading.certainty + 0.4 * (fillable.slot.name in asked)
        span = (reading.start, reading.end)
        by_span[span] = max(by_span.get(span, 0.0), sure)
    for span, sure in by_span.items():
        weights[span] = 1.3 * (span[1] - span[0]) - 0.3 + 0.3 * (sure - 0.7)
        spans[span] = Item(*span)
    for span, names in cues.items():
        weight = 1.3 * (span[1] - span[0]) - 0.12
        if span not in spans or weight > weights[span]:
            spans[span] = Item(*span, cues=frozenset(names))
            weights[span] = weight
    for naming in namings:
        span = (naming.start, naming.end)
        if span not in spans:
            spans[span] = Item(*span, names=naming)
            weights[span] = 1.3 * (span[1] - span[0]) - 0.35
    items = [
        part
        for span in _cover(weights, len(words))
        for part in _parts(spans[span], pairs)
    ]
    starting: dict[int, list[tuple[Fillable, Reading]]] = {}
    for fillable, reading in pairs:
        starting.setdefault(reading.start, []).append((fillable, reading))
    for item in items:
        if not item.cues and item.names is None:
            item.candidates = _candidates(item, starting)
    held = _held(len(words), items, marks)
    noise = [
        not known and word not in empty for word, known in zip(words, held, strict=True)
    ]
    fillers = [False] * len(words)
    for mark in marks.get("filler", ()):
        fillers[mark.start : mark.end] = [True] * (mark.end - mark.start)
    return Layout(said, words, items, marks, noise, held, fillers)


def _yield(
    cues: dict[tuple[int, int], set[str]],
    pairs: list[tuple[Fillable, Reading]],
    asked: Collection[str],
) -> None:
    """Drop cues over the words of a choice that was asked for.

    Asked what to change, with "cancel it" among the answers, "I want to cancel it" is that
    answer, and not the wish to drop it all.
    """
    own = [
        (reading.start, reading.end)
        for fillable, reading in pairs
        if fillable.slot.name in asked
        and fillable.slot.type.name == _CHOICE
        and reading.certainty >= _CERTAIN
        and not reading.computed
    ]
    if not own:
        return
    for span, names in list(cues.items()):
        if any(span[0] < end and start < span[1] for start, end in own):
            names -= _YIELDING
            if not names:
                del cues[span]


def _cover(weights: dict[tuple[int, int], float], count: int) -> list[tuple[int, int]]:
    """Return the spans, none over another, whose weights sum up highest."""
    ending: dict[int, list[tuple[int, float]]] = {}
    for (start, end), weight in weights.items():
        ending.setdefault(end, []).append((start, weight))
    best = [0.0] * (count + 1)
    choice: list[int | None] = [None] * (count + 1)
    for end in range(1, count + 1):
        best[end] = best[end - 1]
        for start, weight in ending.get(end, ()):
            if best[start] + weight > best[end] + 1e-9:
                best[end], choice[end] = best[start] + weight, start
    chosen: list[tuple[int, int]] = []
    at = count
    while at > 0:
        begin = choice[at]
        if begin is None:
            at -= 1
        else:
            chosen.append((begin, at))
            at = begin
    return chosen[::-1]


def _parts(item: Item, pairs: list[tuple[Fillable, Reading]]) -> list[Item]:
    """Split "seven tonight" when the time takes all of it and the date its end."""
    if item.cues or item.names is not None:
        return [item]
    whole = {
        one.slot.name: (one, reading)
        for one, reading in pairs
        if (reading.start, reading.end) == (item.start, item.end)
    }
    kinds = {one.slot.type.name for one, _ in whole.values()}
    if not kinds <= _APART:
        return [item]
    for one, reading in list(pairs) if whole else []:
        start, end = reading.start, reading.end
        kind = one.slot.type.name
        if reading.certainty < _CERTAIN or kind in kinds or kind not in _APART:
            continue
        if start == item.start < end < item.end:
            rest = Item(end, item.end)
        elif item.start < start < end == item.end:
            rest = Item(item.start, start)
        else:
            continue
        pairs += [
            (other, replace(longer, start=rest.start, end=rest.end))
            for other, longer in whole.values()
        ]
        return sorted((Item(start, end), rest), key=lambda part: part.start)
    return [item]


def _candidates(
    item: Item, starting: dict[int, list[tuple[Fillable, Reading]]]
) -> list[Candidate]:
    """Return the best reading of each slot for a run of words."""
    found: dict[str, Candidate] = {}
    for start in range(item.start, item.end):
        for fillable, reading in starting.get(start, ()):
            if reading.end > item.end:
                continue
            missing = (item.end - item.start) - (reading.end - reading.start)
            score = reading.certainty - min(0.45, 0.15 * missing)
            name = fillable.slot.name
            if name not in found or score > found[name].score:
                found[name] = Candidate(fillable, reading, score)
    return list(found.values())


def _held(count: int, items: Iterable[Item], marks: dict[str, list[Cue]]) -> list[bool]:
    held = [False] * count
    for name in ACCOUNTED:
        for cue in marks.get(name, ()):
            held[cue.start : cue.end] = [True] * (cue.end - cue.start)
    for item in items:
        held[item.start : item.end] = [True] * (item.end - item.start)
    return held
