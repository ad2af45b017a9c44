"""Whole calls to the shipped agents, with their real tools and data that last."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from flowkit.authoring.compiler import load_agent
from flowkit.dialogue.events import CallFacts
from flowkit.dialogue.flow import Agent
from flowkit.shipped import agent_path
from flowkit.testing.textcall import TextCall, Turn

SUNDAY = datetime.fromisoformat("2026-11-22T15:00-05:00")


def agent(name: str) -> Agent:
    path = agent_path(name)
    assert path is not None
    return load_agent(path)


@pytest.fixture(scope="module")
def restaurant() -> Agent:
    return agent("restaurant")


@pytest.fixture(scope="module")
def clinic() -> Agent:
    return agent("clinic")


async def hold(who: Agent, call_id: str, data: Path, *lines: str) -> list[Turn]:
    """Hold a call; return the opening and a turn for each line."""
    call = TextCall(
        who,
        now=SUNDAY,
        facts=CallFacts(id=call_id, number="+16175550142"),
        data=str(data),
        strict=True,
    )
    turns = [await call.open()]
    turns += [await call.say(line) for line in lines]
    await call.close()
    return turns


def test_the_book_and_the_agent_agree_on_the_hours(restaurant: Agent) -> None:
    book = json.loads(Path(restaurant.folder, "data", "book.json").read_text("utf-8"))
    house = book["house"]["1"]
    assert {
        "opens_at": int(house["opens"][:2]),
        "closes_at": int(house["closes"][:2]),
        "closed_days": house["closed"],
    }.items() <= restaurant.values.items()


def said(turn: Turn) -> str:
    return " ".join(turn.bot)


FRIDAY_AT_SEVEN = (
    "a table for four on friday at seven",
    "anna rossi",
    "yes",  # use the number I am calling from
    "yes",  # it was read back
    "yes please",
)


async def test_a_second_caller_finds_the_table_taken_and_takes_another(
    restaurant: Agent, tmp_path: Path
) -> None:
    first = await hold(restaurant, "first", tmp_path, *FRIDAY_AT_SEVEN)
    second = await hold(
        restaurant,
        "second",
        tmp_path,
        "hi um table for four friday at seven please",
        "the last one",
        "ben hale",
        "yes",
        "yes",
        "yeah go ahead",
    )

    assert "You're booked." in said(first[-1])
    assert "I could do five pm, nine pm or nine thirty pm." in said(second[1])
    assert "You're booked." in said(second[-1])
    book = json.loads((tmp_path / "book.json").read_text(encoding="utf-8"))
    assert [one["time"] for one in book["bookings"].values()] == ["19:00", "21:30"]


async def test_a_booking_can_be_changed_and_cancelled_in_later_calls(
    restaurant: Agent, tmp_path: Path
) -> None:
    first = await hold(restaurant, "first", tmp_path, *FRIDAY_AT_SEVEN)
    made = first[-1].tools[-1].result
    assert isinstance(made, dict)
    reference = " ".join(str(made["reference"]))

    changed = await hold(
        restaurant,
        "second",
        tmp_path,
        "i'd like to change my booking",
        reference,
        "can we make it half past eight",
        "yes",
    )
    assert "That's changed." in said(changed[-1])
    book = json.loads((tmp_path / "book.json").read_text(encoding="utf-8"))
    assert [one["time"] for one in book["bookings"].values()] == ["20:30"]

    cancelled = await hold(
        restaurant,
        "third",
        tmp_path,
        "i have to cancel my booking",
        "i don't have the reference",
        "rossi",
        "yes",
        "yes",
        "yes",
    )
    assert "It's cancelled." in said(cancelled[-1])
    book = json.loads((tmp_path / "book.json").read_text(encoding="utf-8"))
    assert book["bookings"] == {}


async def test_an_appointment_is_made_and_moved_in_a_later_call(
    clinic: Agent, tmp_path: Path
) -> None:
    made = await hold(
        clinic,
        "first",
        tmp_path,
        "i'd like to make an appointment",
        "a blood test",
        "tuesday",
        "ten am",
        "robin sample",
        "yes",
        "december thirty first nineteen ninety two",
        "yes",
        "yes",
        "yes",
        "i'd rather not",
        "yes",
    )
    moved = await hold(
        clinic,
        "second",
        tmp_path,
        "i need to move my appointment",
        "december thirty first nineteen ninety two",
        "yes",
        "wednesday at eleven am",
        "yes",
    )

    assert "You're booked." in said(made[-1])
    assert "That's done." in said(moved[-1])
    calendar = json.loads((tmp_path / "calendar.json").read_text(encoding="utf-8"))
    (kept,) = calendar["appointments"].values()
    assert (kept["patient"], kept["date"], kept["time"]) == (3, "2026-11-25", "11:00")
    assert kept["practitioner"] == "Nurse Finch"
