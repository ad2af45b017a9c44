"""The real espeak-ng takes what the speaker gives it, and makes sound of it."""

from __future__ import annotations

import os
import shutil
import wave
from pathlib import Path

import pytest

from flowkit.playground.speaker import Speaker


@pytest.mark.slow
def test_espeak_reads_the_agents_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which("espeak-ng")
    if real is None:
        if os.environ.get("FLOWKIT_CI"):
            pytest.fail("espeak-ng has to be there where all is checked")
        pytest.skip("espeak-ng is not installed")
    sound = tmp_path / "said.wav"
    stand_in = tmp_path / "bin" / "espeak-ng"  # the real one, writing to a file
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\nexec {real} "$@" -w {sound}\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stand_in.parent}:{os.environ['PATH']}")
    speaker = Speaker("en")
    speaker.say("Friday the twenty-seventh at seven pm, then.")
    speaker.finish()
    with wave.open(str(sound)) as spoken:
        seconds = spoken.getnframes() / spoken.getframerate()
        loudest = max(spoken.readframes(spoken.getnframes()))
    assert 1 < seconds < 10
    assert loudest > 100
