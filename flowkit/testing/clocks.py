"""Clocks for calls without a phone: time passes when it is told to.

A ``VirtualClock`` stands still until it is moved, timer by timer, so thirty seconds of
silence take no time and always go the same way. A ``PlayClock`` lets the timers of tools
run in real time (tools are really awaited) and those of the caller's silence by hand.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from flowkit.ports import Handle

CALLER_TIMERS = frozenset({"silence", "wait", "grace", "first", "keys", "listening"})
"""The kinds of timer that measure the caller, not the machine."""


class VirtualClock:
    """Time that moves only by ``fire_next`` and ``skip``.

    Args:
        now: The present time, aware.
    """

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError(f"a clock needs a time with its zone, found `{now}`")
        self._now = now
        self._timers: list[_Timer] = []
        self._count = count()
        self._slept: asyncio.Future[None] | None = None
        # Any: whatever the sleeping task returns
        self.sleeping: set[asyncio.Task[Any]] = set()
        """The tasks that wait for this clock in ``sleep``."""

    def now(self) -> datetime:
        """Return the present time."""
        return self._now

    def call_later(
        self, seconds: float, kind: str, callback: Callable[[], None]
    ) -> Handle:
        """Call back once the clock was moved so far."""
        due = self._now + timedelta(seconds=seconds)
        timer = _Timer(due, next(self._count), kind, callback)
        heapq.heappush(self._timers, timer)
        return timer

    def next_in(self, kinds: frozenset[str] | None = None) -> float | None:
        """Return the seconds until the next timer, or None if there is none.

        Args:
            kinds: Only timers of these kinds; None: of all.
        """
        due = [
            timer.due
            for timer in self._timers
            if not timer.cancelled and (kinds is None or timer.kind in kinds)
        ]
        return (min(due) - self._now).total_seconds() if due else None

    def fire_next(self, *, within: float | None = None) -> bool:
        """Move to the next timer and fire it; return False if none is due in that time.

        What the timer leads to has not happened yet when this returns: let the session
        settle before moving on. When nothing is due, the clock does not move.

        Args:
            within: Seconds; None: however long it takes.
        """
        while self._timers and self._timers[0].cancelled:
            heapq.heappop(self._timers)
        if not self._timers:
            return False
        timer = self._timers[0]
        if within is not None and timer.due > self._now + timedelta(seconds=within):
            return False
        heapq.heappop(self._timers)
        self._now = max(self._now, timer.due)
        timer.cancelled = True
        timer.callback()
        return True

    def skip(self, seconds: float) -> None:
        """Move on without firing anything: what became due fires at the next chance."""
        self._now += timedelta(seconds=max(0.0, seconds))

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock was moved so far; for tools of tests that are slow."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task = asyncio.current_task()
        assert task is not None  # coroutines run in tasks

        def wake() -> None:
            self.sleeping.discard(task)
            if not future.done():
                future.set_result(None)

        handle = self.call_later(seconds, "sleep", wake)
        self.sleeping.add(task)
        if self._slept is not None and not self._slept.done():
            self._slept.set_result(None)
        try:
            await future
        finally:
            handle.cancel()
            self.sleeping.discard(task)

    def next_sleep(self) -> asyncio.Future[None]:
        """Return a future that is done when the next task falls asleep."""
        if self._slept is None or self._slept.done():
            self._slept = asyncio.get_running_loop().create_future()
        return self._slept


class PlayClock(VirtualClock):
    """Real time for the machine, time by hand for the caller.

    ``meanwhile``, signs of life and time limits run on the loop's monotonic clock, while
    silence, waiting and the last grace pass only when the clock is moved: a tester who
    thinks for a minute is not asked whether they are still there. The time of day goes on
    by both.
    """

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self._origin: float | None = None

    def now(self) -> datetime:
        """Return the present time: moved by hand, plus what really passed."""
        loop = asyncio.get_running_loop()
        if self._origin is None:
            self._origin = loop.time()
        return self._now + timedelta(seconds=loop.time() - self._origin)

    def call_later(
        self, seconds: float, kind: str, callback: Callable[[], None]
    ) -> Handle:
        """Call back after so long, by the clock that the kind of timer belongs to."""
        if kind in CALLER_TIMERS:
            return super().call_later(seconds, kind, callback)
        return asyncio.get_running_loop().call_later(seconds, callback)


class _Timer:
    __slots__ = ("callback", "cancelled", "due", "kind", "number")

    def __init__(
        self, due: datetime, number: int, kind: str, callback: Callable[[], None]
    ) -> None:
        self.due = due
        self.number = number
        self.kind = kind
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True

    def __lt__(self, other: _Timer) -> bool:
        return (self.due, self.number) < (other.due, other.number)
