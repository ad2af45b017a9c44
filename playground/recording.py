"""A talk written down as a journal, with private values masked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from flowkit.dialogue import codec
from flowkit.dialogue.flow import Agent
from flowkit.dialogue.trace import TraceRecord
from flowkit.journal import FileJournal, MaskedJournal
from flowkit.ports import Journal


class Recording:
    """The journal of one call, in a file of its own.

    Raises:
        OSError: The file cannot be made.
    """

    def __init__(self, folder: Path, agent: Agent) -> None:
        self._agent = agent
        self._file = FileJournal(_free(folder, agent.name))
        self._masked = MaskedJournal(self._file, agent)

    @property
    def path(self) -> Path:
        """Where it is written."""
        return self._file.path

    @property
    def journal(self) -> Journal:
        """What the session writes to."""
        return self._masked

    def catch_up(self, records: Iterable[TraceRecord]) -> None:
        """Write down what had happened until now: the call goes on from there."""
        self._masked.append(
            {
                "flowkit_journal": 1,
                "agent": self._agent.name,
                "fingerprint": self._agent.fingerprint,
                "slots": None,
                "at_step": None,
                "results": None,
            }
        )
        for record in records:
            self._masked.append(codec.event_to_json(record.event))
        self._masked.flush()

    def close(self) -> None:
        """Write out the rest and close the file."""
        self._masked.close()
        self._file.close()


def _free(folder: Path, name: str) -> Path:
    """Return a file name that is not taken: ``bella-20261122-150312.jsonl``."""
    stem = f"{name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    path = folder / f"{stem}.jsonl"
    number = 2
    while path.exists():
        path = folder / f"{stem}-{number}.jsonl"
        number += 1
    return path
