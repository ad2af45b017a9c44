"""Yes and no, in all shapes: "I guess so", "yeah, no", "no, that's fine", "mm-hm".

Whether agreement is a yes depends on what was asked and on whether it was heard: words
over the agent's speech only acknowledge. Words of different weight are not added up: a
whole phrase ("that's wrong") decides over particles ("yeah"), these over manners ("okay");
among equals that differ, nothing is decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flowkit.dialogue.acts import (
    Ack,
    Act,
    AskAbout,
    No,
    Not,
    Resume,
    Set,
    Start,
    Unclear,
    Wait,
    Yes,
)
from flowkit.dialogue.request import Fillable, Request
from flowkit.types.reading import Reading
from flowkit.understanding.layout import Item, Layout

AGREES = ("yes", "right", "do_it", "fine", "go_ahead", "ack")
"""Cues of agreement, whatever their weight."""
DENIES = ("no", "none", "wrong", "no_repair", "soft_no")
"""Cues of denial."""
_MANNERS, _PARTICLE, _PHRASE = 0, 1, 2
_YES_NO = "yes_no"
"""The type whose question is answered by yes or no."""


@dataclass(frozen=True, slots=True)
class _Word:
    """One word or phrase that agrees or denies."""

    item: Item
    agrees: bool
    weight: int


class Polarity:
    """Reads agreement and denial in one utterance."""

    def __init__(
        self,
        request: Request,
        layout: Layout,
        readings: Sequence[tuple[Fillable, Reading]],
    ) -> None:
        self._request = request
        self._layout = layout
        self._readings = readings
        self._noise = sum(layout.noise)
        question = request.question
        self._listens = question is not None and question.heard and not request.speaking
        self.takes_yes = (
            question is not None
            and self._listens
            and (
                question.takes_yes
                or question.kind == "change"
                or any(
                    one.slot.type.name == _YES_NO and one.slot.name in question.slots
                    for one in request.slots
                )
            )
        )
        """Whether every way of agreeing is a yes to what was asked."""

    def read(self, others: Sequence[Act]) -> tuple[int, Act] | None:
        """Return the act, with the index of its first word; marks the items.

        Args:
            others: What else was said.
        """
        words = self._words()
        if any(isinstance(act, Resume) for act in others) and all(
            word.agrees and word.weight == _MANNERS for word in words
        ):
            # "okay, go on" after "one moment" is no yes
            return None
        if not words:
            return None
        for word in words:
            word.item.used = True
        start = words[0].item.start
        text = self._layout.text(start, words[-1].item.end)
        agrees = self._decided(words, others)
        if agrees is None:
            return start, Unclear(text=text)
        act = self._as_value(agrees, text)
        if act is not None:
            return start, act
        if not agrees:
            return start, No(text=text)
        act = self._agreement(words, text, others)
        return None if act is None else (start, act)

    def _words(self) -> list[_Word]:
        found: list[_Word] = []
        items = self._layout.items
        for at, item in enumerate(items):
            if item.used or not item.says(*AGREES, *DENIES):
                continue
            if item.says("soft_no") and not item.says("no", "wrong"):
                if self._noise == 0 and len(items) == 1:
                    found.append(_Word(item, agrees=False, weight=_PARTICLE))
            elif item.says(*DENIES) and not item.says("yes", "right"):
                behind_value = any(one.is_value and one.used for one in items[:at])
                if behind_value and item.says("no_repair"):
                    item.used = True
                    continue
                weight = _PHRASE if item.says("wrong") else _PARTICLE
                found.append(_Word(item, agrees=False, weight=weight))
            elif (
                at
                and item.says("yes", "right")
                and items[at - 1].says("not")
                and items[at - 1].end == item.start
            ):
                # "not true"
                items[at - 1].used = True
                found.append(_Word(item, agrees=False, weight=_PHRASE))
            elif self._counts(item):
                weight = _MANNERS
                if item.says("yes", "go_ahead", "do_it"):
                    weight = _PARTICLE
                weight = _PHRASE if item.says("right") else weight
                found.append(_Word(item, agrees=True, weight=weight))
        return found

    def _counts(self, item: Item) -> bool:
        """Whether agreement stands where an answer begins."""
        begin, _ = self._layout.breath(item.start)
        if not all(self._layout.placed(at) for at in range(begin, item.start)):
            return False
        if item.says("yes", "right"):
            return True
        if item.says("do_it"):
            # not "book it at three"
            _, end = self._layout.breath(item.start)
            return self._layout.quiet(item.end, end) and not any(
                other.is_value and item.end <= other.start < end
                for other in self._layout.items
            )
        # "I have" agrees, "do I have" asks
        return self._noise == 0 and all(
            self._layout.fillers[at]
            or any(one.start <= at < one.end for one in self._layout.items)
            for at in range(begin, item.start)
        )

    def _decided(self, words: list[_Word], others: Sequence[Act]) -> bool | None:
        """Return what it comes to, or None if that cannot be told."""
        most = max(word.weight for word in words)
        heavy = [word for word in words if word.weight == most]
        if most == _PHRASE:
            return heavy[-1].agrees
        if len({word.agrees for word in heavy}) == 1:
            return heavy[0].agrees
        # "yes ... no, wait": the caller stops themselves
        last = heavy[-1].item
        stops = last.end - last.start > 1 or any(isinstance(a, Wait) for a in others)
        if last.says("no_repair") and stops:
            return False
        return None

    def _agreement(
        self, words: list[_Word], text: str, others: Sequence[Act]
    ) -> Act | None:
        if self.takes_yes:
            return Yes(text=text) if self._stands(words, others) else None
        if any(isinstance(act, Set) for act in others):
            # "yeah hi, a table for six"
            return None
        if self._listens and any(word.weight > _MANNERS for word in words):
            # an answer, but not to what was asked: the engine asks again
            return Yes(text=text, certainty=0.5)
        if self._listens and not words[0].item.says("ack"):
            # "OK": go on
            return Resume(text=text)
        return Ack(text=text)

    def _stands(self, words: list[_Word], others: Sequence[Act]) -> bool:
        """Whether nothing that was said takes the yes back."""
        reserved = self._reserved(words[-1].item.end)
        explained = any(isinstance(a, Set | AskAbout | Start | Not) for a in others)
        if self._noise > 2 and not explained:
            return words[0].item.start == 0 and not reserved
        return not (self._noise and reserved and not others)

    def _reserved(self, behind: int) -> bool:
        """Whether "but", "if" or the like follows a yes."""
        _, end = self._layout.breath(behind - 1)
        return any(
            behind <= cue.start < max(end, behind + 2)
            for name in ("hypothetical", "but")
            for cue in self._layout.marks.get(name, ())
        )

    def _as_value(self, agrees: bool, text: str) -> Act | None:  # the answer
        """Return the fill when the question was for a slot that takes yes or no."""
        question = self._request.question
        if question is None or question.kind != "slot" or self._request.speaking:
            return None
        for fillable, reading in self._readings:
            if fillable.slot.name in question.slots and isinstance(reading.value, bool):
                return Set(fillable.slot.name, agrees, text=text)
        return None
