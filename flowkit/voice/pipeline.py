"""A flow as three processors of a Pipecat pipeline.

Transports, speech recognition, voices and turn strategies are Pipecat's and yours; what
comes between is made here:

    parts = build(agent, facts=CallFacts(id=call_id, number=caller))
    worker = PipelineWorker(
        Pipeline(
            [transport.input(), stt, parts.user, parts.brain,
             tts, transport.output(), parts.assistant]
        )
    )

Then answer the line, where the transport says that somebody is there:

    @transport.event_handler("on_client_connected")
    async def on_client_connected(transport, client):
        parts.brain.begin()

Notes for whoever composes a pipeline (Pipecat 1.14.0):

* without a voice (and without transports) the same three hold a conversation as text:
  queue ``LLMMessagesAppendFrame([{"role": "user", "content": words}], run_llm=True)``;
  give the worker ``idle_timeout_secs=None``, for typed text is no activity to it;
* the words that a caller heard are as exact as the voice's word times; a voice without them
  loses the whole sentence that is cut;
* the brain watches silence itself (``if_silent``): leave ``user_idle_timeout`` off;
* eager turn strategies, which answer before the turn is over, are not supported: a flow
  answers with facts, and cannot take them back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMAssistantAggregator,
    LLMAssistantAggregatorParams,
    LLMContextAggregatorPair,
    LLMUserAggregator,
    LLMUserAggregatorParams,
)
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from flowkit.dialogue.acts import Json
from flowkit.dialogue.events import CallFacts
from flowkit.dialogue.flow import Agent
from flowkit.ports import Clock, Host, Journal, Understander, WallClock
from flowkit.session import Session
from flowkit.toolcalls import ToolFunction
from flowkit.understanding.rules import RulesUnderstander
from flowkit.voice.brain import FlowBrain, TransferCall
from flowkit.voice.turns import turn_starts


@dataclass(frozen=True, slots=True)
class Parts:
    """The processors of one call, in the order in which they stand in the pipeline."""

    user: LLMUserAggregator
    """After speech recognition: makes turns of what the caller says."""
    brain: FlowBrain
    """Where an LLM service would stand."""
    assistant: LLMAssistantAggregator
    """After ``transport.output()``: keeps what was heard."""
    context: LLMContext
    """The conversation as the caller heard it; a view, nothing is decided by it."""

    @property
    def session(self) -> Session:
        """The session of the call; there is one from the pipeline's start on."""
        session = self.brain.session
        assert isinstance(session, Session)
        return session


def build(
    agent: Agent,
    *,
    facts: CallFacts,
    given: Mapping[str, Json] | None = None,
    language: str | None = None,
    understander: Understander | None = None,
    tools: Mapping[str, ToolFunction] | None = None,
    journal: Journal | None = None,
    data: str = "",
    transfer: TransferCall | None = None,
    clock: Clock | None = None,
    context: LLMContext | None = None,
    user_params: LLMUserAggregatorParams | None = None,
    assistant_params: LLMAssistantAggregatorParams | None = None,
) -> Parts:
    """Make the processors that hold one call by a flow.

    Args:
        agent: What to talk by.
        facts: Who calls; its ``id`` is unique for this call.
        given: Values that come with the call.
        language: None: the agent's own.
        understander: Who turns words into acts; None: by rules, without a model.
        tools: Functions to call instead of the agent's, by name.
        journal: Where the events of the call are written.
        data: The folder that tools get as ``call.data``; empty: the agent's own.
        transfer: Puts the caller through to a person and returns whether one took the
            call. None: nobody ever answers.
        clock: None: the loop's monotonic clock in the agent's time zone.
        context: None: an empty one. Messages that are in it already were said before.
        user_params: Turn strategies and VAD. Without strategies they are Pipecat's
            defaults, made to heed ``interrupt`` (see ``turns``); with your own, begin with
            ``turns.turn_starts``, or ``never`` is a word only. ``empty_user_turn`` is
            overruled: what a cough means is for the flow to say, not for a model.
        assistant_params: As Pipecat has them.
    """
    context = context or LLMContext()
    params = replace(user_params or LLMUserAggregatorParams(), empty_user_turn=None)
    if params.user_turn_strategies is None:
        params.user_turn_strategies = UserTurnStrategies(
            start=turn_starts(lambda: brain.interrupt)
        )
    pair = LLMContextAggregatorPair(
        context, user_params=params, assistant_params=assistant_params
    )

    def open_session(host: Host, time: Clock) -> Session:
        return Session(
            agent,
            host,
            understander=understander or RulesUnderstander(agent),
            clock=time,
            facts=facts,
            given=given,
            language=language,
            tools=tools,
            journal=journal,
            data=data,
        )

    brain = FlowBrain(
        pair,
        open_session,
        transfer=transfer,
        open_clock=lambda: clock or WallClock(agent.timezone),
    )
    return Parts(pair.user(), brain, pair.assistant(), context)
