"""The filters of sentences: how a value is spoken otherwise than by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from flowkit.authoring import values
from flowkit.authoring.texts import Evaluate
from flowkit.authoring.values import Value
from flowkit.dialogue.flow import Scope


def _default(inner: Evaluate, args: Sequence[Evaluate]) -> Evaluate:
    fallback = args[0]

    def evaluate(scope: Scope) -> Value:
        value = inner(scope)
        return fallback(scope) if values.is_empty(value.data) else value

    return evaluate


def _plural(inner: Evaluate, args: Sequence[Evaluate]) -> Evaluate:
    one, many = args

    def evaluate(scope: Scope) -> Value:
        value = inner(scope)
        count = len(value.data) if isinstance(value.data, (list, tuple)) else value.data
        return one(scope) if count == 1 else many(scope)

    return evaluate


def _speller(how: str) -> Callable[[Evaluate, Sequence[Evaluate]], Evaluate]:
    def make(inner: Evaluate, args: Sequence[Evaluate]) -> Evaluate:
        def evaluate(scope: Scope) -> Value:
            from flowkit.types import spoken

            value = inner(scope)
            if values.is_empty(value.data):
                return value
            words = values.clean(str(value.data))
            return Value(getattr(spoken, how)(words), None, value.names, as_is=True)

        return evaluate

    return make


def _join(inner: Evaluate, args: Sequence[Evaluate]) -> Evaluate:
    def evaluate(scope: Scope) -> Value:
        value = inner(scope)
        if values.is_empty(value.data):
            return value
        items = value.data if isinstance(value.data, (list, tuple)) else [value.data]
        texts = [values.spoken(Value(item, value.type), scope) for item in items]
        separator = str(args[0](scope).data) if args else None
        told = values.joined(texts, scope, separator)
        return Value(told, None, value.names, as_is=True)

    return evaluate


def _cased(
    how: Literal["upper", "title"],
) -> Callable[[Evaluate, Sequence[Evaluate]], Evaluate]:
    def make(inner: Evaluate, args: Sequence[Evaluate]) -> Evaluate:
        def evaluate(scope: Scope) -> Value:
            value = inner(scope)
            if values.is_empty(value.data):
                return value
            told = values.spoken(value, scope)
            told = told.upper() if how == "upper" else told.title()
            return Value(told, None, value.names, as_is=True)

        return evaluate

    return make


FILTERS: Final[Mapping[str, Callable[[Evaluate, Sequence[Evaluate]], Evaluate]]] = {
    "default": _default,
    "plural": _plural,
    "spell": _speller("spell"),
    "digits": _speller("digits"),
    "join": _join,
    "upper": _cased("upper"),
    "title": _cased("title"),
}
