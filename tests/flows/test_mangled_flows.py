"""Good flows, mangled at random: there are always findings or a flow, and fast.

What is done to them is what happens at a desk: a line lost, doubled or moved, a letter
too few, two words swapped, something pasted into the middle.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowkit.authoring.compiler import Compiled, compile_text
from flowkit.diagnostics import render_json, render_text

GOOD = Path(__file__).parent / "good"
TEXTS = [path.read_text("utf-8") for path in sorted(GOOD.glob("*.yaml"))]
JUNK = (
    "\t", "- ", ": ", "{{", "}}", "{%", "%}", '"', "'", "#", " #", "&a ", "*a", "!!x ", "<<: ",
    "[", "]", "{", "}", "|", ">", "\n", "\n\n- say: hm\n", "---\n", "...\n", "\r\n", "\u2028",
    "\ufeff", "\x00", "\x07", "\ud800", "\U0001f389", "…", "“", "”", "\u202e", "?", "? ", "@", "`", "%",
    "\\", "~", "null", "yes", "0x1F", "1e999", "-1", "٣", "==", "=", "(", ")", " or ", " not ",
    "{{ '' }}", "{% if %}", "{{ x.y.z }}", "steps:", "slots:\n", "rules: []", "say", "skip",
    "a" * 5000, "[" * 200, "(" * 500, "{{ " + "not " * 300 + "x }}", "\n" + " " * 300 + "x: 1",
)  # fmt: skip


def drop_line(lines: list[str], rng: random.Random) -> None:
    del lines[rng.randrange(len(lines))]


def double_line(lines: list[str], rng: random.Random) -> None:
    at = rng.randrange(len(lines))
    lines.insert(at, lines[at])


def move_line(lines: list[str], rng: random.Random) -> None:
    line = lines.pop(rng.randrange(len(lines)))
    lines.insert(rng.randrange(len(lines) + 1), line)


def indent_line(lines: list[str], rng: random.Random) -> None:
    at = rng.randrange(len(lines))
    lines[at] = " " * rng.randrange(8) + lines[at].lstrip()


def drop_letter(lines: list[str], rng: random.Random) -> None:
    at = rng.randrange(len(lines))
    if lines[at]:
        gone = rng.randrange(len(lines[at]))
        lines[at] = lines[at][:gone] + lines[at][gone + 1 :]


def swap_words(lines: list[str], rng: random.Random) -> None:
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    first, second = lines[one].split(" "), lines[other].split(" ")
    i, j = rng.randrange(len(first)), rng.randrange(len(second))
    if one == other:
        return
    first[i], second[j] = second[j], first[i]
    lines[one], lines[other] = " ".join(first), " ".join(second)


def put_junk(lines: list[str], rng: random.Random) -> None:
    at = rng.randrange(len(lines))
    place = rng.randrange(len(lines[at]) + 1)
    lines[at] = lines[at][:place] + rng.choice(JUNK) + lines[at][place:]


def cut_off(lines: list[str], rng: random.Random) -> None:
    del lines[rng.randrange(1, len(lines) + 1) :]


MANGLERS: tuple[Callable[[list[str], random.Random], None], ...] = (
    drop_line, double_line, move_line, indent_line, drop_letter, swap_words, put_junk,
    cut_off,
)  # fmt: skip


def mangled(text: str, seed: int, times: int) -> str:
    rng = random.Random(seed)
    lines = text.split("\n")
    for _ in range(times):
        rng.choice(MANGLERS)(lines, rng)
        if not lines:
            return ""
    return "\n".join(lines)


def check(text: str) -> Compiled:
    begun = time.process_time()  # not the time of those who share the machine
    compiled = compile_text(text)
    assert time.process_time() - begun < 1.0, "too slow"
    assert compiled.agent is not None or compiled.diagnostics
    render_text(compiled.diagnostics, compiled.texts).encode("utf-8")
    render_json(compiled.diagnostics)
    return compiled


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(TEXTS), st.integers(0, 2**32), st.integers(1, 8))
def test_a_mangled_flow_gives_findings_and_never_a_traceback(
    text: str, seed: int, times: int
) -> None:
    check(mangled(text, seed, times))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=300))
def test_any_text_gives_findings_and_never_a_traceback(text: str) -> None:
    check(text)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.recursive(
        st.text("ab:- #{}[]%\n\"'|>&*!", max_size=8),
        lambda inner: st.lists(inner, max_size=4).map("\n  - ".join),
        max_leaves=12,
    )
)
def test_any_text_of_signs_gives_findings_and_never_a_traceback(text: str) -> None:
    check("flow: x\nsteps:\n  - say: " + text)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(20))
def test_many_mangled_flows(number: int) -> None:
    for seed in range(number * 100, number * 100 + 100):
        check(mangled(TEXTS[seed % len(TEXTS)], seed, 1 + seed % 12))
