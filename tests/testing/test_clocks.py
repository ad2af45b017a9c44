import asyncio
from datetime import datetime, timedelta

import pytest

from flowkit.testing import PlayClock, VirtualClock

NOON = datetime.fromisoformat("2026-11-22T12:00:00-05:00")


def test_a_clock_needs_a_zone():
    with pytest.raises(ValueError, match="needs a time with its zone"):
        VirtualClock(datetime(2026, 11, 22))  # noqa: DTZ001  # the point of the test


async def test_timers_fire_in_the_order_of_their_time_and_then_of_their_start():
    clock = VirtualClock(NOON)
    fired: list[str] = []
    clock.call_later(2, "silence", lambda: fired.append("second"))
    clock.call_later(1, "silence", lambda: fired.append("first"))
    clock.call_later(2, "silence", lambda: fired.append("third"))
    while clock.fire_next():
        pass
    assert fired == ["first", "second", "third"]
    assert clock.now() == NOON + timedelta(seconds=2)


async def test_nothing_fires_beyond_the_time_that_was_asked_for():
    clock = VirtualClock(NOON)
    clock.call_later(3, "silence", lambda: None)
    assert not clock.fire_next(within=2)
    assert clock.now() == NOON
    assert clock.next_in() == 3
    assert clock.next_in(frozenset({"grace"})) is None


async def test_a_cancelled_timer_does_not_fire():
    clock = VirtualClock(NOON)
    clock.call_later(1, "silence", lambda: pytest.fail("it fired")).cancel()
    assert clock.next_in() is None
    assert not clock.fire_next()


async def test_sleepers_are_known_and_wake_by_the_clock():
    clock = VirtualClock(NOON)
    sleeper = asyncio.ensure_future(clock.sleep(5))
    await clock.next_sleep()
    assert clock.sleeping == {sleeper}
    assert clock.fire_next()
    await sleeper
    assert clock.sleeping == set()


async def test_a_sleeper_that_is_cancelled_is_forgotten():
    clock = VirtualClock(NOON)
    sleeper = asyncio.ensure_future(clock.sleep(5))
    await clock.next_sleep()
    sleeper.cancel()
    await asyncio.wait({sleeper})
    assert clock.sleeping == set()
    assert clock.next_in() is None


async def test_on_a_play_clock_tools_have_real_time_and_callers_have_not():
    clock = PlayClock(NOON)
    real = asyncio.Event()
    clock.call_later(0.01, "meanwhile", real.set)
    silence: list[str] = []
    clock.call_later(0.01, "silence", lambda: silence.append("fired"))
    await asyncio.wait_for(real.wait(), 1)
    assert silence == []
    assert clock.fire_next()
    assert silence == ["fired"]
    assert clock.now() > NOON
