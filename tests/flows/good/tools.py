"""Tools and validators of the flows in this folder: small, and without any data."""

from typing import TypedDict

from flowkit import Refused, ToolError, tool, validator


class Table(TypedDict):
    status: str
    alternatives: list[dict[str, str]]


@tool
async def find_table(party_size, date, time) -> Table:
    if party_size > 8:
        raise ToolError("no table is so large")
    return {"status": "full", "alternatives": [{"time": "18:00"}, {"time": "21:30"}]}


@tool(cannot_be_undone=True, within=5)
async def make_booking(party_size, date, time, *, call):
    return {"reference": "B1042", "key": call.idempotency_key}


@tool
async def find_price(kind, extras, wines, note=None):
    return {"price": {"amount": "12.50", "currency": "USD"}, "minutes": 40}


@tool
async def send_order(kind, extras, wines, note=None):
    return {"number": "A7"}


@tool
def dishes_of_the_day():
    return {"names": ["lasagne", "risotto"]}


@tool
async def known_guest():
    return {"name": "Anna Rossi"}


@tool
async def save_details(name, phone, email, plate, pin, regular, note=None):
    return {"saved": True}


@validator
def kitchen_open_then(time, date):
    if 17 <= time.hour < 22:
        return True
    return Refused(opens="five", closes="ten")


@validator
def plausible_plate(plate):
    return any(letter.isdigit() for letter in plate)
