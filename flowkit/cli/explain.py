"""``flowkit explain``: a code, all codes, or every sentence that an agent can say."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from flowkit.authoring.codes import CODES
from flowkit.cli import OK, UsageError
from flowkit.cli.screen import BOLD, DIM, is_coloured, paint
from flowkit.cli.subjects import one_agent
from flowkit.diagnostics import Severity

_PAGES = Path(__file__).resolve().parent.parent / "authoring" / "explain"
_CODE = re.compile(r"(?:fk)?[-_ ]?(\d{3})", re.IGNORECASE)
_GROUPS = {
    "1": "The file as a text",
    "2": "The shape of a file",
    "3": "Names",
    "4": "Sentences and conditions",
    "5": "The flow as a whole",
    "6": "Python",
    "7": "Conversations to test with",
    "9": "Style for the ear (warnings)",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Print one page, the list of codes, or the sentences of an agent."""
    parser = argparse.ArgumentParser(
        prog="flowkit explain",
        description="Explain an error code, or list every sentence that an agent can "
        "say, the ones that come with flowkit included.",
    )
    parser.add_argument(
        "subject",
        nargs="?",
        metavar="CODE|PATH",
        help="a code such as FK302, a flow file, an agent's folder, or the name of an "
        "agent that comes with flowkit (default: list all codes)",
    )
    subject: str | None = parser.parse_args(argv).subject
    if subject is None:
        print(_all_codes())
    elif match := _CODE.fullmatch(subject):
        print(_page(f"FK{match[1]}"))
    else:
        print(_sentences(subject))
    return OK


def page(code: str) -> str:
    """Return the page of a code, as Markdown."""
    return (_PAGES / f"{code}.md").read_text(encoding="utf-8")


def _page(code: str) -> str:
    if code not in CODES:
        alike = [known for known in CODES if known[2] == code[2]]
        hint = f" Those of its kind are {alike[0]} to {alike[-1]}." if alike else ""
        raise UsageError(
            f"there is no code {code}.{hint} flowkit explain lists them all."
        )
    text = page(code).rstrip()
    return _styled(text) if is_coloured() else text


def _styled(text: str) -> str:
    """Bold headings and dim fences; the examples stay as they are to be copied."""
    lines = []
    for line in text.split("\n"):
        if line.startswith("#"):
            line = paint(line.lstrip("# "), BOLD)
        elif line.startswith("```"):
            line = paint(line, DIM)
        lines.append(line)
    return "\n".join(lines)


def _all_codes() -> str:
    coloured = is_coloured()
    lines: list[str] = []
    group = ""
    for code in CODES.values():
        if code.code[2] != group:
            group = code.code[2]
            heading = _GROUPS.get(group, "More")
            lines += ["", paint(heading, BOLD) if coloured else heading]
        warning = code.severity is Severity.WARNING and group != "9"
        lines.append(f"  {code.code}  {code.title}{' (warning)' if warning else ''}")
    lines += ["", "flowkit explain FK302 shows the page of one of them."]
    return "\n".join(lines[1:])


def _sentences(subject: str) -> str:
    from flowkit.authoring.compiler import load_agent
    from flowkit.authoring.listing import listing

    return listing(load_agent(one_agent(subject)))
