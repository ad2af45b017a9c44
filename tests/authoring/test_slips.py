"""What people write in sentences and conditions, and what they are told."""

import pytest

from flowkit.authoring.compiler import compile_text
from flowkit.authoring.slips import in_condition, in_sentence
from flowkit.authoring.templates import condition, text


def mended(source: str, remedy: str | None, start: int, end: int) -> str:
    assert remedy is not None, source
    return source[:start] + remedy + source[end:]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('size = "large"', 'size == "large"'),
        ('size === "large"', 'size == "large"'),
        ('size <> "large"', 'size != "large"'),
        ("guests => 3", "guests >= 3"),
        ("guests ≥ 3", "guests >= 3"),
        ("guests =< 3", "guests <= 3"),
        ("a && b", "a and b"),
        ("a || b", "a or b"),
        ("a AND b", "a and b"),
        ("!a", "not a"),
        ("if guests > 6", " guests > 6"),
        ("guests > 6 then", "guests > 6 "),
        ("guests is at least 6", "guests >= 6"),
        ("guests is more than 6", "guests > 6"),
        ("guests at most 6", "guests <= 6"),
        ("day is after today", "day > today"),
        ("day is before today", "day < today"),
        ('size is "large"', 'size == "large"'),
        ('size is not "large"', 'size != "large"'),
        ('size equals "large"', 'size == "large"'),
        ('size is equal to "large"', 'size == "large"'),
        ('size is one of ["s", "l"]', 'size in ["s", "l"]'),
        ("guests between 3 and 6", "3 <= guests and guests <= 6"),
        ('extras contains "ham"', '"ham" in extras'),
        ("size == “large”", 'size == "large"'),
        ("time > 19:00", 'time > "19:00"'),
        ("day > 2026-12-24", 'day > "2026-12-24"'),
        ("guests > 10 people", "guests > 10"),
        ("day > today + 3 days", "day > today + days(3)"),
        ("{{ guests > 6 }}", "guests > 6"),
    ],
)
def test_a_slip_in_a_condition_has_one_remedy(wrong: str, right: str) -> None:
    found = in_condition(wrong)

    assert found is not None
    assert mended(wrong, found.remedy, found.start, found.end) == right
    assert condition(right.strip())[1] == []


@pytest.mark.parametrize(
    "right",
    [
        'size == "if 10 people AND more => then"',
        "size == 'is after'",
        "name is none",
        "name is not none",
        "name is defined and not other is defined",
        'day.weekday in ["Saturday", "Sunday"]',
        "day >= today + days(3)",
        "3 < guests < 10",
        "not guests > 3 or (day and is_known)",
        "a if b else c",
        "isolated and android or order_is",
    ],
)
def test_what_is_right_is_no_slip(right: str) -> None:
    assert in_condition(right) is None
    assert condition(right)[1] == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("See you on {{ day }.", "See you on {{ day }}."),
        ("See you on { day }}.", "See you on {{ day }}."),
        ("See you on {{{ day }}}.", "See you on {{ day }}."),
        ("On {day}, the {{ day.day }}.", "On {{ day }}, the {{ day.day }}."),
    ],
)
def test_miscounted_braces_have_one_remedy(wrong: str, right: str) -> None:
    [found] = in_sentence(wrong)

    assert mended(wrong, found.remedy, found.start, found.end) == right
    assert text(right)[1] == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("See you on {{ day", "{{ day"),
        ("See you on day }}", "}}"),
        ("{{ }} hello", "{{ }}"),
        ("{% if day %}See you.", "{% if day %}"),
        ("See you.{% endif %}", "endif"),
        ("{{ day | }}", "|"),
        ("{{ party size }}", "party size"),
        ("{% if size = 'l' %}x{% endif %}", "="),
        ("{{ name | shout }}", "shout"),
    ],
)
def test_the_caret_is_under_the_words_that_are_meant(source: str, words: str) -> None:
    [found] = text(source)[1]

    assert source[found.start : found.end] == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("day.weekday ==", "=="),
        ("(day.day > 3", "("),
        ("party size > 3", "party size"),
        ("guests , 3", ","),
    ],
)
def test_the_caret_in_a_condition(source: str, words: str) -> None:
    [found] = condition(source)[1]

    assert source[found.start : found.end] == words


@pytest.mark.parametrize(
    ("step", "help_"),
    [
        ("ask: [size]\n    colour: red", "Delete this line."),
        ("end: done\n    colour: red", "Delete this line."),
        ("say: Hi.\n    colour: red", "Possible are: interrupt."),
    ],
)
def test_what_is_not_possible_yet_is_no_advice(step: str, help_: str) -> None:
    slots = "slots:\n  size:\n    type: number\n    ask: Which size?\n"
    made = compile_text(f"flow: x\nsteps:\n  - {step}\n{slots}")
    assert [d.help for d in made.diagnostics if d.code == "FK201"] == [help_]
