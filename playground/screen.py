"""What a tester sees, as plain lines; colours and margins are added on a terminal.

Every text of callers, tools and files is shown without its control characters, so that
nothing that is said can move the cursor.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from flowkit.cli.screen import (
    BOLD,
    CYAN,
    DIM,
    GREEN,
    RED,
    YELLOW,
    colour_findings,
    is_coloured,
    paint,
)
from flowkit.diagnostics import Diagnostic, render_text

BOT, CALLER = "bot: ", "caller: "
_WIDEST = 88
_NARROWEST = 30
_NARROWEST_COLUMN = 12
_TEXT_WIDTH = 46


class Screen:
    """Prints a conversation.

    Args:
        on_terminal: Words are wrapped to the width of the window.
        quiet: Nothing of the conversation is shown, and remarks go to standard error:
            standard output is for a program.
    """

    def __init__(self, *, on_terminal: bool, quiet: bool = False) -> None:
        self._on_terminal = on_terminal
        self._quiet = quiet
        self._coloured = is_coloured(sys.stderr if quiet else sys.stdout)
        self.is_broken = False
        """Whether nobody reads any more."""

    @property
    def coloured(self) -> bool:
        """Whether colours are used."""
        return self._coloured

    # --- the conversation -------------------------------------------------------------

    def bot(self, text: str) -> None:
        """Show what the agent says."""
        if not self._quiet:
            self._labelled(BOT, text, GREEN)

    def caller(self, text: str, how: str = "") -> None:
        """Show what the caller does, unless they have just typed it here."""
        if self._quiet:
            return
        if how:
            self._line(self._paint(f"{CALLER}({how})", CYAN) + f" {text}".rstrip())
        elif not self._on_terminal:
            self._labelled(CALLER, text, CYAN)

    def event(self, text: str) -> None:
        """Show something that happens in the call beside words."""
        if not self._quiet:
            self._wrapped(text, DIM)

    # --- about the conversation ----------------------------------------------------------

    def note(self, text: str) -> None:
        """Tell the tester something."""
        self._wrapped(text, DIM)

    def problem(self, text: str) -> None:
        """Tell the tester that something is wrong."""
        self._wrapped(f"! {text}", YELLOW)

    def findings(
        self, diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]
    ) -> None:
        """Show what is wrong with the agent's files, as ``flowkit check`` does."""
        text = render_text(diagnostics, texts)
        self._line(colour_findings(text) if self._coloured else text)

    def table(self, rows: Sequence[Sequence[str]], marked: int | None = None) -> None:
        """Show rows in columns; the last column is dim, the marked row is bold.

        On a terminal that is too narrow, the widest of the other columns are cut.
        """
        shown = [[clean(cell) for cell in row] for row in rows]
        widths = [
            max((_width(cell) for cell in column), default=0)
            for column in zip(*shown, strict=True)
        ]
        if self._on_terminal and widths:
            room = self._columns - 2 * len(widths) - 1
            *widths, last_width = _fitting(widths, room)
            shown = [
                [*(short(c, w) for c, w in zip(cells, widths, strict=True)), last]
                for *cells, last in shown
            ]
            widths.append(last_width)
        for number, row in enumerate(shown):
            *cells, last = row
            padded = "  ".join(
                cell + " " * (width - _width(cell))
                for cell, width in zip(cells, widths, strict=False)
            )
            style = (BOLD,) if number == marked else ()
            line = self._paint(padded, *style) if style else padded
            self._line(f"  {line}  {self._paint(last, DIM)}".rstrip())

    def listing(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Show lines with something before them in a column, and a dim end."""
        shown = [[clean(cell) for cell in row] for row in rows]
        width = max((_width(first) for first, _, _ in shown), default=0)
        for first, text, last in shown:
            end = f"  {self._paint(last, DIM)}" if last else ""
            self._line(f"  {first:<{width}}  {text}{end}")

    def change(self, old: str, new: str) -> None:
        """Show old and new words."""
        self._labelled("- ", old, RED)
        self._labelled("+ ", new, GREEN)

    def traceback(self, text: str) -> None:
        """Show where something went wrong in Python."""
        self._line(text.rstrip())

    # --- inside -------------------------------------------------------------------------

    @property
    def _out(self) -> TextIO:
        """Where lines go; looked up each time, since a line editor puts itself there."""
        return sys.stderr if self._quiet else sys.stdout

    def _line(self, text: str) -> None:
        try:
            print(text, file=self._out, flush=True)
        except (BrokenPipeError, ValueError):
            self.is_broken = True

    def _paint(self, text: str, *styles: str) -> str:
        return paint(text, *styles) if self._coloured else text

    def _labelled(self, label: str, text: str, style: str) -> None:
        if self._on_terminal:
            label = label.rjust(len(CALLER))
        first, *others = self._lines(text, len(label)) or [""]
        self._line(self._paint(label.rstrip(), style, BOLD) + " " + first)
        for line in others:
            self._line(" " * len(label) + line)

    def _wrapped(self, text: str, style: str) -> None:
        for line in self._lines(text, 0):
            self._line(self._paint(line, style))

    def _lines(self, text: str, margin: int) -> list[str]:
        text = clean(text)
        if not self._on_terminal:
            return [text]
        width = self._columns - margin - 1
        return wrap(text, max(_NARROWEST, min(_WIDEST, width)))

    @property
    def _columns(self) -> int:
        """How wide the terminal is now."""
        return shutil.get_terminal_size((80, 24)).columns


def _fitting(widths: list[int], room: int) -> list[int]:
    """Return the widths with the widest but the last cut until they fit, if they can."""
    *widths, last = widths
    while widths and sum(widths) + last > room and max(widths) > _NARROWEST_COLUMN:
        widest = widths.index(max(widths))
        others = sorted(widths)[-2] if len(widths) > 1 else 0
        excess = sum(widths) + last - room
        least = max(widths[widest] - excess, others - 1, _NARROWEST_COLUMN)
        widths[widest] = min(widths[widest] - 1, least)
    return [*widths, last]


def clean(text: str) -> str:
    """Return a text on one line without anything that a terminal would obey."""
    return "".join(
        " " if c in "\n\r\t" else c
        for c in text
        if c in "\n\r\t\u200d" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    )


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most so many columns."""
    if all(ord(c) < 0x300 for c in text):
        return textwrap.wrap(text, width)
    lines: list[str] = []
    line, used = "", 0
    for word in re.findall(r"\S+\s*", text):
        size = _width(word.rstrip())
        if line and used + size > width:
            lines.append(line.rstrip())
            line, used = "", 0
        line += word
        used += _width(word)
    return [*lines, line.rstrip()] if line else lines


def short(text: str, width: int = _TEXT_WIDTH) -> str:
    """Return the beginning of a text."""
    text = clean(text)
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def place(line: str) -> str:
    """Return ``file:line`` without folders."""
    return os.path.basename(line)


def _width(text: str) -> int:
    """Return how many columns a text takes (Unicode, UAX 11: East Asian Width)."""
    return sum(
        0
        if unicodedata.combining(c)
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )
