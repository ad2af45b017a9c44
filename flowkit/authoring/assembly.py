"""Putting a flow together from its built pieces: slots, marked steps, whole ladders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from flowkit.authoring import slots
from flowkit.authoring.builder import Builder
from flowkit.authoring.commits import mark
from flowkit.authoring.drafts import Draft
from flowkit.authoring.names import Means
from flowkit.authoring.parts import Part
from flowkit.authoring.texts import Text
from flowkit.authoring.translations import Translations
from flowkit.dialogue import flow
from flowkit.dialogue.flow import Flow, Interrupt, Ladders, Rung
from flowkit.languages import Language

SILENCE_S = 6.0

Phrase = Callable[[str], Text]
"""Finds a shipped sentence, in all languages of the agent."""


def assemble(
    draft: Draft,
    *,
    translations: Translations | None,
    entries: tuple[flow.Entry, ...],
    above: Ladders,
    phrase: Phrase,
) -> Flow:
    """Build a flow whose names are known.

    Args:
        draft: The flow; all findings go there.
        translations: Of its sentences.
        entries: The agent's side questions, which hold in every flow.
        above: The agent's ladders.
        phrase: For the ladders that nobody wrote.
    """
    part, shared = draft.part, draft.shared
    own = part.part("defaults")
    builder = Builder(
        draft,
        translations=translations,
        interrupt=interrupt_of(own) if own else (above.interrupt or "anytime"),
    )
    draft.translations = translations
    made = {
        one.head.text: slots.slot(
            builder, one, draft.types[one.head.text], shared=False
        )
        for one in part.parts("slots")
        if one.head.text in draft.types
    }
    steps = builder.steps(part.parts("steps"), "steps")
    own_entries = builder.entries(part.parts("anytime"))
    ladders = builder.ladders(own, "defaults") if own else Ladders()
    lockable = frozenset(
        name
        for name, meaning in draft.names.items()
        if meaning.means in (Means.SLOT, Means.RESULT)
    )
    tools = {**shared.stubs, **shared.extensions.tools}
    steps = mark(steps, draft.steps, tools.get, lockable)
    return Flow(
        draft.name,
        steps,
        {**_inherited(draft, steps, made), **made},
        part.text("about"),
        part.texts("such_as"),
        (*own_entries, *entries),
        complete(ladders, above, phrase),
        {
            name: flow.Given(name, draft.types[name], meaning.private)
            for name, meaning in draft.names.items()
            if meaning.means is Means.GIVEN and name in draft.types
        },
        part.text("speaks_first") or None,  # type: ignore[arg-type]  # checked word
        part.span.path,
    )


def _inherited(
    draft: Draft, steps: Iterable[flow.Step], own: Mapping[str, flow.Slot]
) -> dict[str, flow.Slot]:
    """Return the agent's slots that a flow uses, and those that their rules read."""
    shared = draft.shared.slots
    used = _names_used(draft, steps)
    for slot in own.values():
        for rule in slot.rules:
            used |= rule.test.reads
    todo = [name for name in shared if name in used]
    while todo:
        slot = shared[todo.pop()]
        reads = frozenset[str]().union(*(rule.test.reads for rule in slot.rules))
        for name in (*sorted(reads), slot.after or ""):
            if name in shared and name not in used:
                used.add(name)
                todo.append(name)
    return {name: slot for name, slot in shared.items() if name in used}


def complete(own: Ladders, above: Ladders, phrase: Phrase) -> Ladders:
    """Fill the gaps of a flow's ladders: the agent's, then the shipped ones."""

    def first(name: str) -> tuple[Rung, ...] | None:
        rungs: tuple[Rung, ...] | None = getattr(own, name)
        return rungs if rungs is not None else getattr(above, name)

    shipped_silent = _shipped("silent", "reason.silence", phrase)
    shipped_unclear = _shipped("not_understood", "reason.not_understood", phrase)
    silent, unclear = first("if_silent"), first("if_not_understood")
    return Ladders(
        shipped_unclear if unclear is None else unclear,
        shipped_silent if silent is None else silent,
        first("if_refused") or (),
        own.silence_after_s or above.silence_after_s or SILENCE_S,
        own.interrupt or above.interrupt or "anytime",
    )


def _shipped(ladder: str, reason: str, phrase: Phrase) -> tuple[Rung, ...]:
    path = f"shipped.{ladder}"
    said = [
        flow.Say((phrase(f"{ladder}.{rung}"),), id=f"{path}.{n}.steps.0")
        for n, rung in enumerate(("first", "second"))
    ]
    last = flow.Handoff(phrase(reason), id=f"{path}.2.steps.0")
    return (*(Rung((say,)) for say in said), Rung((last,)))


def shipped_phrase(name: str, languages: Mapping[str, Language], own_code: str) -> Text:
    """Return a shipped sentence that speaks the language of the call."""
    own = languages[own_code].phrase(name)
    others: dict[str, Text] = {}
    for code, language in languages.items():
        told = language.phrases.get(name)
        if isinstance(told, Text) and told is not own:
            others[code] = told
    assert isinstance(own, Text)
    return replace(own, translations=others) if others else own


def interrupt_of(defaults: Part | None) -> Interrupt:
    """Return what ``defaults`` say about talking over the agent."""
    word = defaults.text("interrupt") if defaults else ""
    if word in ("with_answer", "never"):
        return word  # type: ignore[return-value]  # one of the three
    return "anytime"


def _names_used(draft: Draft, steps: Iterable[flow.Step]) -> set[str]:
    """Return every name that a flow mentions: asks, fills, speaks or reads."""
    used: set[str] = set()
    for made in draft.written:
        used |= made.reads
    for part in draft.steps.values():
        for key in ("ask", "into", "ask_again", "with"):
            used |= {scalar.text for scalar in part.scalars(key)}
            used |= {pair.name.text for pair in part.pairs(key)}
    for tool in _calls(steps):
        for argument in tool.arguments:
            used |= argument.value.reads
    return used


def _calls(steps: Iterable[flow.Step]) -> Iterator[flow.Do]:
    for step in steps:
        if isinstance(step, flow.Do):
            yield step
        for block in flow.blocks_of(step):
            yield from _calls(block)
