"""Names that stand alone though something else was asked, and halves of names."""

from __future__ import annotations

from typing import Protocol

from flowkit.dialogue.acts import Act, Json, Set
from flowkit.dialogue.request import Request
from flowkit.understanding.evidence import asked_for
from flowkit.understanding.layout import Layout

_NAME = "name"
_KNOWN = 0.85
"""The certainty of a name that begins with a well-known first name."""
_MOST = 3


class _Read(Protocol):
    """Returns the values that a text has for a slot."""

    def __call__(self, slot: str, text: str, *, least: float) -> list[Json]: ...


def bare_name(request: Request, layout: Layout, read: _Read) -> list[Act]:
    """Take a whole name that was not asked for, or the second half of one.

    A first name that is well known leads a whole name; a family name alone completes the
    first name that was given right before.
    """
    question = request.question
    slots = request.slots
    said = [at for at, filler in enumerate(layout.fillers) if not filler]
    if (
        question is None
        or question.kind not in ("slot", "which")
        or not 1 <= len(said) <= _MOST
        or said[-1] - said[0] != len(said) - 1
        or not all(layout.noise[at] for at in said)
    ):
        return []
    text = layout.text(said[0], said[-1] + 1)
    asked = asked_for(question)
    for at, one in enumerate(slots):
        name, held = one.slot.name, one.value
        if one.slot.type.name != _NAME or name in asked:
            continue
        whole = text
        if held is not None:
            follows = at + 1 < len(slots) and slots[at + 1].slot.name in asked
            if not isinstance(held, str) or " " in held or not follows:
                continue
            if len(said) > 1:
                continue
            whole = f"{held} {text}"
        found = read(name, whole, least=_KNOWN)
        if len(found) == 1 and len(str(found[0]).split()) > 1:
            return [Set(name, found[0], held is not None, text=text, certainty=0.7)]
    return []
