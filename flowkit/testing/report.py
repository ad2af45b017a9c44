"""How talks went, as text for people and as data for programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flowkit.diagnostics import Diagnostic
from flowkit.dialogue import acts, events
from flowkit.dialogue.acts import Json
from flowkit.testing.comparing import shown
from flowkit.testing.coverage import Coverage
from flowkit.testing.runner import Failure, Played
from flowkit.testing.transcript import Entry

_CALLER = {
    "caller": "caller",
    "over": "caller, over the agent",
    "keys": "keys",
    "silence": "silence",
    "cough": "(a noise)",
    "hangs_up": "(the caller hangs up)",
}
_MOST_MOVES = 8


@dataclass(frozen=True, slots=True)
class Results:
    """All that one run of tests found."""

    played: tuple[Played, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    """What is wrong in agents or test files; errors among them keep tests from running."""
    coverage: tuple[Coverage, ...] = ()
    seconds: float = 0.0

    @property
    def failed(self) -> tuple[Played, ...]:
        """The talks that did not go as expected."""
        return tuple(played for played in self.played if not played.passed)


def render_failure(played: Played) -> str:
    """Render a failed talk: the transcript, the first difference, and what was decided."""
    failure = played.failure
    if failure is None:
        return ""
    lines = [
        f"FAILED {failure.span.path}:{failure.span.line}: {played.talk.name}",
        "",
        *transcript(played.transcript),
        f"  >>> {failure.span}",
        f"      expected: {failure.expected}",
        f"      but:      {failure.found}",
    ]
    why = decisions(failure)
    if why:
        lines += ["", "  What was decided after the caller's last line:", *why]
    return "\n".join(lines) + "\n"


def transcript(entries: Iterable[Entry]) -> list[str]:
    """Return the lines of a conversation, indented, ready to print."""
    lines: list[str] = []
    for entry in entries:
        match entry.kind:
            case "bot":
                lines.append(f"  agent:  {entry.text}")
            case "cut":
                lines.append(f'          (stopped after "{entry.text}")')
            case "tool" if entry.tool is not None:
                lines.append(f"  tool:   {entry.text} {shown(entry.tool.arguments)}")
            case "answer" if entry.tool is not None:
                what = entry.tool.failed or shown(entry.tool.result)
                lines.append(f"          {entry.text} -> {what}")
            case "transfer":
                lines.append(f"  (the call goes to {entry.text})")
            case "end":
                lines.append(f"  (the call ends: {entry.text})")
            case kind:
                who = _CALLER.get(kind, kind)
                lines.append(f"  {who}: {entry.text}" if entry.text else f"  {who}")
    return lines


def decisions(failure: Failure) -> list[str]:
    """Return the last decisions of the engine, each with its line of the flow."""
    heads: list[str] = []
    lines: list[str] = []
    for record in failure.records:
        if isinstance(record.event, events.Understood):
            understood = ", ".join(describe(act) for act in record.event.acts)
            heads.append(f"    understood as: {understood or 'nothing'}")
        lines += [
            f"    {move.rule}: {move.text}" + (f"  ({move.line})" if move.line else "")
            for move in record.moves
        ]
    return heads + lines[-_MOST_MOVES:]


def describe(act: acts.Act) -> str:
    """Return an act as a tester would write it under ``means:``."""
    name = acts.name_of(act)
    match act:
        case acts.Set():
            return f"{act.slot}: {shown(act.value)}"
        case acts.Not():
            return f"not {act.slot}: {shown(act.value)}"
        case acts.Unset():
            return f"unset {act.slot}"
        case acts.Choose():
            return f"choose {act.n + 1}"
        case acts.Start():
            return f"start {act.flow}"
        case acts.AskAbout():
            return f"ask_about {act.entry}"
        case acts.Unclear():
            either = " or ".join(describe(one) for one in act.candidates)
            return f"unclear: {either or act.why or act.slot or ''}".rstrip(": ")
        case _:
            return name


def render_summary(results: Results) -> str:
    """Render the last lines: how many, how much of the agents, how long."""
    count, failed = len(results.played), len(results.failed)
    talks = "1 talk" if count == 1 else f"{count} talks"
    outcome = f"{failed} failed, {count - failed} passed" if failed else "all passed"
    lines = [f"{talks}: {outcome if count else 'none found'} ({results.seconds:.1f} s)"]
    for coverage in results.coverage:
        parts = ", ".join(
            f"{reached} of {all_} {_PLURAL[kind]}"
            for kind, (reached, all_) in coverage.counts().items()
        )
        lines.append(
            f"{coverage.agent.name}: {coverage.percent:.0f} % reached ({parts})"
        )
    return "\n".join(lines)


_PLURAL = {
    "step": "steps",
    "rule": "rules",
    "rung": "rungs",
    "anytime": "anytime entries",
}


def render_missed(coverage: Coverage) -> str:
    """Render the table of what no talk has reached."""
    missed = coverage.missed()
    if not missed:
        return f"{coverage.agent.name}: everything was reached."
    width = max(len(point.line) for point in missed)
    rows = [f"  {p.line:<{width}}  {p.kind:<7}  {p.title}" for p in missed]
    return "\n".join([f"{coverage.agent.name}: never reached", *rows])


def to_json(results: Results) -> dict[str, Json]:
    """Return a run as data: ``flowkit test --format json``."""
    return {
        "passed": len(results.played) - len(results.failed),
        "failed": len(results.failed),
        "seconds": round(results.seconds, 3),
        "tests": [_played(played) for played in results.played],
        "diagnostics": [
            {
                "code": one.code,
                "severity": str(one.severity),
                "message": one.message,
                "path": one.span.path,
                "line": one.span.line,
                "column": one.span.column,
                "help": one.help,
            }
            for one in results.diagnostics
        ],
        "coverage": [_coverage(coverage) for coverage in results.coverage],
    }


def _played(played: Played) -> dict[str, Json]:
    talk = played.talk
    data: dict[str, Json] = {
        "test": talk.name,
        "path": talk.span.path,
        "line": talk.span.line,
        "passed": played.passed,
    }
    if failure := played.failure:
        data |= {
            "failed_line": failure.span.line,
            "expected": failure.expected,
            "found": failure.found,
            "transcript": transcript(played.transcript),
            "decisions": decisions(failure),
        }
    return data


def _coverage(coverage: Coverage) -> dict[str, Json]:
    return {
        "agent": coverage.agent.name,
        "percent": round(coverage.percent, 1),
        "counts": {
            kind: {"reached": reached, "of": all_}
            for kind, (reached, all_) in coverage.counts().items()
        },
        "missed": [
            {"kind": point.kind, "line": point.line, "title": point.title}
            for point in coverage.missed()
        ],
    }
