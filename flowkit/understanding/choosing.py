"""Picking among choices: what is on offer, or the readings of an unclear value.

A choice is picked by its place ("the second"), by its order ("the later one"), by its
value ("nine thirty") or by words that only it is spoken with ("the terrace").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from flowkit.dialogue.acts import Act, Choose, Json, Set
from flowkit.dialogue.request import Fillable, Request
from flowkit.languages import Language
from flowkit.types.reading import Reading
from flowkit.understanding.cues import CueTable
from flowkit.understanding.layout import Item, Layout
from flowkit.understanding.topics import words_of

_SURELY = 0.7
"""From this certainty on a value of another slot completes none of the choices."""
_Readings = Iterable[tuple[Fillable, Reading]]


def choose(
    request: Request,
    layout: Layout,
    readings: _Readings,
    table: CueTable,
    language: Language,
    read: Callable[[str, str], list[Json]],
    spoken: Sequence[Json] = (),
) -> list[tuple[int, Act]]:
    """Return the choice that is made, if any; marks the items that it came from.

    Args:
        request: What was asked.
        layout: What was said.
        readings: The values in it.
        table: The language's patterns.
        language: What values are spoken in.
        read: Returns the values that a text has for a slot: ``read(slot, text)``.
        spoken: The choices that the question for a slot has just named, in order.
    """
    if any(item.says("recall") for item in layout.items):
        # "which was the first one again"
        return []
    question = request.question
    kind = question.kind if question is not None else ""
    if question is not None and kind == "keep" and question.slots:
        return _keep_or_go_on(request, layout, table, question.slots[0])
    if question is not None and kind == "which" and question.candidates:
        candidates = question.candidates
        options = [{slot: value} for slot, value in candidates]
        texts = [_spoken(request, slot, value, language) for slot, value in candidates]
        picked = _pick(layout, readings, table, options, texts)
        if picked is None:
            picked = _by_completing(candidates, texts, layout, read)
        if picked is not None:
            n, item = picked
            slot, value = candidates[n]
            return [(item.start, Set(slot, value, text=_text(layout, item)))]
        return []
    if question is not None and kind == "slot" and len(question.slots) == 1:
        slot = question.slots[0]
        if any(c.slot == slot for item in layout.items for c in item.candidates):
            return []
        by_place = _by_place(layout, table, [{slot: value} for value in spoken])
        if spoken and by_place is not None:
            n, item = by_place
            return [(item.start, Set(slot, spoken[n], text=_text(layout, item)))]
        return _by_indifference(request, layout, table, slot)
    if request.choices:
        options = [dict(choice.values) for choice in request.choices]
        texts = [choice.text for choice in request.choices]
        picked = _pick(layout, readings, table, options, texts)
        if picked is not None:
            n, item = picked
            return [(item.start, Choose(n, text=_text(layout, item)))]
    return []


def _by_indifference(
    request: Request, layout: Layout, table: CueTable, slot: str
) -> list[tuple[int, Act]]:
    """Take the choice whose own words say that it does not matter, if there is one."""
    said = next((one for one in layout.items if one.says("indifferent")), None)
    fillable = next((one for one in request.slots if one.slot.name == slot), None)
    if said is None or fillable is None or any(layout.noise):
        return []
    known = fillable.choices or getattr(fillable.slot.type, "choices", ())
    for value, others in known:
        for text in (value, *others):
            words = table.normal(words_of(text))
            if any(
                cue.name == "indifferent" and (cue.start, cue.end) == (0, len(words))
                for cue in table.find(words)
            ):
                said.used = True
                return [(said.start, Set(slot, value, text=_text(layout, said)))]
    return []


def _text(layout: Layout, item: Item) -> str:
    return layout.text(item.start, item.end)


def _keep_or_go_on(
    request: Request, layout: Layout, table: CueTable, slot: str
) -> list[tuple[int, Act]]:
    """Choose between the old value (0) and what was refused (1)."""
    fillable = next((one for one in request.slots if one.slot.name == slot), None)
    if fillable is None:
        return []
    by_place = _by_place(layout, table, ({slot: 0}, {slot: 1}))
    if by_place is not None:
        n, item = by_place
        return [(item.start, Choose(n, text=_text(layout, item)))]
    choice: int | None = None
    used: list[Item] = []
    for item in layout.items:
        if item.says("keep", "go_on_with"):
            n = 0 if item.says("keep") else 1
        else:
            values = [c.reading.value for c in item.candidates if c.slot == slot]
            if fillable.value is not None and fillable.value in values:
                n = 0
            elif fillable.refused is not None and fillable.refused in values:
                n = 1
            else:
                continue
        if choice is not None and choice != n:
            return []
        choice = n
        used.append(item)
    if any(one.is_value and one not in used for one in layout.items):
        return []
    if choice is None:
        by_words = _by_words(layout, table, [one.text for one in request.choices])
        if by_words is None:
            return []
        n, item = by_words
        return [(item.start, Choose(n, text=_text(layout, item)))]
    for item in used:
        item.used = True
    text = layout.text(used[0].start, used[-1].end)
    return [(used[0].start, Choose(choice, text=text))]


def _spoken(request: Request, slot: str, value: Json, language: Language) -> str:
    """Return how a reading was named to the caller: its value and its slot."""
    for one in request.slots:
        if one.slot.name == slot:
            try:
                spoken = one.slot.type.speak(value, language)
            except (ValueError, TypeError, KeyError, AttributeError):
                spoken = str(value)
            return f"{spoken} {slot.replace('_', ' ')}"
    return str(value)


def _pick(
    layout: Layout,
    readings: _Readings,
    table: CueTable,
    options: Sequence[Mapping[str, Json]],
    texts: Sequence[str],
) -> tuple[int, Item] | None:
    by_place = _by_place(layout, table, options)
    if by_place is not None:
        return by_place
    by_value = _by_value(layout, readings, options)
    if by_value is not None:
        return by_value
    slots = {slot for values in options for slot in values}
    if any(c.slot in slots for item in layout.items for c in item.candidates):
        # a value that is not among them: a counter-offer
        return _by_day(layout, table, options, texts)
    return _by_words(layout, table, texts) or _by_name(layout, options)


def _by_place(
    layout: Layout, table: CueTable, options: Sequence[Mapping[str, Json]]
) -> tuple[int, Item] | None:
    left = list(range(len(options)))
    picked: tuple[int, Item] | None = None
    for at, item in enumerate(layout.items):
        n = _place(item, layout, table, options)
        if n is None:
            continue
        item.used = True
        if _ruled_out(layout, at):
            left = [one for one in left if one != n]
            if len(left) == 1 and picked is None:
                picked = (left[0], item)
        else:
            picked = (n, item)
    return picked


def _ruled_out(layout: Layout, at: int) -> bool:
    """Whether an item is one that the caller does not want: "not six", "six is too early"."""
    before = layout.items[at - 1] if at else None
    behind = layout.items[at + 1] if at + 1 < len(layout.items) else None
    if before is not None and before.says("not", "instead"):
        before.used = True
        return True
    return behind is not None and behind.says("too")


def _place(
    item: Item, layout: Layout, table: CueTable, options: Sequence[Mapping[str, Json]]
) -> int | None:
    count = len(options)
    if item.says("later", "earlier"):
        order = _in_time(options)
        if order is not None:
            return order[-1] if item.says("later") else order[0]
    if item.says("position"):
        for word in layout.words[item.start : item.end]:
            place = table.places.get(word)
            if place is not None and -count <= place <= count:
                return place - 1 if place > 0 else count + place
    if item.says("any_choice"):
        return 0
    return None


def _in_time(options: Sequence[Mapping[str, Json]]) -> list[int] | None:
    """Return the choices in the order of time, if their values differ in that."""
    # canonical dates and times sort as text; dates come before times
    keys: list[tuple[str, ...]] = []
    for values in options:
        text = [v for v in values.values() if isinstance(v, str) and v[:2].isdigit()]
        dates = [v for v in text if v.count("-") == 2]
        times = [v for v in text if ":" in v and v.count("-") < 2]
        keys.append((*dates, *times))
    if len(set(keys)) < 2 or not all(keys):
        return None
    return sorted(range(len(options)), key=lambda n: keys[n])


def _by_value(
    layout: Layout, readings: _Readings, options: Sequence[Mapping[str, Json]]
) -> tuple[int, Item] | None:
    fitting: list[int] | None = None
    left = list(range(len(options)))
    used: list[Item] = []
    slots = {slot for values in options for slot in values}
    pairs = list(readings)
    for at, item in enumerate(layout.items):
        if not item.is_value:
            continue
        said = {
            fillable.slot.name: (reading.value, *reading.also)
            for fillable, reading in pairs
            if item.start <= reading.start
            and reading.end <= item.end
            and fillable.slot.name in slots
        }
        if not said:
            continue
        fits = [
            n
            for n, values in enumerate(options)
            if any(slot in values and values[slot] in said[slot] for slot in said)
        ]
        if _ruled_out(layout, at):
            left = [n for n in left if n not in fits]
            continue
        fitting = fits if fitting is None else [n for n in fitting if n in fits]
        used.append(item)
    if fitting is None or len(fitting) != 1 or fitting[0] not in left:
        return None
    for item in used:
        item.used = True
    return fitting[0], used[0]


def _by_day(
    layout: Layout,
    table: CueTable,
    options: Sequence[Mapping[str, Json]],
    texts: Sequence[str],
) -> tuple[int, Item] | None:
    """Take "Tuesday" for the one choice that was spoken with it, be it a later one."""
    values = [item for item in layout.items if item.is_value]
    if len(values) != 1:
        return None
    item = values[0]
    if _ruled_out(layout, layout.items.index(item)):
        return None
    days = {
        slot
        for choice in options
        for slot, value in choice.items()
        if isinstance(value, str) and value.count("-") == 2
    }
    stems = set(table.stems(layout.words[item.start : item.end]))
    fits = [
        n for n, text in enumerate(texts) if stems <= set(table.stems(words_of(text)))
    ]
    if len(fits) != 1 or not stems or not any(c.slot in days for c in item.candidates):
        return None
    item.used = True
    return fits[0], item


def _by_words(
    layout: Layout, table: CueTable, texts: Sequence[str]
) -> tuple[int, Item] | None:
    stems = [frozenset(table.stems(words_of(text))) for text in texts]
    for at, word in enumerate(layout.words):
        if word in table.empty_words:
            continue
        stem = table.stem(word)
        holders = [n for n, found in enumerate(stems) if stem in found]
        if len(holders) == 1:
            layout.noise[at] = False
            item = next(
                (one for one in layout.items if one.start <= at < one.end),
                Item(at, at + 1),
            )
            if item.says("no", "wrong", "person", "cancel", "not"):
                continue
            item.used = True
            return holders[0], item
    return None


def _by_completing(
    candidates: Sequence[tuple[str, Json]],
    texts: Sequence[str],
    layout: Layout,
    read: Callable[[str, str], list[Json]],
) -> tuple[int, Item] | None:
    """Take "in the evening" for the seven of "seven am, or seven pm?"."""
    slot = candidates[0][0]
    if any(name != slot for name, _ in candidates):
        return None
    if any(
        one.slot != slot and one.reading.certainty >= _SURELY
        for item in layout.items
        for one in item.candidates
    ):
        # "half past two" is no second of the month
        return None
    spoken = [words_of(text) for text in texts]
    shared = [word for word in spoken[0] if all(word in other for other in spoken)]
    named = set(words_of(slot.replace("_", " ")))
    start = " ".join(word for word in shared if word not in named)
    said = layout.said.raw
    values = read(slot, f"{start} {said}") or read(slot, f"{said} {start}")
    fits = [n for n, (_, value) in enumerate(candidates) if value in values]
    if len(fits) != 1:
        return None
    count = len(layout.words)
    for item in layout.items:
        item.used = True
    return fits[0], Item(0, count)


def _by_name(
    layout: Layout, options: Sequence[Mapping[str, Json]]
) -> tuple[int, Item] | None:
    for item in layout.items:
        if item.names is None:
            continue
        fits = [
            n
            for n, values in enumerate(options)
            if any(slot in values for slot in item.names.slots)
        ]
        if len(fits) == 1:
            item.used = True
            return fits[0], item
    return None
