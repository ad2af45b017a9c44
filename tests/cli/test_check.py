"""``flowkit check``: what is printed, what is mended, how it exits."""

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from flowkit.cli import main

GOOD = """\
flow: greet
steps:
  - say: Good evening.
  - say: We open at five.
"""
BAD = """\
flow: greet
steps:
  - say: Hours: we open at five.
  - sayy: Goodbye.
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_good(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "greet.yaml").write_text(GOOD)

    assert main(["check", "greet.yaml"]) == 0
    assert capsys.readouterr().out == "greet.yaml: all good (1 flow, 2 sentences)\n"


def test_errors_are_shown_with_their_line_and_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "greet.yaml").write_text(BAD)

    assert main(["check", "greet.yaml"]) == 1
    out = capsys.readouterr().out
    assert "greet.yaml, line 3: a colon followed by a space" in out
    assert (
        "     3 |   - say: Hours: we open at five.\n       |               ^\n" in out
    )
    assert 'Did you mean "say"?' in out
    assert out.endswith('2 errors in 1 file; "flowkit check --fix" can mend them all\n')
    assert "\033" not in out


def test_warnings_alone_do_not_fail(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "greet.yaml").write_text(GOOD + "  - say: You are number #4.\n")

    assert main(["check", "greet.yaml"]) == 0
    assert "1 warning in 1 file" in capsys.readouterr().out


def test_json_has_every_field(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "greet.yaml").write_text(BAD)

    assert main(["check", "greet.yaml", "--format", "json"]) == 1
    findings = json.loads(capsys.readouterr().out)
    assert [(one["code"], one["line"], one["column"]) for one in findings] == [
        ("FK104", 3, 15),
        ("FK201", 4, 5),
    ]
    assert set(findings[0]) == {
        "code", "severity", "message", "path", "line", "column", "end_line",
        "end_column", "help",
    }  # fmt: skip
    assert findings[0]["path"] == "greet.yaml"


def test_json_of_a_good_flow_is_an_empty_list(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "greet.yaml").write_text(GOOD)

    assert main(["check", "greet.yaml", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_github_annotations(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "greet.yaml").write_text(BAD)

    assert main(["check", "greet.yaml", "--format", "github"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("::error file=greet.yaml,line=3,col=15,")


def test_fix_mends_what_has_one_remedy_and_keeps_comments(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "order.yaml"
    path.write_text(
        dedent(
            """\
            # The flow of the pizza line.
            flow: order
            steps:
            \t- say: Hello: this is Bella.   # ask Carla
              - ask: [sise]                  # one question
              - when: size = "large"
                steps:
                  - say: {{ size }} takes a while.
              - say: One {{ siez }} pizza.
            slots:
              size:
                tpye: choice
                ask: Small or large?
                choices: [small, large]
            """
        )
    )

    assert main(["check", "order.yaml", "--fix"]) == 0
    assert path.read_text() == dedent(
        """\
        # The flow of the pizza line.
        flow: order
        steps:
          - say: "Hello: this is Bella."   # ask Carla
          - ask: [size]                  # one question
          - when: size == "large"
            steps:
              - say: "{{ size }} takes a while."
          - say: One {{ size }} pizza.
        slots:
          size:
            type: choice
            ask: Small or large?
            choices: [small, large]
        """
    )
    out = capsys.readouterr().out
    assert "mended: order.yaml, line 4: a colon followed by a space" in out
    assert out.endswith("things mended in 1 file\n")


def test_fix_leaves_what_has_no_single_remedy(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "greet.yaml"
    path.write_text(GOOD + "  - ask: [something]\n")

    assert main(["check", "greet.yaml", "--fix"]) == 1
    assert path.read_text() == GOOD + "  - ask: [something]\n"


def test_every_bad_flow_survives_fix_and_gets_no_worse(folder: Path) -> None:
    bad = Path(__file__).parents[1] / "flows" / "bad"
    (folder / "tools.py").write_text((bad / "tools.py").read_text())
    for path in sorted(bad.glob("FK*.yaml")):
        copy = folder / path.name
        copy.write_bytes(path.read_bytes())
        before = main(["check", path.name, "--format", "json"])
        after = main(["check", path.name, "--format", "json", "--fix"])
        once = copy.read_bytes()
        assert main(["check", path.name, "--format", "json", "--fix"]) == after
        assert copy.read_bytes() == once, path.name
        assert after <= before, path.name


def test_a_path_that_is_not_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "greet.yaml").write_text(GOOD)

    assert main(["check", "gret.yaml"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        'flowkit: there is no file or folder "gret.yaml". Did you mean "greet.yaml"?\n'
    )


def test_a_shipped_agent_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "restaurant"]) == 0
    assert "all good (3 flows, " in capsys.readouterr().out


def test_a_folder_of_agents_means_each_of_them(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "agent.yaml").write_text(f"agent: {name}\nstart: greet\n")
        (folder / name / "greet.yaml").write_text(GOOD)

    assert main(["check"]) == 0
    assert capsys.readouterr().out == (
        "one: all good (1 flow, 2 sentences)\ntwo: all good (1 flow, 2 sentences)\n"
    )


def test_a_file_of_an_agent_means_the_agent_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "one").mkdir()
    (folder / "one" / "agent.yaml").write_text("agent: one\nstart: greet\n")
    (folder / "one" / "greet.yaml").write_text(GOOD)

    assert main(["check", "one/greet.yaml", "one/agent.yaml", "one"]) == 0
    assert capsys.readouterr().out == "one: all good (1 flow, 2 sentences)\n"


def test_check_loads_neither_pipecat_nor_numpy_nor_a_web_server() -> None:
    program = (
        "import sys; from flowkit.cli import main; code = main(['check', 'restaurant']);"
        "heavy = {'pipecat', 'numpy', 'fastapi', 'uvicorn', 'aiohttp', 'prompt_toolkit',"
        " 'tinydb', 'openai', 'pytest'};"
        "print(sorted(heavy & set(sys.modules))); sys.exit(code)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )

    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "[]"), done.stderr
