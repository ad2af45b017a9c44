from typing import Any

import pytest

from flowkit.types import TYPES, OptionError, UnknownTypeError, build
from flowkit.types.custom import spec_of
from flowkit.types.reading import split


def test_every_shipped_type_is_built_by_its_name():
    assert set(TYPES) == {
        "number", "date", "time", "duration", "money", "name", "phone", "email",
        "yes_no", "choice", "digits", "code", "text",
    }  # fmt: skip
    for name in TYPES:
        assert build(name).name == name


def test_types_of_equal_options_are_equal():
    assert build("time", {"assume": "evening"}) == build("time", {"assume": "evening"})
    assert build("choice", {"choices": ["a b", "c d"]}) == build(
        "choice", {"choices": ["a b", "c d"]}
    )


def test_a_type_is_loaded_when_it_is_used():
    kind: Any = build("time", {"assume": "evening"})
    assert repr(kind) == "<time: assume='evening'>"
    assert kind.assume == "evening"
    assert getattr(kind, "length", None) is None
    assert kind != build("time")
    assert len({kind, build("time", {"assume": "evening"})}) == 1


def test_types_say_how_many_keys_they_take():
    lengths = {
        "digits": build("digits", {"length": 4}),
        "code": build("code", {"length": "4 to 6"}),
        "yes_no": build("yes_no"),
        "choice": build("choice", {"choices": ["red", "blue"]}),
    }
    told = {name: getattr(kind, "length", None) for name, kind in lengths.items()}
    assert told == {"digits": 4, "code": None, "yes_no": 1, "choice": 1}


def test_an_unknown_type_names_the_known_ones():
    with pytest.raises(UnknownTypeError) as caught:
        build("datum")
    assert caught.value.name == "datum"
    assert "date" in caught.value.known


@pytest.mark.parametrize(
    ("kind", "options", "option", "problem"),
    [
        ("number", {"length": 4}, "length", 'A slot of type "number" has no "length".'),
        ("time", {"assume": "noonish"}, "assume",
         '"assume" is one of: morning, afternoon, evening, night.'),
        ("digits", {"length": "many"}, "length",
         '"length" is a number of characters, such as 6, or "4 to 6".'),
        ("digits", {"length": "6 to 4"}, "length",
         '"length" is a number of characters, such as 6, or "4 to 6".'),
        ("choice", {"choices": "red"}, "choices",
         '"choices" is a list of words, or words with other words for each.'),
        ("choice", {"choices": ["red", "Red"]}, "choices",
         '"Red" is among the choices twice.'),
        ("choice", {"choices": []}, "choices", '"choices" is empty.'),
        ("choice", {"choices": ["..."]}, "choices",
         '"..." cannot be one of the choices.'),
        ("choice", {"choices": {"red": {"a": "b"}}}, "choices",
         'The other words for "red" must be a list of words.'),
        ("choice", {"choices": ["red"], "many": "sometimes"}, "many",
         '"many" is either true or false.'),
        ("choice", {"choices": ["red"], "many": True, "counted": True}, "many",
         '"many" and "counted" exclude each other: counted takes several too.'),
    ],
)  # fmt: skip
def test_a_wrong_option_says_what_is_wrong(kind, options, option, problem):
    with pytest.raises(OptionError) as caught:
        build(kind, options)
    assert (caught.value.option, caught.value.problem) == (option, problem)
    assert str(caught.value) == problem


class PlateNumber:
    """Two letters and three digits."""

    name = "plate"
    certainty = 1.0
    keypad = True

    def __init__(self, region: str = "any") -> None:
        self.region = region

    def parse(self, text: str) -> str | None:
        plate = text.upper().replace(" ", "")
        fits = len(plate) == 5 and plate[:2].isalpha() and plate[2:].isdigit()
        return plate if fits else None

    def check(self, value: str) -> bool:
        return self.region == "any" or value.startswith(self.region)

    def speak(self, value: str) -> str:
        return " ".join(value)


def built(options: dict[str, Any] | None = None) -> Any:
    return build("plate", options, custom={"plate": spec_of(PlateNumber)})


def test_a_developers_type_reads_speaks_and_checks(context, english):
    kind = built({"region": "AB"})
    said = split("my plate is ab 123 thanks")
    (reading,) = kind.find(said, context())
    assert (reading.value, reading.certainty) == ("AB123", 1.0)
    assert said.text(reading.start, reading.end) == "ab 123"
    assert kind.speak("AB123", english) == "A B 1 2 3"
    assert kind.close("ab 123") == "AB123"
    with pytest.raises(ValueError, match="is not a value of `plate`"):
        kind.close("XY123")


def test_a_value_that_does_not_pass_the_developers_check_is_not_valid(context):
    kind = built({"region": "AB"})
    (reading,) = kind.find(split("xy 123"), context(asked=True))
    assert (reading.value, reading.why) == (None, "not_valid")
    assert kind.find(split("xy 123"), context()) == []


def test_a_developers_type_takes_only_its_own_options():
    with pytest.raises(OptionError) as caught:
        built({"length": 4})
    assert caught.value.known == ("region",)


class Temperature:
    """A value that is no plain data."""

    def parse(self, text: str) -> complex | None:
        return complex(float(text)) if text.isdecimal() else None

    def check(self, value: complex) -> None:
        if value.real > 100:
            raise ValueError("too hot")

    def speak(self, value: complex) -> str:
        return f"{value.real:.0f} degrees"

    def to_json(self, value: complex) -> float:
        return value.real

    def from_json(self, data: float) -> complex:
        return complex(data)


def test_a_developers_values_go_through_json_both_ways(context, english):
    spec = spec_of(Temperature)
    assert spec.name == "temperature"
    kind = build("temperature", custom={spec.name: spec})
    (reading,) = kind.find(split("20"), context(asked=True))
    assert reading.value == 20.0
    assert kind.open(20.0) == complex(20)
    assert kind.close(20.0) == 20.0
    assert kind.speak(20.0, english) == "20 degrees"
    assert [one.why for one in kind.find(split("200"), context(asked=True))] == [
        "not_valid"
    ]


def test_a_developers_type_is_typed_if_it_says_so(context):
    assert built().keys("12345", context()) is None
    spec = spec_of(Temperature)
    assert build("temperature", custom={spec.name: spec}).keys("20", context()) is None


class Picky:
    """Raises where it could return None; takes no keyword that it was not told of."""

    keypad = True

    def __init__(self, least: str) -> None:
        self.least = int(least)

    def parse(self, text: str) -> int:
        return int(text)

    def check(self, value: int) -> bool:
        return value >= self.least

    def speak(self, value: int) -> str:
        return str(value)


def test_a_developers_type_may_raise_value_errors(context):
    custom = {"picky": spec_of(Picky)}
    kind = build("picky", {"least": "10"}, custom=custom)
    found = kind.find(split("it is 12 or 3"), context())
    assert [one.value for one in found] == [12]
    assert kind.keys("12", context()) == 12
    assert kind.keys("3", context()) is None
    with pytest.raises(OptionError, match="invalid literal"):
        build("picky", {"least": "ten"}, custom=custom)
    with pytest.raises(OptionError, match='needs "least"'):
        build("picky", custom=custom)


class _NoSpeak:
    def parse(self, text: str) -> str:
        return text

    def check(self, value: str) -> bool:
        return True


class _Async(_NoSpeak):
    async def speak(self, value: str) -> str:
        return value


class _TwoArguments(_NoSpeak):
    def speak(self, value: str, language: str) -> str:
        return value


@pytest.mark.parametrize(
    ("thing", "problem"),
    [
        (_NoSpeak, "`_NoSpeak` has no method `speak`"),
        (_Async, "`_Async.speak` must not be async"),
        (_TwoArguments, "`_TwoArguments.speak` takes one argument besides `self`"),
    ],
)
def test_a_class_that_is_no_slot_type_says_why(thing, problem):
    with pytest.raises(TypeError, match=problem):
        spec_of(thing)
