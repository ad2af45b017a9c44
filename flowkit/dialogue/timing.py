"""Time: timers that fire, and those that must run so that something will happen.

No state but the end waits for nothing (no dead air): silence has its ladder, a slow tool
its signs of life, the last words a short grace.
"""

from __future__ import annotations

from flowkit.dialogue import effects, events, flow
from flowkit.dialogue.ladders import climb
from flowkit.dialogue.settling import MEANWHILE_S, SIGN_OF_LIFE_S, settle
from flowkit.dialogue.state import State
from flowkit.dialogue.turn import Turn

GRACE_S = 3.0
"""How long the line stays open after the last words (RULES 5.13)."""
LISTENING_S = 4.0
"""How long the agent, cut by the caller's voice, waits for words."""
PATIENCE_S = 60.0
"""How long it waits after "one moment"."""
SILENCE_S = 6.0


def timer_fired(turn: Turn, event: events.TimerFired) -> str:
    """Do what a timer was started for; return its kind, or "" for a stale one."""
    timer = turn.state.timers.get(event.id)
    if timer is None:
        turn.note("stale_answer", "a timer that nobody waits for")
        return ""
    turn.set(timers={n: t for n, t in turn.state.timers.items() if n != event.id})
    match timer.kind:
        case "silence" | "wait":
            turn.set(patient=False)
            turn.note("silence", "the caller said nothing")
            climb(turn, "silent")
            settle(turn)
        case "meanwhile" | "sign_of_life":
            _cover(turn, timer.kind, timer.ref)
        case "listening":
            turn.set(listening=False)
            settle(turn)
        case "first":
            settle(turn)
        case "keys":
            pass  # the engine takes the digits
        case "grace":
            end_call(turn)
        case _:
            turn.note("ignored", f"a timer of an unknown kind `{timer.kind}`")
    return timer.kind


def _cover(turn: Turn, kind: str, number: int) -> None:
    """Say that a tool is still running: ``meanwhile`` once, then signs of life."""
    call = turn.state.calls.get(number)
    if call is None or call.overdue:
        return
    if turn.state.speech or turn.state.hearing or turn.state.listening:
        turn.start_timer(kind, MEANWHILE_S, number)
        return
    runs = {run.number: run.flow for run in (*turn.below, turn.run)}
    name = runs.get(call.run, turn.run.flow)
    asked = turn.agent.flows[name].by_id.get(call.key.split(":")[-1])
    if kind == "sign_of_life":
        turn.out += turn.shipped("tool.still_working", "meanwhile")
    elif isinstance(asked, flow.Do) and asked.meanwhile is not None:
        turn.out += turn.speak(asked.meanwhile, "meanwhile", ref=call.key)
    turn.start_timer("sign_of_life", SIGN_OF_LIFE_S, number)
    settle(turn)


def arm(turn: Turn) -> None:
    """See to it that something will happen: no state but the end waits for nothing."""
    state = turn.state
    if state.ending and not (state.speech or state.hearing or _busy(state)):
        if state.parting:
            end_call(turn)
        elif not any(timer.kind == "grace" for timer in state.timers.values()):
            turn.cancel_timers("silence", "wait", "listening")
            turn.start_timer("grace", GRACE_S)
        return
    if state.listening:
        if not any(timer.kind == "listening" for timer in state.timers.values()):
            turn.cancel_timers("silence", "wait")
            turn.start_timer("listening", LISTENING_S)
        return
    kind = "wait" if state.patient else "silence"
    quiet = not (state.speech or state.hearing or state.transfer or _busy(state))
    waits = any(
        timer.kind in (kind, "first", "keys", "grace")
        for timer in state.timers.values()
    )
    if quiet and not waits:
        turn.cancel_timers("silence", "wait")
        turn.start_timer(kind, PATIENCE_S if state.patient else _silence_s(turn))
    elif not quiet:
        turn.cancel_timers("silence", "wait")


def _busy(state: State) -> bool:
    return any(not call.overdue for call in state.calls.values())


def _silence_s(turn: Turn) -> float:
    opened = turn.run.open
    slot = turn.flow.slots.get(opened.ref) if opened is not None else None
    own = slot.ladders.silence_after_s if slot is not None else None
    return own or turn.flow.defaults.silence_after_s or SILENCE_S


def end_call(turn: Turn) -> None:
    """The call is over: nothing stays pending but commits (RULES 54)."""
    state = turn.state
    for number, call in state.calls.items():
        if not call.commit:
            turn.emit(effects.CancelTool(number))
    turn.cancel_timers()
    turn.set(
        calls={n: call for n, call in state.calls.items() if call.commit},
        over=True,
        speech=None,
        hearing=None,
        held=(),
        transfer=0,
        listening=False,
    )
    outcome = state.outcome or "finished"
    turn.set(outcome=outcome)
    turn.emit(effects.End(outcome, state.reason))
