"""The engine: ``step(agent, state, event) -> (state', effects, trace)``.

A pure function. Rules of the core (the others, by number: RULES.md beside this file):

* every event carries its time; nothing here reads a clock, awaits or draws lots;
* every effect that expects an answer has an id, and an answer whose id is not pending is
  ignored and traced: that one rule covers barge-in, late results, cancelled tools and
  timers that fire twice;
* what the caller says before the last words were understood is understood together with
  them;
* nothing a host can send raises; a developer's code that breaks is reported and the call
  goes on.

This module turns events into changes; ``answering`` deals with what the caller meant,
``settling`` with what follows, ``speaking`` with what was heard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, assert_never

from flowkit.dialogue import effects, events, flow
from flowkit.dialogue.acts import Act, Json, Not, Nothing, Same, Set, Unclear
from flowkit.dialogue.answering import answer
from flowkit.dialogue.effects import Effect
from flowkit.dialogue.events import Event
from flowkit.dialogue.flow import Agent
from flowkit.dialogue.handoffs import nobody
from flowkit.dialogue.ladders import speech_heard
from flowkit.dialogue.requesting import build_request
from flowkit.dialogue.returning import take_after_the_end, tool_failed, tool_returned
from flowkit.dialogue.runs import new_run
from flowkit.dialogue.settling import call_again, settle
from flowkit.dialogue.speaking import (
    question_begun,
    question_heard,
    sentence_at,
    settle_speech,
)
from flowkit.dialogue.startat import skip_to
from flowkit.dialogue.state import Hearing, Held, Run, State
from flowkit.dialogue.timing import arm, end_call, timer_fired
from flowkit.dialogue.trace import TraceRecord
from flowkit.dialogue.turn import Turn
from flowkit.dialogue.utterance import is_filler
from flowkit.dialogue.walk import is_before_commit

FIRST_WORD_S = 2.0
"""How long the agent waits when the caller speaks first."""
KEYS_S = 3.0
"""How long after the last digit a number typed without ``#`` counts as complete."""
MOST_TEXT = 2_000
MOST_KEYS = 64


class Stepped(NamedTuple):
    """What one event leads to."""

    state: State
    effects: tuple[Effect, ...]
    trace: TraceRecord


def start(
    agent: Agent,
    event: events.CallStarted,
    *,
    slots: Mapping[str, Json] | None = None,
    at_step: str | None = None,
    results: Mapping[str, Json] | None = None,
) -> Stepped:
    """Begin a call.

    Args:
        agent: Who answers.
        event: When, and what is known of the call.
        slots: For tests: values that count as heard, not confirmed.
        at_step: For tests: a step's verb, tool or slot; everything before it counts as
            done.
        results: For tests: what tools before that step returned, by tool.
    """
    language = event.language if event.language in agent.languages else agent.language
    state = State(
        agent=agent.fingerprint,
        facts=event.facts,
        started=event.at.isoformat(timespec="seconds"),
        language=language or agent.language,
        given=dict(event.given),
    )
    turn = Turn(agent, state, event.at)
    turn.enter(new_run(turn, agent.start))
    turn.note("start", f"the flow {agent.start} starts", turn.flow.path)
    if slots or at_step:
        skip_to(turn, slots or {}, at_step, results or {})
    first = turn.flow.speaks_first or (
        "caller" if event.facts.direction == "out" else "bot"
    )
    if first == "caller":
        turn.start_timer("first", FIRST_WORD_S)
    else:
        settle(turn)
    return _finish(turn, event)


def step(agent: Agent, state: State, event: Event) -> Stepped:
    """Take one event; return the new state, what is to be done, and why."""
    turn = Turn(agent, state, event.at)
    if state.over:
        take_after_the_end(turn, event)
    else:
        _take(turn, event)
    return _finish(turn, event)


def _finish(turn: Turn, event: Event) -> Stepped:
    if not turn.state.over:
        arm(turn)
    trace = TraceRecord(event.at, event, tuple(turn.moves), tuple(turn.effects))
    return Stepped(turn.freeze(), tuple(turn.effects), trace)


def _take(turn: Turn, event: Event) -> None:
    match event:
        case events.CallStarted():
            turn.note("ignored", "the call had started already")
        case events.CallerSaid():
            _caller_said(turn, event)
        case events.Understood():
            _understood(turn, event)
        case events.SpeechFinished():
            _speech_ended(turn, event.id, None)
        case events.CallerInterrupted():
            _speech_ended(turn, event.id, event.heard)
        case events.KeysPressed():
            _keys_pressed(turn, event)
        case events.ToolReturned():
            tool_returned(turn, event)
        case events.ToolFailed():
            tool_failed(turn, event)
        case events.TransferEnded():
            _transfer_ended(turn, event)
        case events.TimerFired():
            if timer_fired(turn, event) == "keys":
                _submit_keys(turn)
        case events.LanguageChanged():
            _language_changed(turn, event)
        case events.CallResumed():
            _resumed(turn)
        case events.CallerHungUp():
            _hung_up(turn)
        case _:
            assert_never(event)


def _stale(turn: Turn, what: str) -> None:
    turn.note("stale_answer", f"{what}: nobody waits for it (any more)")


# --- the caller ------------------------------------------------------------------------------


def _caller_said(turn: Turn, event: events.CallerSaid) -> None:
    text = event.text.strip()[:MOST_TEXT]
    state = turn.state
    pending = state.hearing
    if state.transfer or not text or (pending and pending.text.endswith(text)):
        turn.set(listening=False)
        turn.cancel_timers("listening")
        turn.note("ignored", "nothing was said that could be used")
        settle(turn)
        return
    turn.cancel_timers("first", "listening", "grace")
    speech_heard(turn)
    heard = event.heard if state.speech is not None else None
    speaking = state.speech is not None
    opened = turn.run.open
    answers = opened is not None and opened.asked and opened.heard
    early = False
    if state.speech is not None:
        never = sentence_at(state.speech, heard).interrupt == "never"
        if state.speech.asks:
            answers = question_heard(state.speech, heard or "")
            early = not question_begun(state.speech, heard or "")
        early = never or early
    if pending is not None:
        text = f"{pending.text} {text}"[-MOST_TEXT:]
        heard, answers, early = pending.heard, pending.answers, pending.early
        turn.note("together", "understood together with what was said just before")
    number = turn.next()
    turn.set(
        turn=state.turn + (pending is None),
        listening=False,
        hearing=Hearing(number, text, heard, answers, early),
    )
    request = build_request(
        turn,
        text,
        heard=answers,
        speaking=speaking,
        alternatives=event.alternatives[:10],
    )
    turn.emit(effects.Understand(number, request))


def _understood(turn: Turn, event: events.Understood) -> None:
    hearing = turn.state.hearing
    if hearing is None or hearing.id != event.id:
        _stale(turn, "a reading of what the caller said")
        return
    turn.set(hearing=None)
    said = event.acts or (Nothing(),)
    if hearing.again:
        values = Set | Not | Same | Unclear
        said = tuple(act for act in said if isinstance(act, values))
        if said:
            answer(turn, said, answers=False, early=False, text=hearing.text)
        settle(turn)
        return
    speech = turn.state.speech
    if speech is None:
        turn.set(held=(*turn.state.held, _held(said, hearing)))
        _answer_held(turn)
        settle(turn)
        return
    held = _held(said, hearing)
    if speech.stopping:
        turn.set(held=(*turn.state.held, held))
        return
    policy = sentence_at(speech, hearing.heard).interrupt
    if _lets_talk(policy, said):
        turn.note("keeps_talking", f"{policy}: the agent goes on speaking")
    elif policy == "never":
        turn.note("held", "kept until the prompt has been heard")
        turn.set(held=(*turn.state.held, held))
    else:
        turn.note("stops", f"{policy}: the agent stops")
        turn.set(speech=replace(speech, stopping=True), held=(*turn.state.held, held))
        turn.emit(effects.StopSpeaking(speech.id))


def _held(said: tuple[Act, ...], hearing: Hearing) -> Held:
    return Held(said, hearing.answers, hearing.early, hearing.text)


def _answer_held(turn: Turn) -> None:
    """Deal with what was understood, oldest first, until something is being said."""
    while turn.state.held and turn.state.speech is None and not turn.state.over:
        one, *rest = turn.state.held
        turn.set(held=tuple(rest))
        answer(turn, one.acts, answers=one.answers, early=one.early, text=one.text)


def _lets_talk(policy: str, said: tuple[Act, ...]) -> bool:
    """Whether what was said does not even count: an acknowledgement, a filler."""
    if is_filler(said):
        return True
    return policy == "with_answer" and all(
        isinstance(act, Nothing) or is_filler((act,)) for act in said
    )


def _speech_ended(turn: Turn, number: int, heard: str | None) -> None:
    speech = turn.state.speech
    if speech is None or speech.id != number:
        _stale(turn, "the end of a speech")
        return
    settle_speech(turn, speech, heard)
    if turn.state.hearing is not None:
        return  # what is just being understood is answered together with what waits
    waited = bool(turn.state.held)
    _answer_held(turn)
    if heard is not None and not waited and not speech.stopping:
        turn.note("cut", "the agent was cut and listens")
        turn.set(listening=True)
        return
    settle(turn)


def _keys_pressed(turn: Turn, event: events.KeysPressed) -> None:
    typed = turn.state.keys + "".join(c for c in event.keys if c in "0123456789*#")
    turn.cancel_timers("silence", "keys", "listening")
    turn.set(listening=False)
    done = "#" in typed
    typed = typed.split("#")[0][:MOST_KEYS]
    turn.set(keys=typed)
    opened = turn.run.open
    slot = turn.flow.slots.get(opened.ref) if opened is not None else None
    length = getattr(slot.type, "length", None) if slot is not None else None
    if done or (isinstance(length, int) and len(typed) >= length):
        _submit_keys(turn)
    elif typed:
        turn.start_timer("keys", KEYS_S)


def _submit_keys(turn: Turn) -> None:
    keys = turn.state.keys
    if keys and turn.state.hearing is not None:
        turn.start_timer("keys", KEYS_S)  # first what is being said
        return
    turn.set(keys="")
    if not keys or turn.state.transfer:
        turn.note("ignored", "no digits")
        return
    speech = turn.state.speech
    number = turn.next()
    opened = turn.run.open
    turn.set(
        turn=turn.state.turn + 1,
        hearing=Hearing(number, keys, None, answers=opened is not None),
    )
    request = build_request(
        turn, "", heard=True, speaking=speech is not None, keys=keys
    )
    turn.emit(effects.Understand(number, request))


def _hung_up(turn: Turn) -> None:
    turn.note("hung_up", "the caller hung up")
    if turn.state.outcome is None:
        turn.set(outcome="hung_up")
    end_call(turn)


def _language_changed(turn: Turn, event: events.LanguageChanged) -> None:
    if event.language not in turn.agent.languages:
        turn.note("language", f"there is no language {event.language} here")
        return
    turn.set(language=event.language)
    turn.note("language", f"the call goes on in {event.language}")
    speech = turn.state.speech
    if speech is not None and not speech.stopping:
        turn.set(speech=replace(speech, stopping=True))
        turn.emit(effects.StopSpeaking(speech.id))
    opened = turn.run.open
    if opened is not None and turn.state.hearing is None:
        turn.set_run(open=replace(opened, asked=False, heard=False))
    settle(turn)


def _transfer_ended(turn: Turn, event: events.TransferEnded) -> None:
    if not turn.state.transfer or turn.state.transfer != event.id:
        _stale(turn, "the end of a transfer")
        return
    turn.set(transfer=0)
    opened = turn.run.open
    if event.connected or opened is None:
        turn.note("transferred", "a person has the call")
        end_call(turn)
        return
    turn.note("nobody", "nobody took the call")
    key = opened.ref
    turn.set_run(open=None)
    asked = turn.flow.by_id.get(key.split(":")[-1])
    nobody(turn, asked if isinstance(asked, flow.Handoff) else None, key)
    settle(turn)


def _resumed(turn: Turn) -> None:
    """Go on with a call in another place: nothing that was in flight still is.

    Calls of repeatable tools are made again by the walk; a commit in flight is made again
    at once, under its key. The clock is new, so results that can be had again are, but
    for those that led to a commit (RULES 33).
    """
    commits = [
        call for call in turn.state.calls.values() if call.commit and not call.overdue
    ]
    turn.set(speech=None, hearing=None, held=(), timers={}, listening=False, transfer=0)
    turn.set(calls={call.id: call for call in commits})
    below, active = turn.below, turn.run
    turn.below = tuple(_refreshed(turn, run) for run in below)
    turn.enter(_refreshed(turn, active))
    turn.set(calls={})
    for call in commits:
        call_again(turn, call)
    opened = turn.run.open
    if opened is not None:
        turn.set_run(open=replace(opened, asked=False, heard=False))
    turn.note("resumed", "the call goes on")
    settle(turn)


def _refreshed(turn: Turn, run: Run) -> Run:
    """Return a run with a new clock and without results that can be had again."""
    turn.enter(run)
    kept = {
        key: result
        for key, result in run.results.items()
        if isinstance(done := turn.flow.by_id.get(key.split(":")[-1]), flow.Do)
        and (done.commit or is_before_commit(turn, done, key))
    }
    return replace(
        run,
        now=turn.at.isoformat(timespec="minutes"),
        results=kept,
        saved={name: key for name, key in run.saved.items() if key in kept},
    )
