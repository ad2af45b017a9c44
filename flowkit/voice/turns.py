"""When the caller's turn begins, and whether that stops the agent.

Pipecat's start strategies stop the agent at the first sound of the caller. That is right
for sentences that may be interrupted at any time. Where the flow says ``with_answer`` or
``never``, the turn begins all the same, so that no word is lost, but the agent goes on:
what the caller says is understood first, and the dialogue stops the speech, or does not.

Nothing is muted (Pipecat discards what is said under mute) and no speech is made
uninterruptible (with 1.14.0 that corrupts the context).
"""

from __future__ import annotations

from collections.abc import Callable

from pipecat.turns.user_start import (
    BaseUserTurnStartStrategy,
    TranscriptionUserTurnStartStrategy,
    VADUserTurnStartStrategy,
)

Policy = Callable[[], str | None]
"""Returns ``interrupt`` of the sentence that is being spoken; None while silent."""


class _Polite(BaseUserTurnStartStrategy):  # type: ignore[no-untyped-call]
    """Lets a turn begin without an interruption where the flow asks for that."""

    policy: Policy

    async def trigger_user_turn_started(
        self,
        *,
        enable_interruptions: bool | None = None,
        enable_user_speaking_frames: bool | None = None,
    ) -> None:
        """Begin the caller's turn, over the agent if the flow wants it so."""
        if self.policy() not in (None, "anytime"):
            enable_interruptions = False
        await super().trigger_user_turn_started(
            enable_interruptions=enable_interruptions,
            enable_user_speaking_frames=enable_user_speaking_frames,
        )


class FlowVADStart(_Polite, VADUserTurnStartStrategy):  # type: ignore[no-untyped-call]
    """Begins a turn with the caller's voice."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.policy = policy


class FlowTranscriptionStart(  # type: ignore[no-untyped-call]
    _Polite, TranscriptionUserTurnStartStrategy
):
    """Begins a turn with the first words, where no voice was detected."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.policy = policy


def turn_starts(policy: Policy) -> list[BaseUserTurnStartStrategy]:
    """Return what begins a turn: Pipecat's defaults, made to heed the flow."""
    return [FlowVADStart(policy), FlowTranscriptionStart(policy)]
