"""Values said aloud: numbers in words, digits one by one, words spelled.

The forms come from the language file's ``numbers`` and ``digits`` sections.
"""

from __future__ import annotations

from flowkit.dialogue import flow
from flowkit.languages import Language
from flowkit.types.heard import Number, compiled, listed


class Spoken:
    """How a language says numbers."""

    def __init__(self, language: Language) -> None:
        data = language.section("numbers")
        self._forms = data
        self._below: list[str] = listed(data.get("below_hundred"))
        self._small = listed(data.get("cardinals"))
        self._tens = listed(data.get("tens"))
        self._ordinals = listed(data.get("ordinals"))
        self._ordinal_tens = listed(data.get("ordinal_tens"))
        self._spoken_ordinals = listed(data.get("spoken_ordinals"))
        self._scales = sorted(
            (
                (int(value), listed(texts)[0])
                for value, texts in (data.get("scales") or {}).items()
            ),
            reverse=True,
        )

    def _form(self, name: str, **words: str) -> str:
        text = str(self._forms[name])
        for key, word in words.items():
            text = text.replace("{" + key + "}", word)
        return text

    def _below_hundred(self, n: int) -> str:
        if n < len(self._below):
            return self._below[n]
        if n < len(self._small):
            return self._small[n]
        tens, unit = divmod(n, 10)
        ten = self._tens[tens - 2]
        return (
            self._form("tens_and_unit", tens=ten, unit=self._small[unit])
            if unit
            else ten
        )

    def _below_thousand(self, n: int) -> str:
        hundreds, rest = divmod(n, 100)
        if not hundreds:
            return self._below_hundred(n)
        count = self._below_hundred(hundreds)
        if not rest:
            return self._form("hundreds", count=count)
        return self._form(
            "hundreds_and_rest", count=count, rest=self._below_hundred(rest)
        )

    def number(self, value: Number) -> str:
        """Return a number in words; from a trillion on in figures."""
        if value < 0:
            return self.negative(self.number(-value))
        if isinstance(value, float) and not value.is_integer():
            whole, _, part = f"{value:.6f}".rstrip("0").partition(".")
            return self._form(
                "decimals",
                whole=self.number(int(whole)),
                digits=" ".join(self._below_hundred(int(d)) for d in part),
            )
        n = int(value)
        if n >= 10**12:
            return f"{n:,}"
        for scale, word in self._scales:
            if n >= scale:
                count, rest = divmod(n, scale)
                scaled = self._form("scale", count=self.number(count), scale=word)
                if not rest:
                    return scaled
                form = "scale_and_small_rest" if rest < 100 else "scale_and_rest"
                return self._form(form, scaled=scaled, rest=self.number(rest))
        return self._below_thousand(n)

    def negative(self, text: str) -> str:
        """Return what is said of an amount below zero."""
        return self._form("negative", number=text)

    def ordinal(self, n: int) -> str:
        """Return an ordinal in words: "twenty-seventh"; above 99 in figures."""
        if 1 <= n <= len(self._spoken_ordinals):
            return self._spoken_ordinals[n - 1]
        if 1 <= n <= len(self._ordinals):
            return self._ordinals[n - 1]
        if not 20 <= n < 100 or n // 10 > len(self._ordinal_tens) + 1:
            return str(n)
        tens, unit = divmod(n, 10)
        if not unit:
            return self._ordinal_tens[tens - 2]
        return self._form(
            "ordinal_tens_and_unit",
            tens=self._tens[tens - 2],
            unit=self._ordinals[unit - 1],
        )

    def year(self, n: int) -> str:
        """Return a year as people say it: "nineteen eighty-four", "two thousand six"."""
        form = str(self._forms.get("years", "plain"))
        century, rest = divmod(n, 100)
        if form != "by_century" or not 1100 <= n < 2100 or 2000 <= n < 2010:
            return self.number(n)
        if not rest:
            return self._form("hundreds", count=self.number(century))
        if rest < 10:
            oh = listed(self._forms.get("year_zero"))
            last = f"{oh[0]} {self.number(rest)}" if oh else self.number(rest)
        else:
            last = self.number(rest)
        return f"{self.number(century)} {last}"


def worded(language: flow.Language) -> Language:
    """Return the language with its words: what types speak with.

    Raises:
        TypeError: It is not a language of ``flowkit.languages``.
    """
    if not isinstance(language, Language):
        raise TypeError(f"`{language!r}` has no words to speak values with")
    return language


def spoken(language: Language) -> Spoken:
    """Return the number words of a language."""
    return compiled(language, Spoken)


def spell(text: str) -> str:
    """Return a text character by character, as it is read out: ``B 1 0 4 2``.

    Characters that are not said (spaces, hyphens) become a comma: a short pause.
    """
    groups: list[str] = []
    letters: list[str] = []
    for character in text:
        if character.isalnum() or character in "@.+&":
            letters.append(character.upper())
        elif letters:
            groups.append(" ".join(letters))
            letters = []
    if letters:
        groups.append(" ".join(letters))
    return ", ".join(groups)


def digits(text: str) -> str:
    """Return the digits of a text one by one, in groups where the text has gaps."""
    return spell("".join(c if c.isdigit() else " " for c in text))
