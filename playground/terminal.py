"""The terminal playground: a conversation, a keyboard and a screen.

The call lives in a thread of its own (``loop``), the keyboard in this one. Piped lines
are done one after the other, each to its end; on a terminal the tester may type while a
tool is still running, and what the agent says meanwhile appears above the line.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import traceback
from collections.abc import Collection, Coroutine
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from time import monotonic

from flowkit.authoring.compiler import compile_agent
from flowkit.cli import FOUND, OK, UsageError
from flowkit.dialogue.flow import Agent
from flowkit.testing.textcall import Entry, RunawayError

from . import commands
from .commands import Back, CommandError, Input, Line, Restart
from .conversation import CannotDoError, Conversation, Difference, Done, Setup
from .data import Data
from .given import caller_number, given_value, moment, read_given
from .keyboard import Editor, Keyboard, Lines
from .loop import CallLoop
from .record import still_line, to_line
from .screen import Screen, short
from .speaker import Speaker
from .watch import Watch

_PATIENCE_S = 0.4
"""How long the next line is held back for the agent's answer."""
_LOOK_EVERY_S = 0.5
"""How often the agent's files are looked at while somebody may be typing."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the tester asked for on the command line."""

    path: Path
    script: Path | None = None
    now: str | None = None
    as_json: bool = False
    caller: str | None = None
    data: Path | None = None
    record: Path | None = None
    given: Path | None = None
    language: str | None = None
    speak: bool = False
    debug: bool = False


def play(options: Options) -> int:
    """Talk to an agent until the lines end; return the exit code.

    Raises:
        UsageError: An option cannot be used.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        _forgive(stream)
    interactive = (
        options.script is None and sys.stdin.isatty() and sys.stdout.isatty()
    ) and not options.as_json
    screen = Screen(on_terminal=interactive, quiet=options.as_json)
    compiled = compile_agent(options.path, tests=False)
    if compiled.agent is None:
        screen.findings(compiled.diagnostics, compiled.texts)
        return FOUND
    agent = compiled.agent
    setup = _setup(options, agent)
    speaker = _speaker(options, agent, screen)
    with Data(agent.folder, options.data) as data:
        terminal = Terminal(
            options, agent, data, setup, screen, speaker, interactive=interactive
        )
        try:
            if interactive and compiled.diagnostics:
                screen.note(f"{_count(compiled.diagnostics)}: see flowkit check.")
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
        self._loop = CallLoop()
        self._lock = asyncio.Lock()
        self._moving = 0
        """How many inputs are being dealt with."""
        self._under_way: Future[None] | None = None
        self._told: str | None = None
        """The outcome that the tester was told of."""
        self._waits_since: float | None = None
        self._out = sys.stdout
        self._watch = Watch(options.path)
        self._closing = threading.Event()
        self.conversation = Conversation(
            agent,
            data=data,
            setup=setup,
            watch=self._entry,
            sleep=self._sleep,
        )
        self._keyboard = self._make_keyboard()
        self._log = _Remarks(self)

    def run(self) -> None:
        """Make the call and do what is typed, until the lines end."""
        log = logging.getLogger("flowkit")
        log.addHandler(self._log)
        log.propagate = False
        if self._options.as_json:  # what tools print must not get between the lines
            sys.stdout = sys.stderr
        if self._interactive:
            self._greet()
        self._do(self._turn(None))
        with self._keyboard.beside():
            if self._interactive:
                self._loop.begin(self._look())
            while self._line():
                pass

    def close(self) -> None:
        """Hang up and put everything back."""
        self._closing.set()
        recorded = self.conversation.recorded
        if not self._loop.is_stuck(after_s=0.5):
            try:
                self._loop.begin(self.conversation.close()).result(timeout=5.0)
            except Exception as err:  # noqa: BLE001  # it is over anyway
                self._failed(err)
        if recorded is not None and not self._screen.is_broken:
            self._screen.note(f"Recorded in {recorded}.")
        self._loop.stop()
        logging.getLogger("flowkit").removeHandler(self._log)
        logging.getLogger("flowkit").propagate = True
        sys.stdout = self._out
        if self._speaker is not None and not self._interactive:
            self._speaker.finish()

    # --- lines ------------------------------------------------------------------------

    def _line(self) -> bool:
        """Read one line and do it; return whether there may be another."""
        try:
            text = self._keyboard.read()
        except KeyboardInterrupt:
            if not self._interactive:
                raise
            self._interrupted()
            return True
        if text is None:
            return False
        if not self._interactive:
            self._do(self._reload())
        try:
            line = commands.read(text, tools=self.conversation.agent.tools)
        except CommandError as problem:
            self._screen.problem(str(problem))
            return True
        if isinstance(line, commands.Quit):
            return False
        try:
            self._obey(line)
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
                self._help(line.about)
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
                | Back()
                | Restart()
            ):
                if self._speaker is not None:
                    self._speaker.hush()
                self._do(self._turn(line))
            case _:
                self._do(self._aside(line))

    def _do(self, work: Coroutine[object, object, None]) -> None:
        """Have something done where the call lives; on a terminal not to its end."""
        future = self._under_way = self._loop.begin(work)
        try:
            future.result(timeout=_PATIENCE_S if self._interactive else None)
        except TimeoutError:
            if future.done():
                raise
        except CancelledError:
            return
        if self._screen.is_broken:
            raise BrokenPipeError

    # --- where the call lives -----------------------------------------------------------

    async def _turn(self, line: Input | None) -> None:
        """Do what moves the conversation, and tell how it stands then."""
        async with self._lock:
            self._moving += 1
        self._waits_since = monotonic()
        done, still = None, isinstance(line, Back)
        try:
            done = await self._move(line)
        except CannotDoError as problem:
            self._screen.problem(str(problem))
            still = True
        except Exception as err:  # noqa: BLE001  # nothing may end the playground
            self._failed(err)
            still = True
        finally:
            self._moving -= 1
        if done is None and self.conversation.turns:
            done = self.conversation.last
        if done is None:
            return
        if self._options.as_json:
            words = getattr(line, "text", None)
            self._print(still_line(done, words) if still else to_line(done))
        if not still:
            self._tell_quiet(done)
        self._tell_end(done)

    async def _move(self, line: Input | None) -> Done:
        talk = self.conversation
        match line:
            case None:
                return await talk.open()
            case Restart():
                self._told = None
                self._screen.event("A new call.")
                return await talk.restart()
            case Back():
                return await self._back()
            case _:
                if talk.turns and talk.call.ended is not None:
                    raise CannotDoError(
                        "Nobody is on the line any more. "
                        ":restart calls again, :back undoes your last turn."
                    )
                return await talk.do(line)

    async def _back(self) -> Done:
        lasting = await self.conversation.back()
        done = self.conversation.last
        for use in lasting:
            self._screen.problem(
                f"{use.name} cannot be undone in {self._options.data}: it stays done."
            )
        self._told = done.outcome
        self._screen.event("Undone. The agent had said:")
        spoken = [turn for turn in self.conversation.turns if turn.turn.bot]
        for text in spoken[-1].turn.bot if spoken else ():
            self._screen.bot(text)
        return done

    async def _aside(self, line: Line) -> None:
        """Arrange something that does not move the conversation by itself."""
        talk = self.conversation
        try:
            match line:
                case commands.Tool():
                    talk.arrange(line)
                    which = line.name or "any tool"
                    self._screen.note(f"Arranged for the next call of {which}.")
                case commands.Given():
                    value = given_value(talk.agent, line.name, line.value)
                    if not await talk.give(line.name, value):
                        self._screen.note(
                            f"{line.name} comes with the next call: type :restart."
                        )
                case commands.Lang(code=None):
                    codes = ", ".join(talk.agent.languages)
                    self._screen.note(f"This agent speaks: {codes}.")
                case commands.Lang(code=str() as code):
                    await talk.speak(code)
                    if self._speaker is not None:
                        self._speaker.language = code
                case commands.Save():
                    await self._save(line.name)
                case _:
                    pass
        except (CannotDoError, UsageError) as problem:
            self._screen.problem(str(problem))
        except Exception as err:  # noqa: BLE001  # nothing may end the playground
            self._failed(err)

    async def _save(self, name: str) -> None:
        from .saving import check, to_test, write

        path = self._options.path
        text = to_test(self.conversation, name)
        try:
            saved = write(text, name, path if path.is_dir() else path.parent)
        except OSError as err:
            self._screen.problem(f"{err.filename} cannot be written: {err.strerror}.")
            return
        self._screen.note(f"Saved as {saved}. Run it with: flowkit test {saved}")
        problem = await check(text, saved, self.conversation.agent)
        if problem:
            self._screen.problem(f"As a test it does not pass yet: {problem}")

    # --- new versions --------------------------------------------------------------------

    async def _look(self) -> None:
        """Look at the agent's files while the tester may be typing."""
        while not self._closing.is_set():
            await asyncio.sleep(_LOOK_EVERY_S)
            if not self._moving:
                await self._reload()

    async def _reload(self) -> None:
        """Go on with a new version of the agent, if there is one."""
        try:
            async with self._lock:
                changed = self._watch.changes()
                if changed:
                    await self._rerun(", ".join(path.name for path in changed))
        except Exception as err:  # noqa: BLE001  # nothing may end the playground
            self._failed(err)

    async def _rerun(self, changed: str) -> None:
        compiled = compile_agent(self._options.path, tests=False)
        if compiled.agent is None:
            self._screen.note(f"{changed} has changed, and cannot be used yet:")
            self._screen.findings(compiled.diagnostics, compiled.texts)
            self._screen.note("The talk goes on with the version before.")
            return
        if compiled.agent.fingerprint == self.conversation.agent.fingerprint and not (
            changed.endswith(".py")
        ):
            self._screen.note(f"{changed} has changed; nothing that is said or done.")
            return
        difference = await self.conversation.rerun(compiled.agent)
        self._screen.note(f"{changed} has changed: the talk was run again.")
        self._tell_difference(difference)
        self._tell_end(self.conversation.last)

    def _tell_difference(self, difference: Difference | None) -> None:
        if difference is None:
            self._screen.note("The agent says the same as before.")
            return
        before, after = difference.before, difference.after
        what = _input(before)
        self._screen.note(f"The first difference, {what}:")
        self._screen.change(
            " ".join(before.turn.bot) or "(nothing)",
            "(the call was over by then)"
            if after is None
            else " ".join(after.turn.bot) or "(nothing)",
        )

    # --- telling --------------------------------------------------------------------------

    def _entry(self, entry: Entry) -> None:
        """Show a line of the call at the moment it happens."""
        screen = self._screen
        match entry.kind:
            case "bot":
                screen.bot(entry.text)
                if self._speaker is not None:
                    self._speaker.say(entry.text)
            case "caller":
                screen.caller(entry.text)
            case "over" if not self._interactive:
                screen.caller(entry.text, "over the agent")
            case "keys" if not self._interactive:
                screen.caller(entry.text, "keys")
            case "silence":
                screen.caller("", f"silent for {entry.text}")
            case "cough" if not self._interactive:
                screen.caller("", "makes a noise")
            case "cut":
                heard = f'after "{short(entry.text, 60)}"' if entry.text else "at once"
                screen.event(f"(the agent stops {heard})")
            case "transfer":
                person = self.conversation.agent.people.get(entry.text)
                address = f", {person.address}" if person else ""
                screen.event(f"(put through to {entry.text}{address})")
            case _:
                pass

    def _tell_quiet(self, done: Done) -> None:
        """Say what the agent does where it does not answer."""
        match done.input:
            case commands.Words() | commands.Keys() if not done.turn.speeches:
                self._screen.event("(the agent says nothing)")
            case commands.Over() | commands.Interrupt():
                if all(entry.kind != "cut" for entry in done.turn.entries):
                    self._screen.event("(the agent talks on)")
            case _:
                pass

    def _tell_end(self, done: Done) -> None:
        """Say that the call is over, once."""
        outcome = done.outcome
        if outcome == self._told:
            return
        self._told = outcome
        if outcome is None:
            return
        reason = f" ({done.reason})" if done.reason else ""
        self._screen.event(f"— The call is over: {outcome}{reason}.")
        if self._interactive:
            self._screen.event(
                "  :save NAME keeps it as a test, :back undoes your last turn, "
                ":restart calls again."
            )

    def _show(self, what: str) -> None:
        from . import views

        talk = self.conversation
        if not talk.turns:
            self._screen.note("The call has not begun yet.")
        elif what == "slots":
            views.show_slots(self._screen, talk)
        elif what == "steps":
            views.show_steps(self._screen, talk)
        elif what == "why":
            views.show_why(self._screen, talk.last)
        else:
            views.show_trace(self._screen, talk.last.turn.records)

    def _help(self, about: str) -> None:
        try:
            rows = commands.help_lines(about)
        except CommandError as problem:
            self._screen.problem(str(problem))
            return
        self._screen.table(rows)

    def _greet(self) -> None:
        agent = self.conversation.agent
        self._screen.note(
            f"{agent.name.replace('_', ' ')}: you are the caller. Type what you say; "
            ":help shows what else can be typed."
        )

    def _failed(self, err: BaseException) -> None:
        """Tell of an error of flowkit's own, or of what a developer's code led to."""
        if isinstance(err, RunawayError):
            self._screen.problem(f"{err}: stopped. :back undoes your last turn.")
        else:
            what = " ".join(str(err).split())[:200]
            self._screen.problem(
                f"flowkit met a bug: {type(err).__name__}: {what}. "
                "(--debug shows where.) :back undoes your last turn."
            )
        if self._options.debug:
            self._screen.traceback("".join(traceback.format_exception(err)))

    def remark(self, text: str, error: BaseException | None) -> None:
        """Tell the tester what the session has to say to developers."""
        if self._closing.is_set() and not self._options.debug:
            return  # what is left undone at the end was told when it mattered
        if error is not None and type(error).__name__ not in text:
            text = f"{text}: {type(error).__name__}: {error}"
        self._screen.problem(text)
        if self._options.debug and error is not None:
            self._screen.traceback("".join(traceback.format_exception(error)))

    def _print(self, line: str) -> None:
        try:
            print(line, file=self._out, flush=True)
        except (BrokenPipeError, ValueError):
            self._screen.is_broken = True

    # --- the keyboard -----------------------------------------------------------------------

    def _make_keyboard(self) -> Keyboard:
        script = self._options.script
        if script is not None:
            try:
                text = script.read_text(encoding="utf-8-sig", errors="replace")
                return Lines(StringIO(text))
            except OSError as err:
                raise UsageError(f"{script} cannot be read: {err.strerror}.") from err
        if not self._interactive:
            return Lines(sys.stdin)
        return Editor(
            hint=self._hint, names=self._names, coloured=self._screen.coloured
        )

    def _names(self, command: str) -> Collection[str]:
        agent = self.conversation.agent
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
        talk = self.conversation
        if running := talk.running:
            seconds = int(monotonic() - (self._waits_since or monotonic()))
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

    def _interrupted(self) -> None:
        """Ctrl-C: stop waiting, or say how to leave."""
        if self._loop.is_stuck():
            self._leave_behind()
            return
        if self.conversation.running:
            self._do(self._give_up())
        else:
            self._screen.note(":quit or Ctrl-D leaves.")

    async def _give_up(self) -> None:
        for use in await self.conversation.give_up():
            self._screen.note(f"Stopped waiting for {use.name}: it counts as failed.")

    def _leave_behind(self) -> None:
        """Go on without the thread in which something never gives control back."""
        running = self.conversation.running
        what = running[-1].name if running else "something in the agent's Python"
        self._screen.problem(
            f"{what} does not give control back, so nobody could wait for it; "
            "a phone call would hang here too. Your last turn is undone."
        )
        self._loop.stop()
        self._loop = CallLoop()
        self._lock = asyncio.Lock()
        self._moving = 0
        self._do(self.conversation.recover())
        self._loop.begin(self._look())

    async def _sleep(self, seconds: float) -> None:
        """Let time pass for a slow tool: as it is on a terminal, at once in a pipe."""
        if self._interactive:
            await asyncio.sleep(seconds)
        else:
            await self._loop.hurry(seconds)


class _Remarks(logging.Handler):
    """Shows what the session logs as remarks to the tester."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(logging.WARNING)
        self._terminal = terminal

    def emit(self, record: logging.LogRecord) -> None:
        """Show one remark."""
        error = record.exc_info[1] if record.exc_info else None
        self._terminal.remark(record.getMessage(), error)


def _setup(options: Options, agent: Agent) -> Setup:
    if options.language is not None and options.language not in agent.languages:
        known = ", ".join(agent.languages)
        raise UsageError(
            f'the agent does not speak "{options.language}", only: {known}.'
        )
    for folder in (options.record, options.data):
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as err:
            raise UsageError(
                f"the folder {folder} cannot be made: {err.strerror}."
            ) from err
    setup = Setup(language=options.language, record=options.record)
    if options.now is not None:
        setup = replace(setup, now=moment(options.now, agent))
    if options.caller is not None:
        setup = replace(setup, number=caller_number(options.caller, agent))
    if options.given is not None:
        setup = replace(setup, given=read_given(options.given, agent))
    return setup


def _speaker(options: Options, agent: Agent, screen: Screen) -> Speaker | None:
    if not options.speak:
        return None
    try:
        return Speaker(options.language or agent.language)
    except LookupError:
        screen.problem(
            "--speak needs espeak-ng, which is not installed here "
            "(on Debian and Ubuntu: apt install espeak-ng). The talk goes on in silence."
        )
        return None


def _input(done: Done) -> str:
    match done.input:
        case commands.Words(text) | commands.Over(text):
            return f'after "{short(text, 60)}"'
        case commands.Keys(digits):
            return f"after the keys {digits}"
        case commands.Silence():
            return "after the silence"
        case commands.Interrupt():
            return "after the noise"
        case _:
            return "in the opening"


def _count(findings: Collection[object]) -> str:
    return "1 warning" if len(findings) == 1 else f"{len(findings)} warnings"


def _forgive(stream: object) -> None:
    """Let no character that cannot be read or written end the playground."""
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(errors="replace" if stream is sys.stdin else "backslashreplace")
