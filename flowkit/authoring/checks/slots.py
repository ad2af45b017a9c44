"""Slots as a whole: asked, used, with a question, private where they should be."""

from __future__ import annotations

from flowkit.authoring.drafts import Draft
from flowkit.authoring.names import Validation
from flowkit.dialogue import flow

_PAYMENT = ("card", "iban", "cvv", "cvc", "account_number", "sort_code", "ssn")


def check_use(draft: Draft, made: flow.Flow, carried: frozenset[str]) -> None:
    """Report slots that nothing fills, and slots that nothing reads.

    Args:
        draft: The flow.
        made: The same, compiled.
        carried: Slots that other flows fill when they go to this one.
    """
    asked, filled = _filled(draft)
    read = _read(draft, made)
    for name, part in draft.slot_parts.items():
        slot = made.slots.get(name)
        if slot is None or slot.shared:
            continue
        if name not in asked and name not in filled and name not in carried:
            draft.report(
                "FK313",
                part.head.span,
                f'nothing ever asks for "{name}".',
                f"Put it into an ask step: - ask: [{name}], or delete it.",
            )
        elif name in asked and name not in read:
            draft.report(
                "FK314",
                part.head.span,
                f'"{name}" is asked, but nothing uses the answer.',
                "Speak it, give it to a tool, or do not ask.",
            )


def _filled(draft: Draft) -> tuple[set[str], set[str]]:
    asked: set[str] = set()
    filled: set[str] = set()
    for part in draft.steps.values():
        if part.kind == "ask":
            asked |= set(part.texts("ask"))
        elif part.kind == "ask_again":
            asked |= set(part.texts("ask_again"))
        elif part.kind in ("do", "offer"):
            filled |= set(part.texts("into"))
    return asked, filled


def _read(draft: Draft, made: flow.Flow) -> set[str]:
    """Return every slot that something reads, besides what belongs to itself."""
    read: set[str] = set()
    for written in draft.written:
        place = draft.place(written)
        own = place.slot if place is not None else ""
        read |= {name for name in written.reads if name != own}
    for step in made.by_id.values():
        if isinstance(step, flow.Do):
            for argument in step.arguments:
                read |= argument.value.reads
        elif isinstance(step, flow.GoTo):
            read |= set(step.carry)
        elif isinstance(step, flow.Offer):
            read |= set(step.into)
    if _hands_over(made.steps):
        read |= set(made.slots)  # the person who takes the call gets them all
    for slot in made.slots.values():
        if slot.after:
            read.add(slot.after)
        for rule in slot.rules:
            if not rule.is_sentence:
                read.add(slot.name)  # an answer leads somewhere else
            if isinstance(rule.test, Validation):
                read |= rule.test.reads - {slot.name}
    return read


def _hands_over(steps: tuple[flow.Step, ...]) -> bool:
    """Tell whether a person takes over as a matter of course."""
    return any(
        isinstance(step, flow.Handoff)
        or (
            isinstance(step, flow.When)
            and (_hands_over(step.steps) or _hands_over(step.otherwise))
        )
        for step in steps
    )


def check_questions(draft: Draft, made: flow.Flow) -> None:
    """Report slots that are asked and have no question."""
    asked, _ = _filled(draft)
    for name, part in draft.slot_parts.items():
        slot = made.slots.get(name)
        if name in asked and slot is not None and slot.ask is None:
            if "ask" in part.keys or not draft.whole:
                continue
            draft.report(
                "FK514",
                part.head.span,
                f'"{name}" is asked, but has no question.',
                "Add ask: and the question below it.",
            )


def check_private(draft: Draft, made: flow.Flow) -> None:
    """Report slots that should be private, and private ones that speak."""
    for name, part in draft.slot_parts.items():
        slot = made.slots.get(name)
        if slot is None:
            continue
        payment = any(word in name.lower() for word in _PAYMENT)
        if not slot.private and (slot.type.name == "phone" or payment):
            draft.report(
                "FK904",
                part.head.span,
                f'"{name}" is not private, so it stands in records and logs as it is.',
                "Add private: true.",
            )
        if (
            slot.private
            and slot.suggest is not None
            and slot.suggest.source != "caller.number"
            and slot.ask_suggested is None
        ):
            draft.report(
                "FK420",
                part.place("suggest"),
                f'"{name}" is private, but its suggestion would be spoken aloud.',
                "Add ask_suggested: with a question that does not speak it.",
            )
