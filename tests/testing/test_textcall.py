import asyncio
from textwrap import dedent

import pytest
from played_talks import SHOP

from flowkit.authoring.compiler import compile_text
from flowkit.dialogue import acts
from flowkit.dialogue.events import CallFacts
from flowkit.testing import ScriptedUnderstander, TextCall
from flowkit.testing.textcall import NotSpeakingError

SIZE = acts.Set("size", 40, text="forty")
DAY = acts.Set("day", "2026-11-27", text="friday")


class Call:
    """A text call with a script: ``say`` takes words and what they mean."""

    def __init__(self, flow=SHOP, **options):
        compiled = compile_text(dedent(flow).lstrip())
        assert compiled.agent is not None, compiled.diagnostics
        self.script = ScriptedUnderstander()
        self.tools = {
            "look": lambda size, day: {"left": "many"},
            "order": lambda size, day: {"number": "A12"},
        } | options.pop("tools", {})
        self.text = TextCall(
            compiled.agent, understander=self.script, tools=self.tools, **options
        )

    async def say(self, words, *means):
        self.script.expect(*means)
        return await self.text.say(words)

    async def over(self, words, at, *means):
        self.script.expect(*means)
        return await self.text.over(words, at)


async def test_a_turn_tells_what_was_said_understood_and_called():
    call = Call()
    opened = await call.text.open()
    assert opened.bot == ("Welcome to the shop. Which size?",)
    turn = await call.say("forty on friday", SIZE, DAY)
    assert turn.caller == "forty on friday"
    assert turn.acts == (SIZE, DAY)
    assert [use.to_json() for use in turn.tools] == [
        {
            "name": "look",
            "args": {"size": 40, "day": "2026-11-27"},
            "result": {"left": "many"},
        }
    ]
    assert "Shall I order it?" in turn.bot[-1]
    assert turn.records


async def test_the_last_speech_stays_in_flight_until_the_caller_speaks():
    call = Call()
    await call.text.open()
    first = call.text.speech
    assert first is not None
    assert first.status == "in_flight"
    await call.say("forty", SIZE)
    assert first.status == "finished"


async def test_speech_is_finished_when_something_follows_it():
    call = Call()
    await call.text.open()
    await call.say("forty on friday", SIZE, DAY)
    turn = await call.say("yes", acts.Yes())
    assert turn.bot == ("Ordered. Your number is A 1 2.",)
    assert call.text.state.outcome == "ordered"
    await call.text.silence()
    assert call.text.ended is not None
    assert call.text.ended.outcome == "ordered"


async def test_talking_over_the_agent_cuts_it_after_the_words_that_were_heard():
    call = Call()
    await call.text.open()
    turn = await call.over("forty", 5, SIZE)
    assert [(e.kind, e.text) for e in turn.entries[:2]] == [
        ("over", "forty"),
        ("cut", "Welcome to the shop. Which"),
    ]
    assert turn.bot == ("For which day?",)


async def test_an_acknowledgement_does_not_cut_and_what_was_heard_only_grows():
    call = Call()
    await call.text.open()
    await call.over("mm-hm", 5, acts.Ack())
    speech = call.text.speech
    assert speech is not None
    assert speech.heard == "Welcome to the shop. Which"
    await call.over("mm-hm", 2, acts.Ack())
    assert speech.heard == "Welcome to the shop. Which"


async def test_nobody_can_talk_over_silence():
    call = Call()
    await call.text.open()
    await call.text.finish_all()
    with pytest.raises(NotSpeakingError):
        await call.text.over("forty")


async def test_a_cough_stops_a_question_but_no_prompt_that_must_be_heard():
    call = Call()
    await call.text.open()
    turn = await call.text.interrupt(2)
    assert [entry.kind for entry in turn.entries] == ["cough"]
    turn = await call.text.interrupt(5)
    assert [entry.kind for entry in turn.entries] == ["cough", "cut"]


async def test_silence_without_a_length_lasts_until_the_agent_asks():
    call = Call()
    await call.text.open()
    turn = await call.text.silence()
    assert turn.bot
    assert "there" in turn.bot[0]
    assert turn.entries[0].text == "6 s"


async def test_keys_without_a_hash_end_by_themselves():
    call = Call()
    await call.text.open()
    call.script.expect(SIZE)
    turn = await call.text.keys("40")
    assert turn.bot[-1].endswith("For which day?")


async def test_real_tools_are_awaited_and_covered_in_real_time(monkeypatch):
    monkeypatch.setattr("flowkit.dialogue.settling.MEANWHILE_S", 0.02)

    async def look(size, day):
        await asyncio.sleep(0.1)
        return {"left": "none"}

    heard = []
    call = Call(real=True, tools={"look": look}, watch=lambda e: heard.append(e.kind))
    await call.text.open()
    turn = await call.say("forty on friday", SIZE, DAY)
    assert [text.rpartition(". ")[2] for text in turn.bot][-1] == (
        "There is nothing left in that size."
    )
    assert any("I'm looking" in text for text in turn.bot)
    assert heard.index("tool") < heard.index("answer")
    assert heard.count("bot") == len(turn.bot) + 1
    await call.text.close()


async def test_in_real_time_a_tester_may_think_for_as_long_as_they_like():
    call = Call(real=True)
    await call.text.open()
    await asyncio.sleep(0.05)
    assert len(call.text.speeches) == 1
    await call.text.silence(6)
    assert len(call.text.speeches) == 2
    await call.text.close()


async def test_a_handoff_goes_to_a_person_or_to_nobody():
    call = Call(tools={"look": _fails})
    call.text.people_answer = False
    await call.text.open()
    await call.say("forty on friday", SIZE, DAY)
    await call.text.silence()
    assert call.text.ended is not None
    assert call.text.ended.outcome == "handoff"


async def test_tools_can_be_changed_in_mid_call():
    call = Call()
    await call.text.open()
    call.tools["look"] = _fails
    turn = await call.say("forty on friday", SIZE, DAY)
    assert turn.tools[0].failed == "error"
    assert turn.tools[0].to_json()["failed"] == "error"


async def test_hanging_up_ends_the_call():
    call = Call()
    await call.text.open()
    turn = await call.text.hang_up()
    assert turn.entries[-1].text == "hung_up"
    assert call.text.ended is not None


async def test_it_begins_where_a_test_wants_it_to():
    call = Call(facts=CallFacts("7"))
    turn = await call.text.open(
        {"size": 40, "day": "2026-11-27"}, "confirm", {"look": {"left": "many"}}
    )
    assert "Shall I order it?" in turn.bot[0]


async def test_closing_wakes_what_sleeps_on_the_virtual_clock():
    async def order(size, day):
        await call.text.clock.sleep(3600)
        return {"number": "late"}

    call = Call(tools={"order": order})
    await call.text.open({"size": 40, "day": "2026-11-27"}, "confirm")
    call.script.expect(acts.Yes())
    await call.text.finish_all()
    await call.text.put("yes")
    await asyncio.wait_for(call.text.close(), 5)


def _fails(**arguments):
    from flowkit.extensions import ToolError

    raise ToolError("no")
