"""A tool's type hints are a contract: what it is given and what it returns is held to them.

Hints are optional. Where a parameter has one, the value is validated (and, where that is
harmless, converted) by pydantic before the call; where the function says what it returns,
so is the result. A developer's models work as hints, dataclasses too, and a ``TypedDict``
(before Python 3.12 that of ``typing_extensions``, as pydantic wants it). pydantic is loaded
when the first hint is met, not before: most tools of beginners have none.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class ContractError(Exception):
    """A value does not fit a tool's type hint; the text says which, and why."""


@dataclass(frozen=True, slots=True)
class Contract:
    """The hints of one function, ready to validate."""

    parameters: Mapping[str, TypeAdapter[Any]]  # any: whatever the developer hints
    returns: TypeAdapter[Any] | None  # any: see above

    def given(self, name: str, value: object) -> object:
        """Return an argument as its hint wants it; None is left to the function.

        Raises:
            ContractError: It does not fit.
        """
        adapter = self.parameters.get(name)
        if adapter is None or value is None:
            return value
        return _validated(adapter, value, f"argument `{name}`")

    def returned(self, value: object) -> object:
        """Return a result as its hint says.

        Raises:
            ContractError: It does not fit.
        """
        if self.returns is None:
            return value
        return _validated(self.returns, value, "its result")


_NONE = Contract({}, None)
_FREE = (inspect.Parameter.empty, Any, object, None)


# any: a developer's function takes and returns whatever it likes
def contract_of(function: Callable[..., Any]) -> Contract:
    """Return the contract that a function's hints make; an empty one without hints."""
    try:
        return _made(function) if getattr(function, "__annotations__", None) else _NONE
    except TypeError:  # not hashable: an object with __call__
        return _NONE


@lru_cache(maxsize=256)
def _made(function: Callable[..., Any]) -> Contract:  # any: see ``contract_of``
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except Exception:  # noqa: BLE001  # a hint may name anything, or what is not there
        return _NONE
    returns = hints.pop("return", None)
    hints.pop("call", None)
    parameters = {
        name: adapter
        for name, hint in hints.items()
        if hint not in _FREE and (adapter := _adapter(hint)) is not None
    }
    free = returns is None or returns in _FREE or returns is type(None)
    return Contract(parameters, None if free else _adapter(returns))


def _adapter(hint: Any) -> TypeAdapter[Any] | None:  # any: see ``Contract``
    """Return what validates a hint; None for one that pydantic cannot."""
    from pydantic import PydanticUserError, TypeAdapter

    try:
        return TypeAdapter(hint)
    except PydanticUserError:
        return None


def _validated(
    adapter: TypeAdapter[Any],  # any: see ``Contract``
    value: object,
    what: str,
) -> object:
    from pydantic import ValidationError

    try:
        result: object = adapter.validate_python(value)
    except ValidationError as err:
        first = err.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        at = f" (`{place}`)" if place else ""
        raise ContractError(
            f"{what}{at} does not fit its hint: {first['msg']}"
        ) from None
    return result
