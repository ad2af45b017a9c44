"""A restaurant's agent, built by hand, and a way to say something to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flowkit.authoring import wording
from flowkit.dialogue.acts import Act, Json
from flowkit.dialogue.flow import Agent, Entry, Flow, Slot
from flowkit.dialogue.request import (
    Choice,
    Fillable,
    Question,
    Request,
    Topic,
    Understanding,
)
from flowkit.languages import Language
from flowkit.types.date import DateType
from flowkit.types.name import NameType
from flowkit.types.number import NumberType
from flowkit.types.phone import PhoneType
from flowkit.types.time import TimeType
from flowkit.understanding import RulesUnderstander

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=ZoneInfo("America/New_York"))  # a Sunday
FRIDAY, SATURDAY = "2026-11-27", "2026-11-28"


@dataclass(frozen=True)
class Asked:
    """A designer's sentence, without its template."""

    source: str
    reads: frozenset[str] = frozenset()
    line: str = ""

    def render(self, scope: object) -> tuple[()]:
        return ()


SLOTS = {
    "party_size": Slot("party_size", NumberType(), Asked("For how many people?")),
    "date": Slot("date", DateType(), Asked("For which day?")),
    "time": Slot("time", TimeType(assume="afternoon"), Asked("At what time?")),
    "name": Slot("name", NameType(), Asked("What name shall I put it under?")),
    "phone": Slot(
        "phone",
        PhoneType(),
        Asked("And a phone number, in case we need to reach you?"),
        optional=True,
    ),
}
PARKING = Topic("anytime.0", "where to park", ("can I leave my car somewhere",))
FOOD = Topic("anytime.1", "about vegetarian, vegan or gluten-free food")
CHANGE = Topic("anytime.2", "to change or cancel a booking they already have")


def english() -> Language:
    language = wording.language("en")
    assert language is not None
    return language


class Restaurant:
    """The agent with what it knows so far; ``hears`` is one utterance."""

    def __init__(self) -> None:
        language = english()
        entries = [
            Entry(topic.ref, topic.about, topic.such_as, flow=flow)
            for topic, flow in (
                (PARKING, None),
                (FOOD, None),
                (CHANGE, "change_booking"),
            )
        ]
        flow = Flow(
            "book_table",
            (),
            SLOTS,
            about="The caller wants to book a table.",
            anytime=tuple(entries),
        )
        self.agent = Agent(
            "bella", "book_table", {"book_table": flow}, {"en": language}
        )
        self.understander = RulesUnderstander(self.agent)

    def understanding(
        self,
        text: str,
        *,
        asks: str | Question | None = None,
        values: Mapping[str, Json] | None = None,
        before: Mapping[str, Json] | None = None,
        refused: Mapping[str, Json] | None = None,
        begun: Mapping[str, str] | None = None,
        **fields: object,
    ) -> Understanding:
        """Return what an utterance is understood as.

        Args:
            text: What the caller says.
            asks: The open question, or the slot that it is for.
            values: What slots hold already.
            before: What slots held before that.
            refused: What a rule has just refused.
            begun: Words of a value that came in earlier turns.
            fields: Other fields of the request.
        """
        question = Question("slot", (asks,)) if isinstance(asks, str) else asks
        request = Request(
            text,
            NOW,
            "en",
            slots=tuple(
                Fillable(
                    slot,
                    (values or {}).get(name),
                    (before or {}).get(name),
                    refused=(refused or {}).get(name),
                    begun=(begun or {}).get(name, ""),
                )
                for name, slot in SLOTS.items()
            ),
            question=question,
            entries=(PARKING, FOOD, CHANGE),
        )
        # any field of a request, checked by its constructor
        return self.understander.read(replace(request, **fields))  # type: ignore[arg-type]

    def hears(self, text: str, **fields: object) -> list[str]:
        """Return the acts in short: ``set party_size 4``, ``yes``."""
        found = self.understanding(text, **fields)  # type: ignore[arg-type]
        return [short(act) for act in found.acts]


def short(act: Act) -> str:
    """Write an act in a few words, without the caller's."""
    from flowkit.dialogue.acts import Unclear, name_of, to_json

    if isinstance(act, Unclear):
        candidates = " | ".join(f"{one.slot} {one.value}" for one in act.candidates)
        return " ".join(filter(None, ("unclear", candidates or act.slot, act.why)))
    data = to_json(act)
    keys = ("slot", "value", "n", "ref", "flow", "entry", "how")
    words = [str(data[key]) for key in keys if key in data]
    if data.get("filler"):
        words.append("filler")
    return " ".join((name_of(act), *words))


CONFIRM = Question("confirm", ("party_size", "date", "time", "name"))
BOOKED = {"party_size": 4, "date": FRIDAY, "time": "19:00", "name": "Anna"}
OFFER = Question("offer", ("date", "time"))
CHOICES = (
    Choice("six", {"date": FRIDAY, "time": "18:00"}),
    Choice("nine thirty", {"date": FRIDAY, "time": "21:30"}),
)
