"""A call as text: the session with a keyboard for an ear and a list for a mouth.

Tests and playgrounds drive a call through a ``TextCall``. Text is half-duplex, the engine
is full-duplex; the rules that bring the two together are these:

* An utterance of the agent is *in flight* from ``speak`` until something needs it to be
  finished. A line of the caller finishes it first, ``over`` cuts into it.
* ``rest`` goes on until the agent waits for the caller: it finishes speech as long as
  something follows, and leaves the last utterance in flight, so that one can still talk
  over it. What follows is found by asking the pure engine, nothing is guessed.
* Speaking takes no time. Time passes in ``silence``; with a virtual clock also while a
  tool sleeps on that clock, with a ``PlayClock`` while tools really run.

The high-level methods (``open`` ``say`` ``over`` ``interrupt`` ``keys`` ``silence``) end
in ``rest`` and return a ``Turn``. The runner of tests uses the low-level ones (``put``
``cut_in`` ``settle`` ``finish`` ``advance`` ...), which do one thing each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flowkit.dialogue import effects, engine, events
from flowkit.dialogue.acts import Json
from flowkit.dialogue.events import CallFacts
from flowkit.dialogue.flow import Agent
from flowkit.dialogue.state import State
from flowkit.dialogue.trace import TraceRecord
from flowkit.ports import Journal, Understander
from flowkit.session import Session
from flowkit.testing.clocks import PlayClock, VirtualClock
from flowkit.testing.transcript import Entry, Speech, ToolUse, Turn
from flowkit.toolcalls import ToolFunction

__all__ = [
    "Entry",
    "NotSpeakingError",
    "RunawayError",
    "Speech",
    "TextCall",
    "ToolUse",
    "Turn",
]

MOST_MOVES = 200
"""Utterances and timers of one rest: more is an agent that talks to itself for ever."""


class NotSpeakingError(Exception):
    """Somebody wanted to talk over the agent while it was silent."""


class RunawayError(Exception):
    """The agent went on and on without waiting for the caller."""


class TextCall:
    """One call held as text.

    Args:
        agent: Whom to talk to.
        understander: Who understands; None: the rules.
        now: When the call begins, aware; None: now, in the agent's time zone.
        facts: Who calls; None: a withheld number.
        given: Values that come with the call.
        language: None: the agent's own.
        tools: Functions to call instead of the agent's; may be changed in mid-call.
        journal: Where events are written.
        strict: Raise what developers' code did wrong.
        data: The folder of the agent's data.
        real: Tools run in real time, and those that block in threads; only the caller's
            silence passes by hand. False: all time is virtual, nothing ever sleeps.
        watch: Is told each line of the transcript as it comes.
        observer: Is shown each trace record as it comes.

    Example:
        >>> call = TextCall(agent)                                  # doctest: +SKIP
        >>> (await call.open()).bot                                 # doctest: +SKIP
        ('Bella Trattoria, good afternoon. For how many people?',)
        >>> (await call.say("four")).bot                            # doctest: +SKIP
        ('For which day?',)
    """

    def __init__(
        self,
        agent: Agent,
        *,
        understander: Understander | None = None,
        now: datetime | None = None,
        facts: CallFacts | None = None,
        given: Mapping[str, Json] | None = None,
        language: str | None = None,
        tools: Mapping[str, ToolFunction] | None = None,
        journal: Journal | None = None,
        strict: bool = False,
        data: str = "",
        real: bool = False,
        watch: Callable[[Entry], None] | None = None,
        observer: Callable[[TraceRecord], None] | None = None,
    ) -> None:
        zone = ZoneInfo(agent.timezone)
        now = now.astimezone(zone) if now else datetime.now(zone)
        self.agent = agent
        self.clock = PlayClock(now) if real else VirtualClock(now)
        self.transcript: list[Entry] = []
        self.speeches: list[Speech] = []
        """All that the agent began to say, oldest first."""
        self.tools: list[ToolUse] = []
        """All calls of tools, oldest first; replaced by the answered ones."""
        self.transferred: effects.Transfer | None = None
        self.people_answer = True
        """Whether a person takes the call when it is transferred."""
        self._watch = watch
        self._observer = observer
        self._pending: dict[int, int] = {}
        self._spoke: asyncio.Future[None] | None = None
        self._mark = (0, 0, 0, 0)
        self.session = Session(
            agent,
            _Mouth(self),
            understander=understander or _rules(agent),
            clock=self.clock,
            facts=facts or CallFacts(id="text"),
            given=given,
            language=language,
            tools=tools,
            journal=journal,
            strict=strict,
            data=data,
            threads=real,
            trace_kept=None,
            observer=self._observe,
        )

    # --- what can be asked ----------------------------------------------------------

    @property
    def state(self) -> State:
        """Where the call stands."""
        return self.session.state

    @property
    def records(self) -> list[TraceRecord]:
        """Everything that happened and why, oldest first."""
        return self.session.trace

    @property
    def ended(self) -> effects.End | None:
        """How it ended, once the agent has hung up."""
        return self.session.ended

    @property
    def speech(self) -> Speech | None:
        """The utterance in flight, or None when the agent is silent."""
        if self.speeches and self.speeches[-1].status == "in_flight":
            return self.speeches[-1]
        return None

    @property
    def waits_for_tools(self) -> bool:
        """Whether the agent waits for a tool; for one that is overdue it does not."""
        return bool(self.session.calling) and any(
            not calling.overdue for calling in self.state.calls.values()
        )

    # --- a turn at a time -------------------------------------------------------------

    async def open(
        self,
        slots: Mapping[str, Json] | None = None,
        at_step: str | None = None,
        results: Mapping[str, Json] | None = None,
    ) -> Turn:
        """Begin the call; see ``Session.start`` for the arguments."""
        await self.session.start(slots, at_step, results)
        await self.rest()
        return self.turn(None)

    async def say(self, text: str) -> Turn:
        """Say something after the agent has finished."""
        await self.finish_all()
        await self.put(text)
        await self.rest()
        return self.turn(text)

    async def over(self, text: str, words: int | None = None) -> Turn:
        """Talk over the agent after it has said so many words (None: half of them).

        Raises:
            NotSpeakingError: It is silent.
        """
        await self.cut_in(text, words)
        await self.rest()
        return self.turn(text)

    async def interrupt(self, words: int | None = None) -> Turn:
        """Make a noise that stops the agent without meaning anything: a cough.

        Speech that only an answer may stop, or nothing, goes on.

        Raises:
            NotSpeakingError: It is silent.
        """
        await self.cough(words)
        await self.rest()
        return self.turn(None)

    async def keys(self, digits: str) -> Turn:
        """Press keys, ``#`` and ``*`` included, after the agent has finished."""
        await self.finish_all()
        await self.press(digits)
        await self.rest()
        return self.turn(None)

    async def silence(self, seconds: float | None = None) -> Turn:
        """Say nothing for so long; None: until the agent loses patience.

        If it has none to lose (no timer runs), nothing happens.
        """
        await self.finish_all()
        if seconds is None:
            seconds = self.clock.next_in() or 0.0
        await self.wait(seconds)
        await self.rest()
        return self.turn(None)

    async def hang_up(self) -> Turn:
        """The caller leaves."""
        await self.leave()
        await self.rest()
        return self.turn(None)

    async def close(self) -> None:
        """End the session; what cannot be undone is waited for."""
        for _ in range(MOST_MOVES):  # virtual sleepers wake only by their clock
            if self.clock.next_in(frozenset({"sleep"})) is None:
                break
            self.clock.fire_next()
            await asyncio.sleep(0)
        await self.session.close()

    # --- one thing at a time ----------------------------------------------------------

    async def put(self, text: str) -> None:
        """Say something now; the agent must not be speaking (see ``finish_all``)."""
        self._note(Entry("caller", text))
        await self.session.feed(events.CallerSaid(self.clock.now(), text))
        await self.settle()

    async def press(self, digits: str) -> None:
        """Press keys now."""
        self._note(Entry("keys", digits))
        await self.session.feed(events.KeysPressed(self.clock.now(), digits))
        await self.settle()

    async def wait(self, seconds: float) -> None:
        """Say nothing for so long; ``advance`` with a line in the transcript."""
        self._note(Entry("silence", f"{seconds:g} s"))
        await self.advance(seconds)

    async def leave(self) -> None:
        """Hang up now."""
        self._note(Entry("hangs_up", ""))
        await self.session.feed(events.CallerHungUp(self.clock.now()))
        await self.settle()

    async def cut_in(self, text: str, words: int | None = None) -> bool:
        """Talk over the speech in flight; return whether that stopped the agent."""
        await self.settle()
        speech = self._reach(words)
        self._note(Entry("over", text))
        await self.session.feed(
            events.CallerSaid(self.clock.now(), text, heard=speech.heard)
        )
        await self.settle()
        return speech.status == "cut"

    async def cough(self, words: int | None = None) -> bool:
        """Make a noise; return whether that stopped the agent."""
        await self.settle()
        speech = self._reach(words)
        self._note(Entry("cough", ""))
        if speech.sentence.interrupt != "anytime":
            return False
        await self._cut(speech)
        await self.settle()
        return True

    async def finish(self) -> None:
        """Let the speech in flight be heard to its end; the agent may go on then."""
        speech = self.speech
        if speech is None:
            return
        speech.status = "finished"
        await self.session.feed(events.SpeechFinished(self.clock.now(), speech.say.id))
        await self.settle()

    async def finish_all(self) -> None:
        """Let the agent say all that it has to say now. Time does not pass."""
        await self.settle()
        for _ in range(MOST_MOVES):
            if self.speech is None:
                return
            await self.finish()
        raise RunawayError("the agent went on speaking without end")

    async def rest(self) -> None:
        """Go on until the agent waits for the caller, or the call is over.

        Tools are waited for (in virtual time, if they sleep on the virtual clock). The
        last utterance stays in flight if nothing but timers would follow it.

        Raises:
            RunawayError: It never waits.
        """
        for _ in range(MOST_MOVES):
            await self.settle()
            if self.speech is not None and (self.waits_for_tools or self._goes_on()):
                await self.finish()
            elif self.waits_for_tools:
                await self.wait_for_tools()
            elif not await self.end_keys():
                return
        raise RunawayError("the agent went on without waiting for the caller")

    async def settle(self) -> None:
        """Wait for all that happens by itself, without time passing.

        Understanding is waited for; tools too unless they sleep on the virtual clock. In
        real time tools are not waited for.
        """
        while True:
            await self.session.treated()
            working = self.session.working - self.clock.sleeping
            if isinstance(self.clock, PlayClock):
                working -= self.session.calling
            if not working:
                return
            await asyncio.wait(
                [*working, self.clock.next_sleep()],
                return_when=asyncio.FIRST_COMPLETED,
            )

    async def wait_for_tools(self) -> None:
        """Wait until a running tool answers, the agent speaks, or time does something.

        In virtual time that is one timer: ``meanwhile``, a sign of life, a limit.
        """
        calling = self.session.calling
        if not calling:
            return
        if not isinstance(self.clock, PlayClock):
            self.clock.fire_next()
            await self.settle()
            return
        self._spoke = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait(
                [*calling, self._spoke], return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            self._spoke = None
        await self.settle()

    async def end_keys(self) -> bool:
        """Let the pause pass that ends keys without ``#``; False if none are pressed."""
        pause = self.clock.next_in(frozenset({"keys"}))
        if pause is None:
            return False
        await self.advance(pause)
        return True

    async def advance(self, seconds: float) -> None:
        """Let time pass, timer by timer; the agent finishes what it says in between."""
        left = seconds
        for _ in range(MOST_MOVES):
            due = self.clock.next_in()
            if due is None or due > left + 1e-9:
                self.clock.skip(left)
                return
            self.clock.fire_next()
            left -= max(0.0, due)
            await self.settle()
            if left > 1e-9:
                await self.finish_all()
        raise RunawayError(f"timers fired without end within {seconds:g} s")

    def turn(self, caller: str | None) -> Turn:
        """Return what happened since the last call of this, as a turn."""
        spoken, used, recorded, noted = self._mark
        self._mark = (
            len(self.speeches),
            len(self.tools),
            len(self.records),
            len(self.transcript),
        )
        records = tuple(self.records[recorded:])
        return Turn(
            caller,
            tuple(
                act
                for record in records
                if isinstance(record.event, events.Understood)
                for act in record.event.acts
            ),
            tuple(speech.say for speech in self.speeches[spoken:]),
            tuple(self.tools[used:]),
            records,
            tuple(self.transcript[noted:]),
        )

    # --- inside -----------------------------------------------------------------------

    def _begin(self, say: effects.Say) -> None:
        self.speeches.append(Speech(say))
        self._note(Entry("bot", say.text, say=say))
        if self._spoke is not None and not self._spoke.done():
            self._spoke.set_result(None)

    def _note(self, entry: Entry) -> None:
        self.transcript.append(entry)
        if self._watch is not None:
            self._watch(entry)

    def _observe(self, record: TraceRecord) -> None:
        if self._observer is not None:
            self._observer(record)
        match record.event:
            case events.ToolReturned(id=call_id, result=result):
                self._answered(call_id, result=result)
            case events.ToolFailed(id=call_id, reason=reason):
                self._answered(call_id, failed=reason)
            case _:
                pass
        for effect in record.effects:
            if isinstance(effect, effects.CallTool):
                step = self.agent.flows[effect.flow].by_id.get(effect.step)
                use = ToolUse(
                    effect.tool, effect.arguments, line=step.line if step else ""
                )
                self._pending[effect.id] = len(self.tools)
                self.tools.append(use)
                self._note(Entry("tool", effect.tool, tool=use))

    def _answered(
        self, call_id: int, *, result: Json = None, failed: str | None = None
    ) -> None:
        place = self._pending.get(call_id)
        if place is None:
            return
        asked = self.tools[place]
        use = ToolUse(
            asked.name, asked.arguments, result, failed, answered=True, line=asked.line
        )
        self.tools[place] = use
        self._note(Entry("answer", use.name, tool=use))

    def await_again(self, effect: effects.CallTool) -> None:
        """Take the answer of a call that was begun in an earlier life of this one."""
        for place, use in enumerate(self.tools):
            if use.name == effect.tool and not use.answered:
                self._pending[effect.id] = place

    def _reach(self, words: int | None) -> Speech:
        """Let the speech in flight be heard up to so many words, never back."""
        speech = self.speech
        if speech is None:
            raise NotSpeakingError("the agent is not speaking")
        count = len(speech.words)
        wanted = (count + 1) // 2 if words is None else words
        speech.heard_words = max(speech.heard_words, min(count, max(0, wanted)))
        return speech

    async def _cut(self, speech: Speech) -> None:
        speech.status = "cut"
        self._note(Entry("cut", speech.heard))
        await self.session.feed(
            events.CallerInterrupted(self.clock.now(), speech.say.id, speech.heard)
        )

    def _goes_on(self) -> bool:
        """Whether more than timers would follow the speech in flight."""
        speech = self.speech
        if speech is None:
            return False
        state = self.state
        after = engine.step(
            self.agent, state, events.SpeechFinished(self.clock.now(), speech.say.id)
        )
        return (after.state.outcome, after.state.over) != (
            state.outcome,
            state.over,
        ) or any(
            not isinstance(effect, effects.StartTimer | effects.CancelTimer)
            for effect in after.effects
        )


class _Mouth:
    """The host of a text call: what the session asks of the outside."""

    def __init__(self, call: TextCall) -> None:
        self._call = call

    def speak(self, say: effects.Say) -> None:
        self._call._begin(say)

    async def stop(self, speech_id: int) -> None:
        speech = self._call.speech
        if speech is not None and speech.say.id == speech_id:
            await self._call._cut(speech)

    async def transfer(self, transfer: effects.Transfer) -> None:
        call = self._call
        call.transferred = transfer
        call._note(Entry("transfer", transfer.person))
        await call.session.feed(
            events.TransferEnded(
                call.clock.now(), transfer.id, connected=call.people_answer
            )
        )

    def hang_up(self, end: effects.End) -> None:
        call = self._call
        if call.speech is not None:
            call.speech.status = "finished"
        call._note(Entry("end", end.outcome))


def _rules(agent: Agent) -> Understander:
    from flowkit.understanding.rules import RulesUnderstander  # loads the language

    return RulesUnderstander(agent)
