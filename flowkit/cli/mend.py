"""Apply the edits of findings that have exactly one remedy.

An edit replaces a stretch of one line or of several, so comments and layout around it
stay. Files are written whole or not at all.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from flowkit.diagnostics import Diagnostic, Fix

_BOM = "\ufeff"


def mended(text: str, fixes: Iterable[Fix]) -> tuple[str, list[Fix]]:
    """Return the text with the edits applied, and those that were.

    Of edits that overlap the first is taken; the others are looked at again when the
    file is checked anew. Edits outside the text are left alone.
    """
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    applied: list[Fix] = []
    pieces: list[str] = []
    done = 0
    for fix in sorted(fixes, key=lambda fix: fix.span):
        start = _offset(starts, lines, fix.span.line, fix.span.column)
        end = _offset(starts, lines, fix.span.end_line, fix.span.end_column)
        if start is None or end is None or start < done or end < start:
            continue
        if text[start:end] == fix.text:
            continue
        pieces += [text[done:start], fix.text]
        done = end
        applied.append(fix)
    pieces.append(text[done:])
    return "".join(pieces), applied


def _offset(
    starts: Sequence[int], lines: Sequence[str], line: int, column: int
) -> int | None:
    if line == len(lines) + 1 and column == 1:  # just behind the last line
        return starts[-1] - 1
    if not 1 <= line <= len(lines) or column < 1:
        return None
    text = lines[line - 1].removesuffix("\r")
    return starts[line - 1] + min(column - 1, len(text))


def mend_files(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Apply what can be applied to the files on disk; return the findings mended.

    Raises:
        OSError: A file could not be written; it is as it was.
    """
    by_path: dict[str, list[Diagnostic]] = {}
    for found in findings:
        if found.fix is not None:
            by_path.setdefault(found.fix.span.path, []).append(found)
    done: list[Diagnostic] = []
    for path, those in by_path.items():
        try:
            text = Path(path).read_bytes().decode("utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            continue
        mark = _BOM if text.startswith(_BOM) else ""
        edits = [found.fix for found in those if found.fix is not None]
        new, applied = mended(text.removeprefix(_BOM), dict.fromkeys(edits))
        if applied:
            write(Path(path), mark + new)
            done += [found for found in those if found.fix in applied]
    return done


def write(path: Path, text: str) -> None:
    """Replace a file's text in one move, keeping its permissions.

    The new text is written beside the file and put in its place, so a full disk or a
    crash leaves the old one. A symbolic link stays a link.
    """
    target = path.resolve()
    mode = target.stat().st_mode
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode & 0o7777)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
