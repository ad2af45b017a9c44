"""Yes and no: what they mean to each kind of question.

They answer the last question spoken, if it had been heard and nothing that it speaks was
changed in the same breath (RULES 11 to 24).
"""

from __future__ import annotations

from dataclasses import replace

from flowkit.dialogue import acts, flow
from flowkit.dialogue.asking import suggestion
from flowkit.dialogue.blocks import push_block
from flowkit.dialogue.filling import Value, fill
from flowkit.dialogue.runs import end_run
from flowkit.dialogue.scope import canonical
from flowkit.dialogue.state import Open
from flowkit.dialogue.tasks import cancel, restart
from flowkit.dialogue.turn import Turn
from flowkit.dialogue.utterance import OWN, Utterance, skip, unasked
from flowkit.dialogue.walk import choices_of, confirm_versions


def take_yes_or_no(turn: Turn, now: Utterance) -> None:
    """Have yes or no answer the open question, unless a value closed it."""
    opened = now.opened
    if opened is None or not opened.asked:
        return
    if now.filled.changed or now.filled.refused:
        _close_after_values(turn, now, opened)
        return
    if opened.kind == "keep" and now.has(acts.Choose, acts.Resume):
        chosen = next((a for a in now.acts if isinstance(a, acts.Choose)), None)
        now.understood = now.progress = True
        _keep_or_go_on(turn, opened, go_on=chosen is not None and chosen.n == 1)
        return
    yes, no = now.has(acts.Yes), now.has(acts.No)
    if opened.kind == "read_back" and opened.ref in now.filled.same and not no:
        yes = True  # said again: that is a yes to just this value
    if now.filled.same:
        own = opened.kind in OWN
        turn.set_run(open=None if own else unasked(turn, opened))
    if not yes and not no:
        return
    if opened.aside:
        turn.note("go_on", "an answer to what was said in between: the question again")
        turn.set_run(open=None)
        now.understood = True
        return
    if yes and not now.answers:
        turn.note("unheard", "a yes to a question that had not been heard: not taken")
        turn.set_run(open=unasked(turn, opened))
        now.understood = True
        return
    _answer_question(turn, now, opened, yes=yes and not no)


def _close_after_values(turn: Turn, now: Utterance, opened: Open) -> None:
    """A value closes the open question, whatever yes or no came with it."""
    current = turn.run.open
    if current is not None and current.key == opened.key and current.asked:
        turn.set_run(open=None)


def _answer_question(turn: Turn, now: Utterance, opened: Open, *, yes: bool) -> None:
    name = opened.ref
    now.understood = True
    match opened.kind:
        case "read_back":
            if yes:
                turn.change_slot(name, read_rev=turn.slot(name).rev)
                turn.note("confirmed", f"{name} was read back: yes")
                now.progress = True
            elif not now.has(acts.Set, acts.Unset):
                rejected = turn.slot(name).value
                fill(turn, {}, [name])
                if rejected == suggestion(turn, turn.flow.slots[name]):
                    turn.change_slot(name, declined=True)
        case "suggest":
            if not yes:
                turn.change_slot(name, declined=True)
        case "confirm":
            _answer_confirm(turn, now, opened, yes=yes)
            return
        case "offer":
            _answer_offer(turn, now, opened, yes=yes)
        case "change":
            turn.note("change", "nothing to change: the confirm again")
        case "keep":
            _keep_or_go_on(turn, opened, go_on=False)
            now.progress = True
        case "which":
            pass
        case "sure":
            _answer_sure(turn, now, opened, yes=yes)
            return
        case _:
            _answer_plain(turn, now, opened, yes=yes)
            return
    turn.set_run(open=None)


def _answer_plain(turn: Turn, now: Utterance, opened: Open, *, yes: bool) -> None:
    """Deal with yes or no to a question that asks for a value."""
    slot = turn.flow.slots.get(opened.ref)
    if slot is None:
        now.understood = False
        return
    life = turn.slot(slot.name)
    if life.refused is not None and life.value is not None:
        turn.change_slot(slot.name, refused=None)
        turn.set_run(open=None)
        turn.note("keep", f"{slot.name} stays as it was")
        now.progress = True
    elif slot.optional and not yes:
        skip(turn, now, slot)
    else:
        now.understood = False


def _answer_confirm(turn: Turn, now: Utterance, opened: Open, *, yes: bool) -> None:
    step = turn.flow.by_id.get(opened.ref.split(":")[-1])
    if not isinstance(step, flow.Confirm):
        return
    if not yes and not any(
        name in turn.flow.asked for name in confirm_versions(turn, step)
    ):
        turn.note("no", "there is nothing that could be changed", step.line)
        cancel(turn)
        now.progress = True
        return
    if not yes:
        if not now.has(acts.Unset):
            turn.set_run(open=Open("change", opened.ref, depth=len(turn.run.blocks)))
        return
    versions = confirm_versions(turn, step)
    heard = turn.run.heard.get(opened.ref, {})
    turn.set_run(open=None)
    if any(heard.get(name) != version for name, version in versions.items()):
        turn.note(
            "unheard", "a yes, but not all had been heard: asked again", step.line
        )
        return
    turn.set_run(
        confirmed={**turn.run.confirmed, opened.ref: versions},
        counts={k: v for k, v in turn.run.counts.items() if k != opened.key},
    )
    turn.note("confirmed", "yes to what was heard", step.line)
    now.progress = True


def _answer_offer(turn: Turn, now: Utterance, opened: Open, *, yes: bool) -> None:
    step = turn.flow.by_id.get(opened.ref.split(":")[-1])
    if not isinstance(step, flow.Offer):
        return
    choices = choices_of(turn, step)
    if yes:
        if len(choices) == 1:
            now.filled = fill(
                turn,
                {
                    name: Value(value)
                    for name, value in choices[0].items()
                    if name not in turn.run.locked
                },
            )
            now.progress = True
        return
    offered = turn.run.offers.get(opened.ref)
    if offered is not None:
        turn.set_run(
            offers={**turn.run.offers, opened.ref: replace(offered, none=True)}
        )
        now.progress = True


def _keep_or_go_on(turn: Turn, opened: Open, *, go_on: bool) -> None:
    """Keep the old value of a slot, or follow the rule's steps (RULES 12)."""
    slot, life = turn.flow.slots[opened.ref], turn.slot(opened.ref)
    refused = life.refused
    turn.set_run(open=None)
    if refused is None:
        return
    if go_on and refused.rule is not None:
        fill(turn, {}, [slot.name])
        turn.change_slot(slot.name, refused=replace(refused, spoken=True))
        cause = canonical(refused.value)
        push_block(turn, "otherwise", slot.name, index=refused.rule, cause=cause)
    else:
        turn.change_slot(slot.name, refused=None)
        turn.note("keep", f"{slot.name} stays as it was")


def _answer_sure(turn: Turn, now: Utterance, opened: Open, *, yes: bool) -> None:
    turn.set_run(open=None)
    match opened.ref, yes:
        case "restart", True:
            restart(turn)
            now.progress = True
        case "cancel", True:
            cancel(turn)
            now.progress = True
        case "resume", False:
            turn.out += turn.shipped("cancel.done", "answer")
            end_run(turn, "finished" if turn.run.locked else "cancelled")
            now.progress = True
        case "resume", True:
            now.progress = True
        case _:
            turn.out += turn.shipped("sure.on", "answer")
