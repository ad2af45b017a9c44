"""The task itself: another flow, cancel, start again, goodbye. It comes last in a turn."""

from __future__ import annotations

from dataclasses import replace

from flowkit.dialogue import acts, flow
from flowkit.dialogue.filling import SURE
from flowkit.dialogue.runs import end_run, new_run, part, start_flow
from flowkit.dialogue.state import Open
from flowkit.dialogue.turn import Turn
from flowkit.dialogue.utterance import (
    Utterance,
    ask_open_again,
    close_own,
    commit_runs,
)


def take_tasks(turn: Turn, now: Utterance) -> None:
    """Start, cancel, restart, goodbye: what changes the task itself comes last."""
    for act in now.acts:
        match act:
            case acts.Start():
                _start(turn, now, act.flow)
            case acts.Goodbye() if turn.run.locked and not commit_runs(turn):
                now.understood = now.progress = True
                part(turn)
                return
            case acts.Cancel() | acts.Goodbye():
                now.understood = now.progress = True
                close_own(turn)
                if turn.run.locked:
                    turn.set(late=(*turn.state.late, act))
                elif isinstance(act, acts.Cancel) and act.certainty < SURE:
                    turn.set_run(
                        open=Open("sure", "cancel", depth=len(turn.run.blocks))
                    )
                else:
                    cancel(turn, goodbye=isinstance(act, acts.Goodbye))
                return
            case acts.Restart():
                now.understood = now.progress = True
                close_own(turn)
                known = sum(life.value is not None for _, life in turn.slots())
                if turn.run.locked:
                    turn.set(late=(*turn.state.late, act))
                elif known >= 2:
                    turn.set_run(
                        open=Open("sure", "restart", depth=len(turn.run.blocks))
                    )
                else:
                    restart(turn)
                return
            case _:
                pass


def wanted_flow(turn: Turn, act: acts.Act) -> str:
    """Return the flow that an act asks for beside the active one, or nothing.

    What a router's question is answered with is not beside it.
    """
    opened = turn.run.open
    if isinstance(act, acts.Start):
        name = act.flow
    elif isinstance(act, acts.AskAbout):
        found = (one.flow for one in turn.flow.anytime if one.id == act.entry)
        name = next(found, None) or ""
    else:
        return ""
    routed = opened is not None and opened.kind == "flow"
    known = name in turn.agent.flows and name != turn.run.flow
    return name if known and not routed and not _is_one_too_many(turn, name) else ""


def _is_one_too_many(turn: Turn, name: str) -> bool:
    """Whether a flow cannot be started since another was started aside already."""
    if any(run.flow == name for run in turn.below):
        return False
    return any(run.how == "aside" for run in (*turn.below, turn.run))


def _start(turn: Turn, now: Utterance, name: str) -> None:
    if name not in turn.agent.flows:
        return
    now.understood = True
    opened = now.opened
    if opened is not None and opened.kind == "flow":
        step = turn.flow.by_id.get(opened.ref.split(":")[-1])
        if isinstance(step, flow.StartOneOf) and name in step.flows:
            now.progress = True
            turn.set(wish=now.text)
            start_flow(turn, name, how="router", by=opened.ref)
            return
    if name == turn.run.flow:
        ask_open_again(turn)
        return
    now.progress = True
    want(turn, now, name)


def want(turn: Turn, now: Utterance, name: str) -> None:
    """Start a flow that the caller asked for, when nothing stands against it."""
    if name == turn.run.flow:
        ask_open_again(turn)
        return
    if _is_one_too_many(turn, name):
        turn.out += turn.shipped("one_thing", "answer")
        ask_open_again(turn)
        return
    turn.set_run(open=None)
    turn.set(wanted=name, wish=now.text)


def cancel(turn: Turn, *, goodbye: bool = False) -> None:
    """Drop the active flow; with a goodbye, the whole call."""
    turn.note("cancel", f"the caller drops {turn.run.flow}")
    turn.out += turn.shipped("goodbye" if goodbye else "cancel.done", "answer")
    if goodbye:
        while turn.below:
            turn.pop()
    turn.set_run(blocks=(), open=None, slots={})
    end_run(turn, "cancelled", dropped=True)
    if goodbye:
        turn.set(parting=True, reason="goodbye")


def restart(turn: Turn) -> None:
    """Begin the active flow anew, with empty slots."""
    turn.note("restart", f"{turn.run.flow} starts again")
    old = turn.run
    shared = {
        name: replace(life, value=None, rev=turn.next(), skipped=False, refused=None)
        for name, life in turn.state.shared.items()
    }
    turn.set(shared=shared)
    turn.enter(new_run(turn, old.flow, how=old.how, by=old.by))
    opening = set()  # what was said before the first question is not said again
    for step in turn.flow.steps:
        if not isinstance(step, flow.Say):
            break
        opening.add(step.id)
    turn.set_run(said={k: v for k, v in old.said.items() if k in opening})
    turn.out += turn.shipped("restart.done", "answer")
