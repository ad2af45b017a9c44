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
from typing import ClassVar, Final

from flowkit.authoring import grammar
from flowkit.authoring.grammar import Key, Kind
from flowkit.authoring.nodes import Block, Listing, Node, Scalar
from flowkit.authoring.parts import Pair, Part
from flowkit.authoring.reading import NAME, Reader
from flowkit.authoring.stepping import StepReader
from flowkit.diagnostics import Diagnostic, Fix
from flowkit.types import TYPES

_WORDS_WITH_COMMAS = re.compile(r"\w[\w' -]*(,\s*\w[\w' -]*)+")
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
    reader = _DocumentReader(whole=whole)
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


def _is_custom(slot: Block) -> bool:
    """Tell whether a slot has a type that only a developer's Python can know."""
    type_ = slot.get("type")
    return isinstance(type_, Scalar) and type_.text not in TYPES


class _DocumentReader(StepReader):
    """Reads what whole files are made of."""

    # --- slots, rules, entries ---------------------------------------------------------

    def _each(self, node: Node, key: Key, what: str) -> Block | None:
        if isinstance(node, Block):
            return node
        self.report(
            "FK202",
            node.span,
            f'"{key.name}" takes {key.kind}.',
            f"Leave out the dashes: each {what} starts with its name and a colon."
            if isinstance(node, Listing)
            else f"Write the name of each {what}, a colon, and its keys below it.",
        )
        return None

    def slots(self, node: Node, key: Key) -> tuple[Part, ...] | None:
        block = self._each(node, key, "slot")
        if block is None:
            return None
        read = []
        for entry in block.entries:
            body = entry.value
            is_key = entry.key.text in grammar.SLOT
            if is_key and not (isinstance(body, Block) and "type" in body):
                self.report(
                    "FK108",
                    entry.key.span,
                    f'"{entry.key.text}" stands in the column of the slots, but it is '
                    "a key of one.",
                    "Move it two spaces to the right, below the slot that it belongs to.",
                )
                continue
            self.new_name(entry.key)
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
                    body,
                    grammar.SLOT,
                    "slot",
                    entry.key,
                    "in a slot",
                    open_to=_is_custom(body),
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
        for item in self._with_otherwise(node.items):
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

    def _with_otherwise(self, items: Iterable[Node]) -> list[Node]:
        """Put an ``otherwise`` that became an item of its own to the rule above it."""
        joined: list[Node] = []
        for item in items:
            above = joined[-1] if joined else None
            if (
                isinstance(item, Block)
                and [entry.key.text for entry in item.entries] == ["otherwise"]
                and isinstance(above, Block)
                and "otherwise" not in above
            ):
                key = item.entries[0].key
                self.report(
                    "FK214",
                    key.span,
                    "this otherwise became a rule of its own.",
                    "Put spaces in the place of the dash: it belongs to the rule above.",
                )
                joined[-1] = Block(
                    (*above.entries, *item.entries), above.span, above.file
                )
                continue
            joined.append(item)
        return joined

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
            if not NAME.match(name.text):
                last = name.text.split(".")[-1].strip()
                self.report(
                    "FK202",
                    name.span,
                    f'"{name.text}" has no name for the tool: a list takes names only.',
                    f"Write a block instead, with one argument a line, such as "
                    f"{last if NAME.match(last) else 'argument'}: {name.text}.",
                )
        return tuple(Pair(name, name) for name in names if NAME.match(name.text))

    def choices(self, node: Node, key: Key) -> object:
        """Read choices: a list, words with other words for them, or an expression."""
        if isinstance(node, Scalar):
            return self._words_in_a_line(node) or node
        if isinstance(node, Listing):
            mixed = next((item for item in node.items if isinstance(item, Block)), None)
            if mixed is not None:
                self.report(
                    "FK202",
                    mixed.span,
                    "choices with other words for them stand without dashes.",
                    "Delete the dashes and put a colon behind each choice.",
                )
                return None
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

    def _words_in_a_line(self, node: Scalar) -> tuple[Pair, ...] | None:
        """Read "small, large" as the list that was meant; None for an expression."""
        if not _WORDS_WITH_COMMAS.fullmatch(node.text.strip()):
            return None
        words = [word.strip() for word in node.text.split(",")]
        right = f"[{', '.join(words)}]"
        self.report(
            "FK202",
            node.span,
            '"choices" takes a list.',
            f"Write {right}.",
            Fix(node.span, right),
        )
        made = (Scalar(word, node.span, node.file) for word in words)
        return tuple(Pair(word, word) for word in made)

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

    kinds: ClassVar[Mapping[Kind, Callable[..., object]]] = {
        Kind.SENTENCE: Reader.one_text,
        Kind.TEXT: Reader.one_text,
        Kind.CONDITION: Reader.one_text,
        Kind.EXPRESSION: Reader.one_text,
        Kind.CODE: Reader.one_text,
        Kind.HOURS: Reader.one_text,
        Kind.NAME: Reader.name,
        Kind.WORD: Reader.word,
        Kind.NAMES: Reader.texts,
        Kind.TEXTS: Reader.texts,
        Kind.SENTENCES: Reader.texts,
        Kind.MODULES: Reader.texts,
        Kind.SAY: Reader.say,
        Kind.YES: Reader.yes,
        Kind.TIME: Reader.time,
        Kind.TIMES: Reader.times,
        Kind.STEPS: StepReader.steps,
        Kind.OTHERWISE: StepReader.otherwise,
        Kind.RUNGS: StepReader.rungs,
        Kind.SLOTS: slots,
        Kind.GIVEN: given,
        Kind.RULES: rules,
        Kind.ANYTIME: anytime,
        Kind.DEFAULTS: defaults,
        Kind.ARGUMENTS: arguments,
        Kind.CHOICES: choices,
        Kind.VALUES: constants,
        Kind.PEOPLE: people,
        Kind.TRANSLATIONS: translations,
    }
