"""What a session needs of the world, as protocols: a mouth, a mind, a clock, a pen.

Phones, playgrounds and tests implement these; nothing here decides anything. The clock
of the real world is here too, since every host but a test takes that one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from flowkit.dialogue import effects
from flowkit.dialogue.acts import Json
from flowkit.dialogue.request import Request, Understanding


class Host(Protocol):
    """The mouth of a call: a phone, a terminal, a test.

    Each method may be a coroutine or not. The host answers by feeding events with the
    effect's id: ``SpeechFinished`` or ``CallerInterrupted`` for speech, ``TransferEnded``
    for a transfer. It may feed from inside these methods.
    """

    def speak(self, say: effects.Say) -> Awaitable[None] | None:
        """Begin to speak. There is never more than one speech at a time."""
        ...

    def stop(self, speech_id: int) -> Awaitable[None] | None:
        """Cut that speech and answer ``CallerInterrupted`` with what was heard of it."""
        ...

    def transfer(self, transfer: effects.Transfer) -> Awaitable[None] | None:
        """Hand the call to a person."""
        ...

    def hang_up(self, end: effects.End) -> Awaitable[None] | None:
        """The call is over; say goodbye to the line."""
        ...


class Understander(Protocol):
    """Turns words into acts: rules, a model, a test's script."""

    async def understand(self, request: Request) -> Understanding:
        """Return what the words mean. Errors and delays are the session's business."""
        ...


class Handle(Protocol):
    """A timer that was started."""

    def cancel(self) -> None:
        """Do not fire."""
        ...


class Clock(Protocol):
    """The time that a call lives in."""

    def now(self) -> datetime:
        """Return the present time, aware."""
        ...

    def call_later(
        self, seconds: float, kind: str, callback: Callable[[], None]
    ) -> Handle:
        """Call back after so many seconds.

        Args:
            seconds: From now on, by a clock that cannot be set.
            kind: The engine's kinds of timer, ``tool_limit`` or ``understand_limit``;
                playgrounds let some pass by hand and others in real time.
            callback: Never raises.
        """
        ...


class Journal(Protocol):
    """Where the events of a call are written down, in order."""

    def append(self, entry: Mapping[str, Json]) -> None:
        """Add one line, fast: the caller is waiting."""
        ...

    def flush(self) -> None:
        """The turn has ended: what was added may be written out now."""
        ...


class WallClock:
    """Real time: the date is read once, from then on only the monotonic clock counts.

    So a clock that is set in mid-call, or an hour of daylight saving, moves no timer.
    """

    def __init__(self, timezone: str = "UTC") -> None:
        self._loop = asyncio.get_running_loop()
        self._started = datetime.now(ZoneInfo("UTC"))
        self._zone = ZoneInfo(timezone)
        self._origin = self._loop.time()

    def now(self) -> datetime:
        """Return the present time in the clock's time zone."""
        passed = timedelta(seconds=self._loop.time() - self._origin)
        return (self._started + passed).astimezone(self._zone)

    def call_later(
        self, seconds: float, kind: str, callback: Callable[[], None]
    ) -> Handle:
        """Call back after so many seconds of the loop's monotonic clock."""
        return self._loop.call_later(seconds, callback)
