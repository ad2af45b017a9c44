"""One line of JSON a turn: what ``flowkit play --json`` prints (FORMAT.md, section 7)."""

from __future__ import annotations

import json

from flowkit.dialogue import acts
from flowkit.dialogue.acts import Act, Json
from flowkit.testing.textcall import ToolUse

from .commands import Back, Input
from .conversation import Done

_LAST = ("text", "certainty")


def to_line(done: Done, *, after: Input | None = None) -> str:
    """Return a turn as one line of JSON, without the line's end.

    Args:
        done: The turn, as it stood when the agent waited again.
        after: What the tester did; with ``Back`` the turn is told as the one that the
            conversation went back to: nothing was said or done in it.
    """
    undone = isinstance(after, Back)
    turn = done.turn
    return json.dumps(
        {
            "turn": done.number,
            "caller": None if undone else turn.caller,
            "acts": [] if undone else [_act(act) for act in turn.acts],
            "bot": [] if undone else list(turn.bot),
            "slots": dict(done.slots),
            "tools": [] if undone else [_tool(use) for use in turn.tools],
            "waiting_for": done.waiting_for,
            "outcome": done.outcome,
            "reason": done.reason,
        },
        ensure_ascii=False,
    )


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
