"""What answers instead of a tool, when the tester says so.

The session looks a stand-in up by name at each call; the first wish that fits the tool is
used up by that. Everything else goes to the agent's own tools.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping

from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import Agent, Do
from flowkit.extensions import ToolCall, ToolError
from flowkit.testing.textcall import ToolUse
from flowkit.toolcalls import ToolFunction

from .commands import Tool


class StandIns(Mapping[str, ToolFunction]):
    """The wishes of a tester for the next tool calls, in the order they were made.

    Args:
        agent: Whose tools.
        sleep: Lets so many seconds pass.
    """

    def __init__(
        self, agent: Agent, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.wishes: list[Tool] = []
        self._agent = agent
        self._sleep = sleep
        self._recorded: list[ToolUse] | None = None

    def answer_from(self, uses: Iterable[ToolUse] | None) -> None:
        """Answer as in an earlier talk, so that nothing happens twice; None: no more.

        A tool that was not called then is called now, unless it cannot be undone.
        """
        self._recorded = None if uses is None else list(uses)

    def __getitem__(self, name: str) -> ToolFunction:
        for place, wish in enumerate(self.wishes):
            if wish.name in (None, name):
                del self.wishes[place]
                return self._answering(name, wish)
        if self._recorded is None:
            raise KeyError(name)
        for place, use in enumerate(self._recorded):
            if use.name == name and use.answered:
                del self._recorded[place]
                return _failing(use.failed) if use.failed else _giving(use.result)
        if (tool := self._agent.tools.get(name)) and tool.cannot_be_undone:
            return _failing("it cannot be undone, and is not done in a second run")
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter({wish.name for wish in self.wishes if wish.name})

    def __len__(self) -> int:
        return len(self.wishes)

    def _answering(self, name: str, wish: Tool) -> ToolFunction:
        if wish.answer == "fail":
            return _failing("the tester let it fail")
        if wish.answer != "slow":
            return _giving(wish.answer)
        return self._slow(name, wish.seconds)

    def _slow(self, name: str, seconds: float | None) -> ToolFunction:
        tool = self._agent.tools[name]
        if seconds is None:  # as in tests: nobody waits that long
            steps = (
                s for flow in self._agent.flows.values() for s in flow.by_id.values()
            )
            limits = (s.within_s for s in steps if isinstance(s, Do) and s.tool == name)

            async def never() -> None:
                await self._sleep(max(limits, default=10.0) + 1.0)
                raise ToolError("it was too slow")

            return never

        async def slow(*, call: ToolCall, **arguments: object) -> object:
            await self._sleep(seconds)
            taken = {k: v for k, v in arguments.items() if k in tool.parameters}
            if tool.takes_call:
                taken["call"] = call
            result = tool.function(**taken)
            return await result if isinstance(result, Awaitable) else result

        return slow


def _failing(why: str | None) -> ToolFunction:
    async def fail() -> None:
        raise ToolError(why or "")

    return fail


def _giving(result: Json) -> ToolFunction:
    async def give() -> Json:
        return copy.deepcopy(result)

    return give
