"""The brain in a real pipeline, with a scripted dialogue in the place of the session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

pytest.importorskip("pipecat", reason="the extra `phone` (Pipecat) is not installed")

from pipecat.frames.frames import (
    LLMConfigureOutputFrame,
    LLMMessagesAppendFrame,
    LLMMessagesUpdateFrame,
    LLMRunFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from virtual_time import virtually
from voice_doubles import WORD_S, Call, Voice, params

from flowkit.dialogue.effects import End, Say, Segment, Transfer
from flowkit.dialogue.events import (
    CallerInterrupted,
    CallerSaid,
    Event,
    SpeechFinished,
    TransferEnded,
)
from flowkit.ports import Clock, Host
from flowkit.voice.brain import FlowBrain, TransferCall
from flowkit.voice.turns import turn_starts

QUESTION = "One two three four. Five six seven."


class Script:
    """A dialogue by script: each event is answered by what the test says."""

    def __init__(self, host: Host, answer: Callable[[Script, Event], object]) -> None:
        self.host = host
        self.events: list[Event] = []
        self.closed = False
        self.interrupt = "anytime"
        self._answer = answer
        self._ids = 0

    async def start(self) -> None:
        await self.says(QUESTION, interrupt=self.interrupt)

    async def feed(self, event: Event) -> None:
        self.events.append(event)
        effect = self._answer(self, event)
        if effect is not None:
            await effect  # type: ignore[misc]  # a coroutine of the host's

    async def close(self) -> None:
        self.closed = True

    async def says(self, *sentences: str, interrupt: str = "anytime") -> None:
        self._ids += 1
        segments = tuple(Segment(text, "say", interrupt) for text in sentences)
        await self.host.speak(Say(self._ids, segments))  # type: ignore[misc]

    @property
    def told(self) -> list[tuple[object, ...]]:
        """The events without their times."""
        told: list[tuple[object, ...]] = []
        for event in self.events:
            match event:
                case CallerSaid():
                    told.append(("said", event.text, event.heard))
                case CallerInterrupted():
                    told.append(("cut", event.id, event.heard))
                case SpeechFinished():
                    told.append(("spoken", event.id))
                case TransferEnded():
                    told.append(("transferred", event.id, event.connected))
                case _:
                    told.append((type(event).__name__,))
        return told


def call_by(
    answer: Callable[[Script, Event], object] = lambda script, event: None,
    *,
    voice: Voice | None = None,
    user: LLMUserAggregatorParams | None = None,
    transfer: TransferCall | None = None,
    context: LLMContext | None = None,
) -> tuple[Call, Callable[[], Script]]:
    scripts: list[Script] = []

    def open_session(host: Host, clock: Clock) -> Script:
        scripts.append(Script(host, answer))
        return scripts[0]

    user = user or params()
    user.empty_user_turn = None
    pair = LLMContextAggregatorPair(context or LLMContext(), user_params=user)
    brain = FlowBrain(pair, open_session, transfer=transfer)
    call = Call(pair.user(), brain, pair.assistant(), voice=voice)
    return call, lambda: scripts[0]


@virtually
async def test_a_speech_is_finished_when_its_last_word_has_sounded() -> None:
    voice = Voice()
    call, script = call_by(voice=voice)
    async with call:
        call.brain.begin()
        await call.until(lambda: bool(script().events))
        assert call.line is not None
        assert script().told == [("spoken", 1)]
        assert call.line.played == QUESTION.split()
        assert call.turns == [(QUESTION, False)]


@virtually
async def test_a_barge_in_reports_exactly_the_words_that_were_played() -> None:
    voice = Voice()
    call, script = call_by(voice=voice)
    async with call:
        call.brain.begin()
        await call.hears(3)
        await asyncio.sleep(WORD_S * 0.4)
        await call.caller.says("wait")
        await call.until(lambda: len(script().events) == 2)
        assert call.line is not None
        heard = " ".join(call.line.played)
        assert script().told == [("cut", 1, heard), ("said", "wait", heard)]
        assert heard == "One two three"
        assert call.turns == [(heard, True)]
        assert call.transcript == [f"agent: {heard}", "caller: wait"]


@virtually
async def test_fault_22_each_of_fifty_prompts_is_cut_to_the_word() -> None:
    def next_prompt(script: Script, event: Event) -> object:
        return script.says(QUESTION) if isinstance(event, CallerSaid) else None

    words = QUESTION.split()
    call, script = call_by(next_prompt, voice=Voice())
    async with call:
        call.brain.begin()
        assert call.line is not None
        played: list[str] = []
        for n in range(50):
            cut_after = n % (len(words) - 1) + 1
            await call.hears(cut_after)
            await asyncio.sleep(WORD_S * (0.1 + 0.8 * n / 50))
            await call.caller.says(f"turn {n}")
            heard = " ".join(words[:cut_after])
            await call.until(lambda n=n: len(script().events) == 2 * n + 2)  # type: ignore[misc]
            cut, said = script().told[-2:]
            assert cut == ("cut", n + 1, heard)
            assert said == ("said", f"turn {n}", heard)
            played += words[:cut_after]
            assert call.line.played[: len(played)] == played


@virtually
async def test_a_turn_over_silence_is_no_barge_in() -> None:
    voice = Voice()
    call, script = call_by(voice=voice)
    async with call:
        call.brain.begin()
        await call.until(lambda: bool(script().events))
        await call.caller.says("four")
        await call.until(lambda: len(script().events) == 2)
        assert script().told == [("spoken", 1), ("said", "four", None)]


@virtually
async def test_a_cough_that_cuts_is_followed_by_a_turn_without_words() -> None:
    call, script = call_by(voice=Voice())
    async with call:
        call.brain.begin()
        await call.hears(2)
        await asyncio.sleep(WORD_S * 0.4)
        await call.caller.coughs()
        await call.until(lambda: len(script().events) == 2)
        assert script().told == [("cut", 1, "One two"), ("said", "", "One two")]
        assert call.transcript == ["agent: One two"]


@virtually
async def test_a_cough_over_silence_is_nothing() -> None:
    call, script = call_by(voice=Voice())
    async with call:
        call.brain.begin()
        await call.until(lambda: bool(script().events))
        await call.caller.coughs()
        await call.caller.says("four")
        await call.until(lambda: len(script().events) == 2)
        assert script().told == [("spoken", 1), ("said", "four", None)]


@virtually
async def test_a_turn_that_does_not_interrupt_tells_what_had_been_heard() -> None:
    call, script = call_by(voice=Voice(), user=params(interrupting=False))
    async with call:
        call.brain.begin()
        await call.hears(3)
        await asyncio.sleep(WORD_S * 0.4)
        await call.caller.says("mm-hm")
        await call.until(lambda: len(script().events) == 2)
        assert script().told == [("said", "mm-hm", "One two three"), ("spoken", 1)]
        assert call.turns == [(QUESTION, False)]


@pytest.mark.parametrize("interrupt", ["never", "with_answer"])
@virtually
async def test_a_sentence_that_may_not_be_interrupted_goes_on(interrupt: str) -> None:
    polite = params(turn_starts(lambda: call.brain.interrupt))
    call, script = call_by(voice=Voice(), user=polite)
    async with call:
        script().interrupt = interrupt
        call.brain.begin()
        await call.hears(3)
        await asyncio.sleep(WORD_S * 0.4)
        await call.caller.says("yes")
        await call.until(lambda: len(script().events) == 2)
        assert script().told == [("said", "yes", "One two three"), ("spoken", 1)]
        assert call.brain.interrupt is None


@virtually
async def test_the_same_strategies_let_an_ordinary_sentence_be_cut() -> None:
    polite = params(turn_starts(lambda: call.brain.interrupt))
    call, script = call_by(voice=Voice(), user=polite)
    async with call:
        call.brain.begin()
        await call.hears(3)
        await asyncio.sleep(WORD_S * 0.4)
        await call.caller.says("yes")
        await call.until(lambda: len(script().events) == 2)
        heard = "One two three"
        assert script().told == [("cut", 1, heard), ("said", "yes", heard)]


@virtually
async def test_the_dialogue_stops_a_speech() -> None:
    def stop_on_words(script: Script, event: Event) -> object:
        return script.host.stop(1) if isinstance(event, CallerSaid) else None

    voice = Voice()
    call, script = call_by(stop_on_words, voice=voice, user=params(interrupting=False))
    async with call:
        call.brain.begin()
        await call.hears(2)
        await call.caller.says("four people")
        await call.until(lambda: len(script().events) == 2)
        assert call.line is not None
        heard = " ".join(call.line.played)
        assert script().told[0][:2] == ("said", "four people")
        assert script().told[1] == ("cut", 1, heard)
        assert call.turns == [(heard, True)]
        assert len(call.line.played) < len(QUESTION.split())


@virtually
async def test_a_speech_that_follows_a_cut_is_played_whole() -> None:
    def go_on(script: Script, event: Event) -> object:
        return script.says("All right, four it is.") if event_is_words(event) else None

    def event_is_words(event: Event) -> bool:
        return isinstance(event, CallerSaid)

    voice = Voice()
    call, script = call_by(go_on, voice=voice)
    async with call:
        call.brain.begin()
        await call.hears(2)
        await asyncio.sleep(WORD_S * 0.4)
        await call.caller.says("four")
        await call.until(lambda: len(script().events) == 3)
        assert call.line is not None
        assert script().told[-1] == ("spoken", 2)
        assert call.line.played == ["One", "two", "All", "right,", "four", "it", "is."]
        assert call.transcript == [
            "agent: One two",
            "caller: four",
            "agent: All right, four it is.",
        ]


@virtually
async def test_an_interruption_before_the_first_word_leaves_nothing_heard() -> None:
    call, script = call_by(voice=Voice())
    async with call:
        await call.caller.starts()
        await asyncio.sleep(0.02)
        call.brain.begin()
        await asyncio.sleep(0.05)
        await call.caller.says("hello")
        await call.until(lambda: len(script().events) == 2)
        assert script().told == [("cut", 1, ""), ("said", "hello", None)]
        assert call.transcript == ["caller: hello"]


@virtually
async def test_what_comes_due_while_a_cough_lasts_is_spoken_after_it() -> None:
    call, script = call_by(voice=Voice())
    async with call:
        await call.caller.starts()
        await asyncio.sleep(0.02)
        call.brain.begin()
        await asyncio.sleep(0.05)
        assert voice_is_silent(call)
        await call.caller.stops()
        await call.until(lambda: bool(script().events))
        assert script().told == [("spoken", 1)]


def voice_is_silent(call: Call) -> bool:
    return call.line is not None and call.line.played == []


@virtually
async def test_a_voice_without_word_times_loses_the_whole_sentence() -> None:
    call, script = call_by(voice=Voice(word_times=False))
    async with call:
        call.brain.begin()
        await asyncio.sleep(WORD_S * 2)
        await call.caller.says("wait")
        await call.until(lambda: len(script().events) == 2)
        assert script().told == [("cut", 1, ""), ("said", "wait", "")]


@virtually
async def test_as_text_a_speech_is_finished_when_it_has_passed() -> None:
    call, script = call_by()
    async with call:
        await call.worker.queue_frame(LLMRunFrame())
        await call.until(lambda: bool(script().events))
        await call.types("four")
        await call.until(lambda: len(script().events) == 2)
        assert script().told == [("spoken", 1), ("said", "four", None)]
        assert call.transcript == [f"agent: {QUESTION}", "caller: four"]


@virtually
async def test_a_typed_message_may_ask_for_a_silent_reply() -> None:
    def answer(script: Script, event: Event) -> object:
        said = isinstance(event, CallerSaid)
        return script.says(f"You said {event.text}.") if said else None

    call, script = call_by(answer, voice=Voice())
    async with call:
        call.brain.begin()
        await call.until(lambda: bool(script().events))
        four = [{"role": "user", "content": "four"}]
        await call.worker.queue_frames(  # in the order of RTVI's send-text
            [
                LLMConfigureOutputFrame(skip_tts=True),
                LLMMessagesAppendFrame(four, run_llm=True),
                LLMConfigureOutputFrame(skip_tts=False),
            ]
        )
        await call.until(lambda: len(script().events) == 3)
        assert call.line is not None
        assert call.line.played == QUESTION.split()
        await call.caller.says("five")
        await call.until(lambda: len(script().events) == 5)
        assert call.line.played[len(QUESTION.split()) :] == ["You", "said", "five."]
        assert call.transcript[1:] == [
            "caller: four",
            "agent: You said four.",
            "caller: five",
            "agent: You said five.",
        ]


@virtually
async def test_sentences_of_one_speech_are_one_message() -> None:
    def two(script: Script, event: Event) -> object:
        return (
            script.says("Fine.", "And when?") if isinstance(event, CallerSaid) else None
        )

    call, script = call_by(two)
    async with call:
        call.brain.begin()
        await call.until(lambda: bool(script().events))
        await call.types("four")
        await call.until(lambda: len(script().events) == 3)
        assert call.transcript[-1] == "agent: Fine. And when?"


@virtually
async def test_typed_words_come_with_what_had_been_heard() -> None:
    call, script = call_by(voice=Voice())
    async with call:
        call.brain.begin()
        await call.hears(2)
        await asyncio.sleep(WORD_S * 0.4)
        await call.types("four")
        await call.until(lambda: len(script().events) == 2)
        assert script().told == [("said", "four", "One two"), ("spoken", 1)]


@virtually
async def test_words_said_twice_in_a_row_are_said_once_each() -> None:
    call, script = call_by()
    async with call:
        call.brain.begin()
        await call.until(lambda: bool(script().events))
        await call.types("four")
        await call.until(lambda: len(script().events) == 2)
        await call.types("no, five")
        await call.until(lambda: len(script().events) == 3)
        await call.worker.queue_frame(LLMRunFrame())
        await asyncio.sleep(0.05)
        assert [one[1] for one in script().told[1:]] == ["four", "no, five"]


@virtually
async def test_words_count_although_the_agents_own_came_behind_them() -> None:
    call, script = call_by()
    async with call:
        call.brain.begin()
        await call.until(lambda: bool(script().events))
        both = [
            {"role": "user", "content": "four"},
            {"role": "assistant", "content": "Fine."},
        ]
        await call.worker.queue_frame(LLMMessagesAppendFrame(both, run_llm=True))
        await call.until(lambda: len(script().events) == 2)
        assert script().told[-1] == ("said", "four", None)


@virtually
async def test_messages_of_developers_are_not_the_callers_words() -> None:
    call, script = call_by()
    async with call:
        call.brain.begin()
        await call.until(lambda: bool(script().events))
        note = [{"role": "developer", "content": "Be kind."}]
        await call.worker.queue_frame(LLMMessagesAppendFrame(note, run_llm=True))
        await call.types("four")
        await call.until(lambda: len(script().events) == 2)
        assert script().told == [("spoken", 1), ("said", "four", None)]


@virtually
async def test_a_context_that_was_replaced_repeats_nothing() -> None:
    call, script = call_by()
    async with call:
        call.brain.begin()
        await call.types("four")
        await call.until(lambda: len(script().events) == 2)
        shorter = [
            {"role": "user", "content": "Summary: a table for four."},
            {"role": "assistant", "content": "Fine."},
            {"role": "user", "content": "Friday"},
        ]
        await call.worker.queue_frame(LLMMessagesUpdateFrame(shorter, run_llm=True))
        await call.until(lambda: len(script().events) == 3)
        assert script().told[-1] == ("said", "Friday", None)


@virtually
async def test_messages_that_were_there_before_the_call_are_not_said_again() -> None:
    before = LLMContext([{"role": "user", "content": "I called yesterday."}])
    call, script = call_by(context=before)
    async with call:
        await call.worker.queue_frame(LLMRunFrame())
        await call.until(lambda: bool(script().events))
        await asyncio.sleep(0.05)
        assert script().told == [("spoken", 1)]


@virtually
async def test_words_may_come_in_parts() -> None:
    call, script = call_by()
    async with call:
        call.brain.begin()
        await call.until(lambda: bool(script().events))
        parts = [{"type": "text", "text": "four"}, {"type": "text", "text": "people"}]
        message = [{"role": "user", "content": parts}]
        await call.worker.queue_frame(LLMMessagesAppendFrame(message, run_llm=True))
        await call.until(lambda: len(script().events) == 2)
        assert script().told[-1] == ("said", "four people", None)


@virtually
async def test_a_dialogue_that_stumbles_over_an_event_goes_on() -> None:
    def stumble(script: Script, event: Event) -> object:
        if isinstance(event, CallerSaid) and event.text == "four":
            raise ValueError("four")
        return None

    call, script = call_by(stumble)
    async with call:
        call.brain.begin()
        await call.until(lambda: bool(script().events))
        await call.types("four")
        await call.until(lambda: len(script().events) == 2)
        await call.types("five")
        await call.until(lambda: len(script().events) == 3)
        assert script().told[-1] == ("said", "five", None)


@virtually
async def test_a_dialogue_that_cannot_start_ends_the_call() -> None:
    call, script = call_by()
    async with call:

        async def fail() -> None:
            raise ValueError("no flow")

        script().start = fail  # type: ignore[method-assign]
        call.brain.begin()
        await asyncio.wait_for(asyncio.shield(call.running), 4)
    assert call.frames == ["EndFrame"]


@virtually
async def test_hanging_up_closes_the_dialogue() -> None:
    call, script = call_by(voice=Voice())
    async with call:
        call.brain.begin()
        await call.hears(2)
        await call.hangs_up()
    assert script().closed


@virtually
async def test_the_end_ends_the_pipeline() -> None:
    def end(script: Script, event: Event) -> object:
        done = isinstance(event, SpeechFinished)
        return script.host.hang_up(End("finished")) if done else None

    call, script = call_by(end, voice=Voice())
    async with call:
        call.brain.begin()
        await asyncio.wait_for(asyncio.shield(call.running), 4)
    assert call.line is not None
    assert call.line.played == QUESTION.split()
    assert call.frames == ["EndFrame"]
    assert script().closed


@virtually
async def test_a_transfer_that_nobody_performs_reaches_nobody() -> None:
    transfer = Transfer(7, "front_desk", "+16175550100", "asked", {})

    def hand_over(script: Script, event: Event) -> object:
        if isinstance(event, SpeechFinished):
            script.host.transfer(transfer)
        return None

    call, script = call_by(hand_over)
    async with call:
        call.brain.begin()
        await call.until(lambda: len(script().events) == 2)
        assert script().told[-1] == ("transferred", 7, False)


@virtually
async def test_a_transfer_is_performed_by_the_one_who_builds_the_pipeline() -> None:
    transfer = Transfer(7, "front_desk", "+16175550100", "asked", {})
    asked: list[Transfer] = []

    def hand_over(script: Script, event: Event) -> object:
        if isinstance(event, SpeechFinished):
            script.host.transfer(transfer)
        return None

    async def put_through(transfer: Transfer) -> bool:
        asked.append(transfer)
        return True

    call, script = call_by(hand_over, transfer=put_through)
    async with call:
        call.brain.begin()
        await call.until(lambda: len(script().events) == 2)
        assert script().told[-1] == ("transferred", 7, True)
        assert asked == [transfer]


@virtually
async def test_events_carry_an_aware_time_that_never_runs_backwards() -> None:
    call, script = call_by()
    async with call:
        call.brain.begin()
        for n, words in enumerate(("a", "b")):
            await call.types(words)
            await call.until(lambda n=n: len(script().events) == n + 2)  # type: ignore[misc]
        times = [event.at for event in script().events]
        assert times == sorted(times)
        assert abs((times[0] - datetime.now(UTC)).total_seconds()) < 5
