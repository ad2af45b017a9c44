"""RULES 17, 33, 50 to 53: several flows, the clock, the order of acts."""

from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from flowkit.authoring.compiler import load_agent
from flowkit.dialogue import acts, events
from flowkit.dialogue.flow import Agent

from .conversation import Conversation, agent_of, set_

BOOK = """
flow: book
about: The caller wants to book a table.
steps:
  - ask: [size, day]
  - do: look
    with: [size, day]
    save_as: table
  - confirm: A table for {{ size }} on {{ day }}. Shall I book it?
  - do: book
    with: [size, day]
    save_as: booking
  - say: Booked, {{ booking.code }}.
  - end: booked
slots:
  size:
    type: number
    ask: How many?
  day:
    type: date
    ask: Which day?
anytime:
  - caller_wants: to change a booking
    go_to: change
"""
CHANGE = """
flow: change
about: The caller wants to change a booking.
steps:
  - ask: [code, size]
  - do: change
    with: [code, size]
  - say: Changed.
slots:
  code:
    type: code
    ask: What is your reference?
  size:
    type: number
    ask: How many will you be now?
"""
OTHER = """
flow: other
about: The caller wants something else.
steps:
  - ask: [wish]
  - say: Noted.
slots:
  wish:
    type: text
    ask: What is it?
"""
DOOR = """
flow: door
steps:
  - start_one_of: [book, change]
    say: How can I help you?
"""
SIZE = """
slots:
  size:
    type: number
    ask: How many?
"""


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return made(tmp_path, "book", book=BOOK, change=CHANGE, other=OTHER)


def made(folder: Path, first: str, *, shared: str = "", **flows: str) -> Agent:
    """Compile an agent of several flows."""
    (folder / "agent.yaml").write_text(
        f"agent: test\nstart: {first}\ntimezone: America/New_York\n{shared}"
    )
    (folder / "tools.py").write_text(
        dedent(
            """
            from flowkit import tool

            @tool
            async def look(size, day): ...
            @tool
            async def book(size, day): ...
            @tool
            async def change(code, size): ...
            """
        )
    )
    for name, text in flows.items():
        (folder / f"{name}.yaml").write_text(text)
    return load_agent(folder)


FILLED = (set_("size", 4), set_("day", "2026-11-27"))


def test_rule_17_a_started_flow_waits_until_the_commit_has_returned(
    agent: Agent,
) -> None:
    talk = Conversation(agent, tools={"book": "wait"}).caller(*FILLED)
    talk.caller(acts.Yes(), acts.Start("other"))
    assert [run.flow for run in talk.state.runs] == ["book"]
    talk.tool_returns({"code": "B1"})
    assert "Booked, B1." in talk.bot
    assert [run.flow for run in talk.state.runs] == ["book", "other"]
    assert [name for name, _ in talk.calls] == ["look", "book"]


def test_rule_17_a_confirm_not_yet_used_is_asked_again_after_another_flow(
    agent: Agent,
) -> None:
    talk = Conversation(agent).caller(*FILLED).caller(acts.Start("other"))
    assert talk.waits == "wish"
    talk.caller(set_("wish", "flowers"))
    assert talk.waits == "sure"
    talk.caller(acts.Yes())
    assert "A table for four" in talk.bot
    assert [name for name, _ in talk.calls] == ["look"]


def test_a_no_to_going_on_drops_the_flow_that_waited(agent: Agent) -> None:
    talk = Conversation(agent).caller(*FILLED).caller(acts.Start("other"))
    talk.caller(set_("wish", "flowers")).caller(acts.No())
    assert talk.state.outcome == "cancelled"


def test_rule_33_the_clock_is_fixed_when_the_flow_starts() -> None:
    text = """
    flow: night
    steps:
      - ask: [size]
      - when: now.hour >= 15
        steps:
          - say: It is late.
      - ask: [day]
    slots:
      size:
        type: number
        ask: How many?
      day:
        type: date
        ask: Which day?
    """
    talk = Conversation(agent_of(text))
    talk._finish_speech()
    talk.now += timedelta(hours=12)
    talk.caller(set_("size", 2))
    assert "It is late." in talk.bot


def test_rule_50_the_order_of_words_does_not_matter(agent: Agent) -> None:
    one = Conversation(agent).caller(
        acts.Help(), set_("day", "2026-11-27"), set_("size", 2), set_("size", 4)
    )
    other = Conversation(agent).caller(
        set_("size", 2), set_("size", 4), acts.Help(), set_("day", "2026-11-27")
    )
    assert one.slots == other.slots == {"size": 4, "day": "2026-11-27"}
    assert one.bot == other.bot


def test_rule_50_a_person_comes_first_and_values_are_handed_over(agent: Agent) -> None:
    talk = Conversation(
        agent_of(BOOK.split("anytime:")[0]), tools={"look": "wait"}
    ).caller(set_("size", 4), acts.Start("book"), acts.Person())
    assert talk.state.outcome == "handoff"
    assert talk.slots == {"size": 4}


def test_rule_51_a_side_flow_does_not_cancel_the_outer_call(agent: Agent) -> None:
    talk = Conversation(agent, tools={"look": "wait"}).caller(*FILLED)
    call = talk.running("look")
    talk.caller(acts.Start("other"))
    assert call.id in talk.state.calls
    talk.tool_returns({"free": True}, "look")
    assert talk.waits == "wish"
    talk.caller(set_("wish", "flowers")).caller(acts.Yes())
    assert talk.waits == "confirm"
    assert [name for name, _ in talk.calls] == ["look"]


def test_rule_51_an_open_refusal_does_not_leak_into_the_inner_flow(
    tmp_path: Path,
) -> None:
    book = BOOK.replace(
        "    ask: Which day?",
        "    ask: Which day?\n    rules:\n      - must: day >= today\n"
        '        otherwise: "{{ day }} is past. Which day?"',
    )
    agent = made(tmp_path, "book", book=book, change=CHANGE, other=OTHER)
    talk = Conversation(agent).caller(set_("size", 4), set_("day", "2020-01-01"))
    talk.caller(acts.Start("other")).caller(acts.No())
    assert talk.waits == "wish"
    assert "past" not in talk.bot


def test_rule_52_end_in_a_started_flow_ends_that_flow(agent: Agent) -> None:
    talk = Conversation(agent).caller(set_("size", 4)).caller(acts.Start("other"))
    talk.caller(set_("wish", "flowers"))
    assert talk.state.outcome is None
    assert "Shall we go on" in talk.bot
    talk.caller(acts.Yes())
    assert talk.waits == "day"


def test_rule_52_a_flow_that_waits_is_returned_to_not_started_twice(
    agent: Agent,
) -> None:
    talk = Conversation(agent).caller(set_("size", 4)).caller(acts.Start("other"))
    talk.caller(acts.Start("book"))
    assert [run.flow for run in talk.state.runs] == ["book"]
    assert talk.slots == {"size": 4}


def test_one_side_flow_at_a_time(agent: Agent) -> None:
    talk = Conversation(agent).caller(acts.Start("other"))
    talk.caller(acts.Start("change"))
    assert "One thing at a time" in talk.bot
    assert talk.waits == "wish"


def test_rule_53_a_shared_slot_is_filled_for_all_flows(tmp_path: Path) -> None:
    own = BOOK.replace("  size:\n    type: number\n    ask: How many?\n", "")
    inner = CHANGE.split("  size:")[0]
    agent = made(tmp_path, "book", shared=SIZE, book=own, change=inner)
    talk = Conversation(agent).caller(acts.Start("change"))
    talk.caller(set_("size", 6), set_("code", "B1"))
    assert talk.calls == [("change", {"code": "B1", "size": 6})]
    talk.caller(acts.Yes())
    assert talk.slots == {"size": 6}
    assert talk.waits == "day"


def test_a_router_starts_the_flow_and_ends_with_its_outcome(tmp_path: Path) -> None:
    agent = made(tmp_path, "door", door=DOOR, book=BOOK, change=CHANGE)
    talk = Conversation(agent, tools={"book": {"code": "B1"}})
    assert talk.waits == "flow"
    talk.caller(acts.Start("book")).caller(*FILLED).caller(acts.Yes())
    assert talk.state.outcome == "booked"


def test_the_words_that_start_a_flow_are_read_again_for_its_slots(
    tmp_path: Path,
) -> None:
    agent = made(tmp_path, "door", door=DOOR, book=BOOK, change=CHANGE)
    talk = Conversation(agent)
    talk.caller(acts.Start("book"), set_("size", 4), text="a table for four")
    assert talk.slots == {"size": 4}
    assert talk.waits == "day"


def test_a_cancelled_flow_leads_back_to_the_router(tmp_path: Path) -> None:
    agent = made(tmp_path, "door", door=DOOR, book=BOOK, change=CHANGE)
    talk = Conversation(agent).caller(acts.Start("book")).caller(set_("size", 4))
    talk.caller(acts.Cancel())
    assert talk.waits == "flow"
    talk.caller(acts.Start("book"))
    assert talk.slots == {}


def test_a_go_to_leaves_for_good_and_carries_slots(tmp_path: Path) -> None:
    book = BOOK.replace(
        "  - confirm:",
        "  - when: table.full\n    steps:\n      - go_to: change\n"
        "        with: [size]\n  - confirm:",
    )
    agent = made(tmp_path, "book", book=book, change=CHANGE)
    talk = Conversation(agent, tools={"look": {"full": True}}).caller(*FILLED)
    assert [run.flow for run in talk.state.runs] == ["change"]
    assert talk.slots == {"size": 4}
    assert talk.waits == "code"


def test_a_late_correction_goes_to_its_steps(tmp_path: Path) -> None:
    book = BOOK.replace(
        "    save_as: booking\n",
        "    save_as: booking\n    if_changed_later:\n      - go_to: change\n",
    )
    agent = made(tmp_path, "book", book=book, change=CHANGE)
    talk = Conversation(agent, tools={"book": {"code": "B1"}}).caller(*FILLED)
    talk.caller(acts.Yes()).caller(set_("size", 5))
    assert talk.waits == "code"
    assert talk.state.outcome is None
    assert [name for name, _ in talk.calls].count("book") == 1


def test_a_call_that_goes_on_elsewhere_repeats_no_commit(agent: Agent) -> None:
    talk = Conversation(agent, tools={"book": "wait"}).caller(*FILLED)
    talk.caller(acts.Yes())
    first = talk.running("book").key
    talk.feed(events.CallResumed(talk.now + timedelta(minutes=5)))
    keys = [call.key for call in talk.called if call.tool == "book"]
    assert keys == [first, first]


def test_after_a_router_a_late_change_is_about_what_was_done(tmp_path: Path) -> None:
    book = BOOK.replace(
        "    save_as: booking\n",
        "    save_as: booking\n    if_changed_later:\n      - go_to: change\n",
    )
    agent = made(tmp_path, "door", door=DOOR, book=book, change=CHANGE)
    talk = Conversation(agent, tools={"book": {"code": "B1"}})
    talk.caller(acts.Start("book")).caller(*FILLED).caller(acts.Yes())
    assert talk.state.outcome == "booked"
    talk.caller(set_("size", 5))
    assert (talk.state.outcome, talk.waits) == (None, "code")
    talk.caller(set_("code", "B1"))
    assert talk.calls[-1] == ("change", {"code": "B1", "size": 5})
    assert talk.state.outcome is not None


def test_words_without_a_meaning_after_the_end_get_no_goodbye(agent: Agent) -> None:
    talk = Conversation(agent, tools={"book": {"code": "B1"}}).caller(*FILLED)
    talk.caller(acts.Yes()).caller(acts.Nothing())
    assert talk.bot == "Sorry, I didn't get that."
    assert not talk.state.over
    talk.caller(acts.Thanks())
    assert talk.state.over


def test_a_value_of_the_same_breath_settles_an_unclear_one() -> None:
    text = """
    flow: book
    steps:
      - ask: [day, time]
    slots:
      day:
        type: date
        ask: Which day?
      time:
        type: time
        ask: What time?
        rules:
          - must: day.weekday != "Friday" or time.hour > 12
            otherwise: On Fridays we open at noon. What time?
    """
    talk = Conversation(agent_of(text))
    talk.caller(
        acts.Unclear((set_("time", "03:00"), set_("time", "15:00"))),
        set_("day", "2026-11-27"),
    )
    assert talk.slots == {"day": "2026-11-27", "time": "15:00"}


def test_an_outcome_of_the_designers_is_no_cancelling_by_the_caller(
    tmp_path: Path,
) -> None:
    change = CHANGE.replace(
        "  - say: Changed.", "  - say: Changed.\n  - end: cancelled"
    )
    agent = made(tmp_path, "door", door=DOOR, book=BOOK, change=change)
    talk = Conversation(agent).caller(acts.Start("change"))
    talk.caller(set_("code", "B1"), set_("size", 4))
    assert talk.state.outcome == "cancelled"
    assert "How can I help you?" not in talk.bot


def test_of_readings_that_all_break_the_rule_none_is_asked_about() -> None:
    text = """
    flow: book
    steps:
      - ask: [time]
    slots:
      time:
        type: time
        ask: What time?
        rules:
          - must: time.hour >= 9 and time.hour < 16
            otherwise: We are open from nine to four. What time?
    """
    talk = Conversation(agent_of(text))
    talk.caller(acts.Unclear((set_("time", "05:00"), set_("time", "17:00"))))
    assert talk.bot == "We are open from nine to four. What time?"


PEOPLE = """people:
  desk:
    call: "+1 617 555 0100"
    open: 9:00-14:00
  night:
    call: "+1 617 555 0101"
    open: 20:00-15:30
"""


def test_nobody_is_rung_up_when_they_are_closed(tmp_path: Path) -> None:
    agent = made(tmp_path, "other", shared=PEOPLE, other=OTHER)
    talk = Conversation(agent).caller(acts.Person())  # at three in the afternoon
    assert talk.transfers == []
    assert "nobody can take your call" in talk.bot
    assert (talk.state.outcome, talk.state.over) == ("handoff", True)


def test_a_handoff_goes_to_whom_it_names_over_midnight_too(tmp_path: Path) -> None:
    other = OTHER.replace(
        "  - say: Noted.",
        "  - handoff: A wish\n    to: night\n    if_nobody:\n      - say: Alas.",
    )
    agent = made(tmp_path, "other", shared=PEOPLE, other=other)
    talk = Conversation(agent).caller(set_("wish", "flowers"))
    assert [one.person for one in talk.transfers] == ["night"]
    assert "Alas" not in talk.bot
