"""What only happens when the caller does not wait: the conversation itself, in one loop."""

import asyncio

import pytest

from flowkit.authoring.compiler import load_agent
from flowkit.playground.commands import Tool, Words
from flowkit.playground.conversation import Conversation, Setup
from flowkit.playground.data import Data


@pytest.fixture
async def talk(agent):
    with Data(str(agent.parent)) as data:
        talked = Conversation(load_agent(agent), data=data, setup=Setup())
        await talked.open()
        yield talked
        await talked.close()


async def until(holds):
    for _ in range(200):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


async def test_a_caller_who_goes_on_ends_the_turn_before(talk):
    talk.arrange(Tool("slow"))
    first = asyncio.ensure_future(talk.do(Words("four people on monday")))
    await until(lambda: talk.running)
    second = await talk.do(Words("no, five people"))
    assert (await first).cut_short
    assert second.slots["party_size"] == 5
    assert [done.number for done in talk.turns] == [0, 1, 2]
    assert [use.answered for use in talk.call.tools] == [False, True]


async def test_back_to_where_a_tool_ran_calls_it_again(talk):
    talk.arrange(Tool("slow"))
    first = asyncio.ensure_future(talk.do(Words("four people on monday")))
    await until(lambda: talk.running)
    await talk.do(Words("no, five people"))
    await first
    await talk.back()
    await until(lambda: not talk.running)
    done = await talk.do(Words("Anna"))
    assert done.slots["party_size"] == 4
    assert done.waiting_for == "confirm"


async def test_what_is_given_up_counts_as_failed(talk):
    talk.arrange(Tool("slow"))
    first = asyncio.ensure_future(talk.do(Words("four people on monday")))
    await until(lambda: talk.running)
    assert [use.name for use in await talk.give_up()] == ["look"]
    assert (await first).reason == "System down"


async def test_a_commit_that_is_given_up_may_have_happened(talk):
    await talk.do(Words("four people on monday"))
    await talk.do(Words("Anna"))
    talk.arrange(Tool("slow"))
    first = asyncio.ensure_future(talk.do(Words("yes")))
    await until(lambda: talk.running)
    await talk.give_up()
    done = await first
    assert (done.reason, done.turn.tools[0].failed) == ("Booking failed", "timeout")


async def test_cancelling_a_turn_from_outside_cancels_it(talk):
    talk.arrange(Tool("slow"))
    first = asyncio.ensure_future(talk.do(Words("four people on monday")))
    await until(lambda: talk.running)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_what_stays_done_is_done_once_more_under_another_key(agent, tmp_path):
    tools = agent.with_name("tools.py")
    text = tools.read_text().replace(
        "[*before, name]", "[*before, call.idempotency_key]"
    )
    tools.write_text(text)
    kept = tmp_path / "kept"
    with Data(str(agent.parent), kept) as data:
        talk = Conversation(load_agent(agent), data=data, setup=Setup())
        await talk.open()
        for words in ("four people on monday", "Anna", "yes"):
            await talk.do(Words(words))
        await talk.back()
        await talk.do(Words("yes"))
        await talk.close()
    first, second = (kept / "book.txt").read_text().split()
    assert first != second
