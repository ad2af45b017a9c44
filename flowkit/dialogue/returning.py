"""What tools bring back: results, failures, and answers that come too late.

A result is kept with the run that asked for it, wherever that is in the stack. A commit
that failed releases what it had locked, and what was said meanwhile applies as usual; one
that took too long is "unknown": its locks stay, and a late answer is still recorded
(RULES 18, 31, 35).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flowkit.dialogue import events, flow
from flowkit.dialogue.acts import Json, No
from flowkit.dialogue.answering import answer
from flowkit.dialogue.blocks import keep_result
from flowkit.dialogue.events import Event
from flowkit.dialogue.filling import Value, fill
from flowkit.dialogue.scope import canonical, digest
from flowkit.dialogue.settling import settle
from flowkit.dialogue.state import HAPPENED, Calling, Held, Result, Run
from flowkit.dialogue.turn import Turn


def _take_up(turn: Turn) -> None:
    """Have apply as usual what was said while something ran that then failed."""
    late = tuple(act for act in turn.state.late if not isinstance(act, No))
    turn.set(late=())
    if not late:
        return
    held = Held(late, answers=False, early=False)
    if turn.state.speech is not None or turn.state.hearing is not None:
        turn.set(held=(*turn.state.held, held))
    else:
        answer(turn, late, answers=False, early=False)


def _take_call(turn: Turn, number: int) -> Calling | None:
    """Return a pending call and strike it off."""
    call = turn.state.calls.get(number)
    if call is None:
        turn.note("stale_answer", "the answer of a tool: nobody waits for it")
        return None
    turn.set(calls={n: c for n, c in turn.state.calls.items() if n != number})
    turn.cancel_timers("meanwhile", "sign_of_life", ref=number)
    return call


def _in_run(turn: Turn, number: int) -> Run | None:
    """Make the run that a call belongs to the active one for a moment."""
    return next((run for run in (*turn.below, turn.run) if run.number == number), None)


def tool_returned(turn: Turn, event: events.ToolReturned) -> None:
    """Take a result; one that nobody waits for changes nothing."""
    call = _take_call(turn, event.id)
    if call is None:
        return
    content = event.result if event.result is not None else {}
    _record(turn, call, "ok", content)
    settle(turn)


def tool_failed(turn: Turn, event: events.ToolFailed) -> None:
    """Take a failure; a commit that took too long stays pending as overdue."""
    call = _take_call(turn, event.id)
    if call is None or call.overdue:
        return
    turn.note("failed", f"{call.key}: {event.reason} {event.message}".strip())
    if call.commit and event.reason == "timeout":
        overdue = replace(call, overdue=True)
        turn.set(calls={**turn.state.calls, call.id: overdue})
        _record(turn, call, "unknown", {})
    else:
        _record(turn, call, "failed", {})
        if call.commit and call.run == turn.run.number:
            _unlock(turn)
            _take_up(turn)
    settle(turn)


def _record(turn: Turn, call: Calling, status: str, content: Json) -> None:
    """Keep a result with the run that asked for it, wherever that is in the stack."""
    result = Result(
        content=content,
        inputs=call.inputs,
        status=status,
        digest=digest(canonical(content)),
        serial=turn.next(),
    )
    active, below = turn.run, turn.below
    if _in_run(turn, call.run) is None:
        turn.note("ignored", "the flow that asked for it is gone")
        return
    if call.run != active.number:
        index = next(n for n, run in enumerate(below) if run.number == call.run)
        turn.enter(below[index])
        _keep(turn, call, result)
        turn.below = (*below[:index], turn.run, *below[index + 1 :])
        turn.enter(active)
        return
    _keep(turn, call, result)


def _keep(turn: Turn, call: Calling, result: Result) -> None:
    asked = turn.flow.by_id.get(call.key.split(":")[-1])
    if not isinstance(asked, flow.Do):
        return
    keep_result(turn, call.key, result, asked.save_as)
    turn.note("result", f"{asked.tool}: {result.status}", asked.line)
    if asked.into and result.status == "ok" and isinstance(result.content, Mapping):
        values = {}
        for name in asked.into:
            data = result.content.get(name)
            life = turn.slot(name)
            if name in turn.run.locked or data is None:
                continue
            if life.value is not None and life.text:
                continue  # what the caller said themselves counts more
            try:
                values[name] = Value(turn.flow.slots[name].type.close(data))
            except (ValueError, TypeError) as err:
                turn.report(asked.tool, err, asked.line)
        if values:
            counts = turn.run.counts
            for name in fill(turn, values).refused:  # not the caller's words: just ask
                turn.change_slot(name, refused=None)
            turn.set_run(counts=counts)


def _unlock(turn: Turn) -> None:
    """Release what a commit that did not happen had locked."""
    locked: frozenset[str] = frozenset()
    for key, result in turn.run.results.items():
        done = turn.flow.by_id.get(key.split(":")[-1])
        if isinstance(done, flow.Do) and done.commit and result.status in HAPPENED:
            locked |= done.locks
    turn.set_run(locked=locked)


def take_after_the_end(turn: Turn, event: Event) -> None:
    """Record what a commit brought after the call; everything else comes too late."""
    if not isinstance(event, events.ToolReturned | events.ToolFailed):
        turn.note("ignored", "the call is over")
        return
    call = _take_call(turn, event.id)
    if call is None:
        return
    if isinstance(event, events.ToolReturned):
        _record(turn, call, "ok", event.result if event.result is not None else {})
    else:
        _record(turn, call, "unknown" if event.reason == "timeout" else "failed", {})
