"""What this agent can look up, check and do: Python functions that its flows use.

A validator (`check:` in a slot's rules) looks at values and answers at once. A tool
(`do:` in the steps) may take its time, ask a server and fail. Neither knows a word of
what the agent says: sentences stay in the flow files.
"""

import json
import threading
from pathlib import Path

from flowkit import ToolError, tool, validator

_ONE_AT_A_TIME = threading.Lock()


@validator
def office_open_then(time, opens_at, closes_at):
    """The arguments are named like the slots and values that they read."""
    return opens_at <= time.hour < closes_at


@tool(cannot_be_undone=True, within=5)
def save_message(name, subject, day, time, phone, *, call):
    """Keep the message, and return its number for the flow to speak.

    A tool that is not `async` runs in a thread, so that no other call waits for the file.
    `call.idempotency_key` is the same when flowkit tries again after a failure: a message
    that is already there is not kept twice.
    """
    path = Path(call.data) / "messages.json"
    message = {
        "name": name,
        "subject": subject,
        "day": str(day),
        "time": str(time),
        "phone": str(phone),
    }
    try:
        with _ONE_AT_A_TIME:
            messages = json.loads(path.read_text()) if path.exists() else {}
            message["number"] = f"M{len(messages) + 1}"
            kept = messages.setdefault(call.idempotency_key, message)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(messages, indent=2))
    except OSError as error:
        raise ToolError(f"the message could not be saved: {error}") from error
    return {"number": kept["number"]}
