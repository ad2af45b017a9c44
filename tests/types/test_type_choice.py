import pytest

from flowkit.types import build

PIZZAS = {
    "margherita": ["cheese"],
    "funghi": ["mushroom", "mushrooms"],
    "quattro_stagioni": ["four seasons"],
}
DOCTORS = ["Dr Green", "Dr Grey", "Dr Brown"]


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("margherita", "margherita"),
        ("a Margherita please", "margherita"),
        ("two margheritas", "margherita"),
        ("the cheese one", "margherita"),
        ("mushroom", "funghi"),
        ("quattro stagioni", "quattro_stagioni"),
        ("i'd like the four seasons", "quattro_stagioni"),
    ],
)
def test_a_choice_is_found_by_any_of_its_words(values, text, choice):
    assert values("choice", text, {"choices": PIZZAS}) == [choice]


@pytest.mark.parametrize("text", ["a calzone", "no", "", "four", "season"])
def test_other_words_are_no_choice(values, text):
    assert values("choice", text, {"choices": PIZZAS}) == []


def test_a_misheard_choice_counts_only_when_asked_and_is_said_back(read):
    options = {"choices": PIZZAS}
    (reading,) = read("choice", "margerita", options, asked=True)
    assert (reading.value, reading.computed) == ("margherita", True)
    assert read("choice", "margerita", options) == []


def test_a_misheard_word_between_two_choices_is_neither(values):
    assert values("choice", "doctor gree", {"choices": ["Gree n", "Gree t"]}) == []
    assert values("choice", "dr greey", {"choices": DOCTORS}, asked=True) in (
        [],
        ["Dr Grey"],
    )


def test_alternatives_name_each_other(read):
    (reading,) = read("choice", "funghi or four seasons", {"choices": PIZZAS})
    assert (reading.value, reading.also) == ("funghi", ("quattro_stagioni",))


def test_a_choice_that_is_excluded_is_not_taken(values):
    options = {"choices": PIZZAS, "many": True}
    assert values("choice", "margherita without mushrooms", options) == [["margherita"]]


def test_several_choices(values):
    options = {"choices": PIZZAS, "many": "true"}
    found = values("choice", "mushroom, cheese and another mushroom", options)
    assert found == [["funghi", "margherita"]]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("two margheritas and a funghi", {"margherita": 2, "funghi": 1}),
        ("a cheese", {"margherita": 1}),
        ("twenty one margheritas", {"margherita": 21}),
        ("half a dozen funghi", {"funghi": 6}),
        ("one cheese and one more cheese", {"margherita": 2}),
        ("3 four seasons", {"quattro_stagioni": 3}),
    ],
)
def test_counted_choices(values, text, counts):
    options = {"choices": PIZZAS, "counted": True}
    assert values("choice", text, options) == [counts]


def test_a_list_that_is_known_only_now_comes_with_the_context(values):
    now = (("D2", ("by the window",)), ("D5", ()))
    assert values("choice", "the one by the window", choices=now) == ["D2"]
    assert values("choice", "the one by the window") == []


def test_a_choice_is_typed_by_its_number(context):
    kind = build("choice", {"choices": DOCTORS})
    assert kind.keys("2", context()) == "Dr Grey"
    assert kind.keys("0", context()) is None
    assert kind.keys("4", context()) is None
    assert kind.keys("1" * 200, context()) is None


def test_choices_are_said(say):
    options = {"choices": PIZZAS}
    assert say("choice", "quattro_stagioni", options) == "quattro stagioni"
    assert say("choice", ["margherita", "funghi"], options) == "margherita and funghi"
    counts = {"margherita": 2, "funghi": 1}
    assert say("choice", counts, options) == "two margherita and one funghi"


def test_choices_become_data():
    one = build("choice", {"choices": PIZZAS})
    assert one.close("Cheese") == "margherita"
    assert one.open("funghi") == "funghi"
    many = build("choice", {"choices": PIZZAS, "many": True})
    assert many.close(["cheese", "funghi"]) == ["margherita", "funghi"]
    counted = build("choice", {"choices": PIZZAS, "counted": True})
    assert counted.close({"cheese": 2}) == {"margherita": 2}
    for kind, wrong in (
        (one, "calzone"), (one, None), (one, True), (many, 4),
        (counted, ["cheese"]), (counted, {"cheese": 0}), (counted, {"cheese": True}),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"."):
            kind.close(wrong)


YES_NO = [
    ("yes", True),
    ("yeah", True),
    ("yes i have", True),
    ("yep sure", True),
    ("i guess so", True),
    ("of course", True),
    ("right", True),
    ("no", False),
    ("nope", False),
    ("not really", False),
    ("no i haven't", False),
    ("of course not", False),
    ("i don't think so", False),
    ("never", False),
]


@pytest.mark.parametrize(("text", "answer"), YES_NO)
def test_an_answer_is_yes_or_no(read, text, answer):
    (reading,) = read("yes_no", text, asked=True)
    assert (reading.value, reading.also) == (answer, ())


def test_yes_and_no_together_name_each_other(read):
    (reading,) = read("yes_no", "yeah no", asked=True)
    assert reading.also == (not reading.value,)


@pytest.mark.parametrize("text", ["maybe", "i don't know", "i'm not sure"])
def test_neither_is_vague(values, text):
    assert values("yes_no", text, asked=True) == ["vague"]


@pytest.mark.parametrize("text", ["at seven", "", "four people", "on the right side"])
def test_other_words_are_neither(values, text):
    assert values("yes_no", text, asked=True) == []


def test_answers_become_data(say, context):
    kind = build("yes_no")
    assert kind.close(True) is True
    assert kind.close("false") is False
    assert kind.open(True) is True
    assert kind.keys("1", context()) is True
    assert kind.keys("2", context()) is False
    assert kind.keys("3", context()) is None
    assert (say("yes_no", True), say("yes_no", False)) == ("yes", "no")
    with pytest.raises(ValueError, match="neither true nor false"):
        kind.close("perhaps")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("i have", [True]),
        ("i have been", [True]),
        ("yes i have", [True]),
        ("i have chest pain", []),
        ("i am calling about a bill", []),
    ],
)
def test_the_beginning_of_a_sentence_is_no_yes(said, answer, read):
    assert [found.value for found in read("yes_no", said, asked=True)] == answer


KIND = {"choices": ["delivery", "pick-up"]}


@pytest.mark.parametrize(
    ("text", "asked", "found"),
    [
        ("no, pick-up", False, ["pick-up"]),
        ("no pick up", False, ["pick-up"]),
        ("no, pick-up", True, ["pick-up"]),
        ("please no delivery", False, []),
        ("not delivery", False, []),
    ],
)
def test_a_no_before_a_choice_corrects_or_leaves_out(values, text, asked, found):
    assert values("choice", text, KIND, asked=asked) == found
