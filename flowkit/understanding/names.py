"""What callers call the slots: "the party size", "the day", "number of people".

A slot goes by its own name, its hints, the usual words for its type (from the language
file) and the content words of its question. One phrase may name several slots; whoever
asks decides between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flowkit.dialogue.flow import Slot
from flowkit.understanding.cues import CueTable

_SENTENCE = re.compile(r"[^.!?]+\?")
_TEMPLATE = re.compile(r"\{[{%].*?[}%]\}")
_WORD = re.compile(r"[\w'-]+")


@dataclass(frozen=True, slots=True)
class Naming:
    """A run of words that names slots."""

    slots: tuple[str, ...]
    start: int
    end: int
    direct: bool
    """The slot's own name, a hint or its type's word; False: a word of its question."""


class SlotNames:
    """The words for a set of slots, in one language."""

    def __init__(self, slots: Iterable[Slot], table: CueTable) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], dict[str, bool]]]] = {}
        self._stem = table.stem
        known: dict[tuple[str, ...], dict[str, bool]] = {}
        slots = list(slots)
        # "the day" is no date of birth when there is another date
        plain = {slot.type.name for slot in slots if not looks_back(slot)}
        for slot in slots:
            common = not (looks_back(slot) and slot.type.name in plain)
            for phrase, direct in _phrases_of(slot, table, common=common).items():
                # by stems, so that "beds" is named by "bed" too
                named = known.setdefault(tuple(map(table.stem, phrase)), {})
                named[slot.name] = named.get(slot.name, False) or direct
        for phrase, named in known.items():
            # a word that one slot goes by and another is only asked with names the first
            if any(named.values()):
                named = {name: True for name, direct in named.items() if direct}
            self._phrases.setdefault(phrase[0], []).append((phrase, named))
        for longest_first in self._phrases.values():
            longest_first.sort(key=lambda entry: -len(entry[0]))

    def find(self, words: Sequence[str]) -> list[Naming]:
        """Return every naming, the longest at each place, none within another."""
        found: list[Naming] = []
        words = [self._stem(word) for word in words]
        at = 0
        while at < len(words):
            for phrase, named in self._phrases.get(words[at], ()):
                end = at + len(phrase)
                if tuple(words[at:end]) == phrase:
                    direct = any(named.values())
                    found.append(Naming(tuple(named), at, end, direct))
                    at = end
                    break
            else:
                at += 1
        return found


def question_words(slot: Slot, table: CueTable) -> tuple[str, ...]:
    """Return the content words of a slot's question, up to its first comma."""
    if slot.ask is None:
        return ()
    text = _TEMPLATE.sub(" ", slot.ask.source.lower())
    sentences = _SENTENCE.findall(text) or [text]
    for piece in re.split(r"[,;:—(]", sentences[-1]):
        words = tuple(
            word for word in _WORD.findall(piece) if word not in table.empty_words
        )
        if words:
            return words
    return ()


def looks_back(slot: Slot) -> bool:
    """Return whether a slot's type takes days to be past (``assume: past``)."""
    return getattr(slot.type, "assume", None) == "past"


def _phrases_of(
    slot: Slot, table: CueTable, *, common: bool
) -> dict[tuple[str, ...], bool]:
    found: dict[tuple[str, ...], bool] = {}
    own = slot.name.replace("_", " ").lower()
    usual = table.slot_words.get(slot.type.name, ()) if common else ()
    for text in (own, *slot.hints, *usual):
        for form in table.slot_forms:
            phrase = tuple(form.replace("{}", text.lower()).split())
            if phrase:
                found[phrase] = True
    for word in question_words(slot, table):
        for form in table.slot_forms:
            found.setdefault(tuple(form.replace("{}", word).split()), form != "{}")
    return found
