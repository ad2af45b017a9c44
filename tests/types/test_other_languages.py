"""The machinery knows no language: two small ones, made of data alone."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flowkit.languages import Language
from flowkit.types import build
from flowkit.types.reading import Context, split

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=ZoneInfo("Europe/Madrid"))

SPANISH: dict[str, Any] = {
    "numbers": {
        "below_hundred": (
            "cero, uno, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, diez, once,"
            "doce, trece, catorce, quince, dieciséis, diecisiete, dieciocho, diecinueve,"
            "veinte, veintiuno, veintidós, veintitrés, veinticuatro, veinticinco,"
            "veintiséis, veintisiete, veintiocho, veintinueve, treinta, treinta y uno"
        ),
        "hundred": "",
        "scales": {"1000": "mil"},
        "joined_by": "y",
        "one": "un, una",
        "ordinals": "primero, segundo",
        "decimal": ",",
        "thousands": ".",
        "scale": "{count} {scale}",
        "scale_and_rest": "{scaled} {rest}",
        "scale_and_small_rest": "{scaled} {rest}",
    },
    "counts": {"nouns": "personas, persona", "before": "mesa para"},
    "joining": {"openings": {"entre": "y", "de": "a"}, "to": "a, hasta", "or": "o, u"},
    "dates": {
        "months": {
            "1": "enero", "2": "febrero", "3": "marzo", "4": "abril", "5": "mayo",
            "6": "junio", "7": "julio", "8": "agosto", "9": "septiembre",
            "10": "octubre", "11": "noviembre", "12": "diciembre",
        },
        "weekdays": {
            "0": "lunes", "1": "martes", "2": "miércoles", "3": "jueves",
            "4": "viernes", "5": "sábado", "6": "domingo",
        },
        "offsets": {"0": "hoy", "1": "mañana", "2": "pasado mañana"},
        "rules": {
            "day_month": ["[el] {number:day} de {month} [de {year}]"],
            "weekday_next": ["el próximo {weekday}", "el {weekday} que viene"],
            "weekday": ["[el] {weekday}"],
            "offset": ["{offset}"],
            "written": ["{written}"],
        },
        "capitals": "no",
        "spoken": "el {weekday} {number}",
        "spoken_full": "el {number} de {month} de {year}",
    },
    "times": {
        "fractions": {"15": "cuarto", "30": "media"},
        "parts": {"morning": "de la mañana", "evening": "de la tarde, de la noche"},
        "before": "a las, a la",
        "rules": {
            "past": ["{hour} y {fraction}"],
            "to": ["{hour} menos {fraction}"],
            "hour": ["{hour}"],
        },
        "spoken_hour": "las {hour}",
        "spoken_minute": "las {hour} {minute}",
        "spoken_zero": "las {hour} {minute}",
    },
}  # fmt: skip

GERMAN: dict[str, Any] = {
    **SPANISH,
    "numbers": {
        "below_hundred": "null, eins, zwei, drei, vier, fünf, sechs, sieben, acht",
        "joined_by": "und",
        "decimal": ",",
        "thousands": ".",
    },
    "times": {
        "before": "um",
        "rules": {"half_to": ["halb {hour}"], "hour": ["{hour} [uhr]"]},
        "spoken_hour": "{hour} Uhr",
        "spoken_minute": "{hour} Uhr {minute}",
        "spoken_zero": "{hour} Uhr {minute}",
    },
}


def found(words: dict[str, Any], kind: str, text: str, **more: Any) -> list[Any]:
    language = Language("xx", {}, words)
    context = Context(NOW, language, country="ES", asked=True)
    readings = build(kind, more).find(split(text), context)
    return [reading.why or reading.value for reading in readings]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "cuatro personas", 4),
        ("number", "treinta y uno", 31),
        ("number", "dos mil veintiséis", 2026),
        ("number", "1.200,5", 1200.5),
        ("date", "mañana", "2026-11-23"),
        ("date", "pasado mañana", "2026-11-24"),
        ("date", "el viernes", "2026-11-27"),
        ("date", "el veintisiete de noviembre", "2026-11-27"),
        ("date", "el viernes que viene", "2026-11-27"),
        ("date", "27/11", "2026-11-27"),
        ("time", "a las siete y media de la tarde", "19:30"),
        ("time", "las ocho menos cuarto de la noche", "19:45"),
        ("number", "entre cuatro y seis", "range"),
    ],
)
def test_spanish_is_read_by_its_data(kind, text, value):
    assert found(SPANISH, kind, text) == [value]


def test_half_eight_is_half_past_seven_in_german():
    assert found(GERMAN, "time", "um halb acht", assume="evening") == ["19:30"]
    assert found(GERMAN, "time", "um acht uhr", assume="evening") == ["20:00"]


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("number", 2026, "dos mil veintiséis"),
        ("date", "2026-11-27", "el viernes veintisiete"),
        ("time", "19:30", "las diecinueve treinta"),
    ],
)
def test_spanish_is_spoken_by_its_data(kind, data, text):
    assert build(kind).speak(data, Language("xx", {}, SPANISH)) == text
