"""What goes into a developer's tool and what may come out of it.

Arguments are opened to Python objects by the types of the flow; results are brought to
plain JSON data, whatever the tool made them of, within a size that a conversation can
carry. Results are data for ever: nothing in them is rendered, called or followed.
Nothing here awaits.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from flowkit.dialogue.acts import Json
from flowkit.dialogue.effects import CallTool
from flowkit.dialogue.flow import Agent, Do
from flowkit.extensions import ToolCall

RESULT_LIMIT = 64_000
"""Characters of JSON that a result may have."""
DEPTH_LIMIT = 16
"""Levels of lists and mappings in a result."""

# Any: a developer's function may take and return whatever it likes
ToolFunction = Callable[..., Any]


class ExtensionError(Exception):
    """A developer's function broke its contract: it raised, or returned no plain data.

    A tool that raises ``ToolError`` keeps the contract, and is not reported as this. The
    error of the function itself is the ``__cause__``.
    """

    def __init__(self, function: str, *, line: str, problem: str) -> None:
        super().__init__(function, line, problem)
        self.function = function
        """The tool, validator or expression, by name."""
        self.line = line
        """``file:line`` of the flow that used it, or empty."""
        self.problem = problem

    def __str__(self) -> str:
        at = f", used at {self.line}" if self.line else ""
        return f"`{self.function}`{at}: {self.problem}"


class NotData(ValueError):
    """A tool's result is not plain data, or too much of it."""


def line_of(agent: Agent, call: CallTool) -> str:
    """Return ``file:line`` of the step that made this call, or an empty text."""
    flow = agent.flows.get(call.flow)
    step = flow.by_id.get(call.step) if flow else None
    return step.line if step else ""


def open_arguments(agent: Agent, call: CallTool) -> dict[str, object]:
    """Return the arguments as Python objects: dates, times, numbers.

    A value that its type cannot open is passed as the data it is; an empty one is None.
    """
    flow = agent.flows.get(call.flow)
    step = flow.by_id.get(call.step) if flow else None
    types = (
        {argument.name: argument.type for argument in step.arguments}
        if isinstance(step, Do)
        else {}
    )
    opened: dict[str, object] = {}
    for name, data in call.arguments.items():
        slot_type = types.get(name)
        if data is None or slot_type is None:
            opened[name] = data
            continue
        try:
            opened[name] = slot_type.open(data)
        except (ValueError, TypeError):
            opened[name] = data
    return opened


def bind(
    function: ToolFunction, arguments: Mapping[str, object], call: ToolCall
) -> dict[str, object]:
    """Return the keywords to call a function with: what it takes, and ``call`` if wanted.

    Arguments that the function has no parameter for are left out, so that a stand-in may
    take fewer; a parameter that is missing is the function's own error when called.
    """
    try:
        parameters = inspect.signature(function).parameters
    except (ValueError, TypeError):
        return dict(arguments)
    takes_all = any(
        p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values()
    )
    bound = {
        name: value
        for name, value in arguments.items()
        if takes_all or name in parameters
    }
    if "call" in parameters and "call" not in arguments:
        bound["call"] = call
    return bound


def plain(result: object) -> Json:
    """Return a tool's result as plain JSON data.

    Dates and times become their canonical text, durations ISO 8601, decimals numbers,
    dataclasses, pydantic models and named tuples mappings, enums their value, sets sorted
    lists; NaN and infinities become None, since no sentence can speak them.

    Raises:
        NotData: It holds something else, is nested too deeply, or is too long.
    """
    data = _plain(result, "the result", 0)
    try:
        size = len(json.dumps(data, ensure_ascii=False))
    except (ValueError, RecursionError) as err:  # pragma: no cover - guarded above
        raise NotData(str(err)) from err
    if size > RESULT_LIMIT:
        raise NotData(
            f"the result has {size:,} characters of data, at most {RESULT_LIMIT:,} are "
            "kept; return only what the flow reads"
        )
    return data


def _plain(value: object, where: str, depth: int) -> Json:
    if depth > DEPTH_LIMIT:
        raise NotData(f"{where} is nested more than {DEPTH_LIMIT} levels deep")
    match value:
        case Enum():
            return _plain(value.value, where, depth)
        case None | bool() | str():
            return value if not isinstance(value, str) else str(value)
        case int():
            return int(value)
        case float():
            return float(value) if math.isfinite(value) else None
        case Decimal():
            if not value.is_finite():
                return None
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime():
            return value.isoformat(timespec="minutes" if _whole(value) else "seconds")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="minutes" if _whole(value) else "seconds")
        case timedelta():
            return _duration(value)
        case UUID():
            return str(value)
        case Mapping():
            return {
                _key(key, where): _plain(one, f"{where}.{key}", depth + 1)
                for key, one in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return _sequence(value, where, depth)
        case _:
            return _object(value, where, depth)


def _sequence(value: Iterable[object], where: str, depth: int) -> Json:
    fields = getattr(value, "_fields", None)
    if isinstance(value, tuple) and fields:
        return _plain(dict(zip(fields, value, strict=True)), where, depth)
    items = [
        _plain(one, f"{where}[{n}]", depth + 1) for n, one in enumerate(value)
    ]
    if isinstance(value, set | frozenset):
        items.sort(key=lambda one: json.dumps(one, sort_keys=True))
    return items


def _object(value: object, where: str, depth: int) -> Json:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return _plain(fields, where, depth)
    dump = getattr(value, "model_dump", None)
    if callable(dump) and not isinstance(value, type):
        return _plain(dump(), where, depth)
    raise NotData(
        f"{where} is a `{type(value).__name__}`, expected plain data: texts, numbers, "
        "dates, lists, mappings, dataclasses"
    )


def _key(key: object, where: str) -> str:
    if isinstance(key, Enum):
        key = key.value
    if isinstance(key, str):
        return str(key)
    if isinstance(key, bool | int | date):
        return str(key)
    raise NotData(f"a key in {where} is a `{type(key).__name__}`, expected a text")


def _whole(value: datetime | time) -> bool:
    return not value.second and not value.microsecond


def _duration(value: timedelta) -> str:
    """Return an ISO 8601 duration of hours, minutes and seconds: ``PT90M``."""
    seconds = int(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    minutes, rest = divmod(seconds, 60)
    return f"{sign}PT" + (f"{minutes}M" if minutes or not rest else "") + (
        f"{rest}S" if rest else ""
    )
