"""Talking to an agent without a phone: tests of flows, clocks that can be moved, scripts.

``textcall`` holds a call as text and serves tests and playgrounds alike; ``talks`` reads
``*.test.yaml``, ``runner`` plays them. Names are loaded when they are asked for, since
commands that test nothing should not pay for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowkit.journal import MemoryJournal
    from flowkit.testing.clocks import PlayClock, VirtualClock
    from flowkit.testing.textcall import TextCall, Turn
    from flowkit.testing.understander import ScriptedUnderstander

_PLACES = {
    "MemoryJournal": "flowkit.journal",
    "PlayClock": "flowkit.testing.clocks",
    "ScriptedUnderstander": "flowkit.testing.understander",
    "TextCall": "flowkit.testing.textcall",
    "Turn": "flowkit.testing.textcall",
    "VirtualClock": "flowkit.testing.clocks",
}

__all__ = [
    "MemoryJournal",
    "PlayClock",
    "ScriptedUnderstander",
    "TextCall",
    "Turn",
    "VirtualClock",
]


def __getattr__(name: str) -> object:
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module `{__name__}` has no `{name}`")
