"""Everything that an agent can say, and what its tools are given: nothing is hidden.

For each flow: its sentences in file order with their lines, the question and refusals of
each slot, the ladders that hold (a flow's own, the agent's or the shipped ones), and the
arguments of every tool, the default ones spelled out. Then the sentences that come with
flowkit, by their names in the language file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from flowkit.authoring.grammar import LADDERS
from flowkit.authoring.texts import Text
from flowkit.dialogue import flow
from flowkit.dialogue.flow import Agent, Flow, Ladders, Sentence

Row: TypeAlias = tuple[str, str, str]
"""Line, what it is, words."""


def listing(agent: Agent) -> str:
    """Return every sentence that an agent can say, as text for a terminal."""
    blocks = [_flow(made) for made in agent.flows.values()]
    shared = [
        row
        for made in agent.flows.values()
        for entry in made.anytime
        if entry.id.startswith("agent.")
        for row in _entry(entry)
    ]
    if shared:
        blocks.append(_table("anytime in every flow", dict.fromkeys(shared)))
    language = agent.languages[agent.language]
    phrases = getattr(language, "phrases", {})
    own = [("", name, phrase.source) for name, phrase in phrases.items()]
    blocks.append(_table(f"sentences that come with flowkit ({language.code})", own))
    return "\n".join(blocks)


def _flow(made: Flow) -> str:
    rows = list(_steps(made.steps))
    for slot in made.slots.values():
        rows += _slot(slot)
    for entry in made.anytime:
        if not entry.id.startswith("agent."):
            rows += _entry(entry)
    rows += _ladders(made.defaults, "every question")
    title = f"{made.name} ({made.path})" if made.path else made.name
    return _table(title, rows)


def _table(title: str, rows: Iterable[Row]) -> str:
    listed = list(rows)
    width = max((len(line) for line, _, _ in listed), default=0)
    kinds = min(max((len(kind) for _, kind, _ in listed), default=0), 34)
    lines = [title, ""]
    for line, kind, words in listed:
        gap = f"{line:>{width}}  " if width else ""
        lines.append(f"  {gap}{kind:<{kinds}}  {words}".rstrip())
    return "\n".join(lines) + "\n"


def _line(place: str) -> str:
    """Return the line number of ``file:line``."""
    return place.rsplit(":", 1)[-1]


def _said(kind: str, sentence: Sentence | None, place: str = "") -> Iterator[Row]:
    if sentence is None:
        return
    yield _line(sentence.line or place), kind, sentence.source
    if isinstance(sentence, Text) and sentence.line:
        for code, told in sentence.translations.items():
            yield _line(told.line), f"  {code}", told.source


def _steps(steps: Iterable[flow.Step], kind: str = "") -> Iterator[Row]:
    for step in steps:
        yield from _step(step, kind)
        for block in flow.blocks_of(step):
            yield from _steps(block)


def _step(step: flow.Step, kind: str) -> Iterator[Row]:
    match step:
        case flow.Say():
            for sentence in step.variants:
                yield from _said(kind or "say", sentence, step.line)
        case flow.Ask():
            yield _line(step.line), "ask", ", ".join(step.slots)
        case flow.Confirm():
            yield from _said("confirm", step.say)
        case flow.Do():
            yield _line(step.line), "do", _call(step)
            yield from _said("  meanwhile", step.meanwhile)
        case flow.When():
            yield _line(step.line), "when", step.condition.source
        case flow.Offer():
            yield from _said("offer", step.say)
            yield from _said("  each", step.each)
        case flow.AskAgain():
            yield from _said("ask_again", step.say)
        case flow.StartOneOf():
            yield from _said("start_one_of", step.say)
        case flow.Handoff():
            words = step.reason.source
            yield (
                _line(step.line),
                kind or "handoff",
                f"handoff: {words}" if kind else words,
            )
            yield from _said("  say", step.say)
        case flow.DoFlow():
            yield _line(step.line), "do_flow", step.flow
        case flow.GoTo():
            yield _line(step.line), "go_to", step.flow
        case flow.End():
            words = f"end: {step.outcome}" if kind else step.outcome
            yield _line(step.line), kind or "end", words
        case flow.Skip():
            yield _line(step.line), kind or "skip", "skip" if kind else ""


def _call(step: flow.Do) -> str:
    """Return a call with all its arguments, as it will be made."""
    arguments = ", ".join(
        argument.name
        if argument.name == argument.value.source
        else f"{argument.name}={argument.value.source}"
        for argument in step.arguments
    )
    call = f"{step.tool}({arguments})"
    if step.save_as:
        call += f" -> {step.save_as}"
    return f"{call}, a point of no return" if step.commit else call


def _slot(slot: flow.Slot) -> Iterator[Row]:
    yield from _said(f"{slot.name}: ask", slot.ask)
    yield from _said(f"{slot.name}: ask_suggested", slot.ask_suggested)
    for rule in slot.rules:
        yield (
            _line(rule.line),
            f"{slot.name}: must be",
            rule.test.source,
        )
        yield from _steps(rule.otherwise, "  otherwise")
    yield from _ladders(slot.ladders, slot.name)


def _ladders(ladders: Ladders, whose: str) -> Iterator[Row]:
    for name in LADDERS:
        rungs: tuple[flow.Rung, ...] | None = getattr(ladders, name)
        for n, rung in enumerate(rungs or (), 1):
            yield from _steps(rung.steps, f"{whose}: {name} {n}")


def _entry(entry: flow.Entry) -> Iterator[Row]:
    yield _line(entry.line), "anytime", entry.about
    if entry.flow:
        yield "", "  go_to", entry.flow
    yield from _steps(entry.steps, "  say")
