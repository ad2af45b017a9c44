"""What holds for all types: no text breaks one, and reading is fast."""

import subprocess
import sys
import time
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowkit.types import TYPES, build
from flowkit.types.reading import split

OPTIONS = {"choice": {"choices": {"red": ["crimson"], "blue": []}, "counted": True}}
ALL = [build(name, OPTIONS.get(name, {})) for name in TYPES]

_VOCABULARY = """a the one two seven twenty thirty hundred thousand million and half quarter past to
    of in on at for from between or until friday next last week weekend the_27th november
    may 7:30 7pm 1930 27/11 2026-11-27 30 0 999999999999999999999999999 1e9 -2 +1 617
    555-0142 double triple oh point minus dollars $5 € minutes an hour r o s i as x-ray
    dash dot underscore com @ a@b.c my name is anna it's under just me my wife people kids
    no yes maybe not without red blue ... , — 'n' o'clock am pm morning ½ ² ٣ 🎉 ß İ \u200b
    \u202e { } %s \\ ' " - -- .5 5. 1.2.3 1,2,3 12:60 99:99 feb 31st 0th after before
    later ago christmas easter few dozen"""
WORDS = st.sampled_from(_VOCABULARY.split())
TALK = st.lists(WORDS, max_size=14).map(lambda words: " ".join(words).replace("_", " "))
VALUES = {"date": "2026-11-27", "time": "19:00"}


def check(text, context, *, asked):
    said = split(text)
    for kind in ALL:
        value = VALUES.get(kind.name)
        for reading in kind.find(said, context(asked=asked, value=value)):
            assert 0 <= reading.start < reading.end <= len(said.words)
            assert 0 <= reading.certainty <= 1
            assert (reading.value is None) == (reading.why is not None)
            if reading.value is not None:
                assert kind.close(kind.open(reading.value)) == reading.value


@given(TALK, st.booleans())
def test_no_words_break_a_type(context, text, asked):
    check(text, context, asked=asked)


@given(st.text(max_size=80), st.booleans())
def test_no_text_breaks_a_type(context, text, asked):
    check(text, context, asked=asked)


@given(st.text(max_size=30))
def test_no_keys_break_a_type(context, pressed):
    for kind in ALL:
        value = kind.keys(pressed, context())
        assert value is None or kind.close(value) == value


@given(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.lists(st.text()) | st.dictionaries(st.text(), st.integers())
)  # fmt: skip
def test_a_tools_loose_data_become_data_or_are_refused(say, value):
    for kind in ALL:
        try:
            data = kind.close(value)
        except ValueError:
            continue
        assert kind.close(kind.open(data)) == data
        assert isinstance(say(kind.name, data, OPTIONS.get(kind.name)), str)


def test_fault_29_a_final_of_10000_characters_is_cut_and_read_fast(context):
    text = "between seven thirty and a quarter to eight on friday or " * 200
    began = time.process_time()
    check(text, context, asked=True)
    assert time.process_time() - began < 1.0


def test_all_types_read_twelve_words_in_a_few_milliseconds(context):
    text = "hi i'd like a table for four on friday at seven please"
    best = 1.0
    for _ in range(20):
        said = split(text)
        began = time.process_time()
        for kind in ALL:
            kind.find(said, context())
        best = min(best, time.process_time() - began)
    assert best < 0.005  # 0.3 ms on a quiet machine


def test_building_a_type_loads_no_telephone_metadata():
    code = dedent("""
        import sys
        from flowkit.types import build, TYPES
        for name in TYPES:
            build(name)
        assert "phonenumbers" not in sys.modules
        assert "yaml" not in sys.modules
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Four, please.", ["four", "please"]),
        ("7:30 p.m.", ["7:30", "p.m"]),
        ("\u202eAn\u200bna", ["anna"]),
        ("  ", []),
        ("O’Neill", ["o'neill"]),  # noqa: RUF001
    ],
)
def test_an_utterance_is_split_into_words(text, words):
    assert [word.text for word in split(text).words] == words
