"""Findings that only follow from another one are not told.

A slot that is misspelt in ``ask`` is never asked, so all that speaks it may be empty; a
sentence that cannot be read uses nothing. Whoever mends the one mistake has mended the
other, so telling both only frightens. What is dropped here is found again by the next run
if it was a mistake of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from flowkit.diagnostics import Diagnostic, Severity, Span

_NAMES = frozenset({"FK301", "FK302", "FK303", "FK605"})
"""Findings whose remedy is the name that was meant."""
_UNREADABLE = re.compile(r"FK1\d\d|FK20[1-7]|FK40[124]|FK418")
"""Findings that may hide what a sentence, a condition or a step uses."""
_UNUSED = frozenset({"FK314", "FK415", "FK503"})
_UNKNOWN = frozenset({"FK313", "FK406", "FK512"})
_QUOTED = re.compile(r'"([^"]+)"')
_KEY = re.compile(r"\s*([^\W\d]\w*):")
_WORD = re.compile(r"[^\W\d]\w*")
_AROUND = 4
"""Lines above and below a finding that may belong to the same sentence or step."""
_LONGEST = 200
"""Lines of a block that are looked at."""


def without_consequences(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]
) -> list[Diagnostic]:
    """Return the findings but those that follow from others.

    Args:
        diagnostics: Findings of one agent.
        texts: Its files by path.
    """
    findings = list(dict.fromkeys(diagnostics))
    no_slots = any(one.code == "FK202" and _named(one) == {"slots"} for one in findings)
    errors = [one for one in findings if one.severity is Severity.ERROR]
    if not errors:
        return findings
    meant = {
        word
        for one in errors
        if one.code in _NAMES and one.fix
        for word in _WORD.findall(one.fix.text)
    }
    lines = {path: text.split("\n") for path, text in texts.items()}
    unreadable = _lines_around(
        one.span for one in errors if _UNREADABLE.fullmatch(one.code)
    )
    hidden = {
        word
        for path, line in unreadable
        if line < len(lines.get(path, ()))
        for word in _WORD.findall(lines[path][line])
    }
    lost = {
        name
        for one in errors
        if one.code in ("FK201", "FK216") and one.span.column == 1 and not one.fix
        for name in _keys_below(lines.get(one.span.path, [])[one.span.line - 1 :])
    }
    unnamed = {name for one in errors if one.code == "FK212" for name in _named(one)}
    called = {one.span for one in errors if one.code == "FK605"}
    return [
        one
        for one in findings
        if not (one.code in _UNKNOWN and _named(one) & (meant | unnamed))
        and not (one.code in _NAMES and (no_slots or _named(one) & lost))
        and not (one.code in _UNUSED and _named(one) & (hidden | unnamed))
        and not (one.code == "FK423" and "choices" in meant)
        and not (one.code == "FK415" and _place(one.span) in unreadable)
        and not (one.code == "FK302" and one.span in called)
    ]


def _named(found: Diagnostic) -> set[str]:
    """Return the first name that a finding speaks of."""
    match = _QUOTED.search(found.message)
    return {match[1]} if match else set()


def _place(span: Span) -> tuple[str, int]:
    return span.path, span.line - 1


def _lines_around(spans: Iterable[Span]) -> set[tuple[str, int]]:
    """Return the lines at and around some places, each with its file; 0-based."""
    return {
        (span.path, line)
        for span in spans
        for line in range(span.line - 1 - _AROUND, span.end_line + _AROUND)
        if line >= 0
    }


def _keys_below(lines: Sequence[str]) -> set[str]:
    """Return the keys of a block that stands at the margin, where nothing knows it."""
    below = takewhile(lambda line: line[:1] in ("", " ", "#"), lines[1:_LONGEST])
    return {match[1] for line in (*lines[:1], *below) if (match := _KEY.match(line))}
