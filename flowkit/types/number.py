"""``type: number``: how many.

A count is certain with a word that makes it one ("four people", "a table for four"), and
half certain alone. People are summed up ("two adults and two kids", "me and my wife").
Ordinals are not counts. A range, "at least six" and "a few" are reported, never filled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.types.forms import close_number
from flowkit.types.heard import (
    Heard,
    compiled,
    hear,
)
from flowkit.types.joining import joined
from flowkit.types.people import Counts, number_at, people_at
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spoken import spoken, worded

_RANGE = re.compile(r"(\d{1,9})[-–](\d{1,9})")  # noqa: RUF001  # en dash


@dataclass(frozen=True, slots=True)
class NumberType:
    """A number."""

    name: str = "number"

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return every count in the utterance."""
        heard = hear(said, ctx.language)
        words = compiled(ctx.language, Counts)
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
        self, heard: Heard, words: Counts, i: int, ctx: Context
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
        total = people_at(heard, words, i)
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
        number = number_at(heard, i)
        if number is None:
            ordinal = heard.ordinals[i]
            return None, ordinal[0] if ordinal else i + 1
        end, value = number
        if value == 1 and end - i == 1 and words.is_pronoun(heard, i):
            return None, end
        if value == 1 and end < heard.count and texts[end] in words.of_them:
            return None, end  # "one of us is late"
        certainty, end = self._certainty(heard, words, i, end, asked=ctx.asked)
        limit = words.limits.before(texts, i)
        if limit is not None:
            return made(None, limit, end, certainty, why="vague", also=(value,))
        about = words.about.before(texts, i) is not None
        return made(value, i, end, certainty, computed=about)

    @staticmethod
    def _certainty(
        heard: Heard, words: Counts, start: int, end: int, *, asked: bool
    ) -> tuple[float, int]:
        """Return how sure a number is a count, and where it ends with its noun."""
        texts = heard.texts
        if end < heard.count and not heard.pauses[end - 1]:
            noun = words.nouns.at(texts, end)
            if noun is not None:
                return 1.0, noun[0]
            part = words.parts.at(texts, end)
            if part is not None:
                before = words.before.before(texts, start) is not None
                return 1.0 if before else 0.6, part[0]
        if end < heard.count and words.not_counts.at(texts, end):
            return 0.3, end
        if start > 0 and texts[start - 1] in words.not_counts:
            return 0.3, end  # "$ 12"
        if end < heard.count and not heard.pauses[end - 1] and heard.numbers[end]:
            return 0.3, end  # "seven thirty"
        if end < heard.count and (unit := words.units.at(texts, end)):
            return (0.5, unit[0]) if asked else (0.3, end)
        if words.before.before(texts, start) is not None:
            return 1.0, end
        if words.before_weak.before(texts, start) is not None:
            # "looking for one": a pronoun as often as a number
            return 0.5 if texts[end - 1] in words.pronouns else 0.7, end
        return 0.5, end

    @staticmethod
    def _goes_on(heard: Heard, words: Counts, i: int) -> bool:
        """Whether "just me" is followed by others, or "just one" by what it counts."""
        if i >= heard.count:
            return False
        more = i + 1 < heard.count and heard.texts[i] in words.also
        return more or words.units.at(heard.texts, i) is not None

    def open(self, data: Json) -> object:
        """Return the number."""
        return data

    def close(self, value: object) -> Json:
        """Return a number from a number or its figures. Raises ValueError."""
        return close_number(value)

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the number in words: "four", "a hundred and twenty"."""
        if isinstance(data, int | float):
            return spoken(worded(language)).number(data)
        return str(data)

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return the number typed."""
        return int(pressed) if pressed.isdecimal() and len(pressed) <= 15 else None
