"""The agent's words read aloud by espeak-ng, where it is installed.

Nothing waits for it: sentences queue behind each other in a thread, and what is being
read is cut off when the caller does something.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections import deque

_LONGEST = 2_000


class Speaker:
    """Reads sentences aloud, one after the other.

    Raises:
        LookupError: There is no espeak-ng on this computer.
    """

    def __init__(self, language: str) -> None:
        program = shutil.which("espeak-ng") or shutil.which("espeak")
        if program is None:
            raise LookupError("espeak-ng")
        self._program = program
        self.language = language
        """Code of the language to read in; may be changed at any time."""
        self._waiting: deque[str] = deque()
        self._wake = threading.Condition()
        self._now: subprocess.Popen[bytes] | None = None
        threading.Thread(target=self._work, name="flowkit-speaker", daemon=True).start()

    def say(self, text: str) -> None:
        """Read a text aloud when what was said before has been read."""
        with self._wake:
            self._waiting.append(text[:_LONGEST])
            self._wake.notify()

    def hush(self) -> None:
        """Be quiet: drop what waits, and cut what is being read."""
        with self._wake:
            self._waiting.clear()
            if self._now is not None and self._now.poll() is None:
                self._now.terminate()

    def finish(self) -> None:
        """Wait until everything has been read, for half a minute at most."""
        with self._wake:
            self._wake.wait_for(lambda: not self._waiting and not self._now, timeout=30)

    def _work(self) -> None:
        while True:
            with self._wake:
                self._now = None
                self._wake.notify_all()
                self._wake.wait_for(lambda: bool(self._waiting))
                text = self._waiting.popleft()
                try:
                    self._now = subprocess.Popen(
                        [self._program, "-v", self.language, "--stdin"],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                    )
                except OSError:
                    continue
            try:
                self._now.communicate(text.encode())
            except OSError:
                continue
