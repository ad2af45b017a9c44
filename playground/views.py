"""What a tester can ask to see: slots, steps, why, trace."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields

from flowkit.dialogue import acts, effects, events
from flowkit.dialogue.acts import Json
from flowkit.dialogue.effects import Effect, Segment
from flowkit.dialogue.events import Event
from flowkit.dialogue.flow import Agent, Flow
from flowkit.dialogue.trace import TraceRecord
from flowkit.dialogue.view import ladder_states, slot_states, step_states

from .conversation import Conversation, Done
from .screen import Screen, place, short

_STATUS = {
    "done": "✓",
    "fresh": "✓",
    "stale": "↻",
    "waiting": "▸",
    "skipped": "-",
    "ahead": "·",
}
_WHAT = {
    "say": "a sentence of the flow",
    "ask": "the question for {ref}",
    "suggest": "suggests a value for {ref}",
    "read_back": "reads {ref} back",
    "confirm": "asks for a yes to the whole",
    "offer": "offers choices",
    "ack": "mentions what it took, in passing",
    "problem": "a value was refused",
    "rung": "the next rung of a ladder",
    "answer": "answers a side question",
    "meanwhile": "a tool takes its time",
    "phrase": "a sentence that comes with flowkit",
}


def show_slots(screen: Screen, conversation: Conversation) -> None:
    """Show each slot: its value, how sure it is, the words behind it."""
    call = conversation.call
    rows = [
        (
            slot.name,
            "-" if slot.value is None else short(_json(slot.value)),
            slot.life + (", private" if slot.private else ""),
            f'"{short(slot.text, 30)}"' if slot.text else "",
            place(slot.line),
        )
        for slot in slot_states(call.agent, call.state)
    ]
    if not rows:
        screen.note("This flow has no slots.")
        return
    screen.table(rows)


def show_steps(screen: Screen, conversation: Conversation) -> None:
    """Show the steps of the running flow, and how far the ladders have been climbed."""
    call = conversation.call
    states = step_states(call.agent, call.state)
    rows = [
        (
            _STATUS.get(step.status, " "),
            "  " * step.depth + f"{step.kind} {short(step.title)}".rstrip(),
            step.status,
            place(step.line),
        )
        for step in states
    ]
    waiting = [n for n, step in enumerate(states) if step.status == "waiting"]
    screen.table(rows, marked=waiting[0] if waiting else None)
    for ladder in ladder_states(call.agent, call.state):
        question = ladder.question.replace(":", " ")
        screen.note(f"{question}: {ladder.kind}, rung {ladder.rung} of {ladder.of}")


def show_why(screen: Screen, agent: Agent, done: Done) -> None:
    """Show where each sentence of the last turn comes from, and what led to it."""
    sentences = [segment for say in done.turn.speeches for segment in say.segments]
    if not sentences:
        screen.note("The agent said nothing in the last turn.")
    flows = [agent.flows[run.flow] for run in reversed(done.moment.state.runs)]
    screen.table(
        [(f'"{short(s.text)}"', _source(s), _line_of(s, flows)) for s in sentences]
    )
    moves = [move for record in done.turn.records for move in record.moves]
    if moves:
        screen.note("because:")
        screen.table([(move.rule, move.text, place(move.line)) for move in moves])


def show_trace(screen: Screen, records: Sequence[TraceRecord]) -> None:
    """Show every event of the last turn, what was decided, and what was asked for."""
    rows: list[tuple[str, str, str]] = []
    for record in records:
        rows.append((f"{record.at:%H:%M:%S}", _event(record.event), ""))
        rows += [
            ("", f"  {move.rule}: {move.text}", place(move.line))
            for move in record.moves
        ]
        rows += [("", f"  → {line}", "") for line in _effects(record.effects)]
    screen.listing(rows)


def _source(segment: Segment) -> str:
    """Say what a sentence is for, and whose words it is in."""
    ref = segment.ref.rpartition(":")[2]
    what = _WHAT.get(segment.kind, segment.kind).format(ref=ref)
    if segment.line or segment.kind == "phrase":
        return what
    return f"{what}, in words that come with flowkit"


def _line_of(segment: Segment, flows: Sequence[Flow]) -> str:
    """Return the line of a sentence, or else of the step or slot that it belongs to."""
    ref = segment.ref.rpartition(":")[2]
    for flow in flows:
        owner = flow.by_id.get(ref) or flow.slots.get(ref)
        if not segment.line and owner is not None:
            return place(owner.line)
    return place(segment.line)


def _event(event: Event) -> str:
    match event:
        case events.CallerSaid():
            heard = f', over the agent after "{event.heard}"' if event.heard else ""
            return f'CallerSaid "{event.text}"{heard}'
        case events.Understood():
            said = ", ".join(_act(acts.to_json(act)) for act in event.acts) or "nothing"
            lost = (
                f"; not placed: {', '.join(event.unplaced)}" if event.unplaced else ""
            )
            return f"Understood by {event.by}: {said}{lost}"
        case _:
            return _fields(event, skip=("at",))


def _effects(wanted: Sequence[Effect]) -> Iterator[str]:
    for effect in wanted:
        match effect:
            case effects.Say():
                yield f'Say "{effect.text}"'
            case effects.Understand():
                yield "Understand"
            case effects.Report():
                yield f"Report {effect.what}: {effect.message}"
            case effects.CallTool():
                yield f"CallTool {effect.tool} {_json(effect.arguments)}"
            case effects.StartTimer():
                yield f"StartTimer {effect.kind}, {effect.seconds:g} s"
            case effects.CancelTimer():
                continue
            case _:
                yield _fields(effect, skip=())


def _act(data: Mapping[str, Json]) -> str:
    name, slot, value = data["act"], data.get("slot"), data.get("value")
    if slot is not None and value is not None:
        return f"{name} {slot}={_json(value)}"
    rest = {k: v for k, v in data.items() if k not in ("act", "text", "certainty")}
    return f"{name} {_json(rest)}" if rest else f"{name}"


def _fields(thing: Event | Effect, *, skip: tuple[str, ...]) -> str:
    shown = [
        f"{field.name}={getattr(thing, field.name)!r}"
        for field in fields(thing)
        if field.name not in (*skip, "id", "facts")
        and getattr(thing, field.name) not in (None, "", {}, ())
    ]
    return " ".join([type(thing).__name__, *shown])


def _json(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
