"""Days worked out: Easter, the fourth Thursday of November, a month later.

Plain arithmetic of the Gregorian calendar; no words, no language.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta


class NoSuchDayError(Exception):
    """There is no such day in any year."""


def easter(year: int) -> date:
    """Return Easter Sunday (Meeus, Jones, Butcher: Astronomical Algorithms, 1991)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """Return the nth weekday of a month; nth 0 is the last. Raises ValueError."""
    days = monthrange(year, month)[1]
    if nth == 0:
        last = date(year, month, days)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    day = 1 + (weekday - first.weekday()) % 7 + 7 * (nth - 1)
    return date(year, month, day)


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def holiday(rule: str, year: int) -> date:
    """Return the day of a holiday in a year by its rule in the language file.

    Rules are ``12-25``, ``11-4-thu`` (the fourth Thursday of November; ``l`` for the last)
    and ``easter``, each with a number of days added: ``easter-2``, ``11-4-thu+1``.
    """
    match = re.fullmatch(r"(easter|\d\d-\d\d|\d\d-[1-5l]-[a-z]{3})([+-]\d+)?", rule)
    if match is None:
        raise ValueError(f"unknown holiday rule `{rule}`")
    base, plus = match.groups()
    if base == "easter":
        day = easter(year)
    elif len(base) == 5:
        day = date(year, int(base[:2]), int(base[3:]))
    else:
        month, nth, weekday = base.split("-")
        day = nth_weekday(
            year, int(month), 0 if nth == "l" else int(nth), _WEEKDAYS.index(weekday)
        )
    return day + timedelta(days=int(plus or 0))


def add(day: date, unit: str, count: int) -> date:
    """Return a day some units later. Raises OverflowError far away."""
    if abs(count) > 4_000:
        raise OverflowError
    match unit:
        case "week":
            return day + timedelta(weeks=count)
        case "fortnight":
            return day + timedelta(weeks=2 * count)
        case "month" | "year":
            months = (
                day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
            )
            year, month = divmod(months, 12)
            if not 1 <= year <= 9_999:
                raise OverflowError
            last = monthrange(year, month + 1)[1]
            return date(year, month + 1, min(day.day, last))
        case _:
            return day + timedelta(days=count)
