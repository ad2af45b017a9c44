"""Test files that are broken in any way: findings, never an error of ours."""

import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowkit import shipped
from flowkit.authoring.compiler import load_agent
from flowkit.authoring.source import read
from flowkit.authoring.talks import read_talks

FLOWS = shipped.folder("flows") or Path()
AGENT = load_agent(FLOWS / "restaurant")
TEXT = (FLOWS / "restaurant" / "book_table.test.yaml").read_text(encoding="utf-8")
LINES = TEXT.split("\n")[:120]
BITS = ["", "{", "}", "[", "]", ":", "- ", '"', "null", "9" * 5000, "0001-01-01",
        "means:", "{choose: 99999999999}", "\t", "  ", "&a", "*a", "é", "after: 3 words",
        "unclear", "{unclear: [x]}", "{same: {date: }}", "-1 seconds", "1e999"]  # fmt: skip


@st.composite
def mangled(draw: st.DrawFn) -> str:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        column = draw(st.integers(0, len(line)))
        bit = draw(st.sampled_from(BITS))
        match draw(st.sampled_from(["insert", "replace", "delete", "move", "double"])):
            case "insert":
                lines[at] = line[:column] + bit + line[column:]
            case "replace":
                lines[at] = line[:column] + bit
            case "delete":
                lines[at] = line[column:]
            case "move":
                lines.insert(draw(st.integers(0, len(lines))), lines.pop(at))
            case _:
                lines.insert(at, line)
    return "\n".join(lines)


@given(mangled())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_broken_file_gives_findings_quickly(text):
    started = time.process_time()
    source = read(text, "book.test.yaml", braces=True)
    found = read_talks(source.root, AGENT)
    assert time.process_time() - started < 1
    for one in (*source.diagnostics, *found.diagnostics):
        assert one.message
        assert one.span.line >= 1
    for talk in found.talks:
        assert all(line.span.line >= 1 for line in talk.lines)
