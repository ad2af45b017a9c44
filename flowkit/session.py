"""One call, alive: with its errands, the only place that awaits.

The engine is a pure function; a ``Session`` performs the effects it asks for and feeds
the answers back as events. Rules of this module:

* events are taken strictly one after the other, in the order in which they were fed;
  feeding from inside a host's method only queues (there is no re-entrancy);
* everything that takes time (understanding, tools) is an errand: a task of its own that
  answers with an event; what answers too late is fed all the same, the engine ignores it;
* a tool that cannot be undone is never cancelled, not by the session's end either;
* no error of a developer's tool, an understander, a host or a journal ends the call. With
  ``strict`` (tests) it is raised to whoever feeds or waits, after the event was treated.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeVar, assert_never

from flowkit.dialogue import codec, effects, engine, events
from flowkit.dialogue.acts import Json
from flowkit.dialogue.effects import Effect
from flowkit.dialogue.events import CallFacts, Event
from flowkit.dialogue.flow import Agent
from flowkit.dialogue.state import State
from flowkit.dialogue.trace import TraceRecord
from flowkit.errands import GIVEN_UP_WITHIN_S, Errands
from flowkit.journal import Scribe
from flowkit.mishaps import log_mishap
from flowkit.ports import Clock, Handle, Host, Journal, Understander, WallClock
from flowkit.toolcalls import ExtensionError, ToolCaller, ToolFunction

__all__ = [
    "Clock",
    "ExtensionError",
    "Handle",
    "Host",
    "Journal",
    "Session",
    "Understander",
    "WallClock",
]

log = logging.getLogger(__name__)

T = TypeVar("T")

COMMITS_WITHIN_S = 30.0
"""How long ``close`` waits for tools that cannot be undone."""
TRACE_KEPT = 30
"""Trace records that a session keeps, unless it is told to keep all.

One has about a kilobyte; they are dropped when there are twice as many.
"""


class Session:
    """One call: an agent, its state, and the tasks and timers that are running.

    Args:
        agent: What to talk by.
        host: Who speaks and transfers.
        understander: Who turns words into acts.
        clock: Time; ``WallClock`` on the phone.
        facts: Who calls; ``facts.id`` goes into every idempotency key.
        given: Values that come with the call.
        language: None: the agent's own.
        tools: Functions to call instead of the agent's, by name; looked up at each call,
            so the mapping may change in mid-call.
        journal: Where events are written.
        strict: Raise what developers' code did wrong, instead of going on.
        data: The folder that tools get as ``call.data``; ``data`` in the agent's by default.
        threads: Run tools that are not async in a thread each (False: in the loop).
        trace_kept: How many trace records to keep; None: all.
        observer: Is shown each trace record before its effects are performed.

    Example:
        >>> session = Session(agent, host, understander=rules, clock=WallClock(),
        ...                   facts=CallFacts(id="1"))          # doctest: +SKIP
        >>> await session.start()                               # doctest: +SKIP
    """

    def __init__(
        self,
        agent: Agent,
        host: Host,
        *,
        understander: Understander,
        clock: Clock,
        facts: CallFacts,
        given: Mapping[str, Json] | None = None,
        language: str | None = None,
        tools: Mapping[str, ToolFunction] | None = None,
        journal: Journal | None = None,
        strict: bool = False,
        data: str = "",
        threads: bool = True,
        trace_kept: int | None = TRACE_KEPT,
        observer: Callable[[TraceRecord], None] | None = None,
    ) -> None:
        self.agent = agent
        self.clock = clock
        self.facts = facts
        self.trace: list[TraceRecord] = []
        """What happened and why, oldest first; the oldest are dropped, see above."""
        self.ended: effects.End | None = None
        """Set when the engine hung up."""
        self._host = host
        self._given = dict(given or {})
        self._language = language
        self._scribe = Scribe(journal, self._fail)
        self._strict = strict
        self._trace_kept = trace_kept
        self._observer = observer
        self._state: State | None = None
        self._queue: deque[Event] = deque()
        self._opening: engine.Stepped | None = None
        self._drainer: asyncio.Task[None] | None = None
        self._treating = False
        self._failure: BaseException | None = None
        self._timers: dict[int, Handle] = {}
        tool_caller = ToolCaller(
            agent,
            stand_ins=tools if tools is not None else {},
            call_id=facts.id,
            number=facts.number,
            data=data or (f"{agent.folder}/data" if agent.folder else ""),
            threads=threads,
        )
        self._errands = Errands(
            understander=understander,
            caller=tool_caller,
            clock=clock,
            post=self._post,
            failed=self._fail,
        )

    @property
    def state(self) -> State:
        """Where the call stands: immutable data, good to keep."""
        if self._state is None:
            raise RuntimeError("`state` was read before `start` was awaited")
        return self._state

    @property
    def working(self) -> frozenset[asyncio.Task[None]]:
        """The tasks that are still to answer: understanding, tools.

        Those that the session has cancelled are not among them, even if they linger.
        """
        return self._errands.working

    @property
    def calling(self) -> frozenset[asyncio.Task[None]]:
        """Those of ``working`` that run a tool."""
        return self._errands.calling

    async def start(
        self,
        slots: Mapping[str, Json] | None = None,
        at_step: str | None = None,
        results: Mapping[str, Json] | None = None,
    ) -> None:
        """Answer the line; returns when the first effects have been performed.

        Args:
            slots: Values that count as heard, not confirmed (tests).
            at_step: A step's verb, tool or slot; all before it counts as done (tests).
            results: What the tools before ``at_step`` returned, by tool (tests).
        """
        self._begin_once()
        started = events.CallStarted(
            self.clock.now(), self.facts, self._given, self._language
        )
        self._scribe.begin(
            self.agent,
            slots=dict(slots) if slots else None,
            at_step=at_step,
            results=dict(results) if results else None,
        )
        self._scribe.event(started)
        self._opening = engine.start(
            self.agent, started, slots=slots, at_step=at_step, results=results
        )
        await asyncio.wait({self._drain_soon()})
        self._raise()

    async def resume(self, state: State) -> None:
        """Go on with a call that was held elsewhere: after a crash, on another machine.

        What was in flight is done again: the open question is asked, tools are called,
        under the keys that they were called with before.

        Args:
            state: As it was last; ``codec.state_from_json`` reads a saved one.

        Raises:
            ValueError: It is a state of another version of the agent.
        """
        self._begin_once()
        if state.agent != self.agent.fingerprint:
            raise ValueError(
                "the state is one of another version of the agent: "
                f"`{state.agent[:12]}`, expected `{self.agent.fingerprint[:12]}`"
            )
        self._scribe.begin(self.agent, state=codec.state_to_json(state))
        self._state = state
        await self.feed(events.CallResumed(self.clock.now()))

    def rewind(
        self, state: State, pending: Iterable[effects.StartTimer | effects.CallTool]
    ) -> None:
        """Begin in an earlier moment of a call, exactly as it was then.

        Unlike with ``resume`` nothing is asked again: for playgrounds, where a tester
        undoes a turn. The journal is the caller's business.

        Args:
            state: As it was in that moment, of the same version of the agent.
            pending: The timers that ran then, with the seconds they had left, and the
                tools that are to be called again.
        """
        self._begin_once()
        self._state = state
        for effect in pending:
            if isinstance(effect, effects.StartTimer):
                self._start_timer(effect)
            else:
                self._errands.call(effect)

    async def give_up_tools(self) -> None:
        """Stop waiting for the tools that are running: they count as failed.

        One that cannot be undone goes on, and nobody knows whether it happened.
        """
        for call in tuple(self.state.calls.values()):
            if not call.commit:
                self._errands.cancel(call.id)
            reason = "timeout" if call.commit else "error"
            await self.feed(
                events.ToolFailed(self.clock.now(), call.id, reason, "given up")
            )

    def _begin_once(self) -> None:
        if self._state is not None or self._opening is not None:
            raise RuntimeError("a session holds one call, this one has begun already")

    async def feed(self, event: Event) -> None:
        """Let something happen to the call.

        Returns when the event and all that was queued have been treated; if another
        event is just being treated (also when the host feeds from inside ``speak``), the
        event is queued behind it and this returns at once.

        Raises:
            ExtensionError: With ``strict``, developer's code broke its contract.
        """
        self._queue.append(event)
        drainer = self._drain_soon()
        if not self._treating:
            await asyncio.wait({drainer})
            self._raise()

    async def treated(self) -> None:
        """Wait until every event that was fed so far has been treated."""
        await self._all_treated()
        self._raise()

    async def settled(self) -> None:
        """Wait until nothing is queued, and no understanding and no tool is running.

        Timers do not count: the agent waits for the caller when this returns.

        Raises:
            ExtensionError: With ``strict``, developer's code broke its contract.
        """
        await self._all_treated()
        while working := self.working:
            await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
            await self._all_treated()
        self._raise()

    async def close(self, *, patience_s: float = COMMITS_WITHIN_S) -> None:
        """End the session: the caller is gone if the call is not over yet.

        Timers, understanding and repeatable tools are cancelled. Tools that cannot be
        undone are waited for, and their answers are still treated and written. A host
        that calls this from inside one of its methods gets it done right after.

        Args:
            patience_s: Real seconds to wait for such tools, and for a host that is stuck.
        """
        if self._is_drainer():
            # kept, since the loop itself holds its tasks weakly
            self._closer = asyncio.ensure_future(self.close(patience_s=patience_s))
            return
        if self._state is not None and self.ended is None and not self.state.over:
            self._queue.append(events.CallerHungUp(self.clock.now()))
        await self._treat_within(patience_s)
        await self._errands.end(patience_s)
        await self._treat_within(patience_s)
        self._stop_timers()
        self._raise()

    # --- events in ------------------------------------------------------------------

    def _post(self, event: Event) -> None:
        """Queue an event from a task or a callback, and have it treated soon."""
        self._queue.append(event)
        self._drain_soon()

    def _drain_soon(self) -> asyncio.Task[None]:
        """Return the task that treats events, one after the other.

        It is nobody else's, so cancelling who feeds or answers tears no step apart.
        """
        if self._drainer is None or self._drainer.done():
            self._drainer = asyncio.ensure_future(self._drain())
            self._drainer.add_done_callback(self._reap)
        return self._drainer

    def _is_drainer(self) -> bool:
        return self._treating and asyncio.current_task() is self._drainer

    async def _drain(self) -> None:
        self._treating = True
        try:
            if self._opening is not None:
                stepped, self._opening = self._opening, None
                await self._take(stepped)
            while self._queue:
                event = self._queue.popleft()
                self._scribe.event(event)
                try:
                    stepped = engine.step(self.agent, self.state, event)
                except Exception as err:  # noqa: BLE001  # a developer's type, say
                    log_mishap(
                        log, f"the engine failed on `{type(event).__name__}`", err
                    )
                    self._fail(err)
                    continue
                await self._take(stepped)
            self._scribe.flush()
        finally:
            self._treating = False

    async def _all_treated(self) -> None:
        while not self._is_drainer() and (self._queue or self._treating):
            await asyncio.wait({self._drain_soon()})

    async def _treat_within(self, seconds: float) -> None:
        """Treat what was fed, and give up a host that never returns from a method."""
        for _ in range(5):  # methods that may be stuck, one after the other
            if self._is_drainer() or not (self._queue or self._treating):
                return
            drainer = self._drain_soon()
            done, _ = await asyncio.wait({drainer}, timeout=max(seconds, 0.01))
            if not done:
                log.error("the host never returned; the rest goes on without it")
                drainer.cancel()
                await asyncio.wait({drainer}, timeout=GIVEN_UP_WITHIN_S)

    async def _take(self, stepped: engine.Stepped) -> None:
        self._state = stepped.state
        self.trace.append(stepped.trace)
        kept = self._trace_kept
        if kept is not None and len(self.trace) > 2 * kept:
            del self.trace[:-kept]
        if self._observer is not None:
            try:
                self._observer(stepped.trace)
            except Exception as err:  # it only looks on
                log.error("the observer failed", exc_info=err)
                self._fail(err)
        for effect in stepped.effects:
            await self._perform(effect)

    # --- effects out ----------------------------------------------------------------

    async def _perform(self, effect: Effect) -> None:
        match effect:
            case effects.Say():
                if not await self._ask_host("speak", self._host.speak, effect):
                    self._queue.append(
                        events.CallerInterrupted(self.clock.now(), effect.id, "")
                    )
            case effects.StopSpeaking():
                await self._ask_host("stop", self._host.stop, effect.id)
            case effects.Understand():
                self._errands.understand(effect)
            case effects.CallTool():
                self._errands.call(effect)
            case effects.CancelTool():
                self._errands.cancel(effect.id)
            case effects.StartTimer():
                self._start_timer(effect)
            case effects.CancelTimer():
                if handle := self._timers.pop(effect.id, None):
                    handle.cancel()
            case effects.Transfer():
                if not await self._ask_host("transfer", self._host.transfer, effect):
                    self._queue.append(
                        events.TransferEnded(
                            self.clock.now(), effect.id, connected=False
                        )
                    )
            case effects.End():
                self.ended = effect
                self._stop_timers()
                await self._ask_host("hang_up", self._host.hang_up, effect)
            case effects.Report():
                self._report(effect)
            case _:
                assert_never(effect)

    async def _ask_host(
        self, name: str, method: Callable[[T], Awaitable[None] | None], argument: T
    ) -> bool:
        try:
            answer = method(argument)
            if answer is not None:
                await answer
        except (Exception, asyncio.CancelledError) as err:
            task = asyncio.current_task()
            if isinstance(err, asyncio.CancelledError) and task and task.cancelling():
                raise  # the loop is being shut down
            log.error("the host failed to %s", name, exc_info=err)
            self._fail(err)
            return False
        return True

    def _start_timer(self, timer: effects.StartTimer) -> None:
        def fire() -> None:
            self._timers.pop(timer.id, None)
            self._post(events.TimerFired(self.clock.now(), timer.id))

        self._timers[timer.id] = self.clock.call_later(
            max(0.0, timer.seconds), timer.kind, fire
        )

    def _stop_timers(self) -> None:
        for handle in self._timers.values():
            handle.cancel()
        self._timers.clear()

    def _report(self, report: effects.Report) -> None:
        line = report.line or "no line"
        told = f"{report.what}: {report.message} ({line})"
        if report.error is None:
            log.error("%s", told)
        else:
            where = f"{report.what} failed ({line})"
            log_mishap(log, where, report.error, told=told)
        breakage = ExtensionError(report.what, line=report.line, problem=report.message)
        breakage.__cause__ = report.error
        self._fail(breakage)

    # --- inside ---------------------------------------------------------------------

    def _reap(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (err := task.exception()) is not None:
            log.error("a task of the session failed", exc_info=err)
            self._failure = self._failure or err

    def _fail(self, err: BaseException) -> None:
        if self._strict:
            self._failure = self._failure or err

    def _raise(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
