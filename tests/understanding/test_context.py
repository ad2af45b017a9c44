"""What was asked, offered or begun decides what words mean."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from understood_restaurant import (
    BOOKED,
    CHOICES,
    CONFIRM,
    FRIDAY,
    NOW,
    OFFER,
    SATURDAY,
    Asked,
    Restaurant,
    english,
    short,
)

from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import Agent, Flow, Slot
from flowkit.dialogue.request import Fillable, Question, Request, Topic
from flowkit.types.choice import ChoiceType
from flowkit.types.date import DateType
from flowkit.types.number import NumberType
from flowkit.types.text import TextType
from flowkit.types.yes_no import YesNoType
from flowkit.understanding import RulesUnderstander

SUGGEST = Question("suggest", ("phone",))
KNOWN = {"party_size": 4, "date": FRIDAY, "time": "19:00"}


# --- the keypad, and values in pieces ----------------------------------------------------


def test_typed_digits_fill_the_asked_slot(restaurant: Restaurant) -> None:
    found = restaurant.hears("", asks="phone", keys="6175550199")
    assert found == ["set phone +16175550199"]


def test_typed_digits_that_do_not_fit_are_said_to_be_so(restaurant: Restaurant) -> None:
    found = restaurant.hears("", asks="phone", keys="12")
    assert found == ["unclear phone not_valid"]


def test_a_typed_digit_picks_a_choice(restaurant: Restaurant) -> None:
    found = restaurant.hears("", asks=Question("offer"), keys="2", choices=CHOICES)
    assert found == ["choose 1"]


def test_new_digits_continue_those_of_the_turn_before(restaurant: Restaurant) -> None:
    begun = {"phone": "six one seven five five five"}
    found = restaurant.hears("oh one nine nine", asks="phone", begun=begun)
    assert found == ["set phone +16175550199"]


def test_a_whole_number_does_not_continue_what_was_begun(
    restaurant: Restaurant,
) -> None:
    begun = {"phone": "six one seven"}
    found = restaurant.hears("617 555 0199", asks="phone", begun=begun)
    assert found == ["set phone +16175550199"]


def test_a_time_completes_none_of_two_days(restaurant: Restaurant) -> None:
    candidates = (("date", "2026-11-24"), ("date", "2026-12-01"))
    which = Question("which", ("date",), candidates=candidates)
    assert restaurant.hears("half past two", asks=which) == ["set time 14:30"]


def test_two_readings_of_a_day_are_named_in_order(restaurant: Restaurant) -> None:
    tuesday = NOW.replace(day=24)
    assert restaurant.hears("next friday", asks="date", now=tuesday) == [
        "unclear date 2026-11-27 | date 2026-12-04"
    ]


# --- questions of the engine's own -------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "acts"),
    [
        ("people", ["set party_size 7"]),
        ("seven people", ["set party_size 7"]),
        ("the time", ["set time 19:00"]),
        ("at seven", ["set time 19:00"]),
        ("the first", ["set party_size 7"]),
        ("the second one", ["set time 19:00"]),
        ("neither", ["no"]),
    ],
)
def test_which_of_two_readings_was_meant(
    restaurant: Restaurant, said: str, acts: list[str]
) -> None:
    candidates = (("party_size", 7), ("time", "19:00"))
    which = Question("which", ("party_size", "time"), candidates=candidates)
    assert restaurant.hears(said, asks=which) == acts


@pytest.mark.parametrize(
    ("said", "time"),
    [("morning", "07:00"), ("in the evening", "19:00"), ("seven pm", "19:00")],
)
def test_which_half_of_the_day(restaurant: Restaurant, said: str, time: str) -> None:
    candidates = (("time", "07:00"), ("time", "19:00"))
    which = Question("which", ("time",), candidates=candidates)
    assert restaurant.hears(said, asks=which) == [f"set time {time}"]


@pytest.mark.parametrize(
    ("said", "acts"),
    [
        ("yes", ["yes"]),
        ("sure use that one", ["yes"]),
        ("no a different one", ["no"]),
        ("do i have to", ["why"]),
        ("no it's 617 555 0142", ["no", "set phone +16175550142"]),
    ],
)
def test_a_suggestion_is_answered(
    restaurant: Restaurant, said: str, acts: list[str]
) -> None:
    assert restaurant.hears(said, asks=SUGGEST, caller_number="+16175550100") == acts


@pytest.mark.parametrize(
    "said", ["that's too late for us", "six is too early", "can't do either"]
)
def test_what_is_too_late_is_not_chosen(restaurant: Restaurant, said: str) -> None:
    found = restaurant.hears(said, asks=OFFER, choices=CHOICES, values=KNOWN)
    assert found == ["no"]


@pytest.mark.parametrize(
    "said", ["cancel it", "yes please cancel it", "okay cancel it"]
)
def test_words_that_echo_the_question_agree_to_it(
    restaurant: Restaurant, said: str
) -> None:
    found = restaurant.hears(
        said, asks=CONFIRM, values=BOOKED, asked="Shall I cancel it?"
    )
    assert found == ["yes"]


@pytest.mark.parametrize("said", ["go on", "okay go on", "ok, continue"])
def test_going_on_is_no_yes(restaurant: Restaurant, said: str) -> None:
    assert restaurant.hears(said, asks=CONFIRM, values=BOOKED) == ["resume"]


# --- changes of what is known ------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "acts"),
    [
        ("one more person", ["set party_size 5"]),
        ("two more", ["set party_size 6"]),
        ("could you add one person", ["set party_size 5"]),
        ("make it five", ["set party_size 5"]),
        ("make it eight", ["set time 20:00"]),
        ("all good except the day", ["yes", "unset date"]),
        ("the time", ["unset time"]),
        ("that's the wrong number of people", ["unset party_size"]),
        ("I changed my mind, make it saturday", [f"set date {SATURDAY}"]),
        ("what was the time again", ["repeat summary"]),
        ("not true", ["no"]),
        ("confirm", ["yes"]),
    ],
)
def test_changes_at_the_confirmation(
    restaurant: Restaurant, said: str, acts: list[str]
) -> None:
    assert restaurant.hears(said, asks=CONFIRM, values=BOOKED) == acts


# --- whole sentences, as callers speak them ----------------------------------------------


@pytest.mark.parametrize(
    ("said", "acts"),
    [
        (
            "uh yeah hi i'm calling to book a table for um six people on saturday at "
            "like seven thirty",
            ["set party_size 6", f"set date {SATURDAY}", "set time 19:30"],
        ),
        (
            "can i come in at seven tonight",
            ["set time 19:00", "set date 2026-11-22"],
        ),
        (
            "i was wondering if you have a table for five this saturday",
            ["set party_size 5", f"set date {SATURDAY}"],
        ),
        ("four people, friday, seven", [
            "set party_size 4", f"set date {FRIDAY}", "set time 19:00",
        ]),
        ("hi this is jay foster", ["set name Jay Foster"]),
        (
            "good evening do you have anything free tonight for two",
            ["set date 2026-11-22", "set party_size 2"],
        ),
        ("what days is she in", ["off_topic"]),
        ("hi there", ["resume"]),
    ],
)  # fmt: skip
def test_long_and_loose_answers(
    restaurant: Restaurant, said: str, acts: list[str]
) -> None:
    assert restaurant.hears(said, asks="party_size") == acts


@pytest.mark.parametrize(
    "said",
    ["they are not", "not true", "no it is not", "that's not what I said"],
)
def test_a_denial_that_holds_words_of_agreement(
    restaurant: Restaurant, said: str
) -> None:
    assert restaurant.hears(said, asks=CONFIRM, values=BOOKED) == ["no"]


@pytest.mark.parametrize(
    "said", ["one more thing", "oh one more question", "another thing"]
)
def test_one_more_thing_is_not_one_more_person(
    restaurant: Restaurant, said: str
) -> None:
    assert restaurant.hears(said, values=BOOKED) == ["nothing"]


def test_book_it_at_another_time_is_no_yes(restaurant: Restaurant) -> None:
    found = restaurant.hears("sorry, book it at eight pm", asks=CONFIRM, values=BOOKED)
    assert found == ["set time 20:00"]


@pytest.mark.parametrize("said", ["mm-hm", "uh-huh", "yes", "yeah okay"])
def test_over_the_agents_speech_agreement_is_no_answer(said: str) -> None:
    clinic = Clinic()
    assert clinic.hears(said, "visit", asks="returning", speaking=True) == ["ack"]
    assert clinic.hears(said, "visit", asks="returning") == ["set returning True"]


# --- other agents ------------------------------------------------------------------------


class Clinic:
    """A router, two tasks, two dates, a choice, a yes-or-no and a free text."""

    def __init__(self) -> None:
        visit = {
            "reason": Slot(
                "reason",
                ChoiceType(
                    (("check-up", ("checkup",)), ("blood test", ("blood work",)))
                ),
                Asked("What is it about?"),
            ),
            "date": Slot("date", DateType(), Asked("Which day?")),
            "date_of_birth": Slot(
                "date_of_birth", DateType(assume="past"), Asked("Your date of birth?")
            ),
            "returning": Slot("returning", YesNoType(), Asked("Been here before?")),
            "note": Slot("note", TextType(), Asked("Anything else to note?")),
        }
        stay = {
            "arrival": Slot("arrival", DateType(), Asked("When do you arrive?")),
            "departure": Slot(
                "departure", DateType(), Asked("When do you leave?"), after="arrival"
            ),
            "rooms": Slot("rooms", NumberType(), Asked("How many rooms?")),
        }
        self.flows = {
            "reception": Flow("reception", (), {}),
            "visit": Flow(
                "visit",
                (),
                visit,
                about="The caller wants to make an appointment.",
                such_as=("I need a blood test", "can I come in for a check-up"),
            ),
            "stay": Flow(
                "stay",
                (),
                stay,
                about="The caller wants to move an appointment they have.",
                such_as=("I can't make it on Tuesday", "can I reschedule"),
            ),
        }
        self.agent = Agent("clinic", "reception", self.flows, {"en": english()})
        self.understander = RulesUnderstander(self.agent)

    def hears(
        self,
        said: str,
        flow: str,
        *,
        asks: str | Question | None = None,
        values: Mapping[str, Json] | None = None,
        speaking: bool = False,
    ) -> list[str]:
        question = Question("slot", (asks,)) if isinstance(asks, str) else asks
        request = Request(
            said,
            NOW,
            "en",
            slots=tuple(
                Fillable(slot, (values or {}).get(name))
                for name, slot in self.flows[flow].slots.items()
            ),
            question=question,
            speaking=speaking,
            flows=tuple(
                Topic(one.name, one.about, one.such_as)
                for one in self.flows.values()
                if one.about
            ),
        )
        return [short(act) for act in self.understander.read(request).acts]


@pytest.fixture(scope="module")
def clinic() -> Clinic:
    return Clinic()


@pytest.mark.parametrize(
    ("said", "flow"),
    [
        ("uh hi i'd like an appointment for a check-up on tuesday", "visit"),
        ("i need a checkup", "visit"),
        ("new appointment please", "visit"),
        ("i can't make it on friday", "stay"),
        ("change my appointment", "stay"),
        ("i need to postpone my appointment", "stay"),
    ],
)
def test_a_router_takes_the_callers_own_words(
    clinic: Clinic, said: str, flow: str
) -> None:
    assert clinic.hears(said, "reception", asks=Question("flow")) == [f"start {flow}"]


@pytest.mark.parametrize(
    "said", ["what's the weather like", "uh", "seven", "yes", "my kid is here"]
)
def test_a_router_starts_nothing_by_chance(clinic: Clinic, said: str) -> None:
    found = clinic.hears(said, "reception", asks=Question("flow"))
    assert not [act for act in found if act.startswith("start")]


def test_a_weekday_is_no_date_of_birth(clinic: Clinic) -> None:
    found = clinic.hears("a blood test on tuesday", "visit", asks="reason")
    assert found == ["set reason blood test", "set date 2026-11-24"]


def test_a_day_long_past_is_a_date_of_birth(clinic: Clinic) -> None:
    found = clinic.hears("march third nineteen eighty", "visit", asks="reason")
    assert found == ["set date_of_birth 1980-03-03"]


def test_the_day_names_the_date_that_is_not_of_birth(clinic: Clinic) -> None:
    values = {"date": "2026-11-24"}
    found = clinic.hears(
        "change the day to monday", "visit", asks="date_of_birth", values=values
    )
    assert found == ["set date 2026-11-23"]


def test_a_range_fills_a_slot_and_the_one_after_it(clinic: Clinic) -> None:
    found = clinic.hears("from friday to sunday", "stay", asks="arrival")
    assert found == [f"set arrival {FRIDAY}", "set departure 2026-11-29"]


def test_one_of_two_days_is_the_first(clinic: Clinic) -> None:
    assert clinic.hears("two rooms on friday", "stay", asks="rooms") == [
        "set rooms 2",
        f"set arrival {FRIDAY}",
    ]


@pytest.mark.parametrize(
    ("said", "value"),
    [("yes", True), ("sure", True), ("i have", True), ("no", False), ("never", False)],
)
def test_yes_and_no_fill_a_slot_that_takes_them(
    clinic: Clinic, said: str, value: bool
) -> None:
    found = clinic.hears(said, "visit", asks="returning")
    assert found in ([f"set returning {value}"], ["yes" if value else "no"])


def test_a_free_text_takes_all_that_was_said(clinic: Clinic) -> None:
    found = clinic.hears(
        "the door bell is broken so please knock", "visit", asks="note"
    )
    assert found == ["set note the door bell is broken so please knock"]


@pytest.mark.parametrize(
    ("said", "act"),
    [("can I speak to a person please", "person"), ("say that again", "repeat")],
)
def test_a_free_text_is_not_taken_from_talk(
    clinic: Clinic, said: str, act: str
) -> None:
    assert clinic.hears(said, "visit", asks="note") == [act]


# --- names in two halves, or out of turn -------------------------------------------------


def test_a_family_name_completes_the_first_name_given_right_before(
    restaurant: Restaurant,
) -> None:
    known = {**KNOWN, "name": "Anna"}
    assert restaurant.hears("uh conti", asks="phone", values=known) == [
        "set name Anna Conti"
    ]
    whole = {**KNOWN, "name": "Anna Bell"}
    assert restaurant.hears("conti", asks="phone", values=whole) == ["nothing"]
    assert restaurant.hears("blue sofa", asks="phone", values=known) == ["nothing"]


def test_a_whole_name_while_something_else_is_open(restaurant: Restaurant) -> None:
    candidates = (("time", "03:00"), ("time", "15:00"))
    which = Question("which", ("time",), candidates=candidates)
    assert restaurant.hears("carla conti", asks=which) == ["set name Carla Conti"]
    assert restaurant.hears("blue sofa", asks=which) == ["nothing"]


def test_consonants_alone_are_no_name(restaurant: Restaurant) -> None:
    assert restaurant.hears("ksrt", asks="name") == ["nothing"]


@pytest.mark.parametrize(
    ("said", "asks", "acts"),
    [
        ("3 tonight", "party_size", ["set party_size 3", "set date 2026-11-22"]),
        ("thursday 2 30", "name", ["set date 2026-11-26", "set time 14:30"]),
        ("june", "date", ["unclear date vague"]),
        ("we're only three now", "time", ["set party_size 3"]),
    ],
)
def test_values_said_short(
    restaurant: Restaurant, said: str, asks: str, acts: list[str]
) -> None:
    assert restaurant.hears(said, asks=asks) == acts


def test_a_denied_echo_of_the_question_is_no_yes(restaurant: Restaurant) -> None:
    found = restaurant.hears(
        "no don't cancel it", asks=Question("confirm"), asked="Shall I cancel it?"
    )
    assert found == ["no"]
