import pytest

from flowkit.types import build
from flowkit.types.spoken import digits, spell

EMAILS = [
    ("anna.rossi@gmail.com", "anna.rossi@gmail.com"),
    ("My address is Anna_Rossi@Example.COM.", "anna_rossi@example.com"),
    ("anna dot rossi at gmail dot com", "anna.rossi@gmail.com"),
    ("it's anna underscore rossi at example dot co dot uk", "anna_rossi@example.co.uk"),
    ("my email is anna dash rossi at my-company dot com", "anna-rossi@my-company.com"),
    ("a n n a at yahoo dot it", "anna@yahoo.it"),
    ("anna forty two at g mail dot com", "anna42@gmail.com"),
    ("r o double s i at hot mail dot com please", "rossi@hotmail.com"),
    ("anna plus table at example dot org", "anna+table@example.org"),
    ("anna at one two three dot de", "anna@123.de"),
    ("anna rossi all one word at i cloud dot com", "annarossi@icloud.com"),
    ("jean-luc at example dot fr", "jean-luc@example.fr"),
    ("a dot b at r o s s i dot io", "a.b@rossi.io"),
    ("anna at my dash company dot com", "anna@my-company.com"),
    ("anna at gmail.com", "anna@gmail.com"),
]


@pytest.mark.parametrize(("text", "address"), EMAILS)
def test_an_address_is_found_typed_or_said(values, text, address):
    assert values("email", text, asked=True) == [address]


def test_words_written_together_are_said_back(read):
    (reading,) = read("email", "anna rossi at gmail dot com", asked=True)
    assert (reading.value, reading.computed) == ("annarossi@gmail.com", True)


@pytest.mark.parametrize(
    "text",
    ["at seven", "john at work", "meet me at the dot", "", "@", "a table at gmail"],
)
def test_other_words_are_no_addresses(values, text):
    assert values("email", text) == []


def test_a_typed_address_that_is_none_says_so(values):
    assert values("email", "anna@", asked=True) == ["not_valid"]


def test_an_address_is_said_and_read_again(say, values):
    text = say("email", "anna.rossi_1@gmail.com")
    assert text == "anna dot rossi underscore 1 at gmail dot com"
    assert values("email", text, asked=True) == ["anna.rossi_1@gmail.com"]


def test_addresses_become_data(context):
    kind = build("email")
    assert kind.close(" Anna@Example.com ") == "anna@example.com"
    for wrong in ("anna", "a@b", "a..b@c.com", None, "a" * 300 + "@b.com"):
        with pytest.raises(ValueError, match="is not an e-mail address"):
            kind.close(wrong)
    assert kind.keys("2662", context()) is None


DIGITS = [
    ("one two three four", "1234"),
    ("1234", "1234"),
    ("12 34", "1234"),
    ("oh one four two", "0142"),
    ("double five oh one", "5501"),
    ("triple seven one", "7771"),
    ("forty two seventeen", "4217"),
    ("one two... uh... three four", "1234"),
    ("it's 1 2 3 4 thanks", "1234"),
]


@pytest.mark.parametrize(("text", "row"), DIGITS)
def test_digits_are_put_in_a_row(values, text, row):
    assert values("digits", text, {"length": 4}, asked=True) == [row]


def test_a_row_of_the_wrong_length_says_so_with_its_digits(read):
    (reading,) = read("digits", "one two three", {"length": "4"}, asked=True)
    assert (reading.value, reading.why, reading.also) == (None, "too_short", ("123",))
    (reading,) = read("digits", "1 2 3 4 5", {"length": "3 to 4"}, asked=True)
    assert reading.why == "too_long"
    assert read("digits", "five", {"length": 4}) == []


def test_digits_become_data(say, context):
    kind = build("digits", {"length": "4 to 6"})
    assert kind.close("01 42") == "0142"
    assert kind.close(1042) == "1042"
    assert kind.keys("0142", context()) == "0142"
    assert kind.keys("9" * 200, context()) is None
    assert say("digits", "0142") == "0 1 4 2"
    for wrong in ("12", "a142", None, True, -1042):
        with pytest.raises(ValueError, match="is not a row of 4 to 6 digits"):
            kind.close(wrong)


CODES = [
    ("B1042", "B1042"),
    ("b 1042", "B1042"),
    ("B one oh four two", "B1042"),
    ("my reference is b 1 0 4 2", "B1042"),
    ("bravo one zero four two", "B1042"),
    ("b for bravo one oh four two", "B1042"),
    ("B-1042", "B1042"),
    ("b dash one zero four two", "B1042"),
    ("SW1A 1AA", "SW1A1AA"),
    ("s w one a one a a", "SW1A1AA"),
    ("w one j seven n t please", "W1J7NT"),
    ("double a three four", "AA34"),
]


@pytest.mark.parametrize(("text", "code"), CODES)
def test_a_code_is_put_together(values, text, code):
    assert values("code", text, asked=True) == [code]


@pytest.mark.parametrize(
    "text", ["i have a booking", "a table for four", "yes please", "", "friday"]
)
def test_other_words_are_no_codes(read, text):
    assert [one for one in read("code", text) if one.certainty > 0.5] == []


@pytest.mark.parametrize(
    ("text", "why", "so_far"),
    [
        ("b one", "too_short", ("B1",)),
        ("b 1 2 3 4 5 6 7 8 9", "too_long", ("B123456789",)),
    ],
)
def test_a_code_of_the_wrong_length_says_so(read, text, why, so_far):
    (reading,) = read("code", text, {"length": "4 to 8"}, asked=True)
    assert (reading.value, reading.why, reading.also) == (None, why, so_far)
    assert read("code", text, {"length": "4 to 8"}) == []


def test_letters_written_as_words_are_letters_when_asked(values):
    assert values("code", "KT 7 to 4 p q", asked=True) == ["KT724PQ"]
    assert values("code", "b n 2 6 5 HF", asked=True) == ["BN265HF"]
    assert values("code", "l e 3 1 you why", asked=True) == ["LE31UY"]


def test_codes_become_data(say, context):
    kind = build("code", {"length": "4 to 8"})
    assert kind.close("sw1a 1aa") == "SW1A1AA"
    assert kind.keys("1042", context()) == "1042"
    assert say("code", "B1042") == "B 1 0 4 2"
    for wrong in ("b1", "b!042", None):
        with pytest.raises(ValueError, match="is not a code"):
            kind.close(wrong)


def test_what_is_spelled_is_said_letter_by_letter():
    assert spell("B1042") == "B 1 0 4 2"
    assert spell("sw1a 1aa") == "S W 1 A, 1 A A"
    assert digits("617-555-0142") == "6 1 7, 5 5 5, 0 1 4 2"
    assert spell("") == ""


def test_text_is_what_was_said_when_asked(values):
    said = "no nuts,  and a  high chair please"
    assert values("text", said, asked=True) == ["no nuts, and a high chair please"]
    assert values("text", said) == []
    assert values("text", "...", asked=True) == []


def test_text_becomes_data(say, context):
    kind = build("text")
    assert kind.close("no nuts") == "no nuts"
    assert kind.close(4) == "4"
    assert len(str(kind.close("x" * 20_000))) == 1_000
    with pytest.raises(ValueError, match="is not text"):
        kind.close(None)
    assert say("text", "no nuts") == "no nuts"
    assert kind.keys("1", context()) is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("kim at o brien dot com", "kim@obrien.com"),
        ("no k i m at obrien dot com", "kim@obrien.com"),
        ("kim at one two three dot com", "kim@123.com"),
    ],
)
def test_a_lone_o_is_a_letter_and_a_no_before_is_no_part(values, text, address):
    assert values("email", text, asked=True) == [address]
