"""Whole calls: a flow, its session and Pipecat's own aggregators around them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest

pytest.importorskip("pipecat", reason="the extra `phone` (Pipecat) is not installed")

from pipecat.frames.frames import LLMRunFrame
from virtual_time import virtually
from voice_doubles import LONG_S, WORD_S, Call, Voice, params

from flowkit.authoring.compiler import load_agent
from flowkit.dialogue.acts import Json
from flowkit.dialogue.effects import Say, StopSpeaking
from flowkit.dialogue.events import (
    CallerInterrupted,
    CallerSaid,
    CallFacts,
    SpeechFinished,
)
from flowkit.dialogue.flow import Agent
from flowkit.dialogue.view import slot_values
from flowkit.ports import Handle, WallClock
from flowkit.voice.pipeline import Parts, build
from flowkit.voice.turns import turn_starts

FLOW = """
flow: book_table
steps:
  - say: This is Bella.
  - ask: [party_size, date, time]
  - confirm: A table for {{ party_size }} on {{ date }} at {{ time }}. Is that right?
  - do: make_booking
    save_as: booking
  - say: You are booked. Your reference is {{ booking.reference | spell }}.
slots:
  party_size:
    type: number
    ask: For how many people?
  date:
    type: date
    ask: For which day?
  time:
    type: time
    ask: At what time?
    assume: afternoon
"""
TOOLS = """
from flowkit import tool

booked = []

@tool(cannot_be_undone=True)
async def make_booking(party_size, date, time, *, call):
    booked.append((party_size, date.isoformat(), time.strftime("%H:%M")))
    return {"reference": "B 7"}
"""


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    (tmp_path / "book_table.yaml").write_text(dedent(FLOW), encoding="utf-8")
    (tmp_path / "tools.py").write_text(dedent(TOOLS), encoding="utf-8")
    return load_agent(tmp_path / "book_table.yaml")


class Sunday:
    """The loop's time on the date of 22 November 2026, a Sunday."""

    def __init__(self) -> None:
        self._wall = WallClock()
        self._ahead = datetime(2026, 11, 22, 15, tzinfo=UTC) - self._wall.now()

    def now(self) -> datetime:
        return self._wall.now() + self._ahead

    def call_later(
        self, seconds: float, kind: str, callback: Callable[[], None]
    ) -> Handle:
        seconds = 0.05 if kind == "grace" else seconds
        return self._wall.call_later(seconds, kind, callback)


class Booking:
    """A call in progress, with the words of both sides."""

    def __init__(
        self,
        agent: Agent,
        *,
        voice: bool,
        interrupting: bool = True,
        slow: bool = False,
        given: Mapping[str, Json] | None = None,
    ) -> None:
        self.asked = False
        self.booked: list[tuple[object, ...]] = []
        starts = turn_starts(lambda: self.parts.brain.interrupt)
        user = params(starts) if interrupting else params(interrupting=False)

        async def make_booking(party_size: int, date: object, time: object) -> object:
            self.asked = True
            await asyncio.sleep(0.2 if slow else 0)
            self.booked.append((party_size, str(date), str(time)[:5]))
            return {"reference": "B 7"}

        self.parts: Parts = build(
            agent,
            facts=CallFacts(id="call-1", number="+16175550142"),
            given=given,
            tools={"make_booking": make_booking},
            user_params=user,
            clock=Sunday(),
        )
        self.call = Call(
            self.parts.user,
            self.parts.brain,
            self.parts.assistant,
            voice=Voice() if voice else None,
        )
        self._turns = 0

    async def __aenter__(self) -> Booking:
        await self.call.__aenter__()
        self.parts.brain.begin()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.call.__aexit__(None, None, None)

    async def agent_says(self, words: str) -> None:
        """Wait until the agent's next reply is over, and compare it or its end."""
        self._turns += 1
        turns = self.call.turns
        await self.call.until(lambda: len(turns) >= self._turns)
        said, interrupted = turns[self._turns - 1]
        assert (said[-len(words) :], interrupted) == (words, False)
        await self.call.until(lambda: self.parts.session.state.speech is None)

    async def agent_is_cut(self, words: str | None) -> None:
        """Wait until the agent's next reply was cut; compare the words heard, if given.

        The words come from three places: from Pipecat's report of the turn, from the
        event in the session's trace, and from the sound that the line has played.
        """
        self._turns += 1
        turns = self.call.turns
        await self.call.until(lambda: len(turns) >= self._turns)
        heard, interrupted = turns[self._turns - 1]
        assert interrupted
        await self.call.until(lambda: ("cut", heard) in self.speech)
        assert words is None or words == heard

    @property
    def speech(self) -> list[tuple[object, ...]]:
        """What became of each speech, and what the caller said, in order."""
        texts: dict[int, str] = {}
        told: list[tuple[object, ...]] = []
        for record in self.parts.session.trace:
            texts |= {
                one.id: one.text for one in record.effects if isinstance(one, Say)
            }
            event = record.event
            match event:
                case SpeechFinished():
                    told.append(("spoken", texts[event.id]))
                case CallerInterrupted():
                    told.append(("cut", event.heard))
                case CallerSaid():
                    told.append(("said", event.text, event.heard))
                case _:
                    pass
        return told


CONFIRM = "A table for four on Friday the twenty-seventh at seven pm. Is that right?"
AGAIN = "Is the rest right?"
BOOKED = "You are booked. Your reference is B, 7."


@virtually
async def test_a_booking_with_a_correction_as_text(agent: Agent) -> None:
    async with Booking(agent, voice=False) as booking:
        await booking.agent_says("This is Bella. For how many people?")
        await booking.call.types("four on Friday at seven")
        await booking.agent_says(CONFIRM)
        await booking.call.types("actually make it half past seven")
        await booking.agent_says(AGAIN)
        await booking.call.types("yes please")
        await booking.agent_says(BOOKED)
        await asyncio.wait_for(asyncio.shield(booking.call.running), LONG_S)
        assert booking.booked == [(4, "2026-11-27", "19:30")]
        assert booking.parts.session.state.outcome == "finished"
        assert booking.call.frames == ["EndFrame"]
        said = [words for words, _ in booking.call.turns]
        assert booking.call.transcript == [
            f"agent: {said[0]}",
            "caller: four on Friday at seven",
            f"agent: {said[1]}",
            "caller: actually make it half past seven",
            f"agent: {said[2]}",
            "caller: yes please",
            f"agent: {said[3]}",
        ]
        assert [one[0] for one in booking.speech] == ["spoken", "said"] * 3 + ["spoken"]


@virtually
async def test_a_booking_with_a_correction_and_a_barge_in_by_voice(
    agent: Agent,
) -> None:
    async with Booking(agent, voice=True) as booking:
        call = booking.call
        await call.hears(5)  # This is Bella. For how
        await asyncio.sleep(WORD_S * 0.4)
        await call.caller.says("four on Friday at seven")
        await booking.agent_is_cut("This is Bella. For how")
        await booking.agent_says(CONFIRM)
        await call.caller.says("actually make it half past seven")
        await booking.agent_says(AGAIN)
        await call.caller.says("yes please")
        await call.hears(7)  # You are booked. Your reference is B,
        await asyncio.sleep(WORD_S * 0.4)
        await call.caller.coughs()
        await booking.agent_is_cut("You are booked. Your reference is B,")
        await booking.agent_says("Your reference is B, 7.")
        await asyncio.wait_for(asyncio.shield(call.running), LONG_S)
        assert booking.booked == [(4, "2026-11-27", "19:30")]
        again = call.turns[2][0]
        assert call.transcript == [
            "agent: This is Bella. For how",
            "caller: four on Friday at seven",
            f"agent: {CONFIRM}",
            "caller: actually make it half past seven",
            f"agent: {again}",
            "caller: yes please",
            "agent: You are booked. Your reference is B,",
            "agent: Your reference is B, 7.",
        ]
        assert booking.speech == [
            ("cut", "This is Bella. For how"),
            ("said", "four on Friday at seven", "This is Bella. For how"),
            ("spoken", CONFIRM),
            ("said", "actually make it half past seven", None),
            ("spoken", again),
            ("said", "yes please", None),
            ("cut", "You are booked. Your reference is B,"),
            ("said", "", "You are booked. Your reference is B,"),
            ("spoken", "Your reference is B, 7."),
        ]


@virtually
async def test_an_acknowledgement_does_not_stop_the_agent_an_answer_does(
    agent: Agent,
) -> None:
    async with Booking(agent, voice=True, interrupting=False) as booking:
        call = booking.call
        await call.hears(2)
        await call.caller.says("mm-hm")
        await booking.agent_says("This is Bella. For how many people?")
        await call.caller.says("four on Friday at seven")
        await call.hears(2)
        await call.caller.says("five people")
        await booking.agent_is_cut(None)
        await booking.agent_says(CONFIRM.replace("four", "five"))
        stops = [
            effect
            for record in booking.parts.session.trace
            for effect in record.effects
            if isinstance(effect, StopSpeaking)
        ]
        assert len(stops) == 1


@virtually
async def test_a_cough_makes_the_agent_say_the_cut_sentence_again(
    agent: Agent,
) -> None:
    async with Booking(agent, voice=True) as booking:
        await booking.call.hears(5)
        await asyncio.sleep(WORD_S * 0.4)
        await booking.call.caller.coughs()
        await booking.agent_is_cut("This is Bella. For how")
        await booking.agent_says("For how many people?")


@virtually
async def test_words_under_a_prompt_that_must_be_heard_count_when_it_has_ended(
    tmp_path: Path,
) -> None:
    flow = tmp_path / "book_table.yaml"
    never = "- say: This call may be recorded, and it is.\n    interrupt: never"
    flow.write_text(
        dedent(FLOW).replace("- say: This is Bella.", never), encoding="utf-8"
    )
    (tmp_path / "tools.py").write_text(dedent(TOOLS), encoding="utf-8")
    async with Booking(load_agent(flow), voice=True) as booking:
        call = booking.call
        await call.hears(1)
        await call.caller.says("four on Friday at seven")
        await call.until(lambda: len(call.turns) == 2)
        assert call.turns[0][0].startswith("This call may be recorded, and it is.")
        assert call.turns[1] == (CONFIRM, False)
        assert ("said", "four on Friday at seven", "This") in booking.speech


@virtually
async def test_what_was_cut_three_times_counts_as_heard(tmp_path: Path) -> None:
    flow = tmp_path / "code.yaml"
    flow.write_text(
        dedent("""
            flow: code
            given:
              code: text
            steps:
              - say: Your code is {{ code }}.
        """),
        encoding="utf-8",
    )
    async with Booking(
        load_agent(flow), voice=True, given={"code": "one two three"}
    ) as booking:
        for _ in range(3):
            await booking.call.hears(4)
            await asyncio.sleep(WORD_S * 0.4)
            await booking.call.caller.coughs()
            await booking.agent_is_cut("Your code is one")
        await asyncio.wait_for(asyncio.shield(booking.call.running), LONG_S)
        assert booking.parts.session.state.outcome == "finished"
        rules = [
            move.rule for record in booking.parts.session.trace for move in record.moves
        ]
        assert rules.count("cut_often") == 1


@virtually
async def test_a_pipeline_needs_no_more_than_an_agent_and_a_caller(
    agent: Agent,
) -> None:
    parts = build(agent, facts=CallFacts(id="call-2"))
    async with Call(parts.user, parts.brain, parts.assistant) as call:
        await call.worker.queue_frame(LLMRunFrame())
        await call.until(lambda: bool(call.turns))
        await call.types("four people")
        await call.until(lambda: len(call.turns) == 2)
        assert slot_values(agent, parts.session.state)["party_size"] == 4
        assert call.transcript[-1] == "agent: For which day?"


@virtually
async def test_a_tool_that_cannot_be_undone_outlives_the_line(agent: Agent) -> None:
    async with Booking(agent, voice=False, slow=True) as booking:
        await booking.agent_says("This is Bella. For how many people?")
        await booking.call.types("four on Friday at seven")
        await booking.agent_says(CONFIRM)
        await booking.call.types("yes")
        await booking.call.until(lambda: booking.asked)
        await booking.call.hangs_up()
        assert booking.booked == [(4, "2026-11-27", "19:00")]


@virtually
async def test_hanging_up_in_mid_call_ends_the_session(agent: Agent) -> None:
    async with Booking(agent, voice=True) as booking:
        await booking.call.hears(2)
        await booking.call.hangs_up()
        state = booking.parts.session.state
        assert (state.over, state.outcome) == (True, "hung_up")
        assert booking.booked == []


@virtually
async def test_cancelling_the_pipeline_ends_the_session(agent: Agent) -> None:
    async with Booking(agent, voice=True) as booking:
        await booking.call.hears(2)
        await booking.call.worker.cancel()
        await asyncio.wait_for(asyncio.shield(booking.call.running), LONG_S)
        assert booking.parts.session.state.outcome == "hung_up"


def test_flowkit_alone_does_not_load_pipecat() -> None:
    program = (
        "import sys, flowkit, flowkit.session, flowkit.voice, flowkit.voice.clock;"
        "heavy = {'pipecat', 'numpy', 'loguru'} & set(sys.modules);"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
