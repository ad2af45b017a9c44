"""The playground through a pipe: what people and programs get to see."""

import json
import os
import re
import sys
from io import StringIO
from pathlib import Path

import pytest

from flowkit.authoring.compiler import load_agent
from flowkit.cli import UsageError
from flowkit.cli import main as flowkit
from flowkit.dialogue.effects import Say
from flowkit.journal import replay_journal

SAID_ALL = ("four people", "on friday", "Anna Rossi", "yes")


def turn(number, caller, **others):
    return {
        "turn": number,
        "caller": caller,
        "acts": [],
        "bot": [],
        "slots": {},
        "tools": [],
        "waiting_for": None,
        "outcome": None,
        "reason": None,
    } | others


def test_a_transcript_reads_like_a_test(play):
    done = play(*SAID_ALL)
    assert (done.code, done.err) == (0, "")
    assert done.lines == [
        "bot: Hello, this is Bella. For how many people?",
        "caller: four people",
        "bot: For which day?",
        "caller: on friday",
        "bot: Friday the twenty-seventh, then. What is your name?",
        "caller: Anna Rossi",
        "bot: A table for four on Friday the twenty-seventh, under Anna Rossi. "
        "Is that right?",
        "caller: yes",
        "bot: You're booked, B 1.",
        "— The call is over: booked.",
    ]


def test_json_lines_are_whole(play):
    done = play("four people on friday", options=("--json",))
    assert done.turns == [
        turn(
            0,
            None,
            bot=["Hello, this is Bella. For how many people?"],
            waiting_for="party_size",
        ),
        turn(
            1,
            "four people on friday",
            acts=[
                {"act": "set", "slot": "party_size", "value": 4, "text": "four people"},
                {
                    "act": "set",
                    "slot": "date",
                    "value": "2026-11-27",
                    "computed": True,
                    "text": "friday",
                },
            ],
            bot=["Friday the twenty-seventh, then. What is your name?"],
            slots={"party_size": 4, "date": "2026-11-27"},
            tools=[
                {
                    "name": "look",
                    "args": {"party_size": 4, "date": "2026-11-27"},
                    "result": {"status": "free"},
                }
            ],
            waiting_for="name",
        ),
    ]
    assert list(done.turns[1]) == list(turn(0, None))


def test_every_input_that_moves_the_talk_prints_one_line(play):
    done = play(
        "four people",
        ":slots",
        ":silence",
        ":over mm-hm @1",
        ":key 5#",
        ":interrupt 2",
        ":back",
        ":back",
        ":restart",
        ":tool fail",
        "",
        "# a remark",
        ":nonsense",
        options=("--json",),
    )
    told = [(line["turn"], line["caller"], line["waiting_for"]) for line in done.turns]
    assert told == [
        (0, None, "party_size"),
        (1, "four people", "date"),
        (2, None, "date"),
        (3, "mm-hm", "date"),
        (4, None, "date"),
        (5, None, "date"),
        (4, None, "date"),
        (3, None, "date"),
        (0, None, "party_size"),
    ]
    assert "There is no command :nonsense" in done.err


def test_silence_climbs_the_ladder_in_no_time(play):
    done = play(":silence", ":silence 5", ":silence 1", ":silence")
    assert done.lines == [
        "bot: Hello, this is Bella. For how many people?",
        "caller: (silent for 6 s)",
        "bot: Are you still there?",
        "caller: (silent for 5 s)",
        "caller: (silent for 1 s)",
        "bot: I can't hear you. For how many people?",
        "caller: (silent for 6 s)",
        "bot: I'm sorry, I can't help you any further here. Goodbye.",
        "— The call is over: handoff (The caller went silent).",
    ]


def test_an_acknowledgement_over_the_agent_does_not_stop_it_and_an_answer_does(play):
    done = play(":over mm-hm @3", ":over six people @6")
    assert done.lines == [
        "bot: Hello, this is Bella. For how many people?",
        "caller: (over the agent) mm-hm",
        "(the agent talks on)",
        "caller: (over the agent) six people",
        '(the agent stops after "Hello, this is Bella. For how")',
        "bot: For which day?",
    ]


def test_a_noise_cuts_the_agent_off_and_it_says_it_again(play):
    done = play(":interrupt 5", ":silence")
    assert done.lines[1:] == [
        "caller: (makes a noise)",
        '(the agent stops after "Hello, this is Bella. For")',
        "caller: (silent for 4 s)",
        "bot: For how many people?",
    ]


def test_talking_over_a_silent_agent_is_refused(play):
    done = play("four people", ":silence 1", ":over mm-hm", options=("--json",))
    assert "nothing to talk over" in done.err
    assert done.turns[3] == done.turns[2] | {"caller": "mm-hm"}


def test_keys_are_pressed(play):
    done = play(":key 4#", options=("--json",))
    assert done.turns[1]["slots"] == {"party_size": 4}


def test_a_tool_fails_when_told_to_and_is_itself_again_after_back(play):
    done = play(
        ":tool fail",
        "four people on friday",
        ":back",
        "four people on friday",
        options=("--json",),
    )
    assert [line["reason"] for line in done.turns] == [None, "System down", None, None]
    assert done.turns[1]["tools"] == [
        {
            "name": "look",
            "args": {"party_size": 4, "date": "2026-11-27"},
            "result": None,
            "failed": "error",
        }
    ]
    assert done.turns[3]["waiting_for"] == "name"


def test_a_wish_that_was_not_used_is_kept_by_back(play):
    done = play(
        ":tool fail", "friday", "saturday", ":back", "four", options=("--json",)
    )
    assert done.turns[-1]["reason"] == "System down"


def test_a_slow_tool_takes_no_time_in_a_pipe_and_is_heard(play):
    done = play(":tool look slow 9", "four people on friday", options=("--json",))
    assert done.turns[1]["bot"] == [
        "Friday the twenty-seventh, then. One moment, please.",
        "I'm still working on it.",
        "What is your name?",
    ]


def test_a_tool_that_is_too_slow_counts_as_failed(play):
    done = play(":tool slow", "four people on friday", options=("--json",))
    assert done.turns[1]["tools"][0]["failed"] == "timeout"
    assert done.turns[1]["reason"] == "System down"


def test_a_tool_answers_what_the_tester_says(play):
    done = play(*SAID_ALL[:3], ":tool book reference: Z9", "yes", options=("--json",))
    assert done.turns[-1]["bot"] == ["You're booked, Z 9."]


def test_back_undoes_what_tools_wrote(play, agent):
    done = play(*SAID_ALL, ":back", "yes", options=("--json",))
    assert [line["turn"] for line in done.turns] == [0, 1, 2, 3, 4, 3, 4]
    assert done.turns[3] == done.turns[5] | {
        key: done.turns[3][key] for key in ("caller", "acts", "bot", "tools")
    }
    assert done.turns[6] == done.turns[4]


def test_in_a_named_folder_what_is_done_stays_done(play, tmp_path):
    data = tmp_path / "mine"
    done = play(
        *SAID_ALL, ":back", "no, five people", "yes", options=("--data", str(data))
    )
    assert f"! book cannot be undone in {data}: it stays done." in done.lines
    assert (data / "book.txt").read_text() == "Anna Rossi\nAnna Rossi\n"
    assert "bot: You're booked, B 2." in done.lines


def test_a_restart_is_a_new_call_in_the_same_book(play):
    done = play(*SAID_ALL, ":restart", *SAID_ALL)
    assert [line for line in done.lines if "booked, B" in line] == [
        "bot: You're booked, B 1.",
        "bot: You're booked, B 2.",
    ]


def test_there_is_nothing_to_undo_at_the_beginning(play):
    done = play(":back")
    assert done.lines[1:] == ["! There is nothing to undo."]


def test_after_the_end_a_goodbye_is_answered_and_then_nobody_is_there(play):
    done = play(*SAID_ALL, "thanks, bye", "hello?")
    assert done.lines[-4:] == [
        "— The call is over: booked.",
        "caller: thanks, bye",
        "bot: You're welcome. Goodbye.",
        "! Nobody is on the line any more. :restart calls again, :back undoes your "
        "last turn.",
    ]


def test_a_script_is_played_like_typed_lines(play, tmp_path):
    script = tmp_path / "script.txt"
    script.write_text("\ufefffour people\r\n:quit\nfive people\n")
    done = play(options=("--script", str(script)))
    assert done.lines[1:] == ["caller: four people", "bot: For which day?"]


def test_what_the_tester_can_ask_to_see(play):
    done = play("four people", ":slots", ":why", ":help lang", ":model on")
    assert done.lines[3:] == [
        '  party_size  4  valid  "four people"  book_table.yaml:23',
        "  date        -  empty                 book_table.yaml:29",
        "  name        -  empty                 book_table.yaml:32",
        '  "For which day?"  the question for date  book_table.yaml:31',
        "because:",
        "  fill  party_size is 4  book_table.yaml:23",
        "  ask   asks slot:date   book_table.yaml:31",
        "  :lang CODE  go on in another language",
        "Understanding by a language model comes with the model capability; here rules "
        "understand, without one.",
    ]


def test_steps_show_what_is_done_and_what_is_next(play):
    steps = play("four people", ":steps").lines[3:]
    assert [" ".join(line.split()) for line in steps] == [
        "✓ say Hello, this is Bella. done book_table.yaml:4",
        "▸ ask party_size, date waiting book_table.yaml:5",
        "· do look ahead book_table.yaml:6",
        "· ask name ahead book_table.yaml:13",
        "· confirm A table for {{ party_size }} on {{ date }}, u… ahead book_table.yaml:14",
        "· do book ahead book_table.yaml:15",
        "· say You're booked, {{ booking.reference | spell }… ahead book_table.yaml:20",
        "· end booked ahead book_table.yaml:21",
    ]


def test_a_trace_shows_events_decisions_and_effects(play):
    trace = play("four people", ":trace").lines[3:]
    assert [" ".join(line.split()) for line in trace] == [
        "15:00:00 SpeechFinished",
        "→ StartTimer silence, 6 s",
        '15:00:00 CallerSaid "four people"',
        "→ Understand",
        "15:00:00 Understood by rules: set party_size=4",
        "fill: party_size is 4 book_table.yaml:23",
        "ask: asks slot:date book_table.yaml:31",
        '→ Say "For which day?"',
    ]


# --- versions, tests, records ---------------------------------------------------------------


def change(agent, old, new):
    def edit():
        before = agent.read_text()
        assert old in before
        agent.write_text(before.replace(old, new))
        os.utime(agent, ns=(agent.stat().st_mtime_ns + 1_000_000_000,) * 2)

    return edit


def test_a_changed_sentence_is_shown_where_it_first_differs(play, agent):
    done = play(
        "four people",
        "on friday",
        change(agent, "For which day?", "Which day would you like?"),
        "Anna Rossi",
    )
    assert done.lines[5:] == [
        "book_table.yaml has changed: the talk was run again.",
        'The first difference, after "four people":',
        "- For which day?",
        "+ Which day would you like?",
        "caller: Anna Rossi",
        "bot: A table for four on Friday the twenty-seventh, under Anna Rossi. "
        "Is that right?",
    ]


def test_a_change_of_what_was_not_reached_changes_nothing_yet(play, agent):
    done = play("four people", change(agent, "You're booked", "It's done"), ":slots")
    assert done.lines[3:5] == [
        "book_table.yaml has changed: the talk was run again.",
        "The agent says the same as before.",
    ]


def test_with_a_broken_version_the_talk_goes_on_with_the_one_before(play, agent):
    done = play(
        "four people",
        change(agent, "must: party_size <= 10", "must: party_sise <= 10"),
        "on friday",
    )
    assert done.lines[3] == "book_table.yaml has changed, and cannot be used yet:"
    assert 'Did you mean "party_size"?' in done.out
    assert done.lines[-3:] == [
        "The talk goes on with the version before.",
        "caller: on friday",
        "bot: Friday the twenty-seventh, then. What is your name?",
    ]


def test_a_new_version_of_a_tool_is_asked_again(play, agent):
    tools = agent.with_name("tools.py")
    done = play(
        *SAID_ALL,
        change(tools, 'f"B{len(before) + 1}"', 'f"C{len(before) + 1}"'),
        ":slots",
    )
    assert done.lines[10:13] == [
        "tools.py has changed: the talk was run again.",
        'The first difference, after "yes":',
        "- You're booked, B 1.",
    ]
    assert done.lines[13] == "+ You're booked, C 1."


def test_a_second_run_on_somebodys_data_books_nothing_twice(play, agent, tmp_path):
    data = tmp_path / "mine"
    play(
        *SAID_ALL,
        change(agent, "For which day?", "Which day?"),
        ":slots",
        options=("--data", str(data)),
    )
    assert (data / "book.txt").read_text() == "Anna Rossi\n"


def test_a_version_in_which_the_call_ends_earlier_says_so(play, agent):
    done = play(
        "four people",
        "on friday",
        change(
            agent,
            "<= 10\n        otherwise: We have ten seats at most. How many will you be?",
            "<= 3\n        otherwise:\n          - handoff: Too many",
        ),
        ":slots",
    )
    assert done.lines[6:9] == [
        'The first difference, after "four people":',
        "- For which day?",
        "+ I'm sorry, I can't help you any further here. Goodbye.",
    ]


SAVED = """\
# Saved from the playground.

flow: book_table
now: 2026-11-22 15:00
caller:
  number: "+16175550142"
tools:
  look: {slow: 2.0 seconds, answer: {status: free}}
  book: {reference: B1}

tests:
  - test: happy path
    talk:
      - bot: Hello, this is Bella.
      - bot_asks: party_size
      - caller_over_bot: four people
        after: 6 words
      - bot_stops
      - bot_asks: date
      - slots: {party_size: 4}
      - silence: 6 seconds
      - bot: Are you still there?
      - caller: on friday
      - tool: look
        with: {party_size: 4, date: "2026-11-27"}
      - bot: Friday the twenty-seventh, then.
      - bot: One moment, please.
      - bot_asks: name
      - slots: {date: "2026-11-27"}
      - caller: Anna Rossi
      - bot_confirms: [date, name, party_size]
      - slots: {name: Anna Rossi}
      - caller: "yes"
      - tool: book
        with: {party_size: 4, date: "2026-11-27", name: Anna Rossi}
      - bot: You're booked, B 1.
    ends: booked
"""


def test_a_talk_is_saved_as_a_test_that_passes(play, agent, capsys):
    done = play(
        ":over four people @6",
        ":silence",
        ":tool slow 2",
        "on friday",
        "Anna Rossi",
        "yes",
        ":save happy path",
        options=("--caller", "+1 617 555 0142"),
    )
    saved = agent.with_name("happy-path.test.yaml")
    assert done.lines[-1] == f"Saved as {saved}. Run it with: flowkit test {saved}"
    assert re.sub(r"2\.\d seconds", "2.0 seconds", saved.read_text()) == SAVED
    assert flowkit(["test", str(saved)]) == 0


def test_a_saved_test_overwrites_no_other(play, agent):
    first = agent.with_name("mine.test.yaml")
    first.write_text("flow: book_table\ntests: []\n")
    play("four people", ":save mine")
    assert first.read_text() == "flow: book_table\ntests: []\n"
    assert agent.with_name("mine-2.test.yaml").exists()


def test_what_no_test_can_say_is_not_saved(play, agent):
    done = play(":interrupt", ":save noise")
    assert (
        done.lines[-1] == "! A test has no line for :interrupt. Undo it, or use :over."
    )
    assert not list(agent.parent.glob("*.test.yaml"))


def test_strange_words_are_saved_as_they_were_said(play, agent):
    words = 'it\'s: "four" #1 {a} — Ünï\u2028cödé 👩\u200d🍳 \\ people: yes'
    done = play(words, ":save strange")
    assert "does not pass" not in done.out
    assert flowkit(["test", str(agent.with_name("strange.test.yaml"))]) == 0


def test_a_recorded_call_hides_private_values(play, agent, tmp_path):
    change(agent, "type: name\n", "type: name\n    private: true\n")()
    change(agent, ", under {{ name }}", "")()
    change(
        agent,
        "ask: What is your name?",
        "ask: What is your name?\n    read_back: always",
    )()
    play(
        "four people",
        "on friday",
        "Anna Rossi",
        options=("--record", str(tmp_path / "calls")),
    )
    (journal,) = (tmp_path / "calls").iterdir()
    text = journal.read_text()
    assert json.loads(text.splitlines()[0])["flowkit_journal"] == 1
    assert "four people" in text
    assert "Rossi" not in text


def test_after_back_a_record_begins_with_what_still_counts(play, agent, tmp_path):
    calls = tmp_path / "calls"
    play("on friday", "four", ":back", "five", options=("--record", str(calls)))
    texts = [path.read_text() for path in calls.iterdir()]
    assert len(texts) == 2
    (second,) = [text for text in texts if "five" in text]
    assert "four" not in second
    said = [
        effect.text
        for effect in replay_journal(load_agent(agent), second.splitlines())
        if isinstance(effect, Say)
    ]
    assert said == [
        "Hello, this is Bella. For how many people?",
        "Friday the twenty-seventh, then. For how many people?",
        "What is your name?",
    ]


def test_an_agent_that_lets_the_caller_speak_first_says_so(play, agent):
    change(agent, "flow: book_table", "flow: book_table\nspeaks_first: caller")()
    done = play("hello", ":restart", ":silence")
    assert done.lines[0] == "(the agent lets the caller speak first)"
    assert done.lines[-1] == "bot: Hello, this is Bella. For how many people?"


# --- bad input ------------------------------------------------------------------------------


def test_a_tool_that_raises_is_told_in_one_line(play, agent):
    change(agent.with_name("tools.py"), 'return {"status": "free"}', "return 1 / 0")()
    done = play("four people on friday")
    assert done.lines[2] == (
        f"! `look`, used at {agent}:6: raised ZeroDivisionError: division by zero "
        "(tools.py:11)"
    )
    assert "Traceback" not in done.out + done.err
    assert "Traceback" in play("four people on friday", options=("--debug",)).out


def test_a_validator_that_raises_is_told_in_one_line(play, agent):
    change(
        agent.with_name("tools.py"),
        "from flowkit import tool",
        "from flowkit import tool, validator\n\n\n@validator\n"
        "def small(party_size):\n    return party_size.nonsense",
    )()
    change(agent, "must: party_size <= 10", "check: small")()
    done = play("four people")
    assert "AttributeError" in done.out
    assert "Traceback" not in done.out + done.err


def test_a_bug_of_flowkits_own_ends_nothing(play, monkeypatch):
    from flowkit.dialogue import engine

    step, broken = engine.step, []

    def stumble(agent, state, event):
        if type(event).__name__ == "CallerSaid" and broken and broken.pop():
            raise KeyError("oh")
        return step(agent, state, event)

    monkeypatch.setattr(engine, "step", stumble)
    done = play("four people", lambda: broken.append(True), "on friday", "on friday")
    assert "! the engine failed on `CallerSaid`: KeyError: 'oh'" in done.lines
    assert "Traceback" not in done.out + done.err
    assert done.lines[-1].endswith("What is your name?")


def test_what_a_tool_prints_does_not_get_between_the_lines(play, agent):
    change(agent.with_name("tools.py"), "return {", 'print("hello")\n    return {')()
    done = play("four people on friday", options=("--json",))
    assert [line["turn"] for line in done.turns] == [0, 1]
    assert done.err == "hello\n"


@pytest.mark.parametrize(
    "words", ["\x1b[2J", "\x00", "\u202egnp.exe", "a" * 50_000, "🏴‍☠️ ثلاثة", "\ud800"]
)
def test_whatever_is_typed_is_one_turn(play, words):
    done = play(words, "four people", options=("--json",))
    assert [line["turn"] for line in done.turns] == [0, 1, 2]
    assert "\x1b[2J" not in play(words).out


def test_a_flow_that_does_not_compile_is_shown_like_check_does(play, agent, capsys):
    change(agent, "ask: For which day?", "aks: For which day?")()
    done = play()
    assert done.code == 1
    assert flowkit(["check", str(agent)]) == 1
    assert capsys.readouterr().out.startswith(done.out.rstrip())


def test_an_agent_that_is_not_there_is_suggested(capsys):
    assert flowkit(["play", "restuarant"]) == 2
    assert 'Did you mean "restaurant"?' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--now", "tomorrow"), "no date and time"),
        (("--caller", "me"), "no phone number"),
        (("--lang", "tlh"), 'does not speak "tlh"'),
        (("--given", "nowhere.yaml"), "cannot be read"),
        (("--record", "/dev/null/calls"), "cannot be made"),
        (("--data", "/dev/null"), "cannot be made"),
        (("--script", "nowhere.txt"), "cannot be read"),
    ],
)
def test_an_option_that_cannot_be_used_says_why(play, options, says):
    with pytest.raises(UsageError, match=says):
        play(options=options)


def test_a_number_of_the_country_becomes_a_number_of_the_world(play):
    done = play(":save who", options=("--caller", "617 555 0142"))
    saved = Path(done.lines[-1].split()[2].rstrip("."))
    assert 'number: "+16175550142"' in saved.read_text()


def test_without_espeak_the_talk_goes_on_in_silence(play, monkeypatch):
    monkeypatch.setenv("PATH", "")
    done = play("four people", options=("--speak",))
    assert "espeak-ng" in done.lines[0]
    assert done.lines[-1] == "bot: For which day?"


def speaking(folder):
    """Put a program called espeak-ng there that writes down what it should read."""
    program = folder / "espeak-ng"
    program.write_text(f'#!/bin/sh\necho "$2: $(cat)" >> {folder}/spoken.txt\n')
    program.chmod(0o755)
    return folder / "spoken.txt"


def test_the_agents_words_are_read_aloud(play, monkeypatch, tmp_path):
    spoken = speaking(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    play(options=("--speak",))
    assert spoken.read_text() == "en: Hello, this is Bella. For how many people?\n"


def test_the_file_of_a_record_is_told(play, tmp_path):
    done = play(options=("--record", str(tmp_path / "calls")))
    (journal,) = (tmp_path / "calls").iterdir()
    assert done.lines[-1] == f"Recorded in {journal}."


# --- what comes with a call, and languages --------------------------------------------------

REMINDER = """\
flow: remind
given:
  patient: name
  day: date
steps:
  - say: Hello {{ patient }}, this is about {{ day }}.
  - ask: [coming]
slots:
  coming:
    type: yes_no
    ask: Will you come?
"""

SPANISH = """\
flow: remind
language: es
translations:
  - en: Hello {{ patient }}, this is about {{ day }}.
    es: Hola {{ patient }}, se trata del {{ day }}.
  - en: Will you come?
    es: ¿Vendrá?
"""


def test_a_flow_of_an_agent_is_begun_with_itself(play, bilingual):
    other = bilingual / "other.yaml"
    other.write_text("flow: other\nsteps:\n  - say: Other.\n  - end\n")
    (bilingual / "other.es.yaml").write_text(
        "flow: other\nlanguage: es\ntranslations:\n  - en: Other.\n    es: Otro.\n"
    )
    agent = bilingual / "agent.yaml"
    agent.write_text(agent.read_text() + "start: remind\n")
    assert play(path=other).lines[0] == "bot: Other."
    assert play(path=agent).lines[0].endswith("Will you come?")


@pytest.fixture
def bilingual(tmp_path):
    folder = tmp_path / "reminder"
    (folder / "languages").mkdir(parents=True)
    (folder / "languages" / "es.yaml").write_text(
        "language: es\nname: Español\nphrases:\n  silent.first: ¿Sigue ahí?\n"
    )
    (folder / "agent.yaml").write_text(
        "agent: reminder\nlanguage: en\nlanguages: [en, es]\n"
    )
    (folder / "remind.yaml").write_text(REMINDER)
    (folder / "remind.es.yaml").write_text(SPANISH)
    return folder


def test_the_language_is_switched_in_the_middle(play, bilingual):
    done = play(
        ":lang", ":lang es", ":silence", ":lang tlh", ":save es", path=bilingual
    )
    assert done.lines[1:] == [
        "This agent speaks: en, es.",
        "bot: ¿Vendrá?",
        "caller: (silent for 6 s)",
        "bot: ¿Sigue ahí?",
        '! The agent does not speak "tlh", only: en, es.',
        "! A test speaks one language: start with --lang, not :lang.",
    ]


def test_in_json_what_a_switch_says_comes_with_the_next_turn(play, bilingual):
    done = play(":lang es", ":silence", path=bilingual, options=("--json",))
    assert [line["bot"] for line in done.turns[1:]] == [["¿Vendrá?", "¿Sigue ahí?"]]


def test_a_call_begins_in_a_language_and_its_test_too(play, bilingual):
    done = play(":silence", ":save es", path=bilingual, options=("--lang", "es"))
    assert done.lines[-2] == "bot: ¿Sigue ahí?"
    assert "does not pass" not in done.out
    assert "language: es" in (bilingual / "es.test.yaml").read_text()


@pytest.fixture
def reminder(tmp_path):
    flow = tmp_path / "remind.yaml"
    flow.write_text(REMINDER)
    given = tmp_path / "given.txt"
    given.write_text("patient: Anna\nday: 2026-11-27\n")
    return flow


def test_given_values_come_from_a_file(play, reminder):
    given = str(reminder.with_name("given.txt"))
    done = play(":save given", path=reminder, options=("--given", given))
    assert done.lines[0] == (
        "bot: Hello Anna, this is about Friday the twenty-seventh. Will you come?"
    )
    saved = reminder.with_name("given.test.yaml").read_text()
    assert 'given:\n  patient: Anna\n  day: "2026-11-27"\n' in saved
    assert "does not pass" not in done.out


def test_a_value_given_before_anything_was_said_begins_the_call_anew(play, reminder):
    given = ("--given", str(reminder.with_name("given.txt")))
    done = play(
        ":given patient Carla",
        "yes",
        ":given patient Dora",
        ":given patien X",
        ":given day nonsense",
        path=reminder,
        options=given,
    )
    assert done.lines[1].startswith("bot: Hello Carla")
    assert done.lines[-3:] == [
        "patient comes with the next call: type :restart.",
        '! "patien" is no given value of a flow. Did you mean "patient"?',
        '! day: "nonsense" is not a date.',
    ]


def test_the_folder_of_records_may_be_left_out_before_the_path(
    agent, monkeypatch, capsys, tmp_path
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", StringIO(""))
    assert flowkit(["play", "--record", str(agent)]) == 0
    assert len(list((tmp_path / "calls").iterdir())) == 1
