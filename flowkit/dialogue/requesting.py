"""What an understander is told: the open question, the slots, the choices on offer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.dialogue.asking import MOST_CHOICES, speak_choice
from flowkit.dialogue.flow import Named, Slot
from flowkit.dialogue.request import Choice, Fillable, Question, Request, Topic
from flowkit.dialogue.state import Open, SlotValue
from flowkit.dialogue.turn import Turn
from flowkit.dialogue.walk import choices_of, confirm_versions


def build_request(
    turn: Turn,
    text: str,
    *,
    heard: bool,
    speaking: bool,
    alternatives: tuple[str, ...] = (),
    keys: str = "",
) -> Request:
    """Return all that is needed to understand what was said.

    Args:
        turn: The step's workspace.
        text: The caller's words.
        heard: Whether the open question had been heard to its end.
        speaking: Whether the agent was speaking when they began.
        alternatives: Other readings of the recogniser.
        keys: Digits typed, for the asked slot.
    """
    opened = turn.run.open
    asked = opened if opened is not None and opened.asked else None
    return Request(
        text=text,
        now=datetime.fromisoformat(turn.run.now),
        language=turn.state.language,
        country=turn.agent.country,
        slots=tuple(
            _fillable(turn, slot, life)
            for slot, life in turn.slots()
            if slot.name in turn.flow.asked
        ),
        question=None if asked is None else _question(turn, asked, heard=heard),
        asked=" ".join(segment.text for segment in turn.state.last),
        choices=() if asked is None else _choices(turn, asked),
        entries=tuple(
            Topic(entry.id, entry.about, entry.such_as) for entry in turn.flow.anytime
        ),
        flows=_flows(turn),
        speaking=speaking,
        busy=bool(turn.state.calls) and asked is None,
        alternatives=alternatives,
        caller_number=turn.state.facts.number,
        keys=keys,
    )


def _fillable(turn: Turn, slot: Slot, life: SlotValue) -> Fillable:
    return Fillable(
        slot,
        value=life.value,
        before=life.history[-1] if life.history else None,
        choices=_computed_choices(turn, slot),
        after=None if slot.after is None else turn.slot(slot.after).value,
        refused=None if life.refused is None else life.refused.value,
        begun=life.begun,
    )


def _computed_choices(
    turn: Turn, slot: Slot
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the choices of a slot whose list an expression gives."""
    if slot.choices_from is None:
        return ()
    try:
        items = slot.choices_from.value(turn.scope())
    except flow.BrokenExpression as err:
        turn.report(slot.choices_from.source, err, slot.line)
        return ()
    if isinstance(items, Mapping):
        return tuple(
            (str(word), tuple(str(one) for one in _as_list(others)))
            for word, others in items.items()
        )
    return tuple((str(item), ()) for item in _as_list(items))


def _as_list(data: Json) -> list[Json]:
    if isinstance(data, (list, tuple)):
        return list(data)
    return [] if data is None else [data]


def _question(turn: Turn, opened: Open, *, heard: bool) -> Question:
    slots: tuple[str, ...] = ()
    step = turn.flow.by_id.get(opened.ref.split(":")[-1])
    if opened.ref in turn.flow.slots:
        slots = (opened.ref,)
    elif isinstance(step, flow.Offer):
        slots = step.into
    elif isinstance(step, flow.Confirm):
        slots = tuple(
            name for name in confirm_versions(turn, step) if name in turn.flow.slots
        )
    kind = "slot" if opened.kind == "slot" else opened.kind
    return Question(kind, slots, heard and not opened.aside, opened.candidates)


def _choices(turn: Turn, opened: Open) -> tuple[Choice, ...]:
    """Return what "the second one" can mean now, in the order that was spoken."""
    step = turn.flow.by_id.get(opened.ref.split(":")[-1])
    if opened.kind == "offer" and isinstance(step, flow.Offer):
        return tuple(
            Choice(speak_choice(turn, step, choice), choice)
            for choice in choices_of(turn, step)[: MOST_CHOICES * 2]
        )
    if opened.kind == "which":
        return tuple(
            Choice(turn.spoken_value(name, value), {name: value})
            for name, value in opened.candidates
        )
    if opened.kind == "keep":
        slot, life = turn.flow.slots[opened.ref], turn.slot(opened.ref)
        old = Named(life.value, slot.type)
        return tuple(
            Choice(" ".join(one.text for one in turn.shipped(name, old=old)), {})
            for name in ("change.keep_it", "change.go_on")
        )
    return ()


def _flows(turn: Turn) -> tuple[Topic, ...]:
    """Return the flows that the caller may ask for.

    Those that say what they are about, and those that a router on the way offers.
    """
    named = {
        name
        for run in (*turn.below, turn.run)
        for step in turn.agent.flows[run.flow].steps
        if isinstance(step, flow.StartOneOf)
        for name in step.flows
    }
    return tuple(
        Topic(one.name, one.about, one.such_as)
        for one in turn.agent.flows.values()
        if one.about or one.such_as or one.name in named
    )
