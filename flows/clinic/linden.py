"""The calendar of Linden Street Clinic, and what its agent may do with it.

The calendar is one TinyDB file, ``calendar.json``, in the folder that the host gives to
every tool as ``call.data``. It says who works when and on what, which patients are known,
and which slots of twenty minutes are taken. Where there is none yet, the one beside this
module is copied; everybody in it is invented.

A tool never blocks the call (files are read and written in a thread), the calendar is
replaced whole, and what is written carries the key of the act that wrote it, so that a
retry writes nothing twice. One process keeps a calendar.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypedDict, TypeVar

from flowkit import ToolCall, ToolError, tool

P = ParamSpec("P")
T = TypeVar("T")

ANYONE = "Anyone"
"""The choice of a caller who will see whoever is free."""
AT_MOST = 3
"""Nobody remembers more than three alternatives on the phone."""
DAYS_AHEAD = 14
"""How far to look for another day."""

_LOCK = threading.Lock()


class Alternative(TypedDict, total=False):
    """A slot that is free; ``date`` only when it is another day."""

    date: str
    time: str


class Place(TypedDict):
    """What the calendar says of a wish: ``free``, ``taken``, or ``same`` as it is now."""

    status: str
    practitioner: str | None
    """Who sees the patient then; None unless it is free."""
    alternatives: list[Alternative]


class Patient(TypedDict):
    """A patient who was looked up: ``known``, ``unknown``, or ``new`` by own account."""

    status: str
    patient: int | None


class Appointment(TypedDict):
    """An appointment that was looked up; ``status`` is ``found`` or ``unknown``."""

    status: str
    appointment: int | None
    reason: str | None
    practitioner: str | None
    date: str | None
    time: str | None


class Booked(TypedDict):
    """An appointment that was written down or moved."""

    appointment: int


# --- tools ---------------------------------------------------------------------------------


@tool
async def check_times(
    reason: str,
    date: dt.date,
    time: dt.time,
    practitioner: str | None = None,
    *,
    call: ToolCall,
) -> Place:
    """Look for a free slot; when it is taken, for the nearest ones that are free.

    Without a practitioner, with anyone who does what the appointment is for.
    """
    who = practitioner or ANYONE
    return await _in_a_thread(_look, call.data, reason, who, date, time)


@tool
async def find_patient(
    returning: bool, date_of_birth: dt.date, name: str, *, call: ToolCall
) -> Patient:
    """Look a returning patient up by date of birth; the name decides between twins."""
    return await _in_a_thread(_patient, call.data, returning, date_of_birth, name)


@tool(cannot_be_undone=True, within=10)
async def write_appointment(
    reason: str,
    practitioner: str,
    date: dt.date,
    time: dt.time,
    name: str,
    date_of_birth: dt.date,
    phone: str,
    email: str | None = None,
    patient: int | None = None,
    *,
    call: ToolCall,
) -> Booked:
    """Write an appointment down, once for each ``call.idempotency_key``.

    Raises:
        ToolError: The slot has been taken since it was looked for.
    """
    words = {
        "reason": reason,
        "practitioner": practitioner,
        "date": date.isoformat(),
        "time": _clock(time),
        "name": name,
        "date_of_birth": date_of_birth.isoformat(),
        "phone": phone,
        "email": email,
        "patient": patient,
        "key": call.idempotency_key,
    }
    return await _in_a_thread(_write, call.data, date, time, words)


@tool
async def find_appointment(
    date_of_birth: dt.date, since: dt.date, *, call: ToolCall
) -> Appointment:
    """Find the next appointment of the patient who was born that day."""
    return await _in_a_thread(_appointment, call.data, date_of_birth, since)


@tool
async def check_move(
    appointment: int, date: dt.date, time: dt.time, *, call: ToolCall
) -> Place:
    """Say whether an appointment is already then (``same``), or could be."""
    return await _in_a_thread(_look_again, call.data, appointment, date, time)


@tool(cannot_be_undone=True, within=10)
async def move_appointment(
    appointment: int,
    practitioner: str,
    date: dt.date,
    time: dt.time,
    *,
    call: ToolCall,
) -> Booked:
    """Move an appointment; a retry changes nothing more.

    Raises:
        ToolError: The appointment is gone, or the slot has been taken.
    """
    return await _in_a_thread(_move, call.data, appointment, practitioner, date, time)


# --- the calendar --------------------------------------------------------------------------


class _File:
    """A JSON file, read once and replaced whole: what TinyDB needs of a storage."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data: Any = None  # any: whatever TinyDB wrote

    def read(self) -> Any:  # any: as above
        if self.data is None:
            self.data = json.loads(self.path.read_text(encoding="utf-8"))
        return self.data

    def write(self, data: Any) -> None:  # any: as above
        fresh = self.path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(data, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        self.data = data

    def close(self) -> None:
        """Nothing stays open between two reads."""


@contextmanager
def _open(folder: str) -> Iterator[Any]:  # any: TinyDB, which is loaded only here
    """Open the calendar for one act; nobody else has it meanwhile."""
    from tinydb import TinyDB

    if not folder:
        raise ToolError("no folder was given for the calendar")
    path = Path(folder) / "calendar.json"
    with _LOCK:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(__file__).with_name("data") / "calendar.json", path)
        with TinyDB(path, storage=_File) as calendar:
            yield calendar


def _look(folder: str, reason: str, who: str, day: dt.date, at: dt.time) -> Place:
    with _open(folder) as calendar:
        return _place(calendar, reason, who, day, at)


def _look_again(folder: str, appointment: int, day: dt.date, at: dt.time) -> Place:
    with _open(folder) as calendar:
        kept = calendar.table("appointments").get(doc_id=appointment)
        if kept is None:
            raise ToolError("that appointment is not in the calendar")
        who = kept["practitioner"]
        if kept["date"] == day.isoformat() and kept["time"] == _clock(at):
            return {"status": "same", "practitioner": who, "alternatives": []}
        return _place(calendar, kept["reason"], who, day, at)


def _place(
    calendar: Any,  # any: TinyDB
    reason: str,
    who: str,
    day: dt.date,
    at: dt.time,
) -> Place:
    """Say who is free then, or when somebody is: that day, else on the next days."""
    free = _free(calendar, reason, who, day)
    if at in free:
        return {"status": "free", "practitioner": free[at], "alternatives": []}
    near = _around(free, at)
    found: list[Alternative] = [{"time": _clock(one)} for one in near]
    for ahead in range(1, DAYS_AHEAD + 1):
        if near or len(found) == AT_MOST:
            break
        other = day + dt.timedelta(days=ahead)
        for best in _around(_free(calendar, reason, who, other), at, most=1):
            found.append({"date": other.isoformat(), "time": _clock(best)})
    return {"status": "taken", "practitioner": None, "alternatives": found}


def _around(
    times: Collection[dt.time], at: dt.time, *, most: int = AT_MOST
) -> list[dt.time]:
    """Return the nearest times in order; of three, at least one on either side."""
    near = sorted(times, key=lambda one: (abs(_minutes(one) - _minutes(at)), one))
    sides = [[t for t in near if t < at][:1], [t for t in near if t >= at][:1]]
    chosen = [one for side in sides for one in side] if most > 1 else []
    chosen += [one for one in near if one not in chosen]
    return sorted(chosen[:most])


def _free(
    calendar: Any,  # any: TinyDB
    reason: str,
    who: str,
    day: dt.date,
) -> dict[dt.time, str]:
    """Return the free slots of that day, each with who is free then."""
    clinic = calendar.table("clinic").all()[0]
    taken = {
        (one["practitioner"], one["time"])
        for one in calendar.table("appointments")
        if one["date"] == day.isoformat()
    }
    free: dict[dt.time, str] = {}
    for person in calendar.table("practitioners"):
        name = person["name"]
        if who not in (ANYONE, name) or reason not in person["reasons"]:
            continue
        if day.strftime("%A") not in person["days"]:
            continue
        for opens, closes in clinic["hours"]:
            first, end = (
                _minutes(dt.time.fromisoformat(one)) for one in (opens, closes)
            )
            for minute in range(first, end, clinic["slot_minutes"]):
                at = dt.time(minute // 60, minute % 60)
                if (name, _clock(at)) not in taken:
                    free.setdefault(at, name)
    return free


def _patient(folder: str, returning: bool, born: dt.date, name: str) -> Patient:
    if not returning:
        return {"status": "new", "patient": None}
    with _open(folder) as calendar:
        same_day = [
            one
            for one in calendar.table("patients")
            if one["date_of_birth"] == born.isoformat()
        ]
    if not same_day:
        return {"status": "unknown", "patient": None}
    said = set(name.casefold().split())
    likeliest = max(
        same_day, key=lambda one: len(said & set(one["name"].casefold().split()))
    )
    return {"status": "known", "patient": likeliest.doc_id}


def _write(
    folder: str, day: dt.date, at: dt.time, words: dict[str, str | int | None]
) -> Booked:
    with _open(folder) as calendar:
        appointments = calendar.table("appointments")
        for made in appointments:
            if made["key"] == words["key"]:
                return {"appointment": made.doc_id}
        free = _free(calendar, str(words["reason"]), str(words["practitioner"]), day)
        if at not in free:
            raise ToolError("the slot has been taken in the meantime")
        made = words | {"practitioner": free[at]}
        return {"appointment": appointments.insert(made)}


def _appointment(folder: str, born: dt.date, since: dt.date) -> Appointment:
    with _open(folder) as calendar:
        theirs = [
            one
            for one in calendar.table("appointments")
            if one["date_of_birth"] == born.isoformat()
            and one["date"] >= since.isoformat()
        ]
    found = min(theirs, key=lambda one: (one["date"], one["time"]), default=None)
    fields = found or {}
    return {
        "status": "found" if found else "unknown",
        "appointment": found.doc_id if found else None,
        "reason": fields.get("reason"),
        "practitioner": fields.get("practitioner"),
        "date": fields.get("date"),
        "time": fields.get("time"),
    }


def _move(folder: str, appointment: int, who: str, day: dt.date, at: dt.time) -> Booked:
    with _open(folder) as calendar:
        appointments = calendar.table("appointments")
        kept = appointments.get(doc_id=appointment)
        if kept is None:
            raise ToolError("that appointment is not in the calendar")
        new = {"practitioner": who, "date": day.isoformat(), "time": _clock(at)}
        if any(kept[field] != value for field, value in new.items()):
            if at not in _free(calendar, kept["reason"], who, day):
                raise ToolError("the slot has been taken in the meantime")
            appointments.update(new, doc_ids=[appointment])
    return {"appointment": appointment}


def _clock(at: dt.time) -> str:
    return at.strftime("%H:%M")


def _minutes(at: dt.time) -> int:
    return at.hour * 60 + at.minute


async def _in_a_thread(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    import asyncio

    return await asyncio.to_thread(act, *args, **kwargs)
