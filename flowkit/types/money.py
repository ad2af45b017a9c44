"""``type: money``: an amount, as ``{"amount": "12.50", "currency": "USD"}``.

Without a word for the currency it is the one of the agent's country, and then only half
certain ("twelve fifty").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.languages import Language
from flowkit.types.heard import Heard, Number, Phrases, compiled, hear, listed
from flowkit.types.joining import joined
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spoken import spoken, worded

# ISO 4217 codes by ISO 3166 country, Unicode CLDR 46 (supplemental currencyData)
_EURO = "AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK"
_CURRENCIES = {
    "US": "USD", "GB": "GBP", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "CH": "CHF",
    "JP": "JPY", "IN": "INR", "MX": "MXN", "CN": "CNY", "SE": "SEK", "NO": "NOK",
    "DK": "DKK", "PL": "PLN", "BR": "BRL", "KR": "KRW", "ZA": "ZAR", "SG": "SGD",
    "HK": "HKD",
} | dict.fromkeys(_EURO.split(), "EUR")  # fmt: skip
_WHOLE_ONLY = frozenset({"JPY", "KRW"})
_LARGEST = Decimal(10) ** 13


class Money(NamedTuple):
    """An amount of a currency."""

    amount: Decimal
    currency: str


class _Words:
    """The words around money of one language."""

    def __init__(self, language: Language) -> None:
        data = language.section("money")
        self.currencies: Phrases[str] = Phrases.by_value(data.get("currencies"))
        self.cents: Phrases[str] = Phrases.by_value(data.get("cents"))
        self.joins = frozenset(listed(data.get("joined_by")))
        self.forms: Mapping[str, object] = data
        self.names = {
            str(code): listed(names) for code, names in data.get("spoken", {}).items()
        }
        self.triggers = self.currencies.firsts | self.cents.firsts


def _fixed(value: Decimal, currency: str) -> str:
    """Return the amount as text: whole, or with two decimals."""
    value = value.quantize(Decimal(1) if currency in _WHOLE_ONLY else Decimal("0.01"))
    if value == value.to_integral_value():
        return str(value.quantize(Decimal(1)))
    return str(value)


@dataclass(frozen=True, slots=True)
class MoneyType:
    """An amount of money."""

    name: str = "money"

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return the amounts in the utterance."""
        heard = hear(said, ctx.language)
        words = compiled(ctx.language, _Words)
        if heard.tokens.isdisjoint(words.triggers) and not (
            ctx.asked and heard.has_number
        ):
            return []
        currency = _CURRENCIES.get(ctx.country.upper(), "USD")
        found: list[Reading] = []
        i = 0
        while i < heard.count:
            amount = self._at(heard, words, i, currency, asked=ctx.asked)
            if amount is None:
                i += 1
                continue
            end, value, code, certainty = amount
            if 0 <= value < _LARGEST:
                first, last = heard.span(i, end)
                data: Json = {"amount": _fixed(value, code), "currency": code}
                found.append(Reading(data, first, last, certainty))
            i = end
        return joined(found, heard, ctx.language) if len(found) > 1 else found

    def _at(
        self, heard: Heard, words: _Words, i: int, usual: str, *, asked: bool
    ) -> tuple[int, Decimal, str, float] | None:
        """Return (index behind, amount, currency, certainty) at a token."""
        texts = heard.texts
        sign = words.currencies.at(texts, i)
        if sign is not None and sign[0] < heard.count:
            number = self._number(heard, sign[0])
            if number is None or heard.numbers[i] is not None:
                return None
            end, value = number
            scale = heard.numerals.scales.get(texts[end]) if end < heard.count else None
            if scale is not None:
                value, end = value * scale, end + 1
            behind = words.currencies.at(texts, end) if end < heard.count else None
            return (behind[0] if behind else end), value, sign[1], 1.0
        number = self._number(heard, i)
        if number is None:
            return None
        end, value = number
        unit = words.currencies.at(texts, end) if end < heard.count else None
        if unit is not None:
            end, code = unit
            return (*self._with_cents(heard, words, end, value), code, 1.0)
        cents = words.cents.at(texts, end) if end < heard.count else None
        if cents is not None and (len(texts[end]) > 1 or asked):
            code = usual if cents[1] == "USD" else cents[1]
            return cents[0], value / 100, code, 1.0
        if not asked:
            return None
        rest = heard.numbers[end] if end < heard.count else None
        if (
            rest is not None
            and isinstance(rest[1], int)
            and 10 <= rest[1] < 100
            and value == value.to_integral_value()
        ):
            return rest[0], value + Decimal(rest[1]) / 100, usual, 0.5
        return end, value, usual, 0.5

    @staticmethod
    def _number(heard: Heard, i: int) -> tuple[int, Decimal] | None:
        numerals = heard.numerals
        amount = numerals.amounts.at(heard.texts, i)
        if amount is not None:
            return amount[0], Decimal(amount[1])
        number: tuple[int, Number] | None = heard.numbers[i]
        if number is None:
            if heard.texts[i] in numerals.one and i + 1 < heard.count:
                return i + 1, Decimal(1)
            return None
        end, value = number
        half = numerals.fractions.at(heard.texts, end) if end < heard.count else None
        if half is not None:
            return half[0], Decimal(str(value)) + Decimal(half[1])
        return end, Decimal(str(value))

    @staticmethod
    def _with_cents(
        heard: Heard, words: _Words, i: int, value: Decimal
    ) -> tuple[int, Decimal]:
        """Return the end and the amount with "fifty", "and fifty cents" behind it."""
        if i >= heard.count or heard.pauses[i - 1]:
            return i, value
        half = heard.numerals.fractions.at(heard.texts, i)
        if half is not None:
            return half[0], value + Decimal(half[1])
        at = i + 1 if heard.texts[i] in words.joins else i
        number = heard.numbers[at] if at < heard.count else None
        if number is None or not isinstance(number[1], int) or not 0 < number[1] < 100:
            return i, value
        end, cents = number
        named = words.cents.at(heard.texts, end) if end < heard.count else None
        if named is not None:
            return named[0], value + Decimal(cents) / 100
        last = end >= heard.count or heard.pauses[end - 1]
        if last and cents >= 10 and value == value.to_integral_value():
            return end, value + Decimal(cents) / 100
        if at == i and value == value.to_integral_value() and cents >= 10:
            return end, value + Decimal(cents) / 100
        return i, value

    def open(self, data: Json) -> object:
        """Return a ``Money``: its ``amount`` a Decimal, its ``currency`` three letters."""
        if isinstance(data, Mapping):
            return Money(Decimal(str(data["amount"])), str(data["currency"]))
        return None

    def close(self, value: object) -> Json:
        """Return the data of a ``Money``, or of a mapping with amount and currency.

        Raises:
            ValueError: It is neither, or the amount is no finite number.
        """
        if isinstance(value, Mapping):
            amount, currency = value.get("amount"), value.get("currency")
        elif isinstance(value, tuple) and len(value) == 2:
            amount, currency = value
        elif isinstance(value, str) and (
            match := re.fullmatch(r"(-?\d{1,13}(?:\.\d+)?) ?([A-Z]{3})", value.strip())
        ):
            amount, currency = match.groups()
        else:
            amount = currency = None
        if isinstance(amount, str | int | float | Decimal) and not isinstance(
            amount, bool
        ):
            try:
                number = Decimal(str(amount))
            except InvalidOperation:
                number = Decimal("NaN")
            code = str(currency).upper()
            known = re.fullmatch(r"[A-Z]{3}", code) is not None
            if known and number.is_finite() and abs(number) < _LARGEST:
                return {"amount": _fixed(number, code), "currency": code}
        raise ValueError(f"`{value}` is not an amount with a currency")

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the amount: "twelve dollars fifty", "five euros"."""
        money = self.open(data)
        if not isinstance(money, Money):
            return str(data)
        known = worded(language)
        words = compiled(known, _Words)
        numbers = spoken(known)
        sign, amount = money.amount < 0, abs(money.amount)
        whole = int(amount)
        cents = int((amount - whole) * 100)
        names = words.names.get(money.currency) or [money.currency] * 2
        if not whole and cents and len(names) >= 4:
            text = str(words.forms["spoken_cents"])
            text = text.replace("{cents}", numbers.number(cents))
            text = text.replace("{unit}", names[2] if cents == 1 else names[3])
        else:
            form = "spoken_both" if cents else "spoken_whole"
            text = str(words.forms[form]).replace("{whole}", numbers.number(whole))
            text = text.replace("{unit}", names[0] if whole == 1 else names[1])
            small = numbers.number(cents)
            if 0 < cents < 10:
                small = f"{numbers.number(0)} {small}"
            text = text.replace("{cents}", small)
        return numbers.negative(text) if sign else text

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return a whole amount in the currency of the country."""
        if not pressed.isdecimal() or len(pressed) > 9:
            return None
        currency = _CURRENCIES.get(ctx.country.upper(), "USD")
        return {"amount": str(int(pressed)), "currency": currency}
