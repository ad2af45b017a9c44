"""Timers that wait for the caller; no Pipecat needed."""

from datetime import UTC, datetime

import pytest

from flowkit.testing.clocks import VirtualClock
from flowkit.voice.clock import PatientClock


class Timers:
    """A patient clock on a virtual one, and what has fired."""

    def __init__(self) -> None:
        self.virtual = VirtualClock(datetime(2026, 11, 22, 15, tzinfo=UTC))
        self.clock = PatientClock(self.virtual)
        self.fired: list[str] = []

    def start(self, seconds: float, kind: str) -> None:
        self.clock.call_later(seconds, kind, lambda: self.fired.append(kind))

    def passes(self, seconds: float) -> None:
        until = self.virtual.now().timestamp() + seconds
        while self.virtual.fire_next(within=until - self.virtual.now().timestamp()):
            pass
        self.virtual.skip(until - self.virtual.now().timestamp())


def test_without_a_caller_it_is_any_clock() -> None:
    timers = Timers()
    timers.start(6, "silence")
    timers.passes(5.9)
    assert timers.fired == []
    timers.passes(0.2)
    assert timers.fired == ["silence"]


@pytest.mark.parametrize("kind", ["silence", "wait", "listening", "first", "grace"])
def test_silence_counts_from_the_callers_last_sound(kind: str) -> None:
    timers = Timers()
    timers.start(6, kind)
    timers.passes(5)
    timers.clock.hold()
    timers.passes(3)
    timers.clock.release()
    timers.passes(5.9)
    assert timers.fired == []
    timers.passes(0.2)
    assert timers.fired == [kind]


@pytest.mark.parametrize("kind", ["meanwhile", "sign_of_life"])
def test_what_the_agent_owes_waits_for_the_end_of_the_callers_words(kind: str) -> None:
    timers = Timers()
    timers.start(0.7, kind)
    timers.clock.hold()
    timers.passes(2)
    assert timers.fired == []
    timers.clock.release()
    assert timers.fired == [kind]


def test_what_is_not_due_yet_when_the_caller_stops_keeps_its_time() -> None:
    timers = Timers()
    timers.start(8, "sign_of_life")
    timers.clock.hold()
    timers.passes(2)
    timers.clock.release()
    timers.passes(5.9)
    assert timers.fired == []
    timers.passes(0.2)
    assert timers.fired == ["sign_of_life"]


def test_a_timer_started_while_the_caller_speaks_waits_too() -> None:
    timers = Timers()
    timers.clock.hold()
    timers.start(1, "silence")
    timers.passes(10)
    assert timers.fired == []
    timers.clock.release()
    timers.passes(1.1)
    assert timers.fired == ["silence"]


def test_the_limits_of_tools_do_not_wait() -> None:
    timers = Timers()
    timers.clock.hold()
    timers.start(10, "tool_limit")
    timers.passes(11)
    assert timers.fired == ["tool_limit"]


@pytest.mark.parametrize("kind", ["silence", "meanwhile"])
def test_a_cancelled_timer_stays_cancelled(kind: str) -> None:
    timers = Timers()
    handle = timers.clock.call_later(1, kind, lambda: timers.fired.append(kind))
    timers.clock.hold()
    timers.passes(2)
    handle.cancel()
    timers.clock.release()
    timers.passes(5)
    assert timers.fired == []


def test_a_timer_fires_once() -> None:
    timers = Timers()
    timers.start(1, "silence")
    timers.passes(2)
    timers.clock.hold()
    timers.clock.release()
    timers.passes(5)
    assert timers.fired == ["silence"]
