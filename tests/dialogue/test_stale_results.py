"""RULES 25 to 35: stale results, branches, points of no return."""

from flowkit.dialogue import acts

from .conversation import Conversation, agent_of, set_
from .flows import ALTERNATIVES, BOOK, DELIVERY

MENU = """
flow: book
steps:
  - ask: [size]
  - when: size >= 8
    steps:
      - say: For eight or more there is a set menu.
  - ask: [name]
slots:
  size:
    type: number
    ask: How many?
  name:
    type: name
    ask: What name?
"""


def test_rule_25_a_say_is_said_once_for_each_visit_of_its_branch() -> None:
    talk = Conversation(agent_of(MENU)).caller(set_("size", 8))
    assert "set menu" in talk.bot
    talk.caller(set_("size", 9))
    assert "set menu" not in talk.bot
    talk.caller(set_("size", 4)).caller(set_("size", 8))
    assert "set menu" in talk.bot


FIND = """
flow: find
steps:
  - ask: [reference]
  - do: find
    with: [reference]
    save_as: booking
  - when: not booking.found
    steps:
      - say: I can't find {{ reference }}.
      - ask_again: [reference]
        at_most: 2 times
        then:
          - handoff: Not found
  - say: Found it.
slots:
  reference:
    type: code
    ask: What is your reference?
"""


def test_rule_25_and_38_the_same_wrong_answer_is_told_again_and_then_ends() -> None:
    talk = Conversation(agent_of(FIND), tools={"find": {"found": False}})
    talk.caller(set_("reference", "A"))
    assert "I can't find A." in talk.bot
    assert talk.waits == "reference"
    talk.caller(set_("reference", "A"))
    assert "I can't find A." in talk.bot
    talk.caller(set_("reference", "A"))
    assert talk.state.outcome == "handoff"
    assert len(talk.called) == 1


def test_rule_27_equal_results_change_nothing() -> None:
    text = """
    flow: buy
    steps:
      - ask: [item]
      - do: find
        with: [item]
        save_as: thing
      - do: price
        with:
          thing: thing.id
        save_as: price
      - confirm: It costs {{ price.total }} dollars. Shall I buy it?
      - do: buy
        with:
          thing: thing.id
      - say: Done.
    slots:
      item:
        type: text
        ask: What?
        read_back: always
    """
    tools = {"find": {"id": 7}, "price": {"total": 3}}
    talk = Conversation(agent_of(text), tools=tools)
    talk.caller(set_("item", "a")).caller(acts.Yes())
    assert talk.waits == "confirm"
    talk.caller(set_("item", "b")).caller(acts.Yes())
    names = [name for name, _ in talk.calls]
    assert names == ["find", "price", "find"]
    assert talk.waits == "confirm"


def test_rule_28_a_running_call_whose_inputs_changed_is_cancelled_at_once() -> None:
    talk = Conversation(agent_of(BOOK), tools={"check_availability": "wait"})
    talk.caller(
        set_("party_size", 4), set_("date", "2026-11-27"), set_("time", "19:00")
    )
    running = talk.running()
    talk.caller(acts.Not("date", "2026-11-27"))
    assert running.id not in talk.state.calls
    assert talk.waits == "date"
    talk.feed(_returned(talk, running.id, {"status": "free"}))
    assert "stale_answer" in talk.rules


def _returned(talk: Conversation, number: int, result: object):
    from flowkit.dialogue.events import ToolReturned

    return ToolReturned(talk.now, number, result)


def test_a_correction_during_the_call_starts_a_new_one() -> None:
    talk = Conversation(agent_of(BOOK), tools={"check_availability": "wait"})
    talk.caller(
        set_("party_size", 4), set_("date", "2026-11-27"), set_("time", "19:00")
    )
    first = talk.running()
    talk.caller(set_("party_size", 5))
    second = talk.running()
    assert first.id != second.id
    assert first.key != second.key
    assert second.arguments["party_size"] == 5


def test_rule_30_a_slot_of_a_branch_not_taken_is_empty() -> None:
    tools = {"quote": {"total": 9}, "order": {}}
    talk = Conversation(agent_of(DELIVERY), tools=tools)
    talk.caller(set_("kind", "delivery"), set_("address", "Via Roma"))
    assert "Via Roma" in talk.bot
    talk.caller(set_("kind", "pickup"))
    talk.caller(acts.Yes())
    assert talk.calls[-1] == ("order", {"kind": "pickup", "address": None})


def test_rule_30_it_is_back_when_the_branch_is() -> None:
    tools = {"quote": {"total": 9}, "order": {}}
    talk = Conversation(agent_of(DELIVERY), tools=tools)
    talk.caller(set_("kind", "delivery"), set_("address", "Via Roma"))
    talk.caller(set_("kind", "pickup")).caller(set_("kind", "delivery"))
    assert talk.waits == "confirm"
    talk.caller(acts.Yes())
    assert talk.calls[-1] == ("order", {"kind": "delivery", "address": "Via Roma"})


def test_rule_31_what_a_commit_read_is_locked() -> None:
    talk = _booked()
    talk.caller(set_("party_size", 5))
    assert talk.slots["party_size"] == 4
    assert talk.state.outcome == "handoff"


def _booked() -> Conversation:
    talk = Conversation(agent_of(BOOK), tools={"make_booking": {"reference": "B1"}})
    talk.caller(
        set_("party_size", 4),
        set_("date", "2026-11-27"),
        set_("time", "19:00"),
        set_("name", "Anna"),
    )
    return talk.caller(acts.Yes())


def test_rule_31_restart_after_the_commit_is_a_late_change() -> None:
    talk = _booked().caller(acts.Restart())
    assert sum(call.tool == "make_booking" for call in talk.called) == 1
    assert talk.state.outcome == "handoff"


def test_rule_32_a_correction_after_booking_does_not_book_twice() -> None:
    talk = _booked().caller(set_("party_size", 5))
    assert "already done that" in talk.bot
    assert sum(call.tool == "make_booking" for call in talk.called) == 1


def test_rule_34_a_retry_has_the_same_key_and_other_values_another() -> None:
    talk = Conversation(agent_of(BOOK), tools={"make_booking": "wait"})
    talk.caller(
        set_("party_size", 4),
        set_("date", "2026-11-27"),
        set_("time", "19:00"),
        set_("name", "Anna"),
    ).caller(acts.Yes())
    first = talk.running()
    talk.caller(set_("party_size", 5)).tool_fails()
    talk.caller(acts.Yes())
    second = talk.running()
    assert first.key.startswith("call-1/")
    assert first.key != second.key


def test_rule_35_a_commit_that_times_out_is_unknown_and_never_tried_again() -> None:
    talk = Conversation(agent_of(BOOK), tools={"make_booking": "wait"})
    talk.caller(
        set_("party_size", 4),
        set_("date", "2026-11-27"),
        set_("time", "19:00"),
        set_("name", "Anna"),
    ).caller(acts.Yes())
    talk.tool_fails("timeout")
    assert talk.state.outcome == "handoff"
    assert talk.state.reason == "Booking failed"
    assert sum(call.tool == "make_booking" for call in talk.called) == 1


def test_rule_39_an_offer_ends_after_three_rounds() -> None:
    times = iter(["18:00", "19:00", "20:00", "21:00", "22:00", "17:30"])
    full = lambda **_: {"status": "full", "alternatives": [{"time": next(times)}]}  # noqa: E731
    talk = Conversation(agent_of(ALTERNATIVES), tools={"check": full})
    talk.caller(set_("party_size", 2), set_("time", "19:30"))
    for _ in range(6):
        if talk.state.outcome or talk.waits != "offer":
            break
        talk.caller(acts.Choose(0))
    assert talk.waits == "time"
    assert "Which other time" in talk.bot
