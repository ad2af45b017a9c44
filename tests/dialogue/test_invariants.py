"""What holds whatever happens: a state machine over the bare ``step``.

The machine plays a host that answers effects in any order, late, twice or never, and a
caller who says anything at any time.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from flowkit.dialogue import acts, codec, effects, events
from flowkit.dialogue.engine import start, step
from flowkit.dialogue.scope import CallScope

from .conversation import NOW, Conversation, agent_of, set_
from .flows import ALTERNATIVES, BOOK, DELIVERY, PHONE
from .test_several_flows import BOOK as BOOK_FLOW
from .test_several_flows import CHANGE, DOOR, OTHER, made

AGENTS = {
    name: agent_of(text)
    for name, text in {
        "book": BOOK,
        "phone": PHONE,
        "alternatives": ALTERNATIVES,
        "delivery": DELIVERY,
        "never": BOOK.replace(
            "Shall I book it?", "Shall I book it?\n    interrupt: never"
        ),
    }.items()
}

_FOLDER = Path(tempfile.mkdtemp(prefix="flowkit-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
AGENTS["several"] = made(
    _FOLDER,
    "door",
    door=DOOR,
    book=BOOK_FLOW.replace(
        "    save_as: booking\n",
        "    save_as: booking\n    if_changed_later:\n      - go_to: change\n"
        "        with: [size]\n",
    ),
    change=CHANGE,
    other=OTHER,
)

VALUES = {
    "size": st.sampled_from([2, 4]),
    "day": st.sampled_from(["2026-11-27", "2026-11-28"]),
    "code": st.sampled_from(["B1", "C2"]),
    "wish": st.sampled_from(["flowers", "a view"]),
    "party_size": st.sampled_from([0, 2, 4, 50]),
    "date": st.sampled_from(["2026-11-27", "2026-11-28", "2020-01-01"]),
    "time": st.sampled_from(["19:00", "20:30", "23:00"]),
    "name": st.sampled_from(["Anna", "Carla"]),
    "phone": st.sampled_from(["+16175550111", "+16175550222"]),
    "topic": st.sampled_from(["a leak", "a bill"]),
    "kind": st.sampled_from(["delivery", "pickup"]),
    "address": st.sampled_from(["Via Roma", "Elm Street"]),
}
SETS = st.one_of(
    [
        st.builds(
            acts.Set,
            st.just(slot),
            value,
            computed=st.booleans(),
            certainty=st.sampled_from([0.5, 1.0]),
        )
        for slot, value in VALUES.items()
    ]
)
SLOTS = st.sampled_from(sorted(VALUES))
ACTS = st.one_of(
    SETS,
    SETS,
    SETS,
    st.builds(acts.Unset, SLOTS),
    st.builds(acts.Not, st.just("date"), st.just("2026-11-27")),
    st.builds(acts.Choose, st.integers(-1, 4)),
    st.builds(acts.Same, st.sampled_from(["before", "caller.number", "other"])),
    st.builds(acts.Start, st.sampled_from(["book", "change", "other", "nowhere"])),
    st.builds(acts.AskAbout, st.sampled_from(["anytime.0", "none"])),
    st.builds(acts.Repeat, st.sampled_from(["last", "slower", "summary"])),
    st.builds(acts.Unclear, st.lists(SETS, max_size=3).map(tuple)),
    st.builds(
        acts.Unclear, st.just(()), SLOTS, st.sampled_from(["vague", "too_short"])
    ),
    st.builds(acts.Nothing, filler=st.booleans()),
    st.sampled_from(
        [
            acts.Yes(), acts.Yes(), acts.No(), acts.Why(), acts.Help(), acts.Wait(),
            acts.Resume(), acts.Back(), acts.Cancel(), acts.Restart(), acts.Person(),
            acts.Goodbye(), acts.Thanks(), acts.Ack(), acts.Refuse(), acts.OffTopic(),
        ]
    ),
)  # fmt: skip
RESULTS = st.sampled_from(
    [
        {"status": "free", "reference": "B1", "total": 3},
        {"status": "full", "alternatives": [{"time": "18:00"}, {"time": "21:30"}]},
        {"status": "full", "alternatives": []},
        {"status": "full", "alternatives": "rubbish"},
        [],
        None,
        "text",
        7,
    ]
)
ANSWERED = (effects.Say, effects.Understand, effects.CallTool, effects.StartTimer)


class Calls(RuleBasedStateMachine):
    """Everything a host can send, in any order."""

    @initialize(
        name=st.sampled_from(sorted(AGENTS)),
        number=st.sampled_from([None, "+16175550142"]),
    )
    def begin(self, name: str, number: str | None) -> None:
        self.agent = AGENTS[name]
        self.now = NOW
        self.all_effects: list[effects.Effect] = []
        self.sent: list[events.Event] = []
        self.begun = events.CallStarted(
            self.now, events.CallFacts("call-1", number=number)
        )
        first = start(self.agent, self.begun)
        self.state = first.state
        self.all_effects += first.effects

    def send(self, event: events.Event) -> None:
        self.sent.append(event)
        stepped = step(self.agent, self.state, event)
        for effect in stepped.effects:
            if isinstance(effect, effects.Say):
                assert self.state.speech is None or not isinstance(
                    stepped.state.speech, type(None)
                )
        says = [one for one in stepped.effects if isinstance(one, effects.Say)]
        assert len(says) <= 1, "two utterances at once"
        if says and self.state.speech is not None:
            ended = isinstance(
                event,
                (events.SpeechFinished, events.CallerInterrupted, events.CallResumed),
            )
            assert ended, "spoke while it was speaking"
        self.state = stepped.state
        self.all_effects += stepped.effects

    @rule(said=st.lists(ACTS, min_size=1, max_size=3), words=st.integers(0, 30))
    def caller_says(self, said: list[acts.Act], words: int) -> None:
        speech = self.state.speech
        heard = None
        if speech is not None:
            text = " ".join(one.text for one in speech.segments).split()
            heard = " ".join(text[:words])
        self.send(events.CallerSaid(self.now, f"words {len(self.sent)}", heard))
        hearing = self.state.hearing
        if hearing is not None:
            self.send(events.Understood(self.now, hearing.id, tuple(said)))

    @rule()
    def caller_says_and_is_not_understood_yet(self) -> None:
        self.send(events.CallerSaid(self.now, f"more {len(self.sent)}"))

    @precondition(lambda self: self.state.hearing is not None)
    @rule(said=st.lists(ACTS, max_size=3))
    def it_is_understood(self, said: list[acts.Act]) -> None:
        assert self.state.hearing is not None
        self.send(events.Understood(self.now, self.state.hearing.id, tuple(said)))

    @precondition(lambda self: self.state.speech is not None)
    @rule()
    def speech_finishes(self) -> None:
        assert self.state.speech is not None
        self.send(events.SpeechFinished(self.now, self.state.speech.id))

    @precondition(lambda self: self.state.speech is not None)
    @rule(words=st.integers(0, 30))
    def speech_is_cut(self, words: int) -> None:
        assert self.state.speech is not None
        text = " ".join(one.text for one in self.state.speech.segments).split()
        heard = " ".join(text[:words])
        self.send(events.CallerInterrupted(self.now, self.state.speech.id, heard))

    @precondition(lambda self: self.state.calls)
    @rule(data=st.data(), result=RESULTS)
    def tool_returns(self, data: st.DataObject, result: object) -> None:
        number = data.draw(st.sampled_from(sorted(self.state.calls)))
        self.send(events.ToolReturned(self.now, number, result))

    @precondition(lambda self: self.state.calls)
    @rule(data=st.data(), reason=st.sampled_from(["error", "timeout"]))
    def tool_fails(self, data: st.DataObject, reason: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.state.calls)))
        self.send(events.ToolFailed(self.now, number, reason))

    @precondition(lambda self: self.state.timers)
    @rule(data=st.data())
    def timer_fires(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.state.timers)))
        self.now += timedelta(seconds=6)
        self.send(events.TimerFired(self.now, number))

    @precondition(lambda self: self.state.transfer)
    @rule(connected=st.booleans())
    def transfer_ends(self, connected: bool) -> None:
        self.send(events.TransferEnded(self.now, self.state.transfer, connected))

    @rule(keys=st.sampled_from(["1", "42#", "#", "6175550111#", "9" * 200]))
    def keys_are_pressed(self, keys: str) -> None:
        self.send(events.KeysPressed(self.now, keys))

    @rule()
    def the_call_is_resumed(self) -> None:
        self.send(events.CallResumed(self.now))

    @rule(number=st.integers(10_000, 10_010))
    def a_stale_answer_changes_nothing(self, number: int) -> None:
        before = codec.state_to_json(self.state)
        for event in (
            events.Understood(self.now, number, (acts.Yes(),)),
            events.SpeechFinished(self.now, number),
            events.CallerInterrupted(self.now, number, "words"),
            events.ToolReturned(self.now, number, {"status": "free"}),
            events.ToolFailed(self.now, number, "error"),
            events.TimerFired(self.now, number),
            events.TransferEnded(self.now, number, connected=True),
        ):
            stepped = step(self.agent, self.state, event)
            assert codec.state_to_json(stepped.state) == before
            assert stepped.effects == ()

    @rule()
    def hang_up(self) -> None:
        if len(self.sent) > 12:
            self.send(events.CallerHungUp(self.now))

    @invariant()
    def something_is_pending_unless_it_is_over(self) -> None:
        if not hasattr(self, "state") or self.state.over:
            return
        state = self.state
        waiting = any(not call.overdue for call in state.calls.values())
        assert (
            state.speech or state.hearing or state.timers or state.transfer or waiting
        ), "dead air"

    @invariant()
    def the_state_round_trips_through_json(self) -> None:
        if hasattr(self, "state"):
            data = codec.state_to_json(self.state)
            assert codec.state_from_json(data) == self.state

    @invariant()
    def confirmed_implies_heard(self) -> None:
        if hasattr(self, "state"):
            for run in self.state.runs:
                for key, versions in run.confirmed.items():
                    heard = run.heard.get(key, {})
                    for name, version in versions.items():
                        assert heard.get(name) == version

    @invariant()
    def all_filled_slots_satisfy_their_rules(self) -> None:
        if not hasattr(self, "state"):
            return
        scope = CallScope(self.agent, self.state)
        for slot in scope.flow.slots.values():
            if scope.slot(slot.name).value is None:
                continue
            for one in slot.rules:
                known = all(
                    scope.slot(name).value is not None
                    for name in one.test.reads
                    if name in scope.flow.slots
                )
                assert not known or one.test.verdict(scope).holds

    @invariant()
    def a_commit_is_made_once(self) -> None:
        if hasattr(self, "state"):
            made: dict[str, int] = {}
            failed = sum(isinstance(one, events.ToolFailed) for one in self.sent)
            resumed = sum(isinstance(one, events.CallResumed) for one in self.sent)
            for effect in self.all_effects:
                if isinstance(effect, effects.CallTool) and effect.commit:
                    run = effect.key.split("/")[1]
                    made[run] = made.get(run, 0) + 1
            for number in made.values():
                assert number <= 1 + failed + resumed

    def teardown(self) -> None:
        """Replaying the same events gives the same effects."""
        if not hasattr(self, "state"):
            return
        first = start(self.agent, self.begun)
        state, again = first.state, list(first.effects)
        for event in self.sent:
            stepped = step(self.agent, state, event)
            state = stepped.state
            again += stepped.effects
        assert state == self.state
        assert again == self.all_effects


Calls.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestCalls = Calls.TestCase


FILLS = (
    set_("party_size", 4),
    set_("date", "2026-11-27"),
    set_("time", "19:00"),
    set_("name", "Anna"),
)
BOOKED = (
    "make_booking",
    {"party_size": 4, "date": "2026-11-27", "time": "19:00", "name": "Anna"},
)


def _commits(talk: Conversation) -> list[tuple[str, dict[str, object]]]:
    return [call for call in talk.calls if call[0] == "make_booking"]


@pytest.mark.parametrize("order", list(permutations(FILLS)))
def test_any_order_of_fills_ends_in_the_same_booking_once(
    order: tuple[acts.Set, ...],
) -> None:
    talk = Conversation(AGENTS["book"], tools={"make_booking": {"reference": "B1"}})
    for fill in order:
        talk.caller(fill)
    talk.caller(acts.Yes())
    assert _commits(talk) == [BOOKED]
    assert talk.state.outcome == "booked"


@given(
    detours=st.lists(
        st.sampled_from(
            [
                set_("party_size", 2),
                set_("party_size", 50),
                set_("date", "2026-11-28"),
                set_("date", "2020-01-01"),
                set_("time", "20:30"),
                set_("time", "23:00"),
                set_("name", "Carla"),
                acts.Unset("date"),
            ]
        ),
        max_size=6,
    ),
    order=st.permutations(FILLS),
)
@settings(max_examples=60, deadline=None)
def test_any_corrections_that_end_in_the_same_values_end_in_the_same_booking(
    detours: list[acts.Act], order: list[acts.Set]
) -> None:
    talk = Conversation(AGENTS["book"], tools={"make_booking": {"reference": "B1"}})
    for act in detours:
        if talk.state.outcome is None:
            talk.caller(act)
    if talk.state.outcome is not None:  # three refusals end with a person: allowed
        return
    for fill in order:
        talk.caller(fill)
        if talk.waits in ("party_size", "date", "time") and fill.slot == talk.waits:
            talk.caller(fill)
    for _ in range(3):
        if talk.waits == "confirm":
            talk.caller(acts.Yes())
    assert _commits(talk) == [BOOKED]
