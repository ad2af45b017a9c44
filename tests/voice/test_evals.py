"""Pipecat's own evals against a served agent, in text mode: no judge, no voice, no model."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path
from textwrap import dedent

import pytest

pytest.importorskip("pipecat", reason="the extra `phone` (Pipecat) is not installed")
pytest.importorskip(
    "fastapi", reason="Pipecat's runner (`pipecat-ai[runner]`) is absent"
)
pytest.importorskip(
    "uvicorn", reason="Pipecat's runner (`pipecat-ai[runner]`) is absent"
)

from pipecat.evals.scenario import EvalScenarioFile
from pipecat.evals.session import EvalSession
from test_call import FLOW, TOOLS

SCENARIOS = """
name: booking
scenarios:
  - name: a correction while confirming
    turns:
      - expect:
          - event: response
            text_contains: "how many people"
            within_ms: 5000
      - user: "four on Friday at seven"
        expect:
          - event: response
            text_contains: "at seven pm"
            within_ms: 3000
      - user: "actually make it half past seven"
        expect:
          - event: response
            text_contains: "Is the rest right"
            within_ms: 3000
      - user: "yes please"
        expect:
          - event: response
            text_contains: "Your reference is"
            within_ms: 3000
  - name: something that the agent never says
    turns:
      - expect:
          - event: response
            text_contains: "weather"
            within_ms: 1500
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def until_it_listens(port: int, program: asyncio.subprocess.Process) -> None:
    for _ in range(300):
        assert program.returncode is None, "the served agent ended"
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise AssertionError("the served agent never listened")


@pytest.mark.slow
async def test_a_served_agent_passes_an_eval_and_fails_a_wrong_one(
    tmp_path: Path,
) -> None:
    flow = tmp_path / "book_table.yaml"
    flow.write_text(dedent(FLOW), encoding="utf-8")
    (tmp_path / "tools.py").write_text(dedent(TOOLS), encoding="utf-8")
    (tmp_path / "booking.yaml").write_text(dedent(SCENARIOS), encoding="utf-8")
    port = free_port()
    bot = Path(__file__).parent / "eval_bot.py"
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        str(bot),
        "--port",
        str(port),
        env={**os.environ, "EVAL_BOT_FLOW": str(flow)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await until_it_listens(port, program)
        results = []
        for scenario in EvalScenarioFile.load(str(tmp_path / "booking.yaml")):
            url = f"ws://127.0.0.1:{port}/ws"
            results.append(await EvalSession.from_scenario(scenario, url).run())
        assert results[0].failures == []
        assert [result.passed for result in results] == [True, False]
    finally:
        program.terminate()
        await program.wait()
