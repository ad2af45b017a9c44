"""A question for a choice: the designer's own words, places, and not minding."""

from __future__ import annotations

import pytest
from understood_restaurant import NOW, Asked, english, short

from flowkit.dialogue.flow import Agent, Flow, Slot
from flowkit.dialogue.request import Fillable, Question, Request
from flowkit.types.choice import ChoiceType
from flowkit.types.date import DateType
from flowkit.types.time import TimeType
from flowkit.understanding import RulesUnderstander

STYLIST = "Who would you like to see, Maria, Jen or Tom, or don't you mind?"
CHANGE = "What would you like to change?"
SLOTS = {
    "stylist": Slot(
        "stylist",
        ChoiceType((
            ("Maria", ("mary",)),
            ("Jen", ("jenny",)),
            ("Tom", ()),
            ("no preference", ("anyone", "doesn't matter")),
        )),
        Asked(STYLIST),
    ),
    "change": Slot(
        "change",
        ChoiceType((
            ("people", ()),
            ("day", ()),
            ("cancel", ("cancel it", "cancel the booking")),
            ("nothing", ("leave it", "keep it", "all good")),
            ("later", ("hold it", "never mind")),
        )),
        Asked(CHANGE),
    ),
    "date": Slot("date", DateType(), Asked("For which day?")),
    "time": Slot("time", TimeType(), Asked("At what time?")),
}  # fmt: skip
FLOW = Flow("book", (), SLOTS, about="The caller wants to book.")
UNDERSTANDER = RulesUnderstander(
    Agent("salon", "book", {"book": FLOW}, {"en": english()})
)


def hears(said: str, asks: str, asked: str = "") -> list[str]:
    request = Request(
        said,
        NOW,
        "en",
        slots=tuple(Fillable(slot) for slot in SLOTS.values()),
        question=Question("slot", (asks,)),
        asked=asked,
    )
    return [short(act) for act in UNDERSTANDER.read(request).acts]


@pytest.mark.parametrize(
    ("said", "choice"),
    [
        ("cancel it", "cancel"),
        ("i want to cancel it", "cancel"),
        ("well i want to cancel the booking please", "cancel"),
        ("leave it as it is", "nothing"),
        ("keep it", "nothing"),
        ("nothing actually", "nothing"),
        ("it's all good", "nothing"),
        ("never mind", "later"),
        ("just hold it please", "later"),
    ],
)
def test_the_designers_words_win_over_what_they_mean_elsewhere(
    said: str, choice: str
) -> None:
    assert hears(said, "change", CHANGE) == [f"set change {choice}"]


@pytest.mark.parametrize(
    "said",
    ["it doesn't matter", "i don't have a preference", "surprise me", "i don't mind who",
     "whoever is free", "you choose", "anyone is fine"],
)  # fmt: skip
def test_not_minding_is_the_choice_whose_words_say_so(said: str) -> None:
    assert hears(said, "stylist", STYLIST) == ["set stylist no preference"]


def test_not_minding_is_no_choice_where_none_says_so() -> None:
    assert not hears("i don't mind", "change", CHANGE)[0].startswith("set")


@pytest.mark.parametrize(
    ("said", "choice"),
    [
        ("the first one", "Maria"),
        ("the second one please", "Jen"),
        ("the last one", "Tom"),
        ("not the first the second", "Jen"),
    ],
)
def test_a_place_among_the_choices_that_the_question_named(
    said: str, choice: str
) -> None:
    assert hears(said, "stylist", STYLIST) == [f"set stylist {choice}"]


def test_a_place_is_none_where_the_question_named_no_choices() -> None:
    assert not hears("the first one", "change", CHANGE)[0].startswith("set change")
