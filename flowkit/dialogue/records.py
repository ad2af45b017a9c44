"""Changing frozen records: a new one that shares what is equal.

``dataclasses.replace`` passes every field through ``__init__``; for records of thirty
fields, several times an event, that was half of the engine's time. This copies the slots
themselves and puts the changes on top: about a third of the cost, measured on CPython
3.11. A change of a field that does not exist raises ``KeyError``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

R = TypeVar("R")
_SLOTS: dict[
    type,
    tuple[
        tuple[tuple[Callable[[Any], Any], Callable[[Any, Any], None]], ...],
        dict[str, Callable[[Any, Any], None]],
    ],
] = {}  # any: getters and setters of slots of any type


def evolve(record: R, changes: dict[str, Any]) -> R:  # any: see ``_SLOTS``
    """Return a record like this one (frozen, with slots) but for some fields."""
    kind = type(record)
    slots = _SLOTS.get(kind)
    if slots is None:
        slots = _SLOTS[kind] = _slots_of(kind)
    fields, setters = slots
    new = object.__new__(kind)
    for get, put in fields:
        put(new, get(record))
    for name, value in changes.items():
        setters[name](new, value)
    return new


def amend(record: object, changes: dict[str, Any]) -> None:  # any: see ``_SLOTS``
    """Change a frozen record in place, while nobody else has seen it.

    Only for a copy that ``evolve`` has just made and that has not left its maker.
    """
    _, setters = _SLOTS[type(record)]
    for name, value in changes.items():
        setters[name](record, value)


def _slots_of(kind: Any) -> Any:  # any: see ``_SLOTS``
    names = kind.__slots__
    descriptors = [getattr(kind, name) for name in names]
    return (
        tuple((one.__get__, one.__set__) for one in descriptors),
        {name: one.__set__ for name, one in zip(names, descriptors, strict=True)},
    )
