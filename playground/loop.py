"""The thread that a call lives in, so that the tester's keyboard never waits for it.

A tool that blocks, or a validator that never returns, holds up this thread alone: the
tester can leave it behind and go on in a new one.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

_STEP_S = 0.25
_ROUNDS = 12
"""Turns of the loop after each step: what became due is treated before time goes on."""


class _PlayLoop(asyncio.SelectorEventLoop):
    """An event loop whose time can be put forward."""

    skipped = 0.0

    def time(self) -> float:
        """Return the loop's time in seconds."""
        return super().time() + self.skipped


class CallLoop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = _PlayLoop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="flowkit-call", daemon=True
        )
        self._thread.start()

    def begin(self, work: Coroutine[object, object, T]) -> Future[T]:
        """Start something there."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def is_stuck(self, *, after_s: float = 1.0) -> bool:
        """Return whether something there does not give control back."""
        alive = threading.Event()
        self._loop.call_soon_threadsafe(alive.set)
        return not alive.wait(after_s)

    def stop(self) -> None:
        """End the thread; one that is stuck is left behind."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=1.0)
        if not self._thread.is_alive():
            self._loop.close()

    async def hurry(self, seconds: float) -> None:
        """Let time pass at once, with all that happens in it, in order."""
        left = seconds
        while left > 0:
            self._loop.skipped += min(left, _STEP_S)
            left -= _STEP_S
            for _ in range(_ROUNDS):
                await asyncio.sleep(0)
