"""Blocks: lists of steps that run aside of the outline, and why they are there.

``if_it_fails``, ``otherwise``, ``if_none_suit``, ``then``, rungs, side questions ... use
the same walk as the outline, with a memory of their own. A block is dropped when what
caused it is gone (RULES 40); one that comes to its end means "handled" (36).
"""

from __future__ import annotations

from dataclasses import replace

from flowkit.dialogue import flow
from flowkit.dialogue.scope import canonical
from flowkit.dialogue.state import Block, Count, Result
from flowkit.dialogue.turn import Turn
from flowkit.dialogue.walk import inputs

_OWN_WORDS = {
    "late_change": "late.done",
    "tool_failed": "tool.failed",
    "not_given": "refuse.needed",
    "nobody": "handoff.nobody",
}
_OWN_REASONS = {
    "person": "reason.person",
    "late_change": "reason.late_change",
    "tool_failed": "reason.tool",
    "choices": "reason.choices",
    "refused": "reason.refused",
    "not_given": "reason.not_given",
    "no_progress": "reason.no_progress",
    "stuck": "reason.no_progress",
}
"""Blocks of the engine's own: what it says first, and why it hands the call over."""


def push_block(
    turn: Turn,
    kind: str,
    ref: str,
    *,
    index: int = 0,
    detail: str = "",
    cause: str = "",
) -> None:
    """Open a block; it runs before anything else."""
    number = turn.next()
    block = Block(number, kind, ref, index, detail, cause)
    turn.set_run(blocks=(*turn.run.blocks, block))
    steps = steps_of(turn, block)
    turn.note("block", f"{kind} of {ref}", steps[0].line if steps else "")


def push_own(turn: Turn, name: str, *, detail: str = "", cause: str = "") -> None:
    """Open one of the engine's own blocks, unless it is open already."""
    if not any(block.kind == "own" and block.ref == name for block in turn.run.blocks):
        push_block(turn, "own", name, detail=detail, cause=cause)


def steps_of(turn: Turn, block: Block) -> tuple[flow.Step, ...]:
    """Return the steps of a block."""
    match block.kind:
        case "own":
            return _own_steps(turn, block)
        case "otherwise":
            return turn.flow.slots[block.ref].rules[block.index].otherwise
        case "rung":
            return rungs_of(turn, block.ref, block.detail)[block.index].steps
        case "entry":
            return next((e.steps for e in turn.flow.anytime if e.id == block.ref), ())
        case _:
            pass
    step = turn.flow.by_id.get(block.ref.split(":")[-1])
    match block.kind, step:
        case "if_it_fails", flow.Do():
            return step.if_it_fails
        case "if_changed_later", flow.Do():
            return step.if_changed_later
        case "if_none_suit", flow.Offer():
            return step.if_none_suit
        case "if_nobody", flow.Handoff():
            return step.if_nobody
        case "then", flow.AskAgain():
            return step.then or (turn.flow.defaults.if_not_understood or ())[-1].steps
        case _:
            return ()


def _own_steps(turn: Turn, block: Block) -> tuple[flow.Step, ...]:
    steps: list[flow.Step] = []
    words = _OWN_WORDS.get(block.ref)
    if block.ref == "late_change" and not turn.agent.people:
        words = "late.no_people"
    if words:
        steps.append(flow.Say((turn.phrase(words),), id=f"own.{block.ref}.say"))
    reason = _OWN_REASONS.get(block.ref)
    if reason:
        steps.append(flow.Handoff(turn.phrase(reason), id=f"own.{block.ref}.handoff"))
    return tuple(steps)


def rungs_of(turn: Turn, question: str, ladder: str) -> tuple[flow.Rung, ...]:
    """Return the rungs for a question: the slot's own for its question, else the flow's.

    The read-back, a confirm, an offer and "what should I change?" have the flow's
    (RULES 43).
    """
    field = {
        "silent": "if_silent",
        "unclear": "if_not_understood",
        "refused": "if_refused",
    }[ladder]
    kind, _, ref = question.partition(":")
    slot = turn.flow.slots.get(ref) if kind in ("slot", "suggest") else None
    own = getattr(slot.ladders, field) if slot is not None else None
    rungs: tuple[flow.Rung, ...] | None = (
        own if own is not None else getattr(turn.flow.defaults, field)
    )
    return rungs or ()


def drop_dead_blocks(turn: Turn) -> None:
    """Drop the first block whose cause is gone, and all above it."""
    for n, block in enumerate(turn.run.blocks):
        if not _is_alive(turn, block):
            turn.note("block_over", f"{block.kind} of {block.ref}: its cause is gone")
            turn.set_run(blocks=turn.run.blocks[:n])
            return


def _is_alive(turn: Turn, block: Block) -> bool:
    match block.kind:
        case "otherwise":
            refused = turn.slot(block.ref).refused
            return refused is not None and canonical(refused.value) == block.cause
        case "rung":
            count = turn.run.counts.get(block.ref, Count())
            return bool(getattr(count, block.detail) > block.index)
        case "then" | "if_none_suit":
            return revisions(turn, block.ref) == block.cause
        case _:
            pass
    key = block.detail if block.kind == "own" else block.ref
    if block.kind == "if_it_fails" or block.ref == "tool_failed":
        return _inputs_unchanged(turn, key, block.cause)
    return True


def revisions(turn: Turn, key: str) -> str:
    """Return what an offer or an ``ask_again`` is about, as a text that tells changes."""
    match turn.flow.by_id.get(key.split(":")[-1]):
        case flow.Offer() as step:
            asked = [
                inputs(turn, one)
                for name in sorted(step.choices.reads)
                if isinstance(
                    one := turn.flow.by_id.get(
                        turn.run.saved.get(name, "").split(":")[-1]
                    ),
                    flow.Do,
                )
            ]
            return str([turn.slot(name).rev for name in step.into] + asked)
        case flow.AskAgain() as step:
            return str([turn.slot(name).rev for name in step.slots])
        case _:
            return ""


def _inputs_unchanged(turn: Turn, key: str, cause: str) -> bool:
    result = turn.run.results.get(key)
    if result is not None and result.status == "unknown":
        return True
    step = turn.flow.by_id.get(key.split(":")[-1])
    return not isinstance(step, flow.Do) or inputs(turn, step) == cause


def finish_block(turn: Turn, block: Block) -> None:
    """A block came to its end: what caused it counts as handled (RULES 36)."""
    turn.set_run(blocks=turn.run.blocks[:-1])
    match block.kind:
        case "if_it_fails":
            _mark_handled(turn, block)
        case "otherwise":
            turn.change_slot(block.ref, refused=None)
        case "if_none_suit" | "then":
            push_own(turn, "choices" if block.kind == "if_none_suit" else "refused")
        case "if_changed_later":
            turn.set(changes=())
        case "if_nobody":
            turn.set(ending=True, parting=True)
        case "own":
            if block.ref == "nobody":
                turn.set(ending=True, parting=True)
        case _:
            pass


def _mark_handled(turn: Turn, block: Block) -> None:
    result = turn.run.results.get(block.ref)
    step = turn.flow.by_id.get(block.ref.split(":")[-1])
    if result is None or not isinstance(step, flow.Do):
        return
    # whether a commit that took too long has happened, nobody knows: it may have
    status = "assumed" if result.status == "unknown" else "handled"
    handled = replace(result, content={}, status=status, digest="{}")
    turn.set_run(results={**turn.run.results, block.ref: handled})
    if step.save_as is not None:
        turn.set_run(saved={**turn.run.saved, step.save_as: block.ref})


def keep_result(turn: Turn, key: str, result: Result, name: str | None) -> None:
    """Store what a tool returned, under the step's key and its ``save_as`` name."""
    turn.set_run(results={**turn.run.results, key: result})
    if name is not None:
        turn.set_run(saved={**turn.run.saved, name: key})
