"""``flowkit check``: everything that is wrong in an agent, and how to mend it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flowkit.authoring.compiler import compile_agent
from flowkit.cli import FOUND, OK, UsageError
from flowkit.cli.mend import mend_files
from flowkit.cli.screen import GREEN, colour_findings, is_coloured, paint
from flowkit.cli.subjects import agents
from flowkit.diagnostics import (
    Diagnostic,
    Severity,
    in_order,
    render_github,
    render_json,
    render_text,
)
from flowkit.dialogue.flow import Agent

_ROUNDS = 50
"""Mending one thing can uncover the next; more rounds than this would be a bug."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out of checking one agent."""

    path: Path
    agent: Agent | None
    findings: tuple[Diagnostic, ...]
    texts: dict[str, str]


def main(argv: Sequence[str] | None = None) -> int:
    """Check agents; 0: no error, 1: errors, 2: it could not be run."""
    parser = argparse.ArgumentParser(
        prog="flowkit check",
        description="Find everything that is wrong in flows and agents.",
        epilog="flowkit explain CODE says more about a finding.",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a flow file, an agent's folder, or the name of an agent that comes "
        "with flowkit (default: this folder)",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="how findings are printed: for people, programs, or GitHub's review",
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="mend what has exactly one remedy, such as missing quotes, tabs and "
        "misspelt names",
    )
    options = parser.parse_args(argv)
    paths = agents(options.paths)
    mended: list[Diagnostic] = []
    if options.fix:
        mended = _mend(paths)
    checked = [_check(path) for path in paths]
    findings = in_order(found for one in checked for found in one.findings)
    if options.format == "json":
        print(render_json(findings))
    elif options.format == "github":
        if findings:
            print(render_github(findings))
    else:
        _print_text(checked, findings, mended)
    if options.format != "text" and mended:
        print(_mended_line(mended), file=sys.stderr)
    return FOUND if _errors(findings) else OK


def _check(path: Path) -> Checked:
    compiled = compile_agent(path)
    return Checked(path, compiled.agent, compiled.diagnostics, compiled.texts)


def _mend(paths: Sequence[Path]) -> list[Diagnostic]:
    mended: list[Diagnostic] = []
    for path in paths:
        for _ in range(_ROUNDS):
            try:
                done = mend_files(compile_agent(path).diagnostics)
            except OSError as error:
                name = error.filename or path
                raise UsageError(
                    f"{name} cannot be written: {error.strerror}."
                ) from error
            if not done:
                break
            mended += done
    return mended


def _print_text(
    checked: Sequence[Checked],
    findings: Sequence[Diagnostic],
    mended: Sequence[Diagnostic],
) -> None:
    texts = {name: text for one in checked for name, text in one.texts.items()}
    coloured = is_coloured()
    for found in in_order(mended):
        what = found.message.rstrip(".")
        print(f"mended: {found.span}: {what} ({found.code})")
    if mended:
        print()
    if findings:
        text = render_text(findings, texts)
        print(colour_findings(text) if coloured else text)
    for one in checked:
        if not one.findings:
            line = f"{one.path}: all good{_size(one.agent)}"
            print(paint(line, GREEN) if coloured else line)
    if findings:
        print(_summary(findings))
    if mended:
        print(_mended_line(mended))


def _summary(findings: Sequence[Diagnostic]) -> str:
    """Return "2 errors, 1 warning in 3 files", and what --fix can do."""
    errors = _errors(findings)
    warnings = len(findings) - errors
    parts = [_count(errors, "error")] if errors else []
    parts += [_count(warnings, "warning")] if warnings else []
    files = len({found.span.path for found in findings})
    line = f"{', '.join(parts)} in {_count(files, 'file')}"
    mendable = sum(found.fix is not None for found in findings)
    if mendable:
        line += f'; "flowkit check --fix" can mend {_of(mendable, len(findings))}'
    return line


def _of(part: int, whole: int) -> str:
    if part == whole:
        return "it" if whole == 1 else "them all"
    return f"{part} of them"


def _mended_line(mended: Sequence[Diagnostic]) -> str:
    files = len({found.span.path for found in mended})
    return f"{_count(len(mended), 'thing')} mended in {_count(files, 'file')}"


def _errors(findings: Iterable[Diagnostic]) -> int:
    return sum(found.severity is Severity.ERROR for found in findings)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _size(agent: Agent | None) -> str:
    if agent is None:
        return ""
    flows = _count(len(agent.flows), "flow")
    return f" ({flows}, {_count(_sentences(agent), 'sentence')})"


def _sentences(agent: Agent) -> int:
    """Count the sentences that the designer wrote."""
    from flowkit.dialogue import flow as parts

    written: set[tuple[str, str]] = set()

    def add(*sentences: parts.Sentence | None) -> None:
        written.update(
            (s.line, s.source) for s in sentences if s is not None and s.line
        )

    for flow in agent.flows.values():
        add(*(slot.ask for slot in flow.slots.values()))
        for step in flow.by_id.values():
            match step:
                case parts.Say():
                    add(*step.variants)
                case parts.Confirm() | parts.AskAgain() | parts.StartOneOf():
                    add(step.say)
                case parts.Handoff():
                    add(step.say)
                case parts.Offer():
                    add(step.say, step.each)
                case parts.Do():
                    add(step.meanwhile)
                case _:
                    pass
    return len(written)
