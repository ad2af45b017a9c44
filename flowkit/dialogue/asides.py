"""What callers ask for beside the matter: wait, repeat, why, help, side questions.

After each the open question comes again, in short form. None of it counts as "not
understood" (RULES 5.7).
"""

from __future__ import annotations

from flowkit.dialogue import acts, flow
from flowkit.dialogue.blocks import push_block, push_own
from flowkit.dialogue.filling import fill
from flowkit.dialogue.tasks import want
from flowkit.dialogue.turn import Turn
from flowkit.dialogue.utterance import Utterance, ask_open_again, skip


def take_asides(turn: Turn, now: Utterance) -> None:
    """Wait, repeat, why, help, side questions, courtesies."""
    for act in now.acts:
        match act:
            case acts.Wait():
                turn.set(patient=True)
                _reply(turn, now, "wait.take_your_time")
            case acts.Repeat():
                _repeat(turn, now, act)
            case acts.Why():
                _reply(turn, now, _why(turn))
                ask_open_again(turn)
            case acts.Help():
                _reply(turn, now, "help.answer")
                ask_open_again(turn)
            case acts.OffTopic():
                now.understood = True
                turn.out += turn.shipped("off_topic.sorry", "answer")
                ask_open_again(turn)
            case acts.AskAbout():
                _side_question(turn, now, act)
            case acts.Thanks():
                if len(now.acts) == 1:
                    _reply(turn, now, "thanks.welcome")
                    ask_open_again(turn)
                now.understood = True
            case acts.Resume():
                now.understood = now.aside = True
                life = _refused_open(turn, now)
                if life:
                    turn.change_slot(life, refused=None)
                    now.progress = True
                ask_open_again(turn)
            case acts.Back():
                _back(turn, now)
            case acts.Refuse():
                _refuse_to_say(turn, now)
            case _:
                pass


def _reply(turn: Turn, now: Utterance, phrase: str) -> None:
    now.understood = now.aside = True
    turn.out += turn.shipped(phrase, "answer")


def _refused_open(turn: Turn, now: Utterance) -> str:
    """Return the slot whose refusal is the open question while it has an old value."""
    opened = now.opened
    if opened is None or opened.ref not in turn.flow.slots:
        return ""
    life = turn.slot(opened.ref)
    return opened.ref if life.refused is not None and life.value is not None else ""


def _why(turn: Turn) -> str:
    opened = turn.run.open
    slot = turn.flow.slots.get(opened.ref) if opened is not None else None
    if slot is None:
        return "why.none"
    return "why.optional" if slot.optional else "why.reason"


def _repeat(turn: Turn, now: Utterance, act: acts.Repeat) -> None:
    """Say it again: the same words; the second time the question alone, slowly."""
    now.understood = now.aside = True
    if act.how == "summary":
        values = [
            turn.spoken_value(slot.name)
            for slot, life in turn.slots()
            if life.value is not None and not slot.private
        ]
        name = "summary.have" if values else "summary.nothing"
        turn.out += turn.shipped(name, "answer", values=values)
        ask_open_again(turn)
        return
    turn.set(repeats=turn.state.repeats + 1)
    last = turn.state.last
    if not last:
        turn.out += turn.shipped("repeat.nothing", "answer")
        return
    slower = act.how == "slower" or turn.state.repeats > 1
    opened = turn.run.open
    turn.out += turn.shipped("repeat.slower", "again") if slower else []
    if opened is not None and opened.asked and not opened.heard and not opened.aside:
        return  # the question was cut: it comes again by itself, with what led to it
    question = [
        segment
        for segment in last
        if (segment.kind, segment.ref) == (last[-1].kind, last[-1].ref)
    ]
    turn.out += question if slower else last
    turn.asks = opened is not None and opened.asked


def _side_question(turn: Turn, now: Utterance, act: acts.AskAbout) -> None:
    entry = next((one for one in turn.flow.anytime if one.id == act.entry), None)
    if entry is None:
        return
    now.understood = now.aside = True
    turn.note("side_question", entry.about, entry.line)
    if entry.flow is not None:
        want(turn, now, entry.flow)
        return
    ask_open_again(turn)
    if any((b.kind, b.ref) == ("entry", entry.id) for b in turn.run.blocks):
        for step in entry.steps:  # asked again while it is being answered
            if isinstance(step, flow.Say):
                words = step.variants[turn.variant(step)]
                turn.out += turn.speak(words, "answer", interrupt=step.interrupt)
    elif entry.steps:
        push_block(turn, "entry", entry.id)


def _back(turn: Turn, now: Utterance) -> None:
    """Go back to the question before: empty the slot that was filled last."""
    now.understood = True
    trail = [name for name in turn.run.trail if name not in turn.run.locked]
    if turn.run.locked and not trail:
        turn.set(late=(*turn.state.late, acts.Back()))
        return
    if not trail:
        turn.out += turn.shipped("back.first", "answer")
        ask_open_again(turn)
        return
    fill(turn, {}, [trail[-1]])
    turn.change_slot(trail[-1], skipped=False)
    turn.set_run(open=None)


def _refuse_to_say(turn: Turn, now: Utterance) -> None:
    """The caller would rather not: skip, or explain once, then a person (FKB-49)."""
    opened = now.opened
    slot = turn.flow.slots.get(opened.ref) if opened is not None else None
    if slot is None:
        return
    now.understood = True
    if slot.optional:
        skip(turn, now, slot)
    elif slot.name in turn.run.explained:
        push_own(turn, "not_given", detail=slot.name)
    else:
        turn.set_run(explained=turn.run.explained | {slot.name})
        turn.out += turn.shipped("why.reason", "answer")
        ask_open_again(turn)
