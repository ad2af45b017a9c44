import asyncio
import contextvars
import json
import logging
import threading
import time
from dataclasses import replace

import pytest
from test_session import HAT, Talk, up_to_confirm

from flowkit.dialogue import acts, codec, effects, events
from flowkit.extensions import ToolCall, ToolError
from flowkit.session import ExtensionError, WallClock


def answers(talk, kind=events.ToolFailed):
    return [r.event for r in talk.session.trace if isinstance(r.event, kind)]


async def caller_and_settled(talk):
    await talk.caller("a hat", HAT)
    await talk.session.settled()


async def test_a_tool_gets_python_objects_and_the_call():
    seen = []

    async def look(thing, *, call: ToolCall):
        seen.append((thing, call))

    talk = Talk({"look": look}, data="/data")
    await up_to_confirm(talk)
    thing, call = seen[0]
    assert thing == "HAT"
    assert (call.id, call.attempt, call.data) == ("call-1", 1, "/data")
    assert call.idempotency_key.startswith("call-1/")


async def test_a_stand_in_takes_what_it_wants_of_the_arguments():
    talk = Talk(stand_ins={"look": lambda: {"seen": 1}}, strict=True)
    await up_to_confirm(talk)
    assert answers(talk, events.ToolReturned)[0].result == {"seen": 1}


async def test_slow_tools_are_really_awaited():
    finished = []

    async def look(thing):
        await asyncio.sleep(0.05)
        finished.append(thing)

    talk = Talk({"look": look})
    await up_to_confirm(talk)
    assert finished == ["HAT"]


async def test_a_tool_that_blocks_runs_in_a_thread():
    threads = []

    def look(thing):
        threads.append(threading.current_thread())
        time.sleep(0.02)

    talk = Talk({"look": look}, threads=True)
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.001)

    ticking = asyncio.ensure_future(tick())
    await up_to_confirm(talk)
    ticking.cancel()
    assert ticks > 3
    assert threads[0] is not threading.main_thread()
    assert threads[0].daemon


async def test_a_slow_tool_is_covered_by_words():
    async def look(thing):
        await talk.clock.sleep(20)

    talk = Talk({"look": look}, within_s=60)
    await talk.session.start()
    await talk.caller("a hat", HAT)
    await talk.pass_time(0.7)
    assert talk.phone.words[-1] == "[meanwhile]"
    await talk.heard()
    await talk.pass_time(8)
    assert talk.phone.words[-1] == "[tool.still_working]"
    await talk.heard()
    await talk.pass_time(12)
    await talk.heard()
    await talk.session.settled()
    assert talk.phone.words[-1] == "Hat, right?"


async def test_fault_40_a_tool_over_its_limit_is_cancelled_and_failed():
    cancelled = []

    async def look(thing):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(thing)
            raise

    talk = Talk({"look": look}, within_s=5)
    await talk.session.start()
    await talk.caller("a hat", HAT)
    await talk.pass_time(5)
    assert [(e.reason, e.message) for e in answers(talk)] == [("timeout", "5 s")]
    assert cancelled == ["HAT"]
    assert talk.session.working == frozenset()


async def test_a_tool_in_a_thread_sees_the_context_that_the_call_began_in():
    shop = contextvars.ContextVar("shop", default="none")
    shop.set("hats")
    seen = []

    def look(thing):
        seen.append((shop.get(), threading.current_thread().name))

    talk = Talk({"look": look}, threads=True)
    await up_to_confirm(talk)
    assert seen == [("hats", "flowkit-tool")]


async def test_a_tool_that_hangs_in_a_thread_does_not_stop_the_call():
    release = threading.Event()

    def look(thing):
        release.wait(5)

    talk = Talk({"look": look}, within_s=0.05, threads=True, clock=WallClock())
    await talk.session.start()
    await talk.caller("a hat", HAT)
    await asyncio.sleep(0.1)
    await talk.session.settled()
    release.set()
    assert [e.reason for e in answers(talk)] == ["timeout"]


async def test_a_tool_error_is_a_failure_and_no_breakage():
    def look(thing):
        raise ToolError("nothing there")

    talk = Talk({"look": look}, strict=True)
    await talk.session.start()
    await talk.caller("a hat", HAT)
    await talk.session.settled()
    assert [(e.reason, e.message) for e in answers(talk)] == [
        ("error", "nothing there")
    ]
    assert "[look failed]" in talk.phone.words[-1]


async def test_a_tool_that_raises_is_logged_with_its_line_and_the_call_goes_on(caplog):
    def look(thing):
        return 1 / 0

    talk = Talk({"look": look})
    await talk.session.start()
    with caplog.at_level(logging.ERROR):
        await talk.caller("a hat", HAT)
        await talk.session.settled()
    assert "`look` failed (shop.yaml:3): ZeroDivisionError" in caplog.text
    assert "return 1 / 0" in caplog.text
    assert "[look failed]" in talk.phone.words[-1]


@pytest.mark.parametrize(
    ("result", "problem"),
    [
        (object(), "is a `object`, expected plain data"),
        ("x" * 70_000, "at most 64,000"),
    ],
)
async def test_strict_raises_what_a_tool_did_wrong(result, problem):
    talk = Talk({"look": lambda thing: result}, strict=True)
    await talk.session.start()
    with pytest.raises(ExtensionError, match=problem):
        await caller_and_settled(talk)


@pytest.mark.parametrize("error", [SystemExit(3), StopIteration(), RecursionError()])
@pytest.mark.parametrize("threads", [True, False])
async def test_whatever_a_tool_raises_the_call_goes_on(error, threads):
    def look(thing):
        raise error

    talk = Talk({"look": look}, threads=threads)
    await talk.session.start()
    await talk.caller("a hat", HAT)
    await talk.session.settled()
    assert [e.reason for e in answers(talk)] == ["error"]


async def test_a_tool_that_cancels_itself_is_a_failure():
    async def look(thing):
        raise asyncio.CancelledError

    talk = Talk({"look": look})
    await talk.session.start()
    await talk.caller("a hat", HAT)
    await talk.session.settled()
    assert [e.reason for e in answers(talk)] == ["error"]


async def test_a_call_whose_input_changed_is_cancelled_and_made_again():
    seen, cancelled = [], []

    async def look(thing):
        seen.append(thing)
        try:
            await talk.clock.sleep(5)
        except asyncio.CancelledError:
            cancelled.append(thing)
            raise
        return {"seen": thing}

    talk = Talk({"look": look})
    await talk.session.start()
    await talk.caller("a hat", HAT)
    await talk.pass_time(0.1)
    await talk.say("no, a cap", acts.Set("thing", "cap"))
    await talk.pass_time(6)
    await talk.session.settled()
    assert (seen, cancelled) == (["HAT", "CAP"], ["HAT"])
    assert [e.result for e in answers(talk, events.ToolReturned)] == [{"seen": "CAP"}]
    await talk.heard()
    assert "Cap, right?" in talk.phone.words[-1]


async def test_a_tool_that_will_not_be_cancelled_answers_to_nobody():
    async def look(thing):
        if thing == "HAT":
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                return {"seen": "too late"}
        return {"seen": thing}

    talk = Talk({"look": look})
    await talk.session.start()
    await talk.caller("a hat", HAT)
    await asyncio.sleep(0)
    await talk.say("no, a cap", acts.Set("thing", "cap"))
    await talk.session.settled()
    rules = [m.rule for record in talk.session.trace for m in record.moves]
    assert "stale_answer" in rules
    assert next(iter(talk.session.state.run.results.values())).content == {
        "seen": "CAP"
    }


async def test_what_cannot_be_undone_is_not_cancelled_by_the_end_of_the_call():
    done = []
    begun = asyncio.Event()

    async def book(thing):
        begun.set()
        await asyncio.sleep(0.05)
        done.append(thing)
        return {"booked": thing}

    talk = Talk({"book": book})
    await up_to_confirm(talk)
    await talk.caller("yes", acts.Yes())
    await begun.wait()
    await talk.session.close()
    assert done == ["HAT"]
    assert answers(talk, events.ToolReturned)[-1].result == {"booked": "HAT"}
    assert talk.session.state.outcome == "hung_up"


async def test_what_a_tool_raises_is_logged_without_the_callers_words(caplog):
    def look(thing):
        try:
            raise KeyError(thing)
        except KeyError as err:
            raise RuntimeError(f"no {thing}") from err

    talk = Talk({"look": look})
    await talk.session.start()
    with caplog.at_level(logging.DEBUG):
        await talk.caller("a hat", HAT)
        await talk.session.settled()
    kept = [one for one in caplog.records if one.levelno > logging.DEBUG]
    assert [one.levelname for one in kept] == ["ERROR"]
    assert "RuntimeError" in kept[0].getMessage()
    assert "because of KeyError" in kept[0].getMessage()
    assert "HAT" not in caplog.handler.format(kept[0])
    assert kept[0].told == "`look`, used at shop.yaml:3: raised RuntimeError: no HAT"
    assert "no HAT" in caplog.text  # at DEBUG


async def test_closing_waits_no_longer_than_it_is_told(caplog):
    begun = asyncio.Event()

    async def book(thing):
        begun.set()
        await asyncio.Event().wait()

    talk = Talk({"book": book})
    await up_to_confirm(talk)
    await talk.caller("yes", acts.Yes())
    await begun.wait()
    with caplog.at_level(logging.ERROR):
        await talk.session.close(patience_s=0.01)
    assert "never answered" in caplog.text


async def test_a_repeatable_tool_is_cancelled_by_the_end_of_the_call():
    cancelled = []

    async def look(thing):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(thing)
            raise

    talk = Talk({"look": look})
    await talk.session.start()
    await talk.caller("a hat", HAT)
    await asyncio.sleep(0)
    await talk.session.close()
    assert cancelled == ["HAT"]
    assert answers(talk) == []


async def test_a_commit_over_its_limit_may_still_answer():
    async def book(thing):
        await talk.clock.sleep(12)
        return {"booked": thing}

    talk = Talk({"book": book}, within_s=10)
    await up_to_confirm(talk)
    await talk.caller("yes", acts.Yes())
    await talk.pass_time(10)
    assert [e.reason for e in answers(talk)] == ["timeout"]
    await talk.pass_time(2)
    await talk.session.settled()
    assert answers(talk, events.ToolReturned)[-1].result == {"booked": "HAT"}


async def test_a_call_that_goes_on_elsewhere_uses_the_same_key_again():
    calls = []
    begun = asyncio.Event()

    async def book(thing, *, call):
        calls.append((thing, call.idempotency_key))
        begun.set()
        await asyncio.Event().wait()

    crashed = Talk({"book": book})
    await up_to_confirm(crashed)
    await crashed.caller("yes", acts.Yes())
    await begun.wait()
    saved = json.dumps(codec.state_to_json(crashed.session.state))

    begun.clear()
    other = Talk({"book": book})
    await other.session.resume(codec.state_from_json(json.loads(saved)))
    await begun.wait()
    assert len(calls) == 2
    assert calls[0] == calls[1]
    await crashed.session.close(patience_s=0)
    await other.session.close(patience_s=0)


async def test_a_state_of_another_version_is_not_gone_on_with():
    first, second = Talk(), Talk()
    await up_to_confirm(first)
    state = replace(first.session.state, agent="older")
    with pytest.raises(ValueError, match="another version of the agent"):
        await second.session.resume(state)


async def test_attempts_under_one_key_are_counted():
    calls = []

    async def book(thing, *, call):
        calls.append((call.idempotency_key, call.attempt))

    talk = Talk({"book": book})
    await up_to_confirm(talk)
    await talk.caller("yes", acts.Yes())
    await talk.session.settled()
    effects_ = [e for record in talk.session.trace for e in record.effects]
    effect = next(e for e in effects_ if getattr(e, "tool", "") == "book")
    await talk.session._errands._caller.call(effect)
    assert calls == [(effect.key, 1), (effect.key, 2)]


async def test_tools_that_a_tester_gives_up_have_failed():
    async def look(thing):
        await asyncio.Event().wait()

    talk = Talk({"look": look})
    await talk.session.start()
    await talk.caller("a hat", HAT)
    await talk.session.give_up_tools()
    assert [(e.reason, e.message) for e in answers(talk)] == [("error", "given up")]
    assert talk.session.calling == frozenset()
    assert "[look failed]" in talk.phone.words[-1]


async def test_nobody_knows_of_a_commit_that_is_given_up_and_it_may_still_answer():
    finish = asyncio.Event()

    async def book(thing):
        await finish.wait()
        return {"booked": thing}

    talk = Talk({"book": book})
    await up_to_confirm(talk)
    await talk.caller("yes", acts.Yes())
    await talk.session.give_up_tools()
    assert [e.reason for e in answers(talk)] == ["timeout"]
    finish.set()
    await talk.session.settled()
    assert answers(talk, events.ToolReturned)[-1].result == {"booked": "HAT"}


async def test_a_call_can_begin_in_an_earlier_moment_with_what_ran_then():
    first = Talk()
    await first.session.start()
    await first.heard()
    state = first.session.state
    (timer,) = state.timers.values()

    second = Talk()
    second.session.rewind(state, [effects.StartTimer(timer.id, timer.kind, 2.0)])
    assert second.session.state == state
    assert second.phone.said == []
    assert second.clock.next_in() == 2.0
    await second.say("a hat", HAT)
    await second.session.settled()
    assert second.phone.words == ["Hat, right?"]
