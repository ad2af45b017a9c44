"""Time on the phone: a timer never talks over the caller.

The engine's timers count from what it knows: the end of its own speech, the start of a
tool. It is told that the caller has spoken only when the words are there, a second or
more after the first sound. ``PatientClock`` closes that gap from outside: while the caller
is making sound, no timer of the dialogue fires.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flowkit.ports import Clock, Handle

OF_THE_CALLER = frozenset({"silence", "wait", "listening", "first", "grace"})
"""Timers that measure how long the caller has been silent: any sound starts them anew."""
OF_THE_AGENT = frozenset({"meanwhile", "sign_of_life"})
"""Timers that measure how long the agent has been working: sound only holds them back."""


class PatientClock:
    """A clock whose dialogue timers wait while the caller speaks.

    Limits for tools and understanding are none of the caller's business and run on.

    Args:
        clock: The clock that does the timing.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held = False
        self._timers: set[_Timer] = set()

    def now(self) -> datetime:
        """Return the present time, aware."""
        return self._clock.now()

    def call_later(
        self, seconds: float, kind: str, callback: Callable[[], None]
    ) -> Handle:
        """Call back after so many seconds, or later if the caller is speaking then."""
        if kind not in OF_THE_CALLER | OF_THE_AGENT:
            return self._clock.call_later(seconds, kind, callback)
        timer = _Timer(self._clock, seconds, kind, callback, self._timers.discard)
        self._timers.add(timer)
        if self._held:
            timer.hold()
        timer.run()
        return timer

    def hold(self) -> None:
        """The caller has begun to make sound."""
        self._held = True
        for timer in tuple(self._timers):
            timer.hold()

    def release(self) -> None:
        """The caller is silent again, and what they said has been passed on."""
        self._held = False
        for timer in tuple(self._timers):
            timer.release()


class _Timer:
    """One timer that can be held."""

    def __init__(
        self,
        clock: Clock,
        seconds: float,
        kind: str,
        callback: Callable[[], None],
        gone: Callable[[_Timer], None],
    ) -> None:
        self._clock = clock
        self._seconds = seconds
        self._kind = kind
        self._callback = callback
        self._gone = gone
        self._handle: Handle | None = None
        self._held = False
        self._due = False

    def run(self) -> None:
        self._handle = self._clock.call_later(self._seconds, self._kind, self._fire)

    def hold(self) -> None:
        self._held = True

    def release(self) -> None:
        self._held = False
        if self._kind in OF_THE_CALLER:
            self._stop()
            self.run()
        elif self._due:
            self._fire()

    def cancel(self) -> None:
        """Do not fire."""
        self._stop()
        self._gone(self)

    def _stop(self) -> None:
        self._due = False
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self) -> None:
        if self._held:
            self._due = True
            return
        self._gone(self)
        self._callback()
