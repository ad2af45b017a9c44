from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowkit.types import build
from flowkit.types.almanac import easter, holiday
from flowkit.types.reading import split

# said on Sunday the 22nd of November 2026
SAID = [
    ("today", "2026-11-22"),
    ("tonight if possible", "2026-11-22"),
    ("tomorrow", "2026-11-23"),
    ("tomorrow evening please", "2026-11-23"),
    ("the day after tomorrow", "2026-11-24"),
    ("day after tomorrow would be great", "2026-11-24"),
    ("yesterday", "2026-11-21"),
    ("friday", "2026-11-27"),
    ("on friday", "2026-11-27"),
    ("Friday, please.", "2026-11-27"),
    ("on Sunday", "2026-11-29"),
    ("this friday", "2026-11-27"),
    ("this coming friday", "2026-11-27"),
    ("next friday", "2026-11-27"),
    ("friday week", "2026-12-04"),
    ("a week on friday", "2026-12-04"),
    ("a week from friday", "2026-12-04"),
    ("next friday week", "2026-12-04"),
    ("friday next week", "2026-11-27"),
    ("next week on friday", "2026-11-27"),
    ("the friday after next", "2026-12-04"),
    ("friday in a week", "2026-12-04"),
    ("a week today", "2026-11-29"),
    ("a week tomorrow", "2026-11-30"),
    ("tomorrow week", "2026-11-30"),
    ("in two weeks", "2026-12-06"),
    ("in a fortnight", "2026-12-06"),
    ("in three days", "2026-11-25"),
    ("three days from now", "2026-11-25"),
    ("in a month's time", None),
    ("in a month", "2026-12-22"),
    ("two weeks from tomorrow", "2026-12-07"),
    ("ten days before christmas", "2026-12-15"),
    ("the day before christmas eve", "2026-12-23"),
    ("four mondays from now", "2026-12-14"),
    ("the 27th", "2026-11-27"),
    ("on the twenty-seventh", "2026-11-27"),
    ("on the twenty seventh", "2026-11-27"),
    ("the 3rd", "2026-12-03"),
    ("the 31st", "2026-12-31"),
    ("the fifth of next month", "2026-12-05"),
    ("the twenty-seventh of november", "2026-11-27"),
    ("twenty seventh november", "2026-11-27"),
    ("November 27", "2026-11-27"),
    ("november the 27th", "2026-11-27"),
    ("Nov 27th, 2026", "2026-11-27"),
    ("november twenty seventh twenty twenty six", "2026-11-27"),
    ("the third of march", "2027-03-03"),
    ("march 3", "2027-03-03"),
    ("the 29th of february", "2028-02-29"),
    ("friday the 27th", "2026-11-27"),
    ("friday the 27th of november", "2026-11-27"),
    ("friday november twenty seventh", "2026-11-27"),
    ("saturday 28", "2026-11-28"),
    ("2026-11-27", "2026-11-27"),
    ("11/27", "2026-11-27"),
    ("11/27/2026", "2026-11-27"),
    ("27/11", "2026-11-27"),
    ("27-Nov-2026", "2026-11-27"),
    ("last friday", "2026-11-20"),
    ("friday gone", "2026-11-20"),
    ("a week ago", "2026-11-15"),
    ("christmas eve", "2026-12-24"),
    ("on christmas day", "2026-12-25"),
    ("new year's eve", "2026-12-31"),
    ("new years day", "2027-01-01"),
    ("thanksgiving", "2026-11-26"),
    ("easter monday", "2027-03-29"),
    ("good friday", "2027-03-26"),
    ("the first friday in december", "2026-12-04"),
    ("the last friday of the month", "2026-11-27"),
    ("the last day of november", "2026-11-30"),
    ("i'd like a table for four on friday at seven", "2026-11-27"),
    ("tmrw", "2026-11-23"),
    ("dec 9,2027", "2027-12-09"),
    ("in exactly ten days", "2026-12-02"),
    ("friday this week", "2026-11-20"),
    ("the second friday of next month", "2026-12-11"),
    ("the first friday in december 2027", "2027-12-03"),
    ("the last sunday in march", "2027-03-28"),
    ("the last day of february 2028", "2028-02-29"),
    ("friday the week after next", "2026-12-04"),
    ("the 30th of this month", "2026-11-30"),
    ("christmas 2027", "2027-12-25"),
    ("december twenty fifth twenty twenty seven", "2027-12-25"),
    ("tomorrow friday", "2026-11-23"),
    ("friday 11/27", "2026-11-27"),
    ("the fifteenth of the twelfth twenty twenty six", "2026-12-15"),
    ("20261127", "2026-11-27"),
    ("11/27/27", "2027-11-27"),
    ("on the 3", "2026-12-03"),
    ("three days before the 3rd", "2026-11-30"),
]


@pytest.mark.parametrize(("text", "day"), SAID)
def test_a_day_is_found(values, text, day):
    assert values("date", text, asked=True) == ([day] if day else ["vague"]) or (
        day is None
    )


NOT_A_DAY = [
    "may i book a table",
    "one may wonder",
    "the second one please",
    "the first option",
    "four people at seven",
    "i march to my own drum",
    "my number is 617 555 0142",
    "good morning",
    "no",
    "",
    "...",
]


@pytest.mark.parametrize("text", NOT_A_DAY)
def test_words_that_look_like_days_are_none(read, text):
    assert [one for one in read("date", text) if one.certainty > 0.5] == []


@pytest.mark.parametrize(
    ("text", "value", "day"),
    [
        ("the day after", "2026-11-27", "2026-11-28"),
        ("no the day after that", "2026-11-27", "2026-11-28"),
        ("the next day", "2026-11-27", "2026-11-28"),
        ("the day before", "2026-11-27", "2026-11-26"),
        ("a week later", "2026-11-27", "2026-12-04"),
        ("two days earlier", "2026-11-27", "2026-11-25"),
        ("the saturday after", "2026-11-27", "2026-11-28"),
    ],
)
def test_a_day_is_counted_from_the_present_value(values, text, value, day):
    assert values("date", text, value=value) == [day]


def test_the_day_after_means_nothing_without_a_day(values):
    assert values("date", "the day after") == []


@pytest.mark.parametrize(
    "text",
    ["30 feb", "february 30th", "the thirtieth of february", "the 31st of november",
     "november 31", "2026-02-30", "the 35th",      "the fifth friday of next month", "2/30/2027"],
)  # fmt: skip
def test_fault_27_a_day_that_does_not_exist_says_so(values, text):
    assert values("date", text) == ["no_such_day"]


@pytest.mark.parametrize(
    "text",
    ["at the weekend", "sometime next week", "in december", "whenever", "next month"],
)
def test_a_vague_day_is_no_value(read, text):
    assert {(one.value, one.why) for one in read("date", text)} == {(None, "vague")}


def test_the_weekend_names_its_days(read):
    (reading,) = read("date", "next weekend")
    assert reading.also == ("2026-11-28", "2026-11-29")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("from friday to sunday", "2026-11-27", "2026-11-29"),
        ("between the 3rd and the 5th of december", "2026-12-03", "2026-12-05"),
        ("friday until monday", "2026-11-27", "2026-11-30"),
    ],
)
def test_a_range_is_reported_and_fills_nothing(read, text, first, last):
    (reading,) = read("date", text)
    assert (reading.value, reading.why, reading.also) == (None, "range", (first, last))


def test_alternatives_name_each_other(read):
    (reading,) = read("date", "friday or saturday")
    assert (reading.value, reading.also) == ("2026-11-27", ("2026-11-28",))


def test_next_friday_said_on_a_tuesday_may_be_two_days(read, context):
    tuesday = datetime(2026, 11, 24, 9, tzinfo=context().now.tzinfo)
    (reading,) = read("date", "next friday", now=tuesday)
    assert (reading.value, reading.also) == ("2026-12-04", ("2026-11-27",))


def test_a_weekday_that_does_not_fit_its_number_names_both_days(read):
    (reading,) = read("date", "friday the 28th")
    assert (reading.value, reading.also) == ("2026-11-28", ("2026-11-27",))


def test_fault_27_next_friday_over_a_change_of_the_clocks_is_that_friday(
    values, context
):
    before = datetime(2026, 10, 30, 23, 59, tzinfo=context().now.tzinfo)
    assert values("date", "on friday", now=before) == ["2026-11-06"]
    assert values("date", "in three days", now=before) == ["2026-11-02"]


def test_the_country_tells_the_order_of_day_and_month(values):
    assert values("date", "5/6", country="US") == ["2027-05-06"]
    assert values("date", "5/6", country="GB") == ["2027-06-05"]
    assert values("date", "27.11.", country="DE", asked=True) == ["2026-11-27"]


def test_a_day_behind_another_slot_comes_after_it(values):
    assert values("date", "until the third", after="2026-11-28") == ["2026-12-03"]
    assert values("date", "until monday", after="2026-12-04") == ["2026-12-07"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("twelfth of may nineteen eighty four", "1984-05-12"),
        ("the twelfth of may eighty four", "1984-05-12"),
        ("may 12 1984", "1984-05-12"),
        ("5 12 84", "1984-05-12"),
        ("five twelve eighty four", "1984-05-12"),
        ("05/12/84", "1984-05-12"),
        ("born on the 3rd of june two thousand and two", "2002-06-03"),
        ("january first nineteen oh five", "1905-01-01"),
        ("the fifteenth of the fifth nineteen thirty eight", "1938-05-15"),
        ("12/05 1984", "1984-12-05"),
        ("0512 1984", "1984-05-12"),
        ("051 21984", "1984-05-12"),
    ],
)
def test_a_date_of_birth_lies_in_the_past(values, text, day):
    assert values("date", text, {"assume": "birth"}, asked=True) == [day]


def test_a_weekday_is_no_day_gone_by_unless_that_was_asked(values):
    assert values("date", "on friday", {"assume": "past"}) == []


@pytest.mark.parametrize(
    "text", ["december 31st", "the fifth of may eighteen seventy", "5/12"]
)
def test_a_date_of_birth_without_its_year_is_vague(values, text):
    assert values("date", text, {"assume": "birth"}, asked=True) == ["vague"]


@pytest.mark.parametrize(
    "text", ["today", "friday", "the 3rd", "in two weeks", "seven"]
)
def test_a_date_of_birth_is_no_day_of_this_month(values, text):
    assert values("date", text, {"assume": "birth"}, asked=True) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("december 31st", "2025-12-31"),
        ("friday", "2026-11-20"),
        ("the 3rd", "2026-11-03"),
    ],
)
def test_a_day_gone_by_is_the_last_one(values, text, day):
    assert values("date", text, {"assume": "past"}, asked=True) == [day]


@pytest.mark.parametrize(
    ("text", "computed"),
    [
        ("friday", True),
        ("tomorrow", True),
        ("the 27th", True),
        ("november 27", False),
        ("2026-11-27", False),
    ],
)
def test_a_day_that_was_worked_out_says_so(read, text, computed):
    (reading,) = read("date", text)
    assert reading.computed is computed


def test_yesterday_is_hardly_the_day_unless_that_was_asked(read):
    (reading,) = read("date", "i booked a table yesterday")
    assert reading.certainty == 0.5
    (reading,) = read("date", "yesterday", asked=True)
    assert reading.certainty == 1.0


def test_only_the_words_of_the_day_are_its_span(read):
    said = split("a table for four on friday the 27th at seven")
    (reading,) = read("date", said.raw)
    assert said.text(reading.start, reading.end) == "friday the 27th"


@pytest.mark.parametrize(
    ("text", "certainty"),
    [("friday", 1.0), ("on the 3rd", 1.0), ("third", 0.5), ("three", 0.3)],
)
def test_the_barer_the_less_certain(read, text, certainty):
    (reading,) = read("date", text, asked=True)
    assert reading.certainty == certainty


@pytest.mark.parametrize(
    ("pressed", "day"),
    [("1127", "2026-11-27"), ("112726", "2026-11-27"), ("11272026", "2026-11-27"),
     ("0230", None), ("9", None), ("0" * 200, None)],
)  # fmt: skip
def test_a_day_is_typed_as_month_and_day(context, pressed, day):
    assert build("date").keys(pressed, context()) == day


def test_a_day_is_said_with_its_weekday(say):
    assert say("date", "2026-11-27") == "Friday the twenty-seventh"
    text = say("date", "1984-05-12", {"assume": "birth"})
    assert text == "the twelfth of May nineteen eighty-four"


@given(st.integers(0, 25))
def test_a_day_that_was_said_aloud_is_read_again(say, read, days):
    day = (date(2026, 11, 23) + timedelta(days=days)).isoformat()
    (reading,) = read("date", say("date", day))
    assert reading.value == day


@given(st.dates(date(1900, 1, 1), date(2026, 11, 22)))
def test_a_date_of_birth_that_was_said_aloud_is_read_again(say, read, day):
    text = say("date", day.isoformat(), {"assume": "birth"})
    (reading,) = read("date", text, {"assume": "birth"}, asked=True)
    assert reading.value == day.isoformat()


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (date(2026, 11, 27), "2026-11-27"),
        (datetime(2026, 11, 27, 19), "2026-11-27"),  # noqa: DTZ001
        ("2026-11-27", "2026-11-27"),
        ("2026-11-27T19:00", "2026-11-27"),
    ],
)
def test_dates_and_their_texts_become_data(value, data):
    kind = build("date")
    assert kind.close(value) == data
    assert kind.open(data) == date(2026, 11, 27)


@pytest.mark.parametrize("value", ["friday", "2026-02-30", 5, None, ""])
def test_what_is_no_date_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        build("date").close(value)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("friday the 1st of december", "2026-12-01", "2026-12-04"),
        ("friday 12/1", "2026-12-01", "2026-12-04"),
        ("tuesday tomorrow", "2026-11-23", "2026-11-24"),
        ("wednesday the 25th of december", "2026-12-25", "2026-12-23"),
        ("friday the 25th", "2026-12-25", "2026-11-25"),
    ],
)
def test_a_weekday_that_contradicts_the_day_names_both(read, text, first, second):
    reading = read("date", text)[0]
    assert reading.value == first
    assert reading.also == (second,)


@pytest.mark.parametrize("text", ["in 4001 years", "9999 years ago", "in 99999 weeks"])
def test_days_beyond_the_calendar_are_none(values, text):
    assert values("date", text) == []


@pytest.mark.parametrize(
    ("year", "day"), [(2024, "2024-03-31"), (2025, "2025-04-20"), (2027, "2027-03-28")]
)
def test_easter(year, day):
    assert easter(year).isoformat() == day


def test_holidays_by_rule():
    assert holiday("11-4-thu+1", 2026).isoformat() == "2026-11-27"
    assert holiday("05-l-mon", 2026).isoformat() == "2026-05-25"
    with pytest.raises(ValueError, match="unknown holiday rule"):
        holiday("whitsun", 2026)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("sixth of june", "1970-06-06"),
        ("the ninth", "1970-06-09"),
        ("nineteen seventy one", "1971-06-05"),
        ("the seventh of may nineteen sixty", "1960-05-07"),
    ],
)
@pytest.mark.parametrize("assume", ["past", "birth"])
def test_a_part_of_a_day_gone_by_puts_only_that_part_right(values, text, day, assume):
    options = {"assume": assume}
    assert values("date", text, options, asked=True, value="1970-06-05") == [day]


def test_a_month_and_a_year_are_no_day(values):
    options = {"assume": "past"}
    text = "march nineteen eighty two"
    assert values("date", text, options, asked=True) == ["vague"]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-27", "Friday the twenty-seventh"),
        ("2026-12-20", "Sunday the twentieth"),
        ("2027-02-14", "Sunday the fourteenth of February"),
        ("2027-11-10", "Wednesday the tenth of November twenty twenty-seven"),
        ("2026-11-20", "Friday the twentieth"),
        ("2020-01-01", "Wednesday the first of January twenty twenty"),
    ],
)
def test_a_day_far_off_is_said_with_its_month_or_year(english, day, said):
    assert build("date", {}).speak_on(day, english, "2026-11-22") == said
