"""One tester's talk with an agent: it can be undone, begun again, and run again.

A conversation is a list of turns; each keeps the moment at which the agent waited again,
so that going back is taking up an earlier moment. A new version of the agent is talked to
by doing the same things again. All methods belong to one event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from flowkit.dialogue.acts import Json
from flowkit.dialogue.events import CallFacts
from flowkit.dialogue.flow import Agent, Do
from flowkit.dialogue.view import slot_values, waiting_for
from flowkit.testing.textcall import Entry, NotSpeakingError, TextCall, ToolUse, Turn

from . import travel
from .commands import (
    Back,
    Input,
    Lang,
    Move,
    Over,
    Restart,
    Silence,
    Tool,
    Words,
)
from .data import Data, Snapshot
from .moves import CannotDoError, in_seconds, perform, switch
from .standins import StandIns
from .understander import Rules

if TYPE_CHECKING:
    from .recording import Recording

Aside: TypeAlias = Tool | Lang
"""What a tester arranges before the caller goes on."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How calls are made."""

    now: datetime | None = None
    """When each call begins, aware; None: at present."""
    number: str | None = None
    """Who calls, E.164."""
    given: Mapping[str, Json] = field(default_factory=dict)
    language: str | None = None
    record: Path | None = None
    """The folder for journals."""


@dataclass(frozen=True, slots=True)
class Done:
    """One turn of the conversation, as it stood when the agent waited again."""

    number: int
    """0 is the opening."""
    input: Input | None
    asides: tuple[Aside, ...]
    """What was arranged between the turn before and this one."""
    turn: Turn
    slots: Mapping[str, Json]
    waiting_for: str | None
    outcome: str | None
    reason: str | None
    moment: travel.Moment
    data: Snapshot
    wishes: tuple[Tool, ...]
    """What was arranged and not used yet."""
    cut_short: bool = False
    """The caller went on before the agent waited for them."""

    @property
    def ended(self) -> bool:
        """Whether the agent has hung up."""
        return self.moment.ended is not None


@dataclass(frozen=True, slots=True)
class Difference:
    """The first turn in which two versions of an agent do not say the same."""

    before: Done
    after: Done | None
    """None: with the new version the call was over by then."""


class Conversation:
    """A talk with one agent.

    Args:
        agent: Whom to talk to.
        data: Where its tools keep their data.
        setup: How calls are made.
        watch: Is told each line of the transcript at the moment it happens.
        sleep: Lets seconds pass for tools that were told to be slow.
    """

    def __init__(
        self,
        agent: Agent,
        *,
        data: Data,
        setup: Setup,
        watch: Callable[[Entry], None] = lambda entry: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.agent = agent
        self.setup = setup
        self.turns: list[Done] = []
        """The turns of this call; the first is the opening."""
        self._data = data
        self._watch = watch
        self._sleep = sleep
        self._calls = 0
        self._call: TextCall | None = None
        self._stand_ins = StandIns(agent, sleep)
        self._asides: list[Aside] = []
        self._recording: Recording | None = None
        self._before: Snapshot = {}
        self._task: asyncio.Task[object] | None = None
        self._giving_way = False
        self._muted = False

    # --- what can be asked ------------------------------------------------------------

    @property
    def call(self) -> TextCall:
        """The call as it is now."""
        if self._call is None:
            raise CannotDoError("There is no call yet.")
        return self._call

    @property
    def last(self) -> Done:
        """The last turn that came to its end."""
        return self.turns[-1]

    @property
    def running(self) -> list[ToolUse]:
        """The tools that the agent is waiting for."""
        call = self._call
        if call is None or not call.waits_for_tools:
            return []
        return [use for use in call.tools if not use.answered]

    @property
    def recorded(self) -> Path | None:
        """The file that this call is written down in."""
        return self._recording.path if self._recording else None

    # --- what moves the conversation ----------------------------------------------------

    async def open(self) -> Done:
        """Make the call; the agent answers."""
        await self._hang_up()
        self._calls += 1
        self._before = self._data.snapshot()
        self._recording = self._new_recording()
        self._call = self._dial(self.agent)
        self.turns = []
        turn, cut_short = await self._until_rest(self._call.open(), None)
        return self._done(self.turns, None, turn, cut_short=cut_short)

    async def restart(self) -> Done:
        """Hang up and call again; what tools have done stays done."""
        done = await self.open()
        self.turns[-1] = done = replace(done, input=Restart())
        return done

    async def do(self, move: Move) -> Done:
        """Let the caller do something; returns when the agent waits again.

        If it does not wait yet, the caller does not either: the turn before is over.
        """
        await self._give_way()
        call = self.call
        words = move.text if isinstance(move, Words | Over) else None
        if isinstance(move, Silence):
            move = await in_seconds(call, move)
        try:
            turn, cut_short = await self._until_rest(perform(call, move), words)
        except NotSpeakingError:
            raise CannotDoError(
                "The agent is not speaking: there is nothing to talk over."
            ) from None
        return self._done(self.turns, move, turn, cut_short=cut_short)

    async def back(self) -> list[ToolUse]:
        """Undo the last turn; return what tools did in it that stays done.

        Raises:
            CannotDoError: Only the opening is left.
        """
        await self._give_way()
        if len(self.turns) < 2:
            raise CannotDoError("There is nothing to undo.")
        undone = self.turns.pop()
        lasting = [] if self._data.can_go_back else self._lasting(undone.turn)
        await self._travel(self.last, new_keys=bool(lasting))
        return lasting

    async def speak(self, language: str) -> None:
        """Go on in another language of the agent.

        Raises:
            CannotDoError: The agent does not speak it.
        """
        if language not in self.agent.languages:
            known = ", ".join(self.agent.languages)
            raise CannotDoError(
                f'The agent does not speak "{language}", only: {known}.'
            )
        await self._give_way()
        self._asides.append(Lang(language))
        await switch(self.call, language)

    def arrange(self, wish: Tool) -> None:
        """Let the next call of a tool end as the tester says."""
        self._asides.append(wish)
        self._stand_ins.wishes.append(wish)

    async def give(self, name: str, value: Json) -> bool:
        """Let a value come with the call; return whether it was begun anew with it.

        A call in which the caller has done something goes on without the value.
        """
        self.setup = replace(self.setup, given={**self.setup.given, name: value})
        if len(self.turns) > 1:
            return False
        await self.open()
        return True

    async def give_up(self) -> list[ToolUse]:
        """Stop waiting for the tools that are running; they count as failed."""
        call = self.call
        given_up = self.running
        await call.session.give_up_tools()
        return given_up

    async def rerun(self, agent: Agent) -> Difference | None:
        """Talk to a new version of the agent: the same things are done again.

        Returns:
            The first turn in which it says something else, or None. The conversation
            goes on with the new version.
        """
        await self._give_way()
        if not self.turns:
            self.agent, self._stand_ins = agent, StandIns(agent, self._sleep)
            await self.open()
            return None
        old, self._muted = self.turns, True
        try:
            return await self._again(agent, old)
        finally:
            self._muted = False

    async def recover(self) -> None:
        """Go on from the last turn in another event loop; the present one is stuck."""
        self._call = self._task = None
        if self.turns:
            await self._travel(self.last, new_keys=False)
        else:
            await self.open()

    async def close(self) -> None:
        """Hang up; what cannot be undone is waited for."""
        await self._hang_up()

    # --- inside -------------------------------------------------------------------------

    async def _again(self, agent: Agent, old: list[Done]) -> Difference | None:
        await self._hang_up()
        self.agent = agent
        self._stand_ins = StandIns(agent, self._sleep)
        if self._data.can_go_back:
            self._data.restore(self._before)
        else:
            self._stand_ins.answer_from(u for done in old for u in done.turn.tools)
        self._recording = self._new_recording()
        begun = datetime.fromisoformat(old[0].moment.state.started)
        self._call = call = self._dial(agent, at=begun)
        new: list[Done] = []
        self.turns = new
        difference = None
        for before in old:
            if new and new[-1].ended:
                difference = difference or Difference(before, None)
                break
            for aside in before.asides:
                self._asides.append(aside)
                if isinstance(aside, Tool):
                    self._stand_ins.wishes.append(aside)
                elif aside.code and aside.code in agent.languages:
                    await switch(call, aside.code)
            move = before.input
            try:
                if move is None or isinstance(move, Back | Restart):
                    turn = await call.open()
                else:
                    turn = await perform(call, move)
            except NotSpeakingError:
                continue
            after = self._done(new, move, turn)
            if difference is None and before.turn.bot != turn.bot:
                difference = Difference(before, after)
        self._stand_ins.answer_from(None)
        return difference

    def _dial(self, agent: Agent, *, at: datetime | None = None) -> TextCall:
        setup = self.setup
        call_id = f"play-{self._calls}"
        if not self._data.can_go_back:  # bookings of other days may be in there
            call_id = f"play-{datetime.now().astimezone():%Y%m%dT%H%M%S%f}"
        return TextCall(
            agent,
            understander=Rules(agent),
            now=at or setup.now,
            facts=CallFacts(id=call_id, number=setup.number),
            given=self._given_of(agent),
            language=setup.language if setup.language in agent.languages else None,
            tools=self._stand_ins,
            journal=self._recording.journal if self._recording else None,
            data=str(self._data.path),
            real=True,
            watch=self._tell,
        )

    def _given_of(self, agent: Agent) -> dict[str, Json]:
        known = {name for flow in agent.flows.values() for name in flow.given}
        return {k: v for k, v in self.setup.given.items() if k in known}

    def _new_recording(self) -> Recording | None:
        if self.setup.record is None:
            return None
        from .recording import Recording  # few calls are written down

        return Recording(self.setup.record, self.agent)

    def _tell(self, entry: Entry) -> None:
        if not self._muted:
            self._watch(entry)

    def _done(
        self,
        turns: list[Done],
        move: Input | None,
        turn: Turn,
        *,
        cut_short: bool = False,
    ) -> Done:
        """Note that the agent waits again."""
        call = self.call
        state = call.state
        done = Done(
            number=len(turns),
            input=move,
            asides=tuple(self._asides),
            turn=turn,
            slots=slot_values(call.agent, state),
            waiting_for=waiting_for(call.agent, state),
            outcome=state.outcome,
            reason=state.reason,
            moment=travel.keep(call),
            data=self._data.snapshot(),
            wishes=tuple(self._stand_ins.wishes),
            cut_short=cut_short,
        )
        self._asides.clear()
        turns.append(done)
        return done

    async def _give_way(self) -> None:
        """End a turn in which the agent still waits for a tool."""
        task = self._task
        if task is None or task.done() or task is asyncio.current_task():
            return
        await self.call.session.treated()  # never in the middle of an event
        if not task.done():
            self._giving_way = True
            task.cancel()
            await asyncio.wait([task])

    async def _until_rest(
        self, work: Coroutine[object, object, Turn], words: str | None
    ) -> tuple[Turn, bool]:
        """Wait for a turn; return it, and whether the caller went on before its end."""
        task = self._task = asyncio.current_task()
        try:
            return await work, False
        except asyncio.CancelledError:
            if not self._giving_way or task is None:
                raise  # it is not the caller who wants this
            self._giving_way = False
            task.uncancel()
            return self.call.turn(words), True
        finally:
            self._task = None

    async def _hang_up(self) -> None:
        if self._call is not None:
            await self._give_way()
            await self._call.session.close(patience_s=2.0)
            self._call = None
        if self._recording is not None:
            self._recording.close()
            self._recording = None

    async def _travel(self, done: Done, *, new_keys: bool) -> None:
        """Go on from an earlier turn."""
        await self._hang_up()
        self._data.restore(done.data)
        moment = done.moment
        if new_keys:  # or a tool would take the next act for a retry of the last
            call_id = f"{moment.state.facts.id}-{len(self.turns)}b"
            facts = replace(moment.state.facts, id=call_id)
            moment = replace(moment, state=replace(moment.state, facts=facts))
        self._recording = self._new_recording()
        if self._recording is not None:
            self._recording.catch_up(moment.records)
        self._asides.clear()
        self._stand_ins.wishes[:] = done.wishes
        self._call = self._dial(self.agent, at=moment.now)
        travel.take_up(self._call, moment)

    def _lasting(self, turn: Turn) -> list[ToolUse]:
        steps = [
            step for flow in self.agent.flows.values() for step in flow.by_id.values()
        ]
        commits = {step.tool for step in steps if isinstance(step, Do) and step.commit}
        return [use for use in turn.tools if use.name in commits and not use.failed]
