"""What every name of a flow means, learned before any of its sentences is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flowkit.authoring import slots
from flowkit.authoring.drafts import Draft, Shared
from flowkit.authoring.names import Meaning, Means, parts_of
from flowkit.authoring.nodes import Scalar
from flowkit.authoring.parts import Pair, Part

_FIXED = (Means.CLOCK, Means.CALL)


def learn(part: Part, shared: Shared, values: Iterable[Pair], *, whole: bool) -> Draft:
    """Return a flow's draft with all its names: slots, results, values, outcomes.

    Args:
        part: The flow file.
        shared: What its agent shares; its slots are built already.
        values: The names under ``values`` in agent.yaml.
        whole: Nothing of the flow file and of agent.yaml was lost.
    """
    draft = Draft(part.text("flow") or "flow", part, shared, whole=whole)
    name_values(draft, values)
    for name, slot in shared.slots.items():
        meaning = Meaning(Means.SLOT, slot.type, parts_of(slot.type), slot.private)
        draft.names.setdefault(name, meaning)
    for one in (*part.parts("slots"), *part.parts("given")):
        before = draft.names.get(one.head.text)
        slots.bind(draft, one)
        if before is not None and before.means not in _FIXED:
            inherited = before.means is Means.SLOT and one.kind == "slot"
            draft.report(
                "FK310",
                one.head.span,
                f'"{one.head.text}" is {before.means} already'
                + (" in agent.yaml." if inherited else "."),
                "Give one of them another name.",
            )
    for step in all_steps(part):
        saved = step.scalar("save_as")
        if saved is not None:
            fields = shared.extensions.fields.get(step.text("do"))
            _name(draft, saved, Meaning(Means.RESULT, None, fields))
        for scalar in (step.scalar("do_flow"), *step.scalars("start_one_of")):
            if scalar is not None and scalar.text not in draft.names:
                draft.names[scalar.text] = Meaning(
                    Means.OUTCOME, None, frozenset({"outcome"})
                )
    return draft


def name_values(draft: Draft, values: Iterable[Pair]) -> None:
    """Give the names under ``values`` their meaning."""
    for pair in values:
        _name(draft, pair.name, Meaning(Means.VALUE, None, frozenset()))


def _name(draft: Draft, scalar: Scalar, meaning: Meaning) -> None:
    """Give a name its meaning; a second one is an error."""
    before = draft.names.get(scalar.text)
    if before is not None and before.means in (Means.CLOCK, Means.CALL):
        return  # reported as reserved
    if before is not None:
        same = before.means is meaning.means is Means.RESULT
        draft.report(
            "FK311" if same else "FK310",
            scalar.span,
            f'"{scalar.text}" is saved by another step already.'
            if same
            else f'"{scalar.text}" is {before.means} already.',
            "Give one of them another name.",
        )
        return
    draft.names[scalar.text] = meaning


def all_steps(part: Part) -> Iterator[Part]:
    """Yield every step below a part, wherever it stands."""
    for value in part.values.values():
        if isinstance(value, Part):
            yield from all_steps(value)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Part):
                    yield item
                    yield from all_steps(item)


def filled_slots(part: Part) -> frozenset[str]:
    """Return the slots that the steps of a flow ask for or fill."""
    return frozenset(
        name
        for step in all_steps(part)
        for key in ("ask", "into")
        for name in step.texts(key)
    )
