"""Hosts, understanders and tools at their worst, against the session alone.

The engine is replaced by a script, so that each test is about who awaits what and nothing
else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from flowkit import session as session_module
from flowkit.dialogue import effects, events
from flowkit.dialogue.effects import Effect
from flowkit.dialogue.events import CallFacts, Event
from flowkit.dialogue.request import Understanding
from flowkit.dialogue.trace import TraceRecord
from flowkit.ports import WallClock
from flowkit.session import Session

HELLO = effects.Say(1, (effects.Segment("Hello.", "say"),))
ALARM = effects.StartTimer(2, "silence", 0.02)
UNDERSTAND = effects.Understand(5, None)  # type: ignore[arg-type]  # nobody reads it
CALL = effects.CallTool(7, "flow", "step", "tool", {}, "key", 5.0)
COMMIT = effects.CallTool(8, "flow", "step", "tool", {}, "key", 5.0, commit=True)


@dataclass
class Script:
    """An engine that answers an event of the caller with what the test says."""

    answers: Sequence[Effect]
    seen: list[str]
    over: bool = False

    def start(self, agent: object, event: Event, **_: object) -> SimpleNamespace:
        return self._stepped(event, ())

    def step(self, agent: object, state: object, event: Event) -> SimpleNamespace:
        self.over = self.over or isinstance(event, events.CallerHungUp)
        answered = isinstance(event, events.CallerSaid) and not self.over
        return self._stepped(event, tuple(self.answers) if answered else ())

    def _stepped(self, event: Event, wanted: tuple[Effect, ...]) -> SimpleNamespace:
        self.seen.append(type(event).__name__)
        return SimpleNamespace(
            state=SimpleNamespace(over=self.over),
            effects=wanted,
            trace=TraceRecord(event.at, event, (), wanted),
        )


class Host:
    """A host without a mouth."""

    def speak(self, say: effects.Say) -> Any:
        return None

    def stop(self, speech_id: int) -> Any:
        return None

    def transfer(self, transfer: effects.Transfer) -> Any:
        return None

    def hang_up(self, end: effects.End) -> Any:
        return None


Make = Callable[..., tuple[Session, list[str]]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return a maker of sessions: effects for the caller's words, then its own arguments."""
    agent = SimpleNamespace(
        name="a", fingerprint="f", folder="", flows={}, tools={}, timezone="UTC"
    )

    def make(
        answers: Sequence[Effect], *, host: Host | None = None, **more: Any
    ) -> tuple[Session, list[str]]:
        script = Script(answers, [])
        monkeypatch.setattr(session_module, "engine", script)
        more.setdefault("understander", None)
        facts = CallFacts(id="1")
        session = Session(  # type: ignore[misc]  # a script needs no real agent
            agent, host or Host(), clock=WallClock(), facts=facts, **more
        )
        return session, script.seen

    return make


def said(session: Session) -> events.CallerSaid:
    return events.CallerSaid(session.clock.now(), "hello")


async def test_a_cancelled_feeder_tears_no_step_apart(call: Make) -> None:
    class Slow(Host):
        async def speak(self, say: effects.Say) -> None:
            await asyncio.sleep(0.05)

    session, seen = call([HELLO, ALARM], host=Slow())
    await session.start()
    feeder = asyncio.ensure_future(session.feed(said(session)))
    await asyncio.sleep(0.01)
    feeder.cancel()
    await asyncio.sleep(0.15)
    assert seen == ["CallStarted", "CallerSaid", "TimerFired"]


async def test_a_host_that_is_cancelled_tears_no_step_apart(call: Make) -> None:
    class Broken(Host):
        async def speak(self, say: effects.Say) -> None:
            raise asyncio.CancelledError

    session, seen = call([HELLO, ALARM], host=Broken())
    await session.start()
    await session.feed(said(session))
    await asyncio.sleep(0.1)
    assert "TimerFired" in seen


async def test_an_understander_that_returns_nothing_has_understood_nothing(
    call: Make,
) -> None:
    class Empty:
        async def understand(self, request: object) -> None:
            return None

    session, seen = call([UNDERSTAND], understander=Empty())
    await session.start()
    await session.feed(said(session))
    await session.settled()
    assert seen == ["CallStarted", "CallerSaid", "Understood"]


async def test_acts_that_are_none_count_as_nothing_understood(call: Make) -> None:
    class Wild:
        async def understand(self, request: object) -> Understanding:
            return Understanding(("nonsense",))  # type: ignore[arg-type]  # hostile

    session, seen = call([UNDERSTAND], understander=Wild())
    await session.start()
    await session.feed(said(session))
    await session.settled()
    assert seen[-1] == "Understood"
    event = session.trace[-1].event
    assert isinstance(event, events.Understood)
    assert "nonsense" not in event.acts


async def test_whatever_a_tool_raises_is_an_answer(call: Make) -> None:
    class Stop(BaseException):
        pass

    async def tool() -> None:
        raise Stop

    session, seen = call([CALL], tools={"tool": tool})
    await session.start()
    await session.feed(said(session))
    try:
        await asyncio.wait_for(session.settled(), 1)
    except Stop:
        await session.settled()
    assert seen == ["CallStarted", "CallerSaid", "ToolFailed"]


async def test_a_tool_that_ignores_its_cancellation_cannot_hold_the_line(
    call: Make,
) -> None:
    gone = asyncio.Event()

    async def tool() -> None:
        while not gone.is_set():
            try:
                await gone.wait()
            except asyncio.CancelledError:
                continue

    session, _ = call([CALL], tools={"tool": tool})
    await session.start()
    await session.feed(said(session))
    closing = asyncio.ensure_future(session.close(patience_s=0.1))
    done, _ = await asyncio.wait({closing}, timeout=1)
    gone.set()
    await closing
    assert done


async def test_a_host_may_close_the_session_while_it_hangs_up(call: Make) -> None:
    class Tidy(Host):
        session: Session

        async def hang_up(self, end: effects.End) -> None:
            await self.session.close()

    host = Tidy()
    host.session, seen = call([effects.End("finished")], host=host)
    await host.session.start()
    await asyncio.wait_for(host.session.feed(said(host.session)), 1)
    assert seen == ["CallStarted", "CallerSaid"]


async def test_an_observer_that_breaks_is_not_the_callers_problem(call: Make) -> None:
    def look(record: TraceRecord) -> None:
        raise RuntimeError("the window is closed")

    session, seen = call([ALARM], observer=look)
    await session.start()
    await session.feed(said(session))
    await asyncio.sleep(0.1)
    assert seen == ["CallStarted", "CallerSaid", "TimerFired"]


async def test_what_no_journal_can_write_does_not_stop_the_call(call: Make) -> None:
    session, seen = call([])
    await session.start()
    await session.feed("no event at all")  # type: ignore[arg-type]  # hostile
    await session.feed(said(session))
    assert seen[-1] == "CallerSaid"


async def test_closing_twice_hangs_up_once(call: Make) -> None:
    session, seen = call([])
    await session.start()
    await session.close()
    await session.close()
    assert seen == ["CallStarted", "CallerHungUp"]


async def test_nothing_starts_after_the_session_was_closed(call: Make) -> None:
    session, seen = call([ALARM, CALL], tools={"tool": dict})
    await session.start()
    await session.close()
    await session.feed(said(session))
    await asyncio.sleep(0.1)
    assert seen == ["CallStarted", "CallerHungUp", "CallerSaid"]


async def test_a_closing_that_is_given_up_still_finishes_a_commit(call: Make) -> None:
    done = asyncio.Event()

    async def tool() -> dict[str, str]:
        await asyncio.sleep(0.1)
        done.set()
        return {}

    session, seen = call([COMMIT], tools={"tool": tool})
    await session.start()
    await session.feed(said(session))
    closing = asyncio.ensure_future(session.close())
    await asyncio.sleep(0.02)
    closing.cancel()
    await asyncio.sleep(0.2)
    assert done.is_set()
    assert seen == ["CallStarted", "CallerSaid", "CallerHungUp", "ToolReturned"]


async def test_a_host_that_never_returns_cannot_hold_the_end(call: Make) -> None:
    class Stuck(Host):
        async def speak(self, say: effects.Say) -> None:
            await asyncio.Event().wait()

    session, _ = call([HELLO], host=Stuck())
    await session.start()
    feeder = asyncio.ensure_future(session.feed(said(session)))
    await asyncio.sleep(0.01)
    closing = asyncio.ensure_future(session.close(patience_s=0.05))
    done, _ = await asyncio.wait({closing}, timeout=3)
    for task in (feeder, closing):
        task.cancel()
    assert done


async def test_a_call_is_started_once(call: Make) -> None:
    session, seen = call([])
    await session.start()
    with pytest.raises(RuntimeError):
        await session.start()
    assert seen == ["CallStarted"]


async def test_events_are_treated_in_the_order_in_which_they_were_fed(
    call: Make,
) -> None:
    class Slow(Host):
        async def speak(self, say: effects.Say) -> None:
            await asyncio.sleep(0.01)

    session, _ = call([HELLO], host=Slow())
    await session.start()
    words = [f"word {n}" for n in range(20)]
    feeders = [
        asyncio.ensure_future(
            session.feed(events.CallerSaid(session.clock.now(), word))
        )
        for word in words
    ]
    await asyncio.gather(*feeders)
    await session.treated()
    told = [one.event.text for one in session.trace[1:]]  # type: ignore[union-attr]
    assert told == words


async def test_a_late_answer_of_a_given_up_tool_is_not_fed_twice(call: Make) -> None:
    async def tool() -> dict[str, str]:
        await asyncio.sleep(0.05)
        return {}

    quick = effects.CallTool(9, "flow", "step", "tool", {}, "key", 0.02)
    session, seen = call([quick], tools={"tool": tool})
    await session.start()
    await session.feed(said(session))
    await asyncio.sleep(0.15)
    assert seen == ["CallStarted", "CallerSaid", "ToolFailed"]
