"""Where steps lead: ends, blocks that fall through, ladders, points of no return."""

from __future__ import annotations

from collections.abc import Iterable

from flowkit.authoring.checks.known import (
    Known,
    Walk,
    ends,
    every_step,
    is_end,
    spoken_names,
)
from flowkit.authoring.drafts import Draft
from flowkit.authoring.grammar import LADDERS
from flowkit.authoring.names import Means
from flowkit.authoring.parts import Part
from flowkit.authoring.texts import Formula
from flowkit.dialogue import flow
from flowkit.dialogue.flow import blocks_of

_ACTIONS = ("handoff", "end", "go_to", "skip", "ask_again", "do_flow", "when")
"""What the last rung of a ladder may do."""


def check_unreachable(draft: Draft, made: flow.Flow) -> None:
    """Report the first step behind an end in each list."""

    def look(steps: tuple[flow.Step, ...]) -> None:
        for n, step in enumerate(steps[:-1]):
            if is_end(step):
                behind = draft.steps.get(steps[n + 1].id)
                part = draft.steps.get(step.id)
                if behind is not None and part is not None:
                    draft.report(
                        "FK501",
                        behind.head.span,
                        "this is never reached: the step in line "
                        f"{part.head.span.line} "
                        + (
                            "goes back to the questions each time."
                            if isinstance(step, flow.AskAgain)
                            else "leaves before."
                        ),
                        "Put that step under a when."
                        if isinstance(step, flow.AskAgain)
                        else "Delete it, or move it above that step.",
                    )
                break
        for step in steps:
            for block in blocks_of(step):
                look(block)

    for steps in _lists(made):
        look(steps)


def _lists(made: flow.Flow) -> Iterable[tuple[flow.Step, ...]]:
    yield made.steps
    for entry in made.anytime:
        yield entry.steps
    for slot in made.slots.values():
        for rule in slot.rules:
            yield rule.otherwise


def check_blocks(draft: Draft, made: flow.Flow) -> None:
    """Report blocks that fall through although what comes next needs them not to."""
    for step in every_step(made):
        part = draft.steps.get(step.id)
        if part is None:
            continue
        if isinstance(step, flow.Offer) and step.if_none_suit:
            if not ends(step.if_none_suit):
                draft.report(
                    "FK508",
                    part.place("if_none_suit"),
                    "when no choice suits, the flow would go on as if one had.",
                    "End it with handoff, end, go_to or ask_again.",
                )
        elif (
            isinstance(step, flow.Do)
            and step.if_it_fails
            and step.save_as
            and not ends(step.if_it_fails)
            and _is_read(draft, step.save_as, step.id)
        ):
            draft.report(
                "FK509",
                part.place("if_it_fails"),
                f'when the tool fails, the flow goes on without "{step.save_as}", '
                "which is used later.",
                "End it with handoff, end, go_to or ask_again.",
            )


def _is_read(draft: Draft, name: str, inside: str) -> bool:
    del inside
    return any(name in made.reads for made in draft.written)


def check_ladders(draft: Draft, made: flow.Flow) -> None:
    """Report ladders without a last action, and rungs that are never reached."""
    for path, rungs in draft.ladders.items():
        key = path.rsplit(".", 1)[-1]
        slot = path.split(".")[-2] if "slots." in path else ""
        last = _last_step(rungs[-1]) if rungs else None
        if last is not None and last.kind not in _ACTIONS:
            draft.report(
                "FK506",
                rungs[-1].head.span,
                f"the last rung of {key} only speaks, so the caller could wait for ever.",
                "Add a rung that acts: - handoff: and why"
                + (", or - skip." if slot and _optional(draft, slot) else "."),
            )
        for n, rung in enumerate(rungs[:-1]):
            if rung.parts("steps") and rung.parts("steps")[-1].kind in (
                "handoff",
                "end",
                "go_to",
                "skip",
            ):
                draft.report(
                    "FK501",
                    rungs[n + 1].head.span,
                    "this rung is never reached: the one before it leaves.",
                    "Delete it, or move it up.",
                )
                break
        _skips(draft, rungs, slot)
    del made


def _last_step(rung: Part) -> Part | None:
    steps = rung.parts("steps")
    return steps[-1] if steps else None


def _optional(draft: Draft, slot: str) -> bool:
    part = draft.slot_parts.get(slot)
    return part is not None and part.is_true("optional")


def _skips(draft: Draft, rungs: tuple[Part, ...], slot: str) -> None:
    for rung in rungs:
        for step in rung.parts("steps"):
            if step.kind != "skip":
                continue
            if not slot:
                draft.report(
                    "FK507",
                    step.head.span,
                    "these rungs are for every slot, and not every slot can be skipped.",
                    "Write it into the ladder of the optional slot.",
                )
            elif not _optional(draft, slot):
                draft.report(
                    "FK507",
                    step.head.span,
                    f'"{slot}" cannot be skipped, since it is not optional.',
                    f"Add optional: true to {slot}, or end with a handoff.",
                )


def check_skips(draft: Draft) -> None:
    """Report a skip that stands anywhere but in a ladder."""
    for id_, part in draft.steps.items():
        in_ladder = any(f".{key}." in f".{id_}" for key in LADDERS)
        if part.kind == "skip" and not in_ladder:
            draft.report(
                "FK216",
                part.head.span,
                '"skip" cannot stand here.',
                "It is the last rung of the ladder of an optional slot.",
            )


def check_commits(draft: Draft, made: flow.Flow, walk: Walk) -> None:
    """Report points of no return that the caller could pass unheard."""
    for step in every_step(made):
        if not isinstance(step, flow.Do):
            continue
        part = draft.steps.get(step.id)
        if part is None:
            continue
        tool = draft.shared.extensions.tools.get(step.tool)
        final = tool is not None and tool.cannot_be_undone
        known = walk.at_do.get(step.id, Known())
        repeatable, declared = (
            part.is_true("can_be_repeated"),
            part.is_true("cannot_be_undone"),
        )
        if repeatable and (declared or final):
            other = (
                "cannot_be_undone stands here too"
                if declared
                else f"the tool {step.tool} says in Python that it cannot be undone"
            )
            draft.report(
                "FK522", part.place("can_be_repeated"), f"{other}.", "Keep one of them."
            )
        if final and not known.has_confirm and not declared:
            draft.report(
                "FK502",
                part.place("do"),
                f"{step.tool} cannot be undone, and nothing before it asks the caller "
                "for a yes.",
                "Put a confirm before it, or write cannot_be_undone: true here.",
            )
        if step.if_changed_later and not step.commit:
            draft.report(
                "FK523",
                part.place("if_changed_later"),
                f"{step.tool} is not a point of no return, so this never happens.",
                "Put a confirm before it, or delete this.",
            )
        if step.commit and known.has_confirm:
            _unspoken(draft, made, step, part, known)


def _unspoken(
    draft: Draft, made: flow.Flow, step: flow.Do, part: Part, known: Known
) -> None:
    """Report the slots that a commit takes and nobody has confirmed."""
    taken = dict.fromkeys(
        name
        for argument in step.arguments
        for name in sorted(argument.value.reads)
        if name in made.slots
    )
    missing = [
        name
        for name in taken
        if name not in known.confirmed
        and made.slots[name].read_back != "always"
        and not made.slots[name].optional
    ]
    if not missing:
        return
    place = next(
        (
            found.scalar.span
            for argument in step.arguments
            if (found := draft.place(argument.value)) is not None
            and argument.value.reads & set(missing)
        ),
        part.place("do"),
    )
    names = " and ".join(f'"{name}"' for name in missing)
    private = [name for name in missing if made.slots[name].private]
    draft.report(
        "FK503",
        place,
        f"{step.tool} takes {names}, but the confirm before it does not speak "
        f"{'it' if len(missing) == 1 else 'them'}.",
        f"Add read_back: always to {private[0]}."
        if private
        else f"Speak {{{{ {missing[0]} }}}} in the confirm, or add read_back: always.",
    )


def check_confirms(draft: Draft, made: flow.Flow) -> None:
    """Report a confirm that speaks nothing the caller could have got wrong."""
    for step in every_step(made):
        if not isinstance(step, flow.Confirm):
            continue
        values = {
            name
            for name in spoken_names(step.say)
            if (meaning := draft.names.get(name)) is None
            or meaning.means in (Means.SLOT, Means.RESULT, Means.GIVEN)
        }
        part = draft.steps.get(step.id)
        if not values and part is not None and "confirm" in part:
            scalar = part.scalar("confirm")
            draft.report(
                "FK415",
                scalar.span if scalar else part.head.span,
                "this confirm speaks no value, so there is nothing to be sure of.",
                "Speak the slots in it, or ask a slot of type yes_no instead.",
            )


def check_offers(draft: Draft, made: flow.Flow) -> None:
    """Report an offer that does not say what it offers."""
    for step in every_step(made):
        if isinstance(step, flow.Offer) and "choices" not in spoken_names(step.say):
            place = draft.place(step.say)
            if place is not None:
                draft.report(
                    "FK423",
                    place.scalar.span,
                    "this offer does not speak its choices.",
                    "Write {{ choices }} where they belong.",
                )


def cyclic_results(draft: Draft, made: flow.Flow) -> frozenset[str]:
    """Report results that need each other; return their names."""
    needs: dict[str, set[str]] = {}
    where: dict[str, flow.Do] = {}
    for step in every_step(made):
        if isinstance(step, flow.Do) and step.save_as:
            reads = frozenset[str]().union(*(a.value.reads for a in step.arguments))
            needs.setdefault(step.save_as, set()).update(reads)
            where.setdefault(step.save_as, step)
    cyclic: set[str] = set()
    for name in _knotted(needs):
        if name in cyclic:
            continue
        seen: set[str] = set()
        todo = [other for other in needs[name] if other in needs]
        while todo:
            other = todo.pop()
            if other not in seen:
                seen.add(other)
                todo += [n for n in needs[other] if n in needs]
        if name in seen:
            ring = {name} | {other for other in seen if name in _reach(other, needs)}
            cyclic |= ring
            _report_cycle(draft, where[name], name, ring)
    return frozenset(cyclic)


def _knotted(needs: dict[str, set[str]]) -> list[str]:
    """Return the names that are left when all that can be made has been made."""
    open_needs = {name: {n for n in read if n in needs} for name, read in needs.items()}
    needed_by: dict[str, list[str]] = {}
    for name, read in open_needs.items():
        for other in read:
            needed_by.setdefault(other, []).append(name)
    ready = [name for name, read in open_needs.items() if not read]
    while ready:
        made = ready.pop()
        del open_needs[made]
        for name in needed_by.get(made, ()):
            open_needs[name].discard(made)
            if not open_needs[name]:
                ready.append(name)
    return [name for name in needs if name in open_needs]


def _reach(start: str, needs: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        for other in needs.get(todo.pop(), ()):
            if other in needs and other not in seen:
                seen.add(other)
                todo.append(other)
    return seen


def _report_cycle(draft: Draft, step: flow.Do, name: str, ring: set[str]) -> None:
    part = draft.steps.get(step.id)
    if part is None:
        return
    place = part.place("do")
    for argument in step.arguments:
        formula = argument.value
        found = draft.place(formula)
        if isinstance(formula, Formula) and found and formula.reads & ring:
            place = found.scalar.span
            break
    others = sorted(ring - {name})
    draft.report(
        "FK504",
        place,
        f'"{name}" is made from itself.'
        if not others
        else f'"{name}" needs "{others[0]}", which needs "{name}".',
        "Take one of them out of with.",
    )
