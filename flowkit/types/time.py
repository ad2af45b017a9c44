"""``type: time``: a time of day, as ``19:30``.

"Seven" may be two times. What is said settles it ("in the evening", ``19:30``), else the
slot's ``assume``, the value that is being corrected, or the slot that this one comes after;
then the reading is ``computed``. Otherwise both are reported. A bare number is a time only
to somebody who was asked for one: certainty 0.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.languages import Language
from flowkit.types.clock import RULES, Said, halves
from flowkit.types.forms import close_time, open_time
from flowkit.types.grammar import Grammar, Match
from flowkit.types.heard import Heard, Numerals, Phrases, compiled, hear, listed
from flowkit.types.joining import joined
from flowkit.types.people import Counts
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spoken import spoken, worded

_CLOCK = re.compile(r"(\d{1,2})([:.h])(\d{2})")
_FIGURES = re.compile(r"(\d{1,2})(\d{2})")


_FIGURED = frozenset({"hour", "clock", "hour_minute", "military"})
"""Rules that take figures, which may be something else than a time."""


class _Words:
    """The time words of one language."""

    def __init__(self, language: Language) -> None:
        data = language.section("times")
        self.named: Phrases[str] = Phrases.by_value(data.get("named"))
        self.polite: Phrases[str] = Phrases.of(data.get("behind_now"))
        self.now: Phrases[str] = Phrases.of(data.get("now"))
        self.parts: Phrases[str] = Phrases.by_value(data.get("parts"))
        self.days: Phrases[str] = Phrases.of(data.get("days"))
        self.greetings: Phrases[str] = Phrases.of(data.get("greetings"))
        self.before: Phrases[str] = Phrases.of(data.get("before"))
        self.before_weak: Phrases[str] = Phrases.of(data.get("before_weak"))
        self.about: Phrases[str] = Phrases.of(data.get("about"))
        self.about_after: Phrases[str] = Phrases.of(data.get("about_after"))
        self.limits: Phrases[str] = Phrases.of(data.get("limits"))
        self.not_times: Phrases[str] = Phrases.of(data.get("not_times"))
        self.vague: Phrases[str] = Phrases.of(data.get("vague"))
        self.openings: Phrases[str] = Phrases.of(data.get("openings"))
        self.fractions: Phrases[str] = Phrases.by_value(data.get("fractions"))
        self.zero = frozenset(listed(data.get("zero")))
        self.forms = data
        self.hours: Phrases[str] = Phrases.of(data.get("hours_word"))
        self.minutes: Phrases[str] = Phrases.of(data.get("minutes"))
        self.nouns: Phrases[str] = Phrases.of(data.get("nouns"))
        counts = language.section("counts")
        self.people: Phrases[str] = Phrases.of(counts.get("nouns"))
        self.counted = compiled(language, Counts)
        self.counting: Phrases[str] = Phrases.of(counts.get("before"))
        self.months: Phrases[str] = Phrases.by_value(
            language.section("dates").get("months")
        )
        numerals = compiled(language, Numerals)
        lengths = numerals.starts | self.fractions.firsts
        self.grammar = Grammar(
            data.get("rules") or {},
            {
                "clock": _read_clock,
                "hour": _read_hour,
                "minute": self._read_minute,
                "number": _read_minutes,
                "fives": _read_fives,
                "hundreds": _read_hundreds,
                "fraction": (self._read_fraction, self.fractions.firsts),
                "named": self.named,
                "now": self.now,
                "vague": self.vague,
                "zero": Phrases((text, 0) for text in self.zero),
                "length": (self._read_length, lengths),
            },
        )
        self.triggers = (
            self.named.firsts
            | self.now.firsts
            | self.parts.firsts
            | self.vague.firsts
            | self.fractions.firsts
        )

    def in_a_row(self, heard: Heard, start: int, end: int) -> bool:
        """Whether figures stand among more of them, as in a telephone number."""

        def figure(i: int) -> bool:
            return heard.numbers[i] is not None or heard.texts[i] in self.zero

        if end < heard.count and figure(end) and not heard.pauses[end - 1]:
            return True
        return (
            start > 1
            and figure(start - 1)
            and figure(start - 2)
            and not (heard.pauses[start - 1] or heard.pauses[start - 2])
        )

    def _read_fraction(self, heard: Heard, i: int) -> tuple[int, int] | None:
        found = self.fractions.at(heard.texts, i)
        return found and (found[0], int(found[1]))

    def _read_minute(self, heard: Heard, i: int) -> tuple[int, int] | None:
        """Read minutes behind an hour: ``thirty``, ``oh five``, ``05``."""
        text = heard.texts[i]
        if i and heard.pauses[i - 1]:
            return None
        if text in self.zero and i + 1 < heard.count:
            unit = heard.numbers[i + 1]
            if unit is not None and isinstance(unit[1], int) and 1 <= unit[1] <= 9:
                return unit[0], unit[1]
        number = heard.numbers[i]
        if number is None or not isinstance(number[1], int):
            return None
        if text.isdecimal() and len(text) != 2:
            return None
        if not (10 <= number[1] <= 59 or (text.isdecimal() and number[1] < 60)):
            return None
        return number[0], number[1]

    def _read_length(self, heard: Heard, i: int) -> tuple[int, int] | None:
        """Read "an hour", "half an hour", "twenty minutes" in minutes."""
        texts = heard.texts
        fraction = self.fractions.at(texts, i)
        factor = 60
        if fraction is not None:
            at = fraction[0]
            if at < heard.count and texts[at] in heard.numerals.one:
                at += 1
            factor = int(fraction[1])
            amount: float = 1
        elif texts[i] in heard.numerals.one:
            at, amount = i + 1, 1
        else:
            number = heard.numbers[i]
            if number is None or number[1] > 10_000:
                return None
            at, amount = number
            part = heard.numerals.fractions.at(texts, at) if at < heard.count else None
            if part is not None:
                at, amount = part[0], amount + float(part[1])
        if at >= heard.count:
            return None
        unit = self.hours.at(texts, at)
        if unit is not None:
            end = unit[0]
            half = (
                heard.numerals.fractions.at(texts, end) if end < heard.count else None
            )
            if half is not None:
                return half[0], int((amount + float(half[1])) * factor)
            return end, int(amount * factor)
        unit = self.minutes.at(texts, at)
        if unit is not None and fraction is None:
            return unit[0], int(amount)
        return None


def _read_hour(heard: Heard, i: int) -> tuple[int, int] | None:
    found = heard.numbers[i]
    if found is None or not isinstance(found[1], int) or not 0 <= found[1] <= 24:
        return None
    if heard.texts[i].isdecimal() and len(heard.texts[i]) > 2:
        return None
    if heard.ordinals[i] is not None:
        return None  # "twenty" of "the twenty seventh"
    return found[0], found[1]


def _read_minutes(heard: Heard, i: int) -> tuple[int, int] | None:
    found = heard.numbers[i]
    if found is None or not isinstance(found[1], int) or not 1 <= found[1] <= 59:
        return None
    return found[0], found[1]


def _read_fives(heard: Heard, i: int) -> tuple[int, int] | None:
    found = _read_minutes(heard, i)
    return found if found is not None and found[1] % 5 == 0 else None


def _read_hundreds(heard: Heard, i: int) -> tuple[int, int] | None:
    """Read "nineteen hundred" as the hour 19."""
    found = heard.numbers[i]
    if found is None or not isinstance(found[1], int) or heard.texts[i][0].isdigit():
        return None
    hour, rest = divmod(found[1], 100)
    return (found[0], hour) if rest == 0 and 1 <= hour <= 24 else None


def _read_clock(heard: Heard, i: int) -> tuple[int, tuple[int, int, str]] | None:
    text = heard.texts[i]
    if not text[0].isdigit() or len(text) < 3:
        return None
    match = _CLOCK.fullmatch(text)
    mark = ""
    if match:
        hour, minute, mark = int(match[1]), int(match[3]), match[2]
    else:
        match = _FIGURES.fullmatch(text)
        if match is None:
            return None
        hour, minute = int(match[1]), int(match[2])
        if len(text) == 4 and text[0] == "0":
            mark = "0"
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    if mark == ":" and text[0] == "0" and len(text) == 5:
        mark = "0:"
    return i + 1, (hour, minute, mark)


@dataclass(frozen=True, slots=True)
class TimeType:
    """A time of day."""

    assume: str | None = None
    """``morning``, ``afternoon``, ``evening`` or ``night``: how "at seven" is read."""
    name: str = "time"

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return every time of day in the utterance."""
        heard = hear(said, ctx.language)
        words = compiled(ctx.language, _Words)
        if heard.tokens.isdisjoint(words.triggers) and not heard.has_number:
            return []
        value, after = open_time(ctx.value), open_time(ctx.after)

        def take(match: Match) -> tuple[Said, int] | None:
            one = self._said(heard, words, match, ctx, value or after)
            return None if one is None else (one, one.end)

        times = words.grammar.scan(heard, take)
        self._settle_parts(heard, words, times, value)
        found = [self._reading(heard, one, value, after) for one in times]
        return joined(found, heard, ctx.language) if len(found) > 1 else found

    # --- what was said ---------------------------------------------------------------------

    def _said(
        self, heard: Heard, words: _Words, match: Match, ctx: Context, base: time | None
    ) -> Said | None:
        v, start, end = match.values, match.start, match.end
        texts = heard.texts
        if match.rule == "to" and words.openings.before(texts, start) is not None:
            return None  # "from ten to eight" is a range
        if match.rule == "now" and end - start == 1:
            beside = end < heard.count and not heard.pauses[end - 1]
            polite = beside and words.polite.at(texts, end) is not None
            if (beside and not polite) or any(heard.numeric[max(0, start - 2) : start]):
                return None  # "there is now a total of five", "we are three now"
        if match.rule == "vague" and any(
            (limit := words.limits.at(texts, start - back)) and limit[0] > start
            for back in range(min(start, 3) + 1)
        ):
            return None  # the "later" of "no later than eight"
        one = RULES[match.rule](v, start, end, ctx, base)
        if one is None:
            return None
        if match.rule in _FIGURED and not self._stands(heard, words, one, match.rule):
            return None
        if one.why is None:
            self._widen(heard, words, one)
        return one

    @staticmethod
    def _stands(heard: Heard, words: _Words, one: Said, rule: str) -> bool:
        """Judge whether figures are a time here, and how surely."""
        texts, end = heard.texts, one.end
        if rule != "clock" and words.in_a_row(heard, one.start, end):
            return False  # a telephone number, a code
        if end < heard.count and not heard.pauses[end - 1]:
            if words.not_times.at(texts, end) or words.people.at(texts, end):
                return False
            if rule != "hour_minute" and words.months.at(texts, end):
                return False  # "from 18 July"
            if rule == "hour" and heard.numbers[end] is not None:
                return False
            if rule == "hour" and texts[end] in heard.numerals.scales:
                return False
        if rule == "hour" and (
            (one.start and texts[one.start - 1] in heard.numerals.minus)
            or heard.negative(one.start)
        ):
            return False
        if rule == "hour" and words.counted.is_pronoun(heard, one.start):
            return False  # "the first one"
        if rule == "hour" and words.counting.before(texts, one.start) is not None:
            one.certainty = 0.3  # "a table for four"
        elif one.certainty < 1:
            if words.before.before(texts, one.start) is not None:
                one.certainty = 1.0
            elif words.before_weak.before(texts, one.start) is not None:
                one.certainty = max(one.certainty, 0.6)
        return True

    @staticmethod
    def _widen(heard: Heard, words: _Words, one: Said) -> None:
        """Take in the words around a time that belong to it."""
        texts = heard.texts
        if one.end < heard.count:
            part = words.parts.at(texts, one.end)
            noun = words.nouns.at(texts, one.end)
            if part is not None and (noun is None or noun[0] < part[0]):
                names_day = words.days.at(texts, one.end) is not None
                one.end, one.part = part
                if not names_day:
                    one.certainty = 1.0
                # "08:10 pm" is of the clock of twelve hours, in spite of its zero
                one.fixed = one.fixed and not 1 <= one.hour <= 12
        if one.end < heard.count:
            about = words.about_after.at(texts, one.end)
            if about is not None:
                one.end, one.about = about[0], True
                one.certainty = max(one.certainty, 0.8)
        before = words.about.before(texts, one.start)
        if before is not None:
            one.about = True
        limit = words.limits.before(texts, one.start)
        if limit is not None:
            one.start, one.why = limit, "vague"

    @staticmethod
    def _settle_parts(
        heard: Heard, words: _Words, times: list[Said], value: time | None
    ) -> None:
        """Give times their half of the day from elsewhere in the utterance.

        "Tomorrow evening at seven", "from six to eight pm". A part of the day alone is
        vague, unless there is a value that it moves to its half ("no, in the morning").
        """
        taken = {at for one in times for at in range(one.start, one.end)}
        parts: list[tuple[int, int, str]] = []
        i = 0
        while i < heard.count:
            found = None if i in taken else words.parts.at(heard.texts, i)
            if found is None:
                i += 1
                continue
            counted = i > 0 and (
                heard.numbers[i - 1] is not None
                or heard.texts[i - 1] in heard.numerals.one
            )
            if not counted and words.greetings.before(heard.texts, i) is None:
                parts.append((i, found[0], found[1]))
            i = found[0]
        for n, one in enumerate(times[:-1]):
            following = times[n + 1]
            if one.open and following.part and following.start - one.end <= 2:
                low = halves(one.hour, following.part)[0]
                if low < halves(following.hour, following.part)[0]:
                    one.part = following.part
        unsettled = [one for one in times if one.open]
        if unsettled and len({part for _, _, part in parts}) == 1:
            for one in unsettled:
                one.part = parts[0][2]
                at = parts[0]
                if at[1] + 1 < one.start or at[0] > one.end + 1:
                    one.computed = True
                if at[1] == one.start or one.end <= at[0] <= one.end + 1:
                    one.certainty = 1.0
        elif not times and parts:
            start, end, part = parts[0]
            if value is None:
                times.append(Said(start, end, 0, 0, 0.5, part, why="vague"))
            else:
                hour = value.hour - 12 if value.hour > 12 else value.hour
                hour = 12 if hour == 0 else hour
                times.append(
                    Said(start, end, hour, value.minute, 0.9, part, computed=True)
                )

    # --- what it means ---------------------------------------------------------------------

    def _reading(
        self, heard: Heard, one: Said, value: time | None, after: time | None
    ) -> Reading:
        first, last = heard.span(one.start, one.end)
        if one.fixed or one.part is not None:
            hours = (one.hour % 24,) if one.fixed else halves(one.hour, one.part)
        else:
            hours = halves(one.hour, None)
        computed = one.computed
        rather: tuple[Json, ...] = ()
        if len(hours) > 1:
            settled = self._settle(hours, one.minute, value, after)
            if settled is not None:
                rather = tuple(
                    _text(hour, one.minute) for hour in hours if hour != settled % 24
                )
                hours, computed = (settled,), True
        texts = tuple(_text(hour, one.minute) for hour in hours)
        if one.why is not None:
            also = texts if one.why == "vague" and one.hour else ()
            return Reading(None, first, last, one.certainty, also=also, why=one.why)
        # "around eight" is taken for eight, which is said back
        computed = computed or one.about
        return Reading(
            texts[0],
            first,
            last,
            one.certainty,
            computed=computed,
            also=texts[1:],
            rather=rather,
        )

    def _settle(
        self,
        hours: tuple[int, ...],
        minute: int,
        value: time | None,
        after: time | None,
    ) -> int | None:
        """Return the hour that is meant among several, if anything tells."""
        if self.assume is not None:
            if 12 in hours:
                return 0 if self.assume in ("night", "evening") else 12
            return halves(min(hours), self.assume)[0]
        if after is not None:
            later = [hour for hour in hours if time(hour, minute) > after]
            if len(later) == 1:
                return later[0]
        if value is not None:
            return next(
                (hour for hour in hours if (hour >= 12) == (value.hour >= 12)), None
            )
        return None

    # --- the type --------------------------------------------------------------------------

    def open(self, data: Json) -> object:
        """Return a ``datetime.time``."""
        return open_time(data)

    def close(self, value: object) -> Json:
        """Return ``HH:MM`` of a time, a datetime or ISO text. Raises ValueError."""
        return close_time(value)

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the time: "seven pm", "seven thirty pm", "noon"."""
        at = open_time(data)
        if at is None:
            return str(data)
        known = worded(language)
        forms = compiled(known, _Words).forms
        numbers = spoken(known)
        if not at.minute and at.hour in (0, 12):
            name = "spoken_midnight" if at.hour == 0 else "spoken_noon"
            if forms.get(name):
                return str(forms[name])
        hour = at.hour
        if str(forms.get("clock", "24")) == "12":
            hour = (at.hour - 1) % 12 + 1
        form = (
            "spoken_hour"
            if not at.minute
            else "spoken_zero"
            if at.minute < 10
            else "spoken_minute"
        )
        text = str(forms[form]).replace("{hour}", numbers.number(hour))
        text = text.replace("{minute}", numbers.number(at.minute))
        half = forms.get("am") if at.hour < 12 else forms.get("pm")
        return text.replace("{half}", str(half or "")).strip()

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return a time typed as ``1930`` or, if ``assume`` settles it, ``730`` or ``7``."""
        if not pressed.isdecimal() or not 1 <= len(pressed) <= 4:
            return None
        hour, minute = int(pressed), 0
        if len(pressed) > 2:
            hour, minute = int(pressed[:-2]), int(pressed[-2:])
        if hour > 23 or minute > 59:
            return None
        hours = (hour,) if pressed[0] == "0" else halves(hour, None)
        if len(hours) > 1:
            settled = self._settle(
                hours, minute, open_time(ctx.value), open_time(ctx.after)
            )
            if settled is None:
                return _text(hour, minute) if len(pressed) == 4 else None
            hours = (settled,)
        return _text(hours[0], minute)


def _text(hour: int, minute: int) -> str:
    return f"{hour % 24:02}:{minute:02}"
