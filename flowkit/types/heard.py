"""An utterance as slot types look at it: tokens, and the numbers among them.

Words are what the caller's text is split into (``flowkit.types.reading``); tokens are finer:
"twenty-five" is two, "7pm" is two, "R-O-double-S-I" five. All types read tokens and
answer in words. The work that they share, above all finding numbers, is done once for an
utterance. Nothing here knows a language: its words come from the language file, which
is compiled into tables once (``compiled``) and kept as long as the language lives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar, cast
from weakref import WeakKeyDictionary

from flowkit.languages import Language
from flowkit.types.reading import Utterance

V = TypeVar("V")
T = TypeVar("T")

_CACHE: WeakKeyDictionary[Language, dict[type, Any]] = WeakKeyDictionary()


def compiled(language: Language, kind: type[T]) -> T:
    """Return the tables of a kind for a language, built at first use: ``kind(language)``."""
    tables = _CACHE.get(language)
    if tables is None:
        tables = _CACHE.setdefault(language, {})
    table = tables.get(kind)
    if table is None:
        table = tables[kind] = kind(language)  # type: ignore[call-arg]
    return cast(T, table)  # each kind is stored under its own class


def listed(data: object) -> list[str]:
    """Return the items of a list, which may also be written "a, b, c"."""
    if data is None:
        return []
    if isinstance(data, str):
        return [item.strip() for item in data.split(",") if item.strip()]
    if isinstance(data, Iterable):
        return [str(item).strip() for item in data]
    return [str(data)]


# --- tokens ------------------------------------------------------------------------------

_HYPHENS = re.compile(r"[-‐‑–/&+]")  # noqa: RUF001  # the hyphens that people type
_GLUED = re.compile(r"(\d+(?:[.:,]\d+)*)\.?([^\W\d_]\D*)")
_SCIENTIFIC = re.compile(r"\d+(?:\.\d+)?e\+?\d+")
_MONEY = re.compile(r"([$£€¥])")
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")


def tokens_of(word: str) -> list[str]:
    """Return the tokens of one lower-case word: most words are one."""
    if word.isalpha() or word.isdigit():
        return [word]
    word = word.replace('"', "'")
    if any(c in "$£€¥" for c in word):
        pieces = [piece for piece in _MONEY.split(word) if piece]
        if len(pieces) > 1:
            return [token for piece in pieces for token in tokens_of(piece)]
        return [word]
    if word[0] == "+" and word[1:2].isdigit():
        return tokens_of(word[1:])
    if word[0].isdigit():
        match = _GLUED.fullmatch(word)
        if match and not _SCIENTIFIC.fullmatch(word):
            number, rest = match.groups()
            rest = rest.replace(".", "") if _INITIALS.fullmatch(rest) else rest
            if "-" in rest:
                first, *others = [piece for piece in rest.split("-") if piece]
                return [number + first, *others]
            return [number + rest]
    if _INITIALS.fullmatch(word):
        return [word.replace(".", "")] if len(word) <= 3 else word.split(".")
    if _HYPHENS.search(word):
        pieces = [piece for piece in _HYPHENS.split(word) if piece]
        if len(pieces) > 1 and any(piece.isalpha() for piece in pieces):
            return pieces
    return [word]


def phrase_of(text: str) -> tuple[str, ...]:
    """Return a phrase of a language file as tokens."""
    found: list[str] = []
    for word in text.lower().split():
        found.extend(tokens_of(word))
    return tuple(found)


class Phrases(Generic[V]):
    """A table from phrases to values that finds the longest one at a place."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Iterable[tuple[str, V]]) -> None:
        # by first token: (the other tokens, how many, value), the longest first
        self._entries: dict[str, list[tuple[tuple[str, ...], int, V]]] = {}
        for text, value in entries:
            phrase = phrase_of(text)
            if not phrase:
                continue
            known = self._entries.setdefault(phrase[0], [])
            if all(phrase[1:] != rest for rest, _, _ in known):
                known.append((phrase[1:], len(phrase), value))
        for known in self._entries.values():
            known.sort(key=lambda entry: -entry[1])

    @classmethod
    def of(cls, words: object) -> Phrases[str]:
        """Return a table of listed phrases, each standing for itself."""
        return Phrases((text, text) for text in listed(words))

    @classmethod
    def by_value(cls, data: Mapping[str, object] | None) -> Phrases[str]:
        """Return a table of ``value: phrases``, as language files write them."""
        return Phrases(
            (text, str(value))
            for value, texts in (data or {}).items()
            for text in listed(texts)
        )

    def __contains__(self, token: str) -> bool:
        return self.get(token) is not None

    def get(self, token: str) -> V | None:
        """Return the value of a phrase of one token."""
        for _, size, value in self._entries.get(token, ()):
            if size == 1:
                return value
        return None

    @property
    def firsts(self) -> frozenset[str]:
        """The tokens that a phrase can begin with."""
        return frozenset(self._entries)

    def at(self, texts: list[str], i: int) -> tuple[int, V] | None:
        """Return (index behind, value) of the longest phrase that stands at ``i``."""
        entries = self._entries.get(texts[i])
        if entries is None:
            return None
        for rest, size, value in entries:
            if size == 1 or tuple(texts[i + 1 : i + size]) == rest:
                return i + size, value
        return None

    def before(self, texts: list[str], i: int) -> int | None:
        """Return where the longest phrase that ends just before ``i`` begins, or None."""
        for size in range(min(i, 6), 0, -1):
            start = i - size
            for rest, length, _ in self._entries.get(texts[start], ()):
                if length == size and tuple(texts[start + 1 : i]) == rest:
                    return start
        return None


# --- numbers -----------------------------------------------------------------------------

Number = int | float
_DIGITS = re.compile(r"\d{1,30}")
_PLAIN = re.compile(r"\d{1,30}(?:\.\d{1,12})?")
_LARGEST = 10**15
_TENS = frozenset(range(20, 100, 10))


class Numerals:
    """The number words of a language."""

    def __init__(self, language: Language) -> None:
        data = language.section("numbers")
        spoken = listed(data.get("below_hundred"))
        phrases: list[tuple[str, int]] = []
        small = listed(data.get("cardinals"))
        tens = listed(data.get("tens"))
        phrases += [(text, n) for n, text in enumerate(spoken)]
        phrases += [(text, n) for n, text in enumerate(small)]
        phrases += [(text, 20 + 10 * n) for n, text in enumerate(tens)]
        phrases += [
            (text, int(value))
            for value, texts in (data.get("other") or {}).items()
            for text in listed(texts)
        ]
        self.cardinals: Phrases[int] = Phrases(phrases)
        self.hundred = frozenset(listed(data.get("hundred")))
        self.scales: dict[str, int] = {
            text: int(value)
            for name in ("scales", "multiples")
            for value, texts in (data.get(name) or {}).items()
            for text in listed(texts)
        }
        self.joins = frozenset(listed(data.get("joined_by")))
        self.one = frozenset(listed(data.get("one")))
        self.minus = frozenset(listed(data.get("minus")))
        self.point = frozenset(listed(data.get("point")))
        self.fractions: Phrases[str] = Phrases.by_value(data.get("fractions"))
        self.amounts: Phrases[str] = Phrases.by_value(data.get("amounts"))
        ordinals = [(t, n) for n, t in enumerate(listed(data.get("ordinals")), 1)]
        ordinals += [
            (text, 20 + 10 * n)
            for n, text in enumerate(listed(data.get("ordinal_tens")))
        ]
        ordinals += [
            (text, int(value))
            for value, texts in (data.get("other_ordinals") or {}).items()
            for text in listed(texts)
        ]
        self.ordinals: Phrases[int] = Phrases(ordinals)
        suffixes = "|".join(map(re.escape, listed(data.get("ordinal_suffixes"))))
        self.suffixed = re.compile(rf"(\d{{1,4}})(?:{suffixes})") if suffixes else None
        decimal = re.escape(str(data.get("decimal", ".")))
        thousands = re.escape(str(data.get("thousands", ",")))
        self.figures = re.compile(
            rf"(\d{{1,3}}(?:{thousands}\d{{3}})+|\d{{1,30}})(?:{decimal}(\d{{1,12}}))?"
        )
        self._thousands = str(data.get("thousands", ","))
        self.starts = (
            self.cardinals.firsts | self.one | self.minus | self.amounts.firsts
        )
        self.hints = self.cardinals.firsts | self.amounts.firsts | self.ordinals.firsts

    def figure(self, token: str) -> Number | None:
        """Return the value of figures: ``4``, ``1,200``, ``12.50``, ``1e9``."""
        if not token[0].isdigit():
            return None
        if token.isdecimal():
            return int(token) if len(token) <= 30 else None
        match = self.figures.fullmatch(token)
        if match is None:
            if _SCIENTIFIC.fullmatch(token) and len(token) < 12:
                value = float(token)
                if value > _LARGEST:
                    return None
                return int(value) if value.is_integer() else value
            return None
        whole, part = match.groups()
        whole = whole.replace(self._thousands, "")
        return float(f"{whole}.{part}") if part else int(whole)

    def cardinal(
        self, texts: list[str], pauses: list[bool], i: int
    ) -> tuple[int, Number] | None:
        """Return (index behind, value) of the number that begins at ``i``."""
        total = 0
        current: Number | None = None
        unit_open = False  # a tens word that may take a unit
        figures = False
        smallest = _LARGEST
        at = i
        count = len(texts)
        good: tuple[int, Number] | None = None
        while at < count:
            token = texts[at]
            if at > i and pauses[at - 1]:
                break
            found = None if figures else self.cardinals.at(texts, at)
            if found is not None:
                end, value = found
                if current is None:
                    current = value
                elif current and current % 100 == 0 and not unit_open:
                    current += value
                elif unit_open and 1 <= value <= 9:
                    current += value
                    value = 1
                else:
                    break
                unit_open = value >= 20 and value % 10 == 0
                at = end
            elif token in self.hundred:
                if current is None or not 0 < current < 100:
                    break
                current *= 100
                unit_open = False
                at += 1
            elif token in self.scales:
                scale = self.scales[token]
                if current is None or scale >= smallest:
                    break
                total += int(current * scale)
                smallest = scale
                current = None
                unit_open = figures = False
                at += 1
            elif (
                token in self.joins
                and at > i
                and at + 1 < count
                and not pauses[at]
                and (
                    current is None
                    or (current and current % 100 == 0 and not unit_open)
                )
                and not figures
                and (total or current)
            ):
                following = self.cardinals.at(texts, at + 1)
                if following is None or following[1] == 0:
                    break
                if current is None:
                    # "a thousand and five", but not "a thousand and two hundred ..."
                    current = 0
                    unit_open = False
                    end, value = following
                    current = value
                    unit_open = value >= 20 and value % 10 == 0
                    at = end
                else:
                    at += 1
                    continue
            elif (
                current is None
                and not total
                and token in self.one
                and at + 1 < count
                and (texts[at + 1] in self.hundred or texts[at + 1] in self.scales)
            ):
                current = 1
                at += 1
                continue
            elif current is None and not total and token[0].isdigit():
                figure = self.figure(token)
                if figure is None:
                    break
                current = figure
                figures = True
                at += 1
            else:
                break
            good = (at, total + (current or 0))
        if good is None:
            return None
        end, number = good
        if end < count and texts[end] in self.point and not pauses[end - 1]:
            decimals = ""
            at = end + 1
            while at < count and len(decimals) < 6:
                found = self.cardinals.at(texts, at)
                if found is not None and 0 <= found[1] <= 99:
                    decimals += str(found[1])
                    at = found[0]
                elif _DIGITS.fullmatch(texts[at]):
                    decimals += texts[at]
                    at += 1
                else:
                    break
            if decimals:
                return at, float(f"{int(number)}.{decimals[:12]}")
        return end, number

    def ordinal(
        self, texts: list[str], pauses: list[bool], i: int
    ) -> tuple[int, int] | None:
        """Return (index behind, value) of the ordinal that begins at ``i``."""
        token = texts[i]
        if self.suffixed is not None and token[0].isdigit():
            match = self.suffixed.fullmatch(token)
            if match:
                return i + 1, int(match.group(1))
            if token.isdecimal() and i + 1 < len(texts) and texts[i + 1].isalpha():
                # "27 th", as some recognisers write it
                glued = self.suffixed.fullmatch(token + texts[i + 1])
                if glued:
                    return i + 2, int(glued.group(1))
            return None
        found = self.ordinals.at(texts, i)
        if found is not None:
            return found
        tens = self.cardinals.get(token) or 0
        if tens not in _TENS or i + 1 >= len(texts) or pauses[i]:
            return None
        unit = self.ordinals.at(texts, i + 1)
        if unit is not None and 1 <= unit[1] <= 9:
            return unit[0], tens + unit[1]
        return None


class Heard:
    """One utterance in tokens, with the numbers among them."""

    def __init__(self, said: Utterance, numerals: Numerals) -> None:
        self.said = said
        self.numerals = numerals
        self.texts: list[str] = []
        self.word_of: list[int] = []
        self.pauses: list[bool] = []
        suffixed = numerals.suffixed
        for n, word in enumerate(said.words):
            if not word.text.isascii() and not any(
                c.isalnum() or c in "£€¥" for c in word.text
            ):
                continue  # emoji and the like
            pieces = tokens_of(word.text)
            if "," in word.text:
                pieces = [part for piece in pieces for part in self._parted(piece)]
            for piece in pieces:
                if piece[0].isdigit() and not piece[-1].isdigit():
                    match = _GLUED.fullmatch(piece)
                    if match and not (suffixed and suffixed.fullmatch(piece)):
                        self.texts += match.groups()
                        self.word_of += (n, n)
                        self.pauses += (False, False)
                        continue
                self.texts.append(piece)
                self.word_of.append(n)
                self.pauses.append(False)
            if word.pause and pieces:
                self.pauses[-1] = True
        self.count = len(self.texts)

    def _parted(self, piece: str) -> list[str]:
        """Return "9,2027" as two numbers, but "1,200" as one."""
        if "," not in piece or self.numerals.figures.fullmatch(piece):
            return [piece]
        return [part for part in piece.split(",") if part]

    @cached_property
    def tokens(self) -> frozenset[str]:
        """All tokens, for cheap checks of whether a type has anything to read."""
        return frozenset(self.texts)

    @cached_property
    def numbers(self) -> list[tuple[int, Number] | None]:
        """For each place the number that begins there: (index behind, value)."""
        numerals = self.numerals
        starts = numerals.starts
        return [
            numerals.cardinal(self.texts, self.pauses, i)
            if token in starts or token[0].isdigit()
            else None
            for i, token in enumerate(self.texts)
        ]

    @cached_property
    def ordinals(self) -> list[tuple[int, int] | None]:
        """For each place the ordinal that begins there: (index behind, value)."""
        numerals = self.numerals
        starts = numerals.ordinals.firsts | numerals.starts
        return [
            numerals.ordinal(self.texts, self.pauses, i)
            if token in starts or token[0].isdigit()
            else None
            for i, token in enumerate(self.texts)
        ]

    @cached_property
    def numeric(self) -> list[bool]:
        """For each place whether a number, an ordinal or a figure begins there."""
        return [
            number is not None or ordinal is not None or text[0].isdigit()
            for number, ordinal, text in zip(
                self.numbers, self.ordinals, self.texts, strict=True
            )
        ]

    @cached_property
    def has_number(self) -> bool:
        """Whether there is any number, ordinal or figure."""
        if not self.tokens.isdisjoint(self.numerals.hints):
            return True
        return any(text[0].isdigit() for text in self.texts)

    def negative(self, i: int) -> bool:
        """Whether a minus sign is typed right before token ``i``."""
        start = self.said.words[self.word_of[i]].start
        raw = self.said.raw
        return (
            start > 0
            and raw[start - 1] in "-−"  # noqa: RUF001
            and (start == 1 or raw[start - 2].isspace())
        )

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the words of tokens ``start`` to ``end`` (exclusive)."""
        return self.word_of[start], self.word_of[end - 1] + 1


class _Ear:
    """The last utterance heard in a language: ten types read the same one in turn."""

    def __init__(self, language: Language) -> None:
        self.numerals = compiled(language, Numerals)
        self.last: Heard | None = None


def hear(said: Utterance, language: Language) -> Heard:
    """Return the utterance in tokens; the last one is kept, since all types ask for it."""
    ear = compiled(language, _Ear)
    last = ear.last
    if last is None or last.said is not said:
        last = ear.last = Heard(said, ear.numerals)
    return last
