"""States, events and effects as plain JSON data, and back.

One codec for all records of this package, driven by their type hints. Fields at their
default are left out, so that a state stays small. What is read is checked: data that do
not fit raise ``ValueError`` with the place, never anything else.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from typing import Any, get_args, get_origin, get_type_hints

from flowkit.dialogue import acts, effects
from flowkit.dialogue.acts import Act, Json
from flowkit.dialogue.effects import Effect
from flowkit.dialogue.events import Event
from flowkit.dialogue.flow import Slot
from flowkit.dialogue.state import State

# any: a codec takes apart and makes values of all types
Decoder = Callable[[Any], Any]


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


_EVENTS = {_snake(kind.__name__): kind for kind in get_args(Event)}
_ACTS = frozenset(acts.ACTS.values())


def state_to_json(state: State) -> dict[str, Json]:
    """Return a state as JSON data."""
    return _encode_record(state)


def state_from_json(data: Mapping[str, Json]) -> State:
    """Return the state that ``state_to_json`` wrote.

    Raises:
        ValueError: The data are not a state.
    """
    found = _decode(State, data)
    assert isinstance(found, State)
    return found


def event_to_json(event: Event) -> dict[str, Json]:
    """Return an event as JSON data: its name under ``event``, its fields beside it."""
    return {"event": _snake(type(event).__name__), **_encode_record(event)}


def event_from_json(data: Mapping[str, Json]) -> Event:
    """Return the event that ``event_to_json`` wrote.

    Raises:
        ValueError: The data are no event.
    """
    kind = _EVENTS.get(str(data.get("event")))
    if kind is None:
        raise ValueError(f"unknown event `{data.get('event')}`")
    rest = {key: value for key, value in data.items() if key != "event"}
    event: Event = _decode(kind, rest)
    return event


def effect_to_json(effect: Effect) -> dict[str, Json]:
    """Return an effect as JSON data, for traces and records; it is not read back.

    An ``Understand`` has its text and question only, a ``Report`` no exception object.
    """
    name = _snake(type(effect).__name__)
    match effect:
        case effects.Understand():
            return {
                "effect": name,
                "id": effect.id,
                "text": effect.request.text,
            }
        case effects.Report():
            return {
                "effect": name,
                "what": effect.what,
                "message": effect.message,
                "line": effect.line,
            }
        case _:
            return {"effect": name, **_encode_record(effect)}


# --- writing ---------------------------------------------------------------------------------


def _encode_record(record: Any) -> dict[str, Json]:  # any: any of our dataclasses
    data: dict[str, Json] = {}
    for field in _fields(type(record)):
        value = getattr(record, field.name)
        if value == _default(field):
            continue
        data[field.name] = _encode(value)
    return data


def _encode(value: Any) -> Json:  # any: see ``_encode_record``
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if type(value) in _ACTS:
        return acts.to_json(value)
    if isinstance(value, Slot):
        return value.name
    if is_dataclass(value):
        return _encode_record(value)
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(_encode(item) for item in value)  # type: ignore[type-var]  # text
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Sequence):
        return [_encode(item) for item in value]
    return str(value)


# --- reading ---------------------------------------------------------------------------------


_FIELDS: dict[object, tuple[Field[Any], ...]] = {}


def _fields(kind: Any) -> tuple[Field[Any], ...]:  # any: a dataclass
    """Return the fields of a record; asked for at every step, so kept."""
    found = _FIELDS.get(kind)
    if found is None:
        found = _FIELDS[kind] = fields(kind)
    return found


def _default(field: Field[Any]) -> object:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING


def _decode(kind: Any, data: Any) -> Any:  # any: driven by type hints
    try:
        return _decoder(kind)(data)
    except (TypeError, KeyError, AttributeError) as err:
        raise ValueError(f"these data are no {kind.__name__}: {err}") from err


_DECODERS: dict[object, Decoder] = {}


def _decoder(hint: Any) -> Decoder:  # any: a type hint
    """Return what reads values of a type hint, made once."""
    found = _DECODERS.get(hint)
    if found is None:
        found = _DECODERS[hint] = _make_decoder(hint)
    return found


def _make_decoder(hint: Any) -> Decoder:  # any: a type hint
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Act or (origin is not None and set(arguments) <= _ACTS):
        return acts.from_json
    if isinstance(hint, type) and hint in _ACTS:
        return acts.from_json
    if hint is datetime:
        return datetime.fromisoformat
    if isinstance(hint, type) and is_dataclass(hint):
        return _record_decoder(hint)
    if origin is tuple and arguments[-1] is Ellipsis:
        item = _decoder(arguments[0])
        return lambda data: tuple(item(one) for one in _listed(data))
    if origin is tuple:
        items = [_decoder(one) for one in arguments]
        return lambda data: tuple(
            read(one) for read, one in zip(items, _listed(data), strict=True)
        )
    if origin is frozenset:
        return lambda data: frozenset(_listed(data))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        key = int if arguments[0] is int else str
        value = _decoder(arguments[1])
        return lambda data: {key(name): value(one) for name, one in data.items()}
    if origin in (typing.Union, types.UnionType):
        records = [one for one in arguments if is_dataclass(one)]
        if len(records) == 1:
            inner = _decoder(records[0])
            return lambda data: None if data is None else inner(data)
        return lambda data: data
    if hint in (int, float, bool, str):
        return lambda data: _plain(hint, data)
    return lambda data: data


def _listed(data: Any) -> Any:  # any: data not yet checked
    if not isinstance(data, (list, tuple)):
        raise ValueError(f"expected a list, found `{data!r}`")
    return data


def _plain(kind: type, data: Any) -> Any:  # any: data not yet checked
    if kind is float and isinstance(data, int):
        return float(data)
    if not isinstance(data, kind):
        raise ValueError(f"expected {kind.__name__}, found `{data!r}`")
    return data


def _record_decoder(kind: type) -> Decoder:
    decoders: dict[str, Decoder] = {}

    def read(data: Any) -> Any:  # any: data not yet checked
        if not decoders:
            # plain JSON data stay as they are: their recursive alias is not looked into
            hints = get_type_hints(kind, localns={"Json": object})
            for field in fields(kind):
                decoders[field.name] = _decoder(hints[field.name])
        if not isinstance(data, Mapping):
            raise ValueError(f"expected fields of {kind.__name__}, found `{data!r}`")
        unknown = data.keys() - decoders.keys()
        if unknown:
            raise ValueError(f"{kind.__name__} has no field `{min(unknown)}`")
        return kind(**{name: decoders[name](value) for name, value in data.items()})

    return read
