from pathlib import Path

import pytest

from flowkit.cli import UsageError
from flowkit.playground.data import Data


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    seed = tmp_path / "agent" / "data"
    (seed / "deep").mkdir(parents=True)
    (seed / "book.json").write_text("[]")
    (seed / "deep" / "more.txt").write_text("more")
    return seed.parent


def test_tools_work_on_a_copy_of_the_seed(agent):
    with Data(str(agent)) as data:
        (data.path / "book.json").write_text("[1]")
        assert (agent / "data" / "book.json").read_text() == "[]"
        assert (data.path / "deep" / "more.txt").read_text() == "more"
    assert not data.path.exists()


def test_a_copy_goes_back_to_an_earlier_moment(agent):
    with Data(str(agent)) as data:
        before = data.snapshot()
        (data.path / "book.json").write_text("[1]")
        (data.path / "new.txt").write_text("new")
        (data.path / "deep" / "more.txt").unlink()
        data.restore(before)
        assert data.snapshot() == {"book.json": b"[]", "deep/more.txt": b"more"}


def test_a_named_folder_is_seeded_when_empty_and_never_put_back(agent, tmp_path):
    named = tmp_path / "mine"
    with Data(str(agent), named) as data:
        before = data.snapshot()
        (named / "book.json").write_text("[1]")
        data.restore(before)
        assert not data.can_go_back
    with Data(str(agent), named):
        assert (named / "book.json").read_text() == "[1]"


def test_an_agent_without_data_gets_an_empty_folder(tmp_path):
    with Data(str(tmp_path)) as data:
        assert data.snapshot() == {}


def test_data_too_large_to_copy_are_refused_with_what_to_do(agent):
    with (agent / "data" / "large").open("wb") as file:
        file.truncate(70_000_000)
    with pytest.raises(UsageError, match="--data DIR"):
        Data(str(agent))
