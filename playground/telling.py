"""What is told of a conversation, at the moment it happens and when a turn is over.

On a screen for people, as lines of JSON for programs, aloud for those who listen.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import TextIO

from flowkit.dialogue.flow import Agent
from flowkit.testing.textcall import Entry, RunawayError, ToolUse

from . import commands
from .conversation import Difference, Done
from .record import still_line, to_line
from .screen import Screen, short
from .speaker import Speaker


class Teller:
    """Tells a tester, or a program, what happens.

    Args:
        screen: Where people read.
        agent: Whom they talk to; replaced when there is a new version.
        speaker: Reads the agent's words aloud.
        lines: Where lines of JSON go; None: nobody wants them.
        interactive: The tester sees what they type, and can be offered commands.
        debug: Show tracebacks.
    """

    def __init__(
        self,
        screen: Screen,
        agent: Agent,
        *,
        speaker: Speaker | None,
        lines: TextIO | None,
        interactive: bool,
        debug: bool,
    ) -> None:
        self.screen = screen
        self.agent = agent
        self.is_muted = False
        """Remarks of the session are kept back: the playground is closing."""
        self._speaker = speaker
        self._lines = lines
        self._interactive = interactive
        self._debug = debug
        self._outcome: str | None = None
        """The end of the call that was told."""

    # --- as it happens ----------------------------------------------------------------

    def entry(self, entry: Entry) -> None:
        """Tell of a line of the call."""
        screen, typed = self.screen, self._interactive
        match entry.kind:
            case "bot":
                screen.bot(entry.text)
                if self._speaker is not None:
                    self._speaker.say(entry.text)
            case "caller":
                screen.caller(entry.text)
            case "over" if not typed:
                screen.caller(entry.text, "over the agent")
            case "keys" if not typed:
                screen.caller(entry.text, "keys")
            case "cough" if not typed:
                screen.caller("", "makes a noise")
            case "silence":
                screen.caller("", f"silent for {entry.text}")
            case "cut":
                heard = f'after "{short(entry.text, 60)}"' if entry.text else "at once"
                screen.event(f"(the agent stops {heard})")
            case "transfer":
                person = self.agent.people.get(entry.text)
                address = f", {person.address}" if person else ""
                screen.event(f"(put through to {entry.text}{address})")
            case _:
                pass

    def hush(self) -> None:
        """The caller does something: nobody listens to the agent any more."""
        if self._speaker is not None:
            self._speaker.hush()

    def language(self, code: str) -> None:
        """Read aloud in another language from now on."""
        if self._speaker is not None:
            self._speaker.language = code

    # --- when a turn is over ------------------------------------------------------------

    def turn(self, done: Done) -> None:
        """Tell how it stands after a turn."""
        self._print(to_line(done))
        match done.input:
            case _ if done.cut_short:
                pass
            case None if not done.turn.speeches:
                self.screen.event("(the agent lets the caller speak first)")
            case commands.Words() | commands.Keys() if not done.turn.speeches:
                self.screen.event("(the agent says nothing)")
            case commands.Over() | commands.Interrupt():
                if all(entry.kind != "cut" for entry in done.turn.entries):
                    self.screen.event("(the agent talks on)")
            case _:
                pass
        self.end(done)

    def nothing(self, done: Done, words: str | None) -> None:
        """Tell a program that an input moved nothing; people were told why."""
        self._print(still_line(done, words))

    def undone(
        self,
        done: Done,
        spoken: tuple[str, ...],
        lasting: list[ToolUse],
        data: Path | None,
    ) -> None:
        """Tell that a turn was undone, what was said last, and what stays done."""
        for use in lasting:
            self.screen.problem(
                f"{use.name} cannot be undone in {data}: it stays done."
            )
        self._outcome = done.outcome
        self.screen.event("Undone. The agent had said:")
        for text in spoken:
            self.screen.bot(text)
        self._print(still_line(done))

    def new_call(self) -> None:
        """Tell that the caller calls again."""
        self._outcome = None
        self.screen.event("A new call; what tools have done stays done.")

    def end(self, done: Done) -> None:
        """Tell that the call is over, once."""
        if done.outcome == self._outcome:
            return
        self._outcome = done.outcome
        if done.outcome is None:
            return
        reason = f" ({done.reason})" if done.reason else ""
        self.screen.event(f"— The call is over: {done.outcome}{reason}.")
        if self._interactive:
            self.screen.event(
                "  :save NAME keeps it as a test, :back undoes your last turn, "
                ":restart calls again."
            )

    # --- about the conversation -----------------------------------------------------------

    def difference(self, found: Difference | None) -> None:
        """Tell where a new version of the agent first says something else."""
        if found is None:
            self.screen.note("The agent says the same as before.")
            return
        self.screen.note(f"The first difference, {_place(found.before)}:")
        self.screen.change(
            _words(found.before),
            "(the call was over by then)"
            if found.after is None
            else _words(found.after),
        )

    def remark(self, text: str, error: BaseException | None) -> None:
        """Tell what the session has to say to developers."""
        if self.is_muted and not self._debug:
            return  # what is left undone at the end was told when it mattered
        if error is not None and type(error).__name__ not in text:
            text = f"{text}: {type(error).__name__}: {error}"
        self.screen.problem(text + self._place_in_python(error))
        self._trace(error)

    def failed(self, err: BaseException) -> None:
        """Tell of an error of flowkit's own: nothing may end the playground."""
        if isinstance(err, RunawayError):
            self.screen.problem(f"{err}: stopped. :back undoes your last turn.")
        else:
            what = " ".join(str(err).split())[:200]
            self.screen.problem(
                f"flowkit met a bug: {type(err).__name__}: {what}. "
                "(--debug shows where.) :back undoes your last turn."
            )
        self._trace(err)

    # --- inside ---------------------------------------------------------------------------

    def _place_in_python(self, error: BaseException | None) -> str:
        """Return the line of the agent's Python that an error came from."""
        if error is None or not self.agent.folder:
            return ""
        folder = Path(self.agent.folder).resolve()
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            file = Path(frame.filename).resolve()
            if file.is_relative_to(folder):
                return f" ({file.relative_to(folder)}:{frame.lineno})"
        return ""

    def _trace(self, error: BaseException | None) -> None:
        if self._debug and error is not None:
            self.screen.traceback("".join(traceback.format_exception(error)))

    def _print(self, line: str) -> None:
        if self._lines is None:
            return
        try:
            print(line, file=self._lines, flush=True)
        except (BrokenPipeError, ValueError):
            self.screen.is_broken = True


class Remarks(logging.Handler):
    """Hands what the session logs to a teller."""

    def __init__(self, teller: Teller) -> None:
        super().__init__(logging.WARNING)
        self._teller = teller

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of one record."""
        error = record.exc_info[1] if record.exc_info else None
        error = getattr(record, "error", error)  # see ``flowkit.mishaps``
        self._teller.remark(getattr(record, "told", record.getMessage()), error)


def _place(done: Done) -> str:
    """Say which turn is meant."""
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


def _words(done: Done) -> str:
    return " ".join(done.turn.bot) or "(nothing)"
