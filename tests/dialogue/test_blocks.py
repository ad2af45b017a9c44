"""RULES 36 to 46: blocks, ladders, refusals, offers."""

from flowkit.dialogue import acts

from .conversation import Conversation, agent_of, set_
from .flows import ALTERNATIVES, BOOK, PHONE


def test_rule_36_a_block_that_ends_means_handled() -> None:
    text = """
    flow: note
    steps:
      - ask: [name]
      - do: remember
        with: [name]
        if_it_fails:
          - say: I could not write that down, but never mind.
      - ask: [size]
    slots:
      name:
        type: name
        ask: What name?
      size:
        type: number
        ask: How many?
    """
    talk = Conversation(agent_of(text), tools={"remember": "fail"})
    talk.caller(set_("name", "Anna"))
    assert len(talk.called) == 1
    assert "never mind" in talk.bot
    assert talk.waits == "size"


def test_rule_40_a_block_is_dropped_when_its_cause_is_gone() -> None:
    talk = Conversation(agent_of(BOOK)).caller(set_("party_size", 50))
    assert "events team" in talk.said[0]
    # the caller corrects while the sentence before the handoff is spoken
    assert talk.state.outcome == "handoff"


def test_rule_40_a_correction_over_the_block_stops_its_handoff() -> None:
    talk = Conversation(agent_of(BOOK))
    talk._finish_speech()
    talk._acts = (set_("party_size", 50),)
    from flowkit.dialogue.engine import step
    from flowkit.dialogue.events import CallerSaid, Understood

    said = step(talk.agent, talk.state, CallerSaid(talk.now, "fifty"))
    understood = step(
        talk.agent,
        said.state,
        Understood(talk.now, said.state.hearing.id, (set_("party_size", 50),)),
    )
    talk.state = understood.state
    assert talk.state.speech is not None
    talk.over(3, acts.No(), set_("party_size", 8))
    assert talk.state.outcome is None
    assert talk.slots == {"party_size": 8}
    assert talk.waits == "date"


def test_rule_41_and_55_the_ladder_of_silence_ends_with_a_person() -> None:
    talk = Conversation(agent_of(BOOK)).silence(6)
    assert talk.bot == "Are you still there?"
    talk.silence(6)
    assert talk.bot.startswith("I can't hear you.")
    talk.silence(6)
    assert (talk.state.outcome, talk.state.reason) == (
        "handoff",
        "The caller went silent",
    )


def test_speech_after_the_second_rung_resets_the_ladder_of_silence() -> None:
    talk = Conversation(agent_of(BOOK)).silence(6).silence(6)
    talk.caller(acts.Wait())
    talk.caller(acts.Resume()).silence(6)
    assert talk.bot == "Are you still there?"


def test_rule_42_a_rung_that_is_no_question_is_followed_by_the_question() -> None:
    talk = Conversation(agent_of(BOOK)).caller(acts.Nothing())
    assert talk.bot == "Sorry, I didn't get that. For how many people?"
    talk.caller(acts.Nothing())
    assert talk.bot == "I'm still not getting it. Could you say it another way?"
    talk.caller(acts.Nothing())
    assert talk.state.outcome == "handoff"


def test_the_ladder_starts_anew_when_something_was_understood() -> None:
    talk = Conversation(agent_of(BOOK)).caller(acts.Nothing()).caller(acts.Nothing())
    talk.caller(set_("party_size", 4)).caller(acts.Nothing())
    assert talk.bot == "Sorry, I didn't get that. For which day?"


def test_rule_43_a_read_back_has_a_ladder_of_its_own() -> None:
    talk = Conversation(agent_of(PHONE))
    talk.caller(set_("topic", "a leak"), set_("phone", "+16175550111"))
    for _ in range(2):
        talk.caller(acts.Nothing())
    assert talk.slots["phone"] == "+16175550111"
    assert "digit by digit" not in talk.bot


def test_skip_leaves_an_optional_slot_empty() -> None:
    talk = Conversation(agent_of(PHONE)).caller(set_("topic", "a leak"))
    talk.caller(acts.Nothing())
    assert "digit by digit" in talk.bot
    talk.caller(acts.Nothing())
    assert talk.waits == "confirm"


def test_rule_44_of_two_refused_values_one_is_told_and_the_other_asked_later() -> None:
    talk = Conversation(agent_of(BOOK))
    talk.caller(
        set_("party_size", 0), set_("date", "2026-11-20"), set_("time", "19:00")
    )
    assert "at least one person" in talk.bot
    assert "past" not in talk.bot
    talk.caller(set_("party_size", 4))
    assert "already past" in talk.bot
    assert talk.waits == "date"
    assert talk.slots == {"party_size": 4, "time": "19:00"}


def test_one_invalid_value_of_several_is_refused_the_others_stay() -> None:
    talk = Conversation(agent_of(BOOK))
    talk.caller(
        set_("party_size", 4), set_("date", "2026-11-20"), set_("time", "19:00")
    )
    assert talk.slots == {"party_size": 4, "time": "19:00"}
    assert "the twentieth is already past" in talk.bot


TWO = """
flow: book
steps:
  - ask: [date, time]
  - ask: [name]
slots:
  date:
    type: date
    ask: Which day?
  time:
    type: time
    ask: What time?
    rules:
      - must: date.weekday != "Sunday" or time.hour < 20
        otherwise: On Sundays we close at eight. What time would you like?
  name:
    type: name
    ask: What name?
"""


def test_rule_45_the_owner_of_the_rule_yields_to_a_change_of_another_slot() -> None:
    talk = Conversation(agent_of(TWO))
    talk.caller(set_("date", "2026-11-27"), set_("time", "21:00"))
    assert talk.waits == "name"
    talk.caller(set_("date", "2026-11-29"))
    assert talk.slots == {"date": "2026-11-29"}
    assert "On Sundays" in talk.bot


def test_a_refused_correction_keeps_the_old_value() -> None:
    talk = Conversation(agent_of(BOOK)).caller(set_("party_size", 4))
    talk.caller(set_("party_size", 50))
    assert "events team" in talk.bot
    assert "Shall I keep" in talk.bot
    assert talk.transfers == []
    talk.caller(acts.Resume())
    assert talk.slots["party_size"] == 4
    assert talk.waits == "date"


def test_going_on_with_a_refused_correction_follows_the_rules_steps() -> None:
    talk = Conversation(agent_of(BOOK)).caller(set_("party_size", 4))
    talk.caller(set_("party_size", 50)).caller(acts.Choose(1))
    assert (talk.state.outcome, talk.state.reason) == ("handoff", "Large group")


def test_three_refusals_of_a_slot_end_with_a_person() -> None:
    talk = Conversation(agent_of(BOOK))
    for _ in range(3):
        talk.caller(set_("party_size", 0))
    assert talk.state.outcome == "handoff"


def full(**_: object) -> dict[str, object]:
    return {
        "status": "full",
        "alternatives": [{"time": "18:00"}, {"time": "21:30"}, {"time": "03:00"}],
    }


def test_rule_46_choices_that_the_rules_refuse_are_not_offered() -> None:
    talk = Conversation(agent_of(ALTERNATIVES), tools={"check": full})
    talk.caller(set_("party_size", 2), set_("time", "20:00"))
    assert "six pm or nine thirty pm" in talk.bot.lower()
    assert "three" not in talk.bot.lower()


def test_an_offered_choice_is_taken_and_checked() -> None:
    tools = {"check": [full(), {"status": "free"}]}
    talk = Conversation(agent_of(ALTERNATIVES), tools=tools)
    talk.caller(set_("party_size", 2), set_("time", "20:00")).caller(acts.Choose(1))
    assert talk.slots["time"] == "21:30"
    assert talk.waits == "name"


def test_an_own_counter_offer_is_checked_anew() -> None:
    tools = {"check": [full(), {"status": "free"}]}
    talk = Conversation(agent_of(ALTERNATIVES), tools=tools)
    talk.caller(set_("party_size", 2), set_("time", "20:00"))
    talk.caller(set_("time", "19:00"))
    assert [args["time"] for name, args in talk.calls if name == "check"] == [
        "20:00",
        "19:00",
    ]
    assert talk.waits == "name"


def test_rule_37_and_38_none_suits_asks_again_and_in_the_end_hands_over() -> None:
    talk = Conversation(agent_of(ALTERNATIVES), tools={"check": full})
    talk.caller(set_("party_size", 2), set_("time", "20:00"))
    talk.caller(acts.No())
    assert talk.bot == "Which other time could you do?"
    talk.caller(set_("time", "20:00"))
    assert talk.waits == "offer"
    talk.caller(acts.No()).caller(set_("time", "20:30")).caller(acts.No())
    assert (talk.state.outcome, talk.state.reason) == ("handoff", "No suitable table")


def test_a_side_question_is_answered_and_the_question_asked_in_short() -> None:
    talk = Conversation(agent_of(BOOK)).caller(acts.AskAbout("anytime.0"))
    assert (
        talk.bot == "There's free parking behind the restaurant. For how many people?"
    )
    for _ in range(9):
        talk.caller(acts.AskAbout("anytime.0"))
    assert talk.state.outcome is None


def test_a_person_at_any_point() -> None:
    talk = Conversation(agent_of(BOOK)).caller(set_("party_size", 4), acts.Person())
    assert talk.state.outcome == "handoff"
    assert talk.slots == {"party_size": 4}


def test_cancel_ends_the_only_flow() -> None:
    talk = Conversation(agent_of(BOOK)).caller(set_("party_size", 4))
    talk.caller(acts.Cancel())
    assert talk.state.outcome == "cancelled"
    talk.caller(set_("party_size", 2))
    assert talk.state.outcome is None
    assert talk.slots == {"party_size": 2}


def test_start_again_is_asked_when_two_slots_are_known() -> None:
    talk = Conversation(agent_of(BOOK))
    talk.caller(set_("party_size", 4), set_("time", "19:00")).caller(acts.Restart())
    assert talk.waits == "sure"
    talk.caller(acts.Yes())
    assert talk.slots == {}
    assert talk.waits == "party_size"
    assert "Hello" not in talk.bot


def test_back_goes_to_the_question_before() -> None:
    talk = Conversation(agent_of(BOOK)).caller(set_("party_size", 4))
    talk.caller(acts.Back())
    assert talk.waits == "party_size"


def test_unclear_readings_are_asked_about_and_never_guessed() -> None:
    talk = Conversation(agent_of(BOOK))
    talk.caller(acts.Unclear((set_("party_size", 7), set_("time", "19:00"))))
    assert talk.slots == {}
    assert "seven" in talk.bot.lower()
    talk.caller(acts.Choose(1))
    assert talk.slots == {"time": "19:00"}


def test_leave_it_as_it_was_restores_the_value_before() -> None:
    talk = Conversation(agent_of(BOOK)).caller(set_("party_size", 4))
    talk.caller(set_("party_size", 6)).caller(acts.Same("before"))
    assert talk.slots["party_size"] == 4


def test_the_last_rung_acts_though_a_refused_value_is_still_a_topic() -> None:
    talk = Conversation(agent_of(BOOK))
    talk.caller(acts.Unclear((), "party_size", "vague"))
    for _ in range(3):
        talk.caller(acts.Nothing())
    assert talk.state.outcome == "handoff"


def test_a_suggestion_that_was_rejected_at_its_read_back_is_not_made_again() -> None:
    talk = Conversation(agent_of(PHONE), number="+16175550142")
    talk.caller(set_("topic", "a leak")).caller(acts.Yes()).caller(acts.No())
    assert talk.bot == "Which number can we reach you at?"


def test_a_no_where_nothing_can_be_changed_leaves_it() -> None:
    text = """
    flow: cancel
    steps:
      - do: find
        save_as: found
      - confirm: You come on {{ found.day }}. Shall I cancel it?
      - do: cancel
        with:
          number: found.number
      - say: Done.
    """
    found = {"day": "Monday", "number": 3}
    talk = Conversation(agent_of(text), tools={"find": found}).caller(acts.No())
    assert talk.state.outcome == "cancelled"
    assert [name for name, _ in talk.calls] == ["find"]


def test_an_unknown_reason_of_an_understander_is_survived() -> None:
    talk = Conversation(agent_of(BOOK))
    talk.caller(acts.Unclear((), "party_size", "because"))
    assert talk.bot == "I need that a little more exactly. For how many people?"
    assert talk.waits == "party_size"


def test_what_is_unclear_of_another_slot_does_not_replace_the_question() -> None:
    talk = Conversation(agent_of(BOOK)).caller(acts.Unclear((), "time", "vague"))
    assert talk.bot == "For how many people?"


HOURS = """
flow: come
steps:
  - ask: [date, time]
  - ask: [name]
slots:
  date:
    type: date
    ask: Which day?
  time:
    type: time
    ask: What time?
    rules:
      - must: time.hour >= 9 and time.hour < 19
        otherwise: We're open from nine to seven. What time would you like?
      - must: date.weekday != "Saturday" or time.hour < 16
        otherwise: On Saturdays we close at four. What time would you like?
  name:
    type: name
    ask: What name?
"""
PEOPLE_AND_TIME = """
flow: come
steps:
  - ask: [people, time]
  - ask: [name]
slots:
  people:
    type: number
    ask: How many?
    rules:
      - must: people == 1
        otherwise: Just one, please. How many?
  time:
    type: time
    ask: What time?
    rules:
      - must: time.hour >= 9 and time.hour < 19
        otherwise: We're open from nine to seven. What time would you like?
  name:
    type: name
    ask: What name?
"""
SATURDAY, WEDNESDAY = "2026-11-28", "2026-11-25"


def assumed(value: str, *also: str) -> acts.Set:
    return acts.Set("time", value, True, also)


def test_an_assumed_half_of_the_day_loses_to_the_one_that_the_rules_allow() -> None:
    talk = Conversation(agent_of(HOURS))
    talk.caller(assumed("22:00", "10:00"), set_("date", WEDNESDAY))
    assert talk.slots == {"date": WEDNESDAY, "time": "10:00"}
    assert talk.bot == "Ten am, then. What name?"


def test_an_assumed_half_of_the_day_stays_where_the_rules_allow_it() -> None:
    talk = Conversation(agent_of(HOURS)).caller(set_("date", WEDNESDAY))
    talk.caller(assumed("15:00", "03:00"))
    assert talk.slots["time"] == "15:00"


def test_other_values_of_the_utterance_decide_over_an_assumed_half() -> None:
    talk = Conversation(agent_of(HOURS))
    talk.caller(assumed("17:00", "05:00", "11:00"), set_("date", SATURDAY))
    assert talk.slots["time"] == "11:00"


def test_a_value_none_of_whose_readings_is_allowed_is_refused_as_it_was_said() -> None:
    talk = Conversation(agent_of(HOURS)).caller(set_("date", SATURDAY))
    talk.caller(assumed("20:00", "08:00"))
    assert "open from nine to seven" in talk.bot
    assert talk.waits == "time"


def test_rule_38_ask_again_asks_itself_when_no_step_does() -> None:
    text = """
    flow: move
    steps:
      - do: find
        into: [day]
      - when: day == today
        steps:
          - ask_again: [day]
            say: When would you like to come instead?
      - say: On {{ day }}, then.
    slots:
      day:
        type: date
        ask: Which day?
    """
    talk = Conversation(agent_of(text), tools={"find": {"day": "2026-11-22"}})
    assert talk.bot == "When would you like to come instead?"
    talk.caller(set_("day", "2026-11-27"))
    assert talk.bot == "On Friday the twenty-seventh, then."
    assert talk.state.outcome == "finished"


def test_of_unclear_readings_one_that_was_not_assumed_may_be_the_only_one() -> None:
    talk = Conversation(agent_of(PEOPLE_AND_TIME))
    talk.caller(set_("people", 1), set_("time", "11:00"))
    four = acts.Unclear((acts.Set("people", 4), assumed("04:00", "16:00")))
    assert talk.caller(four).slots == {"people": 1, "time": "16:00"}


def test_a_private_value_is_not_spoken_in_a_question_which_one_was_meant() -> None:
    talk = Conversation(agent_of(PHONE)).caller(set_("topic", "a leak"))
    numbers = (set_("phone", "+16175550111"), set_("phone", "+16175550222"))
    talk.caller(acts.Unclear(numbers))
    assert "0111" not in talk.bot
    assert "one one one" not in talk.bot.lower()
    assert talk.waits == "phone"
