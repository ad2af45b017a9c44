"""The workspace of one step: the state as it becomes, and what has been decided.

A ``Turn`` lives for one call of ``engine.step``. The modules of the engine (``walk``,
``settling``, ``filling``, ``answering``, ``speaking``) are functions over it. It holds
the active run apart from the state, since most changes are changes of that run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flowkit.dialogue import effects, flow
from flowkit.dialogue.effects import Effect, Segment
from flowkit.dialogue.flow import Agent, Flow, Named, Sentence, Slot
from flowkit.dialogue.protocols import speak_value
from flowkit.dialogue.records import amend, evolve
from flowkit.dialogue.scope import CLOCK, EMPTY_SLOT, CallScope
from flowkit.dialogue.state import Run, SlotValue, State, Timer
from flowkit.dialogue.trace import Move


class Turn:
    """What one step works on."""

    __slots__ = (
        "_own_run",
        "_own_state",
        "_scope",
        "_seq",
        "agent",
        "asked",
        "asks",
        "at",
        "below",
        "effects",
        "flow",
        "moves",
        "out",
        "run",
        "state",
        "voiced",
    )

    def __init__(self, agent: Agent, state: State, at: datetime) -> None:
        self.agent = agent
        self.state = state
        self.at = at
        self.effects: list[Effect] = []
        self.moves: list[Move] = []
        self.out: list[Segment] = []
        """Sentences decided on and not yet spoken; ``speaking.flush`` speaks them."""
        self.voiced: set[str] = set()
        """Keys of the ``say`` steps among them."""
        self.asks = False
        """The last sentence of ``out`` is the open question."""
        self.asked = ""
        """Key of the question that was open before this step: asked again, it is short."""
        self.below: tuple[Run, ...] = state.runs[:-1]
        self._scope: CallScope | None = None
        self._seq = state.seq
        # copies of this turn's own: changed in place until the turn is over
        self._own_state: State | None = None
        self._own_run: Run | None = None
        if state.runs:
            self.run: Run = state.runs[-1]
            self.flow: Flow = agent.flows[self.run.flow]

    # --- state ---------------------------------------------------------------------------

    def set(self, **changes: Any) -> None:  # any: checked by the record's constructor
        """Change fields of the state."""
        state = self.state
        new = {k: v for k, v in changes.items() if getattr(state, k) is not v}
        if not new:
            return
        if state is self._own_state:
            amend(state, new)
        else:
            self.state = self._own_state = evolve(state, new)
        self._scope = None

    def set_run(self, **changes: Any) -> None:  # any: see ``set``
        """Change fields of the active run."""
        if self.run is self._own_run:
            amend(self.run, changes)
        else:
            self.run = self._own_run = evolve(self.run, changes)
        self._scope = None

    def push(self, run: Run) -> None:
        """Start another run on top of the active one."""
        self.below = (*self.below, self.run)
        self.enter(run)

    def pop(self) -> Run:
        """Drop the active run; return it."""
        gone = self.run
        *below, run = self.below
        self.below = tuple(below)
        self.enter(run)
        return gone

    def enter(self, run: Run) -> None:
        """Make another run the active one in the place of the present one."""
        self.run = run
        self.flow = self.agent.flows[run.flow]
        self._scope = None

    def freeze(self) -> State:
        """Return the state with the active run put back."""
        runs = (*self.below, self.run)
        return evolve(self.state, {"runs": runs, "seq": self._seq})

    def next(self) -> int:
        """Return a number never given out before in this call."""
        self._seq += 1
        return self._seq

    # --- slots ---------------------------------------------------------------------------

    def slot(self, name: str) -> SlotValue:
        """Return the life of a slot of the active run."""
        if self.flow.slots[name].shared:
            return self.state.shared.get(name, EMPTY_SLOT)
        return self.run.slots.get(name, EMPTY_SLOT)

    def set_slot(self, name: str, value: SlotValue) -> None:
        """Replace the life of a slot."""
        if self.flow.slots[name].shared:
            self.set(shared={**self.state.shared, name: value})
        else:
            self.set_run(slots={**self.run.slots, name: value})

    def change_slot(self, name: str, **changes: Any) -> None:  # any: see ``set``
        """Change fields of a slot's life."""
        self.set_slot(name, evolve(self.slot(name), changes))

    def slots(self) -> Iterable[tuple[Slot, SlotValue]]:
        """Return the slots of the flow with their lives, in file order."""
        return [(slot, self.slot(name)) for name, slot in self.flow.slots.items()]

    # --- effects and moves ---------------------------------------------------------------

    def emit(self, effect: Effect) -> None:
        """Ask for something to be done."""
        self.effects.append(effect)

    def note(self, rule: str, text: str, line: str = "") -> None:
        """Record a decision for the trace."""
        self.moves.append(Move(rule, text, line))

    def report(
        self, what: str, error: BaseException | None, line: str = "", message: str = ""
    ) -> None:
        """Tell the developer that a piece of theirs broke; the call goes on."""
        message = message or (f"{type(error).__name__}: {error}" if error else "")
        self.note("broken", f"`{what}` failed: {message}", line)
        self.emit(effects.Report(what, message, line, error))

    def start_timer(self, kind: str, seconds: float, ref: int = 0) -> None:
        """Start a timer."""
        number = self.next()
        self.set(timers={**self.state.timers, number: Timer(number, kind, ref)})
        self.emit(effects.StartTimer(number, kind, seconds))

    def cancel_timers(self, *kinds: str, ref: int | None = None) -> None:
        """Cancel the running timers of these kinds (of all, if none is named)."""
        kept = {}
        for number, timer in self.state.timers.items():
            if (not kinds or timer.kind in kinds) and ref in (None, timer.ref):
                self.emit(effects.CancelTimer(number))
            else:
                kept[number] = timer
        if len(kept) != len(self.state.timers):
            self.set(timers=kept)

    def variant(self, step: flow.Say) -> int:
        """Return which variant of a ``say`` is next; they are used in turn."""
        if len(step.variants) == 1:
            return 0
        name = f"{self.run.flow}/{step.id}"
        times = self.state.variants.get(name, 0)
        self.set(variants={**self.state.variants, name: times + 1})
        return times % len(step.variants)

    # --- words ---------------------------------------------------------------------------

    def scope(self, extra: Mapping[str, Named] | None = None) -> CallScope:
        """Return the names as they are now."""
        if extra:
            return CallScope(self.agent, self.state, run=self.run, extra=extra)
        if self._scope is None:
            self._scope = CallScope(self.agent, self.state, run=self.run)
        return self._scope

    def phrase(self, name: str) -> Sentence:
        """Return a shipped sentence in the language of the call."""
        return self.agent.languages[self.state.language].phrase(name)

    def speak(
        self,
        sentence: Sentence,
        kind: str,
        *,
        ref: str = "",
        interrupt: str | None = None,
        extra: Mapping[str, Named] | None = None,
        first: int = 0,
    ) -> list[Segment]:
        """Render a sentence of the designer's, or a shipped one, into segments.

        Args:
            sentence: What to render.
            kind: As ``Segment.kind``.
            ref: The step's key or the slot that it comes from.
            interrupt: The step's or slot's own policy; None: the flow's.
            extra: Names that only this sentence has.
            first: The first of its sentences that is wanted.
        """
        scope = self.scope(extra)
        try:
            spoken = sentence.render(scope)
        except flow.BrokenExpression as err:
            self.report(sentence.source, err, sentence.line)
            return []
        policy = interrupt or self.flow.defaults.interrupt or "anytime"
        segments = []
        for part, one in enumerate(spoken):
            if part < first or not one.text:
                continue
            spoke: dict[str, int | str] = {}
            private = False
            for name in one.names:
                version = scope.version(name)
                if version or name in self.flow.given:
                    spoke[name] = version
                private = private or scope.lookup(name).private
            segments.append(
                Segment(
                    sentence_case(one.text),
                    kind,
                    policy,
                    ref,
                    part,
                    spoke,
                    private,
                    sentence.line,
                )
            )
        return segments

    def shipped(
        self,
        name: str,
        kind: str = "phrase",
        *,
        ref: str = "",
        interrupt: str | None = None,
        **words: object,
    ) -> list[Segment]:
        """Render a shipped sentence by name, with words for its places."""
        extra = {key: as_named(value) for key, value in words.items()}
        return self.speak(
            self.phrase(name), kind, ref=ref, interrupt=interrupt, extra=extra
        )

    def spoken_value(self, name: str, value: object = None) -> str:
        """Say the value of a slot aloud; its present value unless one is given."""
        slot = self.flow.slots[name]
        data = self.slot(name).value if value is None else value
        language = self.scope().language
        try:
            return speak_value(slot.type, data, language, self.run.now[:10])  # type: ignore[arg-type]  # canonical data
        except (ValueError, TypeError, KeyError, AttributeError) as err:
            self.report(f"{slot.type.name}.speak", err, slot.line)
            return str(data)


def as_named(value: object) -> Named:
    """Wrap a value for a shipped sentence."""
    return value if isinstance(value, Named) else Named(value)  # type: ignore[arg-type]  # text or lists of text


def sentence_case(text: str) -> str:
    """Return a sentence with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def is_question(segments: list[Segment]) -> bool:
    """Whether the last of some sentences ends in a question mark (of any script)."""
    return bool(segments) and segments[-1].text.rstrip("\"'”» )").endswith(
        ("?", "？", "؟", ";")  # noqa: RUF001  # full-width and Greek marks
    )


def volatile(names: Iterable[str]) -> list[str]:
    """Return the names that do not belong to the clock, in a stable order."""
    return sorted(name for name in names if name not in CLOCK)
