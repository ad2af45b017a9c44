"""The playground in a real terminal: a process behind a pseudo-terminal."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

_ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|[()][A-Z0-9]|[=>78])|\r")
_WAIT_S = 10.0


class Terminal:
    """A terminal in which ``flowkit play`` runs."""

    def __init__(self, *words: str, home: Path) -> None:
        self._mine, theirs = pty.openpty()
        environment = os.environ | {
            "TERM": "xterm-256color",
            "XDG_STATE_HOME": str(home),
        }
        termios.tcsetwinsize(theirs, (30, 90))
        environment.pop("NO_COLOR", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flowkit", "play", *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            start_new_session=True,
        )
        os.close(theirs)
        self.raw = ""
        self._seen = 0

    def type(self, text: str) -> None:
        os.write(self._mine, text.encode())

    def enter(self, text: str) -> None:
        self.type(text + "\r")

    def until(self, words: str) -> str:
        """Wait for words behind those of the last wait; return the text between."""
        end = time.monotonic() + _WAIT_S
        while time.monotonic() < end:
            text = _ESCAPES.sub("", self.raw)
            at = text.find(words, self._seen)
            if at >= 0:
                between = text[self._seen : at + len(words)]
                self._seen = at + len(words)
                return between
            if select.select([self._mine], [], [], 0.1)[0]:
                try:
                    new = os.read(self._mine, 65536).decode(errors="replace")
                except OSError:  # the other side has gone
                    break
                self.raw += new
                for _ in range(new.count("\x1b[6n")):  # "where is the cursor?"
                    self.type("\x1b[1;1R")
        raise AssertionError(f"never saw {words!r} in {text[self._seen :]!r}")

    def wait(self) -> int:
        return self.process.wait(timeout=_WAIT_S)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=_WAIT_S)
        os.close(self._mine)


@pytest.fixture
def terminal(agent: Path, tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(str(agent), "--now", "2026-11-22T15:00", home=tmp_path / "home")
    yield made
    made.close()


def test_a_talk_in_a_terminal(terminal, tmp_path):
    terminal.until("For how many people?")
    terminal.until("waits for party_size")
    terminal.enter("four people")
    terminal.until("For which day?")
    terminal.until("party_size 4")
    terminal.type(":st")
    terminal.until("the flow's steps: done, waiting, ahead")
    terminal.type("\t\r")
    terminal.until("waiting  book_table.yaml:5")
    terminal.enter(":quit")
    assert terminal.wait() == 0
    assert "\x1b[32" in terminal.raw  # green
    assert "four people" in (tmp_path / "home" / "flowkit" / "history").read_text()


@pytest.mark.slow
def test_ctrl_d_leaves(terminal):
    terminal.until("waits for party_size")
    terminal.type("\x04")
    assert terminal.wait() == 0


@pytest.mark.slow
def test_ctrl_c_stops_waiting_for_a_tool_that_hangs(agent, terminal):
    terminal.until("waits for party_size")
    terminal.type("\x03")
    terminal.until(":quit or Ctrl-D leaves.")
    terminal.enter(":tool slow")
    terminal.enter("four people on friday")
    terminal.until("One moment, please.")
    terminal.until("look is running")
    terminal.type("\x03")
    terminal.until("it counts as failed")
    terminal.until("The call is over: handoff")
    terminal.enter(":back")
    terminal.until("waits for party_size")


@pytest.mark.slow
def test_the_caller_may_speak_while_a_tool_runs(terminal):
    terminal.until("waits for party_size")
    terminal.enter(":tool slow")
    terminal.enter("four people on friday")
    terminal.until("look is running")
    terminal.enter("no, five people")
    assert "says nothing" not in terminal.until("What is your name?")


@pytest.mark.slow
def test_a_new_version_is_taken_up_while_somebody_types(agent, terminal):
    terminal.until("waits for party_size")
    terminal.type("four peo")
    agent.write_text(agent.read_text().replace("For how many", "How many"))
    terminal.until("The first difference, in the opening:")
    terminal.until("+ Hello, this is Bella. How many people?")
    terminal.enter("ple")
    terminal.until("For which day?")


@pytest.mark.slow
def test_a_tool_that_blocks_everything_is_left_behind(agent, tmp_path):
    tools = agent.with_name("tools.py")
    tools.write_text(
        tools.read_text().replace(
            "async def look(party_size, date):",
            "async def look(party_size, date):\n"
            "    if party_size == 9:\n"
            "        import time\n"
            "        time.sleep(60)",
        )
    )
    terminal = Terminal(str(agent), "--now", "2026-11-22T15:00", home=tmp_path)
    try:
        terminal.until("waits for party_size")
        terminal.enter("nine people on friday")
        terminal.until("look is running")
        terminal.type("\x03")
        terminal.until("look does not give control back")
        terminal.until("waits for party_size")
        terminal.enter("four people on friday")
        terminal.until("What is your name?")
    finally:
        terminal.close()


def test_nothing_of_the_editor_is_loaded_for_a_pipe(agent):
    code = (
        "import sys; from flowkit.cli import main; "
        f"main(['play', {str(agent)!r}]); "
        "print('prompt_toolkit' in sys.modules, 'pipecat' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input="four\n", capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "False False"
    assert done.stderr == ""


def test_a_reader_that_leaves_early_is_no_error(agent):
    done = subprocess.run(
        f"yes four | head -50 | {sys.executable} -m flowkit play {agent} | head -1",
        shell=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "bot: Hello, this is Bella. For how many people?\n"
    assert done.stderr == ""
