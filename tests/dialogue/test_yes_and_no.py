"""RULES 11 to 24: yes, no, and what was heard."""

from dataclasses import replace

from flowkit.dialogue import acts

from .conversation import Conversation, agent_of, set_
from .flows import BOOK, PHONE

ALL = (
    set_("party_size", 4),
    set_("date", "2026-11-27"),
    set_("time", "19:00"),
    set_("name", "Anna"),
)
TOOLS = {
    "check_availability": {"status": "free"},
    "make_booking": {"reference": "B12"},
}


def at_the_confirm(**tools: object) -> Conversation:
    talk = Conversation(agent_of(BOOK), tools={**TOOLS, **tools})
    talk.caller(*ALL)
    assert talk.waits == "confirm"
    return talk


def booked(talk: Conversation) -> int:
    return sum(call.tool == "make_booking" for call in talk.called)


def test_a_yes_to_the_whole_confirm_books_once_and_speaks_the_reference() -> None:
    talk = at_the_confirm().caller(acts.Yes())
    assert booked(talk) == 1
    assert "B 1 2" in talk.bot
    assert talk.state.outcome == "booked"


def test_rule_11_a_yes_to_are_you_still_there_books_nothing() -> None:
    talk = at_the_confirm().silence(6)
    assert "Are you still there?" in talk.bot
    talk.caller(acts.Yes())
    assert booked(talk) == 0
    assert "Shall I book it?" in talk.bot
    talk.caller(acts.Yes())
    assert booked(talk) == 1


def test_rule_12_a_yes_to_a_refusal_does_not_confirm() -> None:
    talk = at_the_confirm().caller(set_("time", "23:00"))
    assert "five to ten" in talk.bot
    talk.caller(acts.Yes())
    assert booked(talk) == 0
    assert talk.slots["time"] == "19:00"
    assert talk.waits == "confirm"


def test_rule_12_never_mind_keeps_the_old_value_and_asks_the_confirm_again() -> None:
    talk = at_the_confirm().caller(set_("time", "23:00")).caller(acts.Resume())
    assert talk.slots["time"] == "19:00"
    assert talk.waits == "confirm"


def test_rule_13_going_back_to_a_confirmed_value_needs_a_new_yes() -> None:
    talk = Conversation(agent_of(PHONE))
    talk.caller(set_("topic", "a leak"), set_("phone", "+16175550111"))
    assert talk.waits == "phone"
    talk.caller(acts.Yes())
    assert talk.waits == "confirm"
    talk.caller(set_("phone", "+16175550222")).caller(acts.Yes())
    talk.caller(acts.No(), set_("phone", "+16175550111"))
    assert talk.called == []
    assert talk.waits == "phone"


NEVER = BOOK.replace("Shall I book it?", "Shall I book it?\n    interrupt: never")


def test_rule_14_a_yes_under_never_is_not_an_answer() -> None:
    talk = Conversation(agent_of(NEVER), tools=TOOLS)
    talk.caller(*ALL)
    talk.over(1, acts.Yes())
    assert talk.stopped == 0
    assert booked(talk) == 0
    assert talk.waits == "confirm"


def test_rule_14_a_value_under_never_counts_after_the_prompt() -> None:
    talk = Conversation(agent_of(NEVER), tools=TOOLS)
    talk.caller(*ALL).over(1, set_("party_size", 5))
    assert talk.stopped == 0
    assert talk.slots["party_size"] == 5
    assert "5" in talk.bot or "five" in talk.bot.lower()


def test_rule_15_what_the_commit_reads_and_the_confirm_does_not_speak_needs_a_yes() -> (
    None
):
    text = """
    flow: send
    steps:
      - ask: [text, name]
      - confirm: Shall I send it, {{ name }}?
      - do: send
        with: [text]
      - say: Sent.
    slots:
      text:
        type: text
        ask: What shall I write?
        read_back: always
      name:
        type: name
        ask: And your name?
    """
    talk = Conversation(agent_of(text))
    talk.caller(set_("text", "hi"), set_("name", "Anna")).caller(acts.Yes())
    assert talk.waits == "confirm"
    assert talk.called == []
    talk.caller(set_("text", "hello")).caller(acts.Yes())
    assert talk.waits == "confirm"
    talk.caller(acts.Yes())
    assert talk.calls == [("send", {"text": "hello"})]


def test_rule_16_a_name_read_but_not_spoken_counts_with_the_sentence() -> None:
    text = """
    flow: leave
    steps:
      - ask: [name, note]
      - confirm: For {{ name }}{% if note %}, {{ note }}{% endif %}. Right?
      - do: save
        with: [name, note]
      - say: Done.
    slots:
      name:
        type: name
        ask: Who is it for?
      note:
        type: text
        ask: Any note?
        optional: true
    """
    talk = Conversation(agent_of(text)).caller(set_("name", "Anna")).caller(acts.No())
    assert talk.waits == "confirm"
    talk.caller(acts.Yes())
    assert talk.calls == [("save", {"name": "Anna", "note": None})]


def test_rule_18_a_no_while_it_is_being_booked_is_kept_and_dealt_with() -> None:
    talk = at_the_confirm(make_booking="wait").caller(acts.Yes())
    talk.caller(acts.No())
    assert "One moment" in talk.bot
    talk.tool_returns({"reference": "B12"})
    assert "B 1 2" in talk.bot
    talk.silence(1)
    assert talk.state.outcome == "handoff"
    assert booked(talk) == 1


def test_rule_18_a_correction_applies_as_usual_when_the_booking_failed() -> None:
    talk = at_the_confirm(make_booking="wait").caller(acts.Yes())
    talk.caller(set_("party_size", 5))
    talk.tool_fails()
    assert talk.slots["party_size"] == 5
    assert talk.waits == "confirm"


def test_rule_19_the_reference_is_spoken_before_a_late_correction_is_dealt_with() -> (
    None
):
    talk = at_the_confirm(make_booking="wait").caller(acts.Yes())
    talk.caller(set_("party_size", 5)).tool_returns({"reference": "B12"})
    assert "B 1 2" in talk.bot
    assert talk.bot.index("B 1 2") < talk.bot.index("already done that")


def test_rule_20_no_to_what_should_i_change_asks_the_confirm_again() -> None:
    talk = at_the_confirm().caller(acts.No())
    assert talk.waits == "change"
    talk.caller(acts.No())
    assert talk.waits == "confirm"
    assert talk.bot == "Shall I book it?"


def test_rule_20_a_yes_to_what_should_i_change_is_no_confirmation() -> None:
    talk = at_the_confirm().caller(acts.No()).caller(acts.Yes())
    assert booked(talk) == 0
    assert talk.waits == "confirm"


def test_rule_20_eight_turns_without_progress_end_with_a_person() -> None:
    talk = at_the_confirm()
    for _ in range(8):
        talk.caller(acts.No())
    assert talk.state.outcome == "handoff"
    assert booked(talk) == 0


def test_rule_21_no_with_an_equal_value_is_a_no() -> None:
    talk = at_the_confirm().caller(acts.No(), set_("party_size", 4))
    assert talk.waits == "change"


def test_rule_21_yes_with_an_equal_value_is_a_yes() -> None:
    talk = at_the_confirm().caller(acts.Yes(), set_("party_size", 4))
    assert booked(talk) == 1


def test_rule_22_an_acknowledgement_is_never_a_yes() -> None:
    talk = at_the_confirm().caller(acts.Ack())
    assert booked(talk) == 0
    assert talk.waits == "confirm"


def test_rule_23_a_result_that_changed_is_spoken_with_its_words() -> None:
    text = """
    flow: see
    steps:
      - ask: [day]
      - do: fee
        with: [day]
        save_as: fee
      - confirm: You come on {{ day }}. The fee is {{ fee.amount }} dollars. Shall I book it?
      - do: book
        with: [day]
      - say: Done.
    slots:
      day:
        type: choice
        choices: [monday, tuesday]
        ask: Which day?
    """
    fees = {"monday": {"amount": 20}, "tuesday": {"amount": 25}}
    talk = Conversation(agent_of(text), tools={"fee": lambda day: fees[day]})
    talk.caller(set_("day", "monday")).caller(set_("day", "tuesday"))
    assert "The fee is" in talk.bot
    assert "ues" in talk.bot
    talk.caller(acts.Yes())
    assert [call for call in talk.calls if call[0] == "book"] == [
        ("book", {"day": "tuesday"})
    ]


def test_rule_24_yes_to_a_plain_question_is_no_consent_to_a_suggestion() -> None:
    talk = Conversation(agent_of(PHONE)).caller(set_("topic", "a leak"))
    assert talk.bot == "Which number can we reach you at?"
    talk.caller(acts.Yes())
    assert "phone" not in talk.slots


def test_rule_24_yes_to_the_suggestion_fills_it_and_is_read_back() -> None:
    talk = Conversation(agent_of(PHONE), number="+16175550142")
    talk.caller(set_("topic", "a leak"))
    assert "calling from" in talk.bot
    talk.caller(acts.Yes())
    assert talk.slots["phone"] == "+16175550142"
    assert talk.waits == "phone"
    assert "Is that right?" in talk.bot


def test_a_declined_suggestion_is_not_made_again() -> None:
    talk = Conversation(agent_of(PHONE), number="+16175550142")
    talk.caller(set_("topic", "a leak")).caller(acts.No())
    assert talk.bot == "Which number can we reach you at?"


def test_only_what_changed_is_confirmed_again() -> None:
    talk = at_the_confirm().caller(set_("time", "19:30"))
    assert talk.bot.endswith("Is the rest right?")
    assert "Anna" not in talk.bot
    talk.caller(acts.Yes())
    assert dict(talk.calls[-1][1])["time"] == "19:30"
    assert booked(talk) == 1


def test_yes_with_a_change_confirms_the_change_first() -> None:
    talk = at_the_confirm().caller(acts.Yes(), set_("name", "Carla"))
    assert booked(talk) == 0
    assert talk.bot == "Carla, then. Is the rest right?"
    talk.caller(acts.Yes())
    assert booked(talk) == 1


def test_a_yes_to_a_cut_confirm_is_not_taken() -> None:
    talk = at_the_confirm()
    talk.cut(4).caller(acts.Yes())
    assert booked(talk) == 0
    assert "So a table for" in talk.bot


def test_a_slot_named_as_wrong_is_asked_alone() -> None:
    talk = at_the_confirm().caller(acts.No()).caller(acts.Unset("date"))
    assert talk.waits == "date"
    assert talk.bot == "For which day?"


def test_a_yes_counts_for_heard_versions_only_whatever_the_host_reported() -> None:
    talk = at_the_confirm()
    talk._finish_speech()
    (run,) = talk.state.runs
    unheard = {**run.heard["steps.4"], "time": -1}
    talk.state = replace(talk.state, runs=(replace(run, heard={"steps.4": unheard}),))
    talk.caller(acts.Yes())
    assert booked(talk) == 0
    assert "seven pm" in talk.bot.lower()
    talk.caller(acts.Yes())
    assert booked(talk) == 1
