"""``type: duration``: how long, as ISO 8601 text (``PT90M``, ``P3D``, ``P2M``).

Hours and minutes are kept in minutes, days and weeks in days, so that equal lengths are
equal data. Months and years have no fixed length; ``open`` counts them as 30 and 365 days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.languages import Language
from flowkit.types.heard import Heard, Phrases, compiled, hear, listed
from flowkit.types.joining import Joins, joined
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spoken import spoken, worded

_ISO = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)")
_SHORT = re.compile(r"(\d{1,3})h([0-5]?\d)m?")
_MOST_SECONDS = 100 * 366 * 86_400
_DAY = 86_400


class _Words:
    """The words around lengths of time of one language."""

    def __init__(self, language: Language) -> None:
        data = language.section("durations")
        self.units: Phrases[str] = Phrases.by_value(data.get("units"))
        self.halves: Phrases[str] = Phrases.by_value(data.get("halves"))
        self.letters: Phrases[str] = Phrases.by_value(data.get("letters"))
        self.more: Phrases[str] = Phrases.of(data.get("more"))
        self.one: Phrases[str] = Phrases.of(data.get("one"))
        self.joins = frozenset(listed(data.get("joined_by")))
        self.of = frozenset(listed(data.get("of")))
        self.vague: Phrases[str] = Phrases.of(data.get("vague"))
        self.forms = data
        self.names = {
            str(unit): listed(names) for unit, names in data.get("spoken", {}).items()
        }
        self.ones = {str(u): str(t) for u, t in (data.get("spoken_one") or {}).items()}
        self.triggers = self.units.firsts | self.vague.firsts | self.letters.firsts


def written(seconds: int, months: int = 0) -> str:
    """Return the canonical ISO 8601 text of a length."""
    text = "P"
    years, months = divmod(months, 12)
    if years:
        text += f"{years}Y"
    if months:
        text += f"{months}M"
    days, rest = divmod(seconds, _DAY)
    if rest and days:
        # "36 hours" stays hours
        days, rest = 0, seconds
    if days:
        text += f"{days}D"
    if rest:
        minutes, odd = divmod(rest, 60)
        text += "T" + (f"{minutes}M" if minutes else "") + (f"{odd}S" if odd else "")
    return text if len(text) > 1 else "PT0M"


def parsed(text: str) -> tuple[int, int]:
    """Return (seconds, months) of ISO 8601 text. Raises ValueError."""
    match = _ISO.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ValueError(f"`{text}` is not a length of time")
    years, months, weeks, days, hours, minutes, seconds = (
        int(part or 0) for part in match.groups()
    )
    total = (weeks * 7 + days) * _DAY + hours * 3600 + minutes * 60 + seconds
    if total > _MOST_SECONDS or years * 12 + months > 1_200:
        raise ValueError(f"`{text}` is too long")
    return total, years * 12 + months


@dataclass(frozen=True, slots=True)
class DurationType:
    """A length of time."""

    name: str = "duration"

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return the lengths of time in the utterance."""
        heard = hear(said, ctx.language)
        words = compiled(ctx.language, _Words)
        if heard.tokens.isdisjoint(words.triggers):
            return self._figures(heard)
        found: list[Reading] = []
        i = 0
        while i < heard.count:
            vague = words.vague.at(heard.texts, i)
            if vague is not None:
                first, last = heard.span(i, vague[0])
                found.append(Reading(None, first, last, 0.6, why="vague"))
                i = vague[0]
                continue
            length = self._at(heard, words, i)
            if length is None:
                borrowed = self._borrowing(heard, words, i, ctx.language)
                if borrowed is None:
                    i += 1
                    continue
                reading, i = borrowed
                found.append(reading)
                continue
            end, seconds, months = length
            first, last = heard.span(i, end)
            if seconds + months > 0 and seconds <= _MOST_SECONDS and months <= 1_200:
                found.append(Reading(written(seconds, months), first, last, 1.0))
            i = end
        return joined(found, heard, ctx.language) if len(found) > 1 else found

    @staticmethod
    def _figures(heard: Heard) -> list[Reading]:
        """Return lengths written as "1h30"."""
        found: list[Reading] = []
        for i, text in enumerate(heard.texts):
            match = _SHORT.fullmatch(text) if text[0].isdigit() else None
            if match:
                seconds = int(match[1]) * 3600 + int(match[2]) * 60
                if seconds:
                    found.append(Reading(written(seconds), *heard.span(i, i + 1)))
        return found

    def _borrowing(
        self, heard: Heard, words: _Words, i: int, language: Language
    ) -> tuple[Reading, int] | None:
        """Return "two" of "two to three hours": it borrows the unit of the other."""
        number = heard.numbers[i]
        if number is None or number[0] + 1 >= heard.count:
            return None
        end, amount = number
        if not compiled(language, Joins).joining(heard.texts, i, end):
            return None
        other = heard.numbers[end + 1]
        if other is None:
            return None
        part = self._part(heard, words, end + 1)
        if part is None:
            return None
        factor = amount / other[1] if other[1] else 0
        seconds, months = round(part[1] * factor), round(part[3] * factor)
        if not 0 < seconds + months <= _MOST_SECONDS or months > 1_200:
            return None
        first, last = heard.span(i, end)
        return Reading(written(seconds, months), first, last, 1.0), end

    def _at(self, heard: Heard, words: _Words, i: int) -> tuple[int, int, int] | None:
        """Return (index behind, seconds, months) of "an hour and ten minutes"."""
        seconds = months = 0
        smallest = float("inf")
        end = at = i
        while at < heard.count:
            part = self._part(heard, words, at)
            if part is None:
                # "an hour thirty", "1h30"
                rest = heard.numbers[at] if seconds and smallest == 3600 else None
                if rest and isinstance(rest[1], int) and rest[1] < 60:
                    last = rest[0] >= heard.count or heard.pauses[rest[0] - 1]
                    if at == end or last:
                        return rest[0], seconds + rest[1] * 60, months
                break
            behind, more, size, more_months = part
            if size >= smallest:
                break
            smallest = size
            seconds += more
            months += more_months
            at = end = behind
            if (
                at + 1 < heard.count
                and heard.texts[at] in words.joins
                and heard.texts[at] not in words.units
            ):
                at += 1
        return (end, seconds, months) if end > i else None

    @staticmethod
    def _part(
        heard: Heard, words: _Words, i: int
    ) -> tuple[int, int, float, int] | None:
        """Return (index behind, seconds, seconds of the unit, months) of one part."""
        texts = heard.texts
        amount: float
        halves = words.halves.at(texts, i)
        numerals = heard.numerals
        if (
            halves is not None
            and halves[0] < heard.count
            and words.units.at(texts, halves[0])
        ):
            at, amount = halves[0], float(halves[1])
        else:
            number = heard.numbers[i]
            dozen = numerals.amounts.at(texts, i)
            if dozen is not None:
                at, amount = dozen[0], float(dozen[1])
            elif number is not None:
                at, amount = number[0], float(number[1])
                half = numerals.fractions.at(texts, at) if at < heard.count else None
                if half is not None:
                    at, amount = half[0], amount + float(half[1])
            elif (one := words.one.at(texts, i)) is not None:
                at, amount = one[0], 1.0
            elif texts[i] in numerals.one:
                at, amount = i + 1, 1.0
            else:
                return None
        if at < heard.count and texts[at] in words.of:
            at += 1
        more = words.more.at(texts, at) if at < heard.count else None
        if more is not None:
            at = more[0]
        unit = words.units.at(texts, at) if at < heard.count else None
        if unit is None and at < heard.count and texts[at - 1][0].isdigit():
            unit = words.letters.at(texts, at)
        if unit is None or amount > 1e7:
            return None
        end, name = unit
        half = numerals.fractions.at(texts, end) if end < heard.count else None
        if half is not None:
            end, amount = half[0], amount + float(half[1])
        if name in ("month", "year"):
            months = amount * (12 if name == "year" else 1)
            if not months.is_integer():
                return end, int(months * 30) * _DAY, 31.0 * _DAY, 0
            return end, 0, (366.0 if name == "year" else 31.0) * _DAY, int(months)
        return end, round(amount * int(name)), float(name), 0

    def open(self, data: Json) -> object:
        """Return a ``datetime.timedelta``."""
        if not isinstance(data, str):
            return None
        seconds, months = parsed(data)
        years, rest = divmod(months, 12)
        return timedelta(seconds=seconds, days=years * 365 + rest * 30)

    def close(self, value: object) -> Json:
        """Return ISO 8601 text of a timedelta, of such text, or of ``H:MM``.

        Raises:
            ValueError: It is none of these, or negative.
        """
        if isinstance(value, timedelta):
            seconds = round(value.total_seconds())
            if 0 <= seconds <= _MOST_SECONDS:
                return written(seconds)
        if isinstance(value, str):
            clock = _CLOCK.fullmatch(value.strip())
            if clock:
                return written(int(clock[1]) * 3600 + int(clock[2]) * 60)
            return written(*parsed(value.strip().upper()))
        raise ValueError(f"`{value}` is not a length of time")

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the length: "an hour and a half", "ninety minutes" being the same."""
        try:
            seconds, months = parsed(str(data))
        except ValueError:
            return str(data)
        known = worded(language)
        words = compiled(known, _Words)
        numbers = spoken(known)
        forms = words.forms
        if not months and seconds == 1_800:
            return str(forms["spoken_half_hour"])
        if not months and seconds == 5_400:
            return str(forms["spoken_hour_and_half"])
        if not months and seconds < _DAY and seconds % 3600 == 1_800:
            text = str(forms["spoken_hours_and_half"])
            text = text.replace("{hours}", numbers.number(seconds // 3600))
            return text.replace("{unit}", words.names["hour"][1])
        parts: list[str] = []
        years, months = divmod(months, 12)
        days, rest = divmod(seconds, _DAY)
        weeks = days // 7 if days % 7 == 0 and not rest else 0
        hours, rest = divmod(rest, 3600)
        minutes, rest = divmod(rest, 60)
        for unit, count in (
            ("year", years),
            ("month", months),
            ("week", weeks),
            ("day", 0 if weeks else days),
            ("hour", hours),
            ("minute", minutes),
            ("second", rest),
        ):
            if count == 1 and unit in words.ones:
                parts.append(words.ones[unit])
            elif count:
                name = words.names[unit][0 if count == 1 else 1]
                parts.append(f"{numbers.number(count)} {name}")
        if not parts:
            return f"{numbers.number(0)} {words.names['minute'][1]}"
        if len(parts) == 1:
            return parts[0]
        head = str(forms["join"]).join(parts[:-1])
        return head + str(forms["join_last"]) + parts[-1]

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return None: what unit was meant cannot be heard from digits."""
        return None
