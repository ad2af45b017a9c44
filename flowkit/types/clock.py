"""Which time is meant: one function for each rule that language files have patterns for.

The patterns (``times: rules:`` of a language file) capture hours, minutes and fractions; the
function of the rule's name makes a time of them as it was said, on a clock of 12 or 24
hours. Which half of the day is meant is settled afterwards (``flowkit.types.time``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from flowkit.types.reading import Context


@dataclass(slots=True)
class Said:
    """A time as it was said, before the half of the day is settled."""

    start: int
    end: int
    hour: int
    minute: int
    certainty: float
    part: str | None = None
    fixed: bool = False
    """The hour is of the 24-hour clock, whatever its number."""
    computed: bool = False
    about: bool = False
    why: str | None = None

    @property
    def open(self) -> bool:
        """Whether the half of the day is not known."""
        return (
            self.why is None
            and self.part is None
            and not self.fixed
            and 1 <= self.hour <= 12
        )


def halves(hour: int, part: str | None) -> tuple[int, ...]:
    """Return the hours of the 24-hour clock that an hour may mean in a part of the day."""
    hour %= 24
    if hour == 0 and part in ("pm", "afternoon"):
        return (12,)
    if hour == 0 or hour > 12:
        return (hour,)
    if part is None:
        return (12, 0) if hour == 12 else (hour, hour + 12)
    if part == "am" or part == "morning":
        return (0,) if hour == 12 else (hour,)
    if part == "night":
        return (0,) if hour == 12 else (hour,) if hour < 6 else (hour + 12,)
    if part == "evening":
        return (0,) if hour == 12 else (hour + 12,)
    return (12,) if hour == 12 else (hour + 12,)


_Values = dict[str, Any]  # any: what the classes of the grammar read


def _either(values: _Values, *names: str) -> int:
    """Return the first of some captured numbers that is there."""
    return int(next(values[name] for name in names if name in values))


Rule = Callable[[_Values, int, int, Context, time | None], Said | None]


def _clock(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    hour, minute, mark = v["clock"]
    certainty = {":": 1.0, "0:": 1.0, "h": 1.0, "0": 0.8, ".": 0.6}.get(mark, 0.4)
    if end - start > 1:
        certainty = 1.0
    return Said(start, end, hour, minute, certainty, fixed=mark in ("0", "0:"))


def _hour_minute(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    return Said(start, end, v["hour"], v.get("minute", 0), 0.8)


def _military(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    hour = _either(v, "hundreds", "hour")
    if "hundreds" in v and hour < 10 and "zero" not in v:
        return None  # "nine hundred" is a number
    certainty = 0.9 if end - start > 2 else 0.5
    return Said(start, end, hour, v.get("minute", 0), certainty, fixed=True)


def _hour(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    return Said(start, end, v["hour"], 0, 0.5)


def _hour_sure(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    return Said(start, end, v["hour"], 0, 1.0)


def _half_of(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    return Said(start, end, v["hour"], 30, 0.9) if 1 <= v["hour"] <= 12 else None


def _half_to(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    """Take "halb acht": half an hour before the hour that is named."""
    return _to(v | {"minute": 30}, start, end, ctx, base)


def _past(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    return Said(start, end, v["hour"], _either(v, "fraction", "minute"), 1.0)


def _to(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    minute = _either(v, "fraction", "minute")
    hour = v["hour"] - 1
    if v["hour"] in (0, 24):
        hour = 23
    elif hour == 0:
        hour = 12
    return Said(start, end, hour, 60 - minute, 1.0)


def _named(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    hour, _, minute = v["named"].partition(":")
    return Said(start, end, int(hour), int(minute), 1.0, fixed=True)


def _past_named(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    hour = int(v["named"].partition(":")[0])
    minute = _either(v, "fraction", "minute")
    return Said(start, end, hour, minute, 1.0, fixed=True)


def _to_named(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    hour = (int(v["named"].partition(":")[0]) - 1) % 24
    minute = _either(v, "fraction", "minute")
    return Said(start, end, hour, 60 - minute, 1.0, fixed=True)


def _past_value(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    if base is None:
        return None
    minute = _either(v, "fraction", "minute")
    return Said(start, end, base.hour, minute, 0.9, fixed=True, computed=True)


def _to_value(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    if base is None:
        return None
    hour = (base.hour - 1) % 24
    return Said(start, end, hour, 60 - v["fraction"], 0.9, fixed=True, computed=True)


def _moved(start: int, end: int, base: time | None, minutes: int) -> Said | None:
    if base is None:
        return None
    total = base.hour * 60 + base.minute + minutes
    if not 0 <= total < 24 * 60:
        return None
    hour, minute = divmod(total, 60)
    return Said(start, end, hour, minute, 0.9, fixed=True, computed=True)


def _later(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    return _moved(start, end, base, v["length"])


def _earlier(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    return _moved(start, end, base, -v["length"])


def _in_length(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    at = ctx.now + timedelta(minutes=v["length"])
    return Said(start, end, at.hour, at.minute, 0.9, fixed=True, computed=True)


def _now(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    at = ctx.now
    return Said(start, end, at.hour, at.minute, 0.5, fixed=True, computed=True)


def _vague(
    v: _Values, start: int, end: int, ctx: Context, base: time | None
) -> Said | None:
    return Said(start, end, 0, 0, 0.6, fixed=True, why="vague")


RULES: dict[str, Rule] = {
    "clock": _clock,
    "hour_minute": _hour_minute,
    "military": _military,
    "hour": _hour,
    "hour_sure": _hour_sure,
    "half_of": _half_of,
    "half_to": _half_to,
    "past": _past,
    "to": _to,
    "named": _named,
    "past_named": _past_named,
    "to_named": _to_named,
    "past_value": _past_value,
    "to_value": _to_value,
    "later": _later,
    "earlier": _earlier,
    "in_length": _in_length,
    "now": _now,
    "vague": _vague,
}
