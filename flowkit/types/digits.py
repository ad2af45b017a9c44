"""``type: digits``: figures that are read out one by one, kept as text (``0142``).

``length`` says how many there are ("6", "4 to 6"). Digits may be said alone, in groups or in
tens, doubled ("double five"), with "oh" for zero, over several words and pauses.
"""

from __future__ import annotations

from dataclasses import dataclass

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.types.heard import Heard, compiled, hear
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spelling import Spelling
from flowkit.types.spoken import spell

LONGEST = 64
"""Digits that are kept at most."""


@dataclass(frozen=True, slots=True)
class Run:
    """Digits said in a row, fillers and pauses between them left out."""

    text: str
    start: int
    """Its first token."""
    end: int
    groups: tuple[str, ...]


def runs(heard: Heard, spelling: Spelling) -> list[Run]:
    """Return the runs of digits in an utterance."""
    found: list[Run] = []
    groups: list[str] = []
    start = end = i = 0
    while i < heard.count:
        digits = spelling.digits(heard, i)
        if digits is not None:
            if not groups:
                start = i
            groups.append(digits.text)
            i = end = digits.end
            continue
        if groups:
            skipped = spelling.skipped.at(heard.texts, i)
            if skipped is not None:
                i = skipped[0]
                continue
            found.append(Run("".join(groups), start, end, tuple(groups)))
            groups = []
        i += 1
    if groups:
        found.append(Run("".join(groups), start, end, tuple(groups)))
    return found


@dataclass(frozen=True, slots=True)
class DigitsType:
    """A row of figures."""

    least: int = 1
    most: int = LONGEST
    name: str = "digits"

    @property
    def length(self) -> int | None:
        """How many there are, if that is fixed: no more keys are waited for."""
        return self.least if self.least == self.most else None

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return the rows of figures; those of a wrong length say so when asked."""
        heard = hear(said, ctx.language)
        spelling = compiled(ctx.language, Spelling)
        if not heard.has_number and heard.tokens.isdisjoint(spelling.repeats):
            return []
        found: list[Reading] = []
        for run in runs(heard, spelling):
            first, last = heard.span(run.start, run.end)
            size = len(run.text)
            certainty = 0.9 if self.most < LONGEST and size >= 4 else 0.5
            if self.least <= size <= self.most:
                found.append(Reading(run.text, first, last, certainty))
            elif ctx.asked and size <= LONGEST:
                why = "too_short" if size < self.least else "too_long"
                found.append(Reading(None, first, last, 0.5, also=(run.text,), why=why))
        return found

    def open(self, data: Json) -> object:
        """Return the digits as text."""
        return data

    def close(self, value: object) -> Json:
        """Return the digits of text or of a whole number.

        Raises:
            ValueError: There is something else in it, or its length does not fit.
        """
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            value = str(value)
        if isinstance(value, str):
            text = "".join(c for c in value if c not in " -./")
            fits = self.least <= len(text) <= self.most
            if text.isdecimal() and text.isascii() and fits:
                return text
        raise ValueError(f"`{value}` is not a row of {self.wanted} digits")

    @property
    def wanted(self) -> str:
        """The length it must have, in words for developers."""
        if self.least == self.most:
            return str(self.least)
        return f"{self.least} to {self.most}"

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the digits one by one: "0 1 4 2"."""
        return spell(str(data))

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return the digits typed, if there are as many as wanted."""
        fits = self.least <= len(pressed) <= self.most
        return pressed if pressed.isdecimal() and fits else None
