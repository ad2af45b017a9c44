"""Plays talks: says what the caller says, and waits for what the agent should do.

Lines of the caller act at once; what is expected waits until it has come true or nothing
more can happen. So an utterance stays in flight until a line needs it finished, and time
passes only while a slow tool keeps the agent from what is expected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from flowkit.authoring.talks import WAITING, Line, Talk
from flowkit.diagnostics import Span
from flowkit.dialogue import effects, view
from flowkit.dialogue.events import CallFacts
from flowkit.dialogue.flow import Agent, Do
from flowkit.dialogue.trace import TraceRecord
from flowkit.ports import Understander
from flowkit.testing.comparing import agrees, folded, shown
from flowkit.testing.coverage import Coverage
from flowkit.testing.mocks import Workplace, stand_ins
from flowkit.testing.textcall import (
    MOST_MOVES,
    Entry,
    NotSpeakingError,
    RunawayError,
    Speech,
    TextCall,
    ToolUse,
)
from flowkit.testing.understander import ScriptedUnderstander
from flowkit.toolcalls import ExtensionError

QUESTIONS = frozenset({"ask", "suggest"})
ECHOES = frozenset({"read_back", "ack"})


@dataclass(frozen=True, slots=True)
class Failure:
    """The first difference between a test and what happened."""

    span: Span
    """The line of the test file."""
    expected: str
    """A sentence: "the agent asks for name"."""
    found: str
    """A sentence: "it asks for date: For which day?"."""
    records: tuple[TraceRecord, ...] = ()
    """What was decided since the last line of the caller."""
    error: BaseException | None = None
    """What developers' code raised, if that ended the test."""


@dataclass(frozen=True, slots=True)
class Played:
    """How a talk went."""

    talk: Talk
    transcript: tuple[Entry, ...]
    failure: Failure | None = None

    @property
    def passed(self) -> bool:
        """Whether all that the test expects happened."""
        return self.failure is None


async def play(
    talk: Talk,
    agent: Agent,
    *,
    understander: Understander,
    coverage: Coverage | None = None,
) -> Played:
    """Play one talk in virtual time.

    Args:
        talk: Read for this agent.
        agent: Who answers.
        understander: Who understands lines without ``means:``.
        coverage: Is told what was reached.
    """
    place = Workplace(agent)
    player = _Player(talk, agent, understander, place, coverage)
    try:
        return await player.run()
    finally:
        await player.close()
        place.remove()


class _Differs(Exception):  # noqa: N818  # the end of a talk, not an error
    def __init__(self, line: Line, expected: str, found: str) -> None:
        super().__init__(expected)
        self.failure = Failure(line.span, expected, found)


class _Player:
    def __init__(
        self,
        talk: Talk,
        agent: Agent,
        understander: Understander,
        place: Workplace,
        coverage: Coverage | None,
    ) -> None:
        self.talk = talk
        self.agent = (
            agent if agent.start == talk.flow else replace(agent, start=talk.flow)
        )
        self.script = ScriptedUnderstander(understander)
        tools: dict[str, Callable[..., object]] = {}
        self.call = TextCall(
            self.agent,
            understander=self.script,
            now=talk.now,
            facts=CallFacts(id="test", number=talk.number, known=talk.known),
            given=talk.given,
            language=talk.language,
            tools=tools,
            strict=True,
            data=str(place.folder),
            observer=self.observe,
        )
        self.place = place
        self.coverage = coverage
        self.mocks = stand_ins(talk.tools, self.call.clock)
        tools.update(self.mocks)
        self.since = (0, 0, 0)
        self.matched: tuple[Speech, int] | None = None
        """The utterance and the sentence in it that a line found last."""
        self.over: Speech | None = None
        self.used: set[int] = set()

    def observe(self, record: TraceRecord) -> None:
        if self.coverage is not None:
            self.coverage.see(self.call.state, record)
        for effect in record.effects:
            if isinstance(effect, effects.CallTool) and effect.tool not in self.mocks:
                self.place.make()

    async def close(self) -> None:
        try:
            await self.call.close()
        except ExtensionError:
            return  # the talk's own failure has been told; this is about after it

    async def run(self) -> Played:
        failure: Failure | None = None
        line = Line("start", self.talk.span)
        try:
            await self.call.session.start(
                self.talk.slots or None,
                self.talk.start_at,
                {name: mock.first_result() for name, mock in self.mocks.items()},
            )
            self.count_results()
            await self.call.settle()
            for line in self.talk.lines:
                await self.play_line(line)
            if self.talk.ends is not None:
                line = Line("ends", self.talk.ends_span or self.talk.span)
                await self.check_end(line, self.talk.ends)
        except _Differs as differs:
            failure = differs.failure
        except NotSpeakingError:
            failure = Failure(
                line.span,
                "the agent is speaking when the caller talks over it",
                "it is silent",
            )
        except RunawayError as err:
            failure = Failure(
                line.span, "the agent waits for the caller", str(err), error=err
            )
        except ExtensionError as err:
            failure = Failure(
                line.span,
                "the agent's Python does what it promises",
                str(err),
                error=err,
            )
        if failure is not None:
            failure = replace(
                failure, records=tuple(self.call.records[self.since[2] :])
            )
        return Played(self.talk, tuple(self.call.transcript), failure)

    def count_results(self) -> None:
        """Use up the answers of the tools that ``start_at`` has left behind."""
        run = self.call.state.run
        for key in run.results:
            step = self.agent.flows[run.flow].by_id.get(key)
            if isinstance(step, Do) and step.tool in self.mocks:
                self.mocks[step.tool].count_first()

    # --- lines --------------------------------------------------------------------------

    async def play_line(self, line: Line) -> None:
        match line.kind:
            case "caller" | "caller_over_bot" | "keys" | "silence" | "caller_hangs_up":
                await self.act(line)
            case "bot":
                await self.expect_words(line)
            case "bot_asks":
                await self.expect_each(line, self.asks, "the agent asks for")
            case "bot_reads_back":
                await self.expect_each(line, self.reads_back, "the agent reads back")
            case "bot_confirms":
                await self.expect_confirm(line)
            case "bot_stops" | "bot_keeps_talking":
                self.expect_stop(line)
            case "slots":
                await self.expect_slots(line)
            case "tool":
                await self.expect_tool(line)
            case _:
                raise AssertionError(f"a talk has no `{line.kind}` lines")

    async def act(self, line: Line) -> None:
        call = self.call
        if line.kind != "caller_over_bot":
            await call.finish_all()
        if call.ended is not None:
            if line.kind == "silence":
                return  # on a dead line: what was said last still counts
            raise _Differs(
                line, "the call is still open", f"it ended: {call.ended.outcome}"
            )
        self.script.forget()
        if line.means is not None:
            self.script.expect(*line.means)
        words = self.words_heard(line) if line.kind == "caller_over_bot" else None
        self.since = (len(call.speeches), len(call.tools), len(call.records))
        self.matched = None if line.kind != "caller_over_bot" else self.matched
        match line.kind:
            case "caller":
                await call.put(line.text)
            case "caller_over_bot":
                self.over = call.speech
                await call.cut_in(line.text, words)
            case "keys":
                await call.press(line.text)
            case "silence":
                await call.wait(line.seconds)
            case _:
                await call.leave()

    def words_heard(self, line: Line) -> int | None:
        """How many words had been said when the caller cuts in; None: half of all."""
        if line.after is not None:
            return line.after
        if self.matched is None or self.matched[0] is not self.call.speech:
            return None
        speech, place = self.matched
        lengths = [len(segment.text.split()) for segment in speech.say.segments]
        return sum(lengths[:place]) + (lengths[place] + 1) // 2

    # --- expectations -------------------------------------------------------------------

    async def until(self, holds: Callable[[], bool]) -> bool:
        """Go on until something holds; False if it never does."""
        for _ in range(MOST_MOVES):
            await self.call.settle()
            if holds():
                return True
            if not await self.go_on():
                return False
        raise RunawayError("the agent went on without waiting for the caller")

    async def go_on(self) -> bool:
        """Let one thing happen that needs no caller; False if there is none."""
        if self.call.speech is not None:
            await self.call.finish()
        elif self.call.session.calling:
            await self.call.wait_for_tools()
        else:
            return await self.call.end_keys()
        return True

    def said(self) -> list[Speech]:
        """What the agent said since the last line of the caller."""
        begun = self.call.speeches[self.since[0] :]
        if (
            self.over is not None
            and self.over not in begun
            and self.over.status != "cut"
        ):
            return [self.over, *begun]
        return begun

    def segments(self) -> Iterable[tuple[Speech, int, effects.Segment]]:
        for speech in self.said():
            for place, segment in enumerate(speech.say.segments):
                yield speech, place, segment

    async def expect_words(self, line: Line) -> None:
        wanted = folded(line.text)

        def holds() -> bool:
            for speech in reversed(self.said()):
                if wanted in folded(speech.say.text):
                    self.matched = (speech, _place_of(wanted, speech))
                    return True
            return wanted in folded(" ".join(s.say.text for s in self.said()))

        if not await self.until(holds):
            raise _Differs(line, f'the agent says "{line.text}"', self.what_it_said())

    async def expect_each(
        self, line: Line, holds: Callable[[str], bool], expected: str
    ) -> None:
        for name in line.names:
            if not await self.until(lambda name=name: holds(name)):  # type: ignore[misc]  # mypy cannot infer defaults of lambdas
                found = self.what_it_waits_for()
                raise _Differs(line, f"{expected} {name}", found)

    def asks(self, name: str) -> bool:
        for speech, place, segment in self.segments():
            if segment.kind in QUESTIONS and segment.ref == name:
                self.matched = (speech, place)
                return True
        question = self.call.state.run.open if self.call.state.runs else None
        if question is None or not question.asked or not self.said():
            return False
        if question.kind in ("slot", "suggest") and question.ref == name:
            speech = self.said()[-1]
            self.matched = (speech, len(speech.say.segments) - 1)
            return True
        return False

    def reads_back(self, name: str) -> bool:
        for speech, place, segment in self.segments():
            if segment.kind in ECHOES and (
                segment.ref == name or name in segment.spoke
            ):
                self.matched = (speech, place)
                return True
        return False

    async def expect_confirm(self, line: Line) -> None:
        def holds() -> bool:
            for speech in reversed(self.said()):
                kinds = [segment.kind for segment in speech.say.segments]
                if "confirm" not in kinds:
                    continue
                spoken = {n for segment in speech.say.segments for n in segment.spoke}
                if spoken.issuperset(line.names):
                    self.matched = (speech, kinds.index("confirm"))
                    return True
            return False

        if not await self.until(holds):
            names = ", ".join(line.names)
            raise _Differs(
                line,
                f"the agent has the caller confirm {names}",
                self.what_it_waits_for(),
            )

    def expect_stop(self, line: Line) -> None:
        stopped = self.over is not None and self.over.status == "cut"
        if line.kind == "bot_stops" and not stopped:
            raise _Differs(line, "the agent stops speaking", "it talks on")
        if line.kind == "bot_keeps_talking" and stopped:
            heard = self.over.heard if self.over else ""
            raise _Differs(line, "the agent talks on", f'it stopped after "{heard}"')

    async def expect_slots(self, line: Line) -> None:
        def differing() -> list[str]:
            values = view.slot_values(self.agent, self.call.state)
            return [
                f"{name} is {shown(values.get(name))}, not {shown(wanted)}"
                for name, wanted in line.values.items()
                if values.get(name) != wanted
            ]

        if not await self.until(lambda: not differing()):
            wanted = ", ".join(f"{k}: {shown(v)}" for k, v in line.values.items())
            raise _Differs(line, f"the slots are {wanted}", "; ".join(differing()))

    async def expect_tool(self, line: Line) -> None:
        def holds() -> bool:
            for place in range(self.since[1], len(self.call.tools)):
                use = self.call.tools[place]
                if place not in self.used and _is_call(use, line):
                    self.used.add(place)
                    return True
            return False

        if not await self.until(holds):
            wanted = f" with {shown(line.values)}" if line.values else ""
            raise _Differs(
                line, f"the tool {line.text} is called{wanted}", self.what_it_called()
            )

    async def check_end(self, line: Line, wanted: str) -> None:
        call = self.call

        def outcome() -> str | None:
            return call.ended.outcome if call.ended else call.state.outcome

        if wanted == WAITING:
            await self.until(lambda: outcome() is not None)
            if outcome() is not None:
                raise _Differs(line, "the call is still open", f"it ended: {outcome()}")
            return
        await self.until(lambda: call.ended is not None)
        for _ in range(MOST_MOVES):
            if call.ended is not None or outcome() is None:
                break
            due = call.clock.next_in()
            if due is None:
                break
            await call.advance(due)  # the grace after the last words
            await self.until(lambda: call.ended is not None)
        if outcome() != wanted:
            found = self.what_it_waits_for() if outcome() is None else ""
            reason = call.state.reason
            raise _Differs(
                line,
                f"the call ends: {wanted}",
                found or f"it ends: {outcome()}" + (f" ({reason})" if reason else ""),
            )

    # --- what happened instead ----------------------------------------------------------

    def what_it_said(self) -> str:
        texts = [speech.say.text for speech in self.said()]
        return "it says: " + " / ".join(texts) if texts else "it says nothing"

    def what_it_waits_for(self) -> str:
        if self.call.ended is not None:
            return f"the call ended: {self.call.ended.outcome}. {self.what_it_said()}"
        waiting = view.waiting_for(self.agent, self.call.state)
        waits = f"it waits for {waiting}" if waiting else "it waits for nothing"
        return f"{waits}; {self.what_it_said()}"

    def what_it_called(self) -> str:
        uses = self.call.tools[self.since[1] :]
        if not uses:
            return f"no tool is called; {self.what_it_waits_for()}"
        calls = [f"{use.name} with {shown(use.arguments)}" for use in uses]
        return "called are: " + "; ".join(calls)


def _place_of(wanted: str, speech: Speech) -> int:
    """Return which sentence of an utterance the words stand in (or end in)."""
    so_far = ""
    for place, segment in enumerate(speech.say.segments):
        so_far = f"{so_far} {folded(segment.text)}".strip()
        if wanted in so_far:
            return place
    return len(speech.say.segments) - 1


def _is_call(use: ToolUse, line: Line) -> bool:
    return use.name == line.text and all(
        name in use.arguments and agrees(use.arguments[name], wanted)
        for name, wanted in line.values.items()
    )
