"""The words are data: nothing of a language is in the code."""

from __future__ import annotations

from types import MappingProxyType

import pytest
from understood_restaurant import (
    BOOKED,
    CONFIRM,
    NOW,
    SLOTS,
    Restaurant,
    english,
    short,
)

from flowkit.dialogue.flow import Agent, Flow
from flowkit.dialogue.request import Fillable, Request
from flowkit.languages import Language
from flowkit.understanding import RulesUnderstander
from flowkit.understanding.cues import CueTable, PatternError

MADE_UP = {
    "spelling": {"jess": "jes"},
    "cues": {
        "yes": "jes [bonvole]\nkompreneble",
        "no": "ne",
        "no_repair": "ne",
        "not": "ne",
        "person": "[mi volas] (homon|homo) [bonvole]",
        "filler": "(nu|do)",
    },
    "slot_words": {"date": ["tago"]},
    "empty_words": "la mi vi",
    "places": {},
    "endings": {"n": 3},
}


def hears(language: Language, said: str) -> list[str]:
    flow = Flow("book_table", (), SLOTS)
    agent = Agent("bella", "book_table", {"book_table": flow}, {"eo": language})
    slots = tuple(Fillable(slot, BOOKED.get(name)) for name, slot in SLOTS.items())
    request = Request(said, NOW, "eo", slots=slots, question=CONFIRM)
    return [short(act) for act in RulesUnderstander(agent).read(request).acts]


@pytest.mark.parametrize(
    ("said", "acts"),
    [
        ("jes", ["yes"]),
        ("jess bonvole", ["yes"]),
        ("nu, ne", ["no"]),
        ("mi volas homon", ["person"]),
        ("yes", ["nothing"]),
        ("agent", ["nothing"]),
    ],
)
def test_another_language_is_another_table(said: str, acts: list[str]) -> None:
    words = {**english().words, "understanding": MADE_UP}
    language = Language("eo", MappingProxyType({}), MappingProxyType(words))
    assert hears(language, said) == acts


def test_a_language_without_patterns_still_reads_values() -> None:
    words = {**english().words, "understanding": {}}
    language = Language("eo", MappingProxyType({}), MappingProxyType(words))
    assert hears(language, "saturday") == ["set date 2026-11-28"]


@pytest.mark.parametrize("pattern", ["(a|b", "a]", "[a", "a) b"])
def test_a_pattern_with_an_open_bracket_is_refused(pattern: str) -> None:
    words = {"understanding": {"cues": {"yes": pattern}}}
    with pytest.raises(PatternError):
        CueTable(Language("eo", MappingProxyType({}), MappingProxyType(words)))


def test_the_longest_pattern_wins() -> None:
    words = {"understanding": {"cues": {"yes": "a [b c]\n(a|d) b"}}}
    table = CueTable(Language("eo", MappingProxyType({}), MappingProxyType(words)))
    found = [(cue.name, cue.start, cue.end) for cue in table.find(["a", "b", "c"])]
    assert found == [("yes", 0, 3)]


def test_the_english_patterns_compile(restaurant: Restaurant) -> None:
    assert CueTable(english()).find(["yes", "please"])
