"""Ladders: what happens when a question gets nothing usable.

One rung an event. Rungs count for each question and start anew when it makes progress
(RULES 5.7). A rung that ends in a question replaces the open one; any other is followed
by it in short form (RULES 42). The last rung acts.
"""

from __future__ import annotations

from dataclasses import replace

from flowkit.dialogue import flow
from flowkit.dialogue.blocks import push_block, push_own, rungs_of
from flowkit.dialogue.speaking import flush
from flowkit.dialogue.state import Count
from flowkit.dialogue.turn import Turn, is_question
from flowkit.dialogue.utterance import unasked


def climb(turn: Turn, ladder: str) -> None:
    """Take the next rung of the open question's ladder (``unclear`` or ``silent``)."""
    opened = turn.run.open
    key = opened.key if opened is not None else "slot:"
    count = turn.run.counts.get(key, Count())
    times: int = getattr(count, ladder) + 1
    turn.set_run(
        counts={
            **turn.run.counts,
            key: replace(count, silent=times)
            if ladder == "silent"
            else replace(count, unclear=times),
        }
    )
    rungs = rungs_of(turn, key, ladder)
    if not rungs:
        push_own(turn, "no_progress")
        return
    index = min(times, len(rungs)) - 1
    rung = rungs[index]
    turn.note(
        "rung", f"rung {index + 1} of {len(rungs)} ({ladder}) of {key}", rung.line
    )
    if rung.is_last or times > len(rungs):
        if not rung.is_last:
            push_own(turn, "no_progress")
            return
        push_block(turn, "rung", key, index=index, detail=ladder)
        return
    for step in rung.steps:
        if isinstance(step, flow.Say):
            turn.out += turn.speak(
                step.variants[turn.variant(step)], "rung", interrupt=step.interrupt
            )
    if opened is None:
        return
    if is_question(turn.out):
        turn.set_run(open=replace(opened, aside=True))
        flush(turn)
        return
    turn.asked = opened.key
    turn.set_run(open=unasked(turn, opened))


def speech_heard(turn: Turn) -> None:
    """The caller spoke: the ladder of silence starts anew."""
    opened = turn.run.open
    if opened is None:
        return
    count = turn.run.counts.get(opened.key)
    if count is not None and count.silent:
        turn.set_run(counts={**turn.run.counts, opened.key: replace(count, silent=0)})
