"""The README's examples are run: its flows, its conversation, its code, its commands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from flowkit.authoring.compiler import compile_agent, compile_text
from flowkit.diagnostics import Severity, render_text
from flowkit.extensions import TOOL, VALIDATOR

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [
    (match["info"], match["body"])
    for match in re.finditer(
        r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", README, re.DOTALL | re.MULTILINE
    )
]


def blocks(info: str) -> list[str]:
    """Return the fenced blocks that have just this info string."""
    return [body for found, body in BLOCKS if found == info]


def run(*words: str, cwd: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a flowkit command as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "flowkit", *words],
        input=text,
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
        timeout=60,
    )


def test_there_is_an_example_of_each_kind() -> None:
    kinds = {info for info, _ in BLOCKS}
    assert {
        "sh", "sh run", "yaml", "yaml test", "python", "text conversation",
        "text diagnostic",
    } <= kinds  # fmt: skip


@pytest.mark.parametrize("text", blocks("yaml"))
def test_its_flows_compile_without_a_finding(text: str) -> None:
    compiled = compile_text(text)
    errors = [d for d in compiled.diagnostics if d.severity is Severity.ERROR]
    assert errors == []
    assert compiled.agent is not None


def test_its_conversation_is_what_the_agent_says(tmp_path: Path) -> None:
    (told,) = blocks("text conversation")
    lines = [
        line.removeprefix("caller: ")
        for line in told.splitlines()
        if line.startswith("caller: ")
    ]
    ran = run(
        "play", "restaurant", "--now", "2026-11-22T15:00",
        cwd=tmp_path, text="\n".join(lines) + "\n",
    )  # fmt: skip
    assert ran.stdout.strip() == told.strip()
    assert ran.stderr == ""


def test_its_diagnostic_is_what_check_prints() -> None:
    (block,) = blocks("text diagnostic")
    text, told = block.split("---\n")
    compiled = compile_text(text, name="book_table.yaml")
    assert render_text(compiled.diagnostics, compiled.texts).strip() == told.strip()


@pytest.mark.parametrize("code", blocks("python"))
def test_its_code_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)  # our own text
    tagged = [n for n, v in names.items() if hasattr(v, TOOL) or hasattr(v, VALIDATOR)]
    assert tagged or "Bella Trattoria" in capsys.readouterr().out


def test_its_tests_pass(tmp_path: Path) -> None:
    (text,) = blocks("yaml test")
    folder = tmp_path / "restaurant"
    folder.mkdir()
    for path in (ROOT / "flows" / "restaurant").iterdir():
        if path.is_file() and not path.name.endswith(".test.yaml"):
            (folder / path.name).write_bytes(path.read_bytes())
    (folder / "readme.test.yaml").write_text(text, encoding="utf-8")
    assert compile_agent(folder).agent is not None
    ran = run("test", str(folder), cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout


def test_its_commands_run(tmp_path: Path) -> None:
    for block in blocks("sh run"):
        for line in block.splitlines():
            words = shlex.split(line)
            assert words[0] == "flowkit"
            ran = run(*words[1:], cwd=tmp_path)
            assert ran.returncode == 0, (line, ran.stdout, ran.stderr)


def test_its_two_commands_are_the_ones_that_are_checked() -> None:
    install, test = blocks("sh")
    assert "pip install -e . && flowkit play restaurant" in install
    assert test == 'pip install -e ".[dev]" && pytest\n'
    assert 'pip install --quiet -e ".[dev]"' in (ROOT / ".ci" / "run").read_text()


def test_every_step_and_type_it_names_exists() -> None:
    from flowkit.types import TYPES

    for name in re.findall(r"`(\w+)`", README.split("(`number`")[1].split(")")[0]):
        assert name in TYPES
