"""The next move: the first step, from the top, that is not satisfied.

No cursor is moved by hand and nothing is marked stale: whether a step is satisfied is
computed from what was said, filled, returned and confirmed (RULES 5.1). The
same walk serves the outline of a flow and the blocks beside it (``if_it_fails``, rungs
...); a block's steps have keys of their own, so its memory is its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.dialogue.scope import canonical, digest
from flowkit.dialogue.state import HAPPENED, Block, Versions, Visit
from flowkit.dialogue.turn import Turn, volatile


@dataclass(frozen=True, slots=True)
class Due:
    """A step that is not satisfied."""

    step: flow.Step
    key: str
    context: str
    """The visit of the branches around it: part of what a ``say`` is said for."""


def due_steps(
    turn: Turn, steps: tuple[flow.Step, ...], block: Block | None
) -> Iterator[Due]:
    """Yield the unsatisfied steps from the top, entering the branches that are taken.

    A consumer goes on after a ``say`` (which changes no input) and starts anew after
    anything else.
    """
    prefix = "" if block is None else f"{block.number}:"
    yield from _due(turn, steps, prefix, "")


def _due(
    turn: Turn, steps: tuple[flow.Step, ...], prefix: str, context: str
) -> Iterator[Due]:
    for step in steps:
        key = prefix + step.id
        if isinstance(step, flow.When):
            taken, inside = _enter(turn, step, key, context)
            yield from _due(
                turn, step.steps if taken else step.otherwise, prefix, inside
            )
        elif not is_satisfied(turn, step, key, context):
            yield Due(step, key, context)


def _enter(turn: Turn, step: flow.When, key: str, context: str) -> tuple[bool, str]:
    """Decide a branch; count a visit when its side changes (RULES 25)."""
    scope = turn.scope()
    verdict = step.condition.verdict(scope)
    if verdict.error is not None:
        turn.report(step.condition.source, verdict.error, step.line)
    visit = turn.run.visits.get(key, Visit())
    if visit.taken is not verdict.holds:
        visit = Visit(visit.n + 1, verdict.holds)
        turn.set_run(visits={**turn.run.visits, key: visit})
        scope = turn.scope()
    serials = [scope.serial(name) for name in sorted(step.condition.reads)]
    return verdict.holds, f"{context}|{visit.n}:{serials}"


def is_satisfied(turn: Turn, step: flow.Step, key: str, context: str) -> bool:
    """Whether a step needs nothing to be done now."""
    if is_before_commit(turn, step, key) and _is_past(turn, step, key):
        return True
    match step:
        case flow.Say():
            if key in turn.voiced:
                return True
            said = turn.run.said.get(key)
            return (
                said is not None
                and said.done
                and said.digest == say_digest(turn, step.variants, context)
            )
        case flow.Ask():
            return all(slot_is_settled(turn, name) for name in step.slots)
        case flow.Confirm():
            confirmed = turn.run.confirmed.get(key)
            return confirmed is not None and confirmed == confirm_versions(turn, step)
        case flow.Do():
            result = turn.run.results.get(key)
            if result is None:
                return False
            if step.commit and result.status in ("ok", "assumed"):
                return True
            return result.status in ("ok", "handled") and result.inputs == inputs(
                turn, step
            )
        case flow.Offer():
            return _is_chosen(turn, step)
        case flow.StartOneOf() | flow.DoFlow():
            return key in turn.run.ended
        case _:
            return False


def is_before_commit(turn: Turn, step: flow.Step, key: str) -> bool:
    """Whether a step stands before one that has happened and cannot be undone.

    The point of no return divides the outline: what led to it is not looked up, asked to
    be confirmed or offered again, whatever changes later (RULES 31). One that is being
    done, or of which nobody knows whether it happened, counts.
    """
    if not turn.run.locked or key != step.id:
        return False
    places = turn.flow.places
    running = [
        call.key
        for call in turn.state.calls.values()
        if call.commit and call.run == turn.run.number
    ]
    done = [
        places[name]
        for name in (*turn.run.results, *running)
        if isinstance(one := turn.flow.by_id.get(name), flow.Do)
        and one.commit
        and (name in running or turn.run.results[name].status in HAPPENED)
    ]
    return bool(done) and places[step.id] < max(done)


def _is_past(turn: Turn, step: flow.Step, key: str) -> bool:
    """Whether a step before what was done has itself nothing left to do.

    A commit that has not happened, and a confirm for one, still have.
    """
    match step:
        case flow.Do():
            return not step.commit and key in turn.run.results
        case flow.Confirm():
            return key in turn.run.confirmed
        case flow.Say() | flow.Ask():
            return False
        case _:
            return True


def in_taken_branch(turn: Turn, step: flow.Step) -> bool:
    """Whether the conditions around a step of the outline still lead to it."""
    parts = step.id.split(".")
    scope = turn.scope()
    for n in range(2, len(parts) - 1):
        around = turn.flow.by_id.get(".".join(parts[:n]))
        if isinstance(around, flow.When) and parts[n] in ("steps", "otherwise"):
            taken = around.condition.verdict(scope).holds
            if taken is not (parts[n] == "steps"):
                return False
    return True


def slot_is_settled(turn: Turn, name: str) -> bool:
    """Whether a slot need not be asked for: valid and read back, or skipped."""
    life = turn.slot(name)
    if life.refused is not None and not life.refused.spoken:
        return False
    if life.value is None:
        return life.skipped
    return turn.flow.slots[name].read_back != "always" or life.read_rev == life.rev


def say_digest(turn: Turn, sentences: tuple[flow.Sentence, ...], context: str) -> str:
    """Return what a ``say`` is said for: the values in it and the visit of its branch."""
    scope = turn.scope()
    names = volatile({name for sentence in sentences for name in sentence.reads})
    return digest(context + "".join(f";{name}={scope.version(name)}" for name in names))


def confirm_versions(turn: Turn, step: flow.Confirm) -> Versions:
    """Return the versions of all that a confirm, and the commit behind it, reads."""
    scope = turn.scope()
    return {
        name: scope.version(name) for name in volatile(step.say.reads | step.covers)
    }


def arguments(turn: Turn, step: flow.Do) -> dict[str, Json]:
    """Return the arguments that a tool would get now.

    Raises:
        BrokenExpression: One of them cannot be computed.
    """
    scope = turn.scope()
    return {argument.name: argument.value.value(scope) for argument in step.arguments}


def inputs(turn: Turn, step: flow.Do) -> str:
    """Return the arguments as text that is equal exactly for equal arguments."""
    try:
        return canonical(arguments(turn, step))
    except flow.BrokenExpression as err:
        return f"broken: {err}"


def choices_of(turn: Turn, step: flow.Offer) -> list[Mapping[str, Json]]:
    """Return what can be offered: slot values that none of the rules refuses.

    Items that cannot be read as values of the ``into`` slots are left out.
    """
    try:
        items = step.choices.value(turn.scope())
    except flow.BrokenExpression as err:
        turn.report(step.choices.source, err, step.line)
        return []
    found: list[Mapping[str, Json]] = []
    for item in items if isinstance(items, (list, tuple)) else ():
        fields = item if isinstance(item, Mapping) else {step.into[0]: item}
        values: dict[str, Json] = {}
        try:
            for name in step.into:
                if fields.get(name) is not None:
                    values[name] = turn.flow.slots[name].type.close(fields[name])
        except (ValueError, TypeError) as err:
            turn.report(step.choices.source, err, step.line)
            continue
        if values and values not in found and keeps_rules(turn, values):
            found.append(values)
    return found


def keeps_rules(turn: Turn, values: Mapping[str, Json]) -> bool:
    """Whether the rules would take these values (RULES 46)."""
    extra = {
        name: flow.Named(value, turn.flow.slots[name].type)
        for name, value in values.items()
    }
    scope = turn.scope(extra)
    return all(
        rule.test.verdict(scope).holds
        for slot in turn.flow.slots.values()
        for rule in slot.rules
        if (slot.name in values or rule.test.reads & values.keys())
        and all(
            scope.lookup(name).data is not None
            for name in rule.test.reads
            if name in turn.flow.slots
        )
    )


def _is_chosen(turn: Turn, step: flow.Offer) -> bool:
    return any(
        all(turn.slot(name).value == value for name, value in choice.items())
        for choice in choices_of(turn, step)
    )
