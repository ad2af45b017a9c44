"""flowkit: phone agents that designers write, compiled and proved.

The public names. What developers of agents need (``tool``, ``validator``, ``Refused``,
``ToolError``) loads nothing else; the rest is found when it is first used, so that
``import flowkit`` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from flowkit.diagnostics import CompileError, Diagnostic
from flowkit.extensions import Refused, ToolCall, ToolError, tool, validator

if TYPE_CHECKING:
    from flowkit.authoring.compiler import compile_agent, load_agent
    from flowkit.dialogue.engine import start, step
    from flowkit.dialogue.flow import Agent
    from flowkit.session import Session

__version__ = "0.1.0"

__all__ = [
    "Agent",
    "CompileError",
    "Diagnostic",
    "Refused",
    "Session",
    "ToolCall",
    "ToolError",
    "compile_agent",
    "load_agent",
    "start",
    "step",
    "tool",
    "validator",
]

_PLACES = {
    "Agent": "flowkit.dialogue.flow",
    "Session": "flowkit.session",
    "compile_agent": "flowkit.authoring.compiler",
    "load_agent": "flowkit.authoring.compiler",
    "start": "flowkit.dialogue.engine",
    "step": "flowkit.dialogue.engine",
}


def __getattr__(name: str) -> object:
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"flowkit has no `{name}`")
    return getattr(import_module(place), name)
