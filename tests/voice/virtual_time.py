"""Tests whose seconds take no time: when nothing is ready, time jumps to the next timer.

Everything in a pipeline lives in one loop, so a test that sees only that loop's time is
exact to the word and does not depend on how busy the machine is. Pipecat times words by
``time.monotonic_ns`` and the loop sleeps by ``loop.time``; both read the same number here.
Not for sockets, threads or other processes.
"""

from __future__ import annotations

import asyncio
import functools
import selectors
import time
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec
from unittest.mock import patch

P = ParamSpec("P")


class _Selector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]  # per platform
    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:  # nothing will ever happen by itself: a thread may wake us
            return super().select(0.05)
        ready = super().select(0)
        if not ready and timeout > 0:
            self._loop.now += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop that never waits."""

    def __init__(self) -> None:
        self.now = time.monotonic()
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self.now


def virtually(test: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Run an async test in virtual time."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            loop = runner.get_loop()
            ahead = time.time() - loop.time()
            with (
                patch.object(time, "monotonic", loop.time),
                patch.object(time, "perf_counter", loop.time),
                patch.object(time, "monotonic_ns", lambda: int(loop.time() * 1e9)),
                patch.object(time, "time", lambda: loop.time() + ahead),
            ):
                runner.run(test(*args, **kwargs))  # type: ignore[arg-type]  # a coroutine

    return run
