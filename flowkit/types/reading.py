"""How slot types find values in what a caller said.

An utterance is split once; every type then looks for its values among the words and says
for each where it stood, how sure it is, and whether the value was said or worked out.
Which reading fills which slot is decided elsewhere (``flowkit.understanding``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import SlotType
from flowkit.languages import Language


@dataclass(frozen=True, slots=True)
class Word:
    """One word of an utterance."""

    text: str
    """Lower case, without surrounding punctuation: ``friday``, ``7:30``, ``o'clock``."""
    start: int
    """Offset in the utterance's ``raw``."""
    end: int
    """Exclusive."""
    pause: bool = False
    """A comma, full stop, dash or ellipsis stands right behind it."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said, split into words."""

    raw: str
    words: tuple[Word, ...]

    def text(self, start: int, end: int) -> str:
        """Return the caller's own characters of words ``start`` to ``end`` (exclusive)."""
        if start >= end:
            return ""
        return self.raw[self.words[start].start : self.words[end - 1].end]


@dataclass(frozen=True, slots=True)
class Reading:
    """A value that a type found, and where."""

    value: Json
    """Canonical data of the type; None when ``why`` says that it cannot be used."""
    start: int
    """Index of its first word."""
    end: int
    """Index behind its last word."""
    certainty: float = 1.0
    """1: these words mean this wherever they stand. 0.5: only if such a value was asked
    for ("seven" as a time)."""
    computed: bool = False
    """Worked out rather than said: relative dates, an assumed half of the day."""
    also: tuple[Json, ...] = ()
    """Other values that the same words may well mean (7:00 and 19:00; "five or six")."""
    rather: tuple[Json, ...] = ()
    """What was not assumed: readings to fall back on when the slot's rules refuse the
    value (the other half of the day)."""
    why: str | None = None
    """Why it cannot be used as it stands: the name of a phrase under ``unclear.``
    (``vague``, ``no_such_day``, ``too_short``), or ``range`` for "from six to eight": then
    ``also`` has its first and its last value, for a slot that takes one half of it. For
    ``vague`` and ``too_short``, ``also`` has what may be meant, or the digits so far."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a type may know while it reads."""

    now: datetime
    """Aware, in the agent's time zone."""
    language: Language
    country: str = "US"
    asked: bool = False
    """The agent has just asked for this slot."""
    value: Json = None
    """The slot's present value: "the day after" is relative to it."""
    after: Json = None
    """The value of the slot that this one comes after."""
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """For choices that are known only now: each value with the other words for it."""
    hints: tuple[str, ...] = ()


class ReadableType(SlotType, Protocol):
    """A slot type that can read: what ``flowkit.types`` ships and developers add."""

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return every value of this type in the utterance, in order of place."""
        ...

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return the value of digits typed on a keypad (no ``#``), or None."""
        ...


Choices = Mapping[str, tuple[str, ...]]
_PAUSES = ",.;:!?…—–"  # noqa: RUF001  # dashes
_QUOTES = "`\"'“”‘()[]¿¡"  # noqa: RUF001  # a single quotation mark
_WORD = re.compile(r"\S+")


def split(text: str, *, most: int = 2_000) -> Utterance:
    """Split what was said into words.

    Control and zero-width characters are dropped, look-alike forms are folded (NFKC), and
    what is longer than ``most`` characters is cut: nobody says more in one turn.
    """
    raw = unicodedata.normalize("NFKC", text[: most * 2])
    raw = "".join(
        c if c == " " or unicodedata.category(c)[0] != "C" else " " * c.isspace()
        for c in raw
    )[:most].replace("’", "'")  # noqa: RUF001  # the typographic apostrophe
    words: list[Word] = []
    for match in _WORD.finditer(raw):
        token = match.group()
        core = token.strip(_QUOTES + _PAUSES + "-")
        core = core.rstrip(_PAUSES + "-")
        if not core:
            if words:
                last = words[-1]
                words[-1] = Word(last.text, last.start, last.end, pause=True)
            continue
        start = match.start() + token.index(core)
        tail = token[token.index(core) + len(core) :]
        words.append(
            Word(
                core.lower(),
                start,
                start + len(core),
                pause=any(c in _PAUSES or c == "-" for c in tail),
            )
        )
    return Utterance(raw, tuple(words))
