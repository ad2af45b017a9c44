"""``type: phone``: a telephone number, as ``+16175550142`` (E.164).

Numbers are checked with Google's metadata (package ``phonenumberslite``) for the agent's
country. Digits that are not yet a number are reported as ``too_short`` with the digits in
``also``, so that a number may be said in pieces over several turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.languages import Language
from flowkit.types.digits import Run, runs
from flowkit.types.forms import close_phone
from flowkit.types.heard import Heard, Phrases, compiled, hear
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spelling import Spelling
from flowkit.types.spoken import spell

_LEAST = 7
"""Digits below which nothing is taken for a phone number unless it was asked for."""


class _Words:
    """The words around phone numbers of one language."""

    def __init__(self, language: Language) -> None:
        data = language.section("phones")
        self.before: Phrases[str] = Phrases.of(data.get("before"))
        self.plus: Phrases[str] = Phrases.of(data.get("plus"))
        self.between: Phrases[str] = Phrases.of(data.get("between"))
        self.extension: Phrases[str] = Phrases.of(data.get("extension"))


@lru_cache(maxsize=1_024)
def judge(digits: str, country: str) -> tuple[str | None, str | None]:
    """Return (E.164, None) of a number dialled in a country, or (None, why not).

    Args:
        digits: Figures, perhaps behind a ``+``.
        country: The two letters of the country it is dialled in.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(digits, None if digits[0] == "+" else country)
    except phonenumbers.NumberParseException as err:
        short = err.error_type in (
            phonenumbers.NumberParseException.TOO_SHORT_NSN,
            phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD,
        )
        long = err.error_type == phonenumbers.NumberParseException.TOO_LONG
        few = len(digits) < _LEAST
        return (
            None,
            "too_short" if short or few else "too_long" if long else "not_valid",
        )
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == phonenumbers.ValidationResult.TOO_LONG:
        # a country code without its plus: "1 617 ...", "44 20 ..."
        if digits[0] != "+":
            abroad = judge("+" + digits, country)
            if abroad[0] is not None:
                return abroad
        return None, "too_long"
    if phonenumbers.is_valid_number(number):
        return (
            phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
            None,
        )
    if digits[0] != "+" and len(digits) >= 10:
        abroad = judge("+" + digits, country)
        if abroad[0] is not None:
            return abroad
    if reason == phonenumbers.ValidationResult.IS_POSSIBLE:
        return None, "not_valid"
    return None, "too_short"


@dataclass(frozen=True, slots=True)
class PhoneType:
    """A telephone number."""

    name: str = "phone"

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return the telephone numbers in the utterance."""
        heard = hear(said, ctx.language)
        if not heard.has_number:
            return []
        words = compiled(ctx.language, _Words)
        spelling = compiled(ctx.language, Spelling)
        found: list[Reading] = []
        for run in self._joined(heard, words, runs(heard, spelling)):
            reading = self._reading(heard, words, run, ctx)
            if reading is not None:
                found.append(reading)
        return found

    @staticmethod
    def _joined(heard: Heard, words: _Words, found: list[Run]) -> list[Run]:
        """Return the runs of digits, those joined that only words like "dash" part."""
        joined: list[Run] = []
        for run in found:
            before = joined[-1] if joined else None
            if before is not None:
                at = before.end
                while at < run.start:
                    between = words.between.at(heard.texts, at)
                    if between is None:
                        break
                    at = between[0]
                if at >= run.start:
                    joined[-1] = Run(
                        before.text + run.text,
                        before.start,
                        run.end,
                        before.groups + run.groups,
                    )
                    continue
                if words.extension.before(heard.texts, run.start) is not None:
                    continue
            joined.append(run)
        return joined

    @staticmethod
    def _reading(heard: Heard, words: _Words, run: Run, ctx: Context) -> Reading | None:
        size = len(run.text)
        if size > 20 or (size < _LEAST and not ctx.asked) or size < 2:
            if ctx.asked and size > 20:
                first, last = heard.span(run.start, run.end)
                return Reading(None, first, last, 0.8, why="too_long")
            return None
        start = run.start
        word = heard.said.words[heard.word_of[start]]
        lead = heard.said.raw[max(0, word.start - 2) : word.start].rstrip("( ")
        typed = word.text[0] == "+" or lead.endswith("+")
        plus = words.plus.before(heard.texts, start)
        digits = run.text
        if typed or plus is not None:
            digits = "+" + digits
            start = start if plus is None else plus
        first, last = heard.span(start, run.end)
        value, why = judge(digits, ctx.country.upper())
        if value is not None:
            certainty = 1.0 if size >= 9 or ctx.asked else 0.8
            return Reading(value, first, last, certainty)
        if ctx.asked or words.before.before(heard.texts, start) is not None:
            also = (digits,) if why == "too_short" else ()
            return Reading(None, first, last, 0.8, also=also, why=why)
        return None

    def open(self, data: Json) -> object:
        """Return the number in E.164."""
        return data

    def close(self, value: object) -> Json:
        """Return an international number (with its ``+``). Raises ValueError."""
        return close_phone(value)

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the number digit by digit, in the groups its country writes."""
        text = str(data)
        return spell(grouped(text)) or text

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return the number typed."""
        if not pressed.isdecimal() or not 4 <= len(pressed) <= 20:
            return None
        number, _ = judge(pressed, ctx.country.upper())
        if number is None and pressed.startswith("00"):
            number, _ = judge("+" + pressed[2:], ctx.country.upper())
        return number


@lru_cache(maxsize=1_024)
def grouped(
    number: str, form: Literal["national", "international"] = "national"
) -> str:
    """Return an E.164 number in groups of figures, as its country writes it."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if form == "national"
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    text: str = phonenumbers.format_number(parsed, style)
    return text.replace("+", "")
