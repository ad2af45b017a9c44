"""Which agents the words after a command mean.

A word is a file, a folder, or the name of an agent that comes with flowkit. A file that
belongs to an agent stands for the whole agent, since alone it would miss the agent's
names; a folder that holds only other folders stands for the agents in them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from flowkit import shipped
from flowkit.cli import UsageError

_FLOW_FILES = ("*.yaml", "*.yml")


def agents(words: Sequence[str]) -> list[Path]:
    """Return the files and folders to compile, each once, in the order given.

    Raises:
        UsageError: One of them does not exist.
    """
    found = (path for word in words or ["."] for path in _meant_by(word))
    return list(dict.fromkeys(found))


def one_agent(word: str) -> Path:
    """Return the one agent that a word means.

    Raises:
        UsageError: It does not exist, or it means several.
    """
    found = agents([word])
    if len(found) > 1:
        names = ", ".join(str(path) for path in found)
        raise UsageError(f"{word} holds several agents; name one of them: {names}.")
    return found[0]


def _meant_by(word: str) -> Iterable[Path]:
    path = Path(word)
    if not path.exists():
        ours = shipped.agent_path(word)
        if ours is None:
            raise UsageError(_missing(word))
        return [_shown(ours)]
    if path.is_dir():
        return _in_folder(path)
    if (path.parent / "agent.yaml").is_file():
        return [path.parent]
    return [_flow_of(path)]


def _in_folder(folder: Path) -> list[Path]:
    if _has_flow_files(folder):
        return [folder]
    inner = [
        entry
        for entry in sorted(folder.iterdir())
        if entry.is_dir() and not entry.name.startswith(".") and _has_flow_files(entry)
    ]
    return inner or [folder]


def _has_flow_files(folder: Path) -> bool:
    return any(next(folder.glob(pattern), None) for pattern in _FLOW_FILES)


def _flow_of(path: Path) -> Path:
    """``book.test.yaml`` and ``book.es.yaml`` beside ``book.yaml`` mean that flow."""
    stem = path.name.split(".", 1)[0]
    flow = path.with_name(stem + path.suffix)
    return flow if flow != path and flow.is_file() else path


def _shown(path: Path) -> Path:
    """Return a path as short as it can be written from here."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def _missing(word: str) -> str:
    near = _near(word)
    hint = f' Did you mean "{near}"?' if near else ""
    if not near and os.sep not in word and (names := shipped.agent_names()):
        hint = f" The agents that come with flowkit are: {', '.join(names)}."
    return f'there is no file or folder "{word}".{hint}'


def _near(word: str) -> str | None:
    """Return the path that was probably meant: the first wrong part is replaced."""
    known = Path(word)
    if known.parent.is_dir():
        names = [entry.name for entry in known.parent.iterdir()]
        close = get_close_matches(known.name, names, 1, 0.6)
        if close:
            return str(known.parent / close[0])
    close = get_close_matches(word, shipped.agent_names(), 1, 0.6)
    return close[0] if close else None
