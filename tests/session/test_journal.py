import asyncio
import json
from dataclasses import replace

import by_hand
import pytest
from test_session import HAT, Talk, up_to_confirm

from flowkit.dialogue import acts, events
from flowkit.dialogue.events import CallFacts
from flowkit.dialogue.flow import Given
from flowkit.journal import (
    MASK,
    FileJournal,
    JournalError,
    MaskedJournal,
    replay_journal,
)
from flowkit.testing import MemoryJournal


def effects_of(talk):
    return [effect for record in talk.session.trace for effect in record.effects]


async def a_whole_call(journal):
    """Ask, change a value while a slow tool runs, be cut, confirm, book, end."""

    async def look(thing):
        await talk.clock.sleep(3)
        return {"seen": thing}

    talk = Talk({"look": look}, journal=journal, trace_kept=None)
    await talk.session.start()
    await talk.caller("a hat", HAT)
    await talk.pass_time(4)
    await talk.heard()
    await talk.session.settled()
    say = talk.phone.said[-1]
    now = talk.clock.now()
    await talk.session.feed(events.CallerInterrupted(now, say.id, "Hat"))
    await talk.say("what", acts.Repeat())
    await talk.session.settled()
    await talk.caller("yes", acts.Yes())
    await talk.session.settled()
    await talk.heard()
    await talk.pass_time(10)
    await talk.session.close()
    return talk


async def test_replaying_a_journal_gives_the_same_effects():
    journal = MemoryJournal()
    talk = await a_whole_call(journal)
    assert talk.session.ended is not None
    assert replay_journal(talk.session.agent, journal.lines) == effects_of(talk)


async def test_a_call_that_began_in_the_middle_is_replayed_from_there():
    journal = MemoryJournal()
    talk = Talk(journal=journal)
    await talk.session.start({"thing": "cap"}, "confirm", {"look": {"seen": "cap"}})
    await talk.caller("yes", acts.Yes())
    await talk.session.settled()
    assert "Cap, right?" in talk.phone.words[0]
    assert replay_journal(talk.session.agent, journal.lines) == effects_of(talk)


async def test_a_call_that_was_resumed_is_replayed_from_there():
    first = Talk()
    await up_to_confirm(first)
    journal = MemoryJournal()
    second = Talk(journal=journal)
    await second.session.resume(first.session.state)
    await second.caller("yes", acts.Yes())
    await second.session.settled()
    assert replay_journal(second.session.agent, journal.lines) == effects_of(second)


async def test_a_journal_has_one_line_an_event_behind_its_head():
    journal = MemoryJournal()
    talk = await a_whole_call(journal)
    head, *lines = [json.loads(line) for line in journal.lines]
    assert head == {
        "flowkit_journal": 1,
        "agent": "shop",
        "fingerprint": "by-hand",
    }
    assert len(lines) == len(talk.session.trace)
    assert all("event" in line for line in lines)


async def test_a_file_is_appended_to_and_readable_after_each_turn(tmp_path):
    path = tmp_path / "calls" / "one.jsonl"
    with FileJournal(path) as journal:
        talk = Talk(journal=journal)
        await up_to_confirm(talk)
        lines = path.read_text(encoding="utf-8").splitlines()
        assert json.loads(lines[-1])["event"] == "tool_returned"
        assert replay_journal(talk.session.agent, lines) == effects_of(talk)


async def test_half_a_last_line_is_no_event():
    journal = MemoryJournal()
    talk = Talk(journal=journal)
    await up_to_confirm(talk)
    lines = [*journal.lines, '{"event":"caller_sa']
    assert replay_journal(talk.session.agent, lines) == effects_of(talk)


def test_a_broken_line_in_the_middle_is_an_error():
    lines = ['{"flowkit_journal":1,"fingerprint":"by-hand"}', "{", "{}"]
    with pytest.raises(JournalError, match="line 2"):
        replay_journal(by_hand.agent(by_hand.TOOLS), lines)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([], "names its agent"),
        (['{"event": "call_started"}'], "names its agent"),
        (['{"flowkit_journal":1,"agent":"a","fingerprint":"old"}'], "another version"),
        (["[]"], "no event"),
        (
            [
                '{"flowkit_journal":1,"fingerprint":"by-hand"}',
                '{"event":"caller_hung_up","at":"2026-11-22T15:00:00+00:00"}',
            ],
            "starts the call",
        ),
    ],
)
def test_what_is_no_journal_of_this_agent_is_refused(lines, problem):
    with pytest.raises(JournalError, match=problem):
        replay_journal(by_hand.agent(by_hand.TOOLS), lines)


async def masked_lines(*, said="my hat", means=HAT, close=True):
    inner = MemoryJournal()
    talk = Talk()
    agent = by_hand.private(talk.session.agent)
    journal = MaskedJournal(inner, agent)
    talk.session.agent = agent
    talk.session._scribe.journal = journal
    talk.session.facts = CallFacts("call-1", number="+16175550142")
    await talk.session.start()
    await talk.caller(said, means)
    await talk.session.settled()
    now = talk.clock.now()
    speech = talk.phone.said[-1].id
    await talk.session.feed(events.CallerInterrupted(now, speech, "Hat, right?"))
    await talk.session.feed(events.KeysPressed(talk.clock.now(), "123"))
    await talk.session.close()
    if close:
        journal.close()
    return "\n".join(inner.lines)


async def test_masked_are_private_values_and_the_words_that_gave_them():
    text = await masked_lines()
    assert "hat" not in text.lower().replace("what", "")
    assert f'"text":"my {MASK}"' in text
    assert f'"value":"{MASK}"' in text


async def test_masked_are_the_callers_number_and_keys_for_a_private_slot():
    text = await masked_lines()
    assert "6175550142" not in text
    assert '"keys":"123"' not in text


async def test_words_that_nobody_understood_are_masked_as_a_whole():
    inner = MemoryJournal()
    journal = MaskedJournal(inner, by_hand.private(by_hand.agent(by_hand.TOOLS)))
    journal.append({"event": "caller_said", "text": "it is a hat"})
    assert inner.lines == []
    journal.close()
    assert json.loads(inner.lines[0])["text"] == MASK


async def test_speech_that_breaks_off_in_a_private_value_is_masked_to_there():
    inner = MemoryJournal()
    journal = MaskedJournal(inner, by_hand.private(by_hand.agent(by_hand.TOOLS)))
    value = {"act": "set", "slot": "thing", "value": "one two three"}
    journal.append({"event": "understood", "acts": [value]})
    journal.append({"event": "caller_interrupted", "heard": "I have one two"})
    journal.append({"event": "caller_interrupted", "heard": "I have one"})
    heard = [json.loads(line)["heard"] for line in inner.lines[1:]]
    assert heard == [f"I have {MASK}", "I have one"]


async def test_writing_an_event_costs_no_waiting(tmp_path):
    loop = asyncio.get_running_loop()
    with FileJournal(tmp_path / "call.jsonl") as journal:
        started = loop.time()
        for n in range(1000):
            journal.append({"event": "timer_fired", "id": n})
        journal.flush()
        assert loop.time() - started < 0.5


def masked(*entries, agent=None):
    inner = MemoryJournal()
    made = agent or by_hand.private(by_hand.agent(by_hand.TOOLS))
    journal = MaskedJournal(inner, made)
    for entry in entries:
        journal.append(entry)
    journal.close()
    return [json.loads(line) for line in inner.lines]


def test_masked_is_the_word_and_not_what_holds_its_letters():
    lines = masked(
        {"event": "understood", "acts": [{"slot": "thing", "value": "al"}]},
        {"event": "tool_returned", "result": {"note": "Also for AL, al's", "n": 7}},
    )
    assert lines[1]["result"] == {"note": f"Also for {MASK}, {MASK}'s", "n": 7}


def test_masked_are_values_of_any_shape():
    value = {"word": "ring", "count": 12, "many": ["gold", True, None]}
    lines = masked(
        {"event": "understood", "acts": [{"slot": "thing", "value": value}]},
        {"event": "tool_returned", "result": ["gold ring", 12, True, None]},
    )
    assert lines[1]["result"] == [f"{MASK} {MASK}", MASK, True, None]


def test_masked_are_slots_that_a_test_began_with_and_candidates():
    lines = masked(
        {"flowkit_journal": 1, "slots": {"thing": "a hat"}},
        {
            "event": "understood",
            "acts": [{"candidates": [{"slot": "thing", "value": "cap"}]}],
        },
        {"event": "tool_returned", "result": "a hat, a cap"},
    )
    assert lines[0]["slots"] == {"thing": MASK}
    assert lines[2]["result"] == f"{MASK}, a {MASK}"


def test_masked_are_long_numbers_even_if_nobody_understood_them():
    lines = masked(
        {"event": "caller_said", "text": "617 555 01 erm"},
        {"event": "understood", "acts": [{"act": "nothing"}]},
    )
    assert lines[0]["text"] == f"{MASK} erm"


def test_masked_are_private_given_values():
    made = by_hand.agent(by_hand.TOOLS)
    shop = made.flows["shop"]
    given = {"who": Given("who", by_hand.Words(), private=True)}
    agent = replace(made, flows={"shop": replace(shop, given=given)})
    lines = masked(
        {"event": "call_started", "facts": {}, "given": {"who": "Ada", "what": "hat"}},
        agent=agent,
    )
    assert lines[0]["given"] == {"who": MASK, "what": "hat"}
