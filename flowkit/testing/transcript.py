"""What was said and done in a text call, as records for tests and playgrounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flowkit.dialogue import effects
from flowkit.dialogue.acts import Act, Json
from flowkit.dialogue.trace import TraceRecord


@dataclass(slots=True)
class Speech:
    """One utterance of the agent, and how far it was heard."""

    say: effects.Say
    heard_words: int = 0
    """How many of its words were heard when the caller spoke last."""
    status: str = "in_flight"
    """``in_flight``, ``finished`` or ``cut``."""

    @property
    def words(self) -> list[str]:
        """Its words, as they count for ``over``."""
        return self.say.text.split()

    @property
    def heard(self) -> str:
        """What was heard of it when the caller spoke last."""
        return " ".join(self.words[: self.heard_words])

    @property
    def sentence(self) -> effects.Segment:
        """The sentence that is being spoken behind the words that were heard."""
        passed = 0
        for segment in self.say.segments:
            passed += len(segment.text.split())
            if self.heard_words < passed:
                return segment
        return self.say.segments[-1]


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool that was called, and what came of it."""

    name: str
    arguments: Mapping[str, Json]
    result: Json = None
    failed: str | None = None
    """``error``, ``timeout``, or None."""
    answered: bool = False
    line: str = ""
    """``file:line`` of the step."""

    def to_json(self) -> dict[str, Json]:
        """Return it as the playground's ``--json`` shows it."""
        data: dict[str, Json] = {"name": self.name, "args": dict(self.arguments)}
        if self.failed:
            return data | {"failed": self.failed}
        return data | {"result": self.result} if self.answered else data


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the transcript."""

    kind: str
    """``caller`` ``over`` ``keys`` ``silence`` ``cough`` ``hangs_up`` of the caller;
    ``bot`` ``cut`` ``tool`` ``answer`` ``transfer`` ``end`` of the agent."""
    text: str
    """What was said, pressed or happened, for a reader."""
    say: effects.Say | None = None
    """For ``bot``: with its segments."""
    tool: ToolUse | None = None
    """For ``tool`` and ``answer``."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What happened from one line of the caller until the agent waited again."""

    caller: str | None
    acts: tuple[Act, ...]
    """What the caller's words were understood as."""
    speeches: tuple[effects.Say, ...]
    """What the agent began to say, in order."""
    tools: tuple[ToolUse, ...]
    records: tuple[TraceRecord, ...]
    """What was decided and why."""
    entries: tuple[Entry, ...]

    @property
    def bot(self) -> tuple[str, ...]:
        """What the agent said, one text an utterance."""
        return tuple(say.text for say in self.speeches)
