"""What takes time in a call: understanding words and running tools, a task each.

An errand answers with an event. One that the session has given up is cancelled and nobody
waits for it any more, whether it obeys or not; if it answers all the same, the engine
ignores that. A tool that cannot be undone is never given up while there is patience.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine

from flowkit.dialogue import acts, effects, events
from flowkit.dialogue.events import Event
from flowkit.dialogue.request import Understanding
from flowkit.mishaps import log_mishap
from flowkit.ports import Clock, Handle, Understander
from flowkit.toolcalls import ExtensionError, ToolCaller, ToolFailure

log = logging.getLogger(__name__)

_ACTS = tuple(acts.ACTS.values())
UNDERSTAND_WITHIN_S = 8.0
"""Until an understander that does not answer counts as having understood nothing."""
GIVEN_UP_WITHIN_S = 1.0
"""How long the end of a call waits for what was cancelled."""


class Errands:
    """The tasks of one call.

    Args:
        understander: Who turns words into acts.
        caller: Who calls tools.
        clock: For the time limits.
        post: Takes an answer.
        failed: Is told what developers' code did wrong.
    """

    def __init__(
        self,
        *,
        understander: Understander,
        caller: ToolCaller,
        clock: Clock,
        post: Callable[[Event], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._understander = understander
        self._caller = caller
        self._clock = clock
        self._post = post
        self._failed_with = failed
        self._limits: dict[int, Handle] = {}
        self._calls: dict[int, asyncio.Task[None]] = {}
        self._commits: set[asyncio.Task[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._given_up: set[asyncio.Task[None]] = set()

    @property
    def working(self) -> frozenset[asyncio.Task[None]]:
        """The tasks that are still to answer."""
        return frozenset(task for task in self._tasks if not task.done())

    @property
    def calling(self) -> frozenset[asyncio.Task[None]]:
        """Those of ``working`` that run a tool."""
        return frozenset(task for task in self._calls.values() if not task.done())

    def understand(self, effect: effects.Understand) -> None:
        """Have words understood."""
        self._spawn(self._understand(effect))

    async def end(self, patience_s: float) -> None:
        """Give up everything but commits, and wait for those.

        Args:
            patience_s: Real seconds.
        """
        for task in self.working - self._commits:
            self._give_up(task)
        self._calls.clear()
        if self._commits:
            _, silent = await asyncio.wait(self._commits, timeout=patience_s)
            for task in silent:
                log.error("a tool that cannot be undone never answered: %s", task)
                self._give_up(task)
        if self._given_up:
            patience_s = min(patience_s, GIVEN_UP_WITHIN_S)
            _, stubborn = await asyncio.wait(self._given_up, timeout=patience_s)
            for task in stubborn:
                log.error("a tool goes on although it was cancelled: %s", task)
        for handle in self._limits.values():
            handle.cancel()
        self._limits.clear()

    async def _understand(self, effect: effects.Understand) -> None:
        late = False
        task = asyncio.current_task()
        assert task is not None

        def give_up() -> None:
            nonlocal late
            late = True
            task.cancel()

        limit = self._clock.call_later(UNDERSTAND_WITHIN_S, "understand_limit", give_up)
        found = Understanding((acts.Nothing(),), certain=False, by="nobody")
        try:
            answer = await self._understander.understand(effect.request)
            if not all(isinstance(act, _ACTS) for act in answer.acts):
                raise TypeError("an understander answers with acts, found others")
            found = answer
        except asyncio.CancelledError:
            if not late:
                raise
            log.error("nobody understood within %s s", UNDERSTAND_WITHIN_S)
        except Exception as err:  # noqa: BLE001  # whatever it is, the caller waits
            log_mishap(log, "the understander failed", err)
            self._failed_with(err)
        finally:
            limit.cancel()
        self._post(
            events.Understood(
                self._clock.now(),
                effect.id,
                found.acts,
                certain=found.certain,
                unplaced=found.unplaced,
                by=found.by,
            )
        )

    def call(self, effect: effects.CallTool) -> None:
        """Run a tool within its time; one that cannot be undone may answer later still."""
        task = self._spawn(self._run_tool(effect))
        self._calls[effect.id] = task
        if effect.commit:
            self._commits.add(task)
            task.add_done_callback(self._commits.discard)

        def too_late() -> None:
            if self._limits.pop(effect.id, None) is None:
                return
            self._post(
                events.ToolFailed(
                    self._clock.now(), effect.id, "timeout", f"{effect.within_s:g} s"
                )
            )
            if not effect.commit:  # a commit may still have happened: let it answer
                self._calls.pop(effect.id, None)
                self._give_up(task)

        self._limits[effect.id] = self._clock.call_later(
            effect.within_s, "tool_limit", too_late
        )

    def cancel(self, call_id: int) -> None:
        """Give up a call whose result is not wanted any more; never a commit."""
        task = self._calls.pop(call_id, None)
        if task is None or task in self._commits:
            return
        if handle := self._limits.pop(call_id, None):
            handle.cancel()
        self._give_up(task)

    async def _run_tool(self, effect: effects.CallTool) -> None:
        answer: events.ToolReturned | events.ToolFailed
        try:
            result = await self._caller.call(effect)
            answer = events.ToolReturned(self._clock.now(), effect.id, result)
        except ToolFailure as err:
            if isinstance(err.__cause__, ExtensionError):
                self._broke(err.__cause__)
            answer = self._failed(effect, str(err))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise  # by the session, or the loop's end: nobody waits for an answer
            self._broke(self._caller.breakage(effect, "cancelled itself"))
            answer = self._failed(effect, "cancelled")
        finally:
            self._calls.pop(effect.id, None)
            if handle := self._limits.pop(effect.id, None):
                handle.cancel()
        self._post(answer)

    def _failed(self, effect: effects.CallTool, message: str) -> events.ToolFailed:
        return events.ToolFailed(self._clock.now(), effect.id, "error", message[:500])

    def _broke(self, breakage: ExtensionError) -> None:
        cause = breakage.__cause__
        if cause is None:  # it broke its contract; the text is ours
            log.error("%s", breakage)
        else:
            where = f"`{breakage.function}` failed ({breakage.line or 'no line'})"
            log_mishap(log, where, cause, told=str(breakage))
        self._failed_with(breakage)

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (err := task.exception()) is not None:
            log.error("an errand failed", exc_info=err)
            self._failed_with(err)

    def _give_up(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.done():
            self._given_up.add(task)
            task.add_done_callback(self._given_up.discard)
            task.cancel()
