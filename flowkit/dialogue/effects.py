"""What the engine wants done, as imperatives: the only way out of the engine.

An effect with an ``id`` expects one answer, an event with the same id. Ids are never used
twice in a call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from flowkit.dialogue.acts import Json
from flowkit.dialogue.request import Request


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence of a speech, as it is to be spoken."""

    text: str
    kind: str
    """``say`` ``ask`` ``read_back`` ``suggest`` ``confirm`` ``offer`` ``ack`` ``problem``
    ``rung`` ``answer`` ``meanwhile`` ``phrase``."""
    interrupt: str = "anytime"
    """``anytime``, ``with_answer`` or ``never``."""
    ref: str = ""
    """The step's id or slot's name that it comes from."""
    part: int = 0
    """Which sentence of that text it is, 0-based."""
    spoke: Mapping[str, int | str] = field(default_factory=dict)
    """The names whose values it speaks, each with the version that was spoken."""
    private: bool = False
    """It speaks a private value: masked in records and logs."""
    line: str = ""
    """Where its text stands in the designer's files, ``file:line``; empty if shipped."""


@dataclass(frozen=True, slots=True)
class Say:
    """Speak; answered by ``SpeechFinished`` or ``CallerInterrupted``."""

    id: int
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """All its words."""
        return " ".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class StopSpeaking:
    """Cut the speech with this id; answered by ``CallerInterrupted`` (or its end)."""

    id: int


@dataclass(frozen=True, slots=True)
class Understand:
    """Say what the caller's words mean; answered by ``Understood``."""

    id: int
    request: Request


@dataclass(frozen=True, slots=True)
class CallTool:
    """Call a tool; answered by ``ToolReturned`` or ``ToolFailed``."""

    id: int
    flow: str
    step: str
    """The id of the ``do`` step, which holds the function and its argument types."""
    tool: str
    arguments: Mapping[str, Json]
    key: str
    """The idempotency key: equal for a retry of the same act, never for another."""
    within_s: float
    commit: bool = False
    """It cannot be undone: it must be finished even if the caller hangs up."""


@dataclass(frozen=True, slots=True)
class CancelTool:
    """The result of that call is not wanted any more; expects no answer."""

    id: int


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Fire ``TimerFired`` after so long; answered by it unless cancelled."""

    id: int
    kind: str
    """``silence`` ``meanwhile`` ``sign_of_life`` ``wait`` ``grace``."""
    seconds: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """That timer is not wanted any more; expects no answer."""

    id: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """Hand the call to a person; answered by ``TransferEnded``."""

    id: int
    person: str
    """The name under ``people``."""
    address: str
    reason: str
    slots: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class End:
    """Hang up: the call is over. Expects no answer."""

    outcome: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A developer's code broke its contract; the call goes on, somebody must be told."""

    what: str
    """The function or expression, by name."""
    message: str
    line: str = ""
    """``file:line`` of the flow that used it."""
    error: BaseException | None = None


Effect: TypeAlias = (
    Say | StopSpeaking | Understand | CallTool | CancelTool | StartTimer | CancelTimer
    | Transfer | End | Report
)  # fmt: skip
