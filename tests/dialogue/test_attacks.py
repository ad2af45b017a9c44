"""Conversations that try to break the engine, each against a rule of RULES."""

from dataclasses import replace
from pathlib import Path

import pytest

from flowkit.dialogue import acts, events

from .conversation import Conversation, agent_of, set_
from .flows import BOOK, PHONE
from .test_several_flows import BOOK as BOOK_FLOW
from .test_several_flows import CHANGE, OTHER, made

FRIDAY, SATURDAY = "2026-11-27", "2026-11-28"
NEWS = """
flow: book
steps:
  - ask: [size, day]
  - do: look
    with: [size, day]
    save_as: table
  - when: table.full
    steps:
      - say: We are full.
      - ask_again: [day]
  - confirm: A table for {{ size }} on {{ day }}. Shall I book it?
  - do: book
    with: [size, day]
    save_as: booking
  - say: Booked.
  - ask: [news]
  - when: news
    steps:
      - say: You will hear from us.
slots:
  size:
    type: number
    ask: How many?
  day:
    type: date
    ask: Which day?
  news:
    type: yes_no
    ask: Would you like our newsletter?
"""


def at_the_commit(text: str = NEWS, **tools: object) -> Conversation:
    answers = {"look": {"full": False}, "book": {"code": "B1"}, **tools}
    talk = Conversation(agent_of(text), tools=answers)
    return talk.caller(set_("size", 4), set_("day", FRIDAY)).caller(acts.Yes())


def test_rule_35_after_a_timeout_nothing_is_asked_again_with_other_values() -> None:
    text = NEWS.replace(
        "    save_as: booking\n",
        "    save_as: booking\n    if_it_fails:\n      - ask_again: [day]\n",
    )
    talk = at_the_commit(text, book="wait").tool_fails("timeout")
    assert talk.slots == {"size": 4, "day": FRIDAY}


def test_rule_31_a_rule_that_would_clear_a_locked_slot_is_a_late_change() -> None:
    text = """
    flow: book
    steps:
      - ask: [time]
      - confirm: A table at {{ time }}. Shall I book it?
      - do: book
        with: [time]
      - ask: [kids]
      - say: Fine.
    slots:
      time:
        type: time
        ask: What time?
        rules:
          - must: kids == 0 or time.hour < 20
            otherwise: With children only before eight. What time?
      kids:
        type: number
        ask: How many children?
    """
    talk = Conversation(agent_of(text)).caller(set_("time", "21:00"))
    talk.caller(acts.Yes()).caller(set_("kids", 2))
    assert talk.slots["time"] == "21:00"
    assert "What time?" not in talk.bot


def test_rule_31_a_resumed_call_does_not_undo_what_led_to_a_commit() -> None:
    talk = at_the_commit(look=[{"full": False}, {"full": True}])
    talk.said = []
    talk.feed(events.CallResumed(talk.now))
    assert talk.slots == {"size": 4, "day": FRIDAY}
    assert talk.waits == "news"


def test_rule_54_cancelling_leaves_no_tool_running() -> None:
    talk = Conversation(agent_of(NEWS), tools={"look": "wait"})
    talk.caller(set_("size", 4), set_("day", FRIDAY)).caller(acts.Cancel())
    assert talk.state.calls == {}
    assert talk.silence(10).state.over


def test_rule_28_starting_again_cancels_the_tool_that_runs() -> None:
    talk = Conversation(agent_of(NEWS), tools={"look": "wait"})
    talk.caller(set_("size", 4), set_("day", FRIDAY))
    talk.caller(acts.Restart()).caller(acts.Yes())
    assert talk.waits == "size"
    assert talk.state.calls == {}


def test_rule_31_a_value_that_the_commit_does_not_read_is_no_late_change() -> None:
    talk = at_the_commit(book="wait").caller(set_("news", True))
    talk.tool_returns({"code": "B1"})
    assert talk.slots["news"] is True
    assert "You will hear from us." in talk.bot


TWO = """
flow: two
steps:
  - ask: [size]
  - confirm: A table for {{ size }}. Shall I book it?
  - do: book
    with: [size]
  - ask: [gift]
  - confirm: A gift, {{ gift }}. Shall I order it?
  - do: order
    with: [gift]
  - say: Ordered.
slots:
  size:
    type: number
    ask: How many?
  gift:
    type: text
    ask: Which gift?
"""


def test_rule_31_a_late_change_as_answer_to_what_should_i_change() -> None:
    talk = Conversation(agent_of(TWO)).caller(set_("size", 4)).caller(acts.Yes())
    talk.caller(set_("gift", "a cake")).caller(acts.No()).caller(set_("size", 5))
    assert "already done that" in talk.bot


def test_a_change_in_the_grace_still_counts() -> None:
    text = """
    flow: menu
    steps:
      - ask: [size]
      - when: size >= 8
        steps:
          - say: There is a set menu.
      - say: Thank you.
    slots:
      size:
        type: number
        ask: How many?
    """
    talk = Conversation(agent_of(text)).caller(set_("size", 4))
    assert talk.state.outcome == "finished"
    talk.caller(set_("size", 8))
    assert talk.slots == {"size": 8}
    assert "set menu" in talk.bot


def test_goodbye_after_the_commit_is_no_change_of_mind() -> None:
    talk = at_the_commit().caller(acts.Goodbye())
    assert talk.state.outcome != "handoff"
    assert "Goodbye" in talk.bot


def test_rule_40_none_suits_is_dropped_when_another_input_changes() -> None:
    text = """
    flow: book
    steps:
      - ask: [size, time]
      - do: check
        with: [size, time]
        save_as: table
      - when: table.full
        steps:
          - offer: table.others
            into: [time]
            say: I could do {{ choices }}. Would any suit you?
            if_none_suit:
              - say: Then let me see who could help you.
              - ask: [wish]
              - handoff: No table
      - ask: [name]
    slots:
      size:
        type: number
        ask: How many?
      time:
        type: time
        ask: What time?
      wish:
        type: text
        ask: Any wishes?
      name:
        type: name
        ask: What name?
    """
    full = {"full": True, "others": [{"time": "18:00"}]}
    talk = Conversation(agent_of(text), tools={"check": [full, {"full": False}]})
    talk.caller(set_("size", 6), set_("time", "20:00")).caller(acts.No())
    assert talk.waits == "wish"
    talk.caller(set_("size", 2))
    assert talk.waits == "name"


def test_rule_45_carried_values_satisfy_the_rules_where_they_arrive(
    tmp_path: Path,
) -> None:
    book = BOOK_FLOW.replace(
        "  - confirm:",
        "  - when: table.full\n    steps:\n      - go_to: change\n"
        "        with: [size]\n  - confirm:",
    )
    change = (
        CHANGE + "    rules:\n      - must: size <= 3\n"
        "        otherwise: Three at most. How many?\n"
    )
    agent = made(tmp_path, "book", book=book, change=change)
    talk = Conversation(agent, tools={"look": {"full": True}})
    talk.caller(set_("size", 4), set_("day", FRIDAY))
    assert talk.state.run.flow == "change"
    assert "size" not in talk.slots


def test_rule_45_values_that_come_back_with_a_branch_satisfy_the_rules() -> None:
    text = """
    flow: order
    steps:
      - ask: [kind]
      - when: kind == "delivery"
        steps:
          - ask: [zone]
      - ask: [time]
      - say: Good.
      - ask: [name]
    slots:
      kind:
        type: choice
        choices: [delivery, pickup]
        ask: Which?
      zone:
        type: choice
        choices: [near, far]
        ask: Near or far?
      time:
        type: time
        ask: What time?
        rules:
          - must: zone != "far" or time.hour < 20
            otherwise: So far only before eight. What time?
      name:
        type: name
        ask: What name?
    """
    talk = Conversation(agent_of(text))
    talk.caller(set_("kind", "delivery"), set_("zone", "far"))
    talk.caller(set_("kind", "pickup")).caller(set_("time", "21:00"))
    assert talk.waits == "name"
    talk.caller(set_("kind", "delivery"))
    assert "time" not in talk.slots


ALL = (
    set_("party_size", 4),
    set_("date", FRIDAY),
    set_("time", "19:00"),
    set_("name", "Anna"),
)


def test_rule_18_a_no_during_a_commit_that_fails_is_not_misunderstood() -> None:
    text = BOOK.replace(
        "      - handoff: Booking failed",
        "      - say: It failed.\n      - ask_again: [time]",
    )
    talk = Conversation(agent_of(text), tools={"make_booking": "wait"})
    talk.caller(*ALL).caller(acts.Yes()).caller(acts.No())
    talk._finish_speech()
    talk.said = []
    talk.tool_fails()
    assert talk.said[0] == "It failed."


def test_a_skipped_slot_named_as_wrong_is_asked() -> None:
    talk = Conversation(agent_of(PHONE)).caller(set_("topic", "a leak"))
    talk.caller(acts.Refuse()).caller(acts.No())
    assert talk.waits == "change"
    talk.caller(acts.Unset("phone"))
    assert talk.waits == "phone"


def test_fkb_60_a_correction_at_the_confirm_starts_its_ladder_anew() -> None:
    talk = Conversation(agent_of(BOOK)).caller(*ALL)
    talk.caller(acts.Nothing()).caller(acts.Nothing()).caller(set_("time", "20:00"))
    assert talk.waits == "confirm"
    talk.caller(acts.Nothing())
    assert talk.state.outcome is None


def test_a_confirm_without_a_question_mark_is_spoken_once() -> None:
    text = """
    flow: see
    steps:
      - ask: [day, name]
      - do: fee
        with: [day]
        save_as: fee
      - confirm: For {{ name }} it is {{ fee.amount }} dollars, please say yes or no.
      - do: book
        with: [name]
    slots:
      day:
        type: choice
        choices: [monday, tuesday]
        ask: Which day?
      name:
        type: name
        ask: Which name?
    """
    fees = {"monday": {"amount": 20}, "tuesday": {"amount": 25}}
    talk = Conversation(agent_of(text), tools={"fee": lambda day: fees[day]})
    talk.caller(set_("day", "monday"), set_("name", "Anna"))
    talk.caller(set_("day", "tuesday"))
    assert len(set(talk.said)) == len(talk.said)


def test_the_callers_hello_is_not_misunderstood() -> None:
    text = BOOK.replace("about:", "speaks_first: caller\nabout:")
    talk = Conversation(agent_of(text)).caller(acts.Nothing())
    assert talk.said == ["Hello, this is Bella.", "For how many people?"]


def test_rule_21_a_locked_value_said_again_is_understood() -> None:
    talk = at_the_commit().caller(set_("size", 4))
    assert talk.bot == "Would you like our newsletter?"


def test_rule_14_a_no_before_the_question_had_begun_is_no_answer() -> None:
    text = BOOK.replace(
        "  - ask: [name]\n",
        "  - ask: [name]\n  - say: We look forward to your visit very much.\n",
    )
    talk = Conversation(agent_of(text)).caller(*ALL)
    talk.over(2, acts.No())
    assert talk.waits == "confirm"


def test_an_argument_that_breaks_fails_the_step_at_once() -> None:
    text = """
    flow: price
    steps:
      - ask: [size]
      - do: look
        with: [size]
        save_as: table
      - do: price
        with:
          n: table.count + 1
      - ask: [name]
    slots:
      size:
        type: number
        ask: How many?
      name:
        type: name
        ask: What name?
    """
    talk = Conversation(agent_of(text), tools={"look": {"count": "x"}})
    talk.caller(set_("size", 2))
    assert "didn't work" in talk.bot


def test_rule_49_a_call_of_a_branch_not_taken_covers_nothing() -> None:
    text = """
    flow: order
    steps:
      - ask: [size, kind]
      - when: kind == "delivery"
        steps:
          - do: quote
            with: [size]
            meanwhile: One moment, I'm counting.
      - ask: [name]
    slots:
      size:
        type: number
        ask: How many?
      kind:
        type: choice
        choices: [delivery, pickup]
        ask: Which?
      name:
        type: name
        ask: What name?
    """
    talk = Conversation(agent_of(text), tools={"quote": "wait"})
    talk.caller(set_("size", 2), set_("kind", "delivery"))
    talk.caller(set_("kind", "pickup"))
    assert talk.waits == "name"
    assert "One moment" not in talk.silence(2).bot


def test_a_no_to_going_on_is_answered(tmp_path: Path) -> None:
    agent = made(tmp_path, "book", book=BOOK_FLOW, change=CHANGE, other=OTHER)
    talk = Conversation(agent).caller(set_("size", 4)).caller(acts.Start("other"))
    talk.caller(set_("wish", "flowers"))
    assert talk.waits == "sure"
    assert talk.caller(acts.No()).bot != ""


def test_rule_50_values_stay_when_the_wish_for_a_flow_is_not_granted(
    tmp_path: Path,
) -> None:
    agent = made(tmp_path, "book", book=BOOK_FLOW, change=CHANGE, other=OTHER)
    talk = Conversation(agent).caller(acts.Start("other"))
    talk.caller(set_("wish", "flowers"), acts.Start("change"))
    assert talk.bot.startswith("One thing at a time") or "Noted" in talk.bot
    assert "Noted" in " ".join(s.text for say in talk.says for s in say.segments)


def test_variants_of_an_answer_are_used_in_turn() -> None:
    text = BOOK.replace(
        "    say: There's free parking behind the restaurant.",
        "    steps:\n      - say:\n          one_of:\n            - It is free.\n"
        "            - We have parking.\n",
    )
    talk = Conversation(agent_of(text)).caller(acts.AskAbout("anytime.0"))
    first = talk.said[0]
    assert talk.caller(acts.AskAbout("anytime.0")).said[0] != first


def test_fkb_17_digits_in_pieces_do_not_end_with_a_person() -> None:
    talk = Conversation(agent_of(PHONE)).caller(set_("topic", "a leak"))
    for piece in ("six one seven", "five five five", "oh one"):
        talk.caller(acts.Unclear((), "phone", "too_short", text=piece))
    assert talk.state.outcome is None


OFFER = """
flow: book
steps:
  - ask: [time]
  - do: check
    with: [time]
    save_as: table
  - when: table.full
    steps:
      - offer: table.others
        into: [time]
        say: I could do {{ choices }}. Would any of those suit you?
        if_none_suit:
          - handoff: None
  - ask: [name]
slots:
  time:
    type: time
    ask: What time?
  name:
    type: name
    ask: What name?
"""


def test_a_choice_over_the_offer_is_taken_when_the_choices_were_heard() -> None:
    others = [{"time": "18:00"}, {"time": "21:30"}]
    tools = {"check": [{"full": True, "others": others}, {"full": False}]}
    talk = Conversation(agent_of(OFFER), tools=tools).caller(set_("time", "20:00"))
    assert talk.said[0] == "I could do six pm or nine thirty pm."
    talk.over(8, acts.Choose(1))
    assert talk.slots["time"] == "21:30"


def test_a_no_while_the_values_of_a_confirm_are_spoken_is_a_no() -> None:
    talk = Conversation(agent_of(BOOK)).caller(*ALL)
    talk.over(12, acts.No())
    assert talk.waits == "change"


def test_a_commit_in_flight_is_made_again_when_the_call_goes_on() -> None:
    talk = at_the_commit(look=[{"full": False}, {"full": True}], book="wait")
    talk.feed(events.CallResumed(talk.now))
    keys = [call.key for call in talk.called if call.commit]
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert talk.state.outcome is None


def test_a_change_in_the_grace_is_answered() -> None:
    text = """
    flow: note
    steps:
      - ask: [size]
      - do: note
        with: [size]
      - say: Thank you.
    slots:
      size:
        type: number
        ask: How many?
    """
    talk = Conversation(agent_of(text)).caller(set_("size", 4)).caller(set_("size", 8))
    assert [args for _, args in talk.calls] == [{"size": 4}, {"size": 8}]
    assert "Eight" in talk.bot


def test_rule_31_what_was_done_is_not_confirmed_again(tmp_path: Path) -> None:
    book = BOOK_FLOW.replace("  size:\n    type: number\n    ask: How many?\n", "")
    book = book.replace("  - end: booked", "  - ask: [news]")
    book = book.replace(
        "slots:\n", "slots:\n  news:\n    type: text\n    ask: What news?\n"
    )
    shared = "slots:\n  size:\n    type: number\n    ask: How many?\n"
    change = CHANGE.split("  size:")[0]
    agent = made(tmp_path, "book", shared=shared, book=book, change=change)
    talk = Conversation(agent, tools={"book": {"code": "B1"}})
    talk.caller(set_("size", 4), set_("day", FRIDAY)).caller(acts.Yes())
    assert talk.waits == "news"
    talk.caller(acts.Start("change")).caller(set_("size", 6), set_("code", "B1"))
    talk.caller(acts.Yes())
    assert talk.waits == "news"


def test_rule_31_a_vague_value_for_a_locked_slot_does_not_ask_for_it() -> None:
    talk = at_the_commit().caller(acts.Unclear((), "day", "vague"))
    assert talk.waits != "day"


def test_yes_cancel_drops_only_what_was_asked_about(tmp_path: Path) -> None:
    agent = made(tmp_path, "book", book=BOOK_FLOW, change=CHANGE, other=OTHER)
    talk = Conversation(agent).caller(set_("size", 4)).caller(acts.Start("other"))
    talk.caller(acts.Cancel(certainty=0.5))
    assert talk.waits == "sure"
    talk.caller(acts.Yes(), acts.Cancel())
    assert [run.flow for run in talk.state.runs] == ["book"]
    assert talk.state.outcome is None


def test_yes_start_again_starts_again_once() -> None:
    talk = Conversation(agent_of(BOOK)).caller(*ALL).caller(acts.Restart())
    talk.caller(acts.Yes(), acts.Restart())
    assert talk.said == ["All right, from the beginning.", "For how many people?"]


def test_rule_17_the_second_yes_is_not_kept_for_after_another_flow(
    tmp_path: Path,
) -> None:
    book = TWO.replace("flow: two\n", "flow: book\nabout: To book.\n")
    book = book.replace(
        "    with: [size]\n", "    with:\n      size: size\n      day: size\n"
    )
    book = book.replace("do: order", "do: change").replace(
        "    with: [gift]\n", "    with:\n      code: gift\n      size: size\n"
    )
    book = book.replace("  - do: change", "  - ask: [note]\n  - do: change")
    book += "  note:\n    type: text\n    ask: Any note?\n"
    agent = made(tmp_path, "book", book=book, other=OTHER)
    talk = Conversation(agent).caller(set_("size", 4)).caller(acts.Yes())
    talk.caller(set_("gift", "cake")).caller(acts.Yes(), acts.Start("other"))
    assert talk.waits == "wish"
    talk.caller(set_("wish", "flowers")).caller(acts.Yes())
    assert talk.waits == "confirm"


def test_the_words_that_lead_back_to_a_flow_are_not_kept(tmp_path: Path) -> None:
    agent = made(tmp_path, "book", book=BOOK_FLOW, change=CHANGE, other=OTHER)
    talk = Conversation(agent).caller(set_("size", 4)).caller(acts.Start("other"))
    talk.caller(acts.Start("book"), text="back to the table")
    assert talk.state.run.flow == "book"
    assert talk.state.wish == ""


def test_rule_33_results_of_a_waiting_flow_are_stale_on_resume(tmp_path: Path) -> None:
    agent = made(tmp_path, "book", book=BOOK_FLOW, change=CHANGE, other=OTHER)
    talk = Conversation(agent).caller(set_("size", 4), set_("day", FRIDAY))
    talk.caller(acts.Start("other"))
    talk.feed(events.CallResumed(talk.now))
    talk.caller(set_("wish", "flowers")).caller(acts.Yes())
    assert [name for name, _ in talk.calls] == ["look", "look"]


def test_keys_after_a_cut_are_answered_at_once() -> None:
    talk = Conversation(agent_of(BOOK)).cut(3)
    talk._acts, talk.said = (set_("party_size", 4),), []
    talk.feed(events.KeysPressed(talk.now, "4#"))
    assert talk.waits == "date"
    assert "For which day?" in talk.bot


def test_after_a_switch_of_language_the_agent_goes_on_at_once() -> None:
    agent = agent_of(BOOK)
    agent = replace(agent, languages={**agent.languages, "xx": agent.languages["en"]})
    talk = Conversation(agent)
    talk._heard, talk.said = "Hello, this", []
    talk.feed(events.LanguageChanged(talk.now, "xx"))
    assert talk.bot == "For how many people?"  # the greeting was heard at all


def test_a_side_question_asked_again_ends_once() -> None:
    text = BOOK.replace(
        "    say: There's free parking behind the restaurant.",
        "    steps:\n      - say: There is a list.\n      - ask: [name]\n"
        "      - say: You are on it.\n",
    )
    talk = Conversation(agent_of(text)).caller(acts.AskAbout("anytime.0"))
    talk.caller(acts.AskAbout("anytime.0")).caller(set_("name", "Anna"))
    assert talk.said.count("You are on it.") == 1


def test_a_commit_that_failed_is_made_for_other_values_that_were_confirmed() -> None:
    text = NEWS.replace(
        "    save_as: booking\n",
        "    if_it_fails:\n      - say: It did not work.\n",
    )
    talk = at_the_commit(text, book=["fail", {}])
    assert talk.waits == "news"
    talk.caller(set_("size", 5))
    assert talk.waits == "confirm"
    talk.caller(acts.Yes())
    assert [args["size"] for name, args in talk.calls if name == "book"] == [4, 5]


@pytest.mark.parametrize(
    "said", [acts.Nothing(), acts.Why(), acts.AskAbout("anytime.0")]
)
def test_rule_12_the_question_of_a_refusal_stays_open(said: acts.Act) -> None:
    talk = Conversation(agent_of(BOOK)).caller(*ALL).caller(set_("time", "23:00"))
    assert talk.waits == "time"
    talk.caller(said)
    assert talk.waits == "time"


def test_a_cancel_of_what_was_done_is_answered_at_going_on(tmp_path: Path) -> None:
    book = BOOK_FLOW.replace("  - end: booked", "  - ask: [news]")
    book = book.replace("slots:\n", "slots:\n  news:\n    type: text\n    ask: News?\n")
    agent = made(tmp_path, "book", book=book, change=CHANGE, other=OTHER)
    talk = Conversation(agent, tools={"book": {"code": "B1"}})
    talk.caller(set_("size", 4), set_("day", FRIDAY)).caller(acts.Yes())
    talk.caller(acts.Start("other")).caller(set_("wish", "flowers"))
    assert talk.waits == "sure"
    assert "already done that" in talk.caller(acts.Cancel()).bot


def test_a_branch_before_a_commit_that_is_taken_later_is_not_done_yet() -> None:
    text = """
    flow: book
    steps:
      - ask: [size, present]
      - when: present
        steps:
          - ask: [what]
          - confirm: Shall I order {{ what }} for you?
          - do: order
            with: [what]
      - confirm: A table for {{ size }}. Shall I book it?
      - do: book
        with: [size]
      - ask: [news]
    slots:
      size:
        type: number
        ask: How many?
      present:
        type: yes_no
        ask: Would you like a present?
      what:
        type: text
        ask: Which present?
      news:
        type: text
        ask: What news?
    """
    talk = Conversation(agent_of(text))
    talk.caller(set_("size", 4), set_("present", False)).caller(acts.Yes())
    assert talk.waits == "news"
    talk.caller(set_("present", True)).caller(set_("what", "a rose"))
    talk.caller(acts.Yes())
    assert ("order", {"what": "a rose"}) in talk.calls
