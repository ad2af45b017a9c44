"""The shape of the designer's files: nodes to parts, by the table of ``grammar``.

Every key is checked for being known, every value for being of its kind; what is wrong is
said in the words of the format, with what to write instead. A key that is misspelt is
read as the one that was meant, so that one mistake gives one finding. What belongs here:
shape. Whether a name exists or a condition makes sense is for the compiler.

The table does the work of validation models: with pydantic a check of one file would
spend two thirds of its time (0.2 s) on importing and building them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from flowkit.authoring import grammar
from flowkit.authoring.codes import found
from flowkit.authoring.grammar import Key, Kind
from flowkit.authoring.source import Block, Entry, Listing, Node, Scalar
from flowkit.diagnostics import Diagnostic, Fix, Span

_NAME = re.compile(r"[^\W\d]\w*$")
_TIME = re.compile(r"(\d{1,6}(?:\.\d+)?)\s*([a-z]+)\.?$")
_UNITS: Final[Mapping[str, float]] = {
    "ms": 0.001, "millisecond": 0.001, "milliseconds": 0.001,
    "s": 1, "sec": 1, "second": 1, "seconds": 1,
    "min": 60, "minute": 60, "minutes": 60, "hour": 3600, "hours": 3600,
}  # fmt: skip
_RIVAL_WORDS: Final[Mapping[tuple[str, str], str]] = {
    ("interrupt", "no"): "never", ("interrupt", "false"): "never",
    ("interrupt", "off"): "never", ("interrupt", "not allowed"): "never",
    ("interrupt", "yes"): "anytime", ("interrupt", "true"): "anytime",
    ("interrupt", "on"): "anytime", ("interrupt", "always"): "anytime",
    ("interrupt", "allowed"): "anytime",
    ("read_back", "yes"): "always", ("read_back", "true"): "always",
    ("read_back", "no"): "never", ("read_back", "false"): "never",
    ("assume", "am"): "morning", ("assume", "a.m."): "morning",
    ("assume", "pm"): "afternoon", ("assume", "p.m."): "afternoon",
    ("speaks_first", "agent"): "bot", ("speaks_first", "us"): "bot",
    ("speaks_first", "customer"): "caller", ("speaks_first", "guest"): "caller",
}  # fmt: skip
"""What people write for a word, by key."""
_TIMES: Final[Mapping[str, int]] = {"once": 1, "twice": 2}
_YES: Final[Mapping[str, str]] = {
    "yes": "true", "on": "true", "y": "true", "1": "true",
    "no": "false", "off": "false", "n": "false", "0": "false",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A piece of a document: a step, a slot, a rule, a whole file."""

    kind: str
    """A verb, or ``slot`` ``rule`` ``rung`` ``entry`` ``flow`` ..."""
    head: Scalar
    """What names it: the verb's key, the slot's name."""
    span: Span
    values: Mapping[str, object] = field(default_factory=dict)
    """Each key's value, in the shape that its kind has."""
    keys: Mapping[str, Scalar] = field(default_factory=dict)
    """Each key as it was written."""
    options: Mapping[str, Node] = field(default_factory=dict)
    """Keys that only a developer's slot type can know."""
    option_keys: Mapping[str, Scalar] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def scalar(self, key: str) -> Scalar | None:
        """Return a text, or None."""
        value = self.values.get(key)
        return value if isinstance(value, Scalar) else None

    def text(self, key: str) -> str:
        """Return the words of a text, or nothing."""
        value = self.values.get(key)
        return value.text if isinstance(value, Scalar) else ""

    def scalars(self, key: str) -> tuple[Scalar, ...]:
        """Return a list of texts."""
        value = self.values.get(key)
        if not isinstance(value, tuple):
            return ()
        return tuple(item for item in value if isinstance(item, Scalar))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the words of a list of texts."""
        return tuple(item.text for item in self.scalars(key))

    def parts(self, key: str) -> tuple[Part, ...]:
        """Return a list of parts (steps, rules, slots ...)."""
        value = self.values.get(key)
        if not isinstance(value, tuple):
            return ()
        return tuple(item for item in value if isinstance(item, Part))

    def part(self, key: str) -> Part | None:
        """Return a part, or None."""
        value = self.values.get(key)
        return value if isinstance(value, Part) else None

    def pairs(self, key: str) -> tuple[Pair, ...]:
        """Return a list of names with what stands behind them."""
        value = self.values.get(key)
        if not isinstance(value, tuple):
            return ()
        return tuple(item for item in value if isinstance(item, Pair))

    def node(self, key: str) -> Node | None:
        """Return a value as it was written, or None."""
        value = self.values.get(key)
        return value if isinstance(value, (Scalar, Listing, Block)) else None

    def is_true(self, key: str) -> bool:
        """Return a true or false; absent is false."""
        return self.values.get(key) is True

    def number(self, key: str) -> float | None:
        """Return a time in seconds or a count, or None."""
        value = self.values.get(key)
        return value if isinstance(value, (int, float)) else None

    def place(self, key: str) -> Span:
        """Return where a key stands, or the part if it is absent."""
        scalar = self.keys.get(key)
        return scalar.span if scalar is not None else self.head.span

    @property
    def line(self) -> str:
        """``file:line``."""
        return f"{self.head.span.path}:{self.head.span.line}"


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A name with what stands behind it: an argument, a choice, a value, a person."""

    name: Scalar
    value: Node
    more: Part | None = None


FILES: Final[Mapping[str, Mapping[str, Key]]] = {
    "flow": grammar.FLOW,
    "agent": grammar.AGENT,
    "translations": grammar.TRANSLATIONS,
    "tests": grammar.TESTS,
}


def kind_of(root: Node | None) -> str | None:
    """Tell what a file is by the key that only such files have, or None."""
    if not isinstance(root, Block):
        return None
    for key in ("translations", "tests", "agent"):
        if key in root:
            return key
    if any(key in root for key in ("flow", "steps", "slots")):
        return "flow"
    words = {entry.key.text.lower() for entry in root.entries}
    for key in ("flow", "steps", "agent"):
        if difflib.get_close_matches(key, words, 1, 0.7):
            return "agent" if key == "agent" else "flow"
    return None


def document(
    root: Node, kind: str, *, whole: bool = True
) -> tuple[Part | None, list[Diagnostic]]:
    """Read a file of a kind into parts.

    Args:
        root: Its nodes.
        kind: One of ``FILES``.
        whole: Nothing of it was lost, so what is missing is missing.
    """
    reader = _Reader(whole=whole)
    if not isinstance(root, Block):
        reader.report(
            "FK219",
            root.span,
            "this file is not a block of keys.",
            'A flow starts with "flow: NAME" and "steps:".',
        )
        return None, reader.diagnostics
    head = root.entry(kind)
    name = head.value if head and isinstance(head.value, Scalar) else None
    part = reader.block(root, FILES[kind], kind, name, "at the top of this file")
    return part, reader.diagnostics


class _Reader:
    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.diagnostics: list[Diagnostic] = []

    def report(
        self,
        code: str,
        span: Span,
        message: str,
        advice: str = "",
        fix: Fix | None = None,
    ) -> None:
        self.diagnostics.append(found(code, span, message, advice=advice, fix=fix))

    # --- blocks --------------------------------------------------------------------

    def block(
        self,
        block: Block,
        table: Mapping[str, Key],
        kind: str,
        head: Scalar | None,
        where: str,
        *,
        ignore: Iterable[str] = (),
        open_to: bool = False,
    ) -> Part:
        """Read a block by its table of keys.

        ``where`` is "in a slot", for messages; keys to ``ignore`` were complained about
        already; with ``open_to``, unknown keys may be options of a developer's type.
        """
        values: dict[str, object] = {}
        keys: dict[str, Scalar] = {}
        options: dict[str, Node] = {}
        option_keys: dict[str, Scalar] = {}
        ignored = set(ignore)
        for entry in block.entries:
            name = entry.key.text
            if name in ignored:
                continue
            if name not in table:
                before = len(self.diagnostics)
                meant = self._unknown(entry, table, block, where, quiet=open_to)
                if meant is None:
                    if open_to and len(self.diagnostics) == before:
                        options[name] = entry.value
                        option_keys[name] = entry.key
                    continue
                name = meant
            key = table[name]
            if name in keys:
                continue
            keys[name] = entry.key
            if key.later:
                self.report(
                    "FK213",
                    entry.key.span,
                    f'"{name}" is not possible yet: it comes with the '
                    f"{_LATER[key.later]}.",
                    "Leave it out until then.",
                )
                continue
            value = self.value(entry.value, key, entry.key)
            if value is not None:
                values[name] = value
        first = head or (block.entries[0].key if block.entries else None)
        part = Part(
            kind,
            first or Scalar("", block.span, block.file),
            block.span,
            values,
            keys,
            options,
            option_keys,
        )
        if self.whole:
            for key in table.values():
                if key.needed and key.name not in keys:
                    self._missing(part, key, where)
        return part

    def _missing(self, part: Part, key: Key, where: str) -> None:
        if part.kind == "flow" and key.name == "steps":
            self.report(
                "FK511",
                part.head.span,
                "this flow has no steps: a caller would hear nothing.",
                'Add "steps:" with a list of steps.',
            )
            return
        self.report(
            "FK206",
            part.head.span,
            f'"{key.name}" is missing {where}.',
            f'Add "{key.name}:" with {key.kind}.'
            if key.kind is not Kind.NOTHING
            else "",
        )

    def _unknown(
        self,
        entry: Entry,
        table: Mapping[str, Key],
        block: Block,
        where: str,
        *,
        quiet: bool = False,
    ) -> str | None:
        """Report a key that does not stand here; return the one that was meant."""
        key, name = entry.key, entry.key.text
        free = [known for known in table if known not in block]
        meant = meant_by(name, free)
        rival = grammar.RIVALS.get(_plain(name))
        if meant:
            self.report(
                "FK201",
                key.span,
                f'there is no "{name}" {where}.',
                f'Did you mean "{meant}"?',
                Fix(key.span, meant),
            )
            return meant
        if name in grammar.PLACES and name in grammar.KEYS:
            self.report(
                "FK216",
                key.span,
                f'"{name}" cannot stand {where}.',
                f"It belongs to {grammar.PLACES[name]}.",
            )
            return None
        if rival == "optional":
            self.report(
                "FK201",
                key.span,
                f'there is no "{name}" {where}: it is needed unless it is optional.',
                "Delete this line, or write optional: true if callers may leave it out.",
            )
            return None
        if rival in free:
            self.report(
                "FK201",
                key.span,
                f'there is no "{name}" {where}.',
                f'Here it is called "{rival}".',
            )
            return rival if isinstance(entry.value, Scalar) else None
        if quiet:
            return None
        self.report(
            "FK201",
            key.span,
            f'there is no "{name}" {where}.',
            f"Possible are: {', '.join(free or table)}.",
        )
        return None

    # --- values --------------------------------------------------------------------

    def value(self, node: Node, key: Key, at: Scalar) -> object:
        """Read a value of a kind; None when it cannot be."""
        empty_ok = (Kind.NOTHING, Kind.ANY)
        if isinstance(node, Scalar) and not node.text.strip():
            if key.kind in empty_ok or (key.name == "end"):
                return node
            self.report(
                "FK207",
                at.span,
                f'"{key.name}" has no value.',
                f"Write {key.kind} behind it, or delete it.",
            )
            return None
        reader = _KINDS.get(key.kind)
        return node if reader is None else reader(self, node, key)

    def one_text(self, node: Node, key: Key) -> Scalar | None:
        """Read a text."""
        if isinstance(node, Scalar):
            return node
        if isinstance(node, Block) and len(node.entries) == 1:
            entry = node.entries[0]
            if isinstance(entry.value, Scalar) and " " in entry.key.text:
                end = entry.key.span
                self.report(
                    "FK104",
                    Span(end.path, end.end_line, end.end_column),
                    "a colon followed by a space confuses the reader here.",
                    'Put the whole sentence in "double quotes".',
                )
                return None
        what = "a list" if isinstance(node, Listing) else "a block"
        self.report(
            "FK202",
            node.span,
            f'{key.kind} was expected behind "{key.name}", but this is {what}.',
            "Write it on the same line, in quotes if it has a colon."
            if key.kind in (Kind.SENTENCE, Kind.TEXT, Kind.CONDITION)
            else "",
        )
        return None

    def name(self, node: Node, key: Key) -> Scalar | None:
        scalar = self.one_text(node, key)
        if scalar is not None and key.name in ("flow", "agent", "save_as", "end"):
            self.new_name(scalar, reserved=key.name == "save_as")
        return scalar

    def new_name(self, scalar: Scalar, *, reserved: bool = True) -> None:
        """Check a name that is given here."""
        name = scalar.text
        if not _NAME.match(name) or name.startswith("_"):
            fixed = re.sub(r"\W+", "_", name).strip("_").lower()
            usable = bool(_NAME.match(fixed))
            self.report(
                "FK212",
                scalar.span,
                f'"{name}" is not a name: names are letters, digits and _, and start '
                "with a letter.",
                f"Write {fixed}." if usable else "",
            )
        elif reserved and name in grammar.RESERVED:
            self.report(
                "FK222",
                scalar.span,
                f'"{name}" means something already.',
                f"Take another name, such as my_{name}.",
            )

    def word(self, node: Node, key: Key) -> Scalar | None:
        scalar = self.one_text(node, key)
        if scalar is None or scalar.text in key.words:
            return scalar
        rival = _RIVAL_WORDS.get((key.name, scalar.text.lower()))
        meant = rival or meant_by(scalar.text, key.words)
        self.report(
            "FK210",
            scalar.span,
            f'"{scalar.text}" is not possible for "{key.name}".',
            f'Did you mean "{meant}"?'
            if meant
            else f"Possible are: {', '.join(key.words)}.",
            Fix(scalar.span, meant) if meant and not scalar.quoted else None,
        )
        return None

    def texts(self, node: Node, key: Key) -> tuple[Scalar, ...] | None:
        """Read a list of texts or names."""
        if isinstance(node, Scalar):
            self.report(
                "FK202",
                node.span,
                f'"{key.name}" takes {key.kind}.',
                f"Write [{node.text}]."
                if key.kind in (Kind.NAMES, Kind.MODULES)
                else "Write one a line, each after a dash.",
                Fix(node.span, f"[{node.text}]")
                if key.kind in (Kind.NAMES, Kind.MODULES) and not node.quoted
                else None,
            )
            if key.kind in (Kind.NAMES, Kind.MODULES) and _NAME.match(node.text):
                return (node,)
            return None
        if isinstance(node, Block):
            self.report(
                "FK202",
                node.span,
                f'"{key.name}" takes {key.kind}, but this is a block.',
                "Write one a line, each after a dash.",
            )
            return None
        items = []
        for item in node.items:
            if isinstance(item, Scalar) and not item.text.strip():
                self.report(
                    "FK207",
                    item.span,
                    "there is nothing behind this dash.",
                    "Delete it.",
                )
                continue
            single = Key(key.name, Kind.TEXT, "")
            scalar = self.one_text(item, single)
            if scalar is not None:
                items.append(scalar)
        if not node.items:
            self.report("FK207", node.span, "this list is empty.", "Delete the key.")
            return None
        return tuple(items)

    def say(self, node: Node, key: Key) -> tuple[Scalar, ...] | None:
        """Read a sentence, or ``one_of:`` with several."""
        if isinstance(node, Listing):
            self.report(
                "FK203",
                node.span,
                "say takes one sentence, but this is a list.",
                'To say all of them, write two "- say:" lines; to say one of them, '
                'write "one_of:" under say and the list under that.',
            )
            items = [item for item in node.items if isinstance(item, Scalar)]
            return tuple(items) or None
        if isinstance(node, Block) and not (
            len(node.entries) == 1 and " " in node.entries[0].key.text
        ):
            if not any(meant_by(entry.key.text, _ONE_OF) for entry in node.entries):
                self.report(
                    "FK202",
                    node.span,
                    "say takes one sentence, but this is a block.",
                    "Write the sentence on the line of say; or one_of: below it, and "
                    "below that a list of sentences, one of which is spoken each time.",
                )
                return None
            part = self.block(node, _ONE_OF, "one_of", None, "under say")
            return part.scalars("one_of") or None
        scalar = self.one_text(node, key)
        return None if scalar is None else (scalar,)

    def yes(self, node: Node, key: Key) -> bool | None:
        scalar = self.one_text(node, key)
        if scalar is None:
            return None
        if scalar.text in ("true", "false"):
            return scalar.text == "true"
        meant = _YES.get(scalar.text.lower(), scalar.text.lower())
        known = meant in ("true", "false")
        self.report(
            "FK211",
            scalar.span,
            f'"{key.name}" is true or false, not "{scalar.text}".',
            f"Write {meant}." if known else "Write true or false.",
            Fix(scalar.span, meant) if known else None,
        )
        return meant == "true" if known else None

    def time(self, node: Node, key: Key) -> float | None:
        scalar = self.one_text(node, key)
        if scalar is None:
            return None
        match = _TIME.match(scalar.text.lower())
        seconds = float(match[1]) * _UNITS.get(match[2], 0) if match else 0
        if 0 < seconds <= 3600:
            return seconds
        bare = re.fullmatch(r"\d{1,4}", scalar.text) and int(scalar.text)
        self.report(
            "FK208",
            scalar.span,
            f'"{scalar.text}" is not a length of time'
            f"{' between nothing and an hour' if seconds else ''}.",
            f"Write {scalar.text} seconds." if bare else 'Write it like "6 seconds".',
            Fix(scalar.span, f"{scalar.text} seconds") if bare else None,
        )
        return None

    def times(self, node: Node, key: Key) -> int | None:
        scalar = self.one_text(node, key)
        if scalar is None:
            return None
        match = re.fullmatch(r"(\d{1,2})\s+times?", scalar.text)
        count = int(match[1]) if match else _TIMES.get(scalar.text, 0)
        if 1 <= count <= 20:
            return count
        bare = re.fullmatch(r"\d{1,2}", scalar.text) and 1 <= int(scalar.text) <= 20
        self.report(
            "FK209",
            scalar.span,
            f'"{scalar.text}" is not a number of times between 1 and 20.',
            f"Write {scalar.text} times." if bare else 'Write it like "3 times".',
            Fix(scalar.span, f"{scalar.text} times") if bare else None,
        )
        return None

    # --- steps ---------------------------------------------------------------------

    def steps(self, node: Node, key: Key) -> tuple[Part, ...] | None:
        """Read a list of steps."""
        if isinstance(node, Scalar):
            self.report(
                "FK202",
                node.span,
                f'"{key.name}" takes a list of steps, but this is a text.',
                "Write it below, as - say: and the sentence.",
            )
            return None
        if isinstance(node, Block):
            self.report(
                "FK202",
                node.span,
                f'"{key.name}" takes a list of steps; a dash is missing here.',
                "Put a dash before each step.",
            )
            step = self.step(node)
            return None if step is None else (step,)
        if not node.items:
            self.report("FK207", node.span, "this list of steps is empty.")
            return None
        read = (self.step(item) for item in node.items)
        return tuple(step for step in read if step is not None)

    def step(self, node: Node) -> Part | None:
        """Read one step."""
        if isinstance(node, Scalar):
            return self._bare(node)
        if isinstance(node, Listing):
            self.report(
                "FK202",
                node.span,
                "a list cannot be a step.",
                "Delete one of the dashes.",
            )
            return None
        verbs = [e.key for e in node.entries if e.key.text in grammar.STEPS]
        others = [v for v in verbs if v.text != "say"]
        if (
            others
            and len(verbs) > len(others)
            and "say" in grammar.STEPS[others[0].text]
        ):
            verbs = others
        if not verbs:
            meant = self._verb_meant(node)
            if meant is None:
                self._no_verb(node)
                return None
            verb, head = meant
            close = meant_by(head.text, grammar.STEPS) == verb
            self.report(
                "FK201",
                head.span,
                f'there is no step "{head.text}".',
                f'Did you mean "{verb}"?' if close else f'Here it is called "{verb}".',
                Fix(head.span, verb) if close else None,
            )
            node = Block(
                tuple(
                    Entry(Scalar(verb, head.span, head.file), entry.value)
                    if entry.key is head
                    else entry
                    for entry in node.entries
                ),
                node.span,
                node.file,
            )
            return self.block(node, grammar.STEPS[verb], verb, head, _in_step(verb))
        verb = verbs[0].text
        table = grammar.STEPS[verb]
        ignore: set[str] = set()
        for second in verbs[1:]:
            self.report(
                "FK205",
                second.span,
                f'this step does two things: "{verb}" and "{second.text}".',
                f'Make "{second.text}" a step of its own: put a dash before it.',
            )
            ignore |= set(grammar.STEPS[second.text]) - set(table)
            ignore.add(second.text)
            break
        ignore |= {v.text for v in verbs[1:]}
        return self.block(node, table, verb, verbs[0], _in_step(verb), ignore=ignore)

    def _bare(self, node: Scalar) -> Part | None:
        word = node.text.strip()
        if word in ("end", "skip") and not node.quoted:
            return Part(word, node, node.span)
        if not word:
            self.report("FK207", node.span, "there is nothing behind this dash.")
            return None
        meant = meant_by(word, ("end", "skip")) if " " not in word else None
        first = word.split()[0].rstrip(":")
        if first in grammar.STEPS and first != word:
            advice = f'Write "{first}: " with a colon and a space behind it.'
        elif word in grammar.STEPS:
            advice = f'"{word}" needs a colon and a value behind it.'
        elif meant:
            advice = f'Did you mean "{meant}"?'
        else:
            advice = "To speak it, write - say: and the sentence."
        self.report(
            "FK204",
            node.span,
            "this is not a step, only a text.",
            advice,
            Fix(node.span, meant) if meant and not node.quoted else None,
        )
        return None

    def _verb_meant(self, node: Block) -> tuple[str, Scalar] | None:
        for entry in node.entries:
            verb = meant_by(entry.key.text, grammar.STEPS)
            if verb is not None:
                return verb, entry.key
        for entry in node.entries:
            rival = grammar.RIVALS.get(_plain(entry.key.text))
            if (
                rival is not None
                and rival in grammar.STEPS
                and entry.key.text not in grammar.KEYS
            ):
                return rival, entry.key
        return None

    def _no_verb(self, node: Block) -> None:
        first = node.entries[0].key if node.entries else None
        advice = f"A step starts with one of: {', '.join(grammar.STEPS)}."
        if first is not None and len(node.entries) == 1 and " " in first.text:
            self.one_text(node, Key("steps", Kind.SENTENCE, ""))
            return
        known = first is not None and first.text in grammar.KEYS
        if known and any(
            first is not None and first.text in table
            for table in grammar.STEPS.values()
        ):
            advice = "To add it to the step above, put spaces in the place of the dash."
        self.report(
            "FK204" if known or first is None else "FK201",
            first.span if first else node.span,
            f'"{first.text}" alone is not a step.'
            if known and first
            else f'there is no step "{first.text if first else ""}".',
            advice,
        )

    def otherwise(self, node: Node, key: Key) -> object:
        if isinstance(node, Scalar):
            return node
        return self.steps(node, key)

    def rungs(self, node: Node, key: Key) -> tuple[Part, ...] | None:
        """Read a ladder: each item a step, or ``steps:`` with several."""
        if isinstance(node, (Scalar, Block)):
            self.report(
                "FK202",
                node.span,
                f'"{key.name}" is a ladder: a list with one rung a line.',
                "Write each rung after a dash: - say: and a sentence; the last one acts.",
            )
            return None
        if not node.items:
            self.report("FK207", node.span, "this ladder is empty.")
            return None
        rungs = []
        for item in node.items:
            if isinstance(item, Block) and "steps" in item and "when" not in item:
                part = self.block(item, _RUNG, "rung", None, "in a rung")
                rungs.append(part)
                continue
            step = self._rung(item)
            if step is not None:
                rungs.append(
                    Part("rung", step.head, step.span, {"steps": (step,)}, step.keys)
                )
        return tuple(rungs)

    def _rung(self, node: Node) -> Part | None:
        """Read a rung that is a single step."""
        if isinstance(node, Scalar) and node.text.strip() not in ("", "end", "skip"):
            meant = meant_by(node.text, ("end", "skip"))
            self.report(
                "FK215",
                node.span,
                "this is not a rung, only a text.",
                f'Did you mean "{meant}"?'
                if meant
                else "To speak it, write - say: and the sentence.",
                Fix(node.span, meant) if meant and not node.quoted else None,
            )
            return None
        step = self.step(node)
        if step is not None and step.kind in _QUESTIONS:
            self.report(
                "FK215",
                step.head.span,
                f'"{step.kind}" cannot be a rung: the question that is open is asked '
                "again by itself.",
                "Write - say: and what is spoken before that, or an action such as "
                "- handoff: and the reason.",
            )
            return None
        return step

    # --- slots, rules, entries ---------------------------------------------------------

    def _each(self, node: Node, key: Key, what: str) -> Block | None:
        if isinstance(node, Block):
            return node
        self.report(
            "FK202",
            node.span,
            f'"{key.name}" takes {key.kind}.',
            f"Write the name of each {what}, a colon, and its keys below it.",
        )
        return None

    def slots(self, node: Node, key: Key) -> tuple[Part, ...] | None:
        block = self._each(node, key, "slot")
        if block is None:
            return None
        read = []
        for entry in block.entries:
            self.new_name(entry.key)
            body = entry.value
            if isinstance(body, Scalar):
                self.report(
                    "FK202" if body.text else "FK207",
                    body.span if body.text else entry.key.span,
                    f'the slot "{entry.key.text}" needs keys of its own.',
                    "Write type: and ask: below it, indented.",
                )
                body = Block((), entry.key.span, entry.key.file)
                read.append(Part("slot", entry.key, body.span))
                continue
            if isinstance(body, Listing):
                self.report(
                    "FK202",
                    body.span,
                    f'the slot "{entry.key.text}" is a block of keys, not a list.',
                    "Write type: and ask: without dashes.",
                )
                read.append(Part("slot", entry.key, body.span))
                continue
            read.append(
                self.block(
                    body, grammar.SLOT, "slot", entry.key, "in a slot", open_to=True
                )
            )
        return tuple(read)

    def given(self, node: Node, key: Key) -> tuple[Part, ...] | None:
        block = self._each(node, key, "value")
        if block is None:
            return None
        read = []
        for entry in block.entries:
            self.new_name(entry.key)
            body = entry.value
            if isinstance(body, Scalar):
                values: dict[str, object] = {"type": body} if body.text else {}
                if not body.text:
                    self.report(
                        "FK207",
                        entry.key.span,
                        f'"{entry.key.text}" has no type.',
                        f"Write {entry.key.text}: text, or another type.",
                    )
                read.append(Part("given", entry.key, body.span, values))
            elif isinstance(body, Block):
                read.append(
                    self.block(body, grammar.GIVEN, "given", entry.key, "under given")
                )
            else:
                self.one_text(body, Key(entry.key.text, Kind.NAME, ""))
        return tuple(read)

    def rules(self, node: Node, key: Key) -> tuple[Part, ...] | None:
        if isinstance(node, Block):
            self.report(
                "FK202",
                node.span,
                '"rules" takes a list; a dash is missing here.',
                "Put a dash before each must or check.",
            )
            node = Listing((node,), node.span, node.file)
        if isinstance(node, Scalar):
            self.report(
                "FK202",
                node.span,
                '"rules" takes a list of rules.',
                "Write - must: and a condition, with otherwise: below it.",
            )
            return None
        read = []
        for item in node.items:
            if not isinstance(item, Block):
                self.report(
                    "FK202",
                    item.span,
                    "this is not a rule.",
                    "Write - must: and a condition, with otherwise: below it.",
                )
                continue
            head = item.entry("must") or item.entry("check")
            part = self.block(
                item, grammar.RULE, "rule", head.key if head else None, "in a rule"
            )
            if ("must" in part.keys) == ("check" in part.keys):
                self.report(
                    "FK214",
                    part.head.span,
                    "a rule has one condition: either must or check.",
                    "Write - must: and a condition, or - check: and a validator."
                    if "must" not in part.keys
                    else "Make check a rule of its own.",
                )
            read.append(part)
        return tuple(read)

    def anytime(self, node: Node, key: Key) -> tuple[Part, ...] | None:
        if not isinstance(node, Listing):
            self.report(
                "FK202",
                node.span,
                '"anytime" takes a list.',
                "Write - caller_asks: and what about, with say: below it.",
            )
            return None
        return tuple(
            part for item in node.items if (part := self._entry(item)) is not None
        )

    def _entry(self, item: Node) -> Part | None:
        if not isinstance(item, Block):
            self.report(
                "FK202",
                item.span,
                "this is not an entry of anytime.",
                "Write - caller_asks: and what about, with say: below it.",
            )
            return None
        head = item.entry("caller_asks") or item.entry("caller_wants")
        part = self.block(
            item, grammar.ENTRY, "entry", head.key if head else None, "in anytime"
        )
        keys = part.keys
        if "caller_asks" not in keys and "caller_wants" not in keys:
            self.report(
                "FK206",
                part.head.span,
                '"caller_asks" or "caller_wants" is missing here.',
                "Say in a few words what callers ask or want.",
            )
        elif "caller_asks" in keys and "caller_wants" in keys:
            self.report(
                "FK205",
                keys["caller_wants"].span,
                "an entry is either caller_asks or caller_wants.",
                "Make two entries of it.",
            )
        answers = [k for k in ("say", "steps", "go_to", "answer_from") if k in keys]
        if not answers and self.whole:
            self.report(
                "FK206",
                part.head.span,
                "nothing says what happens then.",
                "Add say:, steps: or go_to:.",
            )
        elif len(answers) > 1:
            self.report(
                "FK205",
                keys[answers[1]].span,
                f'this entry has both "{answers[0]}" and "{answers[1]}".',
                "Put all of it under steps:.",
            )
        return part

    def defaults(self, node: Node, key: Key) -> Part | None:
        block = self._each(node, key, "ladder")
        if block is None:
            return None
        return self.block(block, grammar.DEFAULTS, "defaults", None, "in defaults")

    # --- pairs -----------------------------------------------------------------------

    def arguments(self, node: Node, key: Key) -> tuple[Pair, ...] | None:
        """Read ``with:``: names, or a block ``argument: expression``."""
        if isinstance(node, Block):
            pairs = []
            for entry in node.entries:
                single = Key(entry.key.text, Kind.EXPRESSION, "")
                value = self.value(entry.value, single, entry.key)
                if isinstance(value, Scalar):
                    pairs.append(Pair(entry.key, value))
            return tuple(pairs)
        names = self.texts(node, Key(key.name, Kind.NAMES, ""))
        if names is None:
            return None
        for name in names:
            if not _NAME.match(name.text):
                last = name.text.split(".")[-1].strip()
                self.report(
                    "FK202",
                    name.span,
                    f'"{name.text}" has no name for the tool: a list takes names only.',
                    f"Write a block instead, with one argument a line, such as "
                    f"{last if _NAME.match(last) else 'argument'}: {name.text}.",
                )
        return tuple(Pair(name, name) for name in names if _NAME.match(name.text))

    def choices(self, node: Node, key: Key) -> object:
        """Read choices: a list, words with other words for them, or an expression."""
        if isinstance(node, Scalar):
            return node
        if isinstance(node, Listing):
            items = self.texts(node, key)
            return None if items is None else tuple(Pair(item, item) for item in items)
        pairs = []
        for entry in node.entries:
            if isinstance(entry.value, Scalar):
                pairs.append(Pair(entry.key, entry.value))
                continue
            words = self.texts(entry.value, Key(entry.key.text, Kind.TEXTS, ""))
            if words is not None:
                pairs.append(
                    Pair(entry.key, Listing(words, entry.value.span, entry.value.file))
                )
        return tuple(pairs)

    def constants(self, node: Node, key: Key) -> tuple[Pair, ...] | None:
        """Read ``values:``: names with texts, numbers, true, false, or lists of them."""
        block = self._each(node, key, "value")
        if block is None:
            return None
        pairs = []
        for entry in block.entries:
            self.new_name(entry.key)
            if isinstance(entry.value, Block) or (
                isinstance(entry.value, Listing)
                and any(not isinstance(item, Scalar) for item in entry.value.items)
            ):
                self.report(
                    "FK202",
                    entry.value.span,
                    f'"{entry.key.text}" must be a text, a number, true, false, or a '
                    "list of such.",
                )
                continue
            pairs.append(Pair(entry.key, entry.value))
        return tuple(pairs)

    def people(self, node: Node, key: Key) -> tuple[Pair, ...] | None:
        block = self._each(node, key, "person")
        if block is None:
            return None
        pairs = []
        for entry in block.entries:
            self.new_name(entry.key, reserved=False)
            if isinstance(entry.value, Block):
                part = self.block(
                    entry.value, grammar.PERSON, "person", entry.key, "under people"
                )
                call = part.scalar("call")
                if call is not None:
                    pairs.append(Pair(entry.key, call, part))
            else:
                single = Key(entry.key.text, Kind.TEXT, "")
                value = self.value(entry.value, single, entry.key)
                if isinstance(value, Scalar):
                    pairs.append(Pair(entry.key, value))
        return tuple(pairs)

    def translations(self, node: Node, key: Key) -> tuple[Block, ...] | None:
        if not isinstance(node, Listing):
            self.report(
                "FK202",
                node.span,
                '"translations" takes a list.',
                "Write - en: and the sentence, with its translation below it.",
            )
            return None
        items = []
        for item in node.items:
            if isinstance(item, Block):
                items.append(item)
            else:
                self.report(
                    "FK202",
                    item.span,
                    "this is not a translation.",
                    "Write - en: and the sentence, with its translation below it.",
                )
        return tuple(items)


_QUESTIONS: Final = frozenset({"ask", "confirm", "offer", "start_one_of"})


def meant_by(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that a misspelt one stands for, or None."""
    options = list(known)
    plain = _plain(word)
    if plain in options:
        return plain
    close = difflib.get_close_matches(plain, options, 1, 0.75)
    if close:
        return close[0]
    letters = sorted(plain)
    swapped = [option for option in options if sorted(option) == letters]
    return swapped[0] if len(swapped) == 1 and len(plain) > 2 else None


def _plain(word: str) -> str:
    return word.strip().lower().replace("-", "_").replace(" ", "_")


def _in_step(verb: str) -> str:
    return f'in {"an" if verb[0] in "aeio" else "a"} "{verb}" step'


_LATER: Final[Mapping[str, str]] = {
    "phone": "telephone",
    "model": "language model",
    "records": "call records",
}
_ONE_OF = {"one_of": Key("one_of", Kind.TEXTS, "Variants, used in turn.", needed=True)}
_NO_RUNGS = ("ask", "confirm", "offer", "start_one_of")
_RUNG = {"steps": Key("steps", Kind.STEPS, "What this rung does.", needed=True)}
_KINDS: Final[Mapping[Kind, Callable[[_Reader, Node, Key], object]]] = {
    Kind.SENTENCE: _Reader.one_text,
    Kind.TEXT: _Reader.one_text,
    Kind.CONDITION: _Reader.one_text,
    Kind.EXPRESSION: _Reader.one_text,
    Kind.CODE: _Reader.one_text,
    Kind.HOURS: _Reader.one_text,
    Kind.NAME: _Reader.name,
    Kind.WORD: _Reader.word,
    Kind.NAMES: _Reader.texts,
    Kind.TEXTS: _Reader.texts,
    Kind.SENTENCES: _Reader.texts,
    Kind.MODULES: _Reader.texts,
    Kind.SAY: _Reader.say,
    Kind.YES: _Reader.yes,
    Kind.TIME: _Reader.time,
    Kind.TIMES: _Reader.times,
    Kind.STEPS: _Reader.steps,
    Kind.OTHERWISE: _Reader.otherwise,
    Kind.RUNGS: _Reader.rungs,
    Kind.SLOTS: _Reader.slots,
    Kind.GIVEN: _Reader.given,
    Kind.RULES: _Reader.rules,
    Kind.ANYTIME: _Reader.anytime,
    Kind.DEFAULTS: _Reader.defaults,
    Kind.ARGUMENTS: _Reader.arguments,
    Kind.CHOICES: _Reader.choices,
    Kind.VALUES: _Reader.constants,
    Kind.PEOPLE: _Reader.people,
    Kind.TRANSLATIONS: _Reader.translations,
}
