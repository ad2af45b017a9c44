"""What callers say about the talk itself: yes, no, wait, say that again, a person ...

Values, choices and side questions have been taken by now; here the other items become
acts. Words that may be part of a longer thought ("stop", "agent") count only if not much
else was said around them.
"""

from __future__ import annotations

from flowkit.dialogue.acts import (
    Ack,
    Act,
    Back,
    Cancel,
    Choose,
    Goodbye,
    Help,
    No,
    Not,
    Person,
    Refuse,
    Repeat,
    Restart,
    Resume,
    Same,
    Set,
    Thanks,
    Unclear,
    Unset,
    Wait,
    Why,
    Yes,
)
from flowkit.dialogue.request import Fillable, Request
from flowkit.types.reading import Reading
from flowkit.understanding.cues import CueTable
from flowkit.understanding.layout import Item, Layout
from flowkit.understanding.polarity import DENIES, Polarity
from flowkit.understanding.topics import words_of

_NUMBER = "caller.number"
_SIMPLE: tuple[tuple[str, type[Act], int], ...] = (
    # cue, act, how many unknown words may stand around one word of it
    ("person", Person, 2),
    ("emergency", Person, 99),
    ("slower", Repeat, 1),
    ("summary", Repeat, 1),
    ("repeat", Repeat, 2),
    ("repeat_alone", Repeat, 0),
    ("restart", Restart, 1),
    ("back", Back, 1),
    ("cancel", Cancel, 1),
    ("cancel_own", Cancel, 1),
    ("changed_mind", Cancel, 0),
    ("why", Why, 1),
    ("help", Help, 0),
    ("wait", Wait, 1),
    ("resume", Resume, 1),
    ("goodbye", Goodbye, 1),
    ("thanks", Thanks, 9),
)


class Talk:
    """Reads the items that are left."""

    def __init__(
        self,
        request: Request,
        layout: Layout,
        readings: list[tuple[Fillable, Reading]],
        taken: list[Act],
        table: CueTable,
    ) -> None:
        self._request = request
        self._layout = layout
        self._taken = taken
        self._table = table
        self._acts: list[tuple[int, Act]] = []
        question = request.question
        self._kind = question.kind if question is not None else ""
        self._polarity = Polarity(request, layout, readings)
        self._listens = question is not None and question.heard and not request.speaking
        self._takes_yes = self._polarity.takes_yes
        self._noise = sum(layout.noise)

    def run(self) -> list[tuple[int, Act]]:
        """Return the acts, with the index of the first word of each."""
        self._names()
        items = self._layout.items
        for at, item in enumerate(items):
            if not item.used and item.cues:
                if item.says("cancel", "cancel_own", "restart") and self._echoes(item):
                    # "Shall I cancel it?" "Cancel it, please.", or "No, don't cancel it."
                    before = items[at - 1] if at else item
                    if before.end == item.start and (
                        before.says("soft_no", "not")
                        or (before.says("no") and before.end - before.start > 1)
                    ):
                        before.used = True
                        item.cues = frozenset({"no"})
                    else:
                        item.cues = frozenset({"yes"})
                self._item(at, item)
        answer = self._polarity.read([*self._taken, *(act for _, act in self._acts)])
        if answer is not None:
            self._acts.append(answer)
        return self._acts

    def settle(self, acts: list[Act]) -> list[Act]:
        """Drop acts that are only manners beside others, and what was said twice."""
        weighty = [act for act in acts if not isinstance(act, Thanks | Goodbye | Ack)]
        given = {act.slot for act in acts if isinstance(act, Set | Unclear | Unset)}
        kept: list[Act] = []
        for act in acts:
            if isinstance(act, Thanks | Ack) and weighty:
                continue
            # "yes, thanks, bye": the yes first; the call ends by itself
            if isinstance(act, Goodbye) and weighty:
                continue
            if isinstance(act, No) and any(isinstance(one, Refuse) for one in acts):
                continue
            if (
                isinstance(act, Yes)
                and self._kind == "change"
                and any(isinstance(one, No) for one in acts)
            ):
                # "nothing, it's fine"
                continue
            if isinstance(act, Same) and act.slot is not None and act.slot in given:
                continue
            if isinstance(act, Refuse) and act.certainty < 1 and given:
                # "not sure, maybe Friday"
                continue
            if isinstance(act, Cancel) and act.certainty < 1 and given:
                # "I've changed my mind, make it Saturday"
                continue
            if isinstance(act, Wait | Resume) and any(
                isinstance(one, Set | Choose | Person | Cancel | Restart)
                for one in acts
            ):
                continue
            if any(_says_as_much(one, act) for one in kept):
                continue
            kept.append(act)
        # what is ruled out goes before what takes its place
        return sorted(kept, key=lambda act: not isinstance(act, Not))

    def _add(self, item: Item, act: Act) -> None:
        item.used = True
        self._acts.append((item.start, act))

    def _text(self, item: Item) -> str:
        return self._layout.text(item.start, item.end)

    # --- slots that are named -------------------------------------------------------------

    def _names(self) -> None:
        items = self._layout.items
        given = {act.slot for act in self._taken if isinstance(act, Set | Unclear)}
        negative = any(item.says(*DENIES) for item in items)
        for at, item in enumerate(items):
            if item.names is None or item.used:
                continue
            if given.intersection(item.names.slots):
                item.used = True
                self._use_frame(at)
                continue
            blamed = self._blamed(at)
            if not blamed and not (
                self._noise == 0
                and (
                    self._kind == "change"
                    or (
                        self._kind in ("confirm", "read_back", "offer")
                        and (negative or len(items) == 1)
                    )
                )
            ):
                continue
            slot = self._one_of(item.names.slots)
            if slot is not None:
                self._use_frame(at)
                self._add(item, Unset(slot, text=self._text(item)))

    def _blamed(self, at: int) -> bool:
        """Whether the words beside a name say that it is wrong, or to be changed."""
        items = self._layout.items
        before = items[at - 1] if at else None
        behind = items[at + 1] if at + 1 < len(items) else None
        if behind is None and self._takes_yes:
            # "all good except the day"
            excepted = self._layout.marks.get("but", ())
            if any(0 <= items[at].start - cue.end <= 1 for cue in excepted):
                return True
        if (
            before is not None
            and before.says("changing", "change", "changed_mind", "wrong", "not")
            and items[at].start - before.end <= 2
        ):
            return True
        return (
            behind is not None
            and behind.says("is_wrong", "wrong")
            and behind.start - items[at].end <= 1
        )

    def _use_frame(self, at: int) -> None:
        items = self._layout.items
        for near in items[max(0, at - 1) : at + 2]:
            if near.says("changing", "change", "is_wrong", "wrong", "not"):
                near.used = True

    def _one_of(self, slots: tuple[str, ...]) -> str | None:
        filled = [
            one.slot.name
            for one in self._request.slots
            if one.slot.name in slots and one.value is not None
        ]
        question = self._request.question
        if len(filled) > 1 and question is not None:
            filled = [slot for slot in filled if slot in question.slots] or filled
        return filled[0] if len(filled) == 1 else None

    # --- one item -------------------------------------------------------------------------

    def _room(self, item: Item, allowed: int) -> bool:
        """Whether few enough unknown words stand around a cue."""
        length = item.end - item.start
        if length == 1 and not item.says("person", "thanks", "goodbye"):
            # "back" alone is a wish, in "about my back" it is none
            filler = self._layout.fillers
            others = filler.count(False) - (not filler[item.start])
            if others > 1:
                return False
        return self._noise <= (allowed if length == 1 else allowed + length - 1)

    def _item(self, at: int, item: Item) -> None:
        text = self._text(item)
        if item.says("same_number", "same_before"):
            self._same(item)
            return
        if item.says("keep") and (
            self._kind in ("change", "confirm") or self._refusal_is_open()
        ):
            self._add(item, Resume(text=text))
            return
        if item.says("change_something", "other_one"):
            if self._takes_yes:
                self._add(item, No(text=text))
            return
        if item.says("greeting"):
            if self._noise == 0 and not self._taken:
                again = Resume(text=text) if self._listens else Ack(text=text)
                self._add(item, again)
            return
        if item.says("recall"):
            self._recall(at, item)
            return
        if item.says("all_done"):
            self._all_done(item)
            return
        if item.says("refuse", "dont_know"):
            self._refuse(item)
            return
        if item.says("nothing_more") and self._kind in (
            "change",
            "confirm",
            "read_back",
        ):
            self._add(
                item, No(text=text) if self._kind == "change" else Resume(text=text)
            )
            return
        if item.says("repair", "no_repair") and self._is_in_the_way(at):
            item.used = True
            return
        for cue, act, allowed in _SIMPLE:
            if item.says(cue):
                if cue == "repeat_alone" and not self._is_alone(item):
                    continue
                if cue == "changed_mind" and not all(self._layout.held):
                    continue
                if cue == "person" and item.end - item.start > 2:
                    allowed = 99
                if self._room(item, allowed):
                    self._simple(item, cue, act)
                    return

    def _simple(self, item: Item, cue: str, act: type[Act]) -> None:
        text = self._text(item)
        if cue in ("slower", "summary"):
            self._add(item, Repeat(cue, text=text))
        elif act is Resume and item.says("yes", "fine") and self._takes_yes:
            return
        else:
            certainty = 1.0 if self._noise == 0 and cue != "changed_mind" else 0.7
            # every act in the table but Repeat has no fields of its own
            self._add(item, act(text=text, certainty=certainty))  # type: ignore[call-arg]

    def _is_alone(self, item: Item) -> bool:
        return (
            all(
                other is item or other.says("filler", "repair", "repeat_alone")
                for other in self._layout.items
            )
            and all(
                item.start <= at < item.end or not self._layout.noise[at]
                for at in range(len(self._layout.words))
            )
            and len(self._layout.words) <= item.end - item.start + 2
        )

    def _is_in_the_way(self, at: int) -> bool:
        """Whether a word of repair stands between or before values that were taken."""
        items = self._layout.items
        values = any(isinstance(act, Set | Unset | Choose) for act in self._taken)
        if not values:
            return False
        if items[at].says("no_repair", "no"):
            return any(one.is_value and one.used for one in items[:at])
        return True

    def _refusal_is_open(self) -> bool:
        """Whether the question is for another value than one that was refused."""
        question = self._request.question
        return question is not None and any(
            one.refused is not None
            and one.value is not None
            and one.slot.name in question.slots
            for one in self._request.slots
        )

    def _recall(self, at: int, item: Item) -> None:
        """Read what is known back when the caller asks what it was."""
        items = self._layout.items
        named = items[at + 1] if at + 1 < len(items) else None
        if named is not None and named.says("position", "later", "earlier"):
            # "which was the first one again"
            named.used = True
            self._add(item, Repeat(text=self._text(item)))
        elif (
            named is not None
            and named.names
            and named.start == item.end
            and self._noise == 0
            and len(self._layout.words) - named.end <= 1
        ):
            named.used = True
            text = self._layout.text(item.start, named.end)
            self._add(item, Repeat("summary", text=text))

    def _echoes(self, item: Item) -> bool:
        """Whether a cue says the words of the question: then it agrees to it."""
        stems = self._table.stems(self._layout.words[item.start : item.end])
        asked = self._table.stems(words_of(self._request.asked))
        return self._takes_yes and bool(stems) and set(stems) <= set(asked)

    def _all_done(self, item: Item) -> None:
        """Take "that's all", which ends a call only when nothing is open."""
        text = self._text(item)
        if self._kind in ("change", "slot", "offer"):
            self._add(item, No(text=text))
        elif self._kind:
            self._add(item, Resume(text=text))
        else:
            self._add(item, Goodbye(text=text))

    def _refuse(self, item: Item) -> None:
        text = self._text(item)
        if self._takes_yes:
            if item.says("refuse"):
                self._add(item, No(text=text))
            return
        if item.says("refuse") and self._room(item, 2):
            self._add(item, Refuse(text=text))
        elif self._kind == "slot" and self._noise == 0:
            self._add(item, Refuse(text=text, certainty=0.6))

    def _same(self, item: Item) -> None:
        text = self._text(item)
        phones = [one for one in self._request.slots if one.slot.type.name == "phone"]
        question = self._request.question
        asked = question.slots if question is not None else ()
        phone = next((one for one in phones if one.slot.name in asked), None)
        if phone is None and len(phones) == 1:
            phone = phones[0]
        named = self._named_within(item)
        if phone is not None and (
            item.says("same_number")
            or (
                (phone.slot.name in asked or phone.slot.name in named)
                and phone.value is None
                and (phone.before is None or self._request.caller_number is not None)
            )
        ):
            self._add(item, Same(_NUMBER, phone.slot.name, text=text))
            return
        if not item.says("same_before"):
            return
        slot: str | None = None
        if len(named) == 1:
            slot = named[0]
        elif self._kind in ("slot", "read_back", "keep", "suggest") and len(asked) == 1:
            slot = asked[0]
        else:
            had = [
                one.slot.name for one in self._request.slots if one.before is not None
            ]
            slot = had[0] if len(had) == 1 else None
        self._add(item, Same("before", slot, text=text))

    def _named_within(self, item: Item) -> list[str]:
        """Return the slots that the words of a cue name ("the same time as before")."""
        words = list(self._layout.words)
        for cue in self._layout.marks.get("elsewhere", ()):
            words[cue.start : cue.end] = [""] * (cue.end - cue.start)
        text = " " + " ".join(words[item.start : item.end]) + " "
        return [
            one.slot.name
            for one in self._request.slots
            if f" {one.slot.name.replace('_', ' ')} " in text
        ]


def _says_as_much(first: Act, second: Act) -> bool:
    """Whether the second of two acts adds nothing to the first."""
    if isinstance(first, Set) and isinstance(second, Set):
        return first.slot == second.slot and first.value == second.value
    return type(first) is type(second) and not isinstance(second, Set | Not | Unset)
