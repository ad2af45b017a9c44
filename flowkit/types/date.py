"""``type: date``: a day, as ``2026-11-27``.

Days are said relative to today, to a weekday, to the slot's present value ("the day after")
or to the slot that this one comes after. They are taken to lie ahead, unless the words say
otherwise ("last Friday") or the slot says ``assume: past`` or ``birth``. What is worked
out rather than said is marked ``computed``, so that it is said back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.languages import Language
from flowkit.types.almanac import NoSuchDayError
from flowkit.types.days import RULES, Resolver, Year
from flowkit.types.forms import close_date, open_date
from flowkit.types.grammar import Grammar, Match
from flowkit.types.heard import Heard, Phrases, compiled, hear, listed, phrase_of
from flowkit.types.joining import joined
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spoken import spoken, worded

MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "AS", "VI", "MP", "FM", "MH", "PW"})
"""Countries that write the month before the day (Unicode CLDR 46, short date patterns)."""

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"((?:19|20)\d\d)([01]\d)([0-3]\d)")
_SHORT = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2}))?")


_SHIFTS = frozenset({"units_after", "units_before"})
"""Rules whose words are followed by another day, from which they count."""

_PARTS = frozenset({"ordinal", "ordinal_bare", "year_bare"})
"""Rules for a part of a day that is put right."""
_WITH_YEAR = frozenset(
    {
        "day_month",
        "weekday_day_month",
        "ordinal_month",
        "day_month_and_more",
        "written",
        "figures",
        "figure_groups",
        "month_year",
    }
)
"""Rules that can name a day of any year, as a date of birth does."""


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
        self.doubtful = frozenset(listed(data.get("doubtful_months")))
        self.rarely = frozenset(listed(data.get("rarely")))
        self.zero = frozenset(listed(data.get("year_zero")))
        self.spoken = str(data["spoken"])
        self.spoken_full = str(data["spoken_full"])
        self.spoken_month = str(data.get("spoken_month") or data["spoken"])
        self.spoken_year = str(data.get("spoken_year") or data["spoken_full"])
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
                "month": self.months,
                "weekday": self.weekdays,
                "offset": self.offsets,
                "unit": self.units,
                "holiday": self.holidays,
                "weekend": self.weekends,
                "vague": self.vague,
                "ordinal": _read_ordinal,
                "number": _read_number,
                "year": self._read_year,
                "written": _read_written,
                "figures": _read_figures,
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

    def _read_year(self, heard: Heard, i: int) -> tuple[int, Year] | None:
        text = heard.texts[i]
        if text[0] == "'" and text[1:].isdecimal() and len(text) == 3:
            return i + 1, Year(int(text[1:]), short=False)
        number = heard.numbers[i]
        if number is None:
            return None
        end, value = number
        if not isinstance(value, int):
            return None
        if 1900 <= value < 2100:
            return end, Year(value, short=False, figures=text.isdecimal())
        if value in (19, 20) and end < heard.count and not text.isdecimal():
            if heard.texts[end] in self.zero and end + 1 < heard.count:
                unit = heard.numbers[end + 1]
                if unit is not None and isinstance(unit[1], int) and unit[1] < 10:
                    return unit[0], Year(value * 100 + unit[1], short=False)
            rest = heard.numbers[end]
            if rest is not None and isinstance(rest[1], int) and 10 <= rest[1] < 100:
                return rest[0], Year(value * 100 + rest[1], short=False)
        if 0 <= value < 100 and (end - i > 1 or value >= 10 or len(text) == 2):
            return end, Year(value, short=True)
        return None


def _read_ordinal(heard: Heard, i: int) -> tuple[int, int] | None:
    found = heard.ordinals[i]
    return found if found is not None and 1 <= found[1] <= 39 else None


def _read_number(heard: Heard, i: int) -> tuple[int, int] | None:
    found = heard.numbers[i]
    if found is None or not isinstance(found[1], int) or found[1] > 999:
        return None
    return found[0], found[1]


def _read_figures(heard: Heard, i: int) -> tuple[int, str] | None:
    """Read figures over several words as one: "120 51984"."""
    out = ""
    while i < heard.count and heard.texts[i].isdecimal() and len(out) < 9:
        out += heard.texts[i]
        i += 1
    return (i, out) if len(out) > 2 and out.isascii() else None


def _read_written(heard: Heard, i: int) -> tuple[int, tuple[str, ...]] | None:
    text = heard.texts[i]
    if len(text) < 3 or not text[0].isdigit():
        return None
    iso = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if iso:
        return i + 1, ("iso", *iso.groups())
    short = _SHORT.fullmatch(text)
    if short:
        first, mark, second, year = short.groups()
        return i + 1, (mark, first, second, year or "")
    return None


NEAR_DAYS = 31
"""A day up to so far off is said by weekday and day alone."""
FAR_DAYS = 300
"""One further off than this is said with its year."""


@dataclass(frozen=True, slots=True)
class DateType:
    """A day."""

    assume: Literal["future", "past"] = "future"
    birth: bool = False
    """A date of birth: no day without its year. (``assume: birth``)"""
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
        resolver = Resolver(
            today=ctx.now.date(),
            past=self.assume == "past",
            birth=self.birth,
            month_first=ctx.country.upper() in MONTH_FIRST,
            value=open_date(ctx.value),
            after=open_date(ctx.after),
            asked=ctx.asked,
        )

        def take(match: Match) -> tuple[Reading, int] | None:
            if match.rule in _SHIFTS:
                shifted = self._shifted(heard, words, resolver, match)
                if shifted is None:
                    return None
                match = shifted
            reading = self._reading(heard, words, resolver, match)
            if reading is None or (
                # a day gone by (a birthday) is not named by a weekday, or without a
                # year, unless it was asked for
                resolver.past and not resolver.asked and reading.computed
            ):
                return None
            return reading, match.end

        found = words.grammar.scan(heard, take)
        if any(reading.certainty >= 0.7 for reading in found):
            # figures that could be days are none beside a day that was said as one
            found = [reading for reading in found if reading.certainty >= 0.5]
        if len(found) < 2:
            return found
        together = joined(found, heard, ctx.language)
        for n, one in enumerate(together):
            if one.why != "range" or str(one.also[0]) <= str(one.also[1]):
                continue
            # "Friday until Monday": the Monday behind that Friday
            resolver = replace(resolver, after=open_date(one.also[0]))
            again = words.grammar.scan(heard, take)
            last = [r.value for r in again if one.start < r.start and r.end == one.end]
            together[n] = replace(one, also=(one.also[0], *last))
        return together

    @staticmethod
    def _shifted(
        heard: Heard, words: _Words, resolver: Resolver, match: Match
    ) -> Match | None:
        """Return "two weeks before Christmas" with the day that follows as its base."""
        if match.end >= heard.count:
            return None
        for base in words.grammar.at(heard, match.end):
            if base.rule in _SHIFTS or base.rule.endswith("_bare"):
                continue
            try:
                day = RULES[base.rule](resolver, base.values)
            except (NoSuchDayError, OverflowError, ValueError):
                continue
            if day is not None and day.value is not None:
                values = match.values | {"base": day.value}
                return replace(match, end=base.end, values=values)
        return None

    def _figures(self, heard: Heard, ctx: Context) -> bool:
        """Whether there are figures that may be a date without any word for it."""
        if (ctx.asked or self.assume == "past") and any(heard.numbers):
            return True
        return any(text[0].isdigit() and len(text) > 2 for text in heard.tokens)

    @staticmethod
    def _reading(
        heard: Heard, words: _Words, resolver: Resolver, match: Match
    ) -> Reading | None:
        start, end = match.start, match.end
        first, last = heard.span(start, end)
        if resolver.birth and match.rule not in _WITH_YEAR:
            known = resolver.value is not None and resolver.asked
            if not known or match.rule not in _PARTS:
                return None
        if (
            match.rule == "weekday_number"
            and end < heard.count
            and heard.numbers[end]
            and not heard.pauses[end - 1]
        ):
            return None  # "Wednesday 2 30" has a time
        year = match.values.get("year")
        if year is not None and year.short and end < heard.count and heard.numbers[end]:
            return None  # "eighteen seventy" is not the year '18
        try:
            day = RULES[match.rule](resolver, match.values)
        except NoSuchDayError:
            if match.rule in ("figures", "number_bare", "day_bare"):
                return None
            return Reading(None, first, last, why="no_such_day")
        except (OverflowError, ValueError):
            return None
        if day is None:
            return None
        certainty = day.certainty
        if end - start == 1 and heard.texts[start] in words.rarely:
            certainty = 0.5
        if (
            match.rule == "day_month"
            and heard.texts[end - 1] in words.doubtful
            and "day" in match.values
            and not heard.texts[start][0].isdigit()
        ):
            certainty = 0.4
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
        return open_date(data)

    def close(self, value: object) -> Json:
        """Return ``YYYY-MM-DD`` of a date, a datetime or ISO text. Raises ValueError."""
        return close_date(value)

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the day: "Friday the twenty-seventh"; a day in the past with its year."""
        day = open_date(data)
        if day is None:
            return str(data)
        known = worded(language)
        words = compiled(known, _Words)
        form = words.spoken_full if self.assume == "past" else words.spoken
        return self._said(day, known, form)

    def speak_on(self, data: Json, language: flow.Language, today: str) -> str:
        """Say the day, heard on another: one far off with its month, or its year.

        "Sunday the fourteenth" of a month that is not near is a mistake nobody hears.
        """
        day, now = open_date(data), open_date(today)
        if day is None or now is None or self.assume == "past":
            return self.speak(data, language)
        off = abs((day - now).days)
        known = worded(language)
        words = compiled(known, _Words)
        form = words.spoken if off <= NEAR_DAYS else words.spoken_month
        if off > FAR_DAYS:
            form = words.spoken_year
        return self._said(day, known, form)

    @staticmethod
    def _said(day: date, known: Language, form: str) -> str:
        words = compiled(known, _Words)
        numbers = spoken(known)
        weekday = words.weekday_names[day.weekday()]
        month = words.month_names[day.month - 1]
        if words.capitals:
            weekday, month = weekday.capitalize(), month.capitalize()
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
        resolver = Resolver(today, past, past, month_first, None, None, True)
        year = None
        if rest:
            year = int(rest)
            if year < 100:
                year += today.year // 100 * 100
                year -= 100 * (past and year > today.year)
        try:
            return resolver.day_month(day, month, year).isoformat()
        except NoSuchDayError:
            return None
