"""What developers write in Python for an agent: validators and tools.

The decorators only tag a function; an agent's file names the module (``uses:``) and the
compiler finds what is tagged in it. There is no registry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

# Any: a developer's function may take and return whatever it likes
AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])

VALIDATOR = "__flowkit_validator__"
TOOL = "__flowkit_tool__"


@dataclass(frozen=True, slots=True)
class ToolOptions:
    """What ``@tool(...)`` was told."""

    cannot_be_undone: bool = False
    within: float | None = None
    """Seconds until the call counts as failed; None: the step's, else 10."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a tool that has a parameter ``call`` is given."""

    id: str
    """The id of the phone call."""
    idempotency_key: str
    """Equal for a retry of the same act, never for another: pass it on to what you call,
    or keep it with what you write."""
    attempt: int = 1
    data: str = ""
    """The folder for the agent's own data."""
    number: str | None = None
    """The caller's number, E.164."""


class Refused:
    """What a validator returns to refuse a value and hand words to ``otherwise``."""

    __slots__ = ("words",)

    def __init__(self, **words: object) -> None:
        self.words = words

    def __repr__(self) -> str:
        return f"Refused({', '.join(f'{k}={v!r}' for k, v in self.words.items())})"

    def __bool__(self) -> bool:
        return False


class ToolError(Exception):
    """Raise it in a tool when what was asked did not happen: ``if_it_fails`` follows."""


def validator(function: AnyFunction) -> AnyFunction:
    """Tag a function as a validator: pure, not async; its arguments name what it reads."""
    setattr(function, VALIDATOR, True)
    return function


@overload
def tool(function: AnyFunction, /) -> AnyFunction: ...
@overload
def tool(
    *, cannot_be_undone: bool = False, within: float | None = None
) -> Callable[[AnyFunction], AnyFunction]: ...
def tool(
    function: AnyFunction | None = None,
    /,
    *,
    cannot_be_undone: bool = False,
    within: float | None = None,
) -> AnyFunction | Callable[[AnyFunction], AnyFunction]:
    """Tag a function, usually async, as a tool that ``do`` steps can call.

    Args:
        function: The function, when used without parentheses.
        cannot_be_undone: A flow must have the caller confirm before it.
        within: Seconds until a call counts as failed.
    """

    def tag(tagged: AnyFunction) -> AnyFunction:
        setattr(tagged, TOOL, ToolOptions(cannot_be_undone, within))
        return tagged

    return tag if function is None else tag(function)
