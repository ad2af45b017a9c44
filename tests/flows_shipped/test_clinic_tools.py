"""The tools of flows/clinic on a real calendar."""

from __future__ import annotations

import asyncio
import datetime as dt
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from flowkit.extensions import ToolCall, ToolError
from flowkit.shipped import agent_path

TUESDAY = dt.date(2026, 11, 24)
TEN = dt.time(10)
BORN = dt.date(1980, 3, 3)


@pytest.fixture(scope="module")
def linden() -> ModuleType:
    folder = agent_path("clinic")
    assert folder is not None
    spec = importlib.util.spec_from_file_location("linden", folder / "linden.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture
def call(tmp_path: Path) -> ToolCall:
    return ToolCall("call-1", "call-1/1/do/1", data=str(tmp_path))


def another(call: ToolCall, key: str) -> ToolCall:
    return ToolCall("call-2", key, data=call.data)


def appointments(call: ToolCall) -> dict[str, Any]:  # any: JSON
    text = (Path(call.data) / "calendar.json").read_text(encoding="utf-8")
    kept: dict[str, Any] = json.loads(text)["appointments"]
    return kept


async def write(
    linden: ModuleType,
    call: ToolCall,
    *,
    reason: str = "check-up",
    who: str = "Doctor Lark",
    day: dt.date = TUESDAY,
    at: dt.time = TEN,
    born: dt.date = BORN,
) -> int:
    made = await linden.write_appointment(
        reason, who, day, at, "Sample Patient", born, "+16175550142", call=call
    )
    number: int = made["appointment"]
    return number


async def test_a_free_slot_says_who_is_free(linden: ModuleType, call: ToolCall) -> None:
    place = await linden.check_times("vaccination", TUESDAY, TEN, call=call)
    assert place == {
        "status": "free",
        "practitioner": "Nurse Finch",
        "alternatives": [],
    }


async def test_a_second_caller_finds_the_slot_taken_and_gets_its_neighbours(
    linden: ModuleType, call: ToolCall
) -> None:
    await write(linden, call)

    place = await linden.check_times(
        "check-up", TUESDAY, TEN, "Doctor Lark", call=another(call, "b")
    )

    assert place == {
        "status": "taken",
        "practitioner": None,
        "alternatives": [{"time": "09:20"}, {"time": "09:40"}, {"time": "10:20"}],
    }


async def test_a_time_between_two_slots_gets_the_slots_around_it(
    linden: ModuleType, call: ToolCall
) -> None:
    place = await linden.check_times("blood test", TUESDAY, dt.time(10, 15), call=call)
    assert [one["time"] for one in place["alternatives"]] == ["10:00", "10:20", "10:40"]


async def test_at_noon_both_halves_of_the_day_are_offered(
    linden: ModuleType, call: ToolCall
) -> None:
    place = await linden.check_times("blood test", TUESDAY, dt.time(12), call=call)
    assert [one["time"] for one in place["alternatives"]] == ["11:20", "11:40", "13:00"]


async def test_with_anyone_the_second_doctor_takes_the_second_patient(
    linden: ModuleType, call: ToolCall
) -> None:
    monday = dt.date(2026, 11, 23)
    await write(linden, call, who="Anyone", day=monday)
    place = await linden.check_times("check-up", monday, TEN, "Anyone", call=call)
    assert place["practitioner"] == "Doctor Heron"


async def test_on_a_day_off_the_practitioners_next_days_are_offered(
    linden: ModuleType, call: ToolCall
) -> None:
    place = await linden.check_times(
        "check-up", TUESDAY, TEN, "Doctor Heron", call=call
    )
    assert place["alternatives"] == [
        {"date": "2026-11-25", "time": "10:00"},
        {"date": "2026-11-27", "time": "10:00"},
        {"date": "2026-11-30", "time": "10:00"},
    ]


@pytest.mark.parametrize("at", [dt.time(8, 40), dt.time(12, 20), dt.time(17)])
async def test_nothing_is_free_outside_the_hours(
    linden: ModuleType, call: ToolCall, at: dt.time
) -> None:
    place = await linden.check_times("check-up", TUESDAY, at, call=call)
    assert place["status"] == "taken"


async def test_what_nobody_does_has_no_alternatives(
    linden: ModuleType, call: ToolCall
) -> None:
    place = await linden.check_times(
        "blood test", TUESDAY, TEN, "Doctor Lark", call=call
    )
    assert place == {"status": "taken", "practitioner": None, "alternatives": []}


async def test_a_retry_under_the_same_key_writes_nothing_twice(
    linden: ModuleType, call: ToolCall
) -> None:
    assert await write(linden, call) == await write(linden, call)
    assert len(appointments(call)) == 1


async def test_of_twenty_callers_at_once_exactly_one_gets_the_slot(
    linden: ModuleType, call: ToolCall
) -> None:
    made = await asyncio.gather(
        *(write(linden, another(call, str(n))) for n in range(20)),
        return_exceptions=True,
    )
    assert sum(not isinstance(one, ToolError) for one in made) == 1


@pytest.mark.parametrize(
    ("returning", "born", "name", "expected"),
    [
        (False, BORN, "Anna", {"status": "new", "patient": None}),
        (True, BORN, "Anna", {"status": "known", "patient": 1}),
        (True, dt.date(1980, 3, 4), "Anna", {"status": "unknown", "patient": None}),
        (True, dt.date(1992, 12, 31), "robin", {"status": "known", "patient": 3}),
        (True, dt.date(1992, 12, 31), "Jay Sample", {"status": "known", "patient": 4}),
    ],
    ids=["new", "known", "unknown", "one of two", "the other"],
)
async def test_a_patient_is_found_by_date_of_birth(
    linden: ModuleType,
    call: ToolCall,
    returning: bool,
    born: dt.date,
    name: str,
    expected: dict[str, object],
) -> None:
    assert await linden.find_patient(returning, born, name, call=call) == expected


async def test_the_next_appointment_is_found_by_date_of_birth(
    linden: ModuleType, call: ToolCall
) -> None:
    await write(linden, another(call, "a"), day=TUESDAY)
    number = await write(linden, another(call, "b"), day=dt.date(2026, 12, 1))

    found = await linden.find_appointment(BORN, dt.date(2026, 11, 25), call=call)
    other = await linden.find_appointment(dt.date(1970, 1, 1), TUESDAY, call=call)

    assert found == {
        "status": "found",
        "appointment": number,
        "reason": "check-up",
        "practitioner": "Doctor Lark",
        "date": "2026-12-01",
        "time": "10:00",
    }
    assert other["status"] == "unknown"


async def test_an_appointment_moves_once_and_frees_its_old_slot(
    linden: ModuleType, call: ToolCall
) -> None:
    number = await write(linden, call)
    later = dt.time(14, 20)
    same = await linden.check_move(number, TUESDAY, TEN, call=call)
    free = await linden.check_move(number, TUESDAY, later, call=call)

    for _ in range(2):
        moved = await linden.move_appointment(
            number, "Doctor Lark", TUESDAY, later, call=call
        )
        assert moved == {"appointment": number}

    old = await linden.check_times("check-up", TUESDAY, TEN, "Doctor Lark", call=call)
    assert (same["status"], free["status"], old["status"]) == ("same", "free", "free")


async def test_an_appointment_cannot_move_onto_another(
    linden: ModuleType, call: ToolCall
) -> None:
    number = await write(linden, call)
    later = dt.time(14, 20)
    await write(linden, another(call, "b"), at=later)
    with pytest.raises(ToolError, match="taken"):
        await linden.move_appointment(number, "Doctor Lark", TUESDAY, later, call=call)


async def test_an_appointment_that_is_gone_cannot_move(
    linden: ModuleType, call: ToolCall
) -> None:
    with pytest.raises(ToolError, match="not in the calendar"):
        await linden.check_move(7, TUESDAY, TEN, call=call)
    with pytest.raises(ToolError, match="not in the calendar"):
        await linden.move_appointment(7, "Doctor Lark", TUESDAY, TEN, call=call)


async def test_without_a_folder_nothing_is_written_anywhere(linden: ModuleType) -> None:
    with pytest.raises(ToolError, match="folder"):
        await linden.check_times("check-up", TUESDAY, TEN, call=ToolCall("c", "k"))
