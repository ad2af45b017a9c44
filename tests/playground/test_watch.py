import os
from pathlib import Path

import pytest

from flowkit.playground.watch import Watch


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    for name in ("agent.yaml", "book.yaml", "book.test.yaml", "tools.py", "notes.txt"):
        (tmp_path / name).write_text("a")
    (tmp_path / "data").mkdir()
    return tmp_path


def put(path: Path, text: str) -> None:
    """Write a file with a time of its own, however coarse the clock is."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    os.utime(path, ns=(before + 1_000_000_000, before + 1_000_000_000))


def test_nothing_changed(agent):
    watch = Watch(agent)
    assert watch.changes() == []


def test_a_change_is_told_once(agent):
    watch = Watch(agent)
    put(agent / "book.yaml", "b")
    assert watch.changes() == [agent / "book.yaml"]
    assert watch.changes() == []


def test_a_touch_is_no_change(agent):
    watch = Watch(agent)
    put(agent / "book.yaml", "a")
    assert watch.changes() == []


def test_files_that_come_and_go_are_changes(agent):
    watch = Watch(agent)
    (agent / "book.es.yaml").write_text("c")
    (agent / "tools.py").unlink()
    assert watch.changes() == [agent / "book.es.yaml", agent / "tools.py"]


def test_a_language_of_the_agents_own_counts(agent):
    (agent / "languages").mkdir()
    watch = Watch(agent)
    (agent / "languages" / "es.yaml").write_text("a")
    assert watch.changes() == [agent / "languages" / "es.yaml"]


def test_tests_and_data_are_not_looked_at(agent):
    watch = Watch(agent)
    put(agent / "book.test.yaml", "b")
    put(agent / "notes.txt", "b")
    (agent / "data" / "book.json").write_text("{}")
    assert watch.changes() == []


def test_a_flow_of_an_agent_changes_with_all_of_the_agent(agent):
    watch = Watch(agent / "book.yaml")
    put(agent / "agent.yaml", "b")
    assert watch.changes() == [agent / "agent.yaml"]


def test_of_a_single_flow_only_its_own_files_count(agent):
    (agent / "agent.yaml").unlink()
    (agent / "other.yaml").write_text("a")
    watch = Watch(agent / "book.yaml")
    put(agent / "other.yaml", "b")
    assert watch.changes() == []
    put(agent / "tools.py", "b")
    assert watch.changes() == [agent / "tools.py"]


def test_a_folder_that_vanishes_is_a_change_and_no_error(tmp_path):
    folder = tmp_path / "agent"
    folder.mkdir()
    (folder / "flow.yaml").write_text("a")
    watch = Watch(folder)
    (folder / "flow.yaml").unlink()
    folder.rmdir()
    assert watch.changes() == [folder / "flow.yaml"]
