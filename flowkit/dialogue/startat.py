"""Starting in the middle, for tests: what comes before a step counts as done."""

from __future__ import annotations

from collections.abc import Mapping

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.dialogue.scope import canonical, digest
from flowkit.dialogue.state import Result, Said, SlotValue
from flowkit.dialogue.turn import Turn
from flowkit.dialogue.view import kind_of
from flowkit.dialogue.walk import confirm_versions, due_steps, inputs, say_digest


def skip_to(
    turn: Turn,
    slots: Mapping[str, Json],
    at_step: str | None,
    results: Mapping[str, Json],
) -> None:
    """Put a fresh run where a test wants it to begin.

    Args:
        turn: The step's workspace, with a fresh run.
        slots: Values that count as heard, not confirmed.
        at_step: A step's verb, tool or slot: the first such step. Slots not given before
            it count as skipped, says as heard, tools as having returned ``results``.
        results: What tools return, by name; others return nothing.
    """
    for name, value in slots.items():
        if name in turn.flow.slots:
            rev = turn.next()
            turn.set_slot(
                name,
                SlotValue(
                    value=turn.flow.slots[name].type.close(value),
                    rev=rev,
                    heard_rev=rev,
                ),
            )
            turn.set_run(trail=(*turn.run.trail, name))
    if at_step is None:
        return
    for _ in range(4 * len(turn.flow.by_id) + 4):
        moved = False
        for due in due_steps(turn, turn.flow.steps, None):
            if _matches(due.step, at_step):
                _skip_before(turn, due.step, at_step)
                return
            moved = _mark_done(turn, due.step, due.key, due.context, slots, results)
            break
        if not moved:
            return


def _matches(step: flow.Step, wanted: str) -> bool:
    match step:
        case flow.Do():
            return wanted in ("do", step.tool)
        case flow.Ask():
            return wanted == "ask" or wanted in step.slots
        case _:
            return wanted == kind_of(step)


def _skip_before(turn: Turn, step: flow.Step, wanted: str) -> None:
    """Leave out what the same step asks before the slot that a test starts at."""
    if isinstance(step, flow.Ask) and wanted in step.slots:
        for name in step.slots[: step.slots.index(wanted)]:
            if turn.slot(name).value is None:
                turn.change_slot(name, skipped=True)


def _mark_done(
    turn: Turn,
    step: flow.Step,
    key: str,
    context: str,
    slots: Mapping[str, Json],
    results: Mapping[str, Json],
) -> bool:
    match step:
        case flow.Say():
            said = Said(say_digest(turn, step.variants, context), done=True)
            turn.set_run(said={**turn.run.said, key: said})
        case flow.Ask():
            for name in step.slots:
                life = turn.slot(name)
                turn.change_slot(name, skipped=life.value is None, read_rev=life.rev)
        case flow.Do():
            content = results.get(step.tool, {})
            result = Result(
                content,
                inputs(turn, step),
                "ok",
                digest(canonical(content)),
                turn.next(),
            )
            turn.set_run(results={**turn.run.results, key: result})
            if step.save_as is not None:
                turn.set_run(saved={**turn.run.saved, step.save_as: key})
            if step.commit:
                turn.set_run(locked=turn.run.locked | step.locks)
        case flow.Confirm():
            versions = confirm_versions(turn, step)
            turn.set_run(
                heard={**turn.run.heard, key: versions},
                confirmed={**turn.run.confirmed, key: versions},
            )
        case flow.Offer():
            for name in step.into:
                if turn.slot(name).value is None:
                    turn.change_slot(name, skipped=True)
            return False
        case flow.StartOneOf() | flow.DoFlow():
            turn.set_run(ended={**turn.run.ended, key: "finished"})
        case _:
            return False
    return True
