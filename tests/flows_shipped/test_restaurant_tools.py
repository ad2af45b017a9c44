"""The tools of flows/restaurant on a real book of tables."""

from __future__ import annotations

import asyncio
import datetime as dt
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from flowkit.extensions import ToolCall, ToolError
from flowkit.shipped import agent_path

FRIDAY = dt.date(2026, 11, 27)
MONDAY = dt.date(2026, 11, 30)
SEVEN = dt.time(19)


def load(agent: str, module: str) -> ModuleType:
    folder = agent_path(agent)
    assert folder is not None
    spec = importlib.util.spec_from_file_location(module, folder / f"{module}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def bella() -> ModuleType:
    return load("restaurant", "bella")


@pytest.fixture
def call(tmp_path: Path) -> ToolCall:
    return ToolCall("call-1", "call-1/1/do/1", data=str(tmp_path))


def another(call: ToolCall, key: str) -> ToolCall:
    return ToolCall("call-2", key, data=call.data)


def bookings(call: ToolCall) -> dict[str, Any]:  # any: JSON
    book = json.loads((Path(call.data) / "book.json").read_text(encoding="utf-8"))
    kept: dict[str, Any] = book["bookings"]
    return kept


async def test_the_shipped_book_is_empty_and_has_a_table_for_every_party(
    bella: ModuleType, call: ToolCall
) -> None:
    for people in range(1, 11):
        found = await bella.check_availability(people, FRIDAY, SEVEN, call=call)
        assert found == {"status": "free"}
    assert bookings(call) == {}


async def test_a_second_caller_finds_the_table_taken_and_gets_the_nearest_times(
    bella: ModuleType, call: ToolCall
) -> None:
    await bella.make_booking(4, FRIDAY, SEVEN, "Anna Rossi", call=call)

    found = await bella.check_availability(4, FRIDAY, SEVEN, call=another(call, "b"))

    assert found == {
        "status": "full",
        "alternatives": [{"time": "17:00"}, {"time": "21:00"}, {"time": "21:30"}],
    }


async def test_each_alternative_can_be_booked(
    bella: ModuleType, call: ToolCall
) -> None:
    await bella.make_booking(4, FRIDAY, SEVEN, "Anna Rossi", call=call)
    found = await bella.check_availability(4, FRIDAY, SEVEN, call=call)

    for n, one in enumerate(found["alternatives"][:2]):
        at = dt.time.fromisoformat(one["time"])
        made = await bella.make_booking(
            4, FRIDAY, at, "Ben Hale", call=another(call, str(n))
        )
        assert made["reference"].startswith("B")


async def test_a_full_evening_gives_the_next_open_days(
    bella: ModuleType, call: ToolCall
) -> None:
    for hour in (17, 19, 21):
        await bella.make_booking(
            2, dt.date(2026, 11, 29), dt.time(hour), "Cy", call=another(call, str(hour))
        )

    found = await bella.check_availability(2, dt.date(2026, 11, 29), SEVEN, call=call)

    assert found["alternatives"] == [  # the thirtieth is a Monday: closed
        {"date": "2026-12-01", "time": "19:00"},
        {"date": "2026-12-02", "time": "19:00"},
        {"date": "2026-12-03", "time": "19:00"},
    ]


@pytest.mark.parametrize(
    ("day", "at"),
    [(MONDAY, SEVEN), (FRIDAY, dt.time(16, 30)), (FRIDAY, dt.time(22))],
    ids=["closing day", "too early", "too late"],
)
async def test_no_table_outside_the_opening_hours(
    bella: ModuleType, call: ToolCall, day: dt.date, at: dt.time
) -> None:
    found = await bella.check_availability(2, day, at, call=call)
    assert found["status"] == "full"


async def test_two_do_not_get_the_table_for_eight(
    bella: ModuleType, call: ToolCall
) -> None:
    await bella.make_booking(2, FRIDAY, SEVEN, "Anna", call=call)
    found = await bella.check_availability(2, FRIDAY, SEVEN, call=call)
    assert found["status"] == "full"


async def test_a_party_that_no_table_seats_gets_no_alternatives(
    bella: ModuleType, call: ToolCall
) -> None:
    found = await bella.check_availability(40, FRIDAY, SEVEN, call=call)
    assert found == {"status": "full", "alternatives": []}


async def test_a_retry_under_the_same_key_makes_no_second_booking(
    bella: ModuleType, call: ToolCall
) -> None:
    first = await bella.make_booking(4, FRIDAY, SEVEN, "Anna", call=call)
    again = await bella.make_booking(4, FRIDAY, SEVEN, "Anna", call=call)
    assert again == first
    assert len(bookings(call)) == 1


async def test_a_table_taken_in_the_meantime_is_an_error(
    bella: ModuleType, call: ToolCall
) -> None:
    await bella.make_booking(4, FRIDAY, SEVEN, "Anna", call=call)
    with pytest.raises(ToolError, match="taken"):
        await bella.make_booking(4, FRIDAY, SEVEN, "Ben", call=another(call, "b"))


async def test_of_twenty_callers_at_once_exactly_one_gets_the_table(
    bella: ModuleType, call: ToolCall
) -> None:
    made = await asyncio.gather(
        *(
            bella.make_booking(4, FRIDAY, SEVEN, f"C {n}", call=another(call, str(n)))
            for n in range(20)
        ),
        return_exceptions=True,
    )
    assert sum(not isinstance(one, ToolError) for one in made) == 1
    assert len(bookings(call)) == 1


@pytest.mark.parametrize("said", ["{}", "{digits}", "{spaced}"])
async def test_a_booking_is_found_by_its_reference(
    bella: ModuleType, call: ToolCall, said: str
) -> None:
    made = await bella.make_booking(4, FRIDAY, SEVEN, "Anna Rossi", call=call)
    reference = made["reference"]
    words = said.format(
        reference, digits=reference[1:], spaced=" ".join(reference.lower())
    )
    assert await bella.find_booking(words, call=call) == {
        "status": "found",
        "reference": reference,
        "name": "Anna Rossi",
        "party_size": 4,
        "date": "2026-11-27",
        "time": "19:00",
    }


@pytest.mark.parametrize(
    ("name", "phone", "status"),
    [
        ("anna", None, "found"),
        ("Anna Rossi", None, "found"),
        ("Rossi", "+16175550142", "found"),
        ("Somebody Else", "+16175550142", "found"),
        ("Anna Rossi", "+16175550199", "unknown"),
        ("Ann", None, "unknown"),
        (None, None, "unknown"),
    ],
)
async def test_without_a_reference_the_phone_counts_and_else_the_name(
    bella: ModuleType,
    call: ToolCall,
    name: str | None,
    phone: str | None,
    status: str,
) -> None:
    await bella.make_booking(4, FRIDAY, SEVEN, "Anna Rossi", "+16175550142", call=call)
    found = await bella.find_booking(None, name, phone, FRIDAY, call=call)
    assert found["status"] == status


async def test_the_next_booking_of_a_caller_is_found_not_a_past_one(
    bella: ModuleType, call: ToolCall
) -> None:
    for n, day in enumerate((FRIDAY, dt.date(2026, 12, 4), dt.date(2026, 12, 11))):
        await bella.make_booking(4, day, SEVEN, "Anna", call=another(call, str(n)))
    found = await bella.find_booking(
        None, "Anna", None, FRIDAY.replace(day=28), call=call
    )
    assert found["date"] == "2026-12-04"


async def test_a_change_to_what_is_booked_already_is_the_same(
    bella: ModuleType, call: ToolCall
) -> None:
    made = await bella.make_booking(4, FRIDAY, SEVEN, "Anna", call=call)
    reference = made["reference"]
    same = await bella.check_change(reference, 4, FRIDAY, SEVEN, call=call)
    free = await bella.check_change(reference, 4, FRIDAY, dt.time(19, 30), call=call)
    assert (same, free) == ({"status": "same"}, {"status": "free"})


async def test_a_moved_booking_frees_its_old_table(
    bella: ModuleType, call: ToolCall
) -> None:
    made = await bella.make_booking(4, FRIDAY, SEVEN, "Anna", call=call)
    saturday = FRIDAY + dt.timedelta(days=1)

    for _ in range(2):  # a retry changes nothing more
        moved = await bella.move_booking(
            made["reference"], 6, saturday, dt.time(20), call=call
        )
        assert moved == made

    old = await bella.check_availability(4, FRIDAY, SEVEN, call=call)
    new = await bella.check_availability(6, saturday, dt.time(20), call=call)
    assert (old["status"], new["status"]) == ("free", "full")


async def test_a_booking_cannot_move_to_a_table_that_is_taken(
    bella: ModuleType, call: ToolCall
) -> None:
    made = await bella.make_booking(4, FRIDAY, SEVEN, "Anna", call=call)
    await bella.make_booking(4, FRIDAY, dt.time(21), "Ben", call=another(call, "b"))
    with pytest.raises(ToolError, match="taken"):
        await bella.move_booking(
            made["reference"], 4, FRIDAY, dt.time(20, 30), call=call
        )


async def test_a_cancelled_booking_is_gone_and_a_retry_is_content(
    bella: ModuleType, call: ToolCall
) -> None:
    made = await bella.make_booking(4, FRIDAY, SEVEN, "Anna", call=call)
    for _ in range(2):
        gone = await bella.remove_booking(made["reference"], FRIDAY, SEVEN, call=call)
        assert gone == made
    assert bookings(call) == {}


async def test_only_what_the_caller_agreed_to_is_cancelled(
    bella: ModuleType, call: ToolCall
) -> None:
    made = await bella.make_booking(4, FRIDAY, SEVEN, "Anna", call=call)
    with pytest.raises(ToolError, match="another day"):
        await bella.remove_booking(made["reference"], FRIDAY, dt.time(20), call=call)
    assert len(bookings(call)) == 1


async def test_a_write_that_fails_leaves_the_old_book(
    bella: ModuleType, call: ToolCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bella.make_booking(4, FRIDAY, SEVEN, "Anna", call=call)

    def full_disk(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        await bella.make_booking(2, FRIDAY, SEVEN, "Ben", call=another(call, "b"))
    assert len(bookings(call)) == 1


async def test_without_a_folder_nothing_is_written_anywhere(bella: ModuleType) -> None:
    with pytest.raises(ToolError, match="folder"):
        await bella.check_availability(4, FRIDAY, SEVEN, call=ToolCall("c", "k"))


@pytest.mark.parametrize(
    ("at", "opens"),
    [("16:59", False), ("17:00", True), ("21:59", True), ("22:00", False)],
)
def test_the_kitchen_is_open_from_five_to_ten(
    bella: ModuleType, at: str, opens: bool
) -> None:
    at_time = dt.time.fromisoformat(at)
    assert bella.kitchen_open_then(at_time, opens_at=17, closes_at=22) is opens


def test_loading_the_tools_loads_no_data_base_and_no_event_loop() -> None:
    import subprocess

    folder = agent_path("restaurant")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import bella;"
        "print(sorted({'tinydb', 'asyncio'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
