"""Every talk of the shipped agents, written down and played again."""

import asyncio
from pathlib import Path

import pytest

from flowkit import shipped
from flowkit.journal import replay_journal
from flowkit.testing import MemoryJournal, runner
from flowkit.testing.finding import Library
from flowkit.testing.finding import test_files as files_of

FLOWS = shipped.folder("flows")
LIBRARY = Library()


@pytest.mark.parametrize("name", shipped.agent_names())
def test_a_journal_of_any_talk_gives_the_same_effects(name, monkeypatch):
    assert FLOWS is not None
    journals: list[MemoryJournal] = []
    calls: list[runner.TextCall] = []

    class Written(runner.TextCall):
        def __init__(self, agent, **options):
            journals.append(MemoryJournal())
            super().__init__(agent, journal=journals[-1], **options)
            calls.append(self)

    monkeypatch.setattr(runner, "TextCall", Written)

    async def play_all():
        for path in files_of(Path(FLOWS) / name):
            suite = LIBRARY.suite(path)
            assert suite.agent is not None
            for talk in suite.talks:
                minds = LIBRARY.understander(suite.agent)
                await runner.play(talk, suite.agent, understander=minds)

    asyncio.run(play_all())
    assert len(calls) > 40
    for call, journal in zip(calls, journals, strict=True):
        original = [effect for record in call.records for effect in record.effects]
        assert replay_journal(call.agent, journal.lines) == original
