"""Canonical data and the Python values behind it, for the types that have plain ones.

Data are JSON (``2026-11-27``, ``19:30``, ``+16175550142``); code gets dates, times, numbers.
``close_...`` are lenient, since tools and tests bring both. This knows no language and
reads no speech, so that checking a flow with its tests loads nothing that does.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time

from flowkit.dialogue.acts import Json

Number = int | float

LONGEST_NAME = 80
"""Characters of a name that are kept."""

_ONE_DIGIT_HOUR = re.compile(r"\d:\d\d(:\d\d)?")

# Cyrillic and Greek letters that look like Latin ones (Unicode TR 39, confusables.txt):
# folded only in words that mix scripts
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαν",  # noqa: RUF001
    "ABEKMHOPCTYXaeopcyxijsABEZHIKMNOPTYXoav",
)


def open_as_is(data: Json) -> object:
    """Return the data: they are their own Python value."""
    return data


def tidy(value: Number) -> Number:
    """Return a whole number as an int."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def close_number(value: object) -> Json:
    """Return a number from a number or its figures.

    Raises:
        ValueError: It is not a finite number.
    """
    if isinstance(value, bool):
        raise ValueError(f"`{value}` is not a number")
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        text = value.strip()
        try:
            return int(text)
        except ValueError:
            try:
                value = float(text)
            except ValueError:
                raise ValueError(f"`{value}` is not a number") from None
    if isinstance(value, float) and math.isfinite(value):
        return tidy(value)
    raise ValueError(f"`{value}` is not a number")


def open_date(data: Json) -> date | None:
    """Return the date of canonical data, or None if they are none."""
    if not isinstance(data, str):
        return None
    try:
        return datetime.fromisoformat(data.strip()).date()
    except ValueError:
        return None


def close_date(value: object) -> Json:
    """Return ``YYYY-MM-DD`` of a date, a datetime or ISO text.

    Raises:
        ValueError: It is none of these.
    """
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return datetime.fromisoformat(value.strip()).date().isoformat()
    raise ValueError(f"`{value}` is not a date")


def open_time(data: Json) -> time | None:
    """Return the time of canonical data, or None if they are none."""
    if not isinstance(data, str):
        return None
    try:
        return time.fromisoformat(data)
    except ValueError:
        return None


def close_time(value: object) -> Json:
    """Return ``HH:MM`` of a time, a datetime or ISO text.

    Raises:
        ValueError: It is none of these.
    """
    if isinstance(value, time | datetime):
        return value.strftime("%H:%M")
    if isinstance(value, str):
        text = value.strip()
        if _ONE_DIGIT_HOUR.fullmatch(text):
            text = "0" + text
        if "T" in text or " " in text:
            return datetime.fromisoformat(text).strftime("%H:%M")
        if ":" in text:
            return time.fromisoformat(text).strftime("%H:%M")
    raise ValueError(f"`{value}` is not a time of day")


def close_phone(value: object) -> Json:
    """Return an international number (with its ``+`` or ``00``) without its spaces.

    Data are not speech: numbers for tests and of new ranges are not ours to refuse, and
    the tables of all countries need not be loaded for them.

    Raises:
        ValueError: It has not the form of such a number.
    """
    if isinstance(value, str):
        text = "".join(c for c in value if c not in " -./()\u00a0")
        if text.startswith("00"):
            text = "+" + text[2:]
        if re.fullmatch(r"\+[1-9][0-9]{6,14}", text):
            return text
    raise ValueError(f"`{value}` is not a phone number with its country code")


def clean(text: str) -> str:
    """Return a name without symbols, emoji, control and look-alike characters."""
    text = unicodedata.normalize("NFKC", text)
    kept = "".join(
        c if unicodedata.category(c)[0] in "LM" or c in "'-. " else " " * c.isspace()
        for c in text.replace("’", "'")  # noqa: RUF001
    )
    words = []
    for word in kept.split():
        if not word.isascii():
            latin = any("LATIN" in unicodedata.name(c, "") for c in word)
            if latin and word.translate(_LOOKALIKES) != word:
                word = word.translate(_LOOKALIKES)
        word = word.strip("-.'") if len(word) > 2 else word.strip("-'")
        if any(c.isalpha() for c in word):
            words.append(word)
    return " ".join(words)[:LONGEST_NAME].strip()


def close_name(value: object) -> Json:
    """Return a name without symbols.

    Raises:
        ValueError: There are no letters in it.
    """
    name = clean(value) if isinstance(value, str) else ""
    if not name:
        raise ValueError(f"`{value}` is not a name")
    return name
