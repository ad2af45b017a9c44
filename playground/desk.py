"""What the tester wants, done where the call lives: turns, arrangements, new versions.

All methods but the constructor belong to the loop of the call. One thing is done after
the other, but a caller may go on while the agent still waits for a tool.
"""

from __future__ import annotations

import asyncio
from time import monotonic

from flowkit.authoring.compiler import compile_agent
from flowkit.cli import UsageError

from . import commands
from .commands import Back, Input, Line, Move, Restart
from .conversation import Conversation, Done
from .given import given_value
from .moves import CannotDoError
from .options import Options
from .telling import Teller
from .watch import Watch

_LOOK_EVERY_S = 0.5
"""How often the agent's files are looked at while somebody may be typing."""


class Desk:
    """Serves one tester.

    Args:
        options: What was asked for.
        conversation: The talk; nobody else moves it.
        teller: Tells what comes of it.
    """

    def __init__(
        self, options: Options, conversation: Conversation, teller: Teller
    ) -> None:
        self._options = options
        self._talk = conversation
        self._tell = teller
        self._watch = Watch(options.path)
        self._lock = asyncio.Lock()
        self._moving = 0
        """How many inputs are being dealt with."""
        self.since = monotonic()
        """When the last turn began, by the monotonic clock."""

    # --- turns ------------------------------------------------------------------------

    async def turn(self, line: Input | None) -> None:
        """Do what moves the conversation, and tell how it stands then.

        Args:
            line: None: the caller calls.
        """
        async with self._lock:
            self._moving += 1
        self.since = monotonic()
        try:
            if isinstance(line, Back):
                await self._back()
            else:
                self._tell.turn(await self._move(line))
        except CannotDoError as problem:
            self._tell.screen.problem(str(problem))
            self._nothing(line)
        except Exception as err:  # noqa: BLE001  # nothing may end the playground
            self._tell.failed(err)
            self._nothing(line)
        finally:
            self._moving -= 1

    async def _move(self, line: Move | Restart | None) -> Done:
        talk = self._talk
        match line:
            case None:
                return await talk.open()
            case Restart():
                self._tell.new_call()
                return await talk.restart()
            case _:
                if talk.turns and talk.call.ended is not None:
                    raise CannotDoError(
                        "Nobody is on the line any more. "
                        ":restart calls again, :back undoes your last turn."
                    )
                return await talk.do(line)

    async def _back(self) -> None:
        lasting = await self._talk.back()
        spoken = [done.turn.bot for done in self._talk.turns if done.turn.bot]
        self._tell.undone(
            self._talk.last, spoken[-1] if spoken else (), lasting, self._options.data
        )

    def _nothing(self, line: Input | None) -> None:
        if self._talk.turns:
            self._tell.nothing(self._talk.last, getattr(line, "text", None))

    async def give_up(self) -> None:
        """Stop waiting for the tools that are running."""
        for use in await self._talk.give_up():
            self._tell.screen.note(
                f"Stopped waiting for {use.name}: it counts as failed."
            )

    # --- arrangements -------------------------------------------------------------------

    async def arrange(self, line: Line) -> None:
        """Do what does not move the conversation by itself."""
        talk, screen = self._talk, self._tell.screen
        try:
            match line:
                case commands.Tool():
                    talk.arrange(line)
                    which = line.name or "any tool"
                    screen.note(f"Arranged for the next call of {which}.")
                case commands.Given():
                    value = given_value(talk.agent, line.name, line.value)
                    if not await talk.give(line.name, value):
                        screen.note(
                            f"{line.name} comes with the next call: type :restart."
                        )
                case commands.Lang(code=None):
                    screen.note(
                        f"This agent speaks: {', '.join(talk.agent.languages)}."
                    )
                case commands.Lang(code=str() as code):
                    await talk.speak(code)
                    self._tell.language(code)
                case commands.Save():
                    await self._save(line.name)
                case _:
                    pass
        except (CannotDoError, UsageError) as problem:
            screen.problem(str(problem))
        except Exception as err:  # noqa: BLE001  # nothing may end the playground
            self._tell.failed(err)

    async def _save(self, name: str) -> None:
        from .saving import check, to_test, write

        path, screen = self._options.path, self._tell.screen
        text = to_test(self._talk, name)
        try:
            saved = write(text, name, path if path.is_dir() else path.parent)
        except OSError as err:
            screen.problem(f"{err.filename} cannot be written: {err.strerror}.")
            return
        screen.note(f"Saved as {saved}. Run it with: flowkit test {saved}")
        problem = await check(text, saved, self._talk.agent)
        if problem:
            screen.problem(f"As a test it does not pass yet: {problem}")

    # --- new versions --------------------------------------------------------------------

    async def look(self) -> None:
        """Look at the agent's files again and again while the tester may be typing."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            if not self._moving:
                await self.reload()

    async def reload(self) -> None:
        """Go on with a new version of the agent, if there is one."""
        try:
            async with self._lock:
                changed = self._watch.changes()
                if changed:
                    names = ", ".join(path.name for path in changed)
                    python = any(path.suffix == ".py" for path in changed)
                    await self._rerun(names, python=python)
        except Exception as err:  # noqa: BLE001  # nothing may end the playground
            self._tell.failed(err)

    async def _rerun(self, changed: str, *, python: bool) -> None:
        screen = self._tell.screen
        compiled = compile_agent(self._options.path, tests=False)
        agent = compiled.agent
        if agent is None:
            screen.note(f"{changed} has changed, and cannot be used yet:")
            screen.findings(compiled.diagnostics, compiled.texts)
            screen.note("The talk goes on with the version before.")
            return
        if agent.fingerprint == self._talk.agent.fingerprint and not python:
            screen.note(f"{changed} has changed; nothing that is said or done.")
            return
        difference = await self._talk.rerun(agent)
        self._tell.agent = agent
        screen.note(f"{changed} has changed: the talk was run again.")
        self._tell.difference(difference)
        self._tell.end(self._talk.last)
