"""``flowkit new``: a complete small agent to start from."""

from __future__ import annotations

import argparse
import keyword
import re
import shlex
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from flowkit.cli import OK, UsageError

_SCAFFOLD = Path(__file__).resolve().parent / "scaffold"
_FILES = ("agent.yaml", "leave_message.yaml", "tools.py", "leave_message.test.yaml")


def main(argv: Sequence[str] | None = None) -> int:
    """Write the files of a new agent into a folder of its own."""
    parser = argparse.ArgumentParser(
        prog="flowkit new",
        description="Make a folder with a small agent that works: a flow, a tool, a "
        "validator and tests, with comments that explain them.",
    )
    parser.add_argument("name", metavar="NAME", help="the folder to make")
    folder = Path(parser.parse_args(argv).name)
    name = _name(folder.name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is already there, and nothing in it was changed.")
    title = " ".join(word.capitalize() for word in name.split("_"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in _FILES:
            text = (_SCAFFOLD / file).read_text(encoding="utf-8")
            if file == "agent.yaml":
                text = text.replace("NAME", name).replace("TITLE", title)
            with (folder / file).open("x", encoding="utf-8", newline="\n") as out:
                out.write(text)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}.") from error
    typed = shlex.quote(str(folder))
    print(
        f"{folder}: a new agent, in {len(_FILES)} files. What you can do with it:\n"
        f"  flowkit play {typed}     talk to it\n"
        f"  flowkit check {typed}    see whether all is well\n"
        f"  flowkit test {typed}     run its tests\n"
        f"Then open {folder / 'leave_message.yaml'} and change it to what you need."
    )
    return OK


def _name(word: str) -> str:
    """Return the agent's name for a folder's: letters, digits and underscores."""
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    if not name:
        raise UsageError(
            f'"{word}" has no letters in it; call the agent like "bakery".'
        )
    if not name[0].isalpha() or keyword.iskeyword(name):
        raise UsageError(
            f'an agent cannot be called "{name}"; start with a letter, as in "my_{name}".'
        )
    return name
