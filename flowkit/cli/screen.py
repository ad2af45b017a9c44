"""Colour on a terminal, and none anywhere else.

Colours are added to finished text and decide nothing: what is piped or logged is the
same text without them. The variable ``NO_COLOR`` switches them off (no-color.org).
"""

from __future__ import annotations

import os
import re
import sys
from typing import TextIO

RED, GREEN, YELLOW, CYAN, BOLD, DIM = "31", "32", "33", "36", "1", "2"


def is_coloured(stream: TextIO | None = None) -> bool:
    """Whether a stream (standard output, unless given) shall get colours."""
    stream = sys.stdout if stream is None else stream
    return (
        stream.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )


def paint(text: str, *styles: str) -> str:
    """Return the text in these styles."""
    return f"\033[{';'.join(styles)}m{text}\033[0m" if text else text


_FIRST = re.compile(
    r"^(?P<place>[^\s|].*?, line \d+:)(?P<warning> warning:)?(?P<said> .*)$"
)
_CARETS = re.compile(r"^(?P<pad> +\| \s*)(?P<carets>\^+)$")
_EXCERPT = re.compile(r"^(?P<number> *\d+ \|)(?P<text> .*)$")
_MORE = re.compile(r"^(?P<help>   .*?)(?P<more>\(FK\d{3}, more: .*\))$")


def colour_findings(text: str) -> str:
    """Colour what ``render_text`` made: place, carets and code."""
    warning = False
    lines = []
    for line in text.split("\n"):
        if match := _FIRST.match(line):
            warning = bool(match["warning"])
            tint = YELLOW if warning else RED
            line = (
                paint(match["place"], BOLD)
                + paint(match["warning"] or "", tint)
                + match["said"]
            )
        elif match := _CARETS.match(line):
            tint = YELLOW if warning else RED
            line = match["pad"] + paint(match["carets"], BOLD, tint)
        elif match := _EXCERPT.match(line):
            line = paint(match["number"], DIM) + match["text"]
        elif match := _MORE.match(line):
            line = match["help"] + paint(match["more"], DIM)
        lines.append(line)
    return "\n".join(lines)
