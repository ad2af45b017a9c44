"""A conversation with the bare engine: acts by hand, tools answered at once or on call.

No session, no event loop: ``Conversation`` feeds events to ``step`` and answers effects
as a well-behaved host would. A speech stays in flight while only timers would follow its
end, so that the caller can talk over it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from textwrap import dedent
from typing import Any
from zoneinfo import ZoneInfo

from flowkit.authoring.compiler import compile_text
from flowkit.dialogue import acts, codec, effects, events
from flowkit.dialogue.acts import Act
from flowkit.dialogue.engine import Stepped, start, step
from flowkit.dialogue.flow import Agent
from flowkit.dialogue.state import State
from flowkit.dialogue.view import slot_values, waiting_for

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=ZoneInfo("America/New_York"))
TIMERS = (effects.StartTimer, effects.CancelTimer)


def agent_of(text: str, **others: str) -> Agent:
    """Compile a flow from text (tools may be unknown); raise what is wrong with it."""
    compiled = compile_text(dedent(text), name="flow.yaml")
    assert compiled.agent is not None, [
        (d.span.line, d.code, d.message) for d in compiled.diagnostics
    ]
    return compiled.agent


class Conversation:
    """One call, driven by hand."""

    def __init__(
        self,
        agent: Agent,
        *,
        tools: Mapping[str, Any] | None = None,
        number: str | None = None,
        **starting: Any,
    ) -> None:
        self.agent = agent
        self.tools: dict[str, Any] = dict(tools or {})
        """A result, a list of results used in turn, a function of the arguments, or
        "wait" (answered by ``tool_returns``) or "fail"."""
        self.now = NOW
        self.said: list[str] = []
        """What the agent has said since the caller last spoke."""
        self.says: list[effects.Say] = []
        self.called: list[effects.CallTool] = []
        self.timers: dict[int, tuple[effects.StartTimer, datetime]] = {}
        self.ends: list[effects.End] = []
        self.transfers: list[effects.Transfer] = []
        self.stopped = 0
        self.reports: list[effects.Report] = []
        self.events: list[events.Event] = []
        self.rules: list[str] = []
        self._acts: tuple[Act, ...] = ()
        self._heard: str | None = None
        self._pending: deque[events.Event] = deque()
        first = events.CallStarted(self.now, events.CallFacts("call-1", number=number))
        stepped = start(agent, first, **starting)
        self.state: State = stepped.state
        self._perform(stepped)
        self._drain()

    # --- what the caller does ------------------------------------------------------------

    def caller(self, *said: Act, text: str = "words") -> Conversation:
        """The caller says something when the agent has finished."""
        self._finish_speech()
        return self._says(said, text, None)

    def over(self, words: int, *said: Act, text: str = "words") -> Conversation:
        """The caller speaks after so many words of the speech in flight."""
        speech = self.state.speech
        assert speech is not None, "the agent is not speaking"
        spoken = " ".join(segment.text for segment in speech.segments).split()
        return self._says(said, text, " ".join(spoken[:words]))

    def _says(
        self, said: tuple[Act, ...], text: str, heard: str | None
    ) -> Conversation:
        self.said = []
        self._acts, self._heard = said, heard
        self.feed(events.CallerSaid(self.now, text, heard))
        return self

    def cut(self, words: int) -> Conversation:
        """The host cuts the speech in flight (the caller's voice was heard)."""
        speech = self.state.speech
        assert speech is not None
        spoken = " ".join(segment.text for segment in speech.segments).split()
        self.feed(
            events.CallerInterrupted(self.now, speech.id, " ".join(spoken[:words]))
        )
        return self

    def silence(self, seconds: float = 6) -> Conversation:
        """Time passes; timers that are due fire in order."""
        self._finish_speech()
        self.said = []
        until = self.now + timedelta(seconds=seconds)
        while True:
            due = sorted(
                (at, number) for number, (_, at) in self.timers.items() if at <= until
            )
            if not due:
                break
            at, number = due[0]
            self.now = max(self.now, at)
            del self.timers[number]
            self.feed(events.TimerFired(self.now, number))
            self._finish_speech()
        self.now = until
        return self

    def hang_up(self) -> Conversation:
        self.feed(events.CallerHungUp(self.now))
        return self

    def tool_returns(self, result: Any, name: str | None = None) -> Conversation:
        call = self.running(name)
        self.feed(events.ToolReturned(self.now, call.id, result))
        return self

    def tool_fails(
        self, reason: str = "error", name: str | None = None
    ) -> Conversation:
        self.feed(events.ToolFailed(self.now, self.running(name).id, reason))
        return self

    def running(self, name: str | None = None) -> effects.CallTool:
        """The tool call that is pending."""
        return next(
            call
            for call in reversed(self.called)
            if call.id in self.state.calls and name in (None, call.tool)
        )

    # --- looking ---------------------------------------------------------------------------

    @property
    def bot(self) -> str:
        """All that the agent said since the caller last spoke."""
        return " ".join(self.said)

    @property
    def slots(self) -> dict[str, Any]:
        return slot_values(self.agent, self.state)

    @property
    def waits(self) -> str | None:
        return waiting_for(self.agent, self.state)

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        return [(call.tool, dict(call.arguments)) for call in self.called]

    # --- the host --------------------------------------------------------------------------

    def feed(self, event: events.Event) -> Conversation:
        self._pending.append(event)
        self._drain()
        return self

    def _drain(self) -> None:
        while True:
            while self._pending:
                event = self._pending.popleft()
                self.events.append(event)
                before = codec.state_to_json(self.state)
                stepped = step(self.agent, self.state, event)
                assert codec.state_to_json(self.state) == before, "a state was changed"
                self.state = stepped.state
                self._perform(stepped)
            speech = self.state.speech
            if speech is None:
                return
            end = events.SpeechFinished(self.now, speech.id)
            peeked = step(self.agent, self.state, end)
            ended = peeked.state.outcome != self.state.outcome
            if not ended and all(isinstance(one, TIMERS) for one in peeked.effects):
                return
            self._pending.append(end)

    def _finish_speech(self) -> None:
        if self.state.speech is not None:
            self.feed(events.SpeechFinished(self.now, self.state.speech.id))

    def _perform(self, stepped: Stepped) -> None:
        self.rules += [move.rule for move in stepped.trace.moves]
        data = codec.state_to_json(stepped.state)
        assert codec.state_from_json(data) == stepped.state, "state does not round-trip"
        for effect in stepped.effects:
            match effect:
                case effects.Say():
                    self.said += [segment.text for segment in effect.segments]
                    self.says.append(effect)
                case effects.StopSpeaking():
                    self.stopped += 1
                    assert self._heard is not None
                    self._pending.append(
                        events.CallerInterrupted(self.now, effect.id, self._heard)
                    )
                case effects.Understand():
                    self._pending.append(
                        events.Understood(self.now, effect.id, self._acts)
                    )
                case effects.CallTool():
                    self.called.append(effect)
                    self._answer_tool(effect)
                case effects.StartTimer():
                    due = self.now + timedelta(seconds=effect.seconds)
                    self.timers[effect.id] = (effect, due)
                case effects.CancelTimer():
                    self.timers.pop(effect.id, None)
                case effects.Transfer():
                    self.transfers.append(effect)
                    self._pending.append(
                        events.TransferEnded(self.now, effect.id, connected=True)
                    )
                case effects.End():
                    self.ends.append(effect)
                case effects.Report():
                    self.reports.append(effect)
                case effects.CancelTool():
                    pass

    def _answer_tool(self, call: effects.CallTool) -> None:
        answer: Any = self.tools.get(call.tool, {})
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Callable):  # type: ignore[arg-type]
            answer = answer(**call.arguments)
        if answer == "wait":
            return
        if answer == "fail":
            self._pending.append(events.ToolFailed(self.now, call.id, "error"))
        else:
            self._pending.append(events.ToolReturned(self.now, call.id, answer))


def set_(slot: str, value: Any, **more: Any) -> acts.Set:
    return acts.Set(slot, value, text=str(value), **more)
