"""pytest in a project of its own collects its talks."""

from pathlib import Path

import pytest
from played_talks import write

pytest_plugins = ["pytester"]

PASSES = """
- test: A size
  talk:
    - caller: forty
    - bot_asks: day
"""
FAILS = """
- test: Another size
  talk:
    - caller: forty
    - bot_asks: size
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyprojecttoml(
        '[tool.pytest.ini_options]\nasyncio_default_fixture_loop_scope = "function"\n'
    )
    return pytester


def run(project: pytest.Pytester, *words: str) -> pytest.RunResult:
    return project.runpytest_inprocess("-p", "no:cacheprovider", *words)


def test_each_talk_is_an_item(project):
    write(Path(project.path), PASSES + FAILS)
    result = run(project, "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*shop.test.yaml::A size PASSED*"])


def test_a_failure_shows_the_talk_and_no_traceback(project):
    write(Path(project.path), FAILS)
    result = run(project)
    result.stdout.fnmatch_lines(
        [
            "FAILED shop.test.yaml:10: Another size",
            "  caller: forty",
            "  agent:  For which day?",
            "*expected: the agent asks for size",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_file_that_cannot_be_read_is_an_error_with_its_place(project):
    write(Path(project.path), "- test: It\n  talk:\n    - bot_asks: syze")
    result = run(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*line 9: there is no slot called*"])


def test_the_options_of_pytest_work(project):
    write(Path(project.path), PASSES + FAILS)
    run(project, "-k", "Another").assert_outcomes(failed=1, deselected=1)


def test_what_a_tool_raised_is_the_cause(project):
    (Path(project.path) / "tools.py").write_text(
        "from flowkit import tool\n"
        "@tool\n"
        "def look(size, day): return 1 / 0\n"
        "@tool\n"
        "def order(size, day): return {'number': 'A1'}\n",
        encoding="utf-8",
    )
    talks = "- test: It\n  talk:\n    - caller: forty on friday\n  ends: waiting"
    top = "flow: shop\nnow: 2026-11-22 15:00\n"
    write(Path(project.path), talks, top=top)
    result = run(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*raised ZeroDivisionError: division by zero*"])
