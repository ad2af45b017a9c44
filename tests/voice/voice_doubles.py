"""Stand-ins for the outside of a call: the caller, the voice and the line.

The voice gives every word its own loudness, so that the line, which only sees sound, can
tell by itself which words it has begun to play: a witness that is independent of the word
times that Pipecat goes by.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncGenerator, Callable
from types import TracebackType

from loguru import logger
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMMessagesAppendFrame,
    OutputAudioRawFrame,
    StartFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSTextFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_response_universal import (
    AssistantTurnStoppedMessage,
    LLMAssistantAggregator,
    LLMUserAggregator,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.turns.user_start import (
    BaseUserTurnStartStrategy,
    TranscriptionUserTurnStartStrategy,
    VADUserTurnStartStrategy,
)
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.utils.time import time_now_iso8601
from pipecat.workers.runner import WorkerRunner

from flowkit.voice.brain import FlowBrain

logger.disable("pipecat")

WORD_S = 0.2
"""How long a word sounds."""
LONG_S = 30.0
"""More than anything in these tests takes."""


class Caller(FrameProcessor):
    """Stands where transport and recogniser would be."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)

    async def starts(self) -> None:
        await self.push_frame(VADUserStartedSpeakingFrame(start_secs=0.2))

    async def stops(self) -> None:
        await self.push_frame(VADUserStoppedSpeakingFrame(stop_secs=0.2))

    async def says(self, words: str) -> None:
        """Say something, as voice detection and recogniser report it."""
        await self.starts()
        await asyncio.sleep(0.1)
        await self.push_frame(InterimTranscriptionFrame(words, "c", time_now_iso8601()))
        await asyncio.sleep(0.023)
        await self.push_frame(
            TranscriptionFrame(words, "c", time_now_iso8601(), finalized=True)
        )
        await self.stops()

    async def coughs(self) -> None:
        """Make a sound that the recogniser makes nothing of."""
        await self.starts()
        await asyncio.sleep(0.2)
        await self.stops()


class Voice(TTSService):
    """A voice; with ``word_times`` it tells when each word sounds."""

    def __init__(self, *, word_times: bool = True) -> None:
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            push_text_frames=not word_times,
            settings=TTSSettings(model="none", voice="none", language="en"),
        )
        self.words: list[str] = []
        """Every word it was given, in order; its place is its loudness."""
        self._word_times = word_times
        self._given: dict[str, int] = {}

    async def run_tts(
        self, text: str, context_id: str
    ) -> AsyncGenerator[Frame | None, None]:
        words = text.split()
        before = self._given.get(context_id, 0)
        self._given[context_id] = before + len(words)
        if self._word_times:  # counted from the start of the reply, not of the sentence
            times = [(word, (before + n) * WORD_S) for n, word in enumerate(words)]
            await self.add_word_timestamps(times, context_id)
        for word in words:
            self.words.append(word)
            sound = struct.pack("<h", len(self.words)) * int(self.sample_rate * WORD_S)
            yield TTSAudioRawFrame(sound, self.sample_rate, 1, context_id=context_id)


class Line(BaseOutputTransport):
    """Pipecat's own output transport with a witness where the wire would be."""

    def __init__(self, voice: Voice) -> None:
        super().__init__(
            TransportParams(
                audio_out_enabled=True,
                audio_out_end_silence_secs=0,
                audio_out_10ms_chunks=2,
            )
        )
        self._voice = voice
        self._begun: list[int] = []

    @property
    def played(self) -> list[str]:
        """The words that have begun to sound, in order."""
        return [self._voice.words[loudness - 1] for loudness in self._begun]

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        for loudness in struct.unpack(f"<{len(frame.audio) // 2}h", frame.audio):
            if loudness and (not self._begun or self._begun[-1] != loudness):
                self._begun.append(loudness)
        seconds = len(frame.audio) / (2 * frame.sample_rate * frame.num_channels)
        await asyncio.sleep(seconds)
        return True


def params(
    starts: list[BaseUserTurnStartStrategy] | None = None, *, interrupting: bool = True
) -> LLMUserAggregatorParams:
    """Return turn strategies that need no model and end a turn soon.

    Args:
        starts: What begins a turn; None: Pipecat's defaults.
        interrupting: Whether the defaults stop the agent.
    """
    defaults = [VADUserTurnStartStrategy, TranscriptionUserTurnStartStrategy]
    return LLMUserAggregatorParams(
        user_turn_strategies=UserTurnStrategies(
            start=starts
            or [one(enable_interruptions=interrupting) for one in defaults],
            stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.17)],
        ),
        user_turn_stop_timeout=0.8,
    )


class Call:
    """A running pipeline around a brain: with a voice and a line, or as text."""

    def __init__(
        self,
        user: LLMUserAggregator,
        brain: FlowBrain,
        assistant: LLMAssistantAggregator,
        *,
        voice: Voice | None = None,
    ) -> None:
        self.caller = Caller()
        self.brain = brain
        self.context = assistant.context
        self.turns: list[tuple[str, bool]] = []
        """What Pipecat itself reports of each reply: the words heard, and whether cut."""
        self.frames: list[str] = []
        """The names of the frames that ended the pipeline."""
        self._released = 0
        self._changed = asyncio.Event()
        out: list[FrameProcessor] = []
        self.line: Line | None = None
        if voice is not None:
            self.line = Line(voice)
            out = [voice, self.line]
        assistant.add_event_handler("on_assistant_turn_stopped", self._turn)
        assistant.add_event_handler("on_before_process_frame", self._word)
        self.worker = PipelineWorker(
            Pipeline([self.caller, user, brain, *out, assistant]),
            idle_timeout_secs=None,
            enable_rtvi=False,
        )
        self.worker.add_event_handler("on_pipeline_finished", self._finished)

    async def __aenter__(self) -> Call:
        started = asyncio.Event()

        async def begin(worker: object, frame: object) -> None:
            started.set()

        self.worker.add_event_handler("on_pipeline_started", begin)
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(self.worker)
        self.running = asyncio.ensure_future(runner.run())
        await asyncio.wait_for(started.wait(), LONG_S)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self.running.done():
            await self.hangs_up()

    async def types(self, words: str) -> None:
        """Bring in what the caller says as text."""
        await self.worker.queue_frame(
            LLMMessagesAppendFrame([{"role": "user", "content": words}], run_llm=True)
        )

    async def hangs_up(self) -> None:
        """End the call from the outside."""
        await self.worker.queue_frame(EndFrame())
        await asyncio.wait_for(asyncio.shield(self.running), LONG_S)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for something, for as long as it takes but not for ever."""

        async def poll() -> None:
            while not true():  # noqa: ASYNC110  # anything may make it true
                await asyncio.sleep(0.01)

        await asyncio.wait_for(poll(), LONG_S)

    async def hears(self, words: int) -> None:
        """Wait until that many words of a reply have been released to the context."""
        await self.until(lambda: self._released >= words)

    @property
    def transcript(self) -> list[str]:
        """The context, a line a message: ``caller: ...``, ``agent: ...``."""
        names = {"user": "caller", "assistant": "agent"}
        return [
            f"{names.get(message['role'], message['role'])}: {message['content']}"
            for message in self.context.get_messages()
            if isinstance(message, dict)
        ]

    async def _turn(self, _: object, message: AssistantTurnStoppedMessage) -> None:
        self.turns.append((message.content, message.interrupted))

    async def _word(self, _: object, frame: Frame) -> None:
        if isinstance(frame, TTSTextFrame):
            self._released += 1
        elif isinstance(frame, LLMFullResponseEndFrame | InterruptionFrame):
            self._released = 0

    async def _finished(self, _: object, frame: Frame) -> None:
        self.frames.append(type(frame).__name__)
