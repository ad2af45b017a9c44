"""How much speaks for a value being meant for a slot.

Strongest first: the slot is named beside the value; its question was asked; the type is
sure of the words ("Friday"); the value is what the caller takes back ("not seven, eight":
seven is the time that stands); what is corrected already has a value. Unknown words close
by speak against it. A score is the type's certainty plus such weights: 0.5 is a bare
number, 1 a word that means only this, from ``ACCEPTED`` on a value may be filled. The
weights were set by hand on the acceptance list and looked at on public dialogues.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flowkit.dialogue.acts import Json
from flowkit.dialogue.request import Question, Request
from flowkit.understanding.layout import Candidate, Item, Layout
from flowkit.understanding.names import looks_back

ACCEPTED = 0.7
"""From this score on a value may be filled."""
PLAUSIBLE = 0.38
"""Below this a reading is not even worth asking about."""
ASKS_FOR_VALUE = ("slot", "read_back", "suggest", "keep", "which", "offer")
"""Kinds of questions whose slots a value may be expected for."""
REPAIRS = ("repair", "no_repair", "no", "change", "wrong")
"""Cues that put what follows in the place of what was said before."""
CORRECTS = (*REPAIRS, "changing", "instead", "not", "yes", "fine", "right")
"""Cues before a value that is to replace one."""
_CERTAIN = 0.95
"""From this certainty of its type on, words mean one thing wherever they stand."""
_CLOCK = re.compile(r"(\d\d):(\d\d)")
_LONG_PAST = 300
"""Days after which a past day is not just a slip of the tongue."""


def asked_for(question: Question | None) -> tuple[str, ...]:
    """Return the slots for which a question wants a value."""
    if question is None:
        return ()
    if question.kind in ASKS_FOR_VALUE or len(question.slots) == 1:
        return question.slots
    return ()


@dataclass(slots=True)
class Value:
    """A value item and what its surroundings say of it."""

    item: Item
    at: int
    """Index among the items."""
    negated: bool = False
    silent: bool = False
    """Taken back, but not ruled out ("from four to five")."""
    need: float = ACCEPTED
    """The score that it must reach: more in a side question or a supposition."""
    chain: int = -1
    """Values that are about one slot share a chain."""
    dropped: bool = False
    slot: Candidate | None = None


class Evidence:
    """Weighs the candidates of all values of one utterance."""

    def __init__(
        self, request: Request, layout: Layout, values: Sequence[Value]
    ) -> None:
        self._layout = layout
        self._values = values
        self._today = request.now.date()
        question = request.question
        self._asked = asked_for(question)
        self._mentioned = question.slots if question is not None else ()
        self._spoken = question is None or question.takes_yes
        """The values that slots have may just have been said to the caller."""
        self._offered = question is not None and question.kind == "offer"

    def weigh(self) -> None:
        """Add to each candidate's score what its surroundings say."""
        for value in self._values:
            for candidate in value.item.candidates:
                candidate.score += self._evidence(value, candidate)

    def _evidence(self, value: Value, candidate: Candidate) -> float:
        item = value.item
        slot = candidate.slot
        current = candidate.fillable.value
        asked = slot in self._asked
        bonus = 0.0
        if asked:
            bonus += 0.4 if len(self._asked) == 1 or self._offered else 0.25
            if any(
                other.reading.end - other.reading.start
                > candidate.reading.end - candidate.reading.start
                and other.reading.certainty >= ACCEPTED
                for other in item.candidates
            ):
                # "zero people" is a number, even when "people" was on the list
                bonus -= 0.4
            # "at seven" is a time, even when a number was asked for
            if candidate.reading.certainty < ACCEPTED and any(
                other.reading.certainty >= _CERTAIN
                for other in item.candidates
                if other is not candidate
            ):
                bonus -= 0.2
        elif slot in self._mentioned:
            bonus += 0.1
        named = self._named(value, slot)
        bonus += named
        if not asked and named <= 0:
            bonus -= self._order(item, candidate)
            bonus -= _leaning(candidate, item.candidates, self._today)
        if value.negated:
            if current is not None and (
                current == candidate.reading.value or current in candidate.reading.also
            ):
                bonus += 0.7
        elif current is not None and not asked:
            # said again, or put right
            said_again = current == candidate.reading.value
            if said_again and self._spoken:
                bonus += 0.5
            elif not self._offered and not any(
                other.slot in self._asked for other in item.candidates
            ):
                if self._corrects(value):
                    bonus += 0.3 + _nearness(candidate)
                else:
                    bonus -= 0.1
        noise = self._layout.noise_near(item.start, item.end)
        if not asked and self._counts_other(item, candidate):
            # "for one day" is no number of rooms
            bonus -= 0.25
        if asked or named > 0:
            unsure = candidate.reading.certainty < _CERTAIN and self._questioned(item)
            if asked and self._is_all(candidate):
                # a code that sounds like a time, when the code was asked for
                bonus += 0.15
            return bonus - (0.3 if unsure else 0.08) * noise
        return bonus - noise * (
            0.13 if candidate.reading.certainty >= _CERTAIN else 0.17
        )

    def _counts_other(self, item: Item, candidate: Candidate) -> bool:
        """Whether an unknown word stands right behind a bare number."""
        layout = self._layout
        return (
            candidate.reading.certainty < _CERTAIN
            and item.end < len(layout.words)
            and layout.noise[item.end]
            and not layout.pause_between(item.end - 1, item.end)
        )

    def _is_all(self, candidate: Candidate) -> bool:
        """Whether a reading takes all that was said but fillers."""
        reading = candidate.reading
        return all(
            reading.start <= at < reading.end or self._layout.fillers[at]
            for at in range(len(self._layout.words))
        )

    def _order(self, item: Item, candidate: Candidate) -> float:
        """Return what speaks against one of two slots of which one comes after the other.

        A single day is the first of two, unless it is said to be the end.
        """
        ends = any(cue.end == item.start for cue in self._layout.marks.get("until", ()))
        own = candidate.fillable.slot
        for other in item.candidates:
            if other.slot == own.after and not ends:
                return 0.3
            if other.fillable.slot.after == own.name and ends:
                return 0.3
        return 0.0

    def _questioned(self, item: Item) -> bool:
        """Whether a question or wish begins in the same breath before a value."""
        begin, _ = self._layout.breath(item.start)
        return any(
            begin <= cue.start < item.start
            or (
                cue.start == item.start
                and cue.end == item.start + 1 < len(self._layout.words)
            )
            for name in ("question", "inquiry", "wish")
            for cue in self._layout.marks.get(name, ())
        )

    def _named(self, value: Value, slot: str) -> float:
        """Return how much the names beside a value speak for or against a slot."""
        items = self._layout.items
        at = value.at - 1
        while at >= 0 and items[at].says(*CORRECTS, "keep", "is_wrong"):
            at -= 1
        # in "two baths and three beds" the baths are not the three's
        belongs = (
            at > 0 and items[at - 1].is_value and items[at - 1].end == items[at].start
        )
        if (
            at >= 0
            and (named := items[at].names) is not None
            and not (belongs and items[at].end < value.item.start)
            # "the same day but at three"
            and not any(
                items[at].end <= cue.start < value.item.start
                for cue in self._layout.marks.get("but", ())
            )
            and self._layout.near(items[at], items[at + 1])
        ):
            return (0.5 if named.direct else 0.35) if slot in named.slots else -0.3
        at = value.at + 1
        if at < len(items) and (named := items[at].names) is not None:
            gap = items[at].start - value.item.end
            taken = at + 1 < len(items) and items[at + 1].is_value
            if gap <= 1 and not self._layout.pause_between(
                value.item.end - 1, items[at].start
            ):
                if slot in named.slots:
                    return 0.35
                return 0.0 if taken else -0.2
        return 0.0

    def _corrects(self, value: Value) -> bool:
        items = self._layout.items
        behind = items[value.at + 1 : value.at + 2]
        return (
            any(one.says(*CORRECTS) for one in items[: value.at])
            or any(one.says("change") for one in behind)
            or any(other.negated for other in self._values)
        )


def _nearness(candidate: Candidate) -> float:
    """Return what speaks for a change of a bare number because it is a small one.

    "Make it eight" moves seven o'clock rather than four people.
    """
    if candidate.reading.certainty >= _CERTAIN:
        return 0.0
    step = _step(candidate.fillable.value, candidate.reading.value)
    if step is None:
        return 0.0
    if step == 0:
        return -0.2
    return 0.2 if step <= 1 else 0.0 if step <= 2 else -0.1


def _step(old: Json, new: Json) -> float | None:
    """Return how far apart two counts, or two times of day in hours, are."""
    if isinstance(old, int | float) and isinstance(new, int | float):
        return abs(new - old)
    if isinstance(old, str) and isinstance(new, str):
        hours = [_CLOCK.fullmatch(one) for one in (old, new)]
        if hours[0] and hours[1]:
            first, second = (int(h[1]) + int(h[2]) / 60 for h in hours if h)
            return abs(second - first)
    return None


def _leaning(candidate: Candidate, others: Sequence[Candidate], today: date) -> float:
    """Return what speaks against one of two slots of the same type.

    A day without a year is no date of birth unless that was asked for; a day long past is
    nothing else.
    """
    own = candidate.fillable.slot
    rivals = [
        other
        for other in others
        if other is not candidate and other.fillable.slot.type.name == own.type.name
    ]
    for other in rivals:
        past, theirs = looks_back(own), looks_back(other.fillable.slot)
        if past == theirs:
            continue
        longer = _length(candidate) - _length(other)
        if longer:
            # the other does not know what to do with the year
            return 0.0 if longer > 0 else 0.3
        value = candidate.reading.value
        long_past = today - timedelta(days=_LONG_PAST)
        gone = isinstance(value, str) and value < long_past.isoformat()
        if value != other.reading.value:
            gone = False
        if past != gone:
            return 0.3
    return 0.0


def _length(candidate: Candidate) -> int:
    return candidate.reading.end - candidate.reading.start


def share(first: Value, second: Value) -> bool:
    """Whether two values may be about the same slot."""
    slots = {c.slot for c in first.item.candidates if c.score >= PLAUSIBLE}
    return any(
        c.slot in slots and c.score >= PLAUSIBLE - 0.1 for c in second.item.candidates
    )


def replaces(first: Value, second: Value) -> bool:
    """Whether the likeliest slots of a value are among those of the one before."""
    likeliest = max(c.reading.certainty for c in second.item.candidates)
    slots = {c.slot for c in first.item.candidates}
    return any(
        c.slot in slots
        for c in second.item.candidates
        if c.reading.certainty >= likeliest
    )
