"""What this agent can look up, check and do: Python functions that its flows use.

A validator (`check:` in a slot's rules) looks at values and answers at once. A tool
(`do:` in the steps) may take its time, ask a server and fail. Neither knows a word of
what the agent says: sentences stay in the flow files.
"""

import json
from pathlib import Path

from flowkit import ToolError, tool, validator


@validator
def office_open_then(time, opens_at, closes_at):
    """The arguments are named like the slots and values that they read."""
    return opens_at <= time.hour < closes_at


@tool(cannot_be_undone=True, within=5)
async def save_message(name, subject, day, time, phone, *, call):
    """Keep the message, and return its number for the flow to speak.

    `call.idempotency_key` is the same when flowkit tries again after a failure: a message
    that is already there is not kept twice.
    """
    path = Path(call.data) / "messages.json"
    try:
        messages = json.loads(path.read_text()) if path.exists() else {}
        messages.setdefault(
            call.idempotency_key,
            {
                "number": f"M{len(messages) + 1}",
                "name": name,
                "subject": subject,
                "day": str(day),
                "time": str(time),
                "phone": str(phone),
            },
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(messages, indent=2))
    except OSError as error:
        raise ToolError(f"the message could not be saved: {error}") from error
    return {"number": messages[call.idempotency_key]["number"]}
