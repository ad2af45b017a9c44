import pytest

from flowkit.types import build
from flowkit.types.forms import clean
from flowkit.types.reading import split

CARRIED = [
    ("my name is anna rossi", "Anna Rossi"),
    ("My name's Anna.", "Anna"),
    ("the name is rossi", "Rossi"),
    ("it's anna", "Anna"),
    ("it's Anna", "Anna"),
    ("this is john smith", "John Smith"),
    ("hi this is maria calling", "Maria"),
    ("under rossi please", "Rossi"),
    ("put it under carla", "Carla"),
    ("in the name of van der berg", "Van der Berg"),
    ("for anna rossi", "Anna Rossi"),
    ("yes but under my wife's name carla", None),
    ("the reservation is under the name o'neill", "O'Neill"),
    ("my name is will smith", "Will Smith"),
    ("my last name is mcdonald", "McDonald"),
    ("call me jack", "Jack"),
    ("my name is anna and my number is six one seven", "Anna"),
    ("my name is jean-luc picard", "Jean-Luc Picard"),
    ("i'm dr house", "House"),
    ("name is anna, for friday", "Anna"),
    ("hello, anna rossi here", "Anna Rossi"),
    ("anna rossi speaking", "Anna Rossi"),
    ("anna rossi is my name", "Anna Rossi"),
]


@pytest.mark.parametrize(("text", "name"), CARRIED)
def test_words_that_carry_a_name_give_it(values, text, name):
    if name is not None:
        assert values("name", text) == [name]
    assert "Mine" not in values("name", text)


BARE = [
    ("anna", "Anna"),
    ("Anna Rossi", "Anna Rossi"),
    ("uh anna rossi please", "Anna Rossi"),
    ("sure, rossi", "Rossi"),
    ("mr rossi", "Rossi"),
    ("o'neill", "O'Neill"),
    ("jan van der berg", "Jan van der Berg"),
    ("maria da silva", "Maria da Silva"),
    ("mcdonald", "McDonald"),
    ("DeAndre Jones", "DeAndre Jones"),
    ("ANNA ROSSI", "Anna Rossi"),
    ("krzysztof", "Krzysztof"),
    ("josé garcía", "José García"),
]


@pytest.mark.parametrize(("text", "name"), BARE)
def test_a_short_answer_to_the_question_is_a_name(values, text, name):
    assert values("name", text, asked=True) == [name]
    assert values("name", text) == []


NONE = [
    "mine", "yours", "yes", "no", "what do you mean", "i don't know", "uh um",
    "friday at seven", "four people", "the same as before", "why do you need that",
    "can i speak to a person", "i'm calling about a table", "it's expensive",
    "i'd rather not", "one moment", "it's for four people", "it's on friday",
    "my name is not important", "is there parking", "hello", "who is this", "", "...",
    "that's right", "it's true", "for lunch", "for august 13", "i'm looking for a table", "this is ridiculous", "42", "🎉",
]  # fmt: skip


@pytest.mark.parametrize("text", NONE)
def test_other_words_are_no_names(read, text):
    assert read("name", text, asked=True) == []


SPELLED = [
    ("r o double s i", "Rossi"),
    ("R-O-S-S-I", "Rossi"),
    ("rossi, R-O-double-S-I", "Rossi"),
    ("anna rossi r o s s i", "Anna Rossi"),
    ("smith that's s m y t h", "Smyth"),
    ("anna smith spelled s m y t h", "Anna Smyth"),
    ("R for Robert O S S I", "Rossi"),
    ("my name is k a t e", "Kate"),
    ("s as in sierra m i t h", "Smith"),
    ("it's b r o w n", "Brown"),
    ("j triple a k", "Jaaak"),
    ("kim k y m", "Kym"),
    ("l e o leo", "Leo"),
    ("claire c l a r e hobbs h o b b s", "Clare Hobbs"),
    ("A L Ice space C O X", "Alice Cox"),
]


@pytest.mark.parametrize(("text", "name"), SPELLED)
def test_a_spelled_name_is_put_together(values, text, name):
    assert values("name", text, asked=True) == [name]


def test_a_name_that_nobody_asked_for_is_less_certain_behind_weak_words(read):
    (reading,) = read("name", "it's brzezinski")
    assert reading.certainty < 0.5
    (reading,) = read("name", "it's brzezinski", asked=True)
    assert reading.certainty == 0.9


def test_a_greeting_before_it_makes_a_name_likely(read):
    (reading,) = read("name", "hello this is jay foster")
    assert (reading.value, reading.certainty) == ("Jay Foster", 0.8)
    assert read("name", "hello this is about my booking") == []


def test_only_the_name_is_its_span(read):
    said = split("good evening my name is anna rossi and i need a table")
    (reading,) = read("name", said.raw)
    assert said.text(reading.start, reading.end) == "anna rossi"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Anna 🎉", "Anna"),
        ("An\u200bna", "Anna"),
        ("\u202eanna\u202c", "Anna"),
        ("аnnа", "Anna"),  # noqa: RUF001  # two Cyrillic letters
        ("Ａｎｎａ", "Anna"),  # noqa: RUF001  # full width
        ("anna\x07", "Anna"),
        ("محمد", "محمد"),
        ("ольга", "Ольга"),
    ],
)
def test_fault_31_a_name_is_normalised_and_stays_readable(values, text, name):
    assert values("name", text, asked=True) == [name]


def test_fault_20_a_name_of_20_kb_is_cut():
    assert len(clean("a" * 20_000)) <= 80


def test_names_become_data():
    kind = build("name")
    assert kind.close(" Anna  Rossi ") == "Anna Rossi"
    assert kind.open("Anna") == "Anna"
    with pytest.raises(ValueError, match="is not a name"):
        kind.close("42")
    with pytest.raises(ValueError, match="is not a name"):
        kind.close(None)


def test_a_name_is_said_and_not_typed(say, context):
    assert say("name", "Anna Rossi") == "Anna Rossi"
    assert build("name").keys("2662", context()) is None
