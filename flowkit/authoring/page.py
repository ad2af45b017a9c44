"""Lines while they are being mended, and what was said about them.

Mending never moves a character without saying so: what would be misread is replaced by
its stand-in, and where a line must become longer or shorter its *shift* is kept, so that
every finding and every edit speaks of the file as it was written.
"""

from __future__ import annotations

import re

from flowkit.authoring.codes import found
from flowkit.authoring.grammar import KEYS
from flowkit.authoring.margins import Margins
from flowkit.diagnostics import Diagnostic, Fix, Span

STAND_INS = 0xE000
PREFIX = re.compile(r"( *)((?:- +)*)")
"""The spaces and dashes that a line starts with."""
KEY = re.compile(r"""([^\s"'\[\]{}#&*!|>%@`,][^:#"]*?|[^\W\d]\w*)\s*:(?: +|$)""")
QUOTED_KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*:(?: +|$)""")
ALONE = re.compile(
    r"""[&*][A-Za-z0-9_-]+\s*(#.*)?$|!\S*\s*(#.*)?$|!!|[&!]\S*\s+[\[{|>"']"""
)
"""An anchor, alias or tag that is no text."""
LOOKS_LIKE_KEY = re.compile(r"([a-z_]{2,}):(?: |$)")
BARE = re.compile(r"([a-z_]+) +\S")


def stand_in(character: str) -> str:
    """Return the private use character that stands for an ASCII character."""
    return chr(STAND_INS + ord(character)) if character < "\x80" else character


def known_key(line: str, at: int) -> bool:
    """Tell whether a key of the grammar starts at an index."""
    match = LOOKS_LIKE_KEY.match(line, at)
    return match is not None and match[1] in KEYS


class Page:
    """The lines of one file."""

    def __init__(self, lines: list[str], path: str, *, braces: bool) -> None:
        self.lines = lines
        self.path = path
        self.braces = braces
        self.diagnostics: list[Diagnostic] = []
        self.touched: set[int] = set()
        self.shifts: dict[int, tuple[int, int]] = {}
        self.index = 0
        self.margins = Margins()

    def say(
        self, code: str, span: Span, message: str, advice: str, fix: Fix | None = None
    ) -> None:
        """Report something about a place in the mended lines."""
        if fix is not None:
            fix = Fix(self._as_written(fix.span), fix.text)
        span = self._as_written(span)
        self.diagnostics.append(found(code, span, message, advice=advice, fix=fix))
        if code != "FK109":
            self.touched.add(span.line - 1)

    def _as_written(self, span: Span) -> Span:
        """Return the place in the file of a place in the mended lines."""

        def column(line: int, mended: int) -> int:
            start, moved = self.shifts.get(line - 1, (0, 0))
            if mended - 1 >= start + moved:
                return max(mended - moved, 1)
            return min(mended, start + 1) if moved else mended

        if not self.shifts.keys() & {span.line - 1, span.end_line - 1}:
            return span
        first = column(span.line, span.column)
        end = column(span.end_line, span.end_column)
        if span.end_line == span.line:
            end = max(end, first + 1)
        return Span(span.path, span.line, first, span.end_line, end)

    def plain(self, number: int, start: int, end: int) -> None:
        """Make a stretch of a line plain text, whatever it holds."""
        line = self.lines[number]
        piece = line[start:end]
        first = True
        made = []
        for n, c in enumerate(piece):
            follows = piece[n + 1 : n + 2]
            if (
                (first and c in "\"'&*!|>%@`{[,?-#]}")
                or (c == ":" and follows in ("", " "))
                or (c == "#" and n and piece[n - 1] == " ")
            ):
                made.append(stand_in(c))
            else:
                made.append(c)
            first = False
        self.lines[number] = line[:start] + "".join(made) + line[end:]

    def below(self, number: int, column: int) -> str:
        """Say where a line should start: below a word of another line."""
        line = "".join(
            chr(ord(c) - STAND_INS) if c >= chr(STAND_INS) else c
            for c in self.lines[number][column : column + 40]
        )
        word = re.match(r"[^\s:]+", line)
        named = (
            "the dash" if word and word[0] == "-" else f'"{word[0]}"' if word else ""
        )
        below = f"exactly below {named} in line {number + 1}" if named else "as before"
        return f"Start it in column {column + 1}, {below}."
