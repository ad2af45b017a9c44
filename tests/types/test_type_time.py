from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowkit.types import build
from flowkit.types.reading import split

CERTAIN = [
    ("seven pm", "19:00"),
    ("7pm", "19:00"),
    ("7 p.m.", "19:00"),
    ("7.30 p.m.", "19:30"),
    ("seven thirty pm", "19:30"),
    ("at 7:30 pm", "19:30"),
    ("half past seven in the evening", "19:30"),
    ("seven in the morning", "07:00"),
    ("seven in the evening", "19:00"),
    ("nine at night", "21:00"),
    ("two in the afternoon", "14:00"),
    ("twelve am", "00:00"),
    ("12 pm", "12:00"),
    ("tonight at eight", "20:00"),
    ("this evening at quarter past seven", "19:15"),
    ("in the evening at seven", "19:00"),
    ("tomorrow morning at nine thirty", "09:30"),
    ("19:30", "19:30"),
    ("nineteen thirty", "19:30"),
    ("thirteen fifty", "13:50"),
    ("13 50", "13:50"),
    ("at 1930", "19:30"),
    ("twenty one fifteen", "21:15"),
    ("nineteen hundred hours", "19:00"),
    ("noon", "12:00"),
    ("at midday", "12:00"),
    ("midnight", "00:00"),
    ("twenty past noon", "12:20"),
    ("ten to midnight", "23:50"),
    ("07:30", "07:30"),
    ("at 08:10PM", "20:10"),
    ("10:45 am", "10:45"),
    ("ten past 0 pm", "12:10"),
    ("oh nine hundred hours", "09:00"),
    ("nineteen hundred", "19:00"),
    ("ten to noon", "11:50"),
    ("quarter to midnight", "23:45"),
    ("7h30 pm", "19:30"),
    ("19 h", "19:00"),
    ("evening 6, 14th of this month", "18:00"),
    ('8 o"clock in the evening', "20:00"),
    ("november 27 7 30 pm", "19:30"),
    ("on the twenty seventh seven thirty pm", "19:30"),
]


@pytest.mark.parametrize(("text", "at"), CERTAIN)
def test_a_time_that_says_its_half_of_the_day(read, text, at):
    (reading,) = read("time", text, asked=True)
    assert (reading.value, reading.also, reading.why) == (at, (), None)


EITHER = [
    ("seven", "07:00", "19:00"),
    ("at seven", "07:00", "19:00"),
    ("seven o'clock", "07:00", "19:00"),
    ("7:30", "07:30", "19:30"),
    ("seven thirty", "07:30", "19:30"),
    ("half past seven", "07:30", "19:30"),
    ("half seven", "07:30", "19:30"),
    ("a quarter past seven", "07:15", "19:15"),
    ("quarter to eight", "07:45", "19:45"),
    ("a quarter of eight", "07:45", "19:45"),
    ("ten to eight", "07:50", "19:50"),
    ("five minutes to eight", "07:55", "19:55"),
    ("ten past seven", "07:10", "19:10"),
    ("twenty after seven", "07:20", "19:20"),
    ("twenty five past seven", "07:25", "19:25"),
    ("seven oh five", "07:05", "19:05"),
    ("seven forty five", "07:45", "19:45"),
    ("quarter to one", "12:45", "00:45"),
    ("let's say eight", "08:00", "20:00"),
    ("maybe eight fifteen", "08:15", "20:15"),
]


@pytest.mark.parametrize(("text", "early", "late"), EITHER)
def test_a_time_that_may_be_two_names_both(read, text, early, late):
    (reading,) = read("time", text, asked=True)
    assert (reading.value, reading.also) == (early, (late,))


@pytest.mark.parametrize(("text", "early", "late"), EITHER)
def test_assume_settles_the_half_of_the_day(read, text, early, late):
    (reading,) = read("time", text, {"assume": "afternoon"}, asked=True)
    assert reading.computed
    assert reading.also == ()
    assert reading.value == max(early, late)


@pytest.mark.parametrize(
    ("assume", "text", "at"),
    [
        ("morning", "at nine", "09:00"),
        ("morning", "at twelve", "12:00"),
        ("afternoon", "at twelve thirty", "12:30"),
        ("evening", "at seven", "19:00"),
        ("night", "at two", "02:00"),
        ("night", "at eleven", "23:00"),
        ("afternoon", "at nine in the morning", "09:00"),
        ("afternoon", "at 09:00", "09:00"),
    ],
)
def test_what_was_said_is_stronger_than_what_is_assumed(read, assume, text, at):
    (reading,) = read("time", text, {"assume": assume})
    assert reading.value == at


@pytest.mark.parametrize(
    ("text", "value", "at"),
    [
        ("no half past", "19:00", "19:30"),
        ("quarter past please", "19:00", "19:15"),
        ("make it eight", "19:00", "20:00"),
        ("an hour later", "19:00", "20:00"),
        ("half an hour earlier", "19:00", "18:30"),
        ("twenty minutes later", "19:00", "19:20"),
        ("in the morning", "19:00", "07:00"),
        ("pm", "07:30", "19:30"),
        ("quarter to", "19:00", "18:45"),
    ],
)
def test_a_time_is_said_relative_to_the_present_one(read, text, value, at):
    (reading,) = read("time", text, value=value)
    assert (reading.value, reading.computed) == (at, True)


def test_a_time_after_another_slot_is_later(values):
    assert values("time", "until nine", after="19:00") == ["21:00"]


@pytest.mark.parametrize(
    "text",
    ["around eight", "at 8ish", "eight or so", "about eight", "roughly eight"],
)
def test_about_a_time_is_that_time_worked_out(read, text):
    (reading,) = read("time", text, {"assume": "evening"}, asked=True)
    assert (reading.value, reading.why, reading.computed) == ("20:00", None, True)


def test_about_a_time_that_may_be_two_is_asked_about(read):
    (reading,) = read("time", "around eight", asked=True)
    assert (reading.value, reading.also) == ("08:00", ("20:00",))


@pytest.mark.parametrize("text", ["the first one", "that one", "we are three now"])
def test_one_of_several_and_now_beside_a_count_are_no_times(values, text):
    assert not {"01:00", "13:00"}.intersection(values("time", text, asked=True))


@pytest.mark.parametrize(
    "text", ["after eight", "no later than eight", "any time before eight"]
)
def test_a_limit_is_vague_and_names_it(read, text):
    (reading,) = read("time", text, {"assume": "evening"}, asked=True)
    assert (reading.value, reading.why, reading.also) == (None, "vague", ("20:00",))


@pytest.mark.parametrize(
    "text",
    ["around dinner time", "lunchtime", "as soon as possible", "in the evening",
     "any time", "first thing", "later"],
)  # fmt: skip
def test_a_vague_time_is_no_value(values, text):
    assert values("time", text, asked=True) == ["vague"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("between seven and eight", "19:00", "20:00"),
        ("from seven to nine pm", "19:00", "21:00"),
        ("from ten to eight", "22:00", "20:00"),
        ("seven to nine", "19:00", "21:00"),
        ("somewhere between six thirty and eight", "18:30", "20:00"),
    ],
)
def test_a_range_is_reported_and_fills_nothing(read, text, first, last):
    (reading,) = read("time", text, {"assume": "evening"})
    assert (reading.value, reading.why, reading.also) == (None, "range", (first, last))


def test_alternatives_name_each_other(read):
    (reading,) = read("time", "seven or eight", {"assume": "evening"})
    assert (reading.value, reading.also) == ("19:00", ("20:00",))


@pytest.mark.parametrize(
    ("text", "certainty"),
    [("seven", 0.5), ("at seven", 1.0), ("seven o'clock", 1.0), ("for seven", 0.6),
     ("seven thirty", 0.8), ("half seven", 0.9), ("7:30", 1.0), ("1930", 0.4)],
)  # fmt: skip
def test_the_barer_the_less_certain(read, text, certainty):
    (reading,) = read("time", text)
    assert reading.certainty == certainty


def test_a_number_tonight_may_be_of_people(read):
    (reading,) = read("time", "for eight tonight")
    assert (reading.value, reading.certainty) == ("20:00", 0.6)


@pytest.mark.parametrize(
    "text",
    ["four people", "2 adults", "six of us", "25", "ninety", "minus two people", "one night",
     "six one seven five five five oh one four two", "b one oh four two",
     "my number is five five five oh one hundred", "from 18 july", "a five night stay",
     "twelve dollars", "three days", "yes", "good evening", ""],
)  # fmt: skip
def test_numbers_of_other_things_are_no_times(values, text):
    assert values("time", text) == []


def test_the_number_of_a_table_for_four_is_hardly_a_time(read):
    first, second = read("time", "a table for four at seven")
    assert (first.certainty, second.certainty) == (0.3, 1.0)


def test_a_greeting_is_no_part_of_the_day(read):
    (reading,) = read("time", "good evening, a table at seven")
    assert reading.also == ("19:00",)


def test_the_part_of_the_day_may_stand_elsewhere(read):
    (reading,) = read("time", "friday evening, a table please, at seven")
    assert (reading.value, reading.computed) == ("19:00", True)


def test_only_the_words_of_the_time_are_its_span(read):
    said = split("a table on friday at half past seven in the evening please")
    (reading,) = read("time", said.raw)
    assert said.text(reading.start, reading.end) == "half past seven in the evening"


def test_a_time_beyond_the_day_is_just_later(values):
    assert values("time", "ten hours later", value="19:00") == ["vague"]
    assert values("time", "an hour later") == ["vague"]


@pytest.mark.parametrize("text", ["half past", "quarter to"])
def test_half_past_means_nothing_without_an_hour(values, text):
    assert values("time", text) == []


def test_now_and_in_an_hour_are_worked_out(read):
    (reading,) = read("time", "in an hour")
    assert (reading.value, reading.computed) == ("16:00", True)
    (reading,) = read("time", "in half an hour")
    assert reading.value == "15:30"
    (reading,) = read("time", "right now", asked=True)
    assert reading.value == "15:00"
    (reading,) = read("time", "in one and a half hours")
    assert reading.value == "16:30"


@pytest.mark.parametrize(
    ("pressed", "assume", "at"),
    [("1930", None, "19:30"), ("730", "evening", "19:30"), ("7", "evening", "19:00"),
     ("0730", None, "07:30"), ("7", None, None), ("2561", None, None),
     ("9" * 200, "evening", None)],
)  # fmt: skip
def test_a_time_is_typed(context, pressed, assume, at):
    kind = build("time", {"assume": assume} if assume else {})
    assert kind.keys(pressed, context()) == at


@pytest.mark.parametrize(
    ("at", "text"),
    [("19:00", "seven pm"), ("19:30", "seven thirty pm"), ("07:05", "seven oh five am"),
     ("12:00", "noon"), ("00:00", "midnight"), ("12:30", "twelve thirty pm"),
     ("00:15", "twelve fifteen am")],
)  # fmt: skip
def test_a_time_is_said(say, at, text):
    assert say("time", at) == text


@given(st.times())
def test_a_time_that_was_said_aloud_is_read_again(say, read, at):
    text = at.strftime("%H:%M")
    (reading,) = read("time", say("time", text))
    assert (reading.value, reading.also) == (text, ())


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (time(19, 30), "19:30"),
        (datetime(2026, 11, 27, 19, 30), "19:30"),  # noqa: DTZ001
        ("19:30", "19:30"),
        ("9:30", "09:30"),
        ("19:30:00", "19:30"),
        ("2026-11-27T19:30", "19:30"),
    ],
)
def test_times_and_their_texts_become_data(value, data):
    assert build("time").close(value) == data


@pytest.mark.parametrize("value", ["seven", "25:00", 7, None, "", "1930"])
def test_what_is_no_time_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        build("time").close(value)


def test_what_was_not_assumed_is_kept_to_fall_back_on(read):
    (reading,) = read("time", "at ten", {"assume": "afternoon"})
    assert (reading.value, reading.also, reading.rather) == ("22:00", (), ("10:00",))
    (said,) = read("time", "ten in the evening", {"assume": "afternoon"})
    assert said.rather == ()


def test_now_in_the_middle_of_a_sentence_is_no_time(values):
    assert values("time", "there is now a big crowd of us", asked=True) == []
    assert values("time", "now please", asked=True) == ["15:00"]
