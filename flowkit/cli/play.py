"""``flowkit play``: talk to an agent with the keyboard."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from flowkit import shipped
from flowkit.cli import UsageError
from flowkit.cli.subjects import one_agent

_CALLS = "calls"


def main(argv: Sequence[str] | None = None) -> int:
    """Talk to an agent; 0: all went well, 1: its files have errors, 2: could not be run."""
    options = _parser().parse_args(argv)
    if options.path is None and options.record not in (None, Path(_CALLS)):
        options.path, options.record = str(options.record), Path(_CALLS)
    path = _subject(options.path or _the_only_one())
    # the playground stands beside the package in a checkout, and is packaged into it
    terminal = import_module("flowkit.playground.terminal")
    code: int = terminal.play(
        terminal.Options(
            path=path,
            script=options.script,
            now=options.now,
            as_json=options.json,
            caller=options.caller,
            data=options.data,
            record=options.record,
            given=options.given,
            language=options.lang,
            speak=options.speak,
            debug=options.debug
            or "--debug" in sys.argv
            or bool(os.environ.get("FLOWKIT_DEBUG")),
        )
    )
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="flowkit play",
        description="Talk to an agent: type what the caller says. A line that starts "
        "with a colon is a command; :help lists them.",
    )
    parser.add_argument(
        "path",
        nargs="?",
        metavar="PATH",
        help="an agent's folder, a flow file, or the name of an agent that comes with "
        f"flowkit ({', '.join(shipped.agent_names()) or 'none here'})",
    )
    parser.add_argument(
        "--script", type=Path, metavar="FILE", help="take the lines from a file"
    )
    parser.add_argument(
        "--now",
        metavar="TIME",
        help="when the call is, like 2026-11-22T15:00 (in the agent's time zone)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one line of JSON a turn"
    )
    parser.add_argument(
        "--caller", metavar="NUMBER", help='who calls, like "+1 617 555 0142"'
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="keep the agent's data there (default: a copy that is thrown away)",
    )
    parser.add_argument(
        "--record",
        type=Path,
        nargs="?",
        const=Path(_CALLS),
        metavar="DIR",
        help=f"write the call down, private values masked (default: {_CALLS}/)",
    )
    parser.add_argument(
        "--given", type=Path, metavar="FILE", help="values that come with the call"
    )
    parser.add_argument("--lang", metavar="CODE", help="the language to begin in")
    parser.add_argument(
        "--speak", action="store_true", help="read the agent's words aloud (espeak-ng)"
    )
    parser.add_argument(
        "--debug", action="store_true", help="show tracebacks of Python errors"
    )
    return parser


def _subject(word: str) -> Path:
    """Return the agent that a word means; a flow of an agent is begun with itself."""
    path = one_agent(word)
    named = Path(word)
    is_flow = named.is_file() and named.name.count(".") == 1
    return named if is_flow and named.stem != "agent" else path


def _the_only_one() -> str:
    """Return this folder, if there is an agent in it."""
    if any(Path().glob("*.yaml")):
        return "."
    names = shipped.agent_names()
    hint = f" With flowkit come: {', '.join(names)}." if names else ""
    raise UsageError(f"say which agent to talk to, as a folder or a name.{hint}")
