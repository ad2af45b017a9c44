"""Broken flows and what a designer is told about them, word for word.

``<code>-<what>.yaml`` gives at least that code; beside it is everything that is printed.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from flowkit.authoring.compiler import compile_agent
from flowkit.diagnostics import render_text

BAD = Path(__file__).parent / "bad"


@pytest.mark.parametrize(
    "path", sorted(BAD.glob("FK*.yaml")), ids=lambda path: path.stem
)
def test_bad_flow_gives_its_findings(
    path: Path, golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(BAD)

    compiled = compile_agent(path.name)

    assert path.stem.split("-")[0] in {found.code for found in compiled.diagnostics}
    golden(path.with_suffix(".txt"), render_text(compiled.diagnostics, compiled.texts))


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in BAD.glob("*.txt")} == {
        path.stem for path in BAD.glob("FK*.yaml")
    }


@pytest.mark.parametrize(
    "path", sorted(BAD.glob("FK*.yaml")), ids=lambda path: path.stem
)
def test_findings_have_a_place_and_words_under_the_caret(path: Path) -> None:
    compiled = compile_agent(path)

    for found in compiled.diagnostics:
        lines = compiled.texts[found.span.path].split("\n")
        span = found.span
        assert 1 <= span.line <= span.end_line <= len(lines), found
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1, found
        assert (span.line, span.column) < (span.end_line, span.end_column), found
        assert found.message[0] not in "ABCDEFGHIJKLMNOPQRSTUVWXYZ", found
        assert found.message.rstrip().endswith((".", "?", '"')), found
