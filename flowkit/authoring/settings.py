"""What agent.yaml says of the house: language, country, clock, values, people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from flowkit.authoring.codes import found
from flowkit.authoring.nodes import Listing, Node, Scalar
from flowkit.authoring.parts import Pair, Part
from flowkit.authoring.reading import meant_by
from flowkit.diagnostics import Diagnostic, Fix
from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import Target

_NUMBER = re.compile(r"\+\d[\d ().-]{4,24}\d$")
_SIP = re.compile(r"sips?:[^\s@]+@[\w.-]+(:\d+)?$")
_HOURS = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)$")
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,15})$")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,15})\.\d{1,10}$")
_ISO = (
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACC"
    "CDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGD"
    "GEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKH"
    "KIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMW"
    "MXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSC"
    "SDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUY"
    "UZVAVCVEVGVIVNVUWFWSYEYTZAZMZW"
)
_COUNTRIES = frozenset(_ISO[n : n + 2] for n in range(0, len(_ISO), 2))
"""ISO 3166-1 alpha-2, 2024."""


@dataclass(slots=True)
class Settings:
    """The house, with defaults for a flow that stands alone."""

    name: str = ""
    start: Scalar | None = None
    language: str = "en"
    language_scalar: Scalar | None = None
    languages: tuple[Scalar, ...] = ()
    fallback: str = ""
    """The language that is spoken where a translation is missing."""
    country: str = "US"
    timezone: str = "UTC"
    values: Mapping[str, Json] = field(default_factory=dict)
    value_pairs: tuple[Pair, ...] = ()
    people: Mapping[str, Target] = field(default_factory=dict)


def read(agent: Part | None) -> tuple[Settings, list[Diagnostic]]:
    """Read the settings of agent.yaml, with what is wrong in them."""
    settings = Settings()
    problems: list[Diagnostic] = []
    if agent is None:
        return settings, problems
    settings.name = agent.text("agent")
    settings.start = agent.scalar("start")
    settings.language_scalar = agent.scalar("language")
    settings.language = agent.text("language") or "en"
    settings.languages = agent.scalars("languages")
    fallback = agent.scalar("language_fallback")
    if fallback is not None:
        settings.fallback = fallback.text
        settings.languages = (*settings.languages, fallback)
    settings.country = _country(agent, problems)
    settings.timezone = _timezone(agent, problems)
    settings.value_pairs = agent.pairs("values")
    settings.values = {
        pair.name.text: constant(pair.value) for pair in settings.value_pairs
    }
    settings.people = _people(agent, problems)
    return settings, problems


def constant(node: Node) -> Json:
    """Return a value of agent.yaml: bare numbers, true and false are what they look like."""
    if isinstance(node, Listing):
        return [constant(item) for item in node.items]
    if not isinstance(node, Scalar):
        return None
    text = node.text
    if node.quoted:
        return text
    if text in ("true", "false"):
        return text == "true"
    if _WHOLE.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return float(text)
    return " ".join(text.split())


def _country(agent: Part, problems: list[Diagnostic]) -> str:
    scalar = agent.scalar("country")
    if scalar is None or scalar.text in _COUNTRIES:
        return scalar.text if scalar else "US"
    upper = scalar.text.strip().upper()
    upper = {"UK": "GB", "USA": "US"}.get(upper, upper)
    known = upper in _COUNTRIES
    problems.append(
        found(
            "FK221",
            scalar.span,
            f'there is no country "{scalar.text}".',
            advice=f"Write {upper}."
            if known
            else "Write two letters, such as US or GB.",
            fix=Fix(scalar.span, upper) if known and not scalar.quoted else None,
        )
    )
    return "US"


def _timezone(agent: Part, problems: list[Diagnostic]) -> str:
    scalar = agent.scalar("timezone")
    if scalar is None:
        return "UTC"
    try:
        ZoneInfo(scalar.text)
    except (KeyError, ValueError, OSError):
        from zoneinfo import available_timezones

        zones = {zone.lower(): zone for zone in available_timezones()}
        wanted = scalar.text.replace(" ", "_")
        lowered = meant_by(wanted, zones) or next(
            (zone for zone in sorted(zones) if zone.endswith(f"/{wanted.lower()}")),
            None,
        )
        meant = zones[lowered] if lowered else None
        problems.append(
            found(
                "FK221",
                scalar.span,
                f'there is no time zone "{scalar.text}".',
                advice=f'Did you mean "{meant}"?'
                if meant
                else "Write it like America/New_York.",
                fix=Fix(scalar.span, meant) if meant and not scalar.quoted else None,
            )
        )
        return "UTC"
    return scalar.text


def _people(agent: Part, problems: list[Diagnostic]) -> dict[str, Target]:
    people: dict[str, Target] = {}
    for pair in agent.pairs("people"):
        if not isinstance(pair.value, Scalar):
            continue
        address = pair.value.text.strip()
        if not _NUMBER.match(address) and not _SIP.match(address):
            problems.append(
                found(
                    "FK220",
                    pair.value.span,
                    f'"{address}" is neither a phone number nor a SIP address.',
                    advice='Write it like "+1 617 555 0100" or sip:desk@example.com.',
                )
            )
        hours = pair.more.scalar("open") if pair.more else None
        if hours is not None and not _HOURS.match(hours.text):
            problems.append(
                found(
                    "FK226",
                    hours.span,
                    f'"{hours.text}" are no opening hours.',
                    advice="Write them like 9:00-18:00.",
                )
            )
        people[pair.name.text] = Target(
            pair.name.text, address, hours.text.replace(" ", "") if hours else ""
        )
    return people
