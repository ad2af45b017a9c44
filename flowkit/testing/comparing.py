"""How what a tester wrote is compared with what happened."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from flowkit.dialogue.acts import Json

_APOSTROPHES = str.maketrans("", "", "'\u2019\u02bc`")


def folded(text: str) -> str:
    """Return a text as it is compared: letters and digits, lower case, single spaces."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    return " ".join(re.sub(r"[\W_]+", " ", text).split())


def shown(value: Json | Mapping[str, Json]) -> str:
    """Return data as a tester writes it."""
    match value:
        case None:
            return "empty"
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case Mapping():
            return "{" + ", ".join(f"{k}: {shown(v)}" for k, v in value.items()) + "}"
        case int() | float():
            return str(value)
        case _:
            return "[" + ", ".join(shown(one) for one in value) + "]"


def agrees(value: Json, wanted: Json) -> bool:
    """Whether data are what a tester wrote: a part of a block, ``7`` for ``"7"``."""
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and all(
            key in value and agrees(value[key], one) for key, one in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        return (
            isinstance(value, list | tuple)
            and len(value) == len(wanted)
            and all(agrees(v, w) for v, w in zip(value, wanted, strict=True))
        )
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if value is None or wanted is None:
        return value is wanted
    return value == wanted or str(value) == str(wanted)
