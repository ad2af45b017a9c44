"""Located YAML: every text of a file with its place, nothing guessed.

YAML turns `19:30` into 1140 and `no` into False, takes duplicate keys silently, and its
anchors, tags and merge keys let a small file cost hours. So we take only the parser's
*events* (YAML 1.1, libyaml where PyYAML has it) and build our own nodes: scalars are
text, keys are unique, blocks are shallow. What belongs here: bytes to nodes, and every
mistake that is about YAML rather than about flows.

A file with a mistake is mended and read on, so that one run finds everything. Mending
never moves a character: what YAML would misread is replaced by its *stand-in* (a private
use character), and turned back when the text is taken out.

Source: YAML 1.1, chapters 5 to 9 (yaml.org/spec/1.1); libyaml 0.2.5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from flowkit.authoring.codes import found
from flowkit.authoring.headings import Lost, lost_heading, without_echoes
from flowkit.authoring.lines import Mended, mend
from flowkit.authoring.nodes import Block, Entry, File, Listing, Node, Scalar
from flowkit.authoring.page import STAND_INS, stand_in
from flowkit.diagnostics import Diagnostic, Span

LARGEST_FILE = 256 * 1024
"""Bytes; a flow of 300 steps has 30 kB."""
DEEPEST = 32
_BACK = {STAND_INS + n: n for n in range(128)}
_PRIVATE = re.compile("[\ue000-\uf8ff]")
# what YAML or str.splitlines would take for the end of a line, besides CR and LF
_ODD_BREAKS = re.compile("[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff]")
_MENDS = 40
# mistakes that YAML does not notice: tabs, text behind #, a colon without its space
_SILENT = re.compile(
    r"\t| #[^\s#]|^[ -]*[a-z_]+:[^\s:/\\]|[“”]|^[ -]*(?:\w+:)?[^\S \n]", re.MULTILINE
)

# any: libyaml and the pure parser have a class of their own, with equal attributes
_Mark: TypeAlias = Any
_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Base = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Source:
    """What a file holds, as far as it could be read."""

    file: File
    root: Node | None
    diagnostics: tuple[Diagnostic, ...] = ()
    whole: bool = True
    """False when a part could not be read: what is missing may stand there."""


def decode(data: bytes, path: str) -> tuple[str | None, list[Diagnostic]]:
    """Turn a file's bytes into text, or say why it cannot be.

    A byte order mark is dropped; a file over ``LARGEST_FILE`` is not even decoded.
    """
    top = Span(path)
    if len(data) > LARGEST_FILE:
        return None, [too_large(len(data), path)]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        return None, [
            found(
                "FK116",
                top,
                "this file is saved as UTF-16.",
                advice='Save it as "UTF-8" in your editor.',
            )
        ]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        column = err.start - data.rfind(b"\n", 0, err.start)
        return data.decode("utf-8", "replace").lstrip("\ufeff"), [
            found(
                "FK116",
                Span(path, line, column),
                "there is a character here that is not UTF-8.",
                advice='Save the file as "UTF-8" in your editor and write it again.',
            )
        ]


def too_large(size: int, path: str) -> Diagnostic:
    """Return the finding for a file of so many bytes."""
    return found(
        "FK115",
        Span(path),
        f"this file has {size // 1024:,} kB; {LARGEST_FILE // 1024} kB is the most.",
        advice="Split it into several flows.",
    )


def read(text: str, path: str, *, braces: bool = False) -> Source:
    """Read YAML into located nodes, with every mistake that is found on the way.

    Never raises, whatever the text is, and takes time in proportion to its length.

    Args:
        text: The file's text; see ``decode`` for bytes.
        path: As it is to be shown.
        braces: Allow ``{a: b}``, as test files do.
    """
    if len(text) > LARGEST_FILE:
        file = File(path, "", ())
        return Source(file, None, (too_large(len(text), path),), whole=False)
    text, diagnostics = _clean(text, path)
    file = File(path, text, tuple(text.split("\n")))
    if braces and not diagnostics and not _SILENT.search(text):
        root = _at_once(file)
        if root is not None:
            return Source(file, root)
    mended = mend(file.lines, path, braces=braces)
    reading = _Reading(file, mended, braces=braces)
    root = reading.run()
    layout = [*mended.diagnostics, *reading.diagnostics]
    lost = lost_heading(file, layout)
    if lost is not None:
        return _without(file, lost, braces=braces)
    diagnostics += without_echoes(file, layout)
    if root is None and not diagnostics:
        diagnostics.append(
            found(
                "FK118",
                Span(path),
                "this file is empty.",
                advice=_start_of(path),
            )
        )
    return Source(file, root, tuple(diagnostics), whole=reading.whole)


def _without(file: File, lost: Lost, *, braces: bool) -> Source:
    """Read a file without the block that lost its heading, with one finding for it."""
    kept = [
        "" if lost.first <= n < lost.end else line for n, line in enumerate(file.lines)
    ]
    rest = read("\n".join(kept), file.path, braces=braces)
    return Source(file, rest.root, (lost.finding, *rest.diagnostics), whole=False)


def _start_of(path: str) -> str:
    """Say how a file of that name starts."""
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    if name.endswith((".test.yaml", ".test.yml")):
        return 'Tests start with "flow: NAME" and "tests:"; or delete the file.'
    if name in ("agent.yaml", "agent.yml"):
        return 'It starts with "agent: NAME" and "start: FLOW"; or delete the file.'
    return 'A flow starts with "flow: NAME" and "steps:".'


def _at_once(file: File) -> Node | None:
    """Return the nodes of a file without any mistake; None if it may have one."""
    builder = _Builder(file, 0, {}, braces=True)
    try:
        root = builder.build(file.text)
    except (yaml.MarkedYAMLError, _Stop):
        return None
    return None if builder.diagnostics else root


def plain(text: str) -> object:
    """Return our own YAML (language files) as dicts, lists and texts; nothing guessed.

    For files that come with flowkit or stand beside an agent as data; a designer's file
    is ``read``.

    Raises:
        ValueError: It is not YAML, or has anchors.
    """
    loader = _Base(text)
    try:
        return loader.get_single_data()
    except yaml.YAMLError as err:
        raise ValueError(str(err)) from err
    finally:
        loader.dispose()


def _clean(text: str, path: str) -> tuple[str, list[Diagnostic]]:
    """Make line ends the same and drop what no reader could cope with."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = _PRIVATE.sub(" ", _ODD_BREAKS.sub(" ", text))
    diagnostics = []
    bad = _CONTROLS.search(text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - text.rfind("\n", 0, bad.start())
        diagnostics.append(
            found(
                "FK116",
                Span(path, line, column),
                f"there is a character here that cannot be seen (U+{ord(bad[0]):04X}).",
                advice="Delete it, or type the line again.",
            )
        )
        text = _CONTROLS.sub(" ", text)
    return text, diagnostics


class _Stop(Exception):  # noqa: N818  # not an error: the reading ends here
    """The rest of this document cannot be read."""


class _Reading:
    """One run over a file: parse, mend what the parser stumbles over, parse again."""

    def __init__(self, file: File, mended: Mended, *, braces: bool) -> None:
        self.file = file
        self.lines = list(mended.lines)
        self.braces = braces
        self.diagnostics: list[Diagnostic] = []
        self.whole = mended.whole
        self.touched = set(mended.touched)
        self.shifts = mended.shifts

    def run(self) -> Node | None:
        parts: list[Node] = []
        start = 0
        for _ in range(_MENDS):
            builder = _Builder(self.file, start, self.shifts, braces=self.braces)
            lines = self.lines[start:]
            try:
                root = builder.build("\n".join(lines))
            except yaml.MarkedYAMLError as err:
                if self._mend(err, start):
                    continue
                self.whole = False
                root = builder.rescue()
                line = self._line_of(err, start)
                start = self._next_top(max(line, start + 1))
            except _Stop:
                self.whole = False
                root = builder.rescue()
                start = len(self.lines)
            else:
                start = len(self.lines)
            self.diagnostics += builder.diagnostics
            if root is not None:
                parts.append(root)
            if start >= len(self.lines):
                break
        return _join(parts)

    def _line_of(self, err: yaml.MarkedYAMLError, start: int) -> int:
        mark = err.problem_mark or err.context_mark
        return start + (mark.line if mark else 0)

    def _next_top(self, line: int) -> int:
        """Return the index of the next line that starts a key at the left margin."""
        for index in range(line, len(self.lines)):
            if re.match(r"[A-Za-z_]\w*:(\s|$)", self.lines[index]):
                return index
        return len(self.lines)

    def _mend(self, err: yaml.MarkedYAMLError, start: int) -> bool:
        """Report what the parser found; True if it may be tried again."""
        problem = err.problem or ""
        line = min(self._line_of(err, start), len(self.lines) - 1)
        mark = err.problem_mark or err.context_mark
        column = mark.column if mark else 0
        text = self.lines[line]
        if line in self.touched:
            return False  # what is wrong with it has been said
        at = self.file.span(line + 1, column + 1, line + 1, column + 2)
        if "mapping values are not allowed" in problem and text[column : column + 1]:
            self._put(line, column)
            self.diagnostics.append(
                found(
                    "FK104",
                    at,
                    "a colon followed by a space confuses the reader here.",
                    advice='Put the whole sentence in "double quotes".',
                )
            )
            return True
        self.touched.add(line)
        if err.context and "quoted scalar" in err.context and err.context_mark:
            first = start + err.context_mark.line
            place = err.context_mark.column
            if first in self.touched and first != line:
                return False
            self.touched.add(first)
            self.diagnostics.append(
                found(
                    "FK106",
                    self.file.span(first + 1, place + 1, first + 1, place + 2),
                    "this quote is never closed.",
                    advice="Put the same quote at the end of the sentence.",
                )
            )
            return False
        if "cannot start any token" in problem:
            self._put(line, column)
            self.diagnostics.append(
                found(
                    "FK107",
                    at,
                    f"a text cannot start with {text[column : column + 1]} here.",
                    advice='Put the whole text in "double quotes".',
                )
            )
            return True
        if "while parsing a flow" in (err.context or ""):
            self.diagnostics.append(
                found(
                    "FK101",
                    at,
                    "this list in [brackets] is not closed, or lacks a comma.",
                    advice="Write [first, second], or one item a line, each after a dash.",
                )
            )
            return False
        if "could not find expected ':'" in problem:
            first = start + (err.context_mark.line if err.context_mark else line)
            first = min(first, len(self.lines) - 1)
            if first != line and first in self.touched:
                return False
            self.touched.add(first)
            words = self.lines[first]
            indent = len(words) - len(words.lstrip())
            self.diagnostics.append(
                found(
                    "FK101",
                    self.file.span(
                        first + 1,
                        indent + 1,
                        first + 1,
                        max(len(words), indent + 1) + 1,
                    ),
                    "this line is neither a key with a colon nor an item with a dash.",
                    advice='Write "key: value", or "- item"; a colon needs a space '
                    "behind it.",
                )
            )
            return False
        indent = len(text) - len(text.lstrip())
        self.diagnostics.append(
            found(
                "FK108",
                self.file.span(
                    line + 1,
                    indent + 1,
                    line + 1,
                    max(len(text.rstrip()), indent + 1) + 1,
                ),
                "this line does not stand under any of the lines above it: its "
                "indentation fits none of them.",
                advice="Start it exactly below the line that it belongs beside; two "
                "spaces a level.",
            )
        )
        return False

    def _put(self, line: int, column: int) -> None:
        text = self.lines[line]
        self.lines[line] = text[:column] + stand_in(text[column]) + text[column + 1 :]


def _join(parts: list[Node]) -> Node | None:
    """Put the readable parts of a broken file together again."""
    if not parts:
        return None
    blocks = [part for part in parts if isinstance(part, Block)]
    if not blocks:
        return parts[0]
    if len(blocks) == 1:
        return blocks[0]
    seen: dict[str, Entry] = {}
    for block in blocks:
        for entry in block.entries:
            seen.setdefault(entry.key.text, entry)
    return Block(tuple(seen.values()), blocks[0].span, blocks[0].file)


class _Frame:
    """A list or block that is being read."""

    __slots__ = ("block", "entries", "items", "key", "seen", "skip", "start")

    def __init__(self, *, block: bool, start: _Mark) -> None:
        self.block = block
        self.start = start
        self.items: list[Node] = []
        self.entries: list[Entry] = []
        self.key: Scalar | None = None
        self.skip = False
        self.seen: dict[str, Scalar] = {}


class _Builder:
    """Turn the parser's events into nodes."""

    def __init__(
        self,
        file: File,
        first_line: int,
        shifts: Mapping[int, tuple[int, int]],
        *,
        braces: bool,
    ) -> None:
        self.file = file
        self.first_line = first_line
        self.shifts = shifts
        self.braces = braces
        self.diagnostics: list[Diagnostic] = []
        self.stack: list[_Frame] = []
        self.root: Node | None = None
        self.documents = 0

    def build(self, text: str) -> Node | None:
        if "\n" not in text and not text.strip():
            return None
        loader = _Parser(text)
        try:
            while True:
                event = loader.get_event()
                kind = type(event)
                if kind is yaml.ScalarEvent:
                    if event.anchor is not None or event.tag is not None:
                        self._properties(event)
                    if self.stack or event.value:
                        self._add(self._scalar(event))
                elif kind is yaml.MappingStartEvent:
                    self._properties(event)
                    if event.flow_style and not self.braces:
                        self._report(
                            "FK113",
                            event,
                            "braces {...} are not used here.",
                            "Write one key a line, indented under this one.",
                        )
                    self._open(event, block=True)
                elif kind is yaml.SequenceStartEvent:
                    self._properties(event)
                    self._open(event, block=False)
                elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                    self._close(event.end_mark)
                elif kind is yaml.AliasEvent:
                    self._report(
                        "FK110",
                        event,
                        f"*{event.anchor} repeats another place of the file; that is "
                        "not possible here.",
                        'Write it out, or put a text that starts with * in "quotes".',
                    )
                    self._add(Scalar("", self._span(event), self.file))
                elif kind is yaml.DocumentStartEvent:
                    self.documents += 1
                    if self.documents > 1:
                        self._report(
                            "FK117",
                            event,
                            "--- starts a second document in this file.",
                            "Put each flow into a file of its own.",
                        )
                        raise _Stop
                elif kind is yaml.StreamEndEvent:
                    return self.root
        finally:
            loader.dispose()

    def rescue(self) -> Node | None:
        """Close what is open, and return what was read so far."""
        while self.stack:
            frame = self.stack[-1]
            self._close(frame.start)
        return self.root

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        text = event.value.translate(_BACK)
        span = self._span(event)
        if event.style in ("|", ">"):
            span = self._words_of(span)
        return Scalar(text, span, self.file, event.style not in (None, ""))

    def _words_of(self, span: Span) -> Span:
        """Return where the words of a block text stand, without its ``>`` or ``|``."""
        for line in range(span.line + 1, span.end_line + 1):
            words = self.file.lines[line - 1]
            if words.strip():
                start = len(words) - len(words.lstrip()) + 1
                return Span(span.path, line, start, span.end_line, span.end_column)
        return span

    def _properties(
        self, event: yaml.ScalarEvent | yaml.MappingStartEvent | yaml.SequenceStartEvent
    ) -> None:
        if event.anchor is not None:
            self._report(
                "FK110",
                event,
                f"&{event.anchor} names this place to repeat it; that is not possible "
                "here.",
                'Write it out, or put a text that starts with & in "quotes".',
            )
        if event.tag is not None:
            name = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._report(
                "FK111",
                event,
                f"{name} is a tag; values have no tags here.",
                'Delete it, or put a text that starts with ! in "quotes".',
            )

    def _open(self, event: yaml.NodeEvent, *, block: bool) -> None:
        if len(self.stack) >= DEEPEST:
            self._report(
                "FK114",
                event,
                f"this stands inside more than {DEEPEST} others.",
                "Move a part of it into a flow of its own.",
            )
            raise _Stop
        self.stack.append(_Frame(block=block, start=event.start_mark))

    def _close(self, mark: _Mark) -> None:
        frame = self.stack.pop()
        start = frame.start
        span = self._between(start, mark)
        if frame.block:
            if frame.key is not None and not frame.skip:
                empty = Scalar("", frame.key.span, self.file)
                frame.entries.append(Entry(frame.key, empty))
            self._add(Block(tuple(frame.entries), span, self.file))
        else:
            self._add(Listing(tuple(frame.items), span, self.file))

    def _add(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        if not frame.block:
            frame.items.append(node)
        elif frame.skip:
            frame.skip = False
            frame.key = None
        elif frame.key is None:
            self._add_key(frame, node)
        else:
            frame.entries.append(Entry(frame.key, node))
            frame.key = None

    def _add_key(self, frame: _Frame, node: Node) -> None:
        if not isinstance(node, Scalar):
            frame.skip = True
            self.diagnostics.append(
                found(
                    "FK119",
                    node.span,
                    "a list or block cannot be a key.",
                    advice='Put a text with brackets or braces in "double quotes".',
                )
            )
            frame.key = Scalar("", node.span, self.file)
            return
        frame.key = node
        if node.text == "<<" and not node.quoted:
            frame.skip = True
            self.diagnostics.append(
                found(
                    "FK112",
                    node.span,
                    "<< merges another block into this one; that is not possible here.",
                    advice="Write the keys out.",
                )
            )
            return
        first = frame.seen.setdefault(node.text, node)
        if first is not node:
            frame.skip = True
            self.diagnostics.append(
                found(
                    "FK103",
                    node.span,
                    f'"{node.text}" stands here a second time; the first is in line '
                    f"{first.span.line}.",
                    advice="Keep one of them.",
                )
            )

    def _span(self, event: yaml.Event) -> Span:
        return self._between(event.start_mark, event.end_mark)

    def _between(self, start: _Mark, end: _Mark) -> Span:
        line, column = self._place(start)
        end_line, end_column = self._place(end)
        if end_line > line and end.column == 0:  # a block ends on the line behind it
            end_line -= 1
            while end_line > line and not self.file.lines[end_line - 1].strip():
                end_line -= 1
            end_column = len(self.file.lines[end_line - 1]) + 1
        if end_line == line:
            end_column = max(end_column, column + 1)
        return Span(self.file.path, line, column, end_line, end_column)

    def _place(self, mark: _Mark) -> tuple[int, int]:
        """Return line and column of a mark, 1-based, in the file as it was written."""
        line, column = mark.line + self.first_line, mark.column
        if line in self.shifts:
            start, moved = self.shifts[line]
            if column >= start + moved:
                column = max(column - moved, 0)
        return line + 1, column + 1

    def _report(self, code: str, event: yaml.Event, message: str, advice: str) -> None:
        self.diagnostics.append(found(code, self._span(event), message, advice=advice))
