"""A flow in the seat of the model.

``FlowBrain`` stands where a Pipecat pipeline has its LLM service. What the caller said
arrives as an ``LLMContextFrame``, what the agent says leaves as an LLM's reply; between
them a session decides. Every mechanism of Pipecat that expects a model there (text mode,
RTVI, evals, summaries, switchers) keeps working, and the context that it keeps holds what
was really heard.

How frames become events:

==========================================  ============================================
in the pipeline                             in the session
==========================================  ============================================
the first ``LLMContextFrame``, ``begin()``  ``start()``
a new user message in the context           ``CallerSaid``, with the words heard till then
a reply closed, the line silent             ``SpeechFinished``
a reply closed by an interruption           ``CallerInterrupted`` with the words played
a turn that cut a reply, but has no words   ``CallerSaid`` without words: talk on
``EndFrame``, ``CancelFrame``               ``CallerHungUp``, and the session is closed
==========================================  ============================================

How effects become frames: ``Say`` is one reply, a text frame for each sentence;
``StopSpeaking`` broadcasts an interruption; ``End`` pushes ``EndWorkerFrame`` behind the
last words; ``Transfer`` is left to the one who builds the pipeline.

Rules of this module:

* a frame is never kept waiting for the dialogue: frames only queue events, one task of the
  brain's own feeds them to the session, in order. The session commits its state before it
  speaks, so an interruption at any moment loses words, never facts;
* an ``InterruptionFrame`` comes with *every* turn of the caller, also over silence: by
  itself it means nothing. What counts is what the assistant aggregator closed;
* speech is known by its id, which travels in the metadata of the reply's first frame. A
  reply that slips past the interruption that was to stop it is recognised at the aggregator
  and stopped there, before it sounds;
* while the caller is speaking nothing new is begun: a sentence that comes due then is kept,
  and if the caller turns out to have said something it counts as cut before its first word.

Facts of Pipecat 1.14.0, read in its source: ``LLMContextAggregator.aggregation_string()``
is what a closing turn writes to the context; ``on_before_process_frame`` runs in the
aggregator's own task, before the frame is acted upon; ``EndWorkerFrame`` pushed downstream
keeps its place behind queued speech.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    EndFrame,
    EndWorkerFrame,
    Frame,
    InterruptionFrame,
    LLMConfigureOutputFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    StartFrame,
    TTSTextFrame,
    UserStartedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMAssistantAggregator,
    LLMContextAggregatorPair,
    LLMUserAggregator,
    UserTurnStoppedMessage,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings

from flowkit.dialogue import effects, events
from flowkit.ports import Clock, Host, WallClock
from flowkit.voice.clock import PatientClock
from flowkit.voice.context import ContextReader
from flowkit.voice.speech import UNSOUNDED_S, Speech

log = logging.getLogger(__name__)

CLOSING_WITHIN_S = 40.0
"""How long the end of a call waits for the session, which waits 30 s for its tools."""
SPEECH = "flowkit_speech"
"""Key of a ``Say``'s id in the metadata of its reply's first frame."""


class Conversation(Protocol):
    """What the brain needs of a session."""

    async def start(self) -> None:
        """Answer the line."""
        ...

    async def feed(self, event: events.Event) -> None:
        """Let something happen to the call."""
        ...

    async def close(self) -> None:
        """End the call; what cannot be undone is waited for."""
        ...


OpenSession = Callable[[Host, Clock], Conversation]
"""Makes the session of this call; called once, inside the running loop."""
TransferCall = Callable[[effects.Transfer], Awaitable[bool]]
"""Puts the caller through; returns whether a person took the call."""


class FlowBrain(LLMService[Any]):  # Any: the adapter of a provider, which there is not
    """A dialogue as a Pipecat LLM service.

    Args:
        aggregators: The pair that stands around the brain in the pipeline.
        open_session: Makes the session, given its host and its clock; called when the
            pipeline starts, inside its loop.
        transfer: Puts a caller through to a person. None: nobody ever answers, so that
            the flow goes to its ``if_nobody``.
        open_clock: Makes the clock, inside the loop; by default the loop's monotonic one.
    """

    def __init__(
        self,
        aggregators: LLMContextAggregatorPair,
        open_session: OpenSession,
        *,
        transfer: TransferCall | None = None,
        open_clock: Callable[[], Clock] = WallClock,
    ) -> None:
        super().__init__(
            settings=LLMSettings(
                model="flowkit",
                system_instruction=None,
                temperature=None,
                max_tokens=None,
                top_p=None,
                top_k=None,
                frequency_penalty=None,
                presence_penalty=None,
                seed=None,
                filter_incomplete_user_turns=None,
                user_turn_completion_config=None,
            )
        )
        self._open_session = open_session
        self._transfer = transfer
        self._open_clock = open_clock
        self._assistant: LLMAssistantAggregator = aggregators.assistant()
        self._assistant.add_event_handler("on_before_process_frame", self._at_the_end)
        aggregators.user().add_event_handler("on_user_turn_stopped", self._turn_stopped)
        self._clock: PatientClock | None = None
        self._session: Conversation | None = None
        self._inbox: asyncio.Queue[events.Event | None] = asyncio.Queue()
        self._begun = asyncio.Event()
        self._life: asyncio.Task[None] | None = None
        self._others: set[asyncio.Task[None]] = set()
        self._reader = ContextReader(self._assistant.context)
        self._speech: Speech | None = None
        self._kept: effects.Say | None = None
        self._sound = False
        self._answering = False
        self._configuration: LLMConfigureOutputFrame | None = None
        self._caller_speaking = False
        self._heard_before: str | None = None
        self._caller_cut = False
        self._ending = False

    @property
    def session(self) -> Conversation:
        """The session of this call; there is one from the pipeline's start on."""
        if self._session is None:
            raise RuntimeError("`session` was read before the pipeline had started")
        return self._session

    @property
    def interrupt(self) -> str | None:
        """How the sentence that is being spoken may be interrupted; None: silence."""
        heard = self._heard_so_far()
        if self._speech is None or heard is None:
            return None
        sentence = self._speech.sentence_at(heard)
        return sentence.interrupt if sentence else None

    def begin(self) -> None:
        """Answer the line, once; any ``LLMContextFrame`` (``LLMRunFrame``) does so too."""
        self._begun.set()

    # --- frames ---------------------------------------------------------------------

    async def start(self, frame: StartFrame) -> None:
        """Open the session; nothing is said before the line is answered."""
        await super().start(frame)
        self._clock = PatientClock(self._open_clock())
        self._session = self._open_session(_Line(self), self._clock)
        self._life = self.create_task(self._live(self._session), "dialogue")

    async def stop(self, frame: EndFrame) -> None:
        """Tell the session that the line is gone."""
        await super().stop(frame)
        self._hung_up()

    async def cancel(self, frame: CancelFrame) -> None:
        """Tell the session that the line is gone."""
        await super().cancel(frame)
        self._hung_up()

    async def cleanup(self) -> None:
        """Close the session, after what it still had to do."""
        self._hung_up()
        if self._life is not None:
            await asyncio.wait({self._life}, timeout=CLOSING_WITHIN_S)
            await self.cancel_task(self._life)
        for task in tuple(self._others):
            await self.cancel_task(task)
        await super().cleanup()  # type: ignore[no-untyped-call]

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Turn frames into events; every frame but the context is passed on."""
        if isinstance(frame, LLMConfigureOutputFrame) and self._answering:
            self._configuration = frame
        else:
            await super().process_frame(frame, direction)
        match frame:
            case LLMContextFrame():
                await self._configure()
                self._take_context(frame)
                return
            case UserStartedSpeakingFrame() if not self._caller_speaking:
                await self._configure()
                self._caller_started()
            case BotStartedSpeakingFrame() | BotStoppedSpeakingFrame():
                self._sounds(on=isinstance(frame, BotStartedSpeakingFrame))
            case _:
                pass
        await self.push_frame(frame, direction)

    async def _configure(self) -> None:
        """Let the last wish about spoken and silent replies count from here on.

        A typed message (RTVI's ``send-text``) asks for a silent reply before it and takes
        that back right behind it, since a model would have answered in between.
        """
        self._answering = True
        if self._configuration is not None:
            wish, self._configuration = self._configuration, None
            await super().process_frame(wish, FrameDirection.DOWNSTREAM)

    def _take_context(self, frame: LLMContextFrame) -> None:
        if frame.speculation:
            log.error("eager turn strategies are not supported: the guess is ignored")
            return
        self.begin()
        self._take_messages(frame.context)

    def _take_messages(self, context: LLMContext) -> None:
        words = self._reader.new_words(context)
        if words:
            self._caller_said(words)

    def _feed(self, event: events.Event) -> None:
        if not self._ending:
            self._inbox.put_nowait(event)

    def _hung_up(self) -> None:
        """Let the dialogue end; what it has been told until now is still treated."""
        if not self._ending:
            self._ending = True
            self._inbox.put_nowait(None)
            self._begun.set()

    async def _live(self, session: Conversation) -> None:
        """Feed the session, one event after the other, until the line is gone."""
        await self._begun.wait()
        try:
            if not self._ending:
                await session.start()
        except Exception as err:  # noqa: BLE001  # a dead dialogue is no silent line
            await self.push_error("the dialogue could not start", exception=err)
            await self.push_frame(EndWorkerFrame(reason="failed"))
        while (event := await self._inbox.get()) is not None:
            try:
                await session.feed(event)
            except Exception as err:  # noqa: BLE001  # the next event may go better
                await self.push_error("the dialogue stumbled", exception=err)
        await session.close()

    # --- the caller -----------------------------------------------------------------

    def _caller_started(self) -> None:
        self._caller_speaking = True
        self._caller_cut = False
        self._heard_before = self._heard_so_far()
        self._time.hold()

    def _caller_said(self, words: str) -> None:
        heard = self._heard_before if self._caller_speaking else self._heard_so_far()
        if self._kept is not None:
            self._feed(events.CallerInterrupted(self._time.now(), self._kept.id, ""))
            self._kept = None
        self._feed(events.CallerSaid(self._time.now(), words, heard))
        self._caller_silent()

    async def _turn_stopped(
        self,
        aggregator: LLMUserAggregator,
        strategy: object,
        message: UserTurnStoppedMessage,
    ) -> None:
        """The caller's turn is over, and its words, if any, are in the context."""
        if message.content:
            self._take_messages(aggregator.context)
        elif self._caller_cut:
            self._feed(events.CallerSaid(self._time.now(), "", self._heard_before))
        self._caller_silent()
        if self._kept is not None:
            kept, self._kept = self._kept, None
            await self._utter(kept)

    def _caller_silent(self) -> None:
        self._caller_speaking = False
        self._caller_cut = False
        self._heard_before = None
        self._time.release()

    @property
    def _time(self) -> PatientClock:
        assert self._clock is not None, "frames come after the StartFrame"
        return self._clock

    # --- speech ---------------------------------------------------------------------

    async def _speak(self, say: effects.Say) -> None:
        """Speak, or keep it until the caller's turn is over."""
        if self._caller_speaking:
            self._kept = say
        else:
            await self._utter(say)

    async def _hush(self, speech_id: int) -> None:
        """Stop the voice, the line and the aggregator; they report what was heard."""
        if self._kept is not None and self._kept.id == speech_id:
            self._kept = None
            self._feed(events.CallerInterrupted(self._time.now(), speech_id, ""))
        elif self._speech is not None and self._speech.id == speech_id:
            self._speech.stopped = True
            await self._interrupt()

    async def _interrupt(self) -> None:
        await self.broadcast_interruption()  # type: ignore[no-untyped-call]

    async def _utter(self, say: effects.Say) -> None:
        self._speech = Speech(say, sounding=self._sound)
        start, end = LLMFullResponseStartFrame(), LLMFullResponseEndFrame()
        start.metadata[SPEECH] = end.metadata[SPEECH] = say.id
        await self.push_frame(start)
        for n, segment in enumerate(say.segments):
            await self._push_llm_text(f" {segment.text}" if n else segment.text)
        await self.push_frame(end)

    async def _at_the_end(self, _: FrameProcessor, frame: Frame) -> None:
        """A frame has reached the assistant aggregator, which has not yet acted on it."""
        speech = self._speech
        ours = speech is not None and frame.metadata.get(SPEECH) == speech.id
        match frame:
            case LLMFullResponseStartFrame() if speech is not None and ours:
                speech.opened = True
            case LLMFullResponseStartFrame() if SPEECH in frame.metadata:
                await self._interrupt()  # it was to be stopped before this
            case TTSTextFrame() if speech is not None and speech.opened:
                speech.voiced = True
            case LLMFullResponseEndFrame() if speech is not None and ours:
                speech.close(self._words(), cut=False)
                self._settle()
            case InterruptionFrame() if speech is not None and speech.heard is None:
                speech.close(self._words() if speech.opened else "", cut=True)
                if self._caller_speaking and not speech.stopped:
                    self._caller_cut = True
                    self._heard_before = speech.heard
                self._settle()
            case _:
                pass

    def _sounds(self, *, on: bool) -> None:
        self._sound = on
        if self._speech is not None:
            self._speech.sound(on=on)
            self._settle()

    def _settle(self, *, waited: bool = False) -> None:
        """Tell the session what came of the speech, as soon as that is certain."""
        speech = self._speech
        if speech is None or speech.heard is None:
            return
        if speech.owes_sound and not waited:
            self._wait_for_sound(speech)
        elif speech.settled or (waited and not speech.sounding):
            self._speech = None
            if not speech.cut:
                self._feed(events.SpeechFinished(self._time.now(), speech.id))
            else:
                now = self._time.now()
                self._feed(events.CallerInterrupted(now, speech.id, speech.heard))

    def _wait_for_sound(self, speech: Speech) -> None:
        def give_up() -> None:
            if self._speech is speech:
                log.warning("speech %s was given words but no sound", speech.id)
                self._settle(waited=True)

        self.get_event_loop().call_later(UNSOUNDED_S, give_up)

    def _begin_transfer(self, transfer: effects.Transfer) -> None:
        task = self.create_task(self._put_through(transfer), "transfer")
        self._others.add(task)
        task.add_done_callback(self._others.discard)

    async def _put_through(self, transfer: effects.Transfer) -> None:
        connected = False
        if self._transfer is not None:
            try:
                connected = await self._transfer(transfer)
            except Exception as err:  # a developer's code
                log.error("the transfer to %s failed", transfer.person, exc_info=err)
        self._feed(events.TransferEnded(self._time.now(), transfer.id, connected))

    def _words(self) -> str:
        """Return the words of the open reply that have been played."""
        return self._assistant.aggregation_string().strip()

    def _heard_so_far(self) -> str | None:
        """Return the words played of the speech in flight; None if there is none."""
        speech = self._speech
        if speech is None:
            return None
        if speech.heard is not None:
            return speech.heard
        return self._words() if speech.opened else ""


class _Line:
    """The brain as the host of a session (its own ``stop`` is Pipecat's)."""

    def __init__(self, brain: FlowBrain) -> None:
        self._brain = brain

    async def speak(self, say: effects.Say) -> None:
        await self._brain._speak(say)

    async def stop(self, speech_id: int) -> None:
        await self._brain._hush(speech_id)

    def transfer(self, transfer: effects.Transfer) -> None:
        self._brain._begin_transfer(transfer)

    async def hang_up(self, end: effects.End) -> None:
        await self._brain.push_frame(EndWorkerFrame(reason=end.outcome))
