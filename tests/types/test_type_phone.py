import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowkit.types import build
from flowkit.types.reading import split

BOSTON = "+16175550142"


@pytest.mark.parametrize(
    "text",
    [
        "617 555 0142",
        "(617) 555-0142",
        "617.555.0142",
        "+1 617 555 0142",
        "+1-617-555-0142",
        "1 617 555 0142",
        "6175550142",
        "six one seven five five five oh one four two",
        "six one seven, double five five, oh one four two",
        "six one seven triple five zero one forty two",
        "six one seven... uh... five five five... oh one four two",
        "my number is 617 555 0142 thanks",
        "area code six one seven five five five oh one four two",
        "617 dash 555 dash 0142",
        "617-555-0142 extension 12",
        "plus one six one seven five five five oh one four two",
    ],
)
def test_a_number_is_found_however_it_is_said(values, text):
    assert values("phone", text, asked=True) == [BOSTON]


@pytest.mark.parametrize(
    ("country", "text", "number"),
    [
        ("GB", "020 7946 0958", "+442079460958"),
        ("GB", "oh two oh seven nine four six oh nine five eight", "+442079460958"),
        ("DE", "030 123456", "+4930123456"),
        ("US", "+44 20 7946 0958", "+442079460958"),
        ("US", "44 20 7946 0958", "+442079460958"),
        ("IT", "06 698 12345", "+390669812345"),
    ],
)
def test_the_country_completes_a_number(values, country, text, number):
    assert values("phone", text, asked=True, country=country) == [number]


def test_pieces_are_reported_with_their_digits(read):
    (reading,) = read("phone", "five five five oh one hundred", asked=True)
    assert (reading.value, reading.why, reading.also) == (
        None,
        "too_short",
        ("5550100",),
    )


def test_a_number_that_cannot_exist_is_not_valid(values):
    assert values("phone", "123 456 7890", asked=True) == ["not_valid"]


def test_fault_28_too_many_digits_are_too_long(values, context):
    assert values("phone", "1234567890 " * 4, asked=True) == ["too_long"]
    assert build("phone").keys("5" * 200, context()) is None


@pytest.mark.parametrize(
    "text",
    ["a table for four at seven", "friday the 27th", "2026", "in 2026 or so", "",
     "table for 12 on november 27 at 7 30"],
)  # fmt: skip
def test_other_numbers_are_no_phone_numbers(values, text):
    assert values("phone", text) == []


def test_the_span_holds_the_plus(read):
    said = split("it's +1 617 555 0142 thanks")
    (reading,) = read("phone", said.raw)
    assert said.text(reading.start, reading.end) == "+1 617 555 0142"


def test_a_number_is_said_digit_by_digit_in_groups(say):
    assert say("phone", BOSTON) == "6 1 7, 5 5 5, 0 1 4 2"
    assert say("phone", "+442079460958") == "0 2 0, 7 9 4 6, 0 9 5 8"


@given(st.integers(2_000_000, 9_999_999))
def test_a_number_that_was_said_aloud_is_read_again(say, values, local):
    number = f"+1617{local}"
    found = values("phone", say("phone", number), asked=True)
    assert found == [number]


def test_a_number_is_typed(context):
    assert build("phone").keys("6175550142", context()) == BOSTON
    assert build("phone").keys("00442079460958", context()) == "+442079460958"
    assert build("phone").keys("1234", context()) is None


@pytest.mark.parametrize(
    "value", [BOSTON, "+1 (617) 555-0142", "001 617 555 0142", "+1.617.555.0142"]
)
def test_international_numbers_become_data(value):
    assert build("phone").close(value) == BOSTON


@pytest.mark.parametrize("value", ["617 555 0142", "", "front desk", None, "+"])
def test_what_is_no_international_number_is_refused(value):
    with pytest.raises(ValueError, match="is not a phone number"):
        build("phone").close(value)
