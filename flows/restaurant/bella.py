"""The book of tables of Bella Trattoria, and what its agent may do with it.

The book is one TinyDB file, ``book.json``, in the folder that the host gives to every
tool as ``call.data``. It says which tables there are, when the house is open, and who
has booked. Where there is none yet, the empty book beside this module is copied, so
change the tables there.

Three habits worth copying:

* a tool never blocks the call: files are read and written in a thread;
* the book is replaced whole, so a crash leaves the old one and never half of one;
* a booking carries the key of the act that made it, so a retry finds it again and makes
  no second one.

One process keeps a book; callers in that process take turns.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypedDict, TypeVar

from flowkit import ToolCall, ToolError, tool, validator

P = ParamSpec("P")
T = TypeVar("T")

EVERY_MINUTES = 30
"""Alternatives are offered on the hour and the half hour."""
AT_MOST = 3
"""Nobody remembers more than three alternatives on the phone."""
DAYS_AHEAD = 14
"""How far to look for another day when an evening is full."""

_LOCK = threading.Lock()


class Alternative(TypedDict, total=False):
    """A time when there is a table; ``date`` only when it is another day."""

    date: str
    time: str


class Table(TypedDict, total=False):
    """What the book says of a wish: ``free``, ``full``, or ``same`` as it is now."""

    status: str
    alternatives: list[Alternative]


class Booked(TypedDict):
    """A booking that was made or moved."""

    reference: str


class Found(TypedDict):
    """A booking that was looked up; ``status`` is ``found`` or ``unknown``."""

    status: str
    reference: str | None
    name: str | None
    party_size: int | None
    date: str | None
    time: str | None


# --- rules: pure, no files -----------------------------------------------------------------


@validator
def kitchen_open_then(time: dt.time, opens_at: int, closes_at: int) -> bool:
    """Say whether the kitchen takes orders then; the hours stand in agent.yaml."""
    return opens_at <= time.hour < closes_at


# --- tools ---------------------------------------------------------------------------------


@tool
async def check_availability(
    party_size: int, date: dt.date, time: dt.time, *, call: ToolCall
) -> Table:
    """Look for a table; when there is none, for the nearest times that have one."""
    return await _in_a_thread(_look, call.data, party_size, date, time)


@tool(cannot_be_undone=True, within=10)
async def make_booking(
    party_size: int,
    date: dt.date,
    time: dt.time,
    name: str,
    phone: str | None = None,
    *,
    call: ToolCall,
) -> Booked:
    """Write a booking into the book, once for each ``call.idempotency_key``.

    Raises:
        ToolError: Somebody else took the table since it was looked for.
    """
    wish = {"party_size": party_size, "name": name, "phone": phone}
    return await _in_a_thread(_book, call, date, time, wish)


@tool
async def find_booking(
    reference: str | None = None,
    name: str | None = None,
    phone: str | None = None,
    since: dt.date | None = None,
    *,
    call: ToolCall,
) -> Found:
    """Find the caller's next booking: by its reference, else by phone, else by name."""
    return await _in_a_thread(_find, call.data, reference, name, phone, since)


@tool
async def check_change(
    reference: str, party_size: int, date: dt.date, time: dt.time, *, call: ToolCall
) -> Table:
    """Say whether a booking is already like that (``same``), or could be."""
    return await _in_a_thread(
        _look, call.data, party_size, date, time, besides=reference
    )


@tool(cannot_be_undone=True, within=10)
async def move_booking(
    reference: str, party_size: int, date: dt.date, time: dt.time, *, call: ToolCall
) -> Booked:
    """Change a booking; a retry changes nothing more.

    Raises:
        ToolError: The booking is gone, or there is no table for it then.
    """
    return await _in_a_thread(_move, call.data, reference, party_size, date, time)


@tool(cannot_be_undone=True, within=10)
async def remove_booking(
    reference: str, date: dt.date, time: dt.time, *, call: ToolCall
) -> Booked:
    """Take a booking out of the book; a retry finds it gone and is content.

    Raises:
        ToolError: It is for another day or time than the caller agreed to.
    """
    return await _in_a_thread(_remove, call.data, reference, date, time)


# --- the book ------------------------------------------------------------------------------


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
    """Open the book for one act; nobody else has it meanwhile."""
    from tinydb import TinyDB

    if not folder:
        raise ToolError("no folder was given for the book of tables")
    path = Path(folder) / "book.json"
    with _LOCK:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(__file__).with_name("data") / "book.json", path)
        with TinyDB(path, storage=_File) as book:
            yield book


def _look(
    folder: str, people: int, day: dt.date, at: dt.time, besides: str | None = None
) -> Table:
    with _open(folder) as book:
        kept = _by_reference(book, besides) if besides else None
        if kept and _is(kept, day, at) and kept["party_size"] == people:
            return {"status": "same"}
        if _free_table(book, people, day, at, besides):
            return {"status": "free"}
        return {
            "status": "full",
            "alternatives": _alternatives(book, people, day, at, besides),
        }


def _book(call: ToolCall, day: dt.date, at: dt.time, wish: dict[str, object]) -> Booked:
    with _open(call.data) as book:
        bookings = book.table("bookings")
        for made in bookings:
            if made["key"] == call.idempotency_key:
                return {"reference": made["reference"]}
        table = _free_table(book, int(str(wish["party_size"])), day, at)
        if table is None:
            raise ToolError("the table has been taken in the meantime")
        reference = _new_reference(bookings, call.idempotency_key)
        bookings.insert(
            wish
            | {
                "reference": reference,
                "key": call.idempotency_key,
                "table": table,
                "date": day.isoformat(),
                "time": _clock(at),
            }
        )
    return {"reference": reference}


def _find(
    folder: str,
    reference: str | None,
    name: str | None,
    phone: str | None,
    since: dt.date | None,
) -> Found:
    with _open(folder) as book:
        found = _by_reference(book, reference) if reference else None
        if not reference:
            first = since.isoformat() if since else ""
            mine = [
                one
                for one in book.table("bookings")
                if one["date"] >= first and _belongs(one, name, phone)
            ]
            found = min(mine, key=lambda one: (one["date"], one["time"]), default=None)
    fields = found or {}
    return {
        "status": "found" if found else "unknown",
        "reference": fields.get("reference"),
        "name": fields.get("name"),
        "party_size": fields.get("party_size"),
        "date": fields.get("date"),
        "time": fields.get("time"),
    }


def _move(
    folder: str, reference: str, people: int, day: dt.date, at: dt.time
) -> Booked:
    with _open(folder) as book:
        kept = _by_reference(book, reference)
        if kept is None:
            raise ToolError("that booking is not in the book")
        table = _free_table(book, people, day, at, besides=reference)
        if table is None:
            raise ToolError("the table has been taken in the meantime")
        book.table("bookings").update(
            {
                "party_size": people,
                "date": day.isoformat(),
                "time": _clock(at),
                "table": table,
            },
            doc_ids=[kept.doc_id],
        )
        return {"reference": kept["reference"]}


def _remove(folder: str, reference: str, day: dt.date, at: dt.time) -> Booked:
    with _open(folder) as book:
        kept = _by_reference(book, reference)
        if kept and not _is(kept, day, at):
            raise ToolError("the booking is for another day or time")
        if kept:
            book.table("bookings").remove(doc_ids=[kept.doc_id])
    return {"reference": reference}


def _free_table(
    book: Any,  # any: TinyDB
    people: int,
    day: dt.date,
    at: dt.time,
    besides: str | None = None,
) -> str | None:
    """Return the smallest table that fits and is free then, or None.

    A party gets no table that is much too big for it: ``spare_seats`` may stay empty.
    """
    house = book.table("house").all()[0]
    if day.strftime("%A") in house["closed"]:
        return None
    if not house["opens"] <= _clock(at) < house["closes"]:
        return None
    start = _minutes(at)
    taken = {
        one["table"]
        for one in book.table("bookings")
        if one["date"] == day.isoformat()
        and one["reference"] != besides
        and abs(_minutes(dt.time.fromisoformat(one["time"])) - start)
        < house["seating_minutes"]
    }
    fitting = sorted(
        (table["seats"], table["name"])
        for table in book.table("tables")
        if people <= table["seats"] <= people + house["spare_seats"]
    )
    return next((name for _, name in fitting if name not in taken), None)


def _alternatives(
    book: Any,  # any: TinyDB
    people: int,
    day: dt.date,
    at: dt.time,
    besides: str | None,
) -> list[Alternative]:
    """Return the nearest times of that evening; if it is full, the nearest evenings."""
    house = book.table("house").all()[0]
    first = _minutes(dt.time.fromisoformat(house["opens"]))
    end = _minutes(dt.time.fromisoformat(house["closes"]))
    times = sorted(
        (dt.time(m // 60, m % 60) for m in range(first, end, EVERY_MINUTES)),
        key=lambda one: abs(_minutes(one) - _minutes(at)),
    )
    near = [t for t in times if _free_table(book, people, day, t, besides)][:AT_MOST]
    if near:
        return [{"time": _clock(one)} for one in sorted(near)]
    found: list[Alternative] = []
    for ahead in range(1, DAYS_AHEAD + 1):
        other = day + dt.timedelta(days=ahead)
        free = (t for t in times if _free_table(book, people, other, t, besides))
        best = next(free, None)
        if best is not None:
            found.append({"date": other.isoformat(), "time": _clock(best)})
        if len(found) == AT_MOST:
            break
    return found


def _by_reference(book: Any, reference: str) -> Any:  # any: TinyDB and its documents
    """Return that booking or None; the letter in front may be missing."""
    wanted = "".join(c for c in reference.upper() if c.isalnum()).lstrip("B")
    for one in book.table("bookings"):
        if one["reference"].lstrip("B") == wanted:
            return one
    return None


def _belongs(booking: Any, name: str | None, phone: str | None) -> bool:
    if phone and booking["phone"]:
        return bool(booking["phone"] == phone)
    said, kept = (str(one or "").casefold().split() for one in (name, booking["name"]))
    return bool(said) and (set(said) <= set(kept) or set(kept) <= set(said))


def _is(booking: Any, day: dt.date, at: dt.time) -> bool:
    return bool(booking["date"] == day.isoformat() and booking["time"] == _clock(at))


def _new_reference(bookings: Any, key: str) -> str:
    """Make a reference that is short to say, hard to guess, and new."""
    used = {one["reference"] for one in bookings}
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4])
    for step in range(9_000):
        reference = f"B{1_000 + (number + step) % 9_000}"
        if reference not in used:
            return reference
    raise ToolError("the book has no references left")


def _clock(at: dt.time) -> str:
    return at.strftime("%H:%M")


def _minutes(at: dt.time) -> int:
    return at.hour * 60 + at.minute


async def _in_a_thread(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    import asyncio

    return await asyncio.to_thread(act, *args, **kwargs)
