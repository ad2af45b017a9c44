"""A served agent for Pipecat's evals: ``python eval_bot.py --port PORT``, with
the flow file in ``EVAL_BOT_FLOW``.

Run by a test as a program of its own, under Pipecat's development runner.
"""

from __future__ import annotations

import os
import sys
import uuid
from pathlib import Path
from typing import Any

from pipecat.evals.transport import EvalTransportParams
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.runner.utils import create_transport
from pipecat.workers.runner import WorkerRunner

sys.path.insert(0, str(Path(__file__).parent))

from voice_doubles import Voice, params

from flowkit.authoring.compiler import load_agent
from flowkit.dialogue.events import CallFacts
from flowkit.voice.pipeline import build

TRANSPORTS = {
    "eval": lambda: EvalTransportParams(audio_in_enabled=True, audio_out_enabled=True)
}


async def bot(arguments: Any) -> None:  # Any: the runner's own, one kind a transport
    """Hold one call, as the development runner asks for it."""
    transport = await create_transport(arguments, TRANSPORTS)
    parts = build(
        load_agent(os.environ["EVAL_BOT_FLOW"]),
        facts=CallFacts(id=uuid.uuid4().hex),
        user_params=params(),
    )
    worker = PipelineWorker(
        Pipeline(
            [
                transport.input(),
                parts.user,
                parts.brain,
                Voice(),
                transport.output(),
                parts.assistant,
            ]
        ),
        idle_timeout_secs=None,
    )

    async def connected(transport: object, client: object) -> None:
        parts.brain.begin()

    async def disconnected(transport: object, client: object) -> None:
        await worker.cancel()

    transport.add_event_handler("on_client_connected", connected)
    transport.add_event_handler("on_client_disconnected", disconnected)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


if __name__ == "__main__":
    from pipecat.runner.run import main

    main()
