"""What tests of slot types share: a Sunday afternoon in Boston, and a way to read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flowkit.authoring import wording
from flowkit.languages import Language
from flowkit.types import build
from flowkit.types.reading import Context, Reading, split

SUNDAY = datetime(2026, 11, 22, 15, 0, tzinfo=ZoneInfo("America/New_York"))

Read = Callable[..., list[Reading]]


@pytest.fixture(scope="session")
def english() -> Language:
    language = wording.language("en")
    assert language is not None
    return language


@pytest.fixture(scope="session")
def context(english: Language) -> Callable[..., Context]:
    def make(**more: Any) -> Context:
        return Context(**({"now": SUNDAY, "language": english} | more))

    return make


@pytest.fixture(scope="session")
def read(context: Callable[..., Context]) -> Read:
    """Read a text by a type: ``read("time", "at seven", {"assume": "evening"})``."""

    def find(
        kind: str, text: str, options: dict[str, Any] | None = None, **more: Any
    ) -> list[Reading]:
        return build(kind, options).find(split(text), context(**more))

    return find


@pytest.fixture(scope="session")
def values(read: Read) -> Callable[..., list[Any]]:
    """Return only the values, or the reasons why there are none."""

    def find(kind: str, text: str, *args: Any, **more: Any) -> list[Any]:
        return [one.why or one.value for one in read(kind, text, *args, **more)]

    return find


@pytest.fixture(scope="session")
def say(english: Language) -> Callable[..., str]:
    """Say a value aloud: ``say("time", "19:30")``."""

    def speak(kind: str, data: Any, options: dict[str, Any] | None = None) -> str:
        return build(kind, options).speak(data, english)

    return speak
