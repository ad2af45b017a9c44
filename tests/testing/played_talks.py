"""Write a flow and its talks, and play them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from textwrap import dedent, indent

from flowkit.testing.finding import Library, Suite
from flowkit.testing.runner import Played, play

SHOP = """
flow: shop
steps:
  - say: Welcome to the shop.
    interrupt: never
  - ask: [size, day]
  - do: look
    with: [size, day]
    save_as: stock
    meanwhile: One moment, I'm looking.
    if_it_fails:
      - say: I'm sorry, I can't look.
      - handoff: No stock list
  - when: stock.left == "none"
    steps:
      - say: There is nothing left in that size.
      - end: sold_out
  - confirm: One shirt, size {{ size }}, for {{ day }}. Shall I order it?
  - do: order
    with: [size, day]
    save_as: done
    if_it_fails:
      - say: I could not order it.
      - handoff: Order failed
  - say: Ordered. Your number is {{ done.number | spell }}.
  - end: ordered
slots:
  size:
    type: number
    ask: Which size?
    keypad: true
    rules:
      - must: size < 60
        otherwise: That is too large. Which size do you need?
    if_not_understood:
      - say: Just the number, please.
      - handoff: Not understood
  day:
    type: date
    ask: For which day?
anytime:
  - caller_asks: where the shop is
    such_as:
      - where are you
    say: We are on Main Street.
"""
TOP = """
flow: shop
now: 2026-11-22 15:00
tools:
  look: {left: many}
  order: {number: A12}
"""


def write(folder: Path, talks: str, *, flow: str = SHOP, top: str = TOP) -> Path:
    """Write ``shop.yaml`` and ``shop.test.yaml``; return the latter."""
    (folder / "shop.yaml").write_text(dedent(flow).lstrip(), encoding="utf-8")
    path = folder / "shop.test.yaml"
    text = dedent(top).lstrip() + "tests:\n" + indent(dedent(talks).strip("\n"), "  ")
    path.write_text(text + "\n", encoding="utf-8")
    return path


def suite(folder: Path, talks: str, **others: str) -> Suite:
    return Library().suite(write(folder, talks, **others))


def played(folder: Path, talks: str, **others: str) -> list[Played]:
    """Play all talks; anything wrong in the files fails the test."""
    library = Library()
    read = library.suite(write(folder, talks, **others))
    assert read.diagnostics == (), [(d.span.line, d.message) for d in read.diagnostics]
    agent = read.agent
    assert agent is not None

    async def all_of_them() -> list[Played]:
        return [
            await play(
                talk,
                agent,
                understander=library.understander(agent),
                coverage=library.coverage(agent),
            )
            for talk in read.talks
        ]

    return asyncio.run(all_of_them())


def outcome(folder: Path, talk: str, **others: str) -> str:
    """Play one talk without its name: "passed", or what differs and where."""
    one = indent(dedent(talk).strip("\n"), "  ")
    text = "- test: It\n" + one
    result = played(folder, text, **others)[0]
    if result.failure is None:
        return "passed"
    failure = result.failure
    return f"line {failure.span.line}: {failure.expected}; {failure.found}"
