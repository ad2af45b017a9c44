"""Where a call stands: plain immutable data, derived from nothing but its events.

A ``State`` is a stack of runs (one a started flow) and what is in flight: a speech, an
utterance being understood, tool calls, timers. Records are never changed; every step
makes new ones that share what is equal. Names in a run are keys: a step's id, prefixed by
the number of the block that it runs in (``2:steps.4.otherwise.0``).

What belongs here: facts that cannot be computed from other facts. What is satisfied,
stale or fresh is computed on each walk (``walk``) and never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flowkit.dialogue.acts import Act, Json
from flowkit.dialogue.effects import Segment
from flowkit.dialogue.events import CallFacts

Versions = Mapping[str, int | str]
"""Name -> version: the revision of a slot, the digest of a result."""


@dataclass(frozen=True, slots=True)
class SlotValue:
    """The life of one slot in one run."""

    value: Json = None
    """A value that satisfies its rules, or None."""
    rev: int = 0
    """Grows at every change, also back to an old value; 0: never filled."""
    text: str = ""
    """The caller's words that filled it."""
    turn: int = 0
    """The caller's turn in which it was filled."""
    history: tuple[Json, ...] = ()
    """Values before this one, oldest first."""
    heard_rev: int = 0
    """The revision that the caller has heard spoken."""
    read_rev: int = 0
    """The revision whose read-back got a yes."""
    skipped: bool = False
    """The caller need not or would not give it."""
    ack_due: bool = False
    """It is to be said in passing."""
    refused: Refusal | None = None
    """A value that was not taken, while it is still a topic."""
    declined: bool = False
    """The caller did not want what was suggested."""
    begun: str = ""
    """Words of a value that is not complete yet ("five five five")."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A value that was understood but not taken."""

    value: Json
    rule: int | None = None
    """Which of the slot's rules refused it; None: its type did (``why``)."""
    words: Mapping[str, Json] = field(default_factory=dict)
    why: str = ""
    spoken: bool = False
    """The caller has been told."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool returned to one step."""

    content: Json
    inputs: str
    """Canonical JSON of the arguments that it was made from."""
    status: str
    """``ok``, ``failed``, ``handled`` (failed, and its block has ended), ``unknown`` (a
    commit that took too long) or ``assumed`` (that, and its block has ended)."""
    digest: str = ""
    """Of the content: equal results change nothing."""
    serial: int = 0
    """Grows with each result: a new visit of the branches that read it."""


HAPPENED = ("ok", "unknown", "assumed")
"""Statuses of a commit that did, or may have, happened: what it read stays locked."""


@dataclass(frozen=True, slots=True)
class Said:
    """How far a ``say`` (or a handoff's words) has come."""

    digest: str
    """Of what it was spoken for: values and visits."""
    done: bool = False
    part: int = 0
    """The sentence from which it goes on after a cut."""
    cuts: int = 0
    variant: int = 0
    """Which of its ``one_of`` sentences is meant."""


@dataclass(frozen=True, slots=True)
class Visit:
    """How often a ``when`` was entered, and by which branch last."""

    n: int = 0
    taken: bool | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """The rounds of an ``offer``."""

    rounds: int = 0
    digest: str = ""
    """Of the choices that were offered last."""
    none: bool = False
    """The caller wanted none of these."""


@dataclass(frozen=True, slots=True)
class Open:
    """The open question of a run."""

    kind: str
    """As ``request.Question.kind``."""
    ref: str = ""
    """The slot, the step's key, or for ``sure`` what is asked: ``restart``, ``cancel``,
    ``resume``."""
    asked: bool = False
    """It has been spoken (it may have been cut)."""
    heard: bool = False
    """It has been heard to its end."""
    aside: bool = False
    """Something that is itself a question was said after it: yes and no are no answers."""
    candidates: tuple[tuple[str, Json], ...] = ()
    """For ``which``: the readings that were named."""
    depth: int = 0
    """How many blocks were open when it came up; deeper ones come first."""

    @property
    def key(self) -> str:
        """What its ladder is counted under."""
        return f"{self.kind}:{self.ref}"


@dataclass(frozen=True, slots=True)
class Count:
    """How often a question got nothing usable."""

    silent: int = 0
    unclear: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """A list of steps that is being run aside of the outline, and why."""

    number: int
    kind: str
    """``if_it_fails`` ``otherwise`` ``if_none_suit`` ``then`` ``rung`` ``entry``
    ``if_changed_later`` ``if_nobody`` ``own``."""
    ref: str
    """The step's key, the slot, the entry's id, the name of an own block."""
    index: int = 0
    """Which rule or rung."""
    detail: str = ""
    """For a rung: ``silent``, ``unclear`` or ``refused``; for an own block: the key of
    the step behind it."""
    cause: str = ""
    """Digest of what caused it; when that changes, the block is dropped."""


@dataclass(frozen=True, slots=True)
class Run:
    """One start of one flow."""

    number: int
    flow: str
    now: str
    """ISO time; the clock of this run, fixed when it starts."""
    how: str = "call"
    """Who started it: ``call``, ``router``, ``do_flow``, ``aside`` (the caller)."""
    by: str = ""
    """The key of the step below that waits for it."""
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    results: Mapping[str, Result] = field(default_factory=dict)
    attempts: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """Key of a ``do`` -> number and inputs of its last attempt: a retry with equal inputs
    is the same attempt, and has the same idempotency key."""
    saved: Mapping[str, str] = field(default_factory=dict)
    """``save_as`` name -> key of the result that it means now."""
    said: Mapping[str, Said] = field(default_factory=dict)
    heard: Mapping[str, Versions] = field(default_factory=dict)
    """Confirm -> what was heard in it."""
    confirmed: Mapping[str, Versions] = field(default_factory=dict)
    """Confirm -> what the caller said yes to."""
    visits: Mapping[str, Visit] = field(default_factory=dict)
    offers: Mapping[str, Offered] = field(default_factory=dict)
    ended: Mapping[str, str] = field(default_factory=dict)
    """Key of a ``start_one_of`` or ``do_flow`` -> outcome of the flow that it ran."""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    """Flow -> outcome, for ``identify.outcome``."""
    locked: frozenset[str] = frozenset()
    blocks: tuple[Block, ...] = ()
    open: Open | None = None
    reask: Mapping[str, str] = field(default_factory=dict)
    """Slot -> the ``ask_again`` step that emptied it; its words ask for the first."""
    counts: Mapping[str, Count] = field(default_factory=dict)
    trail: tuple[str, ...] = ()
    """Slots in the order in which they were filled: where "go back" goes."""
    explained: frozenset[str] = frozenset()
    """Slots whose refusal to be given was answered once."""
    done: bool = False
    """It has come to its end."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What is being spoken."""

    id: int
    segments: tuple[Segment, ...]
    run: int = 0
    """The run that speaks."""
    asks: bool = False
    """Its last sentence is the open question."""
    stopping: bool = False
    """It was told to stop; the answer is on its way."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the caller said and nobody has understood yet."""

    id: int
    text: str
    heard: str | None = None
    """What had been played of the speech in flight when they began."""
    answers: bool = True
    """The open question had been heard to its end by then: yes and no answer it."""
    early: bool = False
    """They spoke before the question had begun, or under a prompt that must be heard:
    yes, no and choices answer nothing."""
    again: bool = False
    """The words started the flow, and are read once more for the values in them."""


@dataclass(frozen=True, slots=True)
class Calling:
    """A tool that is running."""

    id: int
    run: int
    key: str
    """Of the step."""
    inputs: str
    commit: bool
    overdue: bool = False
    """A commit that took too long: nobody waits for it, a late answer is recorded."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that is running."""

    id: int
    kind: str
    ref: int = 0
    """The call that a ``meanwhile`` belongs to."""


@dataclass(frozen=True, slots=True)
class Held:
    """Acts that wait for the end of a speech."""

    acts: tuple[Act, ...]
    answers: bool
    early: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Where a call stands. Round-trips through JSON (``codec``)."""

    agent: str
    """Fingerprint of the agent; a call goes on only under the same one."""
    facts: CallFacts
    started: str
    """ISO time of the call's start."""
    language: str
    given: Mapping[str, Json] = field(default_factory=dict)
    seq: int = 0
    """The last id, revision or number that was given out."""
    turn: int = 0
    """How often the caller has spoken."""
    runs: tuple[Run, ...] = ()
    """The last is the active one."""
    past: Run | None = None
    """The last run that did something that cannot be undone, when it has ended: after the
    last words a change of mind is about that."""
    shared: Mapping[str, SlotValue] = field(default_factory=dict)
    """Values of the slots that all flows share."""
    speech: Speech | None = None
    hearing: Hearing | None = None
    held: tuple[Held, ...] = ()
    late: tuple[Act, ...] = ()
    """Changes that came during or after a commit."""
    changes: tuple[Act, ...] = ()
    """Late changes that are being dealt with: a ``go_to`` takes them along."""
    wanted: str = ""
    """A flow that waits to be started until a commit has returned."""
    wish: str = ""
    """The caller's words that asked for a flow: read again when it has started."""
    calls: Mapping[int, Calling] = field(default_factory=dict)
    timers: Mapping[int, Timer] = field(default_factory=dict)
    transfer: int = 0
    """Id of a transfer that has begun."""
    variants: Mapping[str, int] = field(default_factory=dict)
    """flow/step -> how often a ``say`` with variants has been said in this call."""
    asked_again: Mapping[str, int] = field(default_factory=dict)
    """flow/step -> how often it has emptied its slots in this call."""
    stall: int = 0
    """Caller turns in a row without progress."""
    repeats: int = 0
    """How often in a row the caller asked to hear it again."""
    listening: bool = False
    """The agent was cut and waits for what the caller is saying."""
    patient: bool = False
    """The caller asked for a moment."""
    keys: str = ""
    """Digits typed so far."""
    last: tuple[Segment, ...] = ()
    """What was spoken last: what "say that again" repeats."""
    ending: bool = False
    """The last words have been said, or are being: a short grace, then the end."""
    parting: bool = False
    """Goodbyes were exchanged: the call ends with this speech."""
    outcome: str | None = None
    reason: str | None = None
    over: bool = False

    @property
    def run(self) -> Run:
        """The active run."""
        return self.runs[-1]
