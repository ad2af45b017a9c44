"""``type: code``: letters and digits, as in a booking reference or a postcode (``B1042``).

Codes are typed ("B1042", "SW1A 1AA"), spelled ("B one oh four two"), or said with the words
of the spelling alphabet ("bravo one zero"). The value has capitals and no spaces.
"""

from __future__ import annotations

from dataclasses import dataclass

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.types.heard import Heard, compiled, hear
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spelling import Spelling
from flowkit.types.spoken import spell

LONGEST = 32
"""Characters of a code that are kept at most."""


@dataclass(frozen=True, slots=True)
class CodeType:
    """A code of letters and digits."""

    least: int = 2
    most: int = LONGEST
    name: str = "code"

    @property
    def length(self) -> int | None:
        """How many there are, if that is fixed: no more keys are waited for."""
        return self.least if self.least == self.most else None

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return the codes in the utterance, surest where letters and digits mix."""
        heard = hear(said, ctx.language)
        spelling = compiled(ctx.language, Spelling)
        found: list[Reading] = []
        i = 0
        while i < heard.count:
            run = self._run(heard, spelling, i, loose=ctx.asked)
            if run is None:
                i += 1
                continue
            text, end = run
            reading = self._reading(heard, text, i, end, ctx)
            if reading is not None:
                found.append(reading)
            i = end
        return found

    def _reading(
        self,
        heard: Heard,
        text: str,
        start: int,
        end: int,
        ctx: Context,
    ) -> Reading | None:
        first, last = heard.span(start, end)
        mixed = any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
        size = len(text)
        if self.least <= size <= self.most:
            certainty = 0.5
            if mixed and size >= 4:
                certainty = 0.9
            elif self.most < LONGEST and size >= 4:
                certainty = 0.7
            return Reading(text, first, last, certainty)
        if ctx.asked and size <= LONGEST and size > 1:
            why = "too_short" if size < self.least else "too_long"
            return Reading(None, first, last, 0.5, also=(text,), why=why)
        return None

    @staticmethod
    def _run(
        heard: Heard, spelling: Spelling, i: int, *, loose: bool
    ) -> tuple[str, int] | None:
        """Return (code, index behind) of what begins at ``i``."""
        out: list[str] = []
        at = end = i
        while at < heard.count:
            token = heard.texts[at]
            times = spelling.repeats.get(token)
            if times is not None and at + 1 < heard.count:
                letter = spelling.letter(heard, at + 1)
                if letter is not None:
                    out.append(letter[1] * times)
                    at = end = letter[0]
                    continue
            # "oh" is a zero, "o" a letter or a zero: what stands before it tells
            if token != "o" or (out and out[-1][-1].isdigit()):
                digits = spelling.digits(heard, at)
                if digits is not None:
                    out.append(digits.text)
                    at = end = digits.end
                    continue
            letter = spelling.letter(heard, at)
            if letter is not None:
                if not out and not letter[2] and token in heard.numerals.one:
                    # "a ..." opens a code only right before more of it
                    following = at + 1 < heard.count and (
                        spelling.letter(heard, at + 1) or spelling.digits(heard, at + 1)
                    )
                    if not following:
                        return None
                out.append(letter[1])
                at = end = letter[0]
                continue
            if any(c.isdigit() for c in token) and token.isalnum() and token.isascii():
                out.append(token)
                at = end = at + 1
                continue
            if loose:
                chunk = spelling.chunk(heard, at)
                if chunk is not None and (
                    out
                    or spelling.letter(heard, min(at + 1, heard.count - 1))
                    or spelling.digits(heard, min(at + 1, heard.count - 1))
                ):
                    out.append(chunk)
                    at = end = at + 1
                    continue
                sound = spelling.sound(heard, at) if out else None
                if sound is None and out and at + 1 < heard.count:
                    sound = spelling.digit_sounds.at(heard.texts, at)
                if sound is not None:
                    out.append(sound[1])
                    at = end = sound[0]
                    continue
            if out:
                mark = spelling.marks.at(heard.texts, at)
                if mark is not None and mark[1] in ("space", "hyphen", "slash"):
                    at = mark[0]
                    continue
                skipped = spelling.skipped.at(heard.texts, at)
                if skipped is not None and skipped[0] < heard.count:
                    at = skipped[0]
                    continue
                # "SW1A": the tokens of one word belong together
                if heard.word_of[at] == heard.word_of[at - 1] and token.isalnum():
                    out.append(token)
                    at = end = at + 1
                    continue
            elif (
                at + 1 < heard.count
                and heard.word_of[at + 1] == heard.word_of[at]
                and token.isalpha()
                and token.isascii()
                and heard.texts[at + 1][0].isdigit()
            ):
                out.append(token)
                at = end = at + 1
                continue
            break
        text = "".join(out).upper()
        return (text, end) if len(text) > 1 else None

    def open(self, data: Json) -> object:
        """Return the code as text."""
        return data

    def close(self, value: object) -> Json:
        """Return the code in capitals, without spaces and hyphens.

        Raises:
            ValueError: There is something else in it, or its length does not fit.
        """
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            value = str(value)
        if isinstance(value, str):
            text = "".join(c for c in value if c not in " -./").upper()
            if text.isalnum() and self.least <= len(text) <= self.most:
                return text
        raise ValueError(
            f"`{value}` is not a code of {self.least} to {self.most} characters"
        )

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the code one by one: "B 1 0 4 2"."""
        return spell(str(data))

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return a code of digits only."""
        fits = self.least <= len(pressed) <= self.most
        return pressed if pressed.isdecimal() and fits else None
