"""How many people: the words around counts, and sums of people.

"Two adults and a child", "me, my wife and two kids", "my two sisters and I".
"""

from __future__ import annotations

from dataclasses import dataclass

from flowkit.languages import Language
from flowkit.types.forms import tidy
from flowkit.types.heard import Heard, Number, Phrases, listed


class Counts:
    """The words around numbers of one language."""

    def __init__(self, language: Language) -> None:
        data = language.section("counts")
        self.nouns: Phrases[str] = Phrases.of(data.get("nouns"))
        self.parts: Phrases[str] = Phrases.of(data.get("parts"))
        self.me = frozenset(listed(data.get("me")))
        self.subject = frozenset(listed(data.get("subject")))
        self.companions: Phrases[str] = Phrases.of(data.get("companions"))
        self.of_them = frozenset(listed(data.get("of_them")))
        self.plural = str(data.get("plural", ""))
        self.of: Phrases[str] = Phrases.of(data.get("of"))
        self.pairs: Phrases[str] = Phrases.of(data.get("pairs"))
        self.possessives = frozenset(listed(data.get("possessives")))
        self.also = frozenset(listed(data.get("also")))
        self.before: Phrases[str] = Phrases.of(data.get("before"))
        self.before_weak: Phrases[str] = Phrases.of(data.get("before_weak"))
        self.exact: Phrases[str] = Phrases.by_value(data.get("exact"))
        self.about: Phrases[str] = Phrases.of(data.get("about"))
        self.limits: Phrases[str] = Phrases.of(data.get("limits"))
        self.vague: Phrases[str] = Phrases.of(data.get("vague"))
        parts = language.section("times").get("parts") or {}
        self.not_counts: Phrases[str] = Phrases.of(
            [
                *listed(data.get("not_counts")),
                *(text for texts in parts.values() for text in listed(texts)),
            ]
        )
        self.units: Phrases[str] = Phrases.of(data.get("units"))
        self.pronouns = frozenset(listed(data.get("pronouns")))
        self.pronouns_behind = frozenset(listed(data.get("pronouns_behind")))
        self.starts = self.exact.firsts | self.vague.firsts | self.me | self.possessives

    def companion(self, texts: list[str], i: int) -> int | None:
        """Return where "wife", "brothers" ends, or None."""
        found = self.companions.at(texts, i)
        if found is not None:
            return found[0]
        plural, token = self.plural, texts[i]
        if (
            plural
            and token.endswith(plural)
            and token[: -len(plural)] in self.companions
        ):
            return i + 1
        return None

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


def number_at(heard: Heard, i: int) -> tuple[int, Number] | None:
    """Return (index behind, value) of a number, a sum like "two and a half" included."""
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
    return end, tidy(value)


_OTHERS = frozenset({"me", "subject"})


@dataclass(frozen=True, slots=True)
class _Item:
    """One of several that are summed up."""

    end: int
    people: int
    kind: str
    """``me``; ``subject`` ("I"); ``part`` ("two adults"), ``companion`` ("my wife"), ``bare`` ("two")."""


def people_at(heard: Heard, words: Counts, i: int) -> tuple[int, int] | None:
    """Return (index behind, sum) of "two adults and a child", "me and my wife".

    At least two are summed, and either the caller is among them or all are counted.
    """
    total = 0
    kinds: list[str] = []
    at = i
    good: tuple[int, int] | None = None
    while at < heard.count:
        item = _item(heard, words, at, first=not kinds)
        if item is None:
            break
        at = item.end
        if item.kind == "subject" and (not kinds or set(kinds) != {"companion"}):
            # "five people and I hope ..." is not six
            last = at >= heard.count or heard.pauses[at - 1]
            if not kinds or not last:
                break
        total += item.people
        kinds.append(item.kind)
        if len(kinds) >= 2 and (
            not _OTHERS.isdisjoint(kinds) or set(kinds) <= {"part", "bare"}
        ):
            good = (at, total)
        if at < heard.count and heard.texts[at] in words.also:
            at += 1
        elif not _comma(heard, at - 1):
            break
    return good


def _comma(heard: Heard, i: int) -> bool:
    """Whether a comma stands behind a token."""
    end = heard.said.words[heard.word_of[i]].end
    return heard.pauses[i] and heard.said.raw[end : end + 1] == ","


def _item(heard: Heard, words: Counts, i: int, *, first: bool) -> _Item | None:
    texts = heard.texts
    if texts[i] in words.me:
        return _Item(i + 1, 1, "me")
    if texts[i] in words.subject:
        return _Item(i + 1, 1, "subject")
    pair = words.pairs.at(texts, i)
    if pair is not None:
        return _Item(pair[0], 2, "companion")
    start, found = i, number_at(heard, i)
    if found is None and texts[i] in words.possessives and i + 1 < heard.count:
        start, found = i + 1, number_at(heard, i + 1)
    if found is not None and found[1] >= 1:
        end, value = found[0], int(found[1])
        if end < heard.count:
            of = words.of.at(texts, end)
            noun_at = of[0] if of is not None else end
            if noun_at < heard.count:
                noun = words.parts.at(texts, noun_at) or words.nouns.at(texts, noun_at)
                behind = noun[0] if noun else words.companion(texts, noun_at)
                if behind is not None:
                    kind = "part" if start == i or noun else "companion"
                    return _Item(behind, value, kind)
            if first and start == i and texts[end] in words.also:
                return _Item(end, value, "bare")
        return None
    if texts[i] not in words.possessives or i + 1 >= heard.count:
        return None
    start = i + 1
    part = words.parts.at(texts, start)
    if part is not None and texts[i] in heard.numerals.one:
        return _Item(part[0], 1, "part")
    pair = words.pairs.at(texts, start)
    if pair is not None:
        return _Item(pair[0], 2, "companion")
    companion = words.companions.at(texts, start)
    return None if companion is None else _Item(companion[0], 1, "companion")
