"""Reading a block by its table of keys, and the plain values behind them.

A key that is misspelt is read as the one that was meant, so that one mistake gives one
finding. What has further blocks inside is read by ``steps`` and ``document``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import ClassVar, Final

from flowkit.authoring import grammar
from flowkit.authoring.codes import found
from flowkit.authoring.grammar import Key, Kind
from flowkit.authoring.nodes import Block, Entry, Listing, Node, Scalar
from flowkit.authoring.parts import Part
from flowkit.diagnostics import Diagnostic, Fix, Span
from flowkit.types import TYPES

NAME = re.compile(r"[^\W\d]\w*$")
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


_LATER: Final[Mapping[str, str]] = {
    "phone": "telephone",
    "model": "language model",
    "records": "call records",
}
_ONE_OF = {"one_of": Key("one_of", Kind.TEXTS, "Variants, used in turn.", needed=True)}


class Reader:
    """Reads blocks by their tables; findings are collected, nothing is raised."""

    kinds: ClassVar[Mapping[Kind, Callable[..., object]]] = {}
    """How a value of each kind is read."""

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
        """Note a finding."""
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
        already; with ``open_to``, unknown keys are kept as options of a developer's type.
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
                if open_to:
                    options[name], option_keys[name] = entry.value, entry.key
                    continue
                meant = self._unknown(entry, table, block, where)
                if meant is None:
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
            f'Add "{key.name}:" with one of {", ".join(TYPES)}.'
            if part.kind == "slot" and key.name == "type"
            else f'Add "{key.name}:" with {key.kind}.'
            if key.kind is not Kind.NOTHING
            else "",
        )

    def _unknown(
        self,
        entry: Entry,
        table: Mapping[str, Key],
        block: Block,
        where: str,
    ) -> str | None:
        """Report a key that does not stand here; return the one that was meant."""
        key, name = entry.key, entry.key.text
        free = [known for known in table if known not in block]
        works = [known for known in free if not table[known].later]
        meant = meant_by(name, free)
        rival = grammar.RIVALS.get(folded(name))
        if meant:
            self.report(
                "FK201",
                key.span,
                f'there is no "{name}" {where}.',
                f'Did you mean "{meant}"?',
                Fix(key.span, meant),
            )
            return meant
        if name in grammar.PLACES and name in grammar.KEYS and rival not in free:
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
        if rival is not None and rival in free:
            self.report(
                "FK201",
                key.span,
                f'there is no "{name}" {where}.',
                f'Here it is called "{rival}".',
            )
            fits = isinstance(entry.value, Scalar) or table[rival].kind is Kind.STEPS
            return rival if fits else None
        if (
            "slots" in table
            and isinstance(entry.value, Block)
            and "type" in entry.value
        ):
            self.report(
                "FK216",
                key.span,
                f'"{name}" looks like a slot, but it cannot stand {where}.',
                'Put it below "slots:", two spaces further right.',
            )
            return None
        self.report(
            "FK201",
            key.span,
            f'there is no "{name}" {where}.',
            f"Possible are: {', '.join(works)}." if works else "Delete this line.",
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
        reader = self.kinds.get(key.kind)
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
        """Read a name."""
        scalar = self.one_text(node, key)
        if scalar is not None and key.name in ("flow", "agent", "save_as", "end"):
            self.new_name(scalar, reserved=key.name == "save_as")
        return scalar

    def new_name(self, scalar: Scalar, *, reserved: bool = True) -> None:
        """Check a name that is given here."""
        name = scalar.text
        if not NAME.match(name) or name.startswith("_"):
            fixed = re.sub(r"\W+", "_", name).strip("_").lower()
            usable = bool(NAME.match(fixed))
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
        """Read one of a few words."""
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
            return self._one_line(node, key)
        if isinstance(node, Block) and all(
            isinstance(entry.value, Scalar) and not entry.value.text
            for entry in node.entries
        ):
            return tuple(entry.key for entry in node.entries)  # {a, b}: said already
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

    def _one_line(self, node: Scalar, key: Key) -> tuple[Scalar, ...] | None:
        """Read a text where a list was expected: names with commas are one."""
        if key.kind not in (Kind.NAMES, Kind.MODULES):
            advice = "Write one a line, each after a dash."
            self.report("FK202", node.span, f'"{key.name}" takes {key.kind}.', advice)
            return None
        names = re.split(r"\s*,\s*|\s+and\s+|\s+", node.text.strip(" ()[]{},"))
        if key.name == "ask" and not all(NAME.match(name) for name in names):
            self.report(
                "FK202",
                node.span,
                '"ask" takes a list of names: the slots that are asked for.',
                "Write the name of a slot here, - ask: [name], and the question below "
                "that slot under slots:.",
            )
            return None
        right = f"[{', '.join(names)}]"
        self.report(
            "FK202",
            node.span,
            f'"{key.name}" takes {key.kind}.',
            f"Write {right}.",
            Fix(node.span, right) if not node.quoted else None,
        )
        if not all(NAME.match(name) for name in names):
            return None
        starts = (node.text.index(name) for name in names)
        return tuple(
            Scalar(name, node.at(start, start + len(name)), node.file)
            for name, start in zip(names, starts, strict=True)
        )

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
        """Read true or false."""
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
        """Read a length of time, in seconds."""
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
        """Read a number of times."""
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


def meant_by(word: str, known: Iterable[str], *, likeness: float = 0.75) -> str | None:
    """Return the known word that a misspelt one stands for, or None.

    Args:
        word: What was written.
        known: The words that are possible, the likelier ones first.
        likeness: How much of the letters must agree, from 0 to 1.
    """
    options = tuple(known)
    plain = folded(word)
    if plain in options:
        return plain
    return _nearest(plain, options, likeness)


@lru_cache(maxsize=1024)
def _nearest(plain: str, options: tuple[str, ...], likeness: float) -> str | None:
    close = difflib.get_close_matches(plain, options, 1, likeness)
    if close:
        return close[0]
    letters = sorted(plain)
    swapped = [option for option in options if sorted(option) == letters]
    return swapped[0] if len(swapped) == 1 and len(plain) > 2 else None


def folded(word: str) -> str:
    """Return a key the way keys are written: small letters, joined by _."""
    return word.strip().lower().replace("-", "_").replace(" ", "_")
