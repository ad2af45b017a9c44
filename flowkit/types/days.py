"""Which day is meant: one method for each rule that language files have patterns for.

The patterns (``dates: rules:`` of a language file) capture numbers, weekdays, months and
units; the method of the rule's name makes a day of them, seen from today, from the slot's
present value, or from the slot that this one comes after.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flowkit.types.almanac import NoSuchDayError, add, holiday, nth_weekday


@dataclass(frozen=True, slots=True)
class Year:
    """A year that was said."""

    value: int
    short: bool
    """Two figures: only taken where years lie in the past."""
    figures: bool = False
    """Written as four figures: "2031", not "twenty thirty-one", which may be a time."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that some words mean, before it is a reading."""

    value: date | None
    certainty: float = 1.0
    computed: bool = True
    also: tuple[date, ...] = ()
    why: str | None = None


def _either(values: dict[str, Any], *names: str) -> int:
    """Return the first of some captured numbers that is there."""
    return int(next(values[name] for name in names if name in values))


@dataclass(frozen=True, slots=True)
class Resolver:
    """Works out days from what rules captured, at one moment."""

    today: date
    past: bool
    birth: bool
    """A date of birth: in the past, and no day without its year."""
    month_first: bool
    value: date | None
    after: date | None
    asked: bool

    @property
    def floor(self) -> date:
        """The first day that is meant when nothing else is said."""
        return max(self.today, self.after) if self.after else self.today

    @property
    def _kept(self) -> date | None:
        """The day gone by that is being put right, parts of which stay."""
        return self.value if self.past and self.asked else None

    def _in_kept_month(self, day: int) -> Day | None:
        if self._kept is None:
            return Day(None, why="vague") if self.birth else None
        return Day(self.day_month(day, self._kept.month, self._kept.year))

    @property
    def of_the_past(self) -> float:
        """How sure "yesterday" is a value: "I booked yesterday" is about the booking."""
        return 1.0 if self.asked or self.past else 0.5

    def coming(self, weekday: int, start: date | None = None) -> date:
        """Return the first such weekday behind a day."""
        start = start or self.floor
        return start + timedelta(days=(weekday - start.weekday() - 1) % 7 + 1)

    def in_week(self, weekday: int, weeks: int) -> date:
        """Return the weekday of this week (Monday first) or one of the next."""
        monday = self.today - timedelta(days=self.today.weekday())
        return monday + timedelta(days=7 * weeks + weekday)

    def year(self, year: Year) -> int | None:
        """Return the full year, or None if these words are hardly a year here."""
        value, now = year.value, self.today.year
        if year.short and not self.past:
            return None
        if value < 100:
            value += now // 100 * 100
            if self.past and value > now:
                value -= 100
        elif not self.past:
            latest = now + (10 if year.figures else 3)
            return value if now - 30 <= value <= latest else None
        return value

    def day_month(self, day: int, month: int, year: int | None) -> date:
        """Return a day of a month: of that year, else the next (or last) one."""
        if not 1 <= month <= 12 or not 1 <= day <= 31:
            raise NoSuchDayError
        if year is not None:
            try:
                return date(year, month, day)
            except ValueError:
                raise NoSuchDayError from None
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
        raise NoSuchDayError

    def day_of_month(self, day: int, months: int | None = None) -> date:
        """Return the next day with this number, or that of a month counted from now."""
        if not 1 <= day <= 31:
            raise NoSuchDayError
        base = self.today if months is not None else self.floor
        first = base.replace(day=1)
        if months is not None:
            first = add(first, "month", months)
            try:
                return first.replace(day=day)
            except ValueError:
                raise NoSuchDayError from None
        for distance in range(13):
            start = add(first, "month", -distance if self.past else distance)
            if day > monthrange(start.year, start.month)[1]:
                continue
            found = start.replace(day=day)
            if found <= self.today if self.past else found >= base:
                return found
        raise NoSuchDayError

    def agreeing(
        self, day: date, weekday: int, following: Callable[[date], date]
    ) -> Day:
        """Return a day whose weekday was said too; both count if they do not agree."""
        if day.weekday() == weekday:
            return Day(day)
        later = following(day)
        nearest = day + timedelta(days=(weekday - day.weekday() + 3) % 7 - 3)
        if later.weekday() == weekday:
            return Day(later, also=(day,))
        return Day(day, also=(nearest,))

    # --- one method a rule -----------------------------------------------------------------

    def _rule_day_month(self, v: dict[str, Any]) -> Day | None:
        day = _either(v, "ordinal", "day")
        year = self.year(v["year"]) if "year" in v else None
        if "year" in v and year is None:
            return None
        if year is None and self._kept is not None:
            # "no, the sixth of June": the year that was said stays
            return Day(self.day_month(day, v["month"], self._kept.year))
        if self.birth and year is None:
            return Day(None, why="vague")
        # the day is said as it is; only the year is taken for granted
        found = self.day_month(day, v["month"], year)
        return Day(found, computed=False)

    def _rule_weekday_day_month(self, v: dict[str, Any]) -> Day | None:
        day = self._rule_day_month(v)
        if day is None or day.value is None or day.value.weekday() == v["weekday"]:
            return day
        found = self.agreeing(day.value, v["weekday"], lambda one: one)
        return Day(found.value, also=found.also)

    def _rule_ordinal_month(self, v: dict[str, Any]) -> Day | None:
        """Take "the fifteenth of the fifth": the second ordinal is the month."""
        if not 1 <= v["month"] <= 12 or ("year" not in v and not self.birth):
            return None
        return self._rule_day_month(v)

    def _rule_day_month_and_more(self, v: dict[str, Any]) -> Day | None:
        """Refuse to guess when what stands where a year of birth stands is none."""
        if not self.birth or v["more"] < 10:
            return None
        return Day(None, why="vague")

    def _rule_figure_groups(self, v: dict[str, Any]) -> Day | None:
        """Take "22 03 19 71", however a recogniser has grouped the figures."""
        text = v["figures"]
        if not self.birth or not self.asked or len(text) != 8:
            return None
        first, second, year = int(text[:2]), int(text[2:4]), int(text[4:])
        day, month = (second, first) if self.month_first else (first, second)
        if not (
            1 <= month <= 12 and 1 <= day <= 31 and 1900 <= year <= self.today.year
        ):
            return None
        return Day(self.day_month(day, month, year), 0.8)

    def _rule_written(self, v: dict[str, Any]) -> Day | None:
        kind, *parts = v["written"]
        if kind == "iso":
            year, month, day = (int(part) for part in parts)
            found = self.day_month(day, month, year)
            return Day(found, computed=False)
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
        if "year" in v and not year_text:
            full = self.year(v["year"])
            if full is None:
                return None
            certainty = 1.0
        if self.birth and full is None:
            return Day(None, why="vague")
        found = self.day_month(day, month, full)
        if "weekday" in v and found.weekday() != v["weekday"]:
            return self.agreeing(found, v["weekday"], lambda one: one)
        return Day(found, certainty, computed=False)

    def _rule_weekday_ordinal(self, v: dict[str, Any]) -> Day | None:
        number = _either(v, "ordinal", "day")

        def following(day: date) -> date:
            for months in (1, 2):
                start = add(day.replace(day=1), "month", months)
                if number <= monthrange(start.year, start.month)[1]:
                    later = start.replace(day=number)
                    if later.weekday() == v["weekday"]:
                        return later
            return day

        return self.agreeing(self.day_of_month(number), v["weekday"], following)

    def _rule_nth_weekday(self, v: dict[str, Any]) -> Day | None:
        nth = v.get("ordinal", 0)
        weekday = _either(v, "weekday", "last")
        if "month" not in v:
            return Day(self._nth(self.today.year, self.today.month, nth, weekday))
        if "year" in v:
            said = self.year(v["year"])
            return Day(self._nth(said, v["month"], nth, weekday)) if said else None
        for year in range(self.today.year - self.past, self.today.year + 2):
            found = self._nth(year, v["month"], nth, weekday)
            if found >= self.floor or self.past:
                return Day(found)
        return None

    def _rule_nth_weekday_next_month(self, v: dict[str, Any]) -> Day | None:
        month = add(self.today.replace(day=1), "month", 1)
        weekday = _either(v, "weekday", "last")
        return Day(self._nth(month.year, month.month, v.get("ordinal", 0), weekday))

    @staticmethod
    def _nth(year: int, month: int, nth: int, weekday: int) -> date:
        try:
            return nth_weekday(year, month, nth, weekday)
        except ValueError:
            raise NoSuchDayError from None

    def _rule_day_next_month(self, v: dict[str, Any]) -> Day | None:
        return Day(self.day_of_month(v["ordinal"], 1))

    def _rule_day_this_month(self, v: dict[str, Any]) -> Day | None:
        return Day(self.day_of_month(v["ordinal"], 0))

    def _rule_ordinal(self, v: dict[str, Any]) -> Day | None:
        kept = self._in_kept_month(v["ordinal"])
        if kept is not None:
            return kept if kept.value else None
        # "the first", "the second" are said of other things too
        return Day(self.day_of_month(v["ordinal"]), 0.9 if v["ordinal"] > 5 else 0.7)

    def _rule_month_year(self, v: dict[str, Any]) -> Day | None:
        """Refuse to guess the day in "July 1976"."""
        if not self.past or v["year"].short:
            return None
        return Day(None, why="vague")

    def _rule_year_bare(self, v: dict[str, Any]) -> Day | None:
        year = self.year(v["year"])
        if self._kept is None or v["year"].short or year is None:
            return None
        return Day(self.day_month(self._kept.day, self._kept.month, year))

    def _rule_ordinal_bare(self, v: dict[str, Any]) -> Day | None:
        kept = self._in_kept_month(v["ordinal"])
        if kept is not None:
            return kept if kept.value else None
        return Day(self.day_of_month(v["ordinal"]), 0.7 if v["ordinal"] > 5 else 0.5)

    def _rule_day_bare(self, v: dict[str, Any]) -> Day | None:
        return Day(self.day_of_month(v["day"]), 0.5) if 1 <= v["day"] <= 31 else None

    def _rule_number_bare(self, v: dict[str, Any]) -> Day | None:
        if not self.asked or not 1 <= v["day"] <= 31 or self.past:
            return None
        return Day(self.day_of_month(v["day"]), 0.3)

    def _rule_weekday_next_week(self, v: dict[str, Any]) -> Day | None:
        return Day(self.in_week(v["weekday"], 1))

    def _rule_weekday_this_week(self, v: dict[str, Any]) -> Day | None:
        return Day(self.in_week(v["weekday"], 0))

    def _rule_weekday_in_weeks(self, v: dict[str, Any]) -> Day | None:
        count, unit = v.get("count", 1), v.get("unit", "week")
        return Day(add(self.coming(v["weekday"], self.today), unit, count))

    def _rule_weekday_after_next_week(self, v: dict[str, Any]) -> Day | None:
        return Day(self.in_week(v["weekday"], 2))

    def _rule_weekday_this(self, v: dict[str, Any]) -> Day | None:
        if v["weekday"] == self.today.weekday():
            return Day(self.today)
        return Day(self.coming(v["weekday"], self.today))

    def _rule_weekday_next(self, v: dict[str, Any]) -> Day | None:
        nearest = self.coming(v["weekday"], self.today)
        following = self.in_week(v["weekday"], 1)
        # said on a Tuesday, "next Friday" is the one of next week to most, but not to all
        also = (nearest,) if nearest < following else ()
        return Day(following, also=also)

    def _rule_weekday_last(self, v: dict[str, Any]) -> Day | None:
        back = (self.today.weekday() - v["weekday"] - 1) % 7 + 1
        return Day(self.today - timedelta(days=back))

    def _rule_weekday_after_value(self, v: dict[str, Any]) -> Day | None:
        base = self.value or self.after
        return Day(self.coming(v["weekday"], base)) if base else None

    def _rule_weekdays_from_now(self, v: dict[str, Any]) -> Day | None:
        first = self.coming(v["weekday"], self.today)
        return Day(add(first, "week", v["count"] - 1)) if v["count"] else None

    def _rule_weekday_number(self, v: dict[str, Any]) -> Day | None:
        """Take "Friday 27" if the next 27th is a Friday: it may also be a time."""
        if not 1 <= v["day"] <= 31:
            return None
        day = self.day_of_month(v["day"])
        if day.weekday() != v["weekday"]:
            return None
        return Day(day, 1.0 if v["day"] > 12 else 0.8)

    def _rule_units_after(self, v: dict[str, Any]) -> Day | None:
        return Day(add(v["base"], v["unit"], v.get("count", 1)))

    def _rule_units_before(self, v: dict[str, Any]) -> Day | None:
        return Day(add(v["base"], v.get("unit", "day"), -v.get("count", 1)))

    def _rule_weekday(self, v: dict[str, Any]) -> Day | None:
        if self.past:
            return self._rule_weekday_last(v)
        if "offset" in v:
            return self._rule_offset(v)
        return Day(self.coming(v["weekday"]))

    def _rule_offset(self, v: dict[str, Any]) -> Day | None:
        day = self.today + timedelta(days=v["offset"])
        if v["offset"] < 0:
            return Day(day, self.of_the_past)
        if "weekday" in v and day.weekday() != v["weekday"]:
            return Day(day, also=(self.coming(v["weekday"], self.today),))
        return Day(day)

    def _rule_offset_week(self, v: dict[str, Any]) -> Day | None:
        base = self.today + timedelta(days=v.get("offset", 0))
        return Day(add(base, v.get("unit", "week"), v.get("count", 1)))

    def _rule_in_units(self, v: dict[str, Any]) -> Day | None:
        return Day(add(self.today, v["unit"], v.get("count", 1)))

    def _rule_units_ago(self, v: dict[str, Any]) -> Day | None:
        return Day(add(self.today, v["unit"], -v.get("count", 1)), self.of_the_past)

    def _rule_units_later(self, v: dict[str, Any]) -> Day | None:
        base = self.value or self.after
        return Day(add(base, v["unit"], v.get("count", 1))) if base else None

    def _rule_day_later(self, v: dict[str, Any]) -> Day | None:
        base = self.value or self.after
        return Day(base + timedelta(days=1)) if base else None

    def _rule_units_earlier(self, v: dict[str, Any]) -> Day | None:
        base = self.value or self.after
        return Day(add(base, v["unit"], -v.get("count", 1))) if base else None

    def _rule_holiday(self, v: dict[str, Any]) -> Day | None:
        if "year" in v:
            year = self.year(v["year"])
            return Day(holiday(v["holiday"], year)) if year else None
        for year in range(self.floor.year - self.past, self.floor.year + 2):
            found = holiday(v["holiday"], year)
            if self.past or found >= self.floor:
                return Day(found)
        return None

    def _rule_weekend(self, v: dict[str, Any]) -> Day | None:
        saturday = self.in_week(5, v["weekend"])
        days = (saturday, saturday + timedelta(days=1))
        ahead = tuple(day for day in days if day >= self.today)
        return Day(None, also=ahead, why="vague")

    def _rule_last_of_month(self, v: dict[str, Any]) -> Day | None:
        month = v.get("month", self.today.month)
        year = self.year(v["year"]) if "year" in v else None
        if year is None:
            year = self.today.year + (month < self.today.month)
        return Day(date(year, month, monthrange(year, month)[1]))

    def _rule_month_only(self, v: dict[str, Any]) -> Day | None:
        return Day(None, 0.8, why="vague")

    def _rule_month_bare(self, v: dict[str, Any]) -> Day | None:
        return Day(None, 0.6, why="vague") if self.asked else None

    def _rule_vague(self, v: dict[str, Any]) -> Day | None:
        return Day(None, 0.6, why="vague")

    def _rule_figures(self, v: dict[str, Any]) -> Day | None:
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
        return Day(found, certainty, computed=day <= 12 and day != month)


RULES: dict[str, Callable[[Resolver, dict[str, Any]], Day | None]] = {
    name.removeprefix("_rule_"): method
    for name, method in vars(Resolver).items()
    if name.startswith("_rule_")
}
