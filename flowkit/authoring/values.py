"""What a name is worth inside a sentence or condition: opened, compared, spoken.

Values are data with, at best, a type. Data without a type are taken for what they
plainly are: exact ISO dates and times for those, numbers for numbers, all else for text.
Nothing empty is ever an error: it compares as "no", and is spoken as "not known yet".
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import BrokenExpression, Language, Named, Scope, SlotType
from flowkit.dialogue.protocols import speak_value

LONGEST_VALUE = 1_000
"""Characters of one value that are spoken."""
WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("weekday", "day", "month", "year"),
    "time": ("hour", "minute"),
    "duration": ("minutes", "hours", "days"),
    "money": ("amount", "currency"),
}
"""What a value of a type has behind a dot, besides ``value``."""

_LONG: Final[Mapping[str, timedelta]] = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
}
_NONE: frozenset[str] = frozenset()
_DATE = re.compile(r"\d{4}-\d\d-\d\d$")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d$")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ][0-2]\d:[0-5]\d")
_UNSPEAKABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
    "\ue000-\uf8ff]+"
)
_MARKUP = re.compile(r"[<>]+")


class Value(NamedTuple):
    """Data, the type that speaks it, and the names that it came from.

    A tuple, since one is made for every name of every sentence that is spoken.
    """

    data: Json
    type: SlotType | None = None
    names: frozenset[str] = _NONE
    as_is: bool = False
    """Already words, or raw: spoken as it stands."""


EMPTY: Final = Value(None)


def is_empty(data: Json) -> bool:
    """Tell whether there is nothing to speak."""
    return (
        data is None
        or data == ""
        or (data.__class__ in (list, tuple, dict) and not data)
    )


def opened(value: Value) -> object:
    """Return the Python object of a value, to compare and compute with."""
    data = value.data
    if data is None:
        return None
    if value.type is not None:
        return value.type.open(data)
    if not value.as_is and data.__class__ is str:
        return _opened_text(data)
    return data


def _opened_text(text: Json) -> object:
    """Return the date or time that a text exactly is, else the text."""
    if not isinstance(text, str) or not 5 <= len(text) <= 40 or not text[0].isdigit():
        return text
    try:
        if _DATE.match(text):
            return date.fromisoformat(text)
        if _TIME.match(text):
            return time.fromisoformat(text)
        if _MOMENT.match(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    return text


def closed(found: object) -> Json:
    """Return the data of what a computation gave."""
    if isinstance(found, datetime):
        return found.isoformat(timespec="minutes")
    if isinstance(found, date):
        return found.isoformat()
    if isinstance(found, time):
        return found.isoformat(timespec="minutes")
    if isinstance(found, float) and found.is_integer():
        return int(found)
    if found is None or isinstance(found, (bool, int, float, str)):
        return found
    if isinstance(found, Mapping):
        return {str(key): closed(item) for key, item in found.items()}
    if isinstance(found, Sequence):
        return [closed(item) for item in found]
    return str(found)


def part(value: Value, name: str) -> Value:
    """Return what stands behind a dot: ``date.weekday``, ``table.status``."""
    if value.data is None:
        return Value(None, None, value.names)
    if isinstance(value.data, Mapping) and name in value.data:
        data = value.data[name]
        if name == "amount" and value.type is not None:
            data = closed(_amount(opened(value)))
        return Value(data, None, value.names)
    if name == "value":
        return Value(value.data, None, value.names, as_is=True)
    found = opened(value)
    if isinstance(found, date):
        if name == "weekday":
            return Value(WEEKDAYS[found.weekday()], None, value.names, as_is=True)
        if name in ("day", "month", "year"):
            return Value(getattr(found, name), None, value.names)
    if isinstance(found, (time, datetime)) and name in ("hour", "minute"):
        return Value(getattr(found, name), None, value.names)
    if isinstance(found, timedelta) and name in _LONG:
        return Value(closed(found / _LONG[name]), None, value.names)
    return Value(None, None, value.names)


_ORDERINGS: Final[
    Mapping[str, Callable[[Any, Any], object]]
] = {  # any: what operators take
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}


def compare(left: Value, sign: str, right: Value) -> bool:
    """Compare two values; with an empty one only ``!=`` and ``not in`` hold.

    Raises:
        BrokenExpression: They are of kinds that have no order.
    """
    if sign in ("eq", "ne"):
        return _equal(left, right) is (sign == "eq")
    if sign in ("in", "notin"):
        return _within(left, right) is (sign == "in")
    if left.data is None or right.data is None:
        return False
    one, other = _alike(opened(left), opened(right))
    try:
        return bool(_ORDERINGS[sign](one, other))
    except TypeError as err:
        raise BrokenExpression(
            f"`{one}` and `{other}` cannot be compared with each other"
        ) from err


def _equal(left: Value, right: Value) -> bool:
    if left.data is None or right.data is None:
        # `x == none` is a test for "empty"; two unknown things are not equal
        return left.data is right.data and (left is NOTHING or right is NOTHING)
    one, other = _alike(opened(left), opened(right))
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    return bool(one == other)


def _alike(one: object, other: object) -> tuple[object, object]:
    """Make a moment and a day comparable, and money and a number."""
    if _is_number(one) and hasattr(other, "amount"):
        return one, _amount(other)
    if _is_number(other) and hasattr(one, "amount"):
        return _amount(one), other
    if isinstance(one, datetime) is not isinstance(other, datetime):
        if isinstance(one, datetime) and isinstance(other, date):
            return one.date(), other
        if isinstance(other, datetime) and isinstance(one, date):
            return one, other.date()
    return one, other


def _amount(found: object) -> object:
    """Return the number of an amount of money."""
    amount = getattr(found, "amount", None)
    return float(amount) if amount is not None else None


def _within(item: Value, whole: Value) -> bool:
    if item.data is None or whole.data is None:
        return False
    if isinstance(whole.data, str):
        return isinstance(item.data, str) and item.data in whole.data
    if isinstance(whole.data, (Mapping, Sequence)):
        return any(_equal(item, Value(one, item.type)) for one in whole.data)
    return False


NOTHING: Final = Value(None, None, _NONE, as_is=True)
"""The word ``none`` as it was written."""


def compute(left: Value, sign: str, right: Value) -> Value:
    """Add, subtract, multiply or divide numbers; move dates by days.

    Raises:
        BrokenExpression: They are neither.
    """
    names = left.names | right.names
    if left.data is None or right.data is None:
        return Value(None, None, names)
    one, other = opened(left), opened(right)
    if isinstance(other, Days):
        one, other = other, one
        if sign == "sub":
            one, sign = Days(-one.count), "add"
    if isinstance(one, Days) and isinstance(other, date) and sign == "add":
        try:
            return Value(closed(other + timedelta(days=one.count)), None, names)
        except OverflowError as err:
            raise BrokenExpression(f"`{other}` cannot be moved so far") from err
    if sign == "sub" and isinstance(one, date) and isinstance(other, date):
        one, other = _alike(one, other)
        return Value((one - other).days, None, names)  # type: ignore[operator]
    if not _is_number(one) or not _is_number(other):
        raise BrokenExpression(f"`{one}` and `{other}` are not both numbers")
    try:
        return Value(closed(_ARITHMETIC[sign](one, other)), None, names)
    except (ArithmeticError, TypeError) as err:
        raise BrokenExpression(f"`{one}` and `{other}`: {err}") from err


_ARITHMETIC: Final[Mapping[str, Callable[[Any, Any], object]]] = {  # any: as above
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
}


def _is_number(found: object) -> bool:
    return hasattr(found, "__sub__") and not isinstance(
        found, (bool, date, time, str, timedelta)
    )


@dataclass(frozen=True, slots=True)
class Days:
    """``days(3)``: what a date can be moved by."""

    count: int


def spoken(value: Value, scope: Scope) -> str:
    """Say a value aloud; what a caller or a tool put in stays mere text.

    Control characters and the angle brackets of markup are dropped, and what nobody
    would listen to is cut.
    """
    data = value.data
    if data is None or data == "":
        return not_known(scope)
    if value.type is not None:
        try:
            text = speak_value(value.type, data, scope.language, _today(scope))
        except BrokenExpression:
            raise
        except Exception as err:  # a developer's type may raise anything
            raise BrokenExpression(
                f"`{value.type.name}` cannot speak {data!r}"
            ) from err
        return clean(text)
    if isinstance(data, str):
        if not value.as_is and data[0].isdigit():
            found = _opened_text(data)
            if found is not data:
                return _speak_clock(found, scope)
        return clean(data)
    if isinstance(data, bool):
        return clean(plain_type("yes_no").speak(data, scope.language))
    if isinstance(data, (int, float)):
        return str(closed(data))
    if isinstance(data, Mapping):
        named = data.get("name")
        if isinstance(named, str):
            return clean(named)
        return joined([spoken(Value(one), scope) for one in data.values()], scope)
    return joined([spoken(Value(one), scope) for one in data], scope)


def _speak_clock(found: object, scope: Scope) -> str:
    def said(kind: str, data: Json) -> str:
        return speak_value(plain_type(kind), data, scope.language, _today(scope))

    if isinstance(found, datetime):
        day, hour = found.date().isoformat(), found.strftime("%H:%M")
        return f"{said('date', day)} {said('time', hour)}"
    kind = "date" if isinstance(found, date) else "time"
    return clean(said(kind, closed(found)))


def _today(scope: Scope) -> str:
    """Return the day on which something is said, or nothing."""
    today = scope.lookup("today").data
    return today if isinstance(today, str) else ""


@cache
def plain_type(name: str) -> SlotType:
    """Return a shipped type without options."""
    from flowkit.types import build

    return build(name, {})


def joined(texts: Sequence[str], scope: Scope, separator: str | None = None) -> str:
    """Say several things one after the other: "one, two and three"."""
    if not texts:
        return not_known(scope)
    if len(texts) == 1 or separator is not None:
        return (separator if separator is not None else "").join(texts)
    first = ", ".join(texts[:-1])
    phrase = scope.language.phrase("join.and")
    told = phrase.render(_Words(scope, {"first": first, "last": texts[-1]}))
    return " ".join(piece.text for piece in told)


def not_known(scope: Scope) -> str:
    """Return the words for an empty value; never "None"."""
    told = scope.language.phrase("not_known").render(scope)
    return " ".join(piece.text for piece in told)


class _Words:
    """A scope of a few texts."""

    __slots__ = ("_texts", "language")

    def __init__(self, scope: Scope, texts: Mapping[str, str]) -> None:
        self.language = scope.language
        self._texts = texts

    def lookup(self, name: str) -> Named:
        return Named(self._texts.get(name), AS_IS)


class _AsIs:
    """The type of words that are spoken as they stand."""

    name = "words"

    def open(self, data: Json) -> object:
        return data

    def close(self, value: object) -> Json:
        return str(value)

    def speak(self, data: Json, language: Language) -> str:
        return str(data)


AS_IS: Final = _AsIs()


def clean(text: str) -> str:
    """Return a text from outside as words that are safe to speak, not too long."""
    if len(text) > LONGEST_VALUE:
        text = text[:LONGEST_VALUE].rsplit(" ", 1)[0][:LONGEST_VALUE]
    if text.isprintable() and "<" not in text and ">" not in text:
        return text
    return " ".join(_MARKUP.sub(" ", _UNSPEAKABLE.sub(" ", text)).split())
