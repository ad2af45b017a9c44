"""Going back in a call: a moment is kept, and a new call goes on from there.

The engine's state is plain data, so a call can be taken up again from any moment at which
the agent was waiting: the state, what was being spoken, and the timers that were running,
with the time they had left. Tools that were running then are called again, unless they
cannot be undone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from flowkit.dialogue import effects
from flowkit.dialogue.state import State
from flowkit.dialogue.trace import TraceRecord
from flowkit.testing.textcall import Entry, Speech, TextCall, ToolUse


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything that a call was at one moment."""

    state: State
    now: datetime
    speeches: tuple[Speech, ...]
    tools: tuple[ToolUse, ...]
    records: tuple[TraceRecord, ...]
    transcript: tuple[Entry, ...]
    ended: effects.End | None
    transferred: effects.Transfer | None


def keep(call: TextCall) -> Moment:
    """Return the present moment of a call."""
    return Moment(
        state=call.state,
        now=call.clock.now(),
        speeches=tuple(replace(speech) for speech in call.speeches),
        tools=tuple(call.tools),
        records=tuple(call.records),
        transcript=tuple(call.transcript),
        ended=call.ended,
        transferred=call.transferred,
    )


def take_up(call: TextCall, moment: Moment) -> None:
    """Put a new call, which was not opened, into a moment of another one.

    The call must have been made for the same agent, and with a clock that starts at
    ``moment.now``.
    """
    call.speeches[:] = [replace(speech) for speech in moment.speeches]
    call.tools[:] = moment.tools
    call.transcript[:] = moment.transcript
    call.transferred = moment.transferred
    session = call.session
    session.trace[:] = moment.records
    session.ended = moment.ended
    call.turn(None)  # what has happened belongs to turns that are told already
    if moment.ended is not None:
        session.rewind(moment.state, ())
        return
    calls = list(_calls(moment))
    for effect in calls:
        call.await_again(effect)
    session.rewind(moment.state, [*_timers(moment), *calls])


def _timers(moment: Moment) -> Iterable[effects.StartTimer]:
    """Yield the timers that were running, with the time they had left."""
    for record in moment.records:
        passed = (moment.now - record.at).total_seconds()
        for effect in record.effects:
            if isinstance(effect, effects.StartTimer) and (
                effect.id in moment.state.timers
            ):
                yield replace(effect, seconds=max(0.0, effect.seconds - passed))


def _calls(moment: Moment) -> Iterable[effects.CallTool]:
    for record in moment.records:
        for effect in record.effects:
            if isinstance(effect, effects.CallTool) and (
                effect.id in moment.state.calls and not effect.commit
            ):
                yield effect
