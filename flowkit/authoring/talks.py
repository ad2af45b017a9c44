"""Talks: what stands in ``*.test.yaml``, read and checked against an agent.

A file that cannot be understood gives diagnostics with place and advice, like any other
file of a designer; all of them are found in one run. The grammar is the table in
``authoring.grammar``; what stands behind the keys is read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from flowkit.authoring import grammar
from flowkit.authoring.means import Reader, data_of, suggest, suggest_or_list
from flowkit.authoring.nodes import Block, Listing, Node, Scalar
from flowkit.diagnostics import Diagnostic, Span
from flowkit.dialogue.acts import Act, Json
from flowkit.dialogue.flow import (
    Agent,
    Ask,
    Do,
    End,
    Flow,
    Step,
    When,
)

DEFAULT_NOW = "2026-01-05 12:00"
"""When a call is held if the file does not say: always the same Monday."""
SLOW_S = 3600.0
"""How long a ``slow`` tool takes: longer than any limit."""
OUTCOMES = ("finished", "handoff", "cancelled", "hung_up", "failed")
WAITING = "waiting"

_BARE = ("bot_keeps_talking", "bot_stops", "caller_hangs_up")
_TIME = re.compile(
    r"(\d{1,6}(?:\.\d{1,3})?) *(ms|milliseconds?|s|seconds?|min|minutes?|h|hours?)?"
)
_UNITS = (("ms", 0.001), ("milli", 0.001), ("m", 60.0), ("h", 3600.0), ("", 1.0))
_AFTER = re.compile(r"(\d{1,4})( words?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a talk."""

    kind: str
    """``caller`` ``caller_over_bot`` ``caller_hangs_up`` ``keys`` ``silence``, or what is
    expected: ``bot`` ``bot_asks`` ... ``slots`` ``tool``."""
    span: Span
    text: str = ""
    """What is said, expected, or pressed; for ``tool`` its name."""
    means: tuple[Act, ...] | None = None
    after: int | None = None
    """Words of the agent that were heard."""
    seconds: float = 0.0
    names: tuple[str, ...] = ()
    values: Mapping[str, Json] = field(default_factory=dict)
    """Slots with values; for ``tool`` the arguments to look for, as written."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool does when a test calls it."""

    kind: str
    """``result``, ``fail``, or ``slow`` (then ``after_s`` and what comes then)."""
    result: Json = None
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Talk:
    """One test."""

    name: str
    span: Span
    flow: str
    now: datetime
    lines: tuple[Line, ...]
    ends: str | None = None
    ends_span: Span | None = None
    language: str | None = None
    number: str | None = None
    known: bool = False
    given: Mapping[str, Json] = field(default_factory=dict)
    slots: Mapping[str, Json] = field(default_factory=dict)
    tools: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    start_at: str | None = None
    """A step's verb, tool or slot."""


@dataclass(frozen=True, slots=True)
class TalkFile:
    """The tests of one file, as far as they could be read."""

    talks: tuple[Talk, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def flow_named(root: Node | None) -> str | None:
    """Return the flow that a test file says it is for, or None."""
    flow = root.get("flow") if isinstance(root, Block) else None
    return flow.text.strip() if isinstance(flow, Scalar) else None


def read_talks(root: Node | None, agent: Agent) -> TalkFile:
    """Read the tests of a file for an agent.

    Args:
        root: What the file holds, read with ``braces=True``.
        agent: That answers; the file's ``flow:`` says which of its flows is started.
    """
    if not isinstance(root, Block):
        return TalkFile(())
    named = root.get("flow")
    flow = agent.flows[agent.start]
    if isinstance(named, Scalar):
        if named.text not in agent.flows:
            reader = Reader(agent, flow)
            reader.say(
                "FK301",
                named.span,
                f'there is no flow called "{named.text}".',
                advice=suggest_or_list(named.text, agent.flows),
            )
            return TalkFile((), tuple(reader.diagnostics))
        flow = agent.flows[named.text]
    reading = _Reading(agent, flow)
    talks = tuple(reading.file(root))
    return TalkFile(talks, tuple(reading.reader.diagnostics))


class _Reading:
    def __init__(self, agent: Agent, flow: Flow) -> None:
        self.agent = agent
        self.flow = flow
        self.reader = Reader(agent, flow)
        self.outcomes = {*OUTCOMES, WAITING} | {
            step.outcome
            for one in agent.flows.values()
            for step in one.by_id.values()
            if isinstance(step, End)
        }

    def file(self, root: Block) -> Iterator[Talk]:
        self.keys(root, grammar.TESTS)
        tests = root.get("tests")
        if tests is not None and not isinstance(tests, Listing):
            self.reader.say("FK202", tests.span, "a list of tests was expected here.")
            return
        if tests is None:
            self.reader.say("FK206", root.span, 'a test file needs "tests".')
            return
        names: dict[str, Span] = {}
        for item in tests.items:
            if not isinstance(item, Block):
                advice = 'A test starts with "- test: " and what it shows.'
                self.reader.say("FK202", item.span, "a test was expected.", advice)
                continue
            talk = self.talk(item, root)
            if talk.name in names:
                self.reader.say(
                    "FK704",
                    talk.span,
                    f'line {names[talk.name].line} has a test called "{talk.name}" too.',
                    advice="Say in its name what is different here.",
                )
            names.setdefault(talk.name, talk.span)
            yield talk

    def talk(self, block: Block, top: Block) -> Talk:
        self.keys(block, grammar.TEST)
        name = block.get("test")
        span = name.span if name else block.span
        tools = self.tools(top.get("tools")) | self.tools(block.get("tools"))
        slots = self.reader.slots(top.get("slots")) | self.reader.slots(
            block.get("slots")
        )
        caller = block.get("caller") or top.get("caller")
        ends = block.get("ends")
        return Talk(
            name=name.text if isinstance(name, Scalar) else "",
            span=span,
            flow=self.flow.name,
            now=self.now(block.get("now") or top.get("now")),
            lines=tuple(self.lines(block.get("talk"))),
            ends=self.ends(ends),
            ends_span=ends.span if ends else None,
            language=self.language(block.get("language") or top.get("language")),
            number=self.number(caller),
            known=isinstance(caller, Block) and data_of(caller.get("known")) is True,
            given=self.given(top.get("given")) | self.given(block.get("given")),
            slots=slots,
            tools=tools,
            start_at=self.start_at(block.get("start_at")),
        )

    def keys(self, block: Block, table: Mapping[str, grammar.Key]) -> None:
        for entry in block.entries:
            if entry.key.text not in table:
                self.reader.say(
                    "FK201",
                    entry.key.span,
                    f'there is no "{entry.key.text}" here.',
                    advice=suggest(entry.key.text, table)
                    or f"There are: {', '.join(table)}.",
                )
        for key in table.values():
            if key.needed and key.name not in block:
                self.reader.say(
                    "FK206", block.span, f'"{key.name}" is missing here.', key.means
                )

    # --- what holds for a call ------------------------------------------------------

    def now(self, node: Node | None) -> datetime:
        text = node.text.strip() if isinstance(node, Scalar) else DEFAULT_NOW
        try:
            now = datetime.fromisoformat(text)
            if not 1970 <= now.year <= 2200:
                raise ValueError(text)
        except ValueError:
            assert node is not None  # the default is a time
            self.reader.say(
                "FK705",
                node.span,
                f'"{text}" is not a date and time.',
                advice="Write it like 2026-11-22 15:00.",
            )
            now = datetime.fromisoformat(DEFAULT_NOW)
        return now if now.tzinfo else now.replace(tzinfo=ZoneInfo(self.agent.timezone))

    def language(self, node: Node | None) -> str | None:
        if not isinstance(node, Scalar):
            return None
        if node.text not in self.agent.languages:
            self.reader.say(
                "FK221",
                node.span,
                f'the agent does not speak "{node.text}".',
                advice=f"It speaks: {', '.join(self.agent.languages)}.",
            )
            return None
        return node.text

    def number(self, node: Node | None) -> str | None:
        if isinstance(node, Block):
            node = node.get("number")
        if not isinstance(node, Scalar) or not node.text.strip():
            return None
        return re.sub(r"[^\d+]", "", node.text)

    def given(self, node: Node | None) -> dict[str, Json]:
        values: dict[str, Json] = {}
        block = self.reader.block(node, "the given values by name")
        for entry in block.entries if block else ():
            declared = self.flow.given.get(entry.key.text)
            if declared is None:
                self.reader.say(
                    "FK302",
                    entry.key.span,
                    f'"{entry.key.text}" is not under the flow\'s "given".',
                    advice=suggest(entry.key.text, self.flow.given),
                )
                continue
            values[entry.key.text] = self.reader.value(
                declared.name, declared.type, entry.value
            )
        return values

    def ends(self, node: Node | None) -> str | None:
        if not isinstance(node, Scalar):
            return None
        if node.text not in self.outcomes:
            self.reader.say(
                "FK210",
                node.span,
                f'no call ends as "{node.text}" here.',
                advice=suggest(node.text, self.outcomes)
                or f"Possible are: {', '.join(sorted(self.outcomes))}.",
            )
        return node.text

    def start_at(self, node: Node | None) -> str | None:
        if not isinstance(node, Scalar):
            return None
        steps = list(_in_order(self.flow.steps))
        for step in steps:
            if node.text in _names_of(step):
                return node.text
        names = {name for step in steps for name in _names_of(step)}
        self.reader.say(
            "FK317",
            node.span,
            f'no step of "{self.flow.name}" is a "{node.text}".',
            advice=suggest(node.text, names),
        )
        return None

    # --- tools ------------------------------------------------------------------------

    def tools(self, node: Node | None) -> dict[str, tuple[Answer, ...]]:
        block = self.reader.block(node, "the tools by name")
        tools: dict[str, tuple[Answer, ...]] = {}
        for entry in block.entries if block else ():
            name = self.tool_name(entry.key)
            if isinstance(entry.value, Listing):
                tools[name] = tuple(self.answer(one) for one in entry.value.items)
            else:
                tools[name] = (self.answer(entry.value),)
        return tools

    @cached_property
    def called(self) -> frozenset[str]:
        """The tools that steps call, and those that are there to be called."""
        return frozenset(self.agent.tools) | {
            step.tool
            for flow in self.agent.flows.values()
            for step in flow.by_id.values()
            if isinstance(step, Do)
        }

    def tool_name(self, key: Scalar) -> str:
        called = self.called
        if key.text not in called:
            self.reader.say(
                "FK305",
                key.span,
                f'no step calls a tool "{key.text}".',
                advice=suggest_or_list(key.text, called),
            )
        return key.text

    def answer(self, node: Node) -> Answer:
        """``fail``, ``slow``, ``{slow: 5 seconds, answer: ...}``, or a result."""
        if isinstance(node, Scalar) and not node.quoted:
            if node.text.strip() == "fail":
                return Answer("fail")
            if node.text.strip() == "slow":
                return Answer("slow", after_s=SLOW_S)
        if (
            isinstance(node, Block)
            and "slow" in node
            and {entry.key.text for entry in node.entries} <= {"slow", "answer"}
        ):
            then = node.get("answer")
            late = self.answer(then) if then is not None else Answer("result", {})
            kind = "slow_fail" if late.kind == "fail" else "slow"
            return Answer(kind, late.result, self.seconds(node.get("slow")))
        return Answer("result", data_of(node))

    # --- lines ------------------------------------------------------------------------

    def lines(self, node: Node | None) -> Iterator[Line]:
        if not isinstance(node, Listing):
            if node is not None:
                advice = 'Each line starts with a dash: "- caller: Hello".'
                self.reader.say("FK202", node.span, "a list was expected here.", advice)
            return
        spoken_over = False
        for item in node.items:
            line = self.line(item)
            if line is None:
                continue
            if line.kind in ("bot_keeps_talking", "bot_stops") and not spoken_over:
                self.reader.say(
                    "FK702",
                    line.span,
                    f'"{line.kind}" has no line before it that talks over the agent.',
                    advice='Put a "caller_over_bot" line before it.',
                )
            spoken_over |= line.kind == "caller_over_bot"
            yield line

    def line(self, node: Node) -> Line | None:
        if isinstance(node, Scalar) and node.text.strip() in _BARE:
            return Line(node.text.strip(), node.span)
        if not isinstance(node, Block):
            advice = 'Like "- caller: Hello" or "- bot_asks: name".'
            self.reader.say("FK202", node.span, "this is no line of a talk.", advice)
            return None
        keys = [entry.key for entry in node.entries]
        kinds = [key for key in keys if key.text in grammar.LINES]
        if not kinds:
            self.reader.say(
                "FK201",
                keys[0].span if keys else node.span,
                f'a talk has no "{keys[0].text if keys else ""}" lines.',
                advice=(suggest(keys[0].text, grammar.LINES) if keys else "")
                or f"There are: {', '.join(grammar.LINES)}.",
            )
            return None
        if len(kinds) > 1:
            self.reader.say(
                "FK205",
                kinds[1].span,
                f'"{kinds[0].text}" and "{kinds[1].text}" in one line of a talk.',
                advice="Start a new line with a dash.",
            )
        kind = kinds[0].text
        table = grammar.LINES[kind]
        for key in keys:
            if key.text not in table and key.text not in grammar.LINES:
                advice = suggest(key.text, table)
                self.reader.say(
                    "FK201", key.span, f'there is no "{key.text}" here.', advice
                )
        return self.line_of(kind, node)

    def line_of(self, kind: str, block: Block) -> Line:
        entry = block.entry(kind)
        assert entry is not None  # it is what made the line this kind
        span, value = entry.key.span, entry.value
        text = value.text if isinstance(value, Scalar) else ""
        means_node = block.get("means")
        means = None if means_node is None else self.reader.means(means_node)
        match kind:
            case "bot_asks" | "bot_reads_back" | "bot_confirms":
                names = tuple(
                    name.text
                    for name in self.reader.names(value)
                    if self.known(name, kind)
                )
                return Line(kind, span, ", ".join(names), names=names)
            case "slots":
                return Line(kind, span, values=self.reader.slots(value))
            case "tool":
                if isinstance(value, Scalar):
                    self.tool_name(value)
                return Line(kind, span, text, values=self.arguments(block.get("with")))
            case "silence":
                return Line(kind, span, text, seconds=self.seconds(value))
            case "caller_over_bot":
                return Line(kind, span, text, means, self.after(block.get("after")))
            case _:
                if not isinstance(value, Scalar):
                    self.reader.say("FK202", value.span, f'"{kind}" takes a text here.')
                elif not text.strip() and kind in ("bot", "keys"):
                    self.reader.say("FK207", span, f'"{kind}" says nothing here.')
                return Line(kind, span, text, means)

    def known(self, name: Scalar, kind: str) -> bool:
        """Whether a slot, or for a confirmation a result, is called so."""
        if kind == "bot_confirms":
            saved = {s.save_as for s in self.flow.by_id.values() if isinstance(s, Do)}
            if name.text in saved or name.text in self.flow.given:
                return True
        return self.reader.slot(name) is not None

    def arguments(self, node: Node | None) -> dict[str, Json]:
        block = self.reader.block(node, "arguments, each with its value")
        return {e.key.text: data_of(e.value) for e in (block.entries if block else ())}

    def seconds(self, node: Node | None) -> float:
        text = node.text.strip() if isinstance(node, Scalar) else ""
        match = _TIME.fullmatch(text)
        if match is None:
            if node is not None:
                advice = 'Write it like "6 seconds".'
                self.reader.say("FK208", node.span, f'"{text}" is no time.', advice)
            return 0.0
        unit = match[2] or ""
        factor = next(size for name, size in _UNITS if unit.startswith(name))
        return float(match[1]) * factor

    def after(self, node: Node | None) -> int | None:
        if node is None:
            return None
        text = node.text.strip() if isinstance(node, Scalar) else ""
        match = _AFTER.fullmatch(text)
        if match is None:
            advice = 'Write it like "3 words".'
            self.reader.say(
                "FK209", node.span, f'"{text}" is no number of words.', advice
            )
            return None
        return int(match[1])


def _in_order(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield the outline's steps and those of its branches, in file order."""
    for step in steps:
        yield step
        if isinstance(step, When):
            yield from _in_order(step.steps)
            yield from _in_order(step.otherwise)


def verb_of(step: Step) -> str:
    """Return the word that makes a step what it is: ``ask``, ``start_one_of``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(step).__name__).lower()


def _names_of(step: Step) -> tuple[str, ...]:
    """Return what ``start_at`` may call a step: its verb, tool or slots."""
    verb = verb_of(step)
    match step:
        case Do():
            return (verb, step.tool)
        case Ask():
            return (verb, *step.slots)
        case _:
            return (verb,)
