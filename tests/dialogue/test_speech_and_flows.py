"""RULES 47 to 55: speech, timing, and several flows."""

from flowkit.dialogue import acts, effects, events

from .conversation import Conversation, agent_of, set_
from .flows import BOOK

TALK = """
flow: talk
steps:
  - say: Good evening to you. We have a long list of things to tell.
    interrupt: anytime
  - ask: [size]
  - do: look
    with: [size]
    save_as: seen
    meanwhile: One moment, I'm looking.
  - say: Your reference is {{ seen.code }}.
  - ask: [name]
slots:
  size:
    type: number
    ask: How many?
  name:
    type: name
    ask: What name?
"""


def test_rule_47_says_and_the_next_question_are_one_utterance() -> None:
    talk = Conversation(agent_of(BOOK))
    assert len(talk.says) == 1
    assert talk.said == ["Hello, this is Bella.", "For how many people?"]


def test_rule_47_a_repeatable_tool_starts_while_the_agent_speaks() -> None:
    text = TALK.replace("  - do: look", "  - say: Let me see.\n  - do: look")
    talk = Conversation(agent_of(text), tools={"look": "wait"})
    talk.caller(set_("size", 2))
    assert talk.state.speech is not None
    assert talk.running().tool == "look"


def test_rule_47_what_was_cut_is_said_again_from_the_sentence_that_was_cut() -> None:
    talk = Conversation(agent_of(TALK))
    talk.over(2, acts.AskAbout("none"), acts.Nothing())
    assert talk.stopped == 1
    assert "Good evening to you. We have" in talk.bot


def test_rule_48_a_say_cut_three_times_counts_as_heard() -> None:
    talk = Conversation(agent_of(TALK), tools={"look": {"code": "B7"}})
    talk.caller(set_("size", 2))
    for _ in range(3):
        assert "B7" in talk.bot
        talk.over(2, acts.Help())
    assert "B7" not in talk.bot
    assert talk.waits == "name"
    assert "cut_often" in talk.rules


def test_a_value_that_was_not_heard_is_repeated() -> None:
    talk = Conversation(agent_of(TALK), tools={"look": {"code": "B7"}})
    talk.caller(set_("size", 2)).over(2, set_("name", "Anna"))
    assert "B7" in talk.bot


def test_rule_49_a_result_while_the_caller_is_understood_waits() -> None:
    talk = Conversation(agent_of(TALK), tools={"look": "wait"})
    talk.caller(set_("size", 2))
    call = talk.running()
    from flowkit.dialogue.engine import step

    said = step(talk.agent, talk.state, events.CallerSaid(talk.now, "hm"))
    done = step(
        talk.agent, said.state, events.ToolReturned(talk.now, call.id, {"code": "B7"})
    )
    assert not any(isinstance(effect, effects.Say) for effect in done.effects)
    hearing = done.state.hearing
    assert hearing is not None
    after = step(
        talk.agent,
        done.state,
        events.Understood(talk.now, hearing.id, (acts.Nothing(),)),
    )
    assert any(isinstance(effect, effects.Say) for effect in after.effects)


def test_meanwhile_comes_once_and_then_signs_of_life() -> None:
    talk = Conversation(agent_of(TALK), tools={"look": "wait"})
    talk.caller(set_("size", 2)).silence(0.8)
    assert talk.bot == "One moment, I'm looking."
    talk.silence(7)
    assert talk.bot == ""
    talk.silence(2)
    assert talk.bot == "I'm still working on it."
    talk.silence(8)
    assert talk.bot == "I'm still working on it."


def test_words_said_before_the_last_were_understood_are_understood_together() -> None:
    from flowkit.dialogue.engine import step

    talk = Conversation(agent_of(BOOK))
    talk._finish_speech()
    one = step(talk.agent, talk.state, events.CallerSaid(talk.now, "six"))
    two = step(talk.agent, one.state, events.CallerSaid(talk.now, "no, seven"))
    understand = next(e for e in two.effects if isinstance(e, effects.Understand))
    assert understand.request.text == "six no, seven"
    late = step(
        talk.agent,
        two.state,
        events.Understood(talk.now, one.state.hearing.id, (set_("party_size", 6),)),
    )
    assert late.state.runs[-1].slots == {}
    assert late.trace.moves[0].rule == "stale_answer"


def test_an_acknowledgement_does_not_stop_the_agent_an_answer_does() -> None:
    talk = Conversation(agent_of(BOOK))
    talk.over(3, acts.Ack())
    assert talk.stopped == 0
    talk.over(3, set_("party_size", 6))
    assert talk.stopped == 1
    assert talk.waits == "date"


def test_with_answer_stops_for_an_answer_only() -> None:
    text = BOOK.replace(
        "ask: For how many people?",
        "ask: For how many people?\n    interrupt: with_answer",
    )
    text = text.replace(
        "- say: Hello, this is Bella.",
        "- say: Hello, this is Bella.\n    interrupt: with_answer",
    )
    talk = Conversation(agent_of(text))
    talk.over(2, acts.Nothing())
    assert talk.stopped == 0
    talk.over(2, set_("party_size", 6))
    assert talk.stopped == 1


def test_a_person_asked_for_over_never_is_acted_on_when_the_prompt_has_ended() -> None:
    text = BOOK.replace(
        "- say: Hello, this is Bella.",
        "- say: Hello, this is Bella.\n    interrupt: never",
    )
    talk = Conversation(agent_of(text))
    talk.over(1, acts.Person())
    assert talk.stopped == 0
    assert talk.state.outcome == "handoff"


def test_a_filler_counts_nowhere() -> None:
    talk = Conversation(agent_of(BOOK))
    for _ in range(9):
        talk.caller(acts.Nothing(filler=True))
    assert talk.state.outcome is None
    assert talk.bot == ""


def test_hold_on_stretches_the_silence() -> None:
    talk = Conversation(agent_of(BOOK)).caller(acts.Wait())
    assert talk.bot == "Take your time."
    talk.silence(30)
    assert talk.bot == ""
    talk.caller(acts.Resume())
    assert talk.bot == "For how many people?"


def test_say_that_again_repeats_and_then_slows_down() -> None:
    talk = Conversation(agent_of(BOOK)).caller(acts.Repeat())
    assert talk.bot == "Hello, this is Bella. For how many people?"
    talk.caller(acts.Repeat())
    assert talk.bot.endswith("For how many people?")
    assert "Hello" not in talk.bot


def test_rule_54_hanging_up_cancels_everything_but_a_commit() -> None:
    talk = Conversation(agent_of(BOOK), tools={"make_booking": "wait"})
    talk.caller(
        set_("party_size", 4),
        set_("date", "2026-11-27"),
        set_("time", "19:00"),
        set_("name", "Anna"),
    ).caller(acts.Yes())
    talk.hang_up()
    assert talk.state.outcome == "hung_up"
    assert [call.key for call in talk.state.calls.values()] == ["steps.5"]
    assert talk.state.timers == {}
    talk.tool_returns({"reference": "B1"})
    assert talk.state.runs[0].results["steps.5"].status == "ok"


def test_thanks_and_goodbye_after_the_end_are_answered() -> None:
    talk = Conversation(agent_of(BOOK), tools={"make_booking": {"reference": "B1"}})
    talk.caller(
        set_("party_size", 4),
        set_("date", "2026-11-27"),
        set_("time", "19:00"),
        set_("name", "Anna"),
    ).caller(acts.Yes())
    assert (talk.state.outcome, talk.state.over) == ("booked", False)
    talk.caller(acts.Thanks(), acts.Goodbye())
    assert "Goodbye" in talk.bot
    assert talk.state.over
    assert talk.ends == [effects.End("booked", None)]


def test_the_line_closes_after_a_short_grace() -> None:
    text = "flow: hello\nsteps:\n  - say: Hello and goodbye.\n"
    talk = Conversation(agent_of(text))
    talk.silence(4)
    assert talk.state.over
    assert talk.ends == [effects.End("finished", None)]


def test_language_unknown_to_the_agent_changes_nothing() -> None:
    talk = Conversation(agent_of(BOOK))
    before = talk.state
    talk.feed(events.LanguageChanged(talk.now, "xx"))
    assert talk.state.language == before.language


def test_the_second_repeat_of_a_confirm_has_its_values() -> None:
    talk = Conversation(agent_of(BOOK), tools={"make_booking": {"reference": "B1"}})
    talk.caller(
        set_("party_size", 4),
        set_("date", "2026-11-27"),
        set_("time", "19:00"),
        set_("name", "Anna"),
    )
    talk.caller(acts.Repeat())
    assert talk.bot.startswith("So a table for four")
    talk.caller(acts.Repeat())
    assert "So a table for four" in talk.bot
    talk.caller(acts.Yes())
    assert talk.state.outcome == "booked"
