"""The folder that an agent's tools keep their data in, while somebody plays.

Unless a folder is named, it is a copy of the agent's ``data`` folder that lives as long
as the playground: yesterday's bookings never change today's talk, and a turn that is
undone is undone in the data too. A folder that was named is somebody's: it is written to
by tools alone and never put back.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from flowkit.cli import UsageError

SEED = "data"
"""The folder beside an agent's files that its data start from."""
_MOST_BYTES = 64_000_000
_MOST_FILES = 5_000

Snapshot = Mapping[str, bytes]
"""The files of a folder by their relative path."""


class Data:
    """A folder for the tools of one agent; leave it with ``close``.

    Raises:
        UsageError: The agent's data are too large to be copied.
    """

    def __init__(self, agent_folder: str, named: Path | None = None) -> None:
        seed = Path(agent_folder or ".") / SEED
        self._temporary: TemporaryDirectory[str] | None = None
        if named is None:
            self._temporary = TemporaryDirectory(
                prefix="flowkit-play-", ignore_cleanup_errors=True
            )
            self.path = Path(self._temporary.name)
        else:
            self.path = named
            self.path.mkdir(parents=True, exist_ok=True)
        if seed.is_dir() and not any(self.path.iterdir()):
            if _is_large(seed):
                self.close()
                raise UsageError(
                    f"{seed} is too large to be copied for every talk. Copy it "
                    "yourself, and name the copy: --data DIR."
                )
            shutil.copytree(seed, self.path, dirs_exist_ok=True)
        self._known: dict[Path, tuple[tuple[int, int], bytes]] = {}

    @property
    def can_go_back(self) -> bool:
        """Whether ``restore`` works: the folder is a copy that nobody else uses."""
        return self._temporary is not None

    def snapshot(self) -> Snapshot:
        """Return what is in the folder now; nothing for a folder that was named.

        Files that did not change share their bytes with earlier snapshots. Beyond 64 MB
        the rest is left as it is, since nobody waits for that.
        """
        if not self.can_go_back:
            return {}
        found: dict[str, bytes] = {}
        known: dict[Path, tuple[tuple[int, int], bytes]] = {}
        total = 0
        for path in sorted(self.path.rglob("*")):
            try:
                if not path.is_file():
                    continue
                stat = path.stat()
                total += stat.st_size
                if total > _MOST_BYTES:
                    break
                stamp = (stat.st_mtime_ns, stat.st_size)
                before = self._known.get(path)
                content = (
                    before[1] if before and before[0] == stamp else path.read_bytes()
                )
            except OSError:  # a tool is just replacing it
                continue
            known[path] = (stamp, content)
            found[path.relative_to(self.path).as_posix()] = content
        self._known = known
        return found

    def restore(self, snapshot: Snapshot) -> None:
        """Put the folder back as it was; a folder that was named is left alone."""
        if not self.can_go_back:
            return
        now = self.snapshot()
        for name in now.keys() - snapshot.keys():
            (self.path / name).unlink(missing_ok=True)
        for name, content in snapshot.items():
            if now.get(name) != content:
                path = self.path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

    def close(self) -> None:
        """Remove the folder, if it was a copy."""
        if self._temporary is not None:
            self._temporary.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _is_large(folder: Path) -> bool:
    total = 0
    for number, path in enumerate(folder.rglob("*")):
        total += path.stat().st_size if path.is_file() else 0
        if total > _MOST_BYTES or number > _MOST_FILES:
            return True
    return False
