"""Lines that were deleted, and what their loss does to the lines below them.

Without ``steps:`` no line of its block stands where YAML wants it, and each would be
called misplaced in turn. Here the one line that is gone is named instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from flowkit.authoring.codes import found
from flowkit.authoring.nodes import File
from flowkit.diagnostics import Diagnostic

_ECHOES = 4
"""So many misplaced lines in one block are one mistake and what follows from it."""
_STEP = re.compile(r" *- *(say|ask|do|when|confirm|start_one_of):")
_SLOT = re.compile(r" +[^\W\d]\w*:\s*$")
_IN_SLOT = re.compile(r" +(type|ask):(\s|$)")
_SLOTS = re.compile(r"slots:\s*(#.*)?$")


@dataclass(frozen=True, slots=True)
class Lost:
    """A block whose heading is gone."""

    first: int
    """Its first line; 0-based."""
    end: int
    """The line behind it; 0-based."""
    finding: Diagnostic


def lost_heading(file: File, layout: Iterable[Diagnostic]) -> Lost | None:
    """Return the block that lost ``steps:``, ``slots:`` or the name of a slot, if any.

    Args:
        file: The file as it was written.
        layout: What was found wrong with its lines.
    """
    lines = file.lines
    first = min((d.span.line - 1 for d in layout if d.code == "FK108"), default=None)
    nameless = next(
        (
            n + 1
            for n, line in enumerate(lines[:-1])
            if _SLOTS.match(line) and _IN_SLOT.match(lines[n + 1])
        ),
        None,
    )
    if nameless is not None and first is not None:
        return _lost(
            file, nameless, "the name of a slot", 'Write it there, like "date:".'
        )
    if first is None:
        return None
    if _STEP.match(lines[first]):
        heading = "steps"
    elif _SLOT.match(lines[first]) and _IN_SLOT.match("".join(lines[first + 1 :][:1])):
        heading = "slots"
    else:
        return None
    if any(re.match(rf" {{0,3}}{heading}\b", line) for line in lines):
        return None
    advice = f'Write "{heading}:" above it, on a line of its own at the left margin.'
    return _lost(file, first, f'"{heading}:"', advice, margin=True)


def _lost(
    file: File, first: int, what: str, advice: str, *, margin: bool = False
) -> Lost:
    line = file.lines[first]
    indent = len(line) - len(line.lstrip())
    end = next(
        (
            n
            for n in range(first + 1, len(file.lines))
            if file.lines[n].strip()
            and _indent(file.lines[n]) < (1 if margin else indent)
        ),
        len(file.lines),
    )
    span = file.span(first + 1, indent + 1, first + 1, len(line.rstrip()) + 1)
    message = f"{what} is missing above this line."
    return Lost(first, end, found("FK206", span, message, advice=advice))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def without_echoes(file: File, layout: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Keep the first of many misplaced lines of a block: the others follow from it."""
    findings = list(layout)
    starts = (n if line[:1].isalpha() else -1 for n, line in enumerate(file.lines))
    tops = list(accumulate(starts, max))
    blocks: dict[int, list[Diagnostic]] = {}
    for one in findings:
        if one.code == "FK108" and one.fix is None:
            blocks.setdefault(tops[one.span.line - 1], []).append(one)
    echoes = {
        id(one)
        for many in blocks.values()
        if len(many) >= _ECHOES
        for one in sorted(many, key=lambda one: one.span)[1:]
    }
    return [one for one in findings if id(one) not in echoes]
