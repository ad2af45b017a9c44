"""What comes with a call, as testers write it: given values, the caller's number, a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo

from flowkit.cli import UsageError
from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import Agent, Given


def read_given(path: Path, agent: Agent) -> dict[str, Json]:
    """Return the values of a YAML or JSON file, ``name: value``.

    Raises:
        UsageError: The file cannot be read, or does not fit the agent.
    """
    from flowkit.authoring.means import data_of
    from flowkit.authoring.source import read

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as err:
        raise UsageError(f"{path} cannot be read: {err}") from err
    source = read(text, str(path), braces=True)
    values = data_of(source.root) if not source.diagnostics else None
    if not isinstance(values, Mapping):
        why = f" ({source.diagnostics[0].message})" if source.diagnostics else ""
        raise UsageError(f"{path} should have one `name: value` a line{why}.")
    return {name: given_value(agent, name, value) for name, value in values.items()}


def given_value(agent: Agent, name: str, value: Json) -> Json:
    """Return a given value in the canonical form of its type.

    Raises:
        UsageError: No flow declares it, or it is not of its type.
    """
    declared = {k: v for flow in agent.flows.values() for k, v in flow.given.items()}
    given = declared.get(name)
    if given is None:
        near = get_close_matches(name, declared, 1, 0.5)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        if not near:
            names = ", ".join(declared)
            hint = (
                f" There are: {names}." if names else " There are none in this agent."
            )
        raise UsageError(f'"{name}" is no given value of a flow.{hint}')
    for one in dict.fromkeys((value, str(value))):
        try:
            return given.type.close(one)
        except (ValueError, TypeError):
            continue
    found = _heard(agent, given, str(value))
    if found is None:
        raise UsageError(f'{name}: "{value}" is not a {given.type.name}.')
    return found


def _heard(agent: Agent, given: Given, text: str) -> Json:
    """Return the value that a caller would mean by these words, or None."""
    from flowkit.types.reading import Context, split

    find = getattr(given.type, "find", None)
    if find is None:
        return None
    now = datetime.now(ZoneInfo(agent.timezone))
    language = agent.languages[agent.language]
    ctx = Context(now, language, agent.country, asked=True)  # type: ignore[arg-type]  # every language that the compiler makes is one of ``flowkit.languages``
    readings = [
        reading for reading in find(split(text), ctx) if reading.value is not None
    ]
    return readings[0].value if readings else None


def caller_number(text: str, agent: Agent) -> str:
    """Return a phone number in the form E.164.

    Raises:
        UsageError: It is none.
    """
    digits = re.sub(r"[^\d+]", "", text)
    if re.fullmatch(r"\+\d{5,15}", digits):
        return digits
    import phonenumbers

    try:
        number = phonenumbers.parse(text, agent.country)
    except phonenumbers.NumberParseException:
        raise UsageError(
            f'"{text}" is no phone number. Type it like "+1 617 555 0142".'
        ) from None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def moment(text: str, agent: Agent) -> datetime:
    """Return a time; without an offset it is in the agent's time zone.

    Raises:
        UsageError: It is none.
    """
    try:
        now = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f'"{text}" is no date and time. Type it like 2026-11-22T15:00.'
        ) from None
    return now if now.tzinfo else now.replace(tzinfo=ZoneInfo(agent.timezone))
