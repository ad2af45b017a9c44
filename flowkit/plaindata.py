"""Plain JSON data out of whatever a tool returned, within what a call can carry.

Results are data for ever: nothing in them is rendered, called or followed.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

from flowkit.dialogue.acts import Json

RESULT_LIMIT = 64_000
"""Characters of JSON that a result may have."""
DEPTH_LIMIT = 16
"""Levels of lists and mappings in a result."""


class NotDataError(ValueError):
    """A tool's result is not plain data, or too much of it."""


def plain(result: object) -> Json:
    """Return a tool's result as plain JSON data.

    Dates and times become their canonical text, durations ISO 8601, decimals numbers,
    dataclasses, pydantic models and named tuples mappings, enums their value, sets sorted
    lists; NaN and infinities become None, since no sentence can speak them.

    Raises:
        NotDataError: It holds something else, is nested too deeply, or is too long.
    """
    data = _plain(result, "the result", 0)
    try:
        size = len(json.dumps(data, ensure_ascii=False))
    except (ValueError, RecursionError) as err:  # pragma: no cover - guarded above
        raise NotDataError(str(err)) from err
    if size > RESULT_LIMIT:
        raise NotDataError(
            f"the result has {size:,} characters of data, at most {RESULT_LIMIT:,} are "
            "kept; return only what the flow reads"
        )
    return data


def _plain(value: object, where: str, depth: int) -> Json:
    if depth > DEPTH_LIMIT:
        raise NotDataError(f"{where} is nested more than {DEPTH_LIMIT} levels deep")
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
    items = [_plain(one, f"{where}[{n}]", depth + 1) for n, one in enumerate(value)]
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
    raise NotDataError(
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
    raise NotDataError(f"a key in {where} is a `{type(key).__name__}`, expected a text")


def _whole(value: datetime | time) -> bool:
    return not value.second and not value.microsecond


def _duration(value: timedelta) -> str:
    """Return an ISO 8601 duration of hours, minutes and seconds: ``PT90M``."""
    seconds = int(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    minutes, rest = divmod(seconds, 60)
    return (
        f"{sign}PT"
        + (f"{minutes}M" if minutes or not rest else "")
        + (f"{rest}S" if rest else "")
    )
