import json

import pytest
from played_talks import write

from flowkit.cli import main

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


def run(capsys, *words):
    code = main(["test", *map(str, words)])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_all_that_passes_gives_0(tmp_path, capsys):
    write(tmp_path, PASSES)
    code, out, err = run(capsys, tmp_path)
    assert code == 0
    assert f"{tmp_path / 'shop.test.yaml'}: 1 passed" in out
    assert "1 talk: all passed" in out
    assert "% reached (" in out
    assert err == ""


def test_what_fails_gives_1_and_shows_the_talk(tmp_path, capsys):
    write(tmp_path, PASSES + FAILS)
    code, out, _ = run(capsys, tmp_path)
    assert code == 1
    assert "1 of 2 failed" in out
    assert "expected: the agent asks for size" in out


def test_what_cannot_be_read_gives_1_and_its_place(tmp_path, capsys):
    write(tmp_path, "- test: It\n  talk:\n    - bot_asks: syze")
    code, out, err = run(capsys, tmp_path)
    assert code == 1
    assert 'line 9: there is no slot called "syze".' in out
    assert "Some tests could not be run" in err


@pytest.mark.parametrize("words", [["no/such/folder"], ["."], ["-k", "nowhere"]])
def test_what_cannot_be_run_gives_2(words, tmp_path, capsys, monkeypatch):
    folder = tmp_path / "empty"
    folder.mkdir()
    if words[0] == "-k":
        write(folder, PASSES)
    monkeypatch.chdir(folder)
    code, _, err = run(capsys, *words)
    assert code == 2
    assert err


def test_the_folder_one_stands_in_is_the_default(tmp_path, capsys, monkeypatch):
    (tmp_path / "below").mkdir()
    write(tmp_path / "below", PASSES)
    monkeypatch.chdir(tmp_path)
    code, out, _ = run(capsys)
    assert code == 0
    assert "below/shop.test.yaml: 1 passed" in out


@pytest.mark.parametrize("name", ["shop.yaml", "shop.test.yaml"])
def test_a_flow_or_a_test_file_can_be_named(name, tmp_path, capsys):
    write(tmp_path, PASSES)
    code, out, _ = run(capsys, tmp_path / name)
    assert code == 0
    assert "1 talk: all passed" in out


def test_k_chooses_by_name(tmp_path, capsys):
    write(tmp_path, PASSES + FAILS)
    code, out, _ = run(capsys, tmp_path, "-k", "a SIZE")
    assert code == 0
    assert "1 talk: all passed" in out


def test_coverage_lists_what_was_never_reached(tmp_path, capsys):
    write(tmp_path, PASSES)
    _, out, _ = run(capsys, tmp_path, "--coverage")
    assert "shop: never reached" in out
    assert f"{tmp_path / 'shop.yaml'}:17  step     confirm" in out


def test_verbose_prints_every_talk(tmp_path, capsys):
    write(tmp_path, PASSES)
    _, out, _ = run(capsys, tmp_path, "-v")
    assert "A size\n  agent:  Welcome to the shop. Which size?\n  caller: forty" in out


def test_json_is_one_object(tmp_path, capsys):
    write(tmp_path, PASSES + FAILS)
    code, out, _ = run(capsys, tmp_path, "--format", "json")
    data = json.loads(out)
    assert code == 1
    assert (data["passed"], data["failed"]) == (1, 1)
    assert data["coverage"][0]["agent"] == "shop"
    assert data["coverage"][0]["missed"]


def test_hidden_folders_and_packages_are_left_alone(tmp_path, capsys):
    for name in (".hidden", "site-packages"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, FAILS)
    write(tmp_path, PASSES)
    code, out, _ = run(capsys, tmp_path)
    assert code == 0
    assert "1 talk: all passed" in out
