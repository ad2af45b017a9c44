"""The command line: ``flowkit COMMAND ...``.

One thin module a command, each with ``main(argv) -> int``, loaded only when it is asked
for: a check must not pay for the playground. What belongs here is what all commands
share: finding the command, and ending quietly whatever happens. Exit codes: 0 all is
well, 1 something is wrong in the designer's files, 2 the command could not be run, 70 a
bug of flowkit's own, 130 stopped from the keyboard.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper

from flowkit.diagnostics import CompileError

COMMANDS = {
    "check": "find everything that is wrong in an agent, and say how to mend it",
    "play": "talk to an agent with the keyboard",
    "test": "run an agent's *.test.yaml conversations",
    "new": "make a new agent to start from",
    "explain": "explain an error code, or list every sentence an agent can say",
    "graph": "draw an agent's flows as a Mermaid diagram",
    "schema": "print the JSON Schema of the flow format, for editors",
}
"""Each command with what it does; the module of the same name is in this folder."""

_LIVING = ("play", "test")
"""Commands that may live long; the others answer and end."""

OK, FOUND, CANNOT, BUG, STOPPED = 0, 1, 2, 70, 130

_EPILOG = "flowkit COMMAND --help says more about one of them."


class UsageError(Exception):
    """The command cannot be run as it was asked for; the text says why and what to do."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never raises.

    Args:
        argv: The words after ``flowkit``; None takes them from ``sys.argv``. With
            ``--debug`` among them, or the variable ``FLOWKIT_DEBUG``, an unexpected
            error shows its traceback.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    debug = bool(os.environ.get("FLOWKIT_DEBUG"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without UTF-8 shows a ?
            stream.reconfigure(errors="replace")
    if "--debug" in words:
        words.remove("--debug")
        debug = True
    try:
        code = _run(words)
        sys.stdout.flush()
        return code
    except SystemExit as stop:  # argparse: --help is 0, a wrong option 2
        return stop.code if isinstance(stop.code, int) else OK if not stop.code else 1
    except UsageError as problem:
        print(f"flowkit: {problem}", file=sys.stderr)
        return CANNOT
    except CompileError as broken:  # a command that needs an agent in which all is well
        print(broken, file=sys.stderr)
        return FOUND
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:  # `flowkit explain | head`: the reader has seen enough
        # Python flushes standard output once more at exit: give it somewhere to go.
        # Source: docs.python.org, library/signal.html, "Note on SIGPIPE" (3.11)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as bug:
        if debug:
            raise
        what = " ".join(str(bug).split())[:200]
        named = type(bug).__name__ + (f": {what}" if what else "")
        print(
            f"flowkit met a bug: {named}\n"
            "Run the same command again with --debug at its end to see where.",
            file=sys.stderr,
        )
        return BUG


def _run(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        if len(words) > 1 and words[1] in COMMANDS:
            return _load(words[1])(["--help"])
        _usage()
        return OK if words else CANNOT
    if words[0] in ("-V", "--version"):
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"flowkit {version('flowkit')}")
        except PackageNotFoundError:
            print("flowkit, from a folder that is not installed")
        return OK
    name, *rest = words
    if name not in COMMANDS:
        raise UsageError(_no_such_command(name))
    if name in _LIVING or not gc.isenabled():
        return _load(name)(rest)
    # a process of a few tenths of a second: looking for garbage costs one in ten of them
    gc.disable()
    try:
        return _load(name)(rest)
    finally:
        gc.enable()


def _load(name: str) -> Callable[[Sequence[str]], int]:
    command: Callable[[Sequence[str]], int] = import_module(f"{__name__}.{name}").main
    return command


def _usage() -> None:
    print("usage: flowkit COMMAND ...\n\nCommands:")
    for name, about in COMMANDS.items():
        print(f"  {name:<8} {about}")
    print(f"\n{_EPILOG}")


def _no_such_command(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), COMMANDS, 1, 0.5)
    if near:
        return f'there is no command "{name}". Did you mean "flowkit {near[0]}"?'
    if os.path.exists(name):
        return (
            f'"{name}" is a file or folder. What shall be done with it: '
            f"flowkit check {name}, flowkit play {name}, flowkit test {name}?"
        )
    return f'there is no command "{name}". There are: {", ".join(COMMANDS)}.'
