import sys
from io import StringIO

import pytest

from flowkit.playground.keyboard import Lines, completions
from flowkit.playground.screen import Screen, clean, short, wrap


def test_what_a_terminal_would_obey_is_not_printed():
    assert clean("a\x1b[31mb\x07\u202ec\ud800\nd\te\u200b") == "a[31mbc d e"


def test_letters_of_all_scripts_stay():
    text = "Zoë, José, 田中さん, Ольга, 👩‍🍳"
    assert clean(text) == text


def test_wide_letters_count_as_two_columns():
    assert wrap("田中 さん です", 7) == ["田中", "さん", "です"]
    assert wrap("four people on Friday", 12) == ["four people", "on Friday"]
    assert wrap("", 10) == []


def test_short_texts_stay_whole():
    assert short("four") == "four"
    assert short("x" * 60, 10) == "x" * 9 + "…"


def test_a_pipe_gets_one_plain_line_an_utterance(capsys):
    screen = Screen(on_terminal=False)
    screen.caller("four people")
    screen.bot("word " * 60)
    screen.table([("a", "b", "c"), ("long", "x", "y")])
    out = capsys.readouterr().out
    assert out.splitlines() == [
        "caller: four people",
        "bot: " + "word " * 59 + "word ",
        "  a     b  c",
        "  long  x  y",
    ]


def test_on_a_narrow_terminal_the_widest_columns_are_cut(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "50")
    screen = Screen(on_terminal=True)
    screen.table([("fill", "x" * 60, "book.yaml:3"), ("ask", "y" * 20, "book.yaml:14")])
    assert capsys.readouterr().out.splitlines() == [
        "  fill  " + "x" * 26 + "…  book.yaml:3",
        "  ask   " + "y" * 20 + " " * 7 + "  book.yaml:14",
    ]


def test_two_wide_columns_are_cut_alike(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "60")
    screen = Screen(on_terminal=True)
    screen.table([("x" * 60, "y" * 50, "end")])
    assert capsys.readouterr().out == f"  {'x' * 24}…  {'y' * 24}…  end\n"


def test_a_quiet_screen_leaves_standard_output_alone(capsys):
    screen = Screen(on_terminal=False, quiet=True)
    screen.bot("hello")
    screen.note("a remark")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "a remark\n")


def test_a_reader_that_has_gone_is_noted(monkeypatch):
    class Gone(StringIO):
        def write(self, text):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Gone())
    screen = Screen(on_terminal=False)
    screen.bot("hello")
    assert screen.is_broken


def names(command):
    return {"tool": ["make_booking", "fail"], "lang": ["es"]}.get(command, [])


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        (":sl", [":slots"]),
        (":s", [":slots", ":steps", ":silence", ":save"]),
        (":tool ", ["make_booking", "fail"]),
        (":tool ma", ["make_booking"]),
        (":tool make_booking f", []),
        (":help wh", ["why"]),
        (":lang ", ["es"]),
        ("four", []),
    ],
)
def test_commands_and_their_words_are_completed(line, offered):
    assert [text for text, _, _ in completions(line, names)] == offered


def test_lines_end_with_the_stream():
    lines = Lines(StringIO("four\r\n\nfive"))
    assert [lines.read() for _ in range(4)] == ["four", "", "five", None]


def test_a_line_without_end_is_one_line():
    lines = Lines(StringIO("x" * 250_000 + "\nnext\n"))
    assert [len(lines.read() or ""), lines.read()] == [100_000, "next"]
