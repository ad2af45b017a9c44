"""Starting flows, leaving them, coming back, and ending.

Flows that were started are a stack; open question, problem, blocks and ladders belong to
one run (RULES 51). The call ends when no flow waits below the one that ended (52).
"""

from __future__ import annotations

from dataclasses import replace

from flowkit.dialogue import effects, flow
from flowkit.dialogue.acts import Set
from flowkit.dialogue.filling import Value, fill
from flowkit.dialogue.requesting import build_request
from flowkit.dialogue.state import Hearing, Open, Run
from flowkit.dialogue.turn import Turn
from flowkit.dialogue.walk import is_before_commit, keeps_rules


def new_run(turn: Turn, name: str, *, how: str = "call", by: str = "") -> Run:
    """Return a fresh run of a flow; its clock is the present time."""
    return Run(
        number=turn.next(),
        flow=name,
        now=turn.at.isoformat(timespec="minutes"),
        how=how,
        by=by,
    )


def start_flow(turn: Turn, name: str, *, how: str = "aside", by: str = "") -> None:
    """Start a flow on top of the active one; one that waits already is returned to."""
    wish = turn.state.wish
    turn.set(wish="")
    waiting = [run.flow for run in turn.below]
    if name == turn.run.flow:
        return
    if name in waiting and how == "aside":
        while turn.run.flow != name:
            turn.pop()
        turn.set_run(open=None)
        turn.note("return", f"back to the flow {name}, which was waiting")
        return
    used = {  # a yes not yet used is asked for again (rule 17)
        key
        for key in turn.run.heard
        if (step := turn.flow.by_id.get(key)) and is_before_commit(turn, step, key)
    }
    turn.set_run(
        confirmed={k: v for k, v in turn.run.confirmed.items() if k in used},
        heard={k: v for k, v in turn.run.heard.items() if k in used},
        open=None,
    )
    turn.push(new_run(turn, name, how=how, by=by))
    turn.note("start", f"the flow {name} starts", turn.flow.path)
    _read_again(turn, wish)


def _read_again(turn: Turn, text: str) -> None:
    """Have the words that asked for this flow read once more, for the values in them.

    "I'd like an appointment for a check-up on Tuesday" starts the flow and fills it.
    """
    if not text or turn.out:
        return
    number = turn.next()
    turn.set(hearing=Hearing(number, text, answers=False, again=True))
    request = build_request(turn, text, heard=False, speaking=False)
    turn.emit(effects.Understand(number, request))


def leave_for(turn: Turn, step: flow.GoTo) -> None:
    """Leave the active flow for another, which takes its place."""
    old = turn.run
    carried = [(name, turn.slot(name)) for name in step.carry]
    fresh = new_run(turn, step.flow, how=old.how, by=old.by)
    turn.enter(fresh)
    for name, life in carried:
        if (
            life.value is not None
            and name in turn.flow.slots
            and not turn.flow.slots[name].shared
        ):
            if keeps_rules(turn, {name: life.value}):
                turn.set_slot(name, replace(life, refused=None, ack_due=False))
            else:
                fill(turn, {name: Value(life.value, life.text)})
    turn.note("go_to", f"on to the flow {step.flow}", step.line)
    _take_changes_along(turn)


def _take_changes_along(turn: Turn) -> None:
    """Fill the flow that deals with a late change with the values that were wanted."""
    values = {
        act.slot: Value(act.value, act.text, sure=False)
        for act in turn.state.changes
        if isinstance(act, Set) and act.slot in turn.flow.asked
    }
    turn.set(changes=())
    if values:
        fill(turn, values)


def part(turn: Turn) -> None:
    """End the call with a goodbye, after something was done that the caller wanted."""
    turn.note("goodbye", "the caller takes leave")
    turn.out += turn.shipped("goodbye", "answer")
    while turn.below:
        turn.pop()
    turn.set_run(done=True, open=None, blocks=())
    turn.set(
        outcome=turn.state.outcome or "finished", ending=True, parting=True, late=()
    )


def _is_begun(turn: Turn) -> bool:
    """Whether the active run has come further than its first words."""
    return bool(turn.run.results or turn.run.ended) or any(
        life.value is not None for _, life in turn.slots()
    )


def end_run(turn: Turn, outcome: str, line: str = "", *, dropped: bool = False) -> bool:
    """End the active flow; True when another goes on in its place.

    A router that has nothing more to do ends as the flow did that it started.

    Args:
        turn: The step's workspace.
        outcome: How it ends.
        line: The ``end`` step's place.
        dropped: The caller gave it up: a router asks anew what else they want.
    """
    turn.note("end", f"the flow {turn.run.flow} ends: {outcome}", line)
    if outcome == "finished" and turn.run.outcomes:
        router = any(isinstance(step, flow.StartOneOf) for step in turn.flow.steps)
        if router:
            outcome = list(turn.run.outcomes.values())[-1]
    if not turn.below:
        turn.set_run(done=True, open=None, blocks=())
        turn.set(outcome=outcome, ending=True)
        past = turn.state.past
        if past is not None and not turn.run.locked:
            turn.set(past=None)
            turn.push(past)
        return False
    if turn.run.locked:
        turn.set_run(done=True, open=None, blocks=())
        turn.set(past=turn.run)
    gone = turn.pop()
    if gone.how == "aside" and not _is_begun(turn):
        return end_run(turn, outcome)  # there is nothing to go on with
    if gone.how == "aside":
        turn.set_run(open=Open("sure", "resume", depth=len(turn.run.blocks)))
        return True
    turn.set_run(outcomes={**turn.run.outcomes, gone.flow: outcome})
    if dropped and gone.how == "router":
        return True
    turn.set_run(ended={**turn.run.ended, gone.by: outcome})
    return True
