import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowkit.types import build
from flowkit.types.reading import split

COUNTS = [
    ("four people", 4),
    ("4 people", 4),
    ("a table for four", 4),
    ("table for 2 please", 2),
    ("party of six", 6),
    ("we are five", 5),
    ("there will be eight of us", 8),
    ("seven guests", 7),
    ("two adults and two kids", 4),
    ("two adults, one child and a baby", 4),
    ("me and my wife", 2),
    ("my wife and i", 2),
    ("me and two friends", 3),
    ("me, my husband and two kids", 4),
    ("just me and my mother", 2),
    ("my two sisters and i", 3),
    ("me and my parents", 3),
    ("me and nine of my colleagues", 10),
    ("one adult and one child", 2),
    ("a table for two plus a baby", 3),
    ("my wife and i would like a table", 2),
    ("two people. I want to book", 2),
    ("five people and i hope it is sunny", 5),
    ("the two of us", 2),
    ("just me", 1),
    ("just myself", 1),
    ("only one person", 1),
    ("a couple of people", 2),
    ("a dozen people", 12),
    ("half a dozen people", 6),
    ("two dozen people", 24),
    ("forty five people", 45),
    ("twenty-one guests", 21),
    ("a hundred and twenty people", 120),
    ("1,200 people", 1200),
    ("two thousand and five people", 2005),
]


@pytest.mark.parametrize(("text", "count"), COUNTS)
def test_a_count_is_certain(read, text, count):
    (reading,) = read("number", text)
    assert reading.value == count
    assert reading.certainty >= 0.9


BARE = [
    ("four", 4),
    ("Four.", 4),
    ("um four", 4),
    ("15", 15),
    ("forty five", 45),
    ("a hundred", 100),
    ("one hundred and one", 101),
    ("three million two hundred thousand and six", 3_200_006),
    ("three point five", 3.5),
    ("2.5", 2.5),
    ("two and a half", 2.5),
    ("minus two", -2),
    ("-2", -2),
    ("zero", 0),
    ("1e9", 1_000_000_000),
    ("nineteen hundred", 1900),
]


@pytest.mark.parametrize(("text", "number"), BARE)
def test_a_bare_number_is_half_certain(read, text, number):
    (reading,) = read("number", text)
    assert (reading.value, reading.certainty) == (number, 0.5)


@pytest.mark.parametrize(
    ("text", "count"), [("0 people", 0), ("-2 people", -2), ("1e9 people", 10**9)]
)
def test_fault_27_absurd_counts_are_left_to_the_rules(read, text, count):
    (reading,) = read("number", text)
    assert reading.value == count


@pytest.mark.parametrize(
    "text",
    ["the third one", "on the first", "the later one", "the 27th", "hello", "",
     "no", "i am a man", "which one",
     "one of us is late", "that suits me. I hope so",
     "my friends and i", "one of the tables outside"],
)  # fmt: skip
def test_ordinals_and_pronouns_are_no_counts(values, text):
    assert values("number", text) == []


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("between four and six", 4, 6),
        ("four to six people", 4, 6),
        ("from 4 to 6", 4, 6),
        ("4-6 people", 4, 6),
    ],
)
def test_a_range_is_reported_and_fills_nothing(read, text, low, high):
    (reading,) = read("number", text)
    assert (reading.value, reading.why, reading.also) == (None, "range", (low, high))


def test_alternatives_name_each_other(read):
    (reading,) = read("number", "five or six")
    assert (reading.value, reading.also) == (5, (6,))


@pytest.mark.parametrize(
    ("text", "also"),
    [("at least six people", (6,)), ("a few people", ()), ("up to ten people", (10,)),
     ("several people", ())],
)  # fmt: skip
def test_a_vague_count_is_no_value(read, text, also):
    (reading,) = read("number", text)
    assert (reading.value, reading.why, reading.also) == (None, "vague", also)


def test_about_six_is_six_to_be_said_back(read):
    (reading,) = read("number", "about six people")
    assert (reading.value, reading.computed) == (6, True)


def test_a_number_beside_another_is_less_certain(read):
    first, second = read("number", "seven thirty")
    assert (first.certainty, second.certainty) == (0.3, 0.5)


def test_the_span_holds_the_number_and_its_noun(read):
    said = split("we will be four people on friday")
    reading = read("number", said.raw)[0]
    assert said.text(reading.start, reading.end) == "four people"


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "zero"), (4, "four"), (21, "twenty-one"), (100, "one hundred"),
     (120, "one hundred and twenty"), (1_000_000, "one million"),
     (2_005, "two thousand and five"), (-3, "minus three"), (2.5, "two point five"),
     (10**13, "10,000,000,000,000")],
)  # fmt: skip
def test_a_number_is_said_in_words(say, number, text):
    assert say("number", number) == text


@given(st.integers(-999_999_999, 999_999_999))
def test_a_number_that_was_said_aloud_is_read_again(say, read, number):
    (reading,) = read("number", say("number", number))
    assert reading.value == number


@pytest.mark.parametrize(
    ("value", "data"), [(4, 4), ("4", 4), (4.0, 4), ("2.5", 2.5), (-1, -1)]
)
def test_numbers_and_their_figures_become_data(value, data):
    assert build("number").close(value) == data


@pytest.mark.parametrize("value", ["four", True, None, "", "nan", "inf", [4]])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="is not a number"):
        build("number").close(value)


def test_fault_28_two_hundred_keys_are_no_number(context):
    assert build("number").keys("12", context()) == 12
    assert build("number").keys("7" * 200, context()) is None
