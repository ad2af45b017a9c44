"""Filling is a transaction: all values of one utterance are checked together.

Rules run in file order until none fails. A slot's own new value that breaks its rule is
refused and the old valid one kept; if a change of another slot breaks it, the change is
kept and the rule's owner yields (RULES 5.5, RULES 45). After each fill all filled
slots satisfy all rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import Named, Slot
from flowkit.dialogue.state import Count, Refusal, SlotValue
from flowkit.dialogue.turn import Turn

MOST_HISTORY = 8
SURE = 0.75
"""From this certainty on a value need not be said in passing."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value that the caller gave (or that a tool or a choice brought)."""

    data: Json
    text: str = ""
    sure: bool = True
    """Said as such: neither computed nor doubtful."""


@dataclass(slots=True)
class Filled:
    """What came of a fill."""

    changed: set[str] = field(default_factory=set)
    """Slots that have another value now, or none."""
    same: set[str] = field(default_factory=set)
    """Slots whose value was said again."""
    refused: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    """Slots whose new value would have cleared another that is locked by a commit."""
    broken: set[str] = field(default_factory=set)
    """Slots whose rule could not be judged: the developer's code broke."""


def fill(
    turn: Turn, values: Mapping[str, Value], emptied: Iterable[str] = ()
) -> Filled:
    """Give slots values, or empty them, as far as their rules allow.

    Args:
        turn: The step's workspace.
        values: The new values, by slot; the caller of this has put locked ones aside.
        emptied: Slots that lose their value.
    """
    filled = Filled()
    now: dict[str, Json] = {}
    for name in emptied:
        if turn.slot(name).value is not None and name not in values:
            now[name] = None
    for name, value in values.items():
        if value.data == turn.slot(name).value and value.data is not None:
            filled.same.add(name)
        else:
            now[name] = value.data
    refusals = _settle_rules(turn, now, filled)
    for name in filled.same:
        turn.change_slot(name, refused=None, skipped=False, begun="")
    for name, data in now.items():
        _store(turn, name, data, values.get(name), filled)
    for name, refusal in refusals.items():
        _refuse(turn, name, refusal, filled)
    return filled


def _settle_rules(
    turn: Turn, now: dict[str, Json], filled: Filled
) -> dict[str, Refusal]:
    """Take values back until no rule fails; ``now`` becomes what can be stored."""
    refusals: dict[str, Refusal] = {}
    new = set(now)
    for _ in range(2 * len(turn.flow.slots) + 1):
        failed = _first_failure(turn, now)
        if failed is None:
            break
        slot, number, verdict = failed
        value = now.get(slot.name, turn.slot(slot.name).value)
        line = slot.rules[number].line
        if slot.name in turn.run.locked:
            causes = slot.rules[number].test.reads & now.keys()
            filled.late |= causes
            for name in causes:
                del now[name]
            if causes:
                continue
            break
        if verdict.error is not None:
            turn.report(slot.rules[number].test.source, verdict.error, line)
            filled.broken.add(slot.name)
        else:
            refusals.setdefault(slot.name, Refusal(value, number, verdict.words))
            turn.note("refuse", f"{slot.name} is refused by its rule", line)
        old = turn.slot(slot.name).value
        if slot.name in new and value != old and old is not None:
            now.pop(slot.name, None)  # the old one stays, if it still fits
        else:
            now[slot.name] = None
    return refusals


def _first_failure(
    turn: Turn, now: Mapping[str, Json]
) -> tuple[Slot, int, flow.Verdict] | None:
    """Return the first rule, in file order, that the values break."""
    if not now:
        return None
    extra = {
        name: Named(value, turn.flow.slots[name].type) for name, value in now.items()
    }
    scope = turn.scope(extra)
    slots = turn.flow.slots
    guarded = bool(turn.flow.guards)  # a branch that comes back brings its values back
    for slot in slots.values():
        for number, rule in enumerate(slot.rules):
            reads = rule.test.reads
            if not guarded and slot.name not in now and not (reads & now.keys()):
                continue
            if scope.lookup(slot.name).data is None:
                continue
            if any(
                name in slots
                and scope.lookup(name).data is None
                and not turn.slot(name).skipped
                for name in reads
            ):
                continue  # a rule waits until all that it reads is known
            verdict = rule.test.verdict(scope)
            if not verdict.holds:
                return slot, number, verdict
    return None


def _store(
    turn: Turn, name: str, data: Json, value: Value | None, filled: Filled
) -> None:
    life = turn.slot(name)
    if data == life.value:
        return
    filled.changed.add(name)
    history = life.history
    if life.value is not None:
        history = (*history, life.value)[-MOST_HISTORY:]
    corrected = life.value is not None and data is not None
    read_back = turn.flow.slots[name].read_back
    turn.set_slot(
        name,
        SlotValue(
            value=data,
            rev=turn.next(),
            text=value.text if value is not None else "",
            turn=turn.state.turn,
            history=history,
            heard_rev=life.heard_rev,
            read_rev=life.read_rev,
            ack_due=data is not None
            and read_back is None
            and (corrected or (value is not None and not value.sure)),
            declined=life.declined,
        ),
    )
    if data is None:
        turn.note("empty", f"{name} is empty now")
        turn.set_run(trail=tuple(one for one in turn.run.trail if one != name))
        return
    slot = turn.flow.slots[name]
    turn.note("fill", f"{name} is {'private' if slot.private else data!r}", slot.line)
    reask = {key: step for key, step in turn.run.reask.items() if key != name}
    kept = {
        key: count
        for key, count in turn.run.counts.items()
        if key.partition(":")[2] != name
    }
    turn.set_run(
        trail=(*(one for one in turn.run.trail if one != name), name),
        reask=reask,
        counts=kept,
    )


def _refuse(turn: Turn, name: str, refusal: Refusal, filled: Filled) -> None:
    filled.refused.add(name)
    turn.change_slot(name, refused=refusal)
    count = turn.run.counts.get(f"slot:{name}", Count())
    turn.set_run(
        counts={
            **turn.run.counts,
            f"slot:{name}": replace(count, refused=count.refused + 1),
        }
    )


def refuse(turn: Turn, name: str, why: str, text: str = "", begun: str = "") -> None:
    """Refuse what was said for a slot before it was a value (``unclear.<why>``)."""
    counts = turn.run.counts
    _refuse(turn, name, Refusal(text, None, why=why), Filled())
    if len(begun) > len(turn.slot(name).begun):  # piece by piece is no refusal
        turn.set_run(counts=counts)
    turn.change_slot(name, begun=begun)
    turn.note("refuse", f"{name} cannot be used as said: {why}")
