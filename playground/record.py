"""One line of JSON a turn: what ``flowkit play --json`` prints (README, "For testers")."""

from __future__ import annotations

import json

from flowkit.dialogue import acts
from flowkit.dialogue.acts import Act, Json
from flowkit.testing.textcall import ToolUse

from .conversation import Done

_LAST = ("text", "certainty")


def to_line(done: Done) -> str:
    """Return a turn as one line of JSON, without the line's end."""
    turn = done.turn
    happened: dict[str, Json] = {
        "turn": done.number,
        "caller": turn.caller,
        "acts": [_act(act) for act in turn.acts],
        "bot": list(turn.bot),
        "slots": dict(done.slots),
        "tools": [_tool(use) for use in turn.tools],
    }
    return json.dumps(happened | _stands(done), ensure_ascii=False)


def still_line(done: Done, caller: str | None = None) -> str:
    """Return a line for an input in which nothing happened, or which undid something.

    Args:
        done: The turn that the conversation stands at.
        caller: What the caller said, for nobody to hear.
    """
    happened: dict[str, Json] = {
        "turn": done.number,
        "caller": caller,
        "acts": [],
        "bot": [],
        "slots": dict(done.slots),
        "tools": [],
    }
    return json.dumps(happened | _stands(done), ensure_ascii=False)


def _stands(done: Done) -> dict[str, Json]:
    return {
        "waiting_for": done.waiting_for,
        "outcome": done.outcome,
        "reason": done.reason,
    }


def _act(act: Act) -> dict[str, Json]:
    """Return an act with the caller's words behind what they mean."""
    data = acts.to_json(act)
    return {k: v for k, v in data.items() if k not in _LAST} | {
        k: data[k] for k in _LAST if k in data
    }


def _tool(use: ToolUse) -> dict[str, Json]:
    data: dict[str, Json] = {
        "name": use.name,
        "args": dict(use.arguments),
        "result": use.result,
    }
    return data | {"failed": use.failed} if use.failed else data
