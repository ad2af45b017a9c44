from datetime import timedelta
from decimal import Decimal

import pytest

from flowkit.types import build
from flowkit.types.money import Money

MONEY = [
    ("twelve dollars fifty", "12.50", "USD"),
    ("twelve dollars and fifty cents", "12.50", "USD"),
    ("$12.50", "12.50", "USD"),
    ("$ 20", "20", "USD"),
    ("us$8", "8", "USD"),
    ("ten bucks", "10", "USD"),
    ("a dollar", "1", "USD"),
    ("fifty cents", "0.50", "USD"),
    ("twelve and a half dollars", "12.50", "USD"),
    ("twelve hundred dollars", "1200", "USD"),
    ("1.5 million dollars", "1500000", "USD"),
    ("half a million dollars", "500000", "USD"),
    ("five quid", "5", "GBP"),
    ("three pounds and twenty pence", "3.20", "GBP"),
    ("thirty pence", "0.30", "GBP"),
    ("12 euros", "12", "EUR"),
    ("12,50 €", None, "EUR"),
    ("€1,200.50", "1200.50", "EUR"),
    ("two thousand yen", "2000", "JPY"),
]


@pytest.mark.parametrize(("text", "amount", "currency"), MONEY)
def test_an_amount_with_its_currency(values, text, amount, currency):
    if amount is not None:
        data = {"amount": amount, "currency": currency}
        assert values("money", text) == [data]


def test_an_amount_without_a_currency_is_the_countrys_and_half_certain(read):
    (reading,) = read("money", "twelve fifty", asked=True)
    assert reading.value == {"amount": "12.50", "currency": "USD"}
    assert reading.certainty == 0.5
    (reading,) = read("money", "twelve", asked=True, country="DE")
    assert reading.value == {"amount": "12", "currency": "EUR"}
    assert read("money", "twelve fifty") == []


def test_a_range_of_amounts_fills_nothing(values):
    assert values("money", "between ten and twenty dollars", asked=True) == ["range"]


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("12.50", "USD", "twelve dollars fifty"),
        ("1", "EUR", "one euro"),
        ("5", "GBP", "five pounds"),
        ("0.05", "GBP", "five pence"),
        ("0.01", "USD", "one cent"),
        ("3.05", "USD", "three dollars zero five"),
        ("-2", "USD", "minus two dollars"),
        ("7", "XYZ", "seven XYZ"),
    ],
)
def test_an_amount_is_said(say, amount, currency, text):
    assert say("money", {"amount": amount, "currency": currency}) == text


def test_amounts_become_data():
    kind = build("money")
    data = {"amount": "12.50", "currency": "USD"}
    assert kind.close({"amount": 12.5, "currency": "usd"}) == data
    assert kind.close("12.50 USD") == data
    assert kind.close(Money(Decimal("12.5"), "USD")) == data
    assert kind.open(data) == Money(Decimal("12.50"), "USD")
    for wrong in ("12.50", None, {"amount": "nan", "currency": "USD"}, {"amount": 1}):
        with pytest.raises(ValueError, match="is not an amount"):
            kind.close(wrong)


def test_an_amount_is_typed(context):
    assert build("money").keys("25", context()) == {"amount": "25", "currency": "USD"}
    assert build("money").keys("5" * 200, context()) is None


DURATIONS = [
    ("90 minutes", "PT90M"),
    ("an hour", "PT60M"),
    ("an hour and a half", "PT90M"),
    ("one and a half hours", "PT90M"),
    ("half an hour", "PT30M"),
    ("half hour", "PT30M"),
    ("three quarters of an hour", "PT45M"),
    ("a quarter of an hour", "PT15M"),
    ("one and a quarter hours", "PT75M"),
    ("an hour and twenty minutes", "PT80M"),
    ("two hours fifteen", "PT135M"),
    ("1h30", "PT90M"),
    ("90m", "PT90M"),
    ("2h", "PT120M"),
    ("a couple of hours", "PT120M"),
    ("45 mins", "PT45M"),
    ("30 seconds", "PT30S"),
    ("two nights", "P2D"),
    ("a week", "P7D"),
    ("a fortnight", "P14D"),
    ("three days", "P3D"),
    ("another week", "P7D"),
    ("36 hours", "PT2160M"),
    ("six months", "P6M"),
    ("a year and a half", "P1Y6M"),
    ("two years and three months", "P2Y3M"),
]


@pytest.mark.parametrize(("text", "length"), DURATIONS)
def test_a_length_of_time(values, text, length):
    assert values("duration", text) == [length]


@pytest.mark.parametrize(
    ("text", "why"),
    [("a while", "vague"), ("a few days", "vague"), ("two to three hours", "range"),
     ("between one and two hours", "range")],
)  # fmt: skip
def test_a_vague_length_is_no_value(values, text, why):
    assert values("duration", text) == [why]


@pytest.mark.parametrize("text", ["seven", "at seven", "a m", "four people", "", "may"])
def test_other_words_are_no_lengths(values, text):
    assert values("duration", text) == []


@pytest.mark.parametrize(
    ("length", "text"),
    [
        ("PT90M", "an hour and a half"),
        ("PT30M", "half an hour"),
        ("PT45M", "forty-five minutes"),
        ("PT60M", "an hour"),
        ("PT80M", "an hour and twenty minutes"),
        ("PT150M", "two and a half hours"),
        ("P3D", "three days"),
        ("P14D", "two weeks"),
        ("P1Y6M", "a year and six months"),
        ("PT0M", "zero minutes"),
    ],
)
def test_a_length_is_said_and_read_again(say, values, length, text):
    assert say("duration", length) == text
    if length != "PT0M":
        assert values("duration", text) == [length]


def test_lengths_become_data():
    kind = build("duration")
    assert kind.close(timedelta(minutes=90)) == "PT90M"
    assert kind.close("PT1H30M") == "PT90M"
    assert kind.close("1:30") == "PT90M"
    assert kind.open("PT90M") == timedelta(minutes=90)
    assert kind.open("P1Y6M") == timedelta(days=365 + 180)
    for wrong in ("P", "soon", None, timedelta(-1), "P9999999Y", 90):
        with pytest.raises(ValueError, match=r"."):
            kind.close(wrong)
