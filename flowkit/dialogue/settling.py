"""From "what is not satisfied" to speech, tool calls and questions.

``settle`` walks until something has to be waited for: speech, a tool, the caller. All
that is to be said on the way becomes one utterance (RULES 47). A repeatable tool
starts while it is spoken; a commit, ``end``, ``handoff`` and ``go_to`` wait for its end.
"""

from __future__ import annotations

import json
from dataclasses import replace
from enum import Enum, auto
from typing import assert_never

from flowkit.dialogue import acts, asking, effects, flow
from flowkit.dialogue.acts import Json
from flowkit.dialogue.blocks import (
    drop_dead_blocks,
    finish_block,
    push_block,
    push_own,
    revisions,
    steps_of,
)
from flowkit.dialogue.handoffs import hand_over
from flowkit.dialogue.runs import end_run, leave_for, part, start_flow
from flowkit.dialogue.scope import canonical, digest
from flowkit.dialogue.speaking import acknowledge, flush
from flowkit.dialogue.state import HAPPENED, Calling, Offered, Said
from flowkit.dialogue.turn import Turn
from flowkit.dialogue.utterance import ask_open_again
from flowkit.dialogue.walk import (
    Due,
    arguments,
    choices_of,
    due_steps,
    in_taken_branch,
    inputs,
    say_digest,
    slot_is_settled,
)

MEANWHILE_S = 0.7
"""A tool that takes longer is covered by its ``meanwhile`` (RULES 5.11)."""
SIGN_OF_LIFE_S = 8.0
MOST_ROUNDS = 3
"""How often an offer is made in a run (RULES 39)."""


class _Next(Enum):
    ON = auto()
    """Go on with the step behind."""
    AGAIN = auto()
    """Something changed: walk anew from the top."""
    STOP = auto()
    """Speak what there is, and wait."""


def settle(turn: Turn) -> None:
    """Do all that can be done before somebody else has to answer."""
    limit = 20 + 4 * len(turn.flow.by_id)
    while limit > 0:
        limit -= 1
        state = turn.state
        if (
            state.over
            or state.hearing
            or state.listening
            or state.speech
            or state.transfer
        ):
            return
        _cancel_stale_calls(turn)
        if state.ending:
            flush(turn)
            break
        if not _advance(turn):
            break
    else:
        turn.note("endless", "the flow made too many moves without waiting for anyone")
        turn.out.clear()
        push_own(turn, "stuck")
        _advance(turn)
    flush(turn)


def _advance(turn: Turn) -> bool:
    """Make moves until one changes what the walk sees; False: now we wait."""
    drop_dead_blocks(turn)
    if asking.ask_own(turn):
        return False
    blocks = turn.run.blocks
    if not blocks and turn.run.reask:
        # emptied by an ``ask_again``, and there is no ``ask`` to ask for it
        missing = [
            name
            for name in turn.run.reask
            if name not in turn.flow.gathered and not slot_is_settled(turn, name)
        ]
        if missing:
            return not asking.ask_slots(turn, flow.Ask(tuple(missing), id="reask"))
    block = blocks[-1] if blocks else None
    steps = turn.flow.steps if block is None else steps_of(turn, block)
    for due in due_steps(turn, steps, block):
        match _perform(turn, due):
            case _Next.ON:
                continue
            case _Next.AGAIN:
                return True
            case _Next.STOP:
                flush(turn)
                return False
    if _detour(turn):
        return True
    if block is not None:
        finish_block(turn, block)
        return True
    acknowledge(turn)
    if turn.out:
        flush(turn)
        return False
    return end_run(turn, "finished")


def _cancel_stale_calls(turn: Turn) -> None:
    """Cancel calls that nobody wants any more, wherever the walk stops (RULES 28)."""
    for call in turn.state.calls.values():
        if not call.commit and not _is_wanted(turn, call):
            turn.emit(effects.CancelTool(call.id))
            turn.cancel_timers("meanwhile", "sign_of_life", ref=call.id)
            kept = {n: one for n, one in turn.state.calls.items() if n != call.id}
            turn.set(calls=kept)
            turn.note("cancel_call", f"{call.key}: what it was asked has changed")


def _is_wanted(turn: Turn, call: Calling) -> bool:
    """Whether the flow, the branch and the inputs of a call still stand."""
    if turn.state.ending:
        return False
    if call.run != turn.run.number:
        return any(run.number == call.run for run in turn.below)
    step = turn.flow.by_id.get(call.key.split(":")[-1])
    if not isinstance(step, flow.Do) or inputs(turn, step) != call.inputs:
        return False
    number, _, _ = call.key.rpartition(":")
    if number:
        return any(str(block.number) == number for block in turn.run.blocks)
    return in_taken_branch(turn, step)


def _detour(turn: Turn) -> bool:
    """Take up what had to wait for a commit and what stands behind it (rules 17, 19)."""
    if any(call.commit and not call.overdue for call in turn.state.calls.values()):
        return False
    if turn.state.late:
        return _change_too_late(turn)
    if turn.state.wanted:
        if turn.out:
            flush(turn)
            return True
        name = turn.state.wanted
        turn.set(wanted="")
        start_flow(turn, name)
        return True
    return False


def _change_too_late(turn: Turn) -> bool:
    """Deal with a change of mind about something that cannot be undone."""
    late = turn.state.late
    turn.set(late=(), changes=late)
    if all(isinstance(act, acts.Goodbye) for act in late):
        part(turn)
        return True
    places = turn.flow.places
    latest = sorted(
        turn.run.results.items(),
        key=lambda one: places.get(one[0].split(":")[-1], 0),
        reverse=True,
    )
    for key, result in latest:
        step = turn.flow.by_id.get(key.split(":")[-1])
        if isinstance(step, flow.Do) and step.commit and result.status in HAPPENED:
            turn.note("late_change", f"{len(late)} change(s) came too late", step.line)
            if step.if_changed_later:
                ask_open_again(turn)
                push_block(turn, "if_changed_later", key)
            else:
                push_own(turn, "late_change")
            return True
    return False


def _perform(turn: Turn, due: Due) -> _Next:
    """Do what an unsatisfied step asks for."""
    step, key = due.step, due.key
    match step:
        case flow.Say():
            return _say(turn, step, due)
        case flow.Do():
            return _do(turn, step, key)
        case flow.AskAgain():
            return _ask_again(turn, step, key)
        case flow.Skip():
            return _skip(turn)
        case flow.End() | flow.GoTo() | flow.DoFlow():
            if _detour(turn):
                return _Next.AGAIN
            if turn.out:
                return _Next.STOP
            match step:
                case flow.End():
                    return (
                        _Next.AGAIN
                        if end_run(turn, step.outcome, step.line)
                        else _Next.STOP
                    )
                case flow.GoTo():
                    leave_for(turn, step)
                case flow.DoFlow():
                    start_flow(turn, step.flow, how="do_flow", by=key)
            return _Next.AGAIN
        case flow.Handoff():
            return _Next.AGAIN if hand_over(turn, step, key) else _Next.STOP
        case flow.Ask() | flow.Confirm() | flow.Offer() | flow.StartOneOf():
            if _detour(turn):
                return _Next.AGAIN
            return _question(turn, step, key)
        case flow.When():
            return _Next.ON
        case _:
            assert_never(step)


def _question(
    turn: Turn, step: flow.Ask | flow.Confirm | flow.Offer | flow.StartOneOf, key: str
) -> _Next:
    match step:
        case flow.Ask():
            return _Next.STOP if asking.ask_slots(turn, step) else _Next.AGAIN
        case flow.Confirm():
            asking.ask_confirm(turn, step, key)
        case flow.StartOneOf():
            asking.ask_flow(turn, step, key)
        case flow.Offer():
            return _offer(turn, step, key)
    return _Next.STOP


def _say(turn: Turn, step: flow.Say, due: Due) -> _Next:
    key = due.key
    now = say_digest(turn, step.variants, due.context)
    said = turn.run.said.get(key)
    if said is None or said.digest != now:
        said = Said(now, variant=turn.variant(step))
    segments = turn.speak(
        step.variants[said.variant],
        "say",
        ref=key,
        interrupt=step.interrupt,
        first=said.part,
    )
    if not segments:
        said = replace(said, done=True)
    turn.set_run(said={**turn.run.said, key: said})
    turn.voiced.add(key)
    turn.out += segments
    return _Next.ON


def _do(turn: Turn, step: flow.Do, key: str) -> _Next:
    now = inputs(turn, step)
    for call in turn.state.calls.values():
        if call.run == turn.run.number and call.key == key and not call.overdue:
            return _Next.STOP
    result = turn.run.results.get(key)
    if result is not None and (
        result.status == "unknown"
        or (result.status == "failed" and result.inputs == now)
    ):
        if step.if_it_fails:
            push_block(turn, "if_it_fails", key, cause=now)
        else:
            push_own(turn, "tool_failed", detail=key, cause=now)
        return _Next.AGAIN
    if step.commit and turn.out:
        return _Next.STOP
    return _call(turn, step, key, now)


def _call(turn: Turn, step: flow.Do, key: str, now: str) -> _Next:
    try:
        values: dict[str, Json] = arguments(turn, step)
    except flow.BrokenExpression as err:
        turn.report(step.tool, err, step.line)
        push_own(turn, "tool_failed", detail=key, cause=now)
        return _Next.AGAIN
    number, tried = turn.run.attempts.get(key, (0, ""))
    attempt = number if tried == now else number + 1
    turn.set_run(attempts={**turn.run.attempts, key: (attempt, now)})
    if turn.out:
        flush(turn)
    if step.commit:
        _lock(turn, step)
    turn.set_run(open=None)
    call = Calling(turn.next(), turn.run.number, key, now, step.commit)
    _emit_call(turn, call, turn.flow.name, step, values, attempt)
    return _Next.STOP


def _lock(turn: Turn, step: flow.Do) -> None:
    """Lock what a commit reads, and what led to it as far as that has a value.

    What only a branch not taken would have read led to nothing.
    """
    scope = turn.scope()
    read = {name for argument in step.arguments for name in argument.value.reads}
    names = {name for name in step.locks if name in read or scope.version(name)}
    turn.set_run(locked=turn.run.locked | names)


def call_again(turn: Turn, call: Calling) -> None:
    """Make a call once more under its old key, in a process that knows nothing of it."""
    run = next((one for one in (*turn.below, turn.run) if one.number == call.run), None)
    if run is None:
        return
    step = turn.agent.flows[run.flow].by_id.get(call.key.split(":")[-1])
    if isinstance(step, flow.Do):
        attempt, _ = run.attempts.get(call.key, (1, ""))
        values: dict[str, Json] = json.loads(call.inputs)
        fresh = replace(call, id=turn.next())
        _emit_call(turn, fresh, run.flow, step, values, attempt)


def _emit_call(
    turn: Turn,
    call: Calling,
    name: str,
    step: flow.Do,
    values: dict[str, Json],
    attempt: int,
) -> None:
    turn.set(calls={**turn.state.calls, call.id: call})
    turn.emit(
        effects.CallTool(
            id=call.id,
            flow=name,
            step=step.id,
            tool=step.tool,
            arguments=values,
            key=f"{turn.state.facts.id}/{call.run}/{call.key}/{attempt}",
            within_s=step.within_s,
            commit=step.commit,
        )
    )
    turn.note("call", f"{step.tool} is called", step.line)
    turn.start_timer("meanwhile", MEANWHILE_S, call.id)


def _offer(turn: Turn, step: flow.Offer, key: str) -> _Next:
    choices = choices_of(turn, step)
    now = digest(canonical([dict(choice) for choice in choices]))
    offered = turn.run.offers.get(key, Offered())
    results = sum(turn.scope().serial(name) for name in step.choices.reads)
    mark = f"{now}/{results}"
    if offered.digest != mark:
        offered = Offered(offered.rounds + 1, mark)
        turn.set_run(offers={**turn.run.offers, key: offered})
    if not choices or offered.none or offered.rounds > MOST_ROUNDS:
        why = "there is nothing to offer" if not choices else "none suits"
        turn.note("none_suits", why, step.line)
        if step.if_none_suit:
            push_block(turn, "if_none_suit", key, cause=revisions(turn, key))
        else:
            push_own(turn, "choices")
        return _Next.AGAIN
    asking.ask_offer(turn, step, key, choices)
    return _Next.STOP


def _ask_again(turn: Turn, step: flow.AskAgain, key: str) -> _Next:
    """Empty slots, end the visits around the step, and let the walk ask (rule 38)."""
    name = f"{turn.run.flow}/{step.id}"
    times = turn.state.asked_again.get(name, 0)
    locked = turn.run.locked.intersection(step.slots)
    if times >= step.at_most or locked:
        why = "it is done already" if locked else f"asked again {times} times already"
        turn.note("asked_enough", why, step.line)
        if locked and not step.then:
            known = all(one.status != "unknown" for one in turn.run.results.values())
            push_own(turn, "late_change" if known else "tool_failed")
        else:
            push_block(turn, "then", key, cause=revisions(turn, key))
        return _Next.AGAIN
    turn.set(asked_again={**turn.state.asked_again, name: times + 1})
    turn.note("ask_again", f"{', '.join(step.slots)} asked again", step.line)
    around = [step.id]
    causes = []
    for block in turn.run.blocks:
        if block.kind in ("if_it_fails", "if_none_suit"):
            causes.append(block.ref)
            around.append(block.ref.split(":")[-1])
    turn.set_run(
        blocks=(),
        visits={
            when: replace(visit, taken=None)
            if any(inner.startswith(when.split(":")[-1] + ".") for inner in around)
            else visit
            for when, visit in turn.run.visits.items()
        },
        results={k: v for k, v in turn.run.results.items() if k not in causes},
        saved={k: v for k, v in turn.run.saved.items() if v not in causes},
        offers={
            k: replace(v, none=False, digest="") if k in causes else v
            for k, v in turn.run.offers.items()
        },
        reask={**turn.run.reask, **dict.fromkeys(step.slots, step.id)},
    )
    for slot in step.slots:
        life = turn.slot(slot)
        turn.change_slot(
            slot,
            value=None,
            rev=turn.next(),
            skipped=False,
            refused=None,
            ack_due=False,
            history=_remember(life.history, life.value),
        )
    return _Next.AGAIN


def _remember(history: tuple[Json, ...], value: Json) -> tuple[Json, ...]:
    return history if value is None else (*history, value)[-8:]


def _skip(turn: Turn) -> _Next:
    """Leave the slot of this ladder empty."""
    block = turn.run.blocks[-1]
    slot = block.ref.partition(":")[2]
    if slot in turn.flow.slots:
        turn.change_slot(slot, skipped=True, refused=None, begun="")
        turn.note("skip", f"{slot} is left empty")
    turn.set_run(blocks=turn.run.blocks[:-1], open=None)
    return _Next.AGAIN
