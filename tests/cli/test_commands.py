"""The command line as a whole, and its small commands."""

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from flowkit.cli import BUG, COMMANDS, STOPPED, main

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def test_without_a_command_the_commands_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 2
    out = capsys.readouterr().out
    assert all(name in out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: flowkit {command}")


def test_a_misspelt_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chekc", "x"]) == 2
    assert capsys.readouterr().err == (
        'flowkit: there is no command "chekc". Did you mean "flowkit check"?\n'
    )


def test_a_path_instead_of_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 2
    assert f"flowkit check {tmp_path}" in capsys.readouterr().err


def test_a_wrong_option_is_not_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--frmat", "json"]) == 2
    assert "--frmat" in capsys.readouterr().err


def broken(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    module = types.ModuleType("flowkit.cli.schema")

    def fail(argv: object) -> int:
        raise error

    module.main = fail  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "flowkit.cli.schema", module)


def test_a_bug_is_one_line_and_says_how_to_see_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken(monkeypatch, KeyError("x"))

    assert main(["schema"]) == BUG
    assert capsys.readouterr().err == (
        "flowkit met a bug: KeyError: 'x'\n"
        "Run the same command again with --debug at its end to see where.\n"
    )
    with pytest.raises(KeyError):
        main(["schema", "--debug"])


def test_stopping_from_the_keyboard_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken(monkeypatch, KeyboardInterrupt())

    assert main(["schema"]) == STOPPED
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    done = subprocess.run(
        f"'{sys.executable}' -m flowkit schema | head -1",
        shell=True,
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        cwd=ROOT,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("{\n", "")


def test_a_terminal_that_knows_no_utf_8_is_no_bug(tmp_path: Path) -> None:
    (tmp_path / "greet.yaml").write_text(
        "flow: greet\nsteps:\n  - sya: Adiós “amigos”\n"
    )

    done = subprocess.run(
        [sys.executable, "-m", "flowkit", "check", "greet.yaml"],
        capture_output=True,
        text=True,
        env={**ENVIRONMENT, "PYTHONIOENCODING": "ascii"},
        cwd=tmp_path,
        check=False,
    )

    assert (done.returncode, done.stderr) == (1, "")
    assert "Adi?s" in done.stdout


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_among_the_files_does_not_hang(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "greet.yaml").write_text("flow: greet\nsteps:\n  - say: Hello.\n")
    os.mkfifo(tmp_path / "pipe.yaml")

    assert main(["check", str(tmp_path)]) == 1
    assert "FK224" in capsys.readouterr().out


def test_explain_lists_every_code(capsys: pytest.CaptureFixture[str]) -> None:
    from flowkit.authoring.codes import CODES

    assert main(["explain"]) == 0
    out = capsys.readouterr().out
    assert all(f"  {code}  {CODES[code].title}" in out for code in CODES)


@pytest.mark.parametrize("word", ["FK302", "fk302", "302"])
def test_explain_shows_a_page(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", word]) == 0
    assert capsys.readouterr().out.startswith("# FK302: a name in a sentence")


def test_explain_of_a_code_that_does_not_exist(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["explain", "FK399"]) == 2
    assert "there is no code FK399" in capsys.readouterr().err


def test_explain_prints_what_the_agent_can_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "greet.yaml"
    path.write_text("flow: greet\nsteps:\n  - say: Good evening.\n")

    assert main(["explain", str(path)]) == 0
    out = capsys.readouterr().out
    assert "Good evening." in out
    assert "Sorry, I didn't get that." in out


def test_explain_of_a_broken_flow_shows_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "greet.yaml"
    path.write_text("flow: greet\nsteps:\n  - sya: Good evening.\n")

    assert main(["explain", str(path)]) == 1
    assert 'Did you mean "say"?' in capsys.readouterr().err


def test_graph_draws_an_agent(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "restaurant"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("flowchart")
    assert "book_table" in out


@pytest.mark.parametrize("kind", ["flow", "agent", "test", "translation"])
def test_schema_of_each_kind(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--kind", kind]) == 0
    assert json.loads(capsys.readouterr().out)["$schema"].startswith(
        "http://json-schema"
    )
