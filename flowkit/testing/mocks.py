"""Stand-ins for an agent's tools, and a place for the data of those that are real."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from flowkit.authoring.talks import SLOW_S, Answer
from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import Agent
from flowkit.extensions import ToolError
from flowkit.testing.clocks import VirtualClock


class StandIn:
    """A tool that answers what it was told to, in turn; the last answer stays.

    Args:
        name: The tool's.
        answers: At least one.
        clock: Whose time a slow answer takes.
    """

    def __init__(
        self, name: str, answers: tuple[Answer, ...], clock: VirtualClock
    ) -> None:
        self._name = name
        self._answers = answers
        self._clock = clock
        self._calls = 0

    def first_result(self) -> Json:
        """Return what the tool answers first, as data; a failure gives nothing."""
        return self._answers[0].result if self._answers[0].result is not None else {}

    def count_first(self) -> None:
        """Let the first answer count as given: the test began behind that call."""
        self._calls += 1

    async def __call__(self, **arguments: object) -> Json:
        """Answer a call; what it is called with is read from the trace."""
        answer = self._take()
        if answer.after_s:
            await self._clock.sleep(answer.after_s)
        if answer.kind in ("fail", "slow_fail"):
            raise ToolError(f"the test lets `{self._name}` fail")
        if answer.after_s >= SLOW_S:
            raise ToolError(f"the test lets `{self._name}` be slow")
        return answer.result

    def _take(self) -> Answer:
        answer = self._answers[min(self._calls, len(self._answers) - 1)]
        self._calls += 1
        return answer


def stand_ins(
    tools: Mapping[str, tuple[Answer, ...]], clock: VirtualClock
) -> dict[str, StandIn]:
    """Return a stand-in for each tool that has answers."""
    return {
        name: StandIn(name, answers, clock)
        for name, answers in tools.items()
        if answers
    }


class Workplace:
    """A folder with the agent's seed data, made when a real tool is first called.

    Most talks call none, and making folders is the slowest thing that a talk could do.
    """

    def __init__(self, agent: Agent) -> None:
        name = f"flowkit-test-{secrets.token_hex(8)}"
        self.folder = Path(tempfile.gettempdir()) / name
        self._agent = agent
        self._made = False

    def make(self) -> None:
        """Make the folder, unless it is there already."""
        if not self._made:
            self.folder.mkdir(mode=0o700)
            self._made = True
            copy_seed(self._agent, self.folder)

    def remove(self) -> None:
        """Remove the folder and what the tools left in it."""
        if self._made:
            shutil.rmtree(self.folder, ignore_errors=True)


def copy_seed(agent: Agent, folder: Path) -> None:
    """Copy the data that come with an agent (its folder ``data``) into a folder.

    What is there already stays as it is.
    """
    seed = Path(agent.folder) / "data" if agent.folder else None
    if seed is None or not seed.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(seed.rglob("*")):
        target = folder / source.relative_to(seed)
        if source.is_dir():
            target.mkdir(exist_ok=True)
        elif not target.exists():
            shutil.copyfile(source, target)
