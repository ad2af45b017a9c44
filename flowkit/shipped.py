"""Where the agents that come with flowkit are found.

In a wheel they are packaged under ``flowkit/_shipped``; in an editable checkout they are
the folders beside the package.
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent
_PLACES = (_HERE / "_shipped", _HERE.parent)


def folder(kind: str) -> Path | None:
    """Return the folder ``flows`` (or another kind) that was shipped, or None."""
    for place in _PLACES:
        if (place / kind).is_dir():
            return place / kind
    return None


def agent_path(name: str) -> Path | None:
    """Return the folder of a shipped agent, or None if there is none of that name."""
    flows = folder("flows")
    if flows is None or not name.isidentifier():
        return None
    found = flows / name
    return found if found.is_dir() else None


def agent_names() -> list[str]:
    """Return the names of the shipped agents."""
    flows = folder("flows")
    if flows is None:
        return []
    return sorted(
        entry.name
        for entry in flows.iterdir()
        if entry.is_dir() and any(entry.glob("*.yaml"))
    )
