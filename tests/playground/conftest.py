"""An agent on disk, and a playground that is fed through a pipe."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from flowkit.cli.play import main

FLOW = """
    flow: book_table
    steps:
      - say: Hello, this is Bella.
      - ask: [party_size, date]
      - do: look
        with: [party_size, date]
        save_as: table
        meanwhile: One moment, please.
        if_it_fails:
          - say: I can't reach our system.
          - handoff: System down
      - ask: [name]
      - confirm: A table for {{ party_size }} on {{ date }}, under {{ name }}. Is that right?
      - do: book
        with: [party_size, date, name]
        save_as: booking
        if_it_fails:
          - handoff: Booking failed
      - say: You're booked, {{ booking.reference | spell }}.
      - end: booked
    slots:
      party_size:
        type: number
        ask: For how many people?
        rules:
          - must: party_size <= 10
            otherwise: We have ten seats at most. How many will you be?
      date:
        type: date
        ask: For which day?
      name:
        type: name
        ask: What is your name?
"""

TOOLS = '''
    """A tool that looks, and one that books; the book is a text file."""

    from pathlib import Path

    from flowkit import tool


    @tool
    async def look(party_size, date):
        return {"status": "free"}


    @tool
    async def book(party_size, date, name, *, call):
        file = Path(call.data) / "book.txt"
        before = file.read_text().splitlines() if file.exists() else []
        file.write_text("\\n".join([*before, name]) + "\\n")
        return {"reference": f"B{len(before) + 1}"}
'''


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    """Return the folder of an agent that books tables."""
    folder = tmp_path / "bella"
    folder.mkdir()
    (folder / "book_table.yaml").write_text(dedent(FLOW))
    (folder / "tools.py").write_text(dedent(TOOLS))
    return folder / "book_table.yaml"


@dataclass(frozen=True)
class Output:
    """What a playground printed."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def turns(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


@pytest.fixture
def play(
    agent: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Output]:
    """Talk to the agent: ``play("four people", ":slots", options=["--json"])``."""

    def talk(
        *lines: str | Callable[[], None],
        options: tuple[str, ...] = (),
        path: Path = agent,
    ) -> Output:
        monkeypatch.setattr(sys, "stdin", _Script(lines))
        code = main([str(path), "--now", "2026-11-22T15:00", *options])
        captured = capsys.readouterr()
        return Output(code, captured.out, captured.err)

    return talk


class _Script(StringIO):
    """Lines, and things to do between them, as a stream."""

    def __init__(self, lines: tuple[str | Callable[[], None], ...]) -> None:
        super().__init__()
        self._left = list(lines)

    def readline(self, size: int | None = -1, /) -> str:
        while self._left:
            line = self._left.pop(0)
            if isinstance(line, str):
                return line + "\n"
            line()
        return ""
