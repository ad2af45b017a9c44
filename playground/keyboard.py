"""Where a tester's lines come from: a pipe, a script, or a terminal with an editor.

``prompt_toolkit`` is loaded only for a terminal, and only when the first line is asked
for: the agent's first words do not wait for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from .commands import COMMANDS

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document
    from prompt_toolkit.history import History

PROMPT = "caller: "
_LONGEST_LINE = 100_000


class Keyboard(Protocol):
    """Gives one line after the other."""

    def read(self) -> str | None:
        """Return the next line, or None at the end.

        Raises:
            KeyboardInterrupt: The tester pressed Ctrl-C.
        """
        ...

    def beside(self) -> AbstractContextManager[object]:
        """Return what must be open for others to print while a line is being typed."""
        ...


class Lines:
    """Lines of a pipe or of a script."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def read(self) -> str | None:
        """Return the next line without its end, or None; one without end is cut."""
        line = rest = self._stream.readline(_LONGEST_LINE)
        while len(rest) == _LONGEST_LINE and not rest.endswith("\n"):
            rest = self._stream.readline(_LONGEST_LINE)
        return line.rstrip("\r\n") if line else None

    def beside(self) -> AbstractContextManager[object]:
        """Need nothing: nobody types."""
        return nullcontext()


class Editor:
    """A line editor in a terminal: history, completion of commands, a hint line.

    Args:
        hint: Gives the hint line as (style class, text) pieces; asked for again and
            again while a line is being typed.
        names: Gives the words that may follow a command, by command.
        coloured: Whether colours are wanted.
    """

    def __init__(
        self,
        *,
        hint: Callable[[], list[tuple[str, str]]],
        names: Callable[[str], Collection[str]],
        coloured: bool,
    ) -> None:
        self._hint = hint
        self._names = names
        self._coloured = coloured
        self._prompt: PromptSession[str] | None = None

    def read(self) -> str | None:
        """Return what was typed, or None for Ctrl-D."""
        prompt = self._prompt = self._prompt or self._make()
        try:
            return prompt.prompt([("class:caller", PROMPT)])
        except EOFError:
            return None

    def beside(self) -> AbstractContextManager[object]:
        """Let others print above the line that is being typed."""
        from prompt_toolkit.patch_stdout import patch_stdout

        return patch_stdout(raw=True)

    def _make(self) -> PromptSession[str]:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.application import get_app
        from prompt_toolkit.filters import Condition
        from prompt_toolkit.output.color_depth import ColorDepth
        from prompt_toolkit.styles import Style

        style = Style.from_dict(
            {
                "bottom-toolbar": "noreverse #888888",
                "caller": "ansicyan bold",
                "state": "ansigreen",
                "busy": "ansiyellow",
                "over": "ansimagenta",
            }
        )
        return PromptSession(
            history=_history(),
            completer=_completer(self._names),
            # the menu takes room below the line: only where there may be one
            complete_while_typing=Condition(
                lambda: get_app().current_buffer.text.startswith(":")
            ),
            bottom_toolbar=lambda: [
                (f"class:{c}" if c else "", t) for c, t in self._hint()
            ],
            style=style,
            color_depth=None if self._coloured else ColorDepth.DEPTH_1_BIT,
            refresh_interval=0.5,
            reserve_space_for_menu=6,
            enable_open_in_editor=False,
        )


def _history() -> History:
    """Return the lines of earlier talks; none are kept where no file can be written."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    path = Path(home) / "flowkit" / "history"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        with path.open("a", encoding="utf-8"):
            pass
    except (OSError, RuntimeError):
        return InMemoryHistory()
    return FileHistory(str(path))


def completions(
    line: str, names: Callable[[str], Collection[str]]
) -> Iterator[tuple[str, str, int]]:
    """Yield (text, what it does, how many characters it replaces) for a line so far."""
    if not line.startswith(":"):
        return
    word, space, rest = line[1:].partition(" ")
    if not space:
        for name, usage in COMMANDS.items():
            if name.startswith(word.lower()):
                yield f":{name}", usage.about, len(line)
        return
    options: Iterable[str] = COMMANDS if word == "help" else names(word)
    if " " not in rest:
        for name in options:
            if name.startswith(rest) and name != rest:
                yield name, "", len(rest)


def _completer(names: Callable[[str], Collection[str]]) -> Completer:
    from prompt_toolkit.completion import Completer, Completion

    class Commands(Completer):
        def get_completions(
            self, document: Document, complete_event: CompleteEvent
        ) -> Iterator[Completion]:
            for text, about, replaces in completions(
                document.text_before_cursor, names
            ):
                yield Completion(text, -replaces, display_meta=about)

    return Commands()
