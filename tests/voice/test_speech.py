"""What came of one speech, from reports that come in any order; no Pipecat needed."""

import pytest

from flowkit.dialogue.effects import Say, Segment
from flowkit.voice.speech import Speech

SAY = Say(
    1,
    (
        Segment("This may be recorded.", "say", "never"),
        Segment("For how many?", "ask", "with_answer"),
    ),
)


def test_a_speech_without_a_voice_is_settled_when_its_text_has_passed() -> None:
    speech = Speech(SAY, opened=True)
    assert not speech.settled
    speech.close("Hello.", cut=False)
    assert speech.settled


def test_a_speech_is_not_settled_while_its_last_word_sounds() -> None:
    speech = Speech(SAY, opened=True, voiced=True)
    speech.sound(on=True)
    speech.close("Hello.", cut=False)
    assert not speech.settled
    speech.sound(on=False)
    assert speech.settled


def test_words_released_before_their_sound_began_settle_nothing() -> None:
    speech = Speech(SAY, opened=True, voiced=True)
    speech.close("Hello.", cut=False)
    assert speech.owes_sound
    assert not speech.settled


def test_a_cut_before_the_first_sound_owes_none() -> None:
    speech = Speech(SAY, opened=True, voiced=True)
    speech.close("", cut=True)
    assert speech.settled


def test_a_cut_is_settled_when_the_line_has_gone_silent() -> None:
    speech = Speech(SAY, opened=True, voiced=True)
    speech.sound(on=True)
    speech.close("Hello", cut=True)
    assert not speech.settled
    speech.sound(on=False)
    assert speech.settled


def test_the_first_report_of_what_was_heard_counts() -> None:
    speech = Speech(SAY, opened=True)
    speech.close("One two three.", cut=False)
    speech.close("", cut=True)
    assert (speech.heard, speech.cut) == ("One two three.", False)


@pytest.mark.parametrize(
    "order", [("on", "off", "closed"), ("on", "closed", "off"), ("closed", "on", "off")]
)
def test_any_order_of_the_last_reports_settles_at_the_last(
    order: tuple[str, ...],
) -> None:
    speech = Speech(SAY, opened=True, voiced=True)
    settled = []
    for report in order:
        match report:
            case "on":
                speech.sound(on=True)
            case "off":
                speech.sound(on=False)
            case _:
                speech.close("Hello.", cut=False)
        settled.append(speech.settled)
    assert settled == [False, False, True]


@pytest.mark.parametrize(
    ("heard", "interrupt"),
    [
        ("", "never"),
        ("This may be", "never"),
        ("This may be recorded.", "with_answer"),
        ("This may be recorded. For how", "with_answer"),
        ("This may be recorded. For how many?", "with_answer"),
    ],
)
def test_the_sentence_being_spoken_is_found_by_the_words_played(
    heard: str, interrupt: str
) -> None:
    sentence = Speech(SAY).sentence_at(heard)
    assert sentence is not None
    assert sentence.interrupt == interrupt
