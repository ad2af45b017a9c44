"""``type: number``: how many.

A count is certain with a word that makes it one ("four people", "a table for four"), and
half certain alone. People are summed up ("two adults and two kids", "me and my wife").
Ordinals are not counts. A range, "at least six" and "a few" are reported, never filled.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.languages import Language
from flowkit.types.heard import (
    Heard,
    Number,
    Phrases,
    compiled,
    hear,
    listed,
)
from flowkit.types.joining import joined
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spoken import spoken, worded

_RANGE = re.compile(r"(\d{1,9})[-–](\d{1,9})")  # noqa: RUF001  # en dash


class _Counts:
    """The words around numbers of one language."""

    def __init__(self, language: Language) -> None:
        data = language.section("counts")
        self.nouns: Phrases[str] = Phrases.of(data.get("nouns"))
        self.parts: Phrases[str] = Phrases.of(data.get("parts"))
        self.me = frozenset(listed(data.get("me")))
        self.companions: Phrases[str] = Phrases.of(data.get("companions"))
        self.possessives = frozenset(listed(data.get("possessives")))
        self.also = frozenset(listed(data.get("also")))
        self.before: Phrases[str] = Phrases.of(data.get("before"))
        self.before_weak: Phrases[str] = Phrases.of(data.get("before_weak"))
        self.exact: Phrases[str] = Phrases.by_value(data.get("exact"))
        self.about: Phrases[str] = Phrases.of(data.get("about"))
        self.limits: Phrases[str] = Phrases.of(data.get("limits"))
        self.vague: Phrases[str] = Phrases.of(data.get("vague"))
        self.not_counts: Phrases[str] = Phrases.of(data.get("not_counts"))
        self.pronouns = frozenset(listed(data.get("pronouns")))
        self.pronouns_behind = frozenset(listed(data.get("pronouns_behind")))
        self.starts = self.exact.firsts | self.vague.firsts | self.me | self.possessives

    def is_pronoun(self, heard: Heard, i: int) -> bool:
        """Whether "one" is no number here: "the later one", "the third one"."""
        if i == 0 or heard.texts[i] not in self.pronouns:
            return False
        if i + 1 < heard.count and (
            self.nouns.at(heard.texts, i + 1) or self.parts.at(heard.texts, i + 1)
        ):
            return False
        if heard.texts[i - 1] in self.pronouns_behind:
            return True
        return any(
            ordinal is not None and ordinal[0] == i for ordinal in heard.ordinals[:i]
        )


def _tidy(value: Number) -> Number:
    return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True, slots=True)
class NumberType:
    """A number."""

    name: str = "number"

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return every count in the utterance."""
        heard = hear(said, ctx.language)
        words = compiled(ctx.language, _Counts)
        if heard.tokens.isdisjoint(words.starts) and not heard.has_number:
            return []
        found: list[Reading] = []
        i = 0
        while i < heard.count:
            reading, end = self._at(heard, words, i, ctx)
            if reading is not None:
                found.append(reading)
            i = max(end, i + 1)
        return joined(found, heard, ctx.language) if len(found) > 1 else found

    def _at(
        self, heard: Heard, words: _Counts, i: int, ctx: Context
    ) -> tuple[Reading | None, int]:
        """Return the reading at a token, and where to go on."""
        texts = heard.texts

        def made(
            value: Json, start: int, end: int, certainty: float, **more: object
        ) -> tuple[Reading, int]:
            first, last = heard.span(start, end)
            reading = Reading(value, first, last, certainty)
            # the fields of a reading by name
            return replace(reading, **more), end  # type: ignore[arg-type]

        whole = words.exact.at(texts, i)
        if whole is not None and not self._goes_on(heard, words, whole[0]):
            return made(int(whole[1]), i, whole[0], 0.9)
        total = self._people(heard, words, i)
        if total is not None:
            return made(total[1], i, total[0], 1.0)
        vague = words.vague.at(texts, i)
        if vague is not None:
            noun = vague[0] < heard.count and words.nouns.at(texts, vague[0])
            if noun or ctx.asked:
                end = noun[0] if noun else vague[0]
                return made(None, i, end, 1.0 if noun else 0.5, why="vague")
        dash = _RANGE.fullmatch(texts[i]) if texts[i][0].isdigit() else None
        if dash:
            low, high = int(dash.group(1)), int(dash.group(2))
            if low < high:
                noun = i + 1 < heard.count and words.nouns.at(texts, i + 1)
                end = noun[0] if noun else i + 1
                certainty = 1.0 if noun else 0.5
                return made(None, i, end, certainty, why="range", also=(low, high))
        number = self._number(heard, i)
        if number is None:
            ordinal = heard.ordinals[i]
            return None, ordinal[0] if ordinal else i + 1
        end, value = number
        if value == 1 and end - i == 1 and words.is_pronoun(heard, i):
            return None, end
        certainty, end = self._certainty(heard, words, i, end)
        limit = words.limits.before(texts, i)
        if limit is not None:
            return made(None, limit, end, certainty, why="vague", also=(value,))
        about = words.about.before(texts, i) is not None
        return made(value, i, end, certainty, computed=about)

    @classmethod
    def _whole(cls, heard: Heard, i: int) -> tuple[int, int] | None:
        """Return a number of people, which is whole and not zero."""
        found = cls._number(heard, i)
        if found is None or not isinstance(found[1], int) or found[1] < 1:
            return None
        return found[0], found[1]

    @staticmethod
    def _number(heard: Heard, i: int) -> tuple[int, Number] | None:
        numerals = heard.numerals
        texts = heard.texts
        if texts[i] in numerals.minus:
            following = heard.numbers[i + 1] if i + 1 < heard.count else None
            return following and (following[0], -following[1])
        amount = numerals.amounts.at(texts, i)
        if amount is not None:
            return amount[0], int(amount[1])
        if heard.ordinals[i] is not None:
            return None
        number = heard.numbers[i]
        if number is None:
            return None
        end, value = number
        half = numerals.fractions.at(texts, end) if end < heard.count else None
        if half is not None:
            return half[0], value + float(half[1])
        if i == end - 1 and heard.negative(i):
            value = -value
        return end, _tidy(value)

    @staticmethod
    def _certainty(
        heard: Heard, words: _Counts, start: int, end: int
    ) -> tuple[float, int]:
        """Return how sure a number is a count, and where it ends with its noun."""
        texts = heard.texts
        if end < heard.count and not heard.pauses[end - 1]:
            noun = words.nouns.at(texts, end) or words.parts.at(texts, end)
            if noun is not None:
                return 1.0, noun[0]
        if words.before.before(texts, start) is not None:
            if end < heard.count and words.not_counts.at(texts, end):
                return 0.5, end
            return 1.0, end
        if end < heard.count and words.not_counts.at(texts, end):
            return 0.3, end
        if end < heard.count and not heard.pauses[end - 1] and heard.numbers[end]:
            return 0.3, end  # "seven thirty"
        if words.before_weak.before(texts, start) is not None:
            return 0.7, end
        return 0.5, end

    @staticmethod
    def _goes_on(heard: Heard, words: _Counts, i: int) -> bool:
        """Whether "just me" goes on as in "just me and my wife"."""
        return i + 1 < heard.count and heard.texts[i] in words.also

    def _people(self, heard: Heard, words: _Counts, i: int) -> tuple[int, int] | None:
        """Return (index behind, sum) of "two adults and a child", "me and my wife"."""
        items = 0
        total = 0
        with_me = False
        counted = True
        at = i
        good: tuple[int, int] | None = None
        texts = heard.texts
        while at < heard.count:
            item = self._person(heard, words, at)
            if item is None:
                break
            at, people, kind = item
            items += 1
            total += people
            with_me = with_me or kind == "me"
            counted = counted and kind == "part"
            if items >= 2 and (with_me or counted):
                good = (at, total)
            if at < heard.count and texts[at] in words.also:
                at += 1
            elif not heard.pauses[at - 1]:
                break
        return good

    def _person(
        self, heard: Heard, words: _Counts, i: int
    ) -> tuple[int, int, str] | None:
        texts = heard.texts
        if texts[i] in words.me:
            return i + 1, 1, "me"
        number = self._whole(heard, i)
        if number is not None:
            end, value = number
            if end < heard.count:
                if texts[end] in words.possessives and end + 1 < heard.count:
                    end += 1
                noun = words.parts.at(texts, end) or words.nouns.at(texts, end)
                if noun is None:
                    noun = words.companions.at(texts, end)
                if noun is not None:
                    return noun[0], value, "part"
            return None
        if texts[i] in words.possessives and i + 1 < heard.count:
            part = words.parts.at(texts, i + 1)
            if part is not None and texts[i] in heard.numerals.one:
                return part[0], 1, "part"
            companion = words.companions.at(texts, i + 1)
            if companion is not None:
                return companion[0], 1, "companion"
            number = self._whole(heard, i + 1)
            if number is not None:
                noun = (
                    words.parts.at(texts, number[0])
                    if number[0] < heard.count
                    else None
                )
                if noun is not None:
                    return noun[0], number[1], "part"
        return None

    def open(self, data: Json) -> object:
        """Return the number."""
        return data

    def close(self, value: object) -> Json:
        """Return a number from a number or its figures.

        Raises:
            ValueError: It is not a finite number.
        """
        if isinstance(value, bool):
            raise ValueError(f"`{value}` is not a number")
        if isinstance(value, int):
            return value
        if isinstance(value, str):
            text = value.strip()
            try:
                return int(text)
            except ValueError:
                try:
                    value = float(text)
                except ValueError:
                    raise ValueError(f"`{value}` is not a number") from None
        if isinstance(value, float) and math.isfinite(value):
            return _tidy(value)
        raise ValueError(f"`{value}` is not a number")

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the number in words: "four", "a hundred and twenty"."""
        if isinstance(data, int | float):
            return spoken(worded(language)).number(data)
        return str(data)

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return the number typed."""
        return int(pressed) if pressed.isdecimal() and len(pressed) <= 15 else None
