"""Every talk of the shipped agents, typed by hand: it can be saved, undone, run again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flowkit.authoring.compiler import load_agent
from flowkit.authoring.source import read
from flowkit.authoring.talks import Line, Talk, read_talks
from flowkit.dialogue.flow import Agent
from flowkit.playground.commands import Keys, Move, Over, Silence, Words
from flowkit.playground.conversation import Conversation, Setup
from flowkit.playground.data import Data
from flowkit.playground.moves import CannotDoError
from flowkit.playground.record import to_line
from flowkit.playground.saving import check, to_test
from flowkit.shipped import agent_names, agent_path

EVERY = 8
"""One talk in so many: they take a quarter of a second each, in real time."""


def talks() -> Iterator[tuple[Agent, Talk]]:
    for name in agent_names():
        folder = agent_path(name)
        assert folder is not None
        agent = load_agent(folder)
        files = sorted(folder.glob("*.test.yaml"))
        found = [
            talk
            for file in files
            for talk in read_talks(
                read(file.read_text(), file.name, braces=True).root, agent
            ).talks
        ]
        yield from ((replace(agent, start=talk.flow), talk) for talk in found[::EVERY])


def typed(line: Line) -> Move | None:
    match line.kind:
        case "caller":
            return Words(line.text)
        case "caller_over_bot":
            return Over(line.text, line.after)
        case "keys":
            return Keys(line.text)
        case "silence":
            return Silence(line.seconds)
        case _:
            return None


@pytest.mark.slow
async def test_shipped_talks_are_saved_undone_and_run_again():
    for agent, talk in talks():
        with Data(agent.folder) as data:
            setup = Setup(now=talk.now, number=talk.number, given=talk.given)
            talked = Conversation(agent, data=data, setup=setup)
            await talked.open()
            for move in filter(None, map(typed, talk.lines)):
                if talked.last.ended:
                    break
                try:
                    await talked.do(move)
                except CannotDoError:  # it is silent where the talk's agent spoke
                    continue
            text = to_test(talked, talk.name)
            assert await check(text, Path("saved.test.yaml"), agent) is None, text
            if len(talked.turns) > 1:
                last = talked.last
                await talked.back()
                again = await talked.do(last.input)
                assert to_line(again) == to_line(last)
            assert await talked.rerun(agent) is None
            await talked.close()
