"""Giving the call to a person: the last words, the transfer, and when nobody is there.

A handoff always says something (RULES 41), waits for the end of its words, and completes
even when it is talked over. Who is closed by their hours is not rung up.
"""

from __future__ import annotations

from datetime import datetime

from flowkit.dialogue import effects, flow
from flowkit.dialogue.blocks import push_block, push_own
from flowkit.dialogue.state import Open, Said
from flowkit.dialogue.turn import Turn


def hand_over(turn: Turn, step: flow.Handoff, key: str) -> bool:
    """Say the last words, and when they were heard give the call away.

    Returns:
        Whether the walk goes on: nobody takes calls now. Otherwise it waits.
    """
    said = turn.run.said.get(key)
    people = turn.agent.people
    target = _target(turn, step)
    if said is None and target is not None and not _is_open(target, turn.at):
        turn.note("closed", f"{target.name} takes no calls now", step.line)
        turn.set(outcome="handoff", reason=_reason(turn, step))
        turn.set_run(open=None)
        nobody(turn, step, key)
        return True
    if said is None:
        if step.say is not None:
            words = turn.speak(step.say, "handoff", ref=key, interrupt="never")
        elif not people:
            words = turn.shipped("handoff.no_people", "handoff", ref=key)
        elif turn.out and turn.out[-1].kind != "ack":
            words = []
        else:
            words = turn.shipped("handoff.say", "handoff", ref=key, interrupt="never")
        turn.set_run(
            said={**turn.run.said, key: Said("", done=not words)},
            open=None,
        )
        turn.out += words
    if turn.out:
        return False
    if turn.run.said[key].done is False:  # the words were cut
        turn.out += (
            turn.shipped("handoff.say", "handoff", ref=key, interrupt="never")
            if step.say is None
            else turn.speak(step.say, "handoff", ref=key, interrupt="never")
        )
        return False
    return _transfer(turn, step, key)


def _transfer(turn: Turn, step: flow.Handoff, key: str) -> bool:
    reason = _reason(turn, step)
    turn.set(reason=reason, outcome="handoff")
    target = _target(turn, step)
    if target is None:
        turn.set(ending=True, parting=True)
        turn.note("handoff", "there is nobody to hand the call to", step.line)
        return False
    number = turn.next()
    turn.set(transfer=number)
    turn.set_run(open=Open("transfer", key))
    turn.emit(
        effects.Transfer(
            number,
            target.name,
            target.address,
            reason,
            {
                slot.name: life.value
                for slot, life in turn.slots()
                if life.value is not None
            },
        )
    )
    turn.note("handoff", f"handed to {target.name}: {reason}", step.line)
    return False


def nobody(turn: Turn, step: flow.Handoff | None, key: str) -> None:
    """Go on where nobody takes the call: closed, busy, unanswered."""
    if step is not None and step.if_nobody:
        push_block(turn, "if_nobody", key)
    else:
        turn.set_run(blocks=())
        push_own(turn, "nobody")


def _target(turn: Turn, step: flow.Handoff) -> flow.Target | None:
    """Return whom a handoff goes to: the one it names, else the first of ``people``."""
    people = turn.agent.people
    return people.get(step.to or "") or next(iter(people.values()), None)


def _reason(turn: Turn, step: flow.Handoff) -> str:
    return " ".join(one.text for one in step.reason.render(turn.scope()))


def _is_open(target: flow.Target, at: datetime) -> bool:
    """Whether somebody takes calls at a time; without hours, always."""
    first, _, last = target.open_hours.partition("-")
    if not last:
        return True
    opens, closes = (_minutes(text) for text in (first, last))
    now = at.hour * 60 + at.minute
    if opens <= closes:
        return opens <= now < closes
    return now >= opens or now < closes  # over midnight


def _minutes(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    return int(hour) * 60 + int(minute or 0)
