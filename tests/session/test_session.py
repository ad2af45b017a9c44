import asyncio
import logging
from collections.abc import Awaitable

import by_hand
import pytest

from flowkit.dialogue import acts, effects, events
from flowkit.dialogue.events import CallFacts
from flowkit.dialogue.request import Request, Understanding
from flowkit.session import ExtensionError, Session, WallClock
from flowkit.testing import MemoryJournal, ScriptedUnderstander, VirtualClock

HAT = acts.Set("thing", "hat", text="hat")


class Phone:
    """A host that notes everything and finishes speech when told to."""

    def __init__(self):
        self.session = None
        self.said = []
        self.stopped = []
        self.transfers = []
        self.ends = []

    def speak(self, say):
        self.said.append(say)

    def stop(self, speech_id):
        self.stopped.append(speech_id)

    def transfer(self, transfer):
        self.transfers.append(transfer)

    def hang_up(self, end):
        self.ends.append(end)

    @property
    def words(self):
        return [say.text for say in self.said]


class Talk:
    """A session with a phone, a script and a virtual clock."""

    def __init__(
        self, tools=None, *, stand_ins=None, host=None, understander=None, **options
    ):
        self.phone = host or Phone()
        self.script = understander or ScriptedUnderstander()
        self.clock = VirtualClock(by_hand.NOW)
        within = options.pop("within_s", 10.0)
        self.session = Session(
            by_hand.agent({**by_hand.TOOLS, **(tools or {})}, within_s=within),
            self.phone,
            understander=self.script,
            clock=options.pop("clock", self.clock),
            facts=CallFacts("call-1"),
            threads=options.pop("threads", False),
            tools=stand_ins,
            **options,
        )

    async def heard(self):
        """Let the last speech be heard to its end."""
        event = events.SpeechFinished(self.clock.now(), self.phone.said[-1].id)
        await self.session.feed(event)

    async def caller(self, text, *means):
        await self.heard()
        await self.say(text, *means)

    async def say(self, text, *means):
        self.script.expect(*means)
        await self.session.feed(events.CallerSaid(self.clock.now(), text))
        understanding = self.session.working - self.session.calling
        if understanding:
            await asyncio.wait(understanding)
            await self.session.treated()
        await asyncio.sleep(0)  # tools begin

    async def pass_time(self, seconds):
        left = seconds
        while (due := self.clock.next_in()) is not None and due <= left + 1e-9:
            self.clock.fire_next()
            left -= due
            await self.session.treated()
            for _ in range(5):
                await asyncio.sleep(0)
        self.clock.skip(left)


async def up_to_confirm(talk):
    await talk.session.start()
    await talk.caller("a hat", HAT)
    await talk.session.settled()
    assert talk.phone.words[-1] == "Hat, right?"


async def test_effects_are_performed_and_answers_fed_back():
    talk = Talk()
    await up_to_confirm(talk)
    await talk.caller("yes", acts.Yes())
    await talk.session.settled()
    await talk.heard()
    await talk.pass_time(10)
    assert talk.phone.words == ["What?", "Hat, right?", "Done."]
    assert talk.phone.ends == [effects.End("sold")]
    assert talk.session.ended == effects.End("sold")


async def test_feeding_from_inside_the_host_queues():
    order = []

    class Eager(Phone):
        async def speak(self, say):
            order.append(("begin", say.text))
            now = talk.clock.now()
            await talk.session.feed(events.SpeechFinished(now, say.id))
            order.append(("end", say.text))
            super().speak(say)

    talk = Talk(host=Eager())
    await talk.session.start()
    await talk.say("a hat", HAT)
    await talk.session.settled()
    assert order == [
        ("begin", "What?"),
        ("end", "What?"),
        ("begin", "Hat, right?"),
        ("end", "Hat, right?"),
    ]


async def test_two_tasks_that_feed_at_once_are_treated_one_after_the_other():
    talk = Talk()
    running = 0

    class Slow(Phone):
        async def speak(self, say):
            nonlocal running
            running += 1
            assert running == 1
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            running -= 1
            super().speak(say)

    talk = Talk(host=Slow())
    await talk.session.start()
    now = talk.clock.now()
    talk.script.expect(HAT)
    first = talk.phone.said[0].id
    await asyncio.gather(
        talk.session.feed(events.SpeechFinished(now, first)),
        talk.session.feed(events.CallerSaid(now, "a hat")),
        talk.session.feed(events.SpeechFinished(now, first)),
    )
    await talk.session.settled()
    kinds = [type(record.event).__name__ for record in talk.session.trace]
    assert kinds[:4] == [
        "CallStarted",
        "SpeechFinished",
        "CallerSaid",
        "SpeechFinished",
    ]
    assert talk.phone.words == ["What?", "Hat, right?"]


async def test_an_understander_that_fails_has_understood_nothing(caplog):
    class Broken:
        async def understand(self, request: Request) -> Understanding:
            raise RuntimeError("no model today")

    talk = Talk(understander=Broken())
    await talk.session.start()
    await talk.heard()
    with caplog.at_level(logging.ERROR):
        now = talk.clock.now()
        await talk.session.feed(events.CallerSaid(now, "a hat"))
        await talk.session.settled()
    assert "the understander failed: RuntimeError" in caplog.text
    understood = [
        record.event.acts
        for record in talk.session.trace
        if isinstance(record.event, events.Understood)
    ]
    assert understood == [(acts.Nothing(),)]
    assert "[again]" in talk.phone.words[-1]


async def test_an_understander_that_hangs_is_given_up():
    class Hanging:
        async def understand(self, request: Request) -> Understanding:
            await asyncio.Event().wait()
            raise AssertionError

    talk = Talk(understander=Hanging())
    await talk.session.start()
    await talk.heard()
    await talk.session.feed(events.CallerSaid(talk.clock.now(), "a hat"))
    await talk.pass_time(8)
    assert "[again]" in talk.phone.words[-1]


async def test_a_host_that_fails_to_speak_was_not_heard():
    class Mute(Phone):
        def speak(self, say):
            super().speak(say)
            raise OSError("no voice")

    talk = Talk(host=Mute())
    await talk.session.start()
    interrupted = [
        record.event.heard
        for record in talk.session.trace
        if isinstance(record.event, events.CallerInterrupted)
    ]
    assert interrupted
    assert set(interrupted) == {""}


async def test_a_validator_that_raises_is_reported_and_the_call_goes_on(caplog):
    talk = Talk()
    await talk.session.start()
    with caplog.at_level(logging.ERROR):
        await talk.caller("a bomb", acts.Set("thing", "bomb"))
        await talk.session.settled()
    assert "unless" in caplog.text
    assert "shop.yaml:9" in caplog.text
    assert talk.session.ended is None


async def test_strict_raises_what_a_validator_raised():
    talk = Talk(strict=True)
    await talk.session.start()
    with pytest.raises(ExtensionError, match="used at shop") as raised:
        await talk.caller("a bomb", acts.Set("thing", "bomb"))
    assert isinstance(raised.value.__cause__, ZeroDivisionError)


async def test_a_late_or_unknown_answer_changes_nothing():
    talk = Talk()
    await up_to_confirm(talk)
    before = talk.session.state
    now = talk.clock.now()
    await talk.session.feed(events.ToolReturned(now, 4711, {"seen": "a cat"}))
    await talk.session.feed(events.TimerFired(now, 4711))
    await talk.session.feed(events.Understood(now, 4711, (acts.Cancel(),)))
    assert talk.session.state == before


async def test_closing_hangs_up_and_cancels_the_timers():
    talk = Talk()
    await talk.session.start()
    await talk.heard()
    await talk.session.close()
    assert talk.phone.ends == [effects.End("hung_up")]
    assert talk.clock.next_in() is None
    assert talk.session.working == frozenset()


async def test_fault_51_a_journal_that_fails_does_not_end_the_call(caplog):
    class Full(MemoryJournal):
        def append(self, entry):
            raise OSError("disk full")

    talk = Talk(journal=Full())
    with caplog.at_level(logging.ERROR):
        await up_to_confirm(talk)
    assert caplog.text.count("the journal failed") == 1


async def test_an_engine_that_fails_on_an_event_leaves_the_state_as_it_was(
    monkeypatch, caplog
):
    talk = Talk()
    await up_to_confirm(talk)
    before = talk.session.state

    def broken(*arguments):
        raise ValueError("a type of a developer")

    monkeypatch.setattr("flowkit.session.engine.step", broken)
    with caplog.at_level(logging.ERROR):
        await talk.heard()
    assert talk.session.state == before
    assert "the engine failed on `SpeechFinished`: ValueError" in caplog.text


async def test_only_the_last_records_are_kept():
    talk = Talk(trace_kept=2)
    await up_to_confirm(talk)
    now = talk.clock.now()
    for _ in range(20):
        await talk.session.feed(events.TimerFired(now, 4711))
    assert len(talk.session.trace) <= 4


def test_the_state_is_not_there_before_the_start():
    async def read():
        return Talk().session.state

    with pytest.raises(RuntimeError, match="before `start`"):
        asyncio.run(read())


async def test_fault_44_a_clock_that_is_set_moves_no_timer(monkeypatch):
    clock = WallClock("America/New_York")
    before = clock.now()
    monkeypatch.setattr("time.time", lambda: 0.0)
    fired = asyncio.Event()
    clock.call_later(0.01, "silence", fired.set)
    await asyncio.wait_for(fired.wait(), 1)
    assert 0 < (clock.now() - before).total_seconds() < 1
    assert str(clock.now().tzinfo) == "America/New_York"


async def test_a_host_may_have_plain_or_async_methods():
    class Both(Phone):
        def speak(self, say) -> Awaitable[None]:
            async def later():
                self.said.append(say)

            return later()

    talk = Talk(host=Both())
    await up_to_confirm(talk)
