"""Whether the files of an agent have changed since they were last read.

Only looks at the file system when asked; a change counts when the text differs, not when
a file was merely touched. Tests and the data of tools are no part of an agent's words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

_ENDINGS = frozenset((".yaml", ".yml", ".py"))


class Watch:
    """Remembers an agent's files as they are now, until ``changes`` is asked."""

    def __init__(self, path: Path) -> None:
        # a flow of an agent changes with all of the agent
        self._path = path.parent if (path.parent / "agent.yaml").is_file() else path
        self._stamps: dict[Path, tuple[int, int]] = {}
        self._digests: dict[Path, bytes] = {}
        self.changes()

    def changes(self) -> list[Path]:
        """Return the files that changed, came or went since the last time."""
        stamps = dict(self._look())
        if stamps == self._stamps:
            return []
        changed: list[Path] = []
        digests: dict[Path, bytes] = {}
        for path, stamp in stamps.items():
            before = self._digests.get(path)
            if before is not None and stamp == self._stamps.get(path):
                digests[path] = before
                continue
            try:
                digests[path] = blake2b(path.read_bytes()).digest()
            except OSError:  # an editor is just replacing it: look again next time
                continue
            if digests[path] != before:
                changed.append(path)
        changed += [path for path in self._digests if path not in digests]
        self._stamps = {path: stamps[path] for path in digests}
        self._digests = digests
        return sorted(changed)

    def _look(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        folder = self._path if self._path.is_dir() else self._path.parent
        entries: list[Path] = []
        for place in (folder, folder / "languages"):
            with suppress(OSError):  # it may not be there, or not any more
                entries += place.iterdir()
        for path in entries:
            if not self._belongs(path):
                continue
            try:
                stat = path.stat()
            except OSError:
                continue
            yield path, (stat.st_mtime_ns, stat.st_size)

    def _belongs(self, path: Path) -> bool:
        if path.suffix not in _ENDINGS or path.stem.endswith(".test"):
            return False
        if self._path.is_dir() or path.parent.name == "languages":
            return True
        stem = self._path.name.split(".", 1)[0]
        return path.name.split(".", 1)[0] in (stem, "tools")
