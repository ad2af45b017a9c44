"""Which value fills which slot, and which of several values is meant.

The evidence for each slot is weighed elsewhere (``evidence``); here it is decided. A wrong
fill is worse than a miss: words that fit two slots equally well fill none. Repair inside an
utterance is undone ("four ... no, five" gives only five).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flowkit.dialogue.acts import Act, Json, Not, Set, Unclear
from flowkit.dialogue.request import Request
from flowkit.types.reading import Reading
from flowkit.understanding.asides import BESIDE
from flowkit.understanding.evidence import (
    ACCEPTED,
    PLAUSIBLE,
    REPAIRS,
    Evidence,
    Value,
    asked_for,
    replaces,
    share,
)
from flowkit.understanding.layout import Candidate, Item, Layout

_NEXT = 0.6
"""What one of two slots gains when the other has been given by the same words."""
_LONELY = 0.35
"""From this on a value that is all that was said is for the one slot that takes it."""
_CERTAIN = 0.95
"""From this certainty of its type on, words mean one thing wherever they stand."""
_MANNERS = (*REPAIRS, "changing", "greeting", "thanks", "pronoun")
"""Cues that take nothing from a value being all that was said."""
_UNSURE = 0.6
"""The certainty of a value that is taken but had better be said back."""
_MARGIN = 0.15
_TAKEN = 0.35
"""What a slot loses for a value when a surer one of the utterance is for it."""


@dataclass(slots=True)
class Assignment:
    """What the values of an utterance come to."""

    acts: list[tuple[int, Act]] = field(default_factory=list)
    """With the index of the first word that each came from."""
    competing: bool = False
    """A reading was chosen over another that is nearly as good."""


class Assigner:
    """Assigns the values of one laid-out utterance."""

    def __init__(
        self,
        request: Request,
        layout: Layout,
        beside: Sequence[tuple[int, int, float]],
    ) -> None:
        self._request = request
        self._layout = layout
        question = request.question
        self._asked = asked_for(question)
        self._offered = question is not None and question.kind == "offer"
        flagged = bool(layout.marks.get("flagged"))
        self._values = [
            Value(item, at)
            for at, item in enumerate(layout.items)
            if item.is_value and not item.used
        ]
        for value in self._values:
            item = value.item
            value.need = max(
                (need for start, end, need in beside if start <= item.start < end),
                default=ACCEPTED,
            )
            if flagged and layout.noise_near(item.start, item.end, 2):
                value.need = BESIDE
        self._result = Assignment()

    def run(self) -> Assignment:
        """Return the acts of all values; marks the items that were used."""
        if not self._values:
            return self._result
        self._negations()
        self._relative()
        Evidence(self._request, self._layout, self._values).weigh()
        self._pairs()
        self._chains()
        chains = [(self._scores(chain), chain) for chain in self._by_chain()]
        chains.sort(key=lambda one: -max(one[0].values(), default=0.0))
        taken: set[str] = set()
        sure: set[str] = set()
        after = {one.slot.name: one.slot.after for one in self._request.slots}
        for scores, chain in chains:
            for slot in scores:
                if after.get(slot) in taken or any(after.get(o) == slot for o in taken):
                    # "from the ninth ... and leave on the twelfth"
                    scores[slot] += _NEXT
            free = [score for slot, score in scores.items() if slot not in taken]
            self._left_over(chain, scores, sure)
            if max(free, default=0.0) >= ACCEPTED:
                scores = {
                    slot: score - _TAKEN * (slot in taken)
                    for slot, score in scores.items()
                }
            self._decide(chain, scores)
            for value in chain:
                if value.slot is not None:
                    taken.add(value.slot.slot)
                    if value.slot.reading.certainty >= _CERTAIN:
                        sure.add(value.slot.slot)
        self._one_per_slot()
        for value in self._values:
            if value.slot is not None and not value.dropped:
                self._emit(value, value.slot)
        return self._result

    # --- surroundings ---------------------------------------------------------------------

    def _between(self, first: int, second: int) -> list[Item]:
        return self._layout.items[first + 1 : second]

    def _negations(self) -> None:
        items = self._layout.items
        layout = self._layout
        for n, value in enumerate(self._values):
            if value.at + 1 < len(items) and items[value.at + 1].says("too"):
                # "six is too early"
                value.negated = value.silent = True
            if value.at == 0:
                continue
            before = items[value.at - 1]
            if before.says("not", "instead") and layout.near(before, value.item, 3):
                value.negated = before.used = True
                value.silent = before.says("instead") and not before.says("not")
            elif (
                n + 1 < len(self._values)
                and any(
                    c.end == value.item.start for c in layout.marks.get("from_old", ())
                )
                and any(one.says("changing", "change") for one in items[: value.at])
            ):
                value.negated = value.silent = True

    def _relative(self) -> None:
        """Turn "one more" into the count that there is and one."""
        marks = self._layout.marks
        for value in self._values:
            item = value.item
            for name, sign in (("more", 1), ("fewer", -1)):
                if not any(
                    0 <= item.start - cue.end <= 1
                    or cue.start in (item.end, item.start + 1)
                    for cue in marks.get(name, ())
                ):
                    continue
                for candidate in item.candidates:
                    found, current = candidate.reading, candidate.fillable.value
                    if (
                        isinstance(found.value, int)
                        and isinstance(current, int)
                        and not found.computed
                        and not isinstance(current, bool)
                    ):
                        candidate.score = 1.0
                        candidate.reading = replace(
                            found,
                            value=current + sign * found.value,
                            computed=True,
                            certainty=1.0,
                        )

    # --- what belongs together ------------------------------------------------------------

    def _pairs(self) -> None:
        """Give "from ... to ..." to a slot and to the one that comes after it."""
        after = {
            one.slot.name: one.slot.after
            for one in self._request.slots
            if one.slot.after is not None
        }
        if not after:
            return
        ends = {cue.end for cue in self._layout.marks.get("until", ())}
        for first, second in zip(self._values, self._values[1:], strict=False):
            if first.negated or second.negated:
                continue
            if first.item.start in ends and second.item.start not in ends:
                # "until the fourteenth, I need it on the ninth"
                first, second = second, first
            slots = {one.slot: one for one in first.item.candidates}
            for late in second.item.candidates:
                early = slots.get(after.get(late.slot, ""))
                if early is not None:
                    early.score += 0.4
                    late.score += 0.4

    def _chains(self) -> None:
        values = self._values
        for n, value in enumerate(values):
            value.chain = n
        for n, value in enumerate(values):
            if value.negated:
                partner = self._partner(n)
                if partner is not None:
                    self._join(value, partner)
            elif n > 0 and not values[n - 1].negated:
                last = values[n - 1]
                links = [
                    one
                    for one in self._between(last.at, value.at)
                    if one.says(*REPAIRS)
                ]
                # "seven, no, eight, hmm, seven"
                if (
                    not links
                    and last.chain != n - 1
                    and self._only_hesitates(last, value)
                ):
                    links = [value.item]
                if links and share(last, value) and replaces(last, value):
                    for one in links:
                        one.used = one is not value.item
                    last.dropped = last.item.used = True
                    self._join(value, last)

    def _only_hesitates(self, first: Value, second: Value) -> bool:
        layout = self._layout
        return all(
            layout.fillers[at] for at in range(first.item.end, second.item.start)
        )

    def _partner(self, n: int) -> Value | None:
        """Return the value that replaces a negated one: the next, else the one before."""
        value = self._values[n]
        for other in (*self._values[n + 1 : n + 2], *self._values[max(0, n - 1) : n]):
            if not other.negated and share(value, other):
                return other
        return None

    def _join(self, first: Value, second: Value) -> None:
        old, new = first.chain, second.chain
        for value in self._values:
            if value.chain == old:
                value.chain = new

    def _by_chain(self) -> list[list[Value]]:
        chains: dict[int, list[Value]] = {}
        for value in self._values:
            chains.setdefault(value.chain, []).append(value)
        return list(chains.values())

    # --- decisions ------------------------------------------------------------------------

    def _left_over(
        self, chain: list[Value], scores: dict[str, float], sure: set[str]
    ) -> None:
        """Give a bare number the slot that is left: "four people, friday, seven"."""
        bare = all(
            one.reading.certainty < ACCEPTED
            for value in chain
            for one in value.item.candidates
        )
        if not bare or not sure.intersection(scores):
            return
        for slot in sure.intersection(scores):
            del scores[slot]
        left = [slot for slot, score in scores.items() if score >= PLAUSIBLE]
        if len(left) == 1:
            scores[left[0]] = max(scores[left[0]], ACCEPTED)
            for value in chain:
                for one in value.item.candidates:
                    one.score = min(one.score, _UNSURE)

    def _scores(self, chain: list[Value]) -> dict[str, float]:
        """Return how well each slot fits that all values of a chain can be for."""
        scores: dict[str, float] = {}
        for slot in sorted({c.slot for value in chain for c in value.item.candidates}):
            found = [c for v in chain for c in v.item.candidates if c.slot == slot]
            if len(found) == len(chain):
                # the surest of them speaks for all: "seven ... no, half past"
                top = max(c.score for c in found)
                mean = sum(c.score for c in found) / len(found)
                scores[slot] = 0.6 * top + 0.4 * mean
        return scores

    def _decide(self, chain: list[Value], scores: dict[str, float]) -> None:
        """Find the one slot that a chain is for."""
        if not scores:
            return
        ranked = sorted(scores, key=lambda slot: (-scores[slot], self._order(slot)))
        best = ranked[0]
        need = max(value.need for value in chain)
        margin = self._margin(best, chain)
        rivals = [
            slot
            for slot in ranked
            if slot == best
            or (scores[slot] >= PLAUSIBLE and scores[slot] > scores[best] - margin)
        ]
        if scores[best] < need:
            if need == ACCEPTED and self._alone(chain):
                self._weak(chain, scores)
            return
        if len(rivals) > 1:
            self._unclear(chain, rivals)
            return
        if len(ranked) > 1 and scores[ranked[1]] > scores[best] - 2 * _MARGIN:
            self._result.competing = scores[ranked[1]] >= ACCEPTED
        for value in chain:
            value.slot = next(c for c in value.item.candidates if c.slot == best)

    def _margin(self, best: str, chain: list[Value]) -> float:
        """Return by how much the best slot must lead."""
        if best not in self._asked or self._offered:
            return _MARGIN
        if len(self._asked) > 1:
            return 2 * _MARGIN
        sure = all(
            one.reading.certainty >= ACCEPTED
            for value in chain
            for one in value.item.candidates
            if one.slot == best
        )
        return _MARGIN / 3 if sure else _MARGIN

    def _order(self, slot: str) -> int:
        names = [one.slot.name for one in self._request.slots]
        return names.index(slot)

    def _alone(self, chain: list[Value]) -> bool:
        """Whether these values are all that was said that matters."""
        layout = self._layout
        others = [v for v in self._values if v.chain != chain[0].chain]
        kept = chain[0].item, chain[-1].item
        rest = all(
            layout.placed(at)
            for at in range(len(layout.words))
            if not kept[0].start <= at < kept[1].end
        )
        talk = any(
            item.cues and not item.used and not item.says(*_MANNERS)
            for item in layout.items
        )
        return rest and not others and not talk

    def _weak(self, chain: list[Value], scores: dict[str, float]) -> None:
        """Take a lone half-certain value if only one slot can be meant, else ask."""
        value = next((v for v in chain if not v.negated and not v.dropped), None)
        if value is None:
            return
        ranked = sorted(scores, key=lambda slot: (-scores[slot], self._order(slot)))
        if len(ranked) > 1 or value.item.candidates[0].reading.why is not None:
            slots = [slot for slot in ranked if scores[slot] >= PLAUSIBLE]
            if slots:
                self._unclear(chain, slots)
        elif scores[ranked[0]] >= _LONELY:
            self._result.competing = True
            for one in chain:
                one.slot = next(c for c in one.item.candidates if c.slot == ranked[0])
                one.slot.score = min(one.slot.score, _UNSURE)

    def _unclear(self, chain: list[Value], slots: list[str]) -> None:
        value = next((v for v in chain if not v.negated and not v.dropped), chain[-1])
        found = [
            next(c for c in value.item.candidates if c.slot == slot) for slot in slots
        ]
        usable = [one for one in found if one.reading.why is None]
        text = self._layout.text(value.item.start, value.item.end)
        candidates = tuple(
            Set(
                one.slot,
                one.reading.value,
                one.reading.computed,
                one.reading.rather,
                text=text,
                certainty=_certainty(one.score),
            )
            for one in usable
        )
        self._result.competing = True
        for one in chain:
            one.item.used = True
        self._result.acts.append((
            value.item.start,
            Unclear(candidates, text=text)
            if candidates
            else Unclear(slot=found[0].slot, why=_why(found[0].reading), text=text),
        ))  # fmt: skip

    def _one_per_slot(self) -> None:
        """Of several values for one slot keep the last; "five or six" is unclear."""
        last: dict[str, Value] = {}
        for value in self._values:
            if value.slot is None or value.negated or value.dropped:
                continue
            before = last.get(value.slot.slot)
            if before is not None and before.slot is not None:
                if before.slot.reading.value != value.slot.reading.value:
                    self._result.competing = True
                    value.slot.score = min(value.slot.score, _UNSURE)
                    if self._either(before, value):
                        self._both(before, value)
                        last.pop(value.slot.slot, None)
                        continue
                before.dropped = before.item.used = True
            last[value.slot.slot] = value

    def _either(self, first: Value, second: Value) -> bool:
        start, end = first.item.end, second.item.start
        marks = self._layout.marks
        return any(
            start <= cue.start and cue.end <= end for cue in marks.get("or", ())
        ) or any(
            cue.end <= first.item.start and first.item.start - cue.end <= 2
            for cue in marks.get("between", ())
        )

    def _both(self, first: Value, second: Value) -> None:
        assert first.slot is not None
        assert second.slot is not None
        text = self._layout.text(first.item.start, second.item.end)
        sets: list[Set] = []
        for one in (first.slot, second.slot):
            if one.reading.why is None:
                sets.append(Set(one.slot, one.reading.value, text=text))
        for value in (first, second):
            value.dropped = value.item.used = True
        self._result.acts.append((first.item.start, Unclear(tuple(sets), text=text)))

    def _emit(self, value: Value, chosen: Candidate) -> None:
        item, reading = value.item, chosen.reading
        item.used = True
        if value.silent:
            return
        text = self._layout.text(reading.start, reading.end)
        certainty = _certainty(chosen.score)
        act: Act
        if reading.why is not None:
            if value.negated:
                return
            several = reading.also if len(reading.also) > 1 else ()
            act = Unclear(
                tuple(Set(chosen.slot, one, text=text) for one in several),
                slot=chosen.slot,
                why=None if several else _why(reading),
                text=text,
            )
        elif value.negated:
            ruled_out = _the_current(chosen) if reading.also else reading.value
            act = Not(chosen.slot, ruled_out, text=text, certainty=certainty)
        elif reading.also:
            values = _in_order((reading.value, *reading.also))
            act = Unclear(
                tuple(Set(chosen.slot, one, text=text) for one in values),
                slot=chosen.slot,
                text=text,
            )
            self._result.competing = True
        else:
            act = Set(
                chosen.slot,
                reading.value,
                reading.computed,
                reading.rather,
                text=text,
                certainty=certainty,
            )
        self._result.acts.append((item.start, act))


def _certainty(score: float) -> float:
    return round(max(0.0, min(1.0, score)), 2)


def _in_order(values: tuple[Json, ...]) -> tuple[Json, ...]:
    """Return days and times as they come; what has no order as it was found."""
    texts = [
        value for value in values if isinstance(value, str) and value[:2].isdigit()
    ]
    return tuple(sorted(texts)) if len(texts) == len(values) else values


def _why(reading: Reading) -> str | None:
    """Return what was wrong with a value, as phrases are named."""
    # a stretch whose ends are not known
    return "vague" if reading.why == "range" else reading.why


def _the_current(candidate: Candidate) -> Json:
    current = candidate.fillable.value
    also = candidate.reading.also
    return current if current in also else candidate.reading.value
