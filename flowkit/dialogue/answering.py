"""From what the caller meant to what becomes of it.

The acts of one utterance are taken in a fixed order, whatever their order in speech: a
person; then all values as one transaction; then yes or no, if nothing that the question
speaks was changed; then wait, repeat, why, side questions; last start, cancel, restart
(RULES 50). Acts are judged by what had been heard when the caller spoke (14).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flowkit.dialogue import acts, flow
from flowkit.dialogue.acts import Act
from flowkit.dialogue.asides import take_asides
from flowkit.dialogue.blocks import push_own
from flowkit.dialogue.ladders import climb
from flowkit.dialogue.replying import take_yes_or_no
from flowkit.dialogue.runs import new_run
from flowkit.dialogue.state import Open
from flowkit.dialogue.taking import take_values
from flowkit.dialogue.tasks import take_tasks, wanted_flow
from flowkit.dialogue.turn import Turn
from flowkit.dialogue.utterance import (
    Utterance,
    ask_open_again,
    commit_runs,
    is_filler,
    says_the_same,
)

MOST_STALLED = 8
"""Caller turns in a row without progress until a person takes over (RULES 20)."""

MOST_MUMBLED = 2
"""What is not understood after the last words, until the line is closed."""


def answer(
    turn: Turn, said: Sequence[Act], *, answers: bool, early: bool, text: str = ""
) -> None:
    """Deal with an utterance that was understood.

    Args:
        turn: The step's workspace.
        said: What it meant.
        answers: Whether the open question had been heard to its end by then.
        early: Whether it was spoken before the question had begun, or under a prompt
            that must be heard: a yes, no or choice then answers nothing.
        text: The caller's words.
    """
    if early and not answers:
        kept = [
            act for act in said if not isinstance(act, (acts.Yes, acts.No, acts.Choose))
        ]
        if len(kept) < len(said):
            turn.note("early", "said before the question was asked: not an answer")
        said = kept
    if turn.state.ending:
        _answer_at_the_end(turn, said)
        return
    opened = turn.run.open
    said = _without_echoes(said, opened)
    if is_filler(said):
        _wait_or_ask_again(turn, said)
        return
    if turn.state.patient:
        # after "one moment", yes and OK only say "I'm back" (FKB-41)
        said = [
            acts.Resume(text=a.text) if isinstance(a, acts.Yes) else a for a in said
        ]
    if opened is not None and opened.asked and opened.heard:
        turn.asked = opened.key
    now = Utterance(said, answers, opened, text)
    turn.set(patient=False, repeats=turn.state.repeats if now.has(acts.Repeat) else 0)
    if now.has(acts.Person):
        now.understood = now.progress = True
        push_own(turn, "person")
    _leave_values_to_the_other_flow(turn, now)
    if commit_runs(turn):
        _hold_for_commit(turn, now)
    else:
        take_values(turn, now)
        take_yes_or_no(turn, now)
    take_asides(turn, now)
    take_tasks(turn, now)
    _conclude(turn, now)


def _without_echoes(said: Sequence[Act], opened: Open | None) -> list[Act]:
    """Drop acts that only say again what another does.

    Equal acts count once; "yes, start again" to "Shall I start again?" is a yes.
    """
    kept: dict[str, Act] = {}  # by their words, since a value may be a list
    sure = opened is not None and opened.kind == "sure" and opened.asked
    yes = any(isinstance(act, acts.Yes) for act in said)
    for act in said:
        if sure and yes and opened is not None:
            wish = {"restart": acts.Restart, "cancel": acts.Cancel}.get(opened.ref)
            if wish is not None and isinstance(act, wish):
                continue
        kept.setdefault(repr(replace(act, text="", certainty=1.0)), act)
    return list(kept.values())


def _wait_or_ask_again(turn: Turn, said: Sequence[Act]) -> None:
    """Say nothing to "uh"; ask the open question again after "right" or "hello"."""
    if not any(isinstance(act, acts.Ack) for act in said):
        turn.note("filler", "nothing was said yet")
        return
    opened = turn.run.open
    if opened is not None and opened.asked and opened.heard:
        turn.asked = opened.key
    turn.set(patient=False)
    ask_open_again(turn)
    turn.note("ack", "no answer: the question again")


def _leave_values_to_the_other_flow(turn: Turn, now: Utterance) -> None:
    """Drop values said with a wish for another flow: they are that flow's.

    "Cancel my Tuesday booking" gives this one no day; the words are read again when the
    other has started.
    """
    if not any(wanted_flow(turn, act) for act in now.acts):
        return
    now.acts = [
        act
        for act in now.acts
        if not isinstance(act, acts.Set | acts.Not | acts.Unset | acts.Unclear)
    ]


def _hold_for_commit(turn: Turn, now: Utterance) -> None:
    """Keep a no, a cancel, a restart for the end of what is just being done (rule 18).

    Changes of values that it reads are kept as well: they are locked (``taking``).
    """
    kinds = acts.No | acts.Cancel | acts.Restart | acts.Back | acts.Goodbye
    collected = [act for act in now.acts if isinstance(act, kinds)]
    turn.set(late=(*turn.state.late, *collected))
    now.acts = [
        act
        for act in now.acts
        if not isinstance(act, acts.Yes) and act not in collected
    ]
    take_values(turn, now)
    if turn.state.late:
        turn.note("late", "a change while something is being done: kept until then")
        turn.out += turn.shipped("busy.committing", "answer")
    now.understood = now.aside = True


def _reset_ladder(turn: Turn, now: Utterance) -> None:
    """Start the ladders of a question anew when it made progress (RULES 5.7)."""
    key = now.opened.key if now.opened is not None else ""
    count = turn.run.counts.get(key)
    if count is not None and (count.silent or count.unclear):
        fresh = replace(count, silent=0, unclear=0)
        turn.set_run(counts={**turn.run.counts, key: fresh})


def _conclude(turn: Turn, now: Utterance) -> None:
    """Count what came of the turn; climb a ladder when nothing did."""
    if now.progress:
        turn.set(stall=0)
        _reset_ladder(turn, now)
    elif not now.aside:
        turn.set(stall=turn.state.stall + 1)
        if turn.state.stall >= MOST_STALLED:
            turn.note("no_progress", f"{MOST_STALLED} turns without progress")
            push_own(turn, "no_progress")
            return
    if not now.understood and _was_asked(turn):
        climb(turn, "unclear")
    elif not now.progress and not turn.out and turn.run.open is now.opened:
        ask_open_again(turn)  # whatever was said, it gets an answer


def _was_asked(turn: Turn) -> bool:
    """Whether the agent had asked something: ladders count for questions only."""
    if turn.run.open is not None:
        return True
    return not turn.state.calls and bool(turn.state.last)


def _answer_at_the_end(turn: Turn, said: Sequence[Act]) -> None:
    """Deal with what is said after the last words (RULES 5.13)."""
    late = [act for act in said if _is_change(act) and not says_the_same(turn, act)]
    flows = turn.agent.flows
    started = next(
        (act for act in said if isinstance(act, acts.Start) and act.flow in flows), None
    )
    asked = next((act for act in said if isinstance(act, acts.AskAbout)), None)
    if any(isinstance(act, acts.Person) for act in said):
        _reopen(turn)
        push_own(turn, "person")
    elif late and turn.state.outcome != "cancelled":
        _reopen(turn)
        answer(turn, said, answers=False, early=False)
    elif started is not None or (late and turn.state.outcome == "cancelled"):
        name = started.flow if started is not None else turn.run.flow
        _reopen(turn)
        turn.enter(new_run(turn, name))
        answer(
            turn,
            [act for act in said if act is not started],
            answers=False,
            early=False,
        )
    elif asked is not None:
        _answer_entry_at_the_end(turn, asked)
    elif any(isinstance(act, acts.Repeat) for act in said):
        turn.out += turn.state.last
    elif any(isinstance(act, _PARTING) for act in said):
        turn.out += turn.shipped("grace.anything", "answer")
        turn.set(parting=True)
    elif not is_filler(said):
        _not_understood_at_the_end(turn, said)


_PARTING = acts.Thanks | acts.Goodbye | acts.Yes | acts.No | acts.Resume


def _not_understood_at_the_end(turn: Turn, said: Sequence[Act]) -> None:
    """Say so, and listen on for a while; the third time it is goodbye."""
    turn.set(stall=turn.state.stall + 1)
    if turn.state.stall > MOST_MUMBLED:
        turn.out += turn.shipped("goodbye", "answer")
        turn.set(parting=True)
    elif any(isinstance(act, acts.OffTopic) for act in said):
        turn.out += turn.shipped("off_topic.sorry", "answer")
    else:
        turn.out += turn.shipped("not_understood.first", "rung")


def _is_change(act: Act) -> bool:
    """Whether an act wishes something to be other than it was agreed."""
    kinds = (acts.Set, acts.Unset, acts.Not, acts.Same, acts.Cancel, acts.Restart)
    return isinstance(act, kinds) or (
        isinstance(act, acts.Unclear) and bool(act.candidates)
    )


def _answer_entry_at_the_end(turn: Turn, act: acts.AskAbout) -> None:
    entry = next((one for one in turn.flow.anytime if one.id == act.entry), None)
    if entry is None:
        return
    if entry.flow is not None:
        _reopen(turn)
        turn.enter(new_run(turn, entry.flow))
        return
    for step in entry.steps:
        if isinstance(step, flow.Say):
            words = step.variants[turn.variant(step)]
            turn.out += turn.speak(words, "answer", interrupt=step.interrupt)


def _reopen(turn: Turn) -> None:
    """The call goes on after all."""
    turn.cancel_timers("grace")
    turn.set(ending=False, parting=False, outcome=None, reason=None)
    turn.set_run(done=False)
