"""An agent built by hand, so that the session is tested without compiler and words.

ask thing -> do look -> confirm -> do book (cannot be undone) -> say -> end
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.dialogue.flow import Scope, Spoken

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=ZoneInfo("America/New_York"))


@dataclass(frozen=True)
class Text:
    """A sentence that is spoken as it stands, with one value at most."""

    source: str
    reads: frozenset[str] = frozenset()
    line: str = ""

    def render(self, scope: Scope) -> tuple[Spoken, ...]:
        text = self.source
        for name in self.reads:
            text = text.replace(f"<{name}>", str(scope.lookup(name).data))
        return (Spoken(text, self.reads),)


@dataclass(frozen=True)
class Value:
    """An expression that is the value of one name."""

    source: str

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.source})

    def value(self, scope: Scope) -> Json:
        return scope.lookup(self.source).data


@dataclass(frozen=True)
class Words:
    """A type whose values are texts; opened, they are in capitals."""

    name: str = "text"

    def open(self, data: Json) -> object:
        return str(data).upper()

    def close(self, value: object) -> Json:
        if not isinstance(value, str):
            raise ValueError(value)
        return value

    def speak(self, data: Json, language: flow.Language) -> str:
        return str(data)


@dataclass(frozen=True)
class Spoke:
    """A language whose phrases are their own names."""

    code: str = "en"

    def phrase(self, name: str) -> flow.Sentence:
        return Text(f"[{name}]")


class Unless:
    """A validator that breaks on one value, and refuses another."""

    source = "unless"
    reads = frozenset({"thing"})

    def verdict(self, scope: Scope) -> flow.Verdict:
        thing = scope.lookup("thing").data
        if thing == "bomb":
            return flow.Verdict(holds=False, error=ZeroDivisionError("bang"))
        return flow.Verdict(holds=thing != "bad")


def agent(
    tools: Mapping[str, Callable[..., Any]],
    *,
    within_s: float = 10.0,
    meanwhile: bool = True,
) -> flow.Agent:
    """Return the agent; ``look`` and ``book`` are its tools."""
    say, rungs = Text, (flow.Rung((flow.Say(id="r0", variants=(Text("[again]"),)),)),)
    ladders = flow.Ladders(rungs, rungs, rungs, 6.0, "anytime")
    thing = Value("thing")
    steps: tuple[flow.Step, ...] = (
        flow.Ask(id="steps.0", line="shop.yaml:2", slots=("thing",)),
        flow.Do(
            id="steps.1",
            line="shop.yaml:3",
            tool="look",
            arguments=(flow.Argument("thing", thing, Words()),),
            save_as="seen",
            meanwhile=Text("[meanwhile]") if meanwhile else None,
            within_s=within_s,
            if_it_fails=(
                flow.Say(id="steps.1.0", variants=(say("[look failed]"),)),
                flow.End(id="steps.1.1", outcome="failed"),
            ),
        ),
        flow.Confirm(
            id="steps.2",
            line="shop.yaml:4",
            say=Text("<thing>, right?", frozenset({"thing"})),
            covers=frozenset({"thing"}),
        ),
        flow.Do(
            id="steps.3",
            line="shop.yaml:5",
            tool="book",
            arguments=(flow.Argument("thing", thing, Words()),),
            save_as="booked",
            commit=True,
            locks=frozenset({"thing"}),
            within_s=within_s,
            if_it_fails=(
                flow.Say(id="steps.3.0", variants=(say("[book failed]"),)),
                flow.End(id="steps.3.1", outcome="failed"),
            ),
        ),
        flow.Say(id="steps.4", line="shop.yaml:6", variants=(say("Done."),)),
        flow.End(id="steps.5", line="shop.yaml:7", outcome="sold"),
    )
    slot = flow.Slot(
        "thing",
        Words(),
        say("What?"),
        rules=(
            flow.Rule(
                Unless(),
                (flow.Say(id="o", variants=(say("Not that."),)),),
                "shop.yaml:9",
            ),
        ),
        line="shop.yaml:8",
    )
    shop = flow.Flow("shop", steps, {"thing": slot}, defaults=ladders, path="shop.yaml")
    return flow.Agent(
        "shop",
        "shop",
        {"shop": shop},
        {"en": Spoke()},
        tools={
            name: flow.Tool(name, function, ("thing",))
            for name, function in tools.items()
        },
        fingerprint="by-hand",
        folder="/nowhere",
    )


def look(thing: str) -> dict[str, str]:
    return {"seen": thing}


def book(thing: str) -> dict[str, str]:
    return {"booked": thing}


TOOLS = {"look": look, "book": book}


def private(made: flow.Agent) -> flow.Agent:
    """Return the agent with its slot private."""
    shop = made.flows["shop"]
    slot = replace(shop.slots["thing"], private=True, keypad=True)
    return replace(made, flows={"shop": replace(shop, slots={"thing": slot})})
