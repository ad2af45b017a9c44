"""What a tester writes under ``means:``, and values of slots, as acts and data.

Everything in a file is text with a place; the slot types of the agent say what a text is
worth, as they do for tools. Findings are collected, nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import chain

from flowkit.authoring.codes import found
from flowkit.authoring.nodes import Block, Listing, Node, Scalar
from flowkit.diagnostics import Diagnostic, Span
from flowkit.dialogue import acts
from flowkit.dialogue.acts import Act, Json
from flowkit.dialogue.flow import Agent, Entry, Flow, Slot, SlotType

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?", re.ASCII)
_ORDINAL = re.compile(r"[1-9]\d{0,3}", re.ASCII)
_NOT_OF_TYPE = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError)
"""What the ``close`` of a type may raise; those of developers are not all polite."""
_WORDS: Mapping[str, Act] = {
    acts.name_of(act): act
    for act in (
        acts.Yes(), acts.No(), acts.Why(), acts.Help(), acts.Repeat(), acts.Wait(),
        acts.Resume(), acts.Back(), acts.Cancel(), acts.Restart(), acts.Person(),
        acts.Goodbye(), acts.Thanks(), acts.Ack(), acts.Refuse(), acts.Unclear(),
        acts.OffTopic(), acts.Nothing(),
    )
} | {"filler": acts.Nothing(filler=True)}  # fmt: skip
_BLOCKS = ("set", "unset", "not", "choose", "same", "start", "ask_about", "repeat")
_REPEATS = ("last", "slower", "summary")


def data_of(node: Node | None) -> Json:
    """Return plain data: unquoted numbers, ``true`` and ``false`` are what they look like.

    Nothing, ``null`` and ``~`` are None; all else, and all in quotes, is text.
    """
    match node:
        case None:
            return None
        case Block():
            return {entry.key.text: data_of(entry.value) for entry in node.entries}
        case Listing():
            return [data_of(item) for item in node.items]
        case Scalar():
            return _scalar(node)


def _scalar(node: Scalar) -> Json:
    text = node.text.strip()
    if node.quoted:
        return node.text
    if text in ("", "null", "~"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


@dataclass(slots=True)
class Reader:
    """Reads values and acts of one flow's tests; ``diagnostics`` grows on the way."""

    agent: Agent
    flow: Flow
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def slot(self, name: Scalar) -> Slot | None:
        """Return the slot of that name: the flow's own, else any flow's."""
        for flow in (self.flow, *self.agent.flows.values()):
            if name.text in flow.slots:
                return flow.slots[name.text]
        known = {n for flow in self.agent.flows.values() for n in flow.slots}
        self.say(
            "FK303",
            name.span,
            f'there is no slot called "{name.text}".',
            advice=suggest_or_list(name.text, known),
        )
        return None

    def slots(self, node: Node | None) -> dict[str, Json]:
        """Return the values of a block ``slot: value`` in canonical form."""
        values: dict[str, Json] = {}
        block = self.block(node, "slots, each with its value")
        for entry in block.entries if block else ():
            slot = self.slot(entry.key)
            if slot is not None:
                values[slot.name] = self.value(slot.name, slot.type, entry.value)
        return values

    def value(self, name: str, kind: SlotType, node: Node) -> Json:
        """Return what is written there as canonical data of a type."""
        data = data_of(node)
        if data is None:
            return None
        candidates = [data, node.text] if isinstance(node, Scalar) else [data]
        for candidate in candidates:
            try:
                return kind.close(candidate)
            except _NOT_OF_TYPE:
                continue
        shown = node.text if isinstance(node, Scalar) else "this"
        self.say(
            "FK703",
            node.span,
            f'"{shown}" is not a {kind.name}, which "{name}" takes.',
            advice="Dates are written 2026-11-27, times 19:30, phones +16175550142.",
        )
        return data

    def means(self, node: Node) -> tuple[Act, ...]:
        """Return the acts of a ``means:``, in order."""
        match node:
            case Listing():
                return tuple(chain.from_iterable(self.means(one) for one in node.items))
            case Scalar():
                word = node.text.strip()
                if word in _WORDS:
                    return (_WORDS[word],)
                return self._unknown(node)
            case Block():
                return tuple(
                    act
                    for entry in node.entries
                    for act in self._entry(entry.key, entry.value)
                )

    def _entry(self, key: Scalar, value: Node) -> Iterable[Act]:
        match key.text:
            case "set":
                return self._sets(value)
            case "not":
                return [acts.Not(one.slot, one.value) for one in self._sets(value)]
            case "unset":
                return [
                    acts.Unset(slot.name)
                    for name in self.names(value)
                    if (slot := self.slot(name))
                ]
            case "unclear":
                return self._unclear(value)
            case "choose" | "start" | "ask_about" | "repeat":
                return self._one_word(key.text, value)
            case "same":
                return self._same(value)
            case _ if any(key.text in f.slots for f in self.agent.flows.values()):
                slot = self.slot(key)
                return (
                    [acts.Set(slot.name, self.value(slot.name, slot.type, value))]
                    if slot
                    else []
                )
            case _:
                return self._unknown(key)

    def _sets(self, node: Node) -> list[acts.Set]:
        return [acts.Set(name, value) for name, value in self.slots(node).items()]

    def _one_word(self, kind: str, node: Node) -> Iterable[Act]:
        if not isinstance(node, Scalar):
            self.say("FK202", node.span, f'"{kind}" takes one word here.')
            return []
        text = node.text.strip()
        match kind:
            case "choose" if _ORDINAL.fullmatch(text):
                return [acts.Choose(int(text) - 1)]
            case "choose":
                self.say(
                    "FK209",
                    node.span,
                    f'"{text}" is not the number of a choice.',
                    advice='The first one is 1: "choose: 1".',
                )
            case "repeat" if text in _REPEATS:
                return [acts.Repeat(text)]
            case "repeat":
                advice = f"Possible are: {', '.join(_REPEATS)}."
                self.say("FK210", node.span, f'"{text}" is no way to repeat.', advice)
            case "start" if text in self.agent.flows:
                return [acts.Start(text)]
            case "start":
                self.say(
                    "FK301",
                    node.span,
                    f'there is no flow called "{text}".',
                    advice=suggest(text, self.agent.flows),
                )
            case _:
                return self._about(node)
        return []

    def _about(self, node: Scalar) -> Iterable[Act]:
        entries: dict[str, Entry] = {
            entry.id: entry
            for flow in (*self.agent.flows.values(), self.flow)
            for entry in flow.anytime
        }
        wanted = node.text.strip().casefold()
        exact = [e for e in entries.values() if wanted in (e.id, e.about.casefold())]
        close = [e for e in entries.values() if wanted in e.about.casefold()]
        for entry in (*exact, *close):
            return [acts.AskAbout(entry.id)]
        self.say(
            "FK701",
            node.span,
            f'no entry of anytime is about "{node.text}".',
            advice=suggest(node.text, [e.about for e in entries.values()]),
        )
        return []

    def _same(self, node: Node) -> Iterable[Act]:
        if isinstance(node, Scalar):
            return [acts.Same(node.text.strip())]
        block = self.block(node, "slots, each with what it is the same as")
        return [
            acts.Same(str(data_of(entry.value)), slot.name)
            for entry in (block.entries if block else ())
            if (slot := self.slot(entry.key))
        ]

    def _unclear(self, node: Node) -> Iterable[Act]:
        """``{date: vague}``, or a list of the values that it could be."""
        if isinstance(node, Listing):
            sets = chain.from_iterable(self._sets(one) for one in node.items)
            return [acts.Unclear(tuple(sets))]
        block = self.block(node, "a slot with the reason, or a list of values")
        return [
            acts.Unclear(slot=slot.name, why=str(data_of(entry.value)))
            for entry in (block.entries if block else ())
            if (slot := self.slot(entry.key))
        ]

    def _unknown(self, word: Scalar) -> tuple[Act, ...]:
        known = [
            *_WORDS,
            *_BLOCKS,
            *(n for f in self.agent.flows.values() for n in f.slots),
        ]
        self.say(
            "FK701",
            word.span,
            f'"{word.text}" is neither a slot nor one of the meanings there are.',
            advice=suggest(word.text, known) or f"There are: {', '.join(_WORDS)}.",
        )
        return ()

    # --- shapes -------------------------------------------------------------------------

    def block(self, node: Node | None, what: str) -> Block | None:
        """Return a block; anything else is reported, nothing at all is not."""
        if node is None or isinstance(node, Block):
            return node
        self.say("FK202", node.span, f"a block was expected here: {what}.")
        return None

    def names(self, node: Node | None) -> tuple[Scalar, ...]:
        """Return the texts of a list, or of a single one."""
        match node:
            case Scalar():
                return (node,)
            case Listing():
                return tuple(item for item in node.items if isinstance(item, Scalar))
            case None:
                return ()
            case Block():
                self.say("FK202", node.span, "a list of names was expected here.")
                return ()

    def say(self, code: str, span: Span, message: str, advice: str = "") -> None:
        """Report a finding."""
        self.diagnostics.append(found(code, span, message, advice=advice))


def suggest(word: str, known: Iterable[str]) -> str:
    """Return "Did you mean ...?" if something of that name is near, else nothing."""
    close = get_close_matches(word, list(dict.fromkeys(known)), 1, 0.6)
    return f'Did you mean "{close[0]}"?' if close else ""


def suggest_or_list(word: str, known: Iterable[str]) -> str:
    """Return "Did you mean ...?", else all that there is."""
    names = sorted(set(known))
    there = f"There are: {', '.join(names)}." if names else ""
    return suggest(word, names) or there
