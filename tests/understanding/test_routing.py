"""A router's question: the flow is named, described, or known by what it asks for."""

from __future__ import annotations

import pytest
from understood_restaurant import NOW, Asked, english, short

from flowkit.dialogue.flow import Agent, Ask, Confirm, Entry, Flow, Slot
from flowkit.dialogue.request import Fillable, Question, Request, Topic
from flowkit.types.choice import ChoiceType
from flowkit.types.date import DateType
from flowkit.types.name import NameType
from flowkit.types.number import NumberType
from flowkit.types.phone import PhoneType
from flowkit.types.time import TimeType
from flowkit.understanding import RulesUnderstander

WORKS = (("haircut", ("cut", "my hair cut")), ("colour", ("my roots",)), ("perm", ()))
VISIT = {
    "service": Slot("service", ChoiceType(WORKS), Asked("What shall it be?")),
    "people": Slot("people", NumberType(), Asked("For how many?")),
    "stylist": Slot(
        "stylist", ChoiceType((("Maria", ()), ("Tom", ()))), Asked("With whom?")
    ),
    "date": Slot("date", DateType(), Asked("Which day?")),
    "time": Slot("time", TimeType(), Asked("What time?")),
    "name": Slot("name", NameType(), Asked("What name?")),
}
KNOWN = {
    "phone": Slot("phone", PhoneType(), Asked("Which number?")),
    **{name: VISIT[name] for name in ("service", "date", "time")},
}
YES = Confirm(Asked("Is that right?"), id="1")
ASKED = ("service", "people", "stylist", "date", "time")
PRICES = Topic(
    "prices", "what it costs", ("how much is a haircut", "what does a colour cost")
)
OPEN = Topic("open", "when the salon is open", ("are you open on sunday",))
FLOWS = {
    "reception": Flow("reception", (), {}, anytime=tuple(
        Entry(one.ref, one.about, one.such_as) for one in (PRICES, OPEN)
    )),
    "book": Flow(
        "book", (Ask(ASKED, id="0"), YES, Ask(("name",), id="2")), VISIT,
        about="The caller wants a new appointment.",
        such_as=("I need a colour", "can I book a haircut"),
    ),
    "move": Flow(
        "move", (Ask(("phone",), id="0"), YES, Ask(("date", "time"), id="2")), KNOWN,
        about="The caller wants to move an appointment they have.",
        such_as=("can I move my appointment",),
    ),
    "cancel": Flow(
        "cancel", (Ask(("phone",), id="0"), YES), {"phone": KNOWN["phone"]},
        about="The caller wants to cancel an appointment.",
        such_as=("I want to cancel my appointment",),
    ),
}  # fmt: skip
UNDERSTANDER = RulesUnderstander(Agent("salon", "reception", FLOWS, {"en": english()}))


def hears(said: str, asks: str = "") -> list[str]:
    """Return the acts in short: at the router, or asked for a slot of ``book``."""
    request = Request(
        said,
        NOW,
        "en",
        slots=tuple(map(Fillable, VISIT.values())) if asks else (),
        question=Question("slot", (asks,)) if asks else Question("flow"),
        entries=(PRICES, OPEN),
        flows=tuple(
            Topic(one.name, one.about, one.such_as)
            for one in FLOWS.values()
            if one.about
        ),
    )
    return [short(act) for act in UNDERSTANDER.read(request).acts]


@pytest.mark.parametrize(
    ("said", "flow"),
    [
        ("perm with maria on monday at four under carla conti please", "book"),
        ("i need a perm on saturday", "book"),
        ("uh i was wondering if maybe i could get my hair cut", "book"),
        ("hi so it's my sister's wedding and i wanted to know whether i could have a "
         "haircut on tuesday or wednesday", "book"),
        ("a haircut for three people", "book"),
        ("tuesday", "book"),
        ("617 555 0142", "nothing"),
        ("i need to move my appointment to monday", "move"),
    ],
)  # fmt: skip
def test_a_flow_is_known_by_what_it_asks_for_first(said: str, flow: str) -> None:
    expected = flow if flow == "nothing" else f"start {flow}"
    assert hears(said) == [expected]


@pytest.mark.parametrize("said", ["i need to cancel", "cancel", "cancel please"])
def test_cancelling_at_the_router_is_the_flow_that_cancels(said: str) -> None:
    assert hears(said) == ["start cancel"]


def test_dropping_it_all_at_the_router_is_no_flow() -> None:
    assert hears("forget it") == ["cancel"]


@pytest.mark.parametrize(
    "said",
    ["how much is a perm", "how much would a colour be", "what does a perm cost"],
)
@pytest.mark.parametrize("asks", ["", "service", "date"])
def test_a_question_with_a_choice_in_it_is_answered_and_fills_nothing(
    said: str, asks: str
) -> None:
    assert hears(said, asks) == ["ask_about prices"]


def test_a_statement_with_a_questions_words_is_no_question() -> None:
    assert hears("i would like a haircut for three people on friday") == ["start book"]


@pytest.mark.parametrize(
    ("said", "act"),
    [
        ("i want to speak to maria", "person"),
        ("can i talk to tom please", "person"),
        ("can you hear me", "resume"),
        ("hello is anybody there", "resume"),
        ("who is this", "help"),
        ("who am i speaking to", "help"),
    ],
)
def test_what_is_about_the_talk_and_no_flow(said: str, act: str) -> None:
    assert hears(said) == [act]
