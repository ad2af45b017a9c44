"""Places in a designer's files, and what is to be said about them.

A finding is data: code, severity, message, place, help and, where there is exactly one
remedy, the edit that mends it. Rendering (text, JSON, GitHub annotations) is a layer on
top and never decides anything. Nothing here reads files; excerpts are cut from texts
that the caller passes in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one file; the end is exclusive."""

    path: str
    """The file, as it should be shown: relative to where the command ran."""
    line: int = 1
    """1-based."""
    column: int = 1
    """1-based, in characters."""
    end_line: int = 0
    """1-based; 0 means "the same line"."""
    end_column: int = 0
    """1-based and exclusive; 0 means "one character"."""

    def __post_init__(self) -> None:
        if not self.end_line:
            object.__setattr__(self, "end_line", self.line)
        if not self.end_column:
            object.__setattr__(self, "end_column", self.column + 1)

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}"


class Severity(StrEnum):
    """How bad a finding is: an error stops the flow, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fix:
    """The one edit that mends a finding: the text of ``span`` becomes ``text``."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding in a designer's file, in whole sentences."""

    code: str
    """``FKnnn``; a page of ``flowkit explain`` each; never used for something else."""
    message: str
    """What is wrong here, starting in lower case ("this condition uses ...")."""
    span: Span
    help: str = ""
    """What to write instead: one sentence, or empty."""
    severity: Severity = Severity.ERROR
    fix: Fix | None = None
    """Set when there is exactly one remedy; ``flowkit check --fix`` applies it."""


class CompileError(Exception):
    """The designer's files cannot be compiled; everything found is in ``diagnostics``."""

    def __init__(
        self, diagnostics: Iterable[Diagnostic], texts: Mapping[str, str] | None = None
    ) -> None:
        self.diagnostics = tuple(diagnostics)
        self.texts = dict(texts or {})
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return render_text(self.diagnostics, self.texts)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the findings sorted by place, each only once."""
    return sorted(
        dict.fromkeys(diagnostics),
        key=lambda found: (found.span, found.code, found.message),
    )


def render_text(diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]) -> str:
    """Render findings for a person, with the line and a caret under the right words.

    Args:
        diagnostics: Findings, in the order in which they are to be shown.
        texts: The text of each file by ``Span.path``; files not in it have no excerpt.
    """
    lines: dict[str, list[str]] = {}
    rendered = []
    for found in diagnostics:
        path = found.span.path
        if path not in lines:
            lines[path] = texts.get(path, "").splitlines()
        rendered.append(_render_one(found, lines[path]))
    return "\n".join(rendered)


def _render_one(found: Diagnostic, source: Sequence[str]) -> str:
    span = found.span
    warning = "warning: " if found.severity is Severity.WARNING else ""
    lines = [f"{span.path}, line {span.line}: {warning}{found.message}"]
    if 1 <= span.line <= len(source):
        text = source[span.line - 1]
        shown, column, end = _window(
            text,
            span.column - 1,
            span.end_column - 1 if span.end_line == span.line else len(text),
        )
        pad = "".join("\t" if c == "\t" else " " for c in shown[:column])
        lines.append(f"{span.line:>6} | {shown}")
        lines.append(f"{'':>6} | {pad}{'^' * max(1, end - column)}")
    more = f"({found.code}, more: flowkit explain {found.code})"
    lines.append(f"   {found.help}  {more}" if found.help else f"   {more}")
    return "\n".join(lines) + "\n"


def _window(text: str, column: int, end: int, width: int = 110) -> tuple[str, int, int]:
    """Cut a long line around its carets; return it with the moved columns."""
    end = max(min(end, len(text)), column + 1)
    if len(text) <= width:
        return text, column, end
    start = max(0, min(column - width // 3, len(text) - width))
    shown = text[start : start + width]
    if start:
        shown = "…" + shown[1:]
    if start + width < len(text):
        shown = shown[:-1] + "…"
    return shown, column - start, min(end - start, width)


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Render findings as a JSON list with one object a finding."""
    return json.dumps(
        [
            {
                "code": found.code,
                "severity": str(found.severity),
                "message": found.message,
                "path": found.span.path,
                "line": found.span.line,
                "column": found.span.column,
                "end_line": found.span.end_line,
                "end_column": found.span.end_column,
                "help": found.help,
            }
            for found in diagnostics
        ],
        ensure_ascii=False,
        indent=2,
    )


def render_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Render findings as GitHub workflow commands, one line a finding.

    Source: docs.github.com, "Workflow commands for GitHub Actions" (2025): data escapes
    ``%``, CR and LF; properties escape ``:`` and ``,`` too.
    """

    def escape(text: str, extra: str = "") -> str:
        return "".join(f"%{ord(c):02X}" if c in "%\r\n" + extra else c for c in text)

    return "\n".join(
        f"::{found.severity} file={escape(found.span.path, ':,')},"
        f"line={found.span.line},col={found.span.column},"
        f"endLine={found.span.end_line},endColumn={found.span.end_column},"
        f"title={found.code}::{escape(' '.join((found.message, found.help)).strip())}"
        for found in diagnostics
    )
