"""Values in what the caller said: what is to be filled, emptied, or comes too late.

All values of an utterance are one transaction (``filling``). "The second one", "the same
as before", a yes to a suggestion are values too; words that fit several are asked about
and never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from flowkit.dialogue import acts, flow
from flowkit.dialogue.acts import Act, Json
from flowkit.dialogue.asking import suggestion
from flowkit.dialogue.filling import SURE, Value, fill, refuse
from flowkit.dialogue.state import Open
from flowkit.dialogue.turn import Turn
from flowkit.dialogue.utterance import Utterance, close_own
from flowkit.dialogue.walk import choices_of, keeps_rules


def take_values(turn: Turn, now: Utterance) -> None:
    """Fill and empty slots as the utterance says; put late changes aside."""
    values, emptied, late = _values(turn, now)
    if late:
        _too_late(turn, now, late)
    if not values and not emptied:
        return
    now.understood = True
    before = {name for name, life in turn.run.slots.items() if life.refused}
    filled = fill(turn, values, emptied)
    now.filled = filled
    if filled.late:
        changes = [a for a in now.acts if getattr(a, "slot", None) in filled.late]
        _too_late(turn, now, changes)
    if filled.changed or (filled.same & before):
        now.progress = True
    _acknowledge_unasked(turn, now)
    if filled.broken and not filled.changed:
        now.understood = False


def _too_late(turn: Turn, now: Utterance, changes: list[Act]) -> None:
    """Put aside changes of what cannot be undone; they are dealt with in their turn."""
    turn.set(late=(*turn.state.late, *changes))
    turn.note("late", "a change of what has already been done")
    now.understood = now.progress = True
    close_own(turn)


def _acknowledge_unasked(turn: Turn, now: Utterance) -> None:
    """Say in passing what was given instead of what had been asked for."""
    opened = now.opened
    if opened is None or opened.kind != "slot" or opened.ref in now.filled.changed:
        return
    for name in now.filled.changed:
        life = turn.slot(name)
        if life.value is not None and turn.flow.slots[name].read_back is None:
            turn.change_slot(name, ack_due=True)


def _values(
    turn: Turn, now: Utterance
) -> tuple[dict[str, Value], list[str], list[Act]]:
    """Return what is to be filled, what to be emptied, and what comes too late."""
    values: dict[str, Value] = {}
    emptied: list[str] = []
    late: list[Act] = []
    locked = turn.run.locked

    def put(act: Act, name: str, value: Value) -> None:
        if name not in turn.flow.slots:
            return
        if name in locked:
            if value.data != turn.slot(name).value:
                late.append(act)
            now.understood = True
            return
        values[name] = value

    # what is unclear comes last: the other values may leave only one reading
    for act in sorted(now.acts, key=_openness):
        match act:
            case acts.Set():
                sure = act.certainty >= SURE and not act.computed
                data = _allowed(turn, act, values)
                sure = sure and data == act.value
                put(act, act.slot, Value(data, act.text, sure))
            case acts.Choose():
                for name, value in _chosen(turn, now, act).items():
                    put(act, name, Value(value, act.text))
            case acts.Same():
                name, value = _same(turn, now, act)
                if name:
                    put(act, name, Value(value, act.text, sure=False))
            case acts.Unset() | acts.Not():
                if act.slot not in turn.flow.slots:
                    continue
                held = turn.slot(act.slot)
                if isinstance(act, acts.Not) and held.value != act.value:
                    now.understood = True
                elif act.slot in locked:
                    late.append(act)
                elif held.value is not None or held.skipped:
                    emptied.append(act.slot)
                    if held.value is None:
                        turn.change_slot(act.slot, skipped=False)
                        turn.set_run(open=None)
                        now.understood = now.progress = True
            case acts.Unclear():
                only = _only_fit(turn, act, values)
                about = {c.slot for c in act.candidates} or {act.slot or ""}
                if about <= locked:
                    late.append(act)
                elif not any(
                    name in turn.flow.slots and turn.scope().visible(name)
                    for name in about
                ):
                    continue
                elif only is not None:
                    put(act, only.slot, Value(only.value, act.text, sure=False))
                else:
                    _take_unclear(turn, now, act)
            case acts.Yes() | acts.No():
                _take_answer_as_value(turn, now, act, put)
            case _:
                pass
    return values, emptied, late


def _openness(act: Act) -> int:
    """Return how much other values have to say in what an act means."""
    if isinstance(act, acts.Unclear):
        return 2
    return int(isinstance(act, acts.Set) and bool(act.also))


def _take_answer_as_value(
    turn: Turn, now: Utterance, act: Act, put: Callable[[Act, str, Value], None]
) -> None:
    """Read yes and no as values where they are: a yes_no slot, a suggestion."""
    opened = now.opened
    if opened is None or not opened.asked or opened.aside or not now.answers:
        return
    slot = turn.flow.slots.get(opened.ref)
    yes = isinstance(act, acts.Yes)
    if slot is None:
        return
    if opened.kind == "slot" and slot.type.name == "yes_no":
        if not now.has(acts.Set):
            put(act, slot.name, Value(yes, act.text))
    elif opened.kind == "suggest" and yes and not now.has(acts.Set):
        put(act, slot.name, Value(suggestion(turn, slot), act.text))


def _chosen(turn: Turn, now: Utterance, act: acts.Choose) -> dict[str, Json]:
    """Return the slot values behind "the second one"."""
    opened = now.opened
    if opened is None or not opened.asked:
        return {}
    if opened.kind == "which" and 0 <= act.n < len(opened.candidates):
        name, value = opened.candidates[act.n]
        return {name: value}
    step = turn.flow.by_id.get(opened.ref.split(":")[-1])
    if opened.kind == "offer" and isinstance(step, flow.Offer):
        choices = choices_of(turn, step)
        if 0 <= act.n < len(choices):
            return dict(choices[act.n])
    return {}


def _same(turn: Turn, now: Utterance, act: acts.Same) -> tuple[str, Json]:
    """Return the slot and value of "the same as ...", or an empty name."""
    if act.ref == "caller.number":
        number = turn.state.facts.number
        asked = now.opened.ref if now.opened is not None else ""
        for slot in turn.flow.slots.values():
            if act.slot in (None, slot.name) and (
                slot.name in (act.slot, asked)
                or (slot.suggest is not None and "caller.number" in slot.suggest.source)
            ):
                try:
                    return slot.name, slot.type.close(number)
                except (ValueError, TypeError):
                    continue
        return "", None
    latest = sorted(
        (life for life in turn.slots() if life[1].history),
        key=lambda one: one[1].rev,
        reverse=True,
    )
    for slot, life in latest:
        if act.slot in (None, slot.name):
            return slot.name, life.history[-1]
    return "", None


def _is_beside(turn: Turn, now: Utterance, name: str | None) -> bool:
    """Whether a slot has not been asked for yet, while another one is."""
    opened = now.opened
    return (
        name in turn.flow.slots
        and opened is not None
        and opened.kind == "slot"
        and opened.ref != name
        and turn.slot(name or "").value is None
    )


def _only_fit(
    turn: Turn, act: acts.Unclear, values: Mapping[str, Value]
) -> acts.Set | None:
    """Return the one reading that the rules allow, if there is just one.

    "At ten" to a question about opening hours from nine to five means the morning.
    """
    known = [one for one in act.candidates if one.slot in turn.flow.slots]
    others = {name: value.data for name, value in values.items()}
    fits = [
        replace(one, value=data)
        for one in known
        for data in (one.value, *one.also)
        if keeps_rules(turn, {**others, one.slot: data})
    ]
    if not fits and len({one.slot for one in known}) == 1:
        return known[0]  # whichever was meant, its rule says why not
    return fits[0] if len(fits) == 1 < len(known) else None


def _allowed(turn: Turn, act: acts.Set, values: Mapping[str, Value]) -> Json:
    """Return the likeliest reading that the rules allow, else the likeliest.

    "At ten" with an assumed afternoon means the morning where ten at night is refused.
    """
    if act.slot not in turn.flow.slots:
        return act.value
    others = {name: value.data for name, value in values.items()}
    for data in (act.value, *act.also) if act.also else ():
        if keeps_rules(turn, {**others, act.slot: data}):
            return data
    return act.value


def _take_unclear(turn: Turn, now: Utterance, act: acts.Unclear) -> None:
    """Ask which of several readings was meant; never guess."""
    candidates = tuple(
        (one.slot, one.value)
        for one in act.candidates
        if one.slot in turn.flow.slots and one.slot not in turn.run.locked
    )
    now.understood = True
    if candidates:
        turn.set_run(open=None)
    private = [name for name, _ in candidates if turn.flow.slots[name].private]
    if len(candidates) > 1 and private:
        # a private value is spoken in its own read-back only: asked for again instead
        refuse(turn, private[0], "vague", act.text)
    elif len(candidates) > 1:
        turn.set_run(
            open=Open(
                "which",
                candidates[0][0],
                candidates=candidates[:3],
                depth=len(turn.run.blocks),
            )
        )
        turn.note("unclear", f"{len(candidates)} readings: asked which")
    elif candidates:
        refuse(turn, candidates[0][0], "vague", act.text)
    elif _is_beside(turn, now, act.slot):
        turn.note("unclear", f"{act.slot} was not clear, and is asked for later")
    elif act.slot in turn.flow.slots and act.slot is not None:
        why = act.why or "vague"
        begun = ""
        turn.set_run(open=None)
        if why == "too_short":
            begun = f"{turn.slot(act.slot).begun} {act.text}".strip()
        refuse(turn, act.slot, why, act.text, begun)
    else:
        now.understood = False
