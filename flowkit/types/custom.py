"""Slot types that developers add: a class with ``parse``, ``check`` and ``speak``.

.. code-block:: python

    class Vat:
        \"\"\"A VAT number.\"\"\"

        name = "vat_number"          # the word after `type:`; else the class's, in snake case
        longest = 4                  # words that a value has at most (default 6)
        certainty = 1.0              # how sure a value is that was not asked for (0.5)
        keypad = False               # whether digits typed on a keypad are parsed too

        def parse(self, text):       # a value in these words and no others, else None
            ...

        def check(self, value):      # whether the value can be used
            ...

        def speak(self, value):      # what is said of it
            ...

        def to_json(self, value): ...    # only if values are not plain data themselves
        def from_json(self, data): ...

Options are the keyword parameters of ``__init__``; each takes what the designer wrote, as
text, or what ``options = {"length": "length"}`` in the class says (``flowkit.types.Kind``).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.types import Kind, OptionError, Options, TypeSpec
from flowkit.types.reading import Context, ReadableType, Reading, Utterance

_METHODS = ("parse", "check", "speak")
_KINDS = ("flag", "word", "length", "choices")
_MOST_WORDS = 40
"""Words of an utterance that are looked at."""


@dataclass(frozen=True, slots=True)
class CustomType:
    """A developer's type, in the shape of the shipped ones."""

    name: str
    inner: Any  # any: a developer's object, checked by ``spec_of``
    longest: int
    certainty: float
    keypad: bool
    to_json: Callable[[Any], Json] | None = None  # any: the developer's values
    from_json: Callable[[Json], Any] | None = None  # any: the developer's values

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return what ``parse`` finds, the longest run of words first."""
        found: list[Reading] = []
        count = min(len(said.words), _MOST_WORDS)
        start = 0
        while start < count:
            for end in range(min(count, start + self.longest), start, -1):
                value = self._parsed(said.text(start, end))
                if value is None:
                    continue
                certainty = max(self.certainty, 0.9) if ctx.asked else self.certainty
                data = self._data(value)
                if data is None or not self._fits(value):
                    if ctx.asked:
                        found.append(Reading(None, start, end, 0.5, why="not_valid"))
                else:
                    found.append(Reading(data, start, end, certainty))
                start = end - 1
                break
            start += 1
        return found

    def _parsed(self, text: str) -> object:
        try:
            return cast(object, self.inner.parse(text))
        except ValueError:
            return None

    def _fits(self, value: object) -> bool:
        try:
            return self.inner.check(value) is not False
        except ValueError:
            return False

    def _data(self, value: object) -> Json:
        data = self.to_json(value) if self.to_json else value
        return cast(Json, data) if is_json(data) else None

    def open(self, data: Json) -> object:
        """Return the developer's value of canonical data."""
        return self.from_json(data) if self.from_json else data

    def close(self, value: object) -> Json:
        """Return canonical data of a value, or of data that already are.

        Raises:
            ValueError: ``check`` does not accept it, or it is no plain data.
        """
        if isinstance(value, str):
            parsed = self._parsed(value)
            value = value if parsed is None else parsed
        elif self.from_json is not None and is_json(value):
            value = self.from_json(cast(Json, value))
        data = self._data(value)
        if data is None or not self._fits(value):
            raise ValueError(f"`{value}` is not a value of `{self.name}`")
        return data

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the value as the developer has it."""
        return str(self.inner.speak(self.open(data)))

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return what ``parse`` makes of the digits, if the type takes a keypad."""
        value = self._parsed(pressed) if self.keypad else None
        if value is None or not self._fits(value):
            return None
        return self._data(value)


def is_json(data: object, depth: int = 8) -> bool:
    """Whether data are what JSON can hold."""
    if data is None or isinstance(data, str | bool | int | float):
        return True
    if depth == 0:
        return False
    if isinstance(data, Mapping):
        return all(
            isinstance(key, str) and is_json(value, depth - 1)
            for key, value in data.items()
        )
    return isinstance(data, Sequence) and all(is_json(one, depth - 1) for one in data)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def spec_of(thing: type) -> TypeSpec:
    """Return the spec of a developer's class, to be built like a shipped type.

    Raises:
        TypeError: A method is missing, or takes other parameters than it must.
        ValueError: The name or an option cannot be used.
    """
    for method in _METHODS:
        function = getattr(thing, method, None)
        if not callable(function):
            raise TypeError(f"`{thing.__name__}` has no method `{method}`")
        if inspect.iscoroutinefunction(function):
            raise TypeError(f"`{thing.__name__}.{method}` must not be async")
        try:
            inspect.signature(function).bind(None, None)
        except TypeError:
            raise TypeError(
                f"`{thing.__name__}.{method}` takes one argument besides `self`"
            ) from None
    name = str(getattr(thing, "name", None) or _snake(thing.__name__))
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise ValueError(f"`{name}` cannot be the name of a slot type")
    kinds: dict[str, Kind] = {}
    required: set[str] = set()
    declared = getattr(thing, "options", {})
    for parameter in inspect.signature(thing).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        kind = declared.get(parameter.name, "word")
        if kind not in _KINDS:
            raise ValueError(f"`{kind}` is no kind of option, expected one of {_KINDS}")
        kinds[parameter.name] = kind
        if parameter.default is parameter.empty:
            required.add(parameter.name)

    def make(options: Options) -> ReadableType:
        try:
            inner = thing(**options)
        except (TypeError, ValueError) as err:
            raise OptionError(next(iter(options), ""), f"{err}.") from err
        return CustomType(
            name,
            inner,
            max(1, min(int(getattr(inner, "longest", 6)), 12)),
            float(getattr(inner, "certainty", 0.5)),
            bool(getattr(inner, "keypad", False)),
            getattr(inner, "to_json", None),
            getattr(inner, "from_json", None),
        )

    return TypeSpec(
        name,
        make,
        kinds,
        required=frozenset(required),
        keypad=bool(getattr(thing, "keypad", False)),
        eager=True,
    )
