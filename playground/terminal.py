"""The terminal playground: a keyboard, a screen, and a call in between.

The call lives in a thread of its own (``loop``), the keyboard in this one. Piped lines
are done one after the other, each to its end; on a terminal the tester may type while a
tool is still running, and what the agent says meanwhile appears above the line.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Collection, Coroutine
from concurrent.futures import CancelledError
from io import StringIO
from time import monotonic

from flowkit.authoring.compiler import compile_agent
from flowkit.cli import FOUND, OK, UsageError
from flowkit.dialogue.flow import Agent

from . import commands
from .commands import CommandError, Line
from .conversation import Conversation, Setup
from .data import Data
from .desk import Desk
from .keyboard import Editor, Keyboard, Lines
from .loop import CallLoop
from .options import Options, setup_of, speaker_of
from .screen import Screen, short
from .speaker import Speaker
from .telling import Remarks, Teller

__all__ = ["Options", "play"]

_PATIENCE_S = 0.4
"""How long the next line is held back for the agent's answer."""


def play(options: Options) -> int:
    """Talk to an agent until the lines end; return the exit code.

    Raises:
        UsageError: An option cannot be used.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        _forgive(stream)
    interactive = (
        not options.as_json
        and options.script is None
        and sys.stdin is not None  # nobody types where it was closed
        and sys.stdin.isatty()
        and sys.stdout.isatty()
    )
    screen = Screen(on_terminal=interactive, quiet=options.as_json)
    compiled = compile_agent(options.path, tests=False)
    agent = compiled.agent
    if agent is None:
        screen.findings(compiled.diagnostics, compiled.texts)
        return FOUND
    setup = setup_of(options, agent)
    speaker = speaker_of(options, agent, screen)
    with Data(agent.folder, options.data) as data:
        terminal = Terminal(
            options, agent, data, setup, screen, speaker, interactive=interactive
        )
        try:
            if interactive:
                _greet(screen, agent, len(compiled.diagnostics))
            terminal.run()
        finally:
            terminal.close()
    return OK


class Terminal:
    """One tester at one terminal or pipe."""

    def __init__(
        self,
        options: Options,
        agent: Agent,
        data: Data,
        setup: Setup,
        screen: Screen,
        speaker: Speaker | None,
        *,
        interactive: bool,
    ) -> None:
        self._options = options
        self._screen = screen
        self._speaker = speaker
        self._interactive = interactive
        self._out = sys.stdout
        self._loop = CallLoop()
        self._teller = Teller(
            screen,
            agent,
            speaker=speaker,
            lines=self._out if options.as_json else None,
            interactive=interactive,
            debug=options.debug,
        )
        self._log = Remarks(self._teller)
        self._talk = Conversation(
            agent, data=data, setup=setup, watch=self._teller.entry, sleep=self._sleep
        )
        self._desk = Desk(options, self._talk, self._teller)
        self._keyboard = self._make_keyboard()

    def run(self) -> None:
        """Make the call and do what is typed, until the lines end."""
        log = logging.getLogger("flowkit")
        log.addHandler(self._log)
        log.propagate = False
        if self._options.as_json:  # what tools print must not get between the lines
            sys.stdout = sys.stderr
        self._do(self._desk.turn(None))
        with self._keyboard.beside():
            if self._interactive:
                self._loop.begin(self._desk.look())
            while self._line():
                pass

    def close(self) -> None:
        """Hang up and put everything back."""
        self._teller.is_muted = True
        recorded = self._talk.recorded
        if not self._loop.is_stuck(after_s=0.5):
            try:
                self._loop.begin(self._talk.close()).result(timeout=5.0)
            except Exception as err:  # noqa: BLE001  # it is over anyway
                self._teller.failed(err)
        if recorded is not None and not self._screen.is_broken:
            self._screen.note(f"Recorded in {recorded}.")
        self._loop.stop()
        logging.getLogger("flowkit").removeHandler(self._log)
        logging.getLogger("flowkit").propagate = True
        sys.stdout = self._out
        if self._speaker is not None and self._interactive:
            self._speaker.hush()
        elif self._speaker is not None:
            self._speaker.finish()

    # --- lines ------------------------------------------------------------------------

    def _line(self) -> bool:
        """Read one line and do it; return whether there may be another."""
        try:
            text = self._keyboard.read()
            if text is None:
                return False
            if not self._interactive:
                self._do(self._desk.reload())
            line = commands.read(text, tools=self._talk.agent.tools)
            if isinstance(line, commands.Quit):
                return False
            self._obey(line)
        except CommandError as problem:
            self._screen.problem(str(problem))
        except KeyboardInterrupt:
            if not self._interactive:
                raise
            self._interrupted()
        return True

    def _obey(self, line: Line) -> None:
        match line:
            case commands.Empty() | commands.Quit():
                return
            case commands.Help():
                self._screen.table(commands.help_lines(line.about))
            case commands.Model():
                self._screen.note(
                    "Understanding by a language model comes with the model "
                    "capability; here rules understand, without one."
                )
            case commands.Show():
                self._show(line.what)
            case (
                commands.Words()
                | commands.Over()
                | commands.Interrupt()
                | commands.Keys()
                | commands.Silence()
                | commands.Back()
                | commands.Restart()
            ):
                self._teller.hush()
                self._do(self._desk.turn(line))
            case _:
                self._do(self._desk.arrange(line))

    def _do(self, work: Coroutine[object, object, None]) -> None:
        """Have something done where the call lives; on a terminal not to its end."""
        future = self._loop.begin(work)
        try:
            future.result(timeout=_PATIENCE_S if self._interactive else None)
        except TimeoutError:  # it goes on there; what comes of it is told then
            return
        except CancelledError:
            return
        except Exception as err:  # noqa: BLE001  # nothing may end the playground
            self._teller.failed(err)
        if self._screen.is_broken:
            raise BrokenPipeError

    def _show(self, what: str) -> None:
        from . import views

        talk = self._talk
        if not talk.turns:
            self._screen.note("The call has not begun yet.")
        elif what == "slots":
            views.show_slots(self._screen, talk)
        elif what == "steps":
            views.show_steps(self._screen, talk)
        elif what == "why":
            views.show_why(self._screen, talk.agent, talk.last)
        else:
            views.show_trace(self._screen, talk.last.turn.records)

    # --- the keyboard -----------------------------------------------------------------------

    def _make_keyboard(self) -> Keyboard:
        script = self._options.script
        if script is not None:
            try:
                text = script.read_text(encoding="utf-8-sig", errors="replace")
            except OSError as err:
                raise UsageError(f"{script} cannot be read: {err.strerror}.") from err
            return Lines(StringIO(text))
        if not self._interactive:
            return Lines(sys.stdin or StringIO())
        return Editor(
            hint=self._hint, names=self._names, coloured=self._screen.coloured
        )

    def _names(self, command: str) -> Collection[str]:
        """Return the words that may follow a command."""
        agent = self._talk.agent
        match command:
            case "tool":
                return [*agent.tools, "fail", "slow"]
            case "given":
                return [name for flow in agent.flows.values() for name in flow.given]
            case "lang":
                return list(agent.languages)
            case _:
                return ()

    def _hint(self) -> list[tuple[str, str]]:
        """Return the hint line: what the agent does, what is filled in, what helps."""
        talk = self._talk
        if running := talk.running:
            seconds = int(monotonic() - self._desk.since)
            names = ", ".join(use.name for use in running)
            return [
                ("busy", f" {names} is running, {seconds} s "),
                ("", " Ctrl-C stops waiting for it"),
            ]
        if not talk.turns:
            return [("busy", " ringing ")]
        done = talk.last
        if done.outcome is not None:
            state = "the call is over" if done.ended else "about to hang up"
            return [
                ("over", f" {state}: {done.outcome} "),
                ("", " :save NAME  :back  :restart  :quit"),
            ]
        waits = f"waits for {done.waiting_for}" if done.waiting_for else "waits for you"
        filled = "  ".join(f"{k} {short(str(v), 20)}" for k, v in done.slots.items())
        return [("state", f" {waits} "), ("", f" {filled}  "), ("", ":help")]

    # --- Ctrl-C, and what does not come back --------------------------------------------------

    def _interrupted(self) -> None:
        """Stop waiting, or say how to leave."""
        if self._loop.is_stuck():
            self._leave_behind()
        elif self._talk.running:
            self._do(self._desk.give_up())
        else:
            self._screen.note(":quit or Ctrl-D leaves.")

    def _leave_behind(self) -> None:
        """Go on without the thread in which something never gives control back."""
        running = self._talk.running
        what = running[-1].name if running else "something in the agent's Python"
        self._screen.problem(
            f"{what} does not give control back, so nobody could wait for it; "
            "a phone call would hang here too. Your last turn is undone."
        )
        self._loop.stop()
        self._loop = CallLoop()
        self._desk = Desk(self._options, self._talk, self._teller)
        self._do(self._talk.recover())
        self._loop.begin(self._desk.look())

    async def _sleep(self, seconds: float) -> None:
        """Let time pass for a slow tool: as it is on a terminal, at once in a pipe."""
        if self._interactive:
            await asyncio.sleep(seconds)
        else:
            await self._loop.hurry(seconds)


def _greet(screen: Screen, agent: Agent, warnings: int) -> None:
    screen.note(
        f"{agent.name.replace('_', ' ').title()}: you are the caller. Type what you say; "
        ":help shows what else can be typed."
    )
    if warnings:
        count = "1 warning" if warnings == 1 else f"{warnings} warnings"
        screen.note(f"{count} in its files: flowkit check shows them.")


def _forgive(stream: object) -> None:
    """Let no character that cannot be read or written end the playground."""
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(errors="replace" if stream is sys.stdin else "backslashreplace")
