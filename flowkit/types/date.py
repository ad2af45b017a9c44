"""``type: date``: a day, as ``2026-11-27``.

Days are said relative to today, to a weekday, to the slot's present value ("the day after")
or to the slot that this one comes after. They are taken to lie ahead, unless the words say
otherwise ("last Friday") or the slot says ``assume: past`` (a date of birth). What is worked
out rather than said is marked ``computed``, so that it is said back.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.languages import Language
from flowkit.types.grammar import Grammar, Match
from flowkit.types.heard import Heard, Phrases, compiled, hear, listed, phrase_of
from flowkit.types.joining import joined
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spoken import spoken, worded

MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "AS", "VI", "MP", "FM", "MH", "PW"})
"""Countries that write the month before the day (Unicode CLDR 46, short date patterns)."""

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_SHORT = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2}))?")


@dataclass(frozen=True, slots=True)
class _Year:
    value: int
    short: bool
    """Two figures: only taken where years lie in the past, or if written."""


@dataclass(frozen=True, slots=True)
class _Day:
    """A day that some words mean, before it is a reading."""

    value: date | None
    certainty: float = 1.0
    computed: bool = True
    also: tuple[date, ...] = ()
    why: str | None = None


class _NoSuchDayError(Exception):
    """There is no such day in any year."""


class _Words:
    """The date words of one language."""

    def __init__(self, language: Language) -> None:
        data = language.section("dates")

        def values(name: str) -> Phrases[int]:
            return Phrases(
                (text, int(value))
                for value, texts in (data.get(name) or {}).items()
                for text in listed(texts)
            )

        self.months = values("months")
        self.weekdays = values("weekdays")
        self.offsets = values("offsets")
        self.weekends = values("weekends")
        self.units: Phrases[str] = Phrases.by_value(data.get("units"))
        self.holidays: Phrases[str] = Phrases.by_value(data.get("holidays"))
        self.vague: Phrases[str] = Phrases.of(data.get("vague"))
        self.before: Phrases[str] = Phrases.of(data.get("before"))
        self.not_days: Phrases[str] = Phrases.of(data.get("not_days"))
        self.rarely = frozenset(listed(data.get("rarely")))
        self.zero = frozenset(listed(data.get("year_zero")))
        self.spoken = str(data["spoken"])
        self.spoken_full = str(data["spoken_full"])
        self.weekday_names = [
            listed(texts)[0] for texts in (data.get("weekdays") or {}).values()
        ]
        self.month_names = [
            listed(texts)[0] for texts in (data.get("months") or {}).values()
        ]
        self.capitals = str(data.get("capitals", "yes")) != "no"
        rules = data.get("rules") or {}
        self.grammar = Grammar(
            rules,
            {
                "month": lambda h, i: self.months.at(h.texts, i),
                "weekday": lambda h, i: self.weekdays.at(h.texts, i),
                "offset": lambda h, i: self.offsets.at(h.texts, i),
                "unit": lambda h, i: self.units.at(h.texts, i),
                "holiday": lambda h, i: self.holidays.at(h.texts, i),
                "weekend": lambda h, i: self.weekends.at(h.texts, i),
                "vague": lambda h, i: self.vague.at(h.texts, i),
                "ordinal": _read_ordinal,
                "number": _read_number,
                "year": self._read_year,
                "written": _read_written,
            },
        )
        literal = {
            token
            for patterns in rules.values()
            for pattern in listed(patterns)
            for token in phrase_of(re.sub(r"\{[^}]*\}|[\[\]()|]", " ", pattern))
        }
        # without any of these, without an ordinal and a figure, there is no date
        self.triggers = (
            self.months.firsts
            | self.weekdays.firsts
            | self.offsets.firsts
            | self.weekends.firsts
            | self.units.firsts
            | self.holidays.firsts
            | self.vague.firsts
            | (literal & frozenset(listed(data.get("triggers"))))
        )

    def _read_year(self, heard: Heard, i: int) -> tuple[int, _Year] | None:
        text = heard.texts[i]
        if text[0] == "'" and text[1:].isdecimal() and len(text) == 3:
            return i + 1, _Year(int(text[1:]), short=False)
        number = heard.numbers[i]
        if number is None:
            return None
        end, value = number
        if not isinstance(value, int):
            return None
        if 1900 <= value < 2100:
            return end, _Year(value, short=False)
        if value in (19, 20) and end < heard.count and not text.isdecimal():
            if heard.texts[end] in self.zero and end + 1 < heard.count:
                unit = heard.numbers[end + 1]
                if unit is not None and isinstance(unit[1], int) and unit[1] < 10:
                    return unit[0], _Year(value * 100 + unit[1], short=False)
            rest = heard.numbers[end]
            if rest is not None and isinstance(rest[1], int) and 10 <= rest[1] < 100:
                return rest[0], _Year(value * 100 + rest[1], short=False)
        if 0 <= value < 100 and (end - i > 1 or value >= 10 or len(text) == 2):
            return end, _Year(value, short=True)
        return None


def _read_ordinal(heard: Heard, i: int) -> tuple[int, int] | None:
    found = heard.ordinals[i]
    return found if found is not None and 1 <= found[1] <= 39 else None


def _read_number(heard: Heard, i: int) -> tuple[int, int] | None:
    found = heard.numbers[i]
    if found is None or not isinstance(found[1], int) or found[1] > 999:
        return None
    return found[0], found[1]


def _read_written(heard: Heard, i: int) -> tuple[int, tuple[str, ...]] | None:
    text = heard.texts[i]
    if len(text) < 3 or not text[0].isdigit():
        return None
    iso = _ISO.fullmatch(text)
    if iso:
        return i + 1, ("iso", *iso.groups())
    short = _SHORT.fullmatch(text)
    if short:
        first, mark, second, year = short.groups()
        return i + 1, (mark, first, second, year or "")
    return None


def _either(values: dict[str, Any], *names: str) -> int:
    """Return the first of some captured numbers that is there."""
    return int(next(values[name] for name in names if name in values))


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


def _nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
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
        day = _nth_weekday(
            year, int(month), 0 if nth == "l" else int(nth), _WEEKDAYS.index(weekday)
        )
    return day + timedelta(days=int(plus or 0))


def _add(day: date, unit: str, count: int) -> date:
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


@dataclass(frozen=True, slots=True)
class _Resolver:
    """Works out days from what rules captured, at one moment."""

    today: date
    words: _Words
    past: bool
    month_first: bool
    value: date | None
    after: date | None
    asked: bool

    @property
    def floor(self) -> date:
        """The first day that is meant when nothing else is said."""
        return max(self.today, self.after) if self.after else self.today

    def coming(self, weekday: int, start: date | None = None) -> date:
        """Return the first such weekday behind a day."""
        start = start or self.floor
        return start + timedelta(days=(weekday - start.weekday() - 1) % 7 + 1)

    def in_week(self, weekday: int, weeks: int) -> date:
        """Return the weekday of this week (Monday first) or one of the next."""
        monday = self.today - timedelta(days=self.today.weekday())
        return monday + timedelta(days=7 * weeks + weekday)

    def year(self, year: _Year) -> int | None:
        """Return the full year, or None if these words are hardly a year here."""
        value, now = year.value, self.today.year
        if year.short and not self.past:
            return None
        if value < 100:
            value += now // 100 * 100
            if self.past and value > now:
                value -= 100
        elif not self.past and not now - 30 <= value <= now + 3:
            return None
        return value

    def day_month(self, day: int, month: int, year: int | None) -> date:
        """Return a day of a month: of that year, else the next (or last) one."""
        if not 1 <= month <= 12 or not 1 <= day <= 31:
            raise _NoSuchDayError
        if year is not None:
            try:
                return date(year, month, day)
            except ValueError:
                raise _NoSuchDayError from None
        floor = self.floor
        for distance in range(9):
            try:
                found = date(
                    floor.year + (-distance if self.past else distance), month, day
                )
            except ValueError:
                continue
            if found >= floor if not self.past else found <= self.today:
                return found
        raise _NoSuchDayError

    def day_of_month(self, day: int, months: int | None = None) -> date:
        """Return the next day with this number, or that of a month counted from now."""
        if not 1 <= day <= 31:
            raise _NoSuchDayError
        base = self.today if months is not None else self.floor
        first = base.replace(day=1)
        if months is not None:
            first = _add(first, "month", months)
            try:
                return first.replace(day=day)
            except ValueError:
                raise _NoSuchDayError from None
        for distance in range(13):
            start = _add(first, "month", -distance if self.past else distance)
            if day > monthrange(start.year, start.month)[1]:
                continue
            found = start.replace(day=day)
            if found <= self.today if self.past else found >= base:
                return found
        raise _NoSuchDayError

    def agreeing(
        self, day: date, weekday: int, following: Callable[[date], date]
    ) -> _Day:
        """Return a day whose weekday was said too; both count if they do not agree."""
        if day.weekday() == weekday:
            return _Day(day)
        later = following(day)
        nearest = day + timedelta(days=(weekday - day.weekday() + 3) % 7 - 3)
        if later.weekday() == weekday:
            return _Day(later, also=(day,))
        return _Day(day, also=(nearest,))

    # --- one method a rule -----------------------------------------------------------------

    def rule_day_month(self, v: dict[str, Any]) -> _Day | None:
        day = _either(v, "ordinal", "day")
        year = self.year(v["year"]) if "year" in v else None
        if "year" in v and year is None:
            return None
        # the day is said as it is; only the year is taken for granted
        found = self.day_month(day, v["month"], year)
        return _Day(found, computed=False)

    def rule_weekday_day_month(self, v: dict[str, Any]) -> _Day | None:
        day = self.rule_day_month(v)
        if day is None or day.value is None or day.value.weekday() == v["weekday"]:
            return day
        found = self.agreeing(day.value, v["weekday"], lambda one: one)
        return _Day(found.value, also=found.also)

    def rule_written(self, v: dict[str, Any]) -> _Day | None:
        kind, *parts = v["written"]
        if kind == "iso":
            year, month, day = (int(part) for part in parts)
            found = self.day_month(day, month, year)
            return _Day(found, computed=False)
        first, second, year_text = int(parts[0]), int(parts[1]), parts[2]
        certainty = 1.0 if year_text or kind == "/" else 0.5
        if not year_text and kind == "." and (self.month_first or not self.asked):
            return None
        day, month = (second, first) if self.month_first else (first, second)
        if month > 12 and day <= 12:
            day, month = month, day
        full = None
        if year_text:
            full = int(year_text)
            if full < 100:
                full += self.today.year // 100 * 100
                if full > self.today.year + (0 if self.past else 20):
                    full -= 100
        elif not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        found = self.day_month(day, month, full)
        if "weekday" in v and found.weekday() != v["weekday"]:
            return self.agreeing(found, v["weekday"], lambda one: one)
        return _Day(found, certainty, computed=False)

    def rule_weekday_ordinal(self, v: dict[str, Any]) -> _Day | None:
        number = _either(v, "ordinal", "day")

        def following(day: date) -> date:
            for months in (1, 2):
                start = _add(day.replace(day=1), "month", months)
                if number <= monthrange(start.year, start.month)[1]:
                    later = start.replace(day=number)
                    if later.weekday() == v["weekday"]:
                        return later
            return day

        return self.agreeing(self.day_of_month(number), v["weekday"], following)

    def rule_nth_weekday(self, v: dict[str, Any]) -> _Day | None:
        nth = v.get("ordinal", 0)
        weekday = _either(v, "weekday", "last")
        if "month" not in v:
            return _Day(self._nth(self.today.year, self.today.month, nth, weekday))
        for year in range(self.today.year - self.past, self.today.year + 2):
            found = self._nth(year, v["month"], nth, weekday)
            if found >= self.floor or self.past:
                return _Day(found)
        return None

    def rule_nth_weekday_next_month(self, v: dict[str, Any]) -> _Day | None:
        month = _add(self.today.replace(day=1), "month", 1)
        weekday = _either(v, "weekday", "last")
        return _Day(self._nth(month.year, month.month, v.get("ordinal", 0), weekday))

    @staticmethod
    def _nth(year: int, month: int, nth: int, weekday: int) -> date:
        try:
            return _nth_weekday(year, month, nth, weekday)
        except ValueError:
            raise _NoSuchDayError from None

    def rule_day_next_month(self, v: dict[str, Any]) -> _Day | None:
        return _Day(self.day_of_month(v["ordinal"], 1))

    def rule_day_this_month(self, v: dict[str, Any]) -> _Day | None:
        return _Day(self.day_of_month(v["ordinal"], 0))

    def rule_ordinal(self, v: dict[str, Any]) -> _Day | None:
        # "the first", "the second" are said of other things too
        return _Day(self.day_of_month(v["ordinal"]), 0.9 if v["ordinal"] > 5 else 0.7)

    def rule_ordinal_bare(self, v: dict[str, Any]) -> _Day | None:
        return _Day(self.day_of_month(v["ordinal"]), 0.7 if v["ordinal"] > 5 else 0.5)

    def rule_day_bare(self, v: dict[str, Any]) -> _Day | None:
        return _Day(self.day_of_month(v["day"]), 0.5) if 1 <= v["day"] <= 31 else None

    def rule_number_bare(self, v: dict[str, Any]) -> _Day | None:
        if not self.asked or not 1 <= v["day"] <= 31 or self.past:
            return None
        return _Day(self.day_of_month(v["day"]), 0.3)

    def rule_weekday_next_week(self, v: dict[str, Any]) -> _Day | None:
        return _Day(self.in_week(v["weekday"], 1))

    def rule_weekday_this_week(self, v: dict[str, Any]) -> _Day | None:
        return _Day(self.in_week(v["weekday"], 0))

    def rule_weekday_in_weeks(self, v: dict[str, Any]) -> _Day | None:
        count, unit = v.get("count", 1), v.get("unit", "week")
        return _Day(_add(self.coming(v["weekday"], self.today), unit, count))

    def rule_weekday_after_next_week(self, v: dict[str, Any]) -> _Day | None:
        return _Day(self.in_week(v["weekday"], 2))

    def rule_weekday_this(self, v: dict[str, Any]) -> _Day | None:
        if v["weekday"] == self.today.weekday():
            return _Day(self.today)
        return _Day(self.coming(v["weekday"], self.today))

    def rule_weekday_next(self, v: dict[str, Any]) -> _Day | None:
        nearest = self.coming(v["weekday"], self.today)
        following = self.in_week(v["weekday"], 1)
        # said on a Tuesday, "next Friday" is the one of next week to most, but not to all
        also = (nearest,) if nearest < following else ()
        return _Day(following, also=also)

    def rule_weekday_last(self, v: dict[str, Any]) -> _Day | None:
        back = (self.today.weekday() - v["weekday"] - 1) % 7 + 1
        return _Day(self.today - timedelta(days=back))

    def rule_weekday_after_value(self, v: dict[str, Any]) -> _Day | None:
        base = self.value or self.after
        return _Day(self.coming(v["weekday"], base)) if base else None

    def rule_weekday(self, v: dict[str, Any]) -> _Day | None:
        if self.past:
            return self.rule_weekday_last(v)
        if "offset" in v:
            return self.rule_offset(v)
        return _Day(self.coming(v["weekday"]))

    def rule_offset(self, v: dict[str, Any]) -> _Day | None:
        day = self.today + timedelta(days=v["offset"])
        if "weekday" in v and day.weekday() != v["weekday"]:
            return _Day(day, also=(self.coming(v["weekday"], self.today),))
        return _Day(day)

    def rule_offset_week(self, v: dict[str, Any]) -> _Day | None:
        base = self.today + timedelta(days=v.get("offset", 0))
        return _Day(_add(base, v.get("unit", "week"), v.get("count", 1)))

    def rule_in_units(self, v: dict[str, Any]) -> _Day | None:
        return _Day(_add(self.today, v["unit"], v.get("count", 1)))

    def rule_units_ago(self, v: dict[str, Any]) -> _Day | None:
        return _Day(_add(self.today, v["unit"], -v.get("count", 1)))

    def rule_units_later(self, v: dict[str, Any]) -> _Day | None:
        base = self.value or self.after
        return _Day(_add(base, v["unit"], v.get("count", 1))) if base else None

    def rule_day_later(self, v: dict[str, Any]) -> _Day | None:
        base = self.value or self.after
        return _Day(base + timedelta(days=1)) if base else None

    def rule_units_earlier(self, v: dict[str, Any]) -> _Day | None:
        base = self.value or self.after
        return _Day(_add(base, v["unit"], -v.get("count", 1))) if base else None

    def rule_holiday(self, v: dict[str, Any]) -> _Day | None:
        if "year" in v:
            year = self.year(v["year"])
            return _Day(holiday(v["holiday"], year)) if year else None
        for year in range(self.floor.year - self.past, self.floor.year + 2):
            found = holiday(v["holiday"], year)
            if self.past or found >= self.floor:
                return _Day(found)
        return None

    def rule_weekend(self, v: dict[str, Any]) -> _Day | None:
        saturday = self.in_week(5, v["weekend"])
        days = (saturday, saturday + timedelta(days=1))
        ahead = tuple(day for day in days if day >= self.today)
        return _Day(None, also=ahead, why="vague")

    def rule_last_of_month(self, v: dict[str, Any]) -> _Day | None:
        month = v.get("month", self.today.month)
        year = self.year(v["year"]) if "year" in v else None
        if year is None:
            year = self.today.year + (month < self.today.month)
        return _Day(date(year, month, monthrange(year, month)[1]))

    def rule_month_only(self, v: dict[str, Any]) -> _Day | None:
        return _Day(None, 0.8, why="vague")

    def rule_vague(self, v: dict[str, Any]) -> _Day | None:
        return _Day(None, 0.6, why="vague")

    def rule_figures(self, v: dict[str, Any]) -> _Day | None:
        """Take "12 5 84" and, where a date was asked for, "11 27"."""
        if not self.asked and not self.past:
            return None
        first, second = v["first"], v["second"]
        day, month = (second, first) if self.month_first else (first, second)
        if month > 12 and day <= 12:
            day, month = month, day
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        year = None
        if "third" in v:
            year = self.year(v["third"])
            if year is None:
                return None
        elif self.past:
            return None
        found = self.day_month(day, month, year)
        certainty = 0.8 if year else 0.4
        return _Day(found, certainty, computed=day <= 12 and day != month)


_RULES: dict[str, Callable[[_Resolver, dict[str, Any]], _Day | None]] = {
    name.removeprefix("rule_"): method
    for name, method in vars(_Resolver).items()
    if name.startswith("rule_")
}


@dataclass(frozen=True, slots=True)
class DateType:
    """A day."""

    assume: Literal["future", "past"] = "future"
    name: str = "date"

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return every day in the utterance."""
        heard = hear(said, ctx.language)
        words = compiled(ctx.language, _Words)
        if (
            heard.tokens.isdisjoint(words.triggers)
            and not any(heard.ordinals)
            and not self._figures(heard, ctx)
        ):
            return []
        resolver = _Resolver(
            today=ctx.now.date(),
            words=words,
            past=self.assume == "past",
            month_first=ctx.country.upper() in MONTH_FIRST,
            value=_date(ctx.value),
            after=_date(ctx.after),
            asked=ctx.asked,
        )

        def take(match: Match) -> Reading | None:
            return self._reading(heard, words, resolver, match)

        found = words.grammar.scan(heard, take)
        return joined(found, heard, ctx.language) if len(found) > 1 else found

    def _figures(self, heard: Heard, ctx: Context) -> bool:
        """Whether there are figures that may be a date without any word for it."""
        if (ctx.asked or self.assume == "past") and any(heard.numbers):
            return True
        return any(text[0].isdigit() and len(text) > 2 for text in heard.tokens)

    @staticmethod
    def _reading(
        heard: Heard, words: _Words, resolver: _Resolver, match: Match
    ) -> Reading | None:
        start, end = match.start, match.end
        first, last = heard.span(start, end)
        try:
            day = _RULES[match.rule](resolver, match.values)
        except _NoSuchDayError:
            if match.rule in ("figures", "number_bare", "day_bare"):
                return None
            return Reading(None, first, last, why="no_such_day")
        except (OverflowError, ValueError):
            return None
        if day is None:
            return None
        certainty = day.certainty
        bare = end - start == 1
        if bare and heard.texts[start] in words.rarely:
            certainty = 0.5
        if match.rule in ("ordinal", "ordinal_bare", "day_bare"):
            if end < heard.count and words.not_days.at(heard.texts, end):
                return None
            if certainty < 1 and words.before.before(heard.texts, start) is not None:
                certainty = 1.0 if match.rule == "ordinal" else 0.8
        return Reading(
            None if day.value is None else day.value.isoformat(),
            first,
            last,
            certainty,
            computed=day.computed,
            also=tuple(one.isoformat() for one in day.also),
            why=day.why,
        )

    def open(self, data: Json) -> object:
        """Return a ``datetime.date``."""
        return _date(data)

    def close(self, value: object) -> Json:
        """Return ``YYYY-MM-DD`` of a date, a datetime or ISO text.

        Raises:
            ValueError: It is none of these.
        """
        if isinstance(value, datetime):
            return value.date().isoformat()
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, str):
            return _parse(value).isoformat()
        raise ValueError(f"`{value}` is not a date")

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the day: "Friday the twenty-seventh"; a day in the past with its year."""
        day = _date(data)
        if day is None:
            return str(data)
        known = worded(language)
        words = compiled(known, _Words)
        numbers = spoken(known)
        weekday = words.weekday_names[day.weekday()]
        month = words.month_names[day.month - 1]
        if words.capitals:
            weekday, month = weekday.capitalize(), month.capitalize()
        form = words.spoken_full if self.assume == "past" else words.spoken
        text = form.replace("{weekday}", weekday).replace("{month}", month)
        text = text.replace("{ordinal}", numbers.ordinal(day.day))
        text = text.replace("{number}", numbers.number(day.day))
        return text.replace("{year}", numbers.year(day.year))

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return a day typed as day and month in the country's order, and the year."""
        if not pressed.isdecimal() or len(pressed) not in (4, 6, 8):
            return None
        first, second, rest = int(pressed[:2]), int(pressed[2:4]), pressed[4:]
        month_first = ctx.country.upper() in MONTH_FIRST
        day, month = (second, first) if month_first else (first, second)
        today = ctx.now.date()
        past = self.assume == "past"
        resolver = _Resolver(
            today, compiled(ctx.language, _Words), past, month_first, None, None, True
        )
        year = None
        if rest:
            year = int(rest)
            if year < 100:
                year += today.year // 100 * 100
                year -= 100 * (past and year > today.year)
        try:
            return resolver.day_month(day, month, year).isoformat()
        except _NoSuchDayError:
            return None


def _parse(text: str) -> date:
    """Return the date of ISO text. Raises ValueError."""
    return datetime.fromisoformat(text.strip()).date()


def _date(data: Json) -> date | None:
    """Return the date of canonical data, or None."""
    if not isinstance(data, str):
        return None
    try:
        return _parse(data)
    except ValueError:
        return None
