"""What a caller does, done in a text call."""

from __future__ import annotations

from flowkit.dialogue import events
from flowkit.testing.clocks import CALLER_TIMERS
from flowkit.testing.textcall import TextCall, Turn

from .commands import Interrupt, Keys, Move, Over, Silence, Words


class CannotDoError(Exception):
    """What the tester wants is not possible now; the text says why."""


async def perform(call: TextCall, move: Move) -> Turn:
    """Do what the caller does, until the agent waits again."""
    match move:
        case Words():
            return await call.say(move.text)
        case Over():
            return await call.over(move.text, move.words)
        case Interrupt():
            return await call.interrupt(move.words)
        case Keys():
            return await call.keys(move.digits)
        case Silence():
            return await call.silence(move.seconds)


async def in_seconds(call: TextCall, silence: Silence) -> Silence:
    """Return a silence with its length: until something happens, if none was said."""
    if silence.seconds is not None:
        return silence
    await call.finish_all()
    due = call.clock.next_in(CALLER_TIMERS)
    if due is None:
        raise CannotDoError("The agent does not wait for anything.")
    return Silence(due)


async def switch(call: TextCall, language: str) -> None:
    """Change the language; what the agent says then belongs to the next turn."""
    await call.finish_all()
    await call.session.feed(events.LanguageChanged(call.clock.now(), language))
    await call.rest()
