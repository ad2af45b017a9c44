"""``type: text``: whatever the caller says when asked, as it was said."""

from __future__ import annotations

from dataclasses import dataclass

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.types.reading import Context, Reading, Utterance

LONGEST = 1_000
"""Characters kept of one text."""


@dataclass(frozen=True, slots=True)
class TextType:
    """Free words."""

    name: str = "text"

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return the whole utterance, if the slot was asked for."""
        if not ctx.asked or not said.words:
            return []
        count = len(said.words)
        text = " ".join(said.raw.split())[:LONGEST]
        return [Reading(text, 0, count, certainty=0.5)]

    def open(self, data: Json) -> object:
        """Return the text."""
        return data

    def close(self, value: object) -> Json:
        """Return text; numbers are written out.

        Raises:
            ValueError: It is neither text nor a number.
        """
        if isinstance(value, str):
            return value[:LONGEST]
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise ValueError(f"`{value}` is not text")

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the text as it is."""
        return str(data)

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return None: text cannot be typed on a keypad."""
        return None
