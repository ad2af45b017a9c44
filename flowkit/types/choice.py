"""``type: choice``: one of a list, several of it (``many``), or how many of each (``counted``).

Each choice has its own word and others that callers use for it. A plural is the same word.
When the slot was asked for, a word that was misheard by a letter or two still counts, as
long as it is near to one choice only; it is then ``computed``, so that it is said back.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.languages import Language
from flowkit.types.heard import Heard, Phrases, compiled, hear, listed, phrase_of
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spoken import spoken, worded

Choices = tuple[tuple[str, tuple[str, ...]], ...]
"""Each choice with the other words for it."""


class _Words:
    """The words around choices of one language."""

    def __init__(self, language: Language) -> None:
        data = language.section("choices")
        self.endings = tuple(
            sorted(listed(data.get("plural_endings")), key=len, reverse=True)
        )
        self.without: Phrases[str] = Phrases.of(data.get("without"))
        self.no = frozenset(listed(language.section("yes_no").get("no_word")))
        self.one = frozenset(listed(data.get("one")))
        self.either = frozenset(listed(language.section("joining").get("or")))
        self.join = str(data.get("join", ", "))
        self.join_last = str(data.get("join_last", ", "))


def fold(text: str, endings: tuple[str, ...] = ()) -> str:
    """Return a word without accents and without its plural ending."""
    if not text.isascii():
        text = "".join(
            c
            for c in unicodedata.normalize("NFKD", text)
            if not unicodedata.combining(c)
        )
    for ending in endings:
        if len(text) > len(ending) + 2 and text.endswith(ending):
            return text[: -len(ending)]
    return text


def distance(a: str, b: str, *, most: int) -> int:
    """Return the edit distance with swaps (optimal string alignment), or ``most`` + 1."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


class _Table:
    """The phrases of some choices, folded for one language."""

    def __init__(self, choices: Choices, endings: tuple[str, ...]) -> None:
        self.endings = endings
        self.by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.phrases: list[tuple[str, int, str]] = []
        for word, others in choices:
            for text in (word, word.replace("_", " "), *others):
                phrase = tuple(self.fold(token) for token in phrase_of(text))
                if not phrase:
                    continue
                known = self.by_first.setdefault(phrase[0], [])
                if all(phrase != one for one, _ in known):
                    known.append((phrase, word))
                    self.phrases.append((" ".join(phrase), len(phrase), word))
        for known in self.by_first.values():
            known.sort(key=lambda entry: -len(entry[0]))

    def fold(self, token: str) -> str:
        """Return a token's form that singular and plural share."""
        return fold(token, self.endings)

    def at(self, folded: list[str], i: int) -> tuple[int, str] | None:
        """Return (index behind, choice) of the longest phrase at ``i``."""
        for phrase, word in self.by_first.get(folded[i], ()):
            if tuple(folded[i : i + len(phrase)]) == phrase:
                return i + len(phrase), word
        return None

    def near(self, folded: list[str], i: int) -> tuple[int, str, int] | None:
        """Return the only choice that the words at ``i`` are a misheard form of."""
        best: dict[str, tuple[int, int]] = {}
        for text, size, word in self.phrases:
            if len(text) < 4 or i + size > len(folded):
                continue
            most = 1 if len(text) < 8 else 2
            far = distance(" ".join(folded[i : i + size]), text, most=most)
            if far <= most and far < best.get(word, (0, 99))[1]:
                best[word] = (i + size, far)
        if not best:
            return None
        ranked = sorted(best.items(), key=lambda entry: entry[1][1])
        if len(ranked) > 1 and ranked[1][1][1] <= ranked[0][1][1] + 1:
            return None
        word, (end, far) = ranked[0]
        return end, word, far


@lru_cache(maxsize=256)
def _table(choices: Choices, endings: tuple[str, ...]) -> _Table:
    return _Table(choices, endings)


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    word: str
    count: int
    misheard: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceType:
    """One or several of a list."""

    choices: Choices = ()
    """Empty when the list is computed: then ``Context.choices`` has it."""
    many: bool = False
    counted: bool = False
    name: str = "choice"
    words: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The choices' own words."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(word for word, _ in self.choices))

    @property
    def length(self) -> int | None:
        """How many keys a choice takes, if that is known: one for up to nine."""
        return 1 if 0 < len(self.choices) < 10 else None

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return the choices that were named: one reading each, or one of them all."""
        choices = ctx.choices or self.choices
        if not choices:
            return []
        heard = hear(said, ctx.language)
        words = compiled(ctx.language, _Words)
        table = _table(choices, words.endings)
        found = self._found(heard, words, table, ctx)
        if not found:
            return []
        if self.counted:
            counts: dict[str, Json] = {}
            for one in found:
                before = counts.get(one.word, 0)
                counts[one.word] = one.count + (
                    before if isinstance(before, int) else 0
                )
            return [self._reading(heard, found, counts)]
        if self.many:
            return [
                self._reading(heard, found, list(dict.fromkeys(o.word for o in found)))
            ]
        readings: list[Reading] = []
        for n, one in enumerate(found):
            first, last = heard.span(one.start, one.end)
            between = heard.texts[found[n - 1].end : one.start] if n else []
            if readings and between and between[0] in words.either and len(between) < 4:
                head = readings[-1]
                readings[-1] = Reading(
                    head.value,
                    head.start,
                    last,
                    head.certainty,
                    computed=head.computed,
                    also=(*head.also, one.word),
                )
                continue
            certainty = 0.7 if one.misheard else 1.0
            readings.append(
                Reading(one.word, first, last, certainty, computed=one.misheard)
            )
        return readings

    def _found(
        self, heard: Heard, words: _Words, table: _Table, ctx: Context
    ) -> list[_Found]:
        folded = [table.fold(text) for text in heard.texts]
        known = not table.by_first.keys().isdisjoint(folded)
        if not known and not ctx.asked:
            return []
        found: list[_Found] = []
        i = 0
        while i < heard.count:
            match = table.at(folded, i)
            if match is not None:
                end, word = match
                if not self._left_out(heard, words, ctx, i):
                    start, count = self._count(heard, words, i)
                    found.append(_Found(start, end, word, count))
                i = end
                continue
            i += 1
        if not found and ctx.asked:
            i = 0
            while i < heard.count:
                near = table.near(folded, i) if len(folded[i]) > 2 else None
                if near is None:
                    i += 1
                    continue
                start, count = self._count(heard, words, i)
                found.append(_Found(start, near[0], near[1], count, misheard=True))
                i = near[0]
            if not self.many and not self.counted and len({o.word for o in found}) > 1:
                return []
        return found

    def _left_out(self, heard: Heard, words: _Words, ctx: Context, i: int) -> bool:
        """Whether the words before a choice say that it is not meant.

        "Pizza, no mushrooms" leaves it out. "No, pick-up" does not, nor "no pick-up" at the
        beginning when something else was asked: that corrects what was noted down.
        """
        begin = words.without.before(heard.texts, i)
        if begin is None or heard.pauses[i - 1]:
            return False
        several = self.many or self.counted
        return several or ctx.asked or begin > 0 or heard.texts[0] not in words.no

    def _count(self, heard: Heard, words: _Words, i: int) -> tuple[int, int]:
        """Return where the count before a choice begins, and the count."""
        if not self.counted or i == 0:
            return i, 1
        amounts = heard.numerals.amounts
        begin = amounts.before(heard.texts, i)
        if begin is not None and (amount := amounts.at(heard.texts, begin)):
            return begin, int(amount[1])
        for start in range(i - 1, max(-1, i - 5), -1):
            number = heard.numbers[start]
            if number is not None and number[0] == i and isinstance(number[1], int):
                before = start - 1
                while before >= 0:
                    wider = heard.numbers[before]
                    if wider is None or wider[0] != i or not isinstance(wider[1], int):
                        break
                    start, number = before, wider
                    before -= 1
                value = number[1]
                return start, value if isinstance(value, int) and value > 0 else 1
        return (i - 1, 1) if heard.texts[i - 1] in words.one else (i, 1)

    @staticmethod
    def _reading(heard: Heard, found: list[_Found], value: Json) -> Reading:
        first, _ = heard.span(found[0].start, found[0].end)
        _, last = heard.span(found[-1].start, found[-1].end)
        misheard = any(one.misheard for one in found)
        return Reading(value, first, last, 0.7 if misheard else 1.0, computed=misheard)

    def open(self, data: Json) -> object:
        """Return the word, the list of words, or the counts by word."""
        return data

    def close(self, value: object) -> Json:
        """Return the value if it is made of choices.

        Raises:
            ValueError: It is not, or has the wrong shape for ``many`` or ``counted``.
        """
        if self.counted:
            if not isinstance(value, Mapping):
                raise ValueError(f"`{value}` does not say how many of each")
            counts: dict[str, Json] = {}
            for word, count in value.items():
                if isinstance(count, bool) or not isinstance(count, int) or count < 1:
                    raise ValueError(f"`{count}` is not a count of `{word}`")
                counts[self._known(word)] = count
            return counts
        if self.many:
            if isinstance(value, str):
                return [self._known(value)]
            if not isinstance(value, Sequence):
                raise ValueError(f"`{value}` is not a list of choices")
            return [self._known(word) for word in value]
        return self._known(value)

    def _known(self, word: object) -> str:
        if isinstance(word, bool | None) or not isinstance(word, str | int | float):
            raise ValueError(f"`{word}` is not a choice")
        text = str(word)
        if not self.choices or text in self.words:
            return text
        for known, others in self.choices:
            if text.lower() in (known.lower(), *(other.lower() for other in others)):
                return known
        raise ValueError(f"`{text}` is not one of {', '.join(self.words)}")

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the choice, or all of them: "two margherita and a funghi"."""
        if isinstance(data, str):
            return data.replace("_", " ")
        known = worded(language)
        words = compiled(known, _Words)
        if isinstance(data, Mapping):
            numbers = spoken(known)
            parts = [
                f"{numbers.number(n) if isinstance(n, int) else n} {self.speak(w, language)}"
                for w, n in data.items()
            ]
        elif isinstance(data, Sequence):
            parts = [self.speak(word, language) for word in data]
        else:
            return str(data)
        if len(parts) < 2:
            return "".join(parts)
        return words.join.join(parts[:-1]) + words.join_last + parts[-1]

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return the choice with that number, counted from 1."""
        choices = ctx.choices or self.choices
        if self.many or self.counted or not pressed.isdecimal() or len(pressed) > 2:
            return None
        n = int(pressed)
        return choices[n - 1][0] if 1 <= n <= len(choices) else None
