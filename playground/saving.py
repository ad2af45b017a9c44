"""A conversation written as a test in the words of testers (README, "For testers").

The caller's lines are kept as they were typed. Of what the agent did, questions are kept
as what they ask for, other sentences as their words, tools as they were called and as
they answered, and slots where they changed: so the test says what matters, survives a
question that is put in other words, and needs none of the tools.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from flowkit.dialogue import effects, events
from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import Agent
from flowkit.testing.textcall import Entry, ToolUse

from .commands import Interrupt, Keys, Lang, Over, Silence, Words
from .conversation import Conversation, Done
from .moves import CannotDoError

_NOTICED_S = 0.5
"""A tool that took longer is slow in the test too: what was said meanwhile is heard."""
_PLAIN = re.compile(r"[^\W\d_][\w ,.!?;()/'’-]*")  # noqa: RUF001  # the typographic one
_NAME = re.compile(r"[^\W\d_][\w -]*")
_WORDS = frozenset(["true", "false", "null", "yes", "no", "on", "off", "fail", "slow"])


def write(text: str, name: str, folder: Path) -> Path:
    """Write a test into a new file, named after it, and return the file.

    Raises:
        CannotDoError: Too many files have that name.
        OSError: The file cannot be written.
    """
    stem = re.sub(r"\W+", "-", name.lower()).strip("-_")[:60] or "saved"
    for number in range(1, 1000):
        path = folder / f"{stem}{f'-{number}' if number > 1 else ''}.test.yaml"
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            continue
        return path
    raise CannotDoError(f'There are a thousand tests called "{name}" already.')


def to_test(conversation: Conversation, name: str) -> str:
    """Return the conversation as the text of a test file with one test.

    Raises:
        CannotDoError: Something in it cannot be said in a test.
    """
    agent, turns = conversation.agent, conversation.turns
    for done in turns:
        if isinstance(done.input, Interrupt):
            raise CannotDoError(
                "A test has no line for :interrupt. Undo it, or use :over."
            )
        if any(isinstance(aside, Lang) for aside in done.asides):
            raise CannotDoError(
                "A test speaks one language: start with --lang, not :lang."
            )
    setup = conversation.setup
    state = turns[0].moment.state
    started = datetime.fromisoformat(state.started)
    lines = [
        "# Saved from the playground.",
        "",
        f"flow: {agent.start}",
        f"now: {started:%Y-%m-%d %H:%M}",
    ]
    if setup.language:
        lines.append(f"language: {setup.language}")
    if state.facts.number:
        lines += ["caller:", f"  number: {_scalar(state.facts.number)}"]
    lines += _mapping("given", {k: _value(v) for k, v in state.given.items()})
    lines += _mapping("tools", _answers(turns))
    lines += ["", "tests:", f"  - test: {_scalar(name)}", "    talk:"]
    known: Mapping[str, Json] = {}
    slots = frozenset(name for flow in agent.flows.values() for name in flow.slots)
    for done in turns:
        lines += [f"      {line}" for line in _turn(done, known, slots)]
        known = done.slots
    lines.append(f"    ends: {turns[-1].outcome or 'waiting'}")
    return "\n".join(lines) + "\n"


# --- one turn -----------------------------------------------------------------------------


def _turn(
    done: Done, known: Mapping[str, Json], slots: frozenset[str]
) -> Iterator[str]:
    """Yield the lines of a talk for one turn."""
    yield from _caller(done)
    for entry in done.turn.entries:
        match entry:
            case Entry(kind="bot", say=effects.Say() as say):
                yield from _said(say, slots)
            case Entry(kind="tool", tool=ToolUse() as use):
                yield f"- tool: {use.name}"
                if use.arguments:
                    yield f"  with: {_value(use.arguments)}"
            case _:
                pass
    changed = {k: v for k, v in done.slots.items() if k not in known or known[k] != v}
    if changed:
        yield f"- slots: {_value(changed)}"


def _caller(done: Done) -> Iterator[str]:
    match done.input:
        case Words(text):
            yield f"- caller: {_scalar(text)}"
        case Over(text):
            yield f"- caller_over_bot: {_scalar(text)}"
            yield f"  after: {_heard(done)} words"
            stopped = any(entry.kind == "cut" for entry in done.turn.entries)
            yield "- bot_stops" if stopped else "- bot_keeps_talking"
        case Keys(digits):
            yield f"- keys: {_scalar(digits)}"
        case Silence(seconds):
            yield f"- silence: {seconds or 0:g} seconds"
        case _:
            pass


def _heard(done: Done) -> int:
    """Return how many words of the agent had been said when the caller cut in."""
    for record in done.turn.records:
        if (
            isinstance(record.event, events.CallerSaid)
            and record.event.heard is not None
        ):
            return len(record.event.heard.split())
    return 0


def _said(say: effects.Say, slots: frozenset[str]) -> Iterator[str]:
    for segment in say.segments:
        spoken = {name for part in say.segments for name in part.spoke} & slots
        if segment.kind in ("ask", "suggest") and segment.ref in slots:
            yield f"- bot_asks: {segment.ref}"
        elif segment.kind == "read_back" and segment.ref in slots:
            yield f"- bot_reads_back: {segment.ref}"
        elif segment.kind == "confirm" and spoken:
            line = f"- bot_confirms: [{', '.join(sorted(spoken))}]"
            if segment.part == 0:
                yield line
        elif any(c.isalnum() for c in segment.text):
            yield f"- bot: {_scalar(segment.text)}"


# --- what tools answered --------------------------------------------------------------------


def _answers(turns: Sequence[Done]) -> dict[str, str]:
    """Return each tool's answers in turn, as the test file has them."""
    answers: dict[str, list[str]] = {}
    took = _took(turns)
    for place, use in enumerate(turns[-1].moment.tools):
        seconds = took[place] if place < len(took) else 0.0
        answers.setdefault(use.name, []).append(_answer(use, seconds))
    return {
        name: given[0]
        if len(set(given)) == 1 and given[0][0] != "["
        else f"[{', '.join(given)}]"
        for name, given in answers.items()
    }


def _answer(use: ToolUse, seconds: float) -> str:
    if not use.answered or use.failed == "timeout":
        return "slow"
    answer = "fail" if use.failed else _value(use.result)
    if seconds > _NOTICED_S:
        return f"{{slow: {seconds:.1f} seconds, answer: {answer}}}"
    return answer


def _took(turns: Sequence[Done]) -> list[float]:
    """Return the seconds that each call of a tool took, in order."""
    begun: dict[int, tuple[int, datetime]] = {}
    took: list[float] = []
    for record in turns[-1].moment.records:
        event = record.event
        if isinstance(event, events.ToolReturned | events.ToolFailed) and (
            event.id in begun
        ):
            place, at = begun[event.id]
            took[place] = (event.at - at).total_seconds()
        for effect in record.effects:
            if isinstance(effect, effects.CallTool):
                begun[effect.id] = (len(took), record.at)
                took.append(0.0)
    return took


# --- YAML ---------------------------------------------------------------------------------


def _mapping(key: str, values: Mapping[str, str]) -> list[str]:
    if not values:
        return []
    return [f"{key}:", *(f"  {name}: {value}" for name, value in values.items())]


def _value(value: Json) -> str:
    """Return data on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _scalar(value, inside=True)
        case Mapping():
            pairs = (
                f"{_scalar(k, inside=True)}: {_value(v)}" for k, v in value.items()
            )
            return "{" + ", ".join(pairs) + "}"
        case int() | float():
            return json.dumps(value)
        case _:
            return "[" + ", ".join(_value(one) for one in value) + "]"


def _scalar(text: str, *, inside: bool = False) -> str:
    """Return a text as it is if that is safe, else in double quotes.

    JSON's quotes are YAML's too (yaml.org/spec/1.2.2, 5.7), but for what YAML calls line
    breaks and for what it does not print.
    """
    simple = _NAME if inside else _PLAIN
    if simple.fullmatch(text) and text.lower() not in _WORDS and text == text.strip():
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in quoted)


# --- does it pass? --------------------------------------------------------------------------


async def check(text: str, path: Path, agent: Agent) -> str | None:
    """Play a test; return the first difference, or None when it passes."""
    from flowkit.authoring.source import read
    from flowkit.authoring.talks import read_talks
    from flowkit.testing.runner import play
    from flowkit.understanding.rules import RulesUnderstander

    source = read(text, str(path), braces=True)
    found = read_talks(source.root, agent)
    if found.diagnostics:
        first = found.diagnostics[0]
        return f"line {first.span.line}: {first.message}"
    for talk in found.talks:
        played = await play(talk, agent, understander=RulesUnderstander(agent))
        if played.failure is not None:
            failure = played.failure
            return (
                f"line {failure.span.line}: expected is that {failure.expected}; "
                f"{failure.found}"
            )
    return None
