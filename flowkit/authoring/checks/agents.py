"""The agent as a whole: flows that reach each other, side questions, translations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from flowkit.authoring.codes import found
from flowkit.authoring.drafts import Draft
from flowkit.authoring.files import Files
from flowkit.authoring.nodes import Scalar
from flowkit.authoring.parts import Part
from flowkit.authoring.settings import Settings
from flowkit.authoring.texts import Text
from flowkit.authoring.translations import Translations
from flowkit.diagnostics import Diagnostic, Span
from flowkit.dialogue import flow

_WORD = re.compile(r"[^\W_]+")


# --- flows -------------------------------------------------------------------------------


def edges(made: flow.Flow) -> dict[str, bool]:
    """Return the flows that a flow can start; True if without a word of the caller."""
    found_flows: dict[str, bool] = {}

    def add(name: str, *, silent: bool) -> None:
        found_flows[name] = found_flows.get(name, False) or silent

    def walk(steps: tuple[flow.Step, ...], *, silent: bool) -> bool:
        for step in steps:
            match step:
                case flow.GoTo():
                    add(step.flow, silent=silent)
                    return False
                case flow.DoFlow():
                    add(step.flow, silent=silent)
                case flow.StartOneOf():
                    silent = False
                    for name in step.flows:
                        add(name, silent=False)
                case flow.Ask() | flow.Confirm() | flow.Offer() | flow.AskAgain():
                    silent = False
                case flow.When():
                    one = walk(step.steps, silent=silent)
                    other = walk(step.otherwise, silent=silent)
                    silent = one or other
                    continue
                case flow.End() | flow.Handoff():
                    return False
                case _:
                    pass
            for block in flow.blocks_of(step):
                walk(block, silent=silent)
        return silent

    walk(made.steps, silent=True)
    for step in made.by_id.values():
        if isinstance(step, (flow.GoTo, flow.DoFlow)):
            add(step.flow, silent=False)
    for entry in made.anytime:
        if entry.flow:
            add(entry.flow, silent=False)
    return found_flows


def check_cycles(drafts: Iterable[Draft]) -> Iterator[Diagnostic]:
    """Yield flows that start each other without the caller saying anything."""
    silent: dict[str, list[str]] = {}
    by_name: dict[str, Draft] = {}
    for draft in drafts:
        if draft.flow is not None:
            by_name[draft.name] = draft
            silent[draft.name] = [n for n, quiet in edges(draft.flow).items() if quiet]
    reported: set[str] = set()
    for name in silent:
        if name in reported:
            continue
        way = _way_back(name, silent)
        if way:
            reported |= set(way)
            step = _step_to(by_name[name], way[1] if len(way) > 1 else name)
            yield found(
                "FK505",
                step,
                "these flows start each other for ever without the caller saying "
                f"anything: {', '.join([*way, name])}."
                if len(way) > 1
                else f"{name} starts itself for ever without the caller saying anything.",
                advice="Ask or confirm something in between, or end one of them.",
            )


def _way_back(start: str, edges_: Mapping[str, list[str]]) -> list[str]:
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for following in edges_.get(way[-1], ()):
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


def _step_to(draft: Draft, name: str) -> Span:
    for part in draft.steps.values():
        for verb in ("go_to", "do_flow"):
            scalar = part.scalar(verb)
            if part.kind == verb and scalar is not None and scalar.text == name:
                return scalar.span
    return draft.part.head.span


def check_started(
    drafts: list[Draft], start: str | None, files: Files
) -> Iterator[Diagnostic]:
    """Yield flows that nothing ever starts."""
    if start is None or files.start is not None or not files.whole:
        return
    started = {start}
    todo = [start]
    by_name = {draft.name: draft for draft in drafts}
    while todo:
        draft = by_name.get(todo.pop())
        if draft is None or draft.flow is None:
            continue
        for name in edges(draft.flow):
            if name not in started:
                started.add(name)
                todo.append(name)
    for draft in drafts:
        if draft.name not in started and draft.flow is not None:
            yield found(
                "FK512",
                draft.part.head.span,
                f'nothing ever starts the flow "{draft.name}".',
                advice="Name it in start_one_of, do_flow, go_to, or under anytime.",
            )


def check_shared(drafts: list[Draft]) -> Iterator[Diagnostic]:
    """Yield slots that two flows ask for, each for itself, though both may run."""
    reach = {d.name: set(edges(d.flow)) for d in drafts if d.flow is not None}
    carried = carried_slots(drafts)
    for n, one in enumerate(drafts):
        for other in drafts[n + 1 :]:
            if other.name not in reach.get(one.name, ()) or one.name not in reach.get(
                other.name, ()
            ):
                continue
            for name, part in other.slot_parts.items():
                mine = one.flow.slots.get(name) if one.flow else None
                theirs = other.flow.slots.get(name) if other.flow else None
                if mine is None or theirs is None or mine.shared or theirs.shared:
                    continue
                if mine.type.name != theirs.type.name:
                    continue
                if name in carried.get(one.name, ()) or name in carried.get(
                    other.name, ()
                ):
                    continue
                yield found(
                    "FK515",
                    part.head.span,
                    f'"{name}" is a slot of {one.name} too; what the caller says here '
                    "is not known there.",
                    advice="If it is the same thing, move it to slots: in agent.yaml.",
                )


def carried_slots(drafts: Iterable[Draft]) -> dict[str, frozenset[str]]:
    """Return for each flow the slots that others carry into it."""
    carried: dict[str, set[str]] = {}
    for draft in drafts:
        if draft.flow is None:
            continue
        for step in draft.flow.by_id.values():
            if isinstance(step, flow.GoTo):
                carried.setdefault(step.flow, set()).update(step.carry)
    return {name: frozenset(slots) for name, slots in carried.items()}


# --- side questions ------------------------------------------------------------------------


def check_overlaps(
    drafts: list[Draft], agent_draft: Draft | None
) -> Iterator[Diagnostic]:
    """Yield side questions that say the same as another, so that one never counts."""
    shared = _entries(agent_draft) if agent_draft is not None else []
    yield from _overlaps(shared, [])
    for draft in drafts:
        yield from _overlaps(_entries(draft), shared)


def _entries(draft: Draft) -> list[Part]:
    return list(draft.part.parts("anytime"))


def _overlaps(entries: list[Part], above: list[Part]) -> Iterator[Diagnostic]:
    known: dict[frozenset[str], tuple[Scalar, Part]] = {}
    for entry in [*above, *entries]:
        for scalar in _phrases(entry):
            words = frozenset(_WORD.findall(scalar.text.lower()))
            first = known.setdefault(words, (scalar, entry))
            if first[1] is entry or entry in above or not words:
                continue
            place = first[0].span
            line = (
                f"line {place.line}"
                if place.path == scalar.span.path
                else f"{place.path}, line {place.line}"
            )
            yield found(
                "FK513",
                scalar.span,
                f"callers who say this mean the entry of {line} as well.",
                advice="Keep it in one of them, or make one entry of both.",
            )
            break


def _phrases(entry: Part) -> list[Scalar]:
    about = entry.scalar("caller_asks") or entry.scalar("caller_wants")
    return ([about] if about is not None else []) + list(entry.scalars("such_as"))


# --- translations --------------------------------------------------------------------------


def check_translations(
    files: Files, settings: Settings, drafts: list[Draft], agent_draft: Draft | None
) -> Iterator[Diagnostic]:
    """Yield untranslated, stale and unfitting translations."""
    names = {draft.name for draft in drafts}
    codes = {scalar.text for scalar in settings.languages}
    yield from _files(files, settings, names, codes)
    others = [
        code for code in dict.fromkeys(codes) if code not in (settings.language, "")
    ]
    both = [*drafts, *([agent_draft] if agent_draft is not None else [])]
    for draft in both:
        told = draft.translations
        written = [text for text in draft.written if _is_spoken(draft, text)]
        if told is not None:
            yield from told.diagnostics
            yield from told.misfits()
            yield from told.leftovers(text.source for text in written)
        wanted = others or (list(told.languages) if told is not None else [])
        if files.whole and not settings.fallback:
            yield from _missing(draft, told, written, wanted)


def _is_spoken(draft: Draft, text: object) -> bool:
    place = draft.place(text)
    return isinstance(text, Text) and place is not None and place.role != "reason"


def _missing(
    draft: Draft,
    told: Translations | None,
    written: Iterable[object],
    wanted: Iterable[str],
) -> Iterator[Diagnostic]:
    for code in wanted:
        for text in written:
            place = draft.place(text)
            if not isinstance(text, Text) or place is None:
                continue
            if code in text.translations or not re.search(
                r"\w", re.sub(r"\{\{[^{}]*+\}\}", "", text.source)
            ):
                continue
            yield found(
                "FK411",
                place.scalar.span,
                f'this sentence has no translation into "{code}".',
                advice="Add it to the translation file, or name a language_fallback in "
                "agent.yaml.",
            )
    del told


def _files(
    files: Files, settings: Settings, names: set[str], codes: set[str]
) -> Iterator[Diagnostic]:
    agent = files.agent.part if files.agent else None
    for document in files.translations:
        part = document.part
        if part is None:
            continue
        language = part.scalar("language")
        if language is not None and agent is not None and language.text not in codes:
            yield found(
                "FK422",
                language.span,
                f'the agent does not speak "{language.text}".',
                advice=f"Add {language.text} to languages: in agent.yaml.",
            )
        flow_name, agent_name = part.scalar("flow"), part.scalar("agent")
        if flow_name is not None and flow_name.text not in names and files.whole:
            yield found(
                "FK301",
                flow_name.span,
                f'there is no flow "{flow_name.text}".',
                advice=f"There are: {', '.join(sorted(names))}.",
            )
        elif flow_name is None and agent_name is None:
            yield found(
                "FK206",
                part.head.span,
                '"flow" is missing at the top of this file.',
                advice="Write flow: and the name of the flow that this translates.",
            )
        elif agent_name is not None and agent_name.text != settings.name:
            yield found(
                "FK219",
                agent_name.span,
                f'there is no agent "{agent_name.text}" here.',
                advice=f"Write agent: {settings.name}." if settings.name else "",
            )
