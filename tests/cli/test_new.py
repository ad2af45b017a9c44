"""``flowkit new``: an agent that works from its first minute."""

from pathlib import Path

import pytest

from flowkit.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_agent_checks_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "bakery"]) == 0
    assert "flowkit play bakery" in capsys.readouterr().out
    assert main(["check", "bakery"]) == 0
    assert capsys.readouterr().out.startswith("bakery: all good (1 flow, ")


def test_a_new_agent_passes_its_tests() -> None:
    assert main(["new", "bakery"]) == 0
    assert main(["test", "bakery"]) == 0


def test_a_new_agent_can_be_talked_to(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "blue-door hotel"]) == 0
    (folder / "lines").write_text("Anna Rossi\n:quit\n")
    assert main(["play", "blue-door hotel", "--script", "lines"]) == 0
    out = capsys.readouterr().out
    assert "this is Blue Door Hotel" in out
    assert "What is it about?" in out


def test_an_agent_that_is_there_is_not_overwritten(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bakery").mkdir()
    (folder / "bakery" / "agent.yaml").write_text("mine")

    assert main(["new", "bakery"]) == 2
    assert "already there" in capsys.readouterr().err
    assert [one.name for one in (folder / "bakery").iterdir()] == ["agent.yaml"]
    assert (folder / "bakery" / "agent.yaml").read_text() == "mine"


@pytest.mark.parametrize("name", ["!!!", "7up", "class"])
def test_a_name_that_cannot_be_used(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", name]) == 2
    assert "flowkit: " in capsys.readouterr().err
    assert list(folder.iterdir()) == []
