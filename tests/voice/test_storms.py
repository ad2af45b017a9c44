"""A caller who does anything at any time: what was heard and what is known stay one."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from textwrap import dedent

import pytest

pytest.importorskip("pipecat", reason="the extra `phone` (Pipecat) is not installed")

from test_call import FLOW, TOOLS, Booking
from virtual_time import virtually
from voice_doubles import WORD_S

from flowkit.authoring.compiler import load_agent
from flowkit.dialogue.effects import Say
from flowkit.dialogue.events import CallerInterrupted, SpeechFinished

WORDS = [
    "four on Friday at seven",
    "actually make it eight",
    "yes",
    "no",
    "mm-hm",
    "sorry?",
    "one moment",
    "five people",
    "purple",
]


async def misbehave(booking: Booking, chance: random.Random) -> None:
    """Do twelve things of the kinds that callers do, at moments of no pattern."""
    call = booking.call
    for _ in range(12):
        await asyncio.sleep(chance.uniform(0, chance.choice((0.001, WORD_S, 1.5, 4))))
        if call.running.done():
            return
        match chance.randrange(5):
            case 0 | 1:
                await call.caller.says(chance.choice(WORDS))
            case 2:
                await call.caller.coughs()
            case 3:
                await call.types(chance.choice(WORDS))
            case _:
                await call.caller.starts()
                await asyncio.sleep(chance.uniform(0, 0.3))
                await call.caller.says(chance.choice(WORDS))


def left_over(played: list[str], heard: list[str]) -> list[str]:
    """Return the words played that no report of a speech accounts for.

    The last word of a speech that was cut may be missing: sound follows its word time by
    up to one chunk, where a chunk of the speech before was still being written.
    """
    for speech in heard:
        words = speech.split()
        if played[: len(words)] != words:
            words = words[:-1]
            assert played[: len(words)] == words
        played = played[len(words) :]
    return played


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("seed", range(6))
@virtually
async def test_every_speech_is_answered_once_with_what_was_played(
    tmp_path: Path, seed: int, interrupting: bool
) -> None:
    (tmp_path / "book_table.yaml").write_text(dedent(FLOW), encoding="utf-8")
    (tmp_path / "tools.py").write_text(dedent(TOOLS), encoding="utf-8")
    agent = load_agent(tmp_path / "book_table.yaml")
    async with Booking(agent, voice=True, interrupting=interrupting) as booking:
        await misbehave(booking, random.Random(seed))
        session, call = booking.parts.session, booking.call
        await call.until(lambda: call.running.done() or session.state.speech is None)
        said = [
            effect
            for record in session.trace
            for effect in record.effects
            if isinstance(effect, Say)
        ]
        answers = [
            record.event
            for record in session.trace
            if isinstance(record.event, SpeechFinished | CallerInterrupted)
        ]
        stale = [
            record.event
            for record in session.trace
            if any(move.rule == "stale_answer" for move in record.moves)
        ]
        assert [answer.id for answer in answers] == [one.id for one in said]
        assert stale == []
        texts = {one.id: one.text for one in said}
        heard = [
            answer.heard if isinstance(answer, CallerInterrupted) else texts[answer.id]
            for answer in answers
        ]
        assert call.line is not None
        assert left_over(call.line.played, heard) == []
        told = [line[7:] for line in call.transcript if line.startswith("agent: ")]
        assert told == [words for words in heard if words]
        assert len(booking.booked) <= 1
