"""The desk of a hotel, as far as the flows here need it."""

from flowkit import tool


@tool
async def find_guest(name):
    return {"known": str(name).startswith("Anna")}


@tool(cannot_be_undone=True)
async def reserve(guest, night):
    return {"room": 7}
