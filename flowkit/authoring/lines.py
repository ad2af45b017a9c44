"""The classic mistakes of YAML, found line by line before a parser is asked.

A parser stumbles somewhere behind a mistake and speaks of tokens; a look at the single
line tells what its writer meant. Each finding is reported once, and the line is mended so
that the parser reads on: a character that would be misread is replaced by its *stand-in*,
which moves nothing; where something must move (a tab, a lost space, a wrong indentation)
the line's ``shift`` says by how much.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from flowkit.authoring.grammar import KEYS
from flowkit.authoring.layout import Layout
from flowkit.authoring.page import (
    ALONE,
    BARE,
    KEY,
    PREFIX,
    QUOTED_KEY,
    known_key,
    stand_in,
)
from flowkit.diagnostics import Diagnostic, Fix, Span

_BLOCK = re.compile(r"[|>][-+0-9]{0,2}\s*(#.*)?$")
_COLON = re.compile(r":(?= |$)")
_CURLY = re.compile(r"[“„”‟«](.*)[”“»]")
_HASH = re.compile(r" #(?=[^\s#])")
_MOST_LINES = 200
"""Lines of a list in brackets that are looked at."""
_COMMENT = re.compile(r"\s+#.*$")


@dataclass(frozen=True, slots=True)
class Mended:
    """Lines that a parser will read as they were meant."""

    lines: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    touched: frozenset[int] = frozenset()
    """Lines about which something was said; 0-based."""
    shifts: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    """Per line: from which column of the original on, and by how many characters (which
    may be negative) the mended line is longer; 0-based."""
    whole: bool = True


def mend(lines: tuple[str, ...], path: str, *, braces: bool = False) -> Mended:
    """Find and mend the classic mistakes of a file.

    Args:
        lines: Without their ends.
        path: As it is to be shown.
        braces: ``{a: b}`` is allowed here.
    """
    run = _Run(list(lines), path, braces=braces)
    run.odd_spaces()
    run.tabs()
    run.walk()
    return Mended(
        tuple(run.lines),
        tuple(run.diagnostics),
        frozenset(run.touched),
        run.shifts,
    )


class _Run(Layout):
    # --- the walk ------------------------------------------------------------------

    def walk(self) -> None:
        """Look at each line that starts a value."""
        while self.index < len(self.lines):
            line = self.lines[self.index]
            if not line.strip() or line.lstrip().startswith("#"):
                self.index += 1
                continue
            if line.startswith(("---", "...", "%")):
                self.index += 1
                continue
            self._line(line)

    def _line(self, line: str) -> None:
        """Look at one line, and move on behind all that belongs to its value."""
        if self.is_note(line):
            return
        line = self.in_column(self.lone_name(self.glued(line)))
        prefix = PREFIX.match(line)
        at = prefix.end() if prefix else 0
        key_at = at
        has_key = False
        match = QUOTED_KEY.match(line, at) or KEY.match(line, at)
        if match and not line.startswith(("{{", "{%"), at):
            at = match.end()
            has_key = True
        value = line[at:].rstrip()
        in_item = prefix is not None and bool(prefix[2])
        parent = at - 2 if in_item and not has_key else key_at
        number = self.index
        self.index += 1
        if value in ("", "-") or value.startswith("#"):
            return
        bare = BARE.match(value)
        if bare and bare[1] in KEYS and not has_key and not in_item:
            self.no_colon(number, at, bare[1])
            return
        if _BLOCK.match(value):
            self.indent_text(parent, number)
            self._skip_block(parent)
            return
        if value[0] in "\"'":
            self._quoted(number, at, parent)
        else:
            self._unquoted(number, at, value, parent=parent, has_key=has_key)

    def _skip_block(self, parent: int) -> None:
        """Move behind a block scalar: all lines that are deeper than its parent."""
        while self.index < len(self.lines):
            line = self.lines[self.index]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= parent:
                return
            self.index += 1

    # --- quoted texts ----------------------------------------------------------------

    def _quoted(self, number: int, at: int, parent: int) -> None:
        line = self.lines[number]
        quote = line[at]
        end = _closing(line, at + 1, quote)
        if end is None:
            if self._closes_later(quote, parent):
                return
            where = len(line.rstrip())
            self.say(
                "FK106",
                Span(self.path, number + 1, at + 1, number + 1, at + 2),
                "this quote is never closed.",
                f"Put {quote} at the end of the text too.",
                Fix(
                    Span(self.path, number + 1, at + 1, number + 1, where + 1),
                    quoted(line[at + 1 : where]),
                ),
            )
            self.plain(number, at, len(line))
            return
        rest = line[end + 1 :]
        if not rest.strip() or rest.lstrip().startswith("#"):
            return
        whole = line[at:].rstrip()
        inner = whole[1:-1] if whole.endswith(quote) else whole
        self.say(
            "FK106",
            Span(self.path, number + 1, end + 1, number + 1, end + 2),
            "the text goes on behind the quote that closes it.",
            "Put the whole text in quotes, and use the other kind of quotes inside it.",
            Fix(
                Span(self.path, number + 1, at + 1, number + 1, at + 1 + len(whole)),
                quoted(inner),
            ),
        )
        self.plain(number, at, len(line))

    def _closes_later(self, quote: str, parent: int) -> bool:
        """Find the end of a quoted text of several lines, and move behind it."""
        for n in range(self.index, len(self.lines)):
            line = self.lines[n]
            if not line.strip():
                continue
            indent = len(line) - len(line.lstrip(" "))
            if indent <= parent or line.lstrip().startswith("- "):
                return False
            if known_key(line, indent):
                return False
            end = _closing(line, 0, quote)
            if end is not None:
                self.index = n + 1
                return True
        return False

    # --- texts without quotes ----------------------------------------------------------

    def _unquoted(
        self, number: int, at: int, value: str, *, parent: int, has_key: bool
    ) -> None:
        line = self.lines[number]
        words = _COMMENT.sub("", value) if not _HASH.search(value) else value
        span = Span(self.path, number + 1, at + 1, number + 1, at + 1 + len(words))
        fix = None if self._goes_on(parent) else Fix(span, quoted(words))
        first = value[0]
        here = Span(self.path, number + 1, at + 1, number + 1, at + 2)
        if value.startswith(("{{", "{%")):
            self.say(
                "FK105",
                Span(self.path, number + 1, at + 1, number + 1, at + 3),
                f"a text that starts with {value[:2]} needs quotes.",
                'Put the whole sentence in "double quotes".',
                fix,
            )
            self.plain(number, at, len(line))
        elif first in "[{":
            end = _bracket_end(value)
            if end is None:
                self._brackets(number, at, value, parent)
                return
            if not value[end + 1 :].strip().lstrip("#"):
                return  # a list or block; the parser reads it
            if value[end + 1 :].lstrip().startswith("#"):
                return
            if not has_key and value[end + 1 :].startswith(":"):
                return  # a list for a key; the builder refuses it
            self._starts_badly(number, here, first, fix)
        elif first in "&*!":
            if ALONE.match(value):
                return  # an anchor, alias or tag; the builder refuses it
            self._starts_badly(number, here, first, fix)
        elif first in "%@`|>,]}" or (
            value[:2] in ("- ", "? ", ": ") and (has_key or first != "-")
        ):
            self._starts_badly(number, here, first, fix)
        else:
            self._text(number, at, words, fix)
        self._continue(parent, number)

    def _brackets(self, number: int, at: int, value: str, parent: int) -> None:
        """Move behind a list or block in brackets of several lines, or close it."""
        whole = value
        for n in range(self.index, min(self.index + _MOST_LINES, len(self.lines))):
            line = self.lines[n]
            indent = len(line) - len(line.lstrip(" "))
            if line.strip() and (
                indent <= parent
                or line.lstrip().startswith(("- ", "-\n"))
                or known_key(line, indent)
            ):
                break
            whole += "\n" + line
            if _bracket_end(whole) is not None:
                self.index = n + 1
                return
        if value[0] == "{" or _bracket_end(value + "]") != len(value):
            return  # the parser says what is wrong with it
        end = at + len(value)
        self.say(
            "FK101",
            Span(self.path, number + 1, at + 1, number + 1, end + 1),
            "this list starts with a bracket [ that is never closed.",
            "Put the other bracket ] at the end of the list.",
            Fix(Span(self.path, number + 1, at + 1, number + 1, end + 1), value + "]"),
        )
        self.lines[number] = self.lines[number][:end] + "]" + self.lines[number][end:]

    def _starts_badly(
        self, number: int, here: Span, first: str, fix: Fix | None
    ) -> None:
        meaning = {
            "&": " (it would name an anchor)",
            "*": " (it would repeat an anchor)",
            "!": " (it would be a tag)",
            "[": " (it would be a list)",
            "{": " (it would be a block)",
        }.get(first, "")
        self.say(
            "FK107",
            here,
            f"a text cannot start with {first} here{meaning}.",
            'Put the whole text in "double quotes".',
            fix,
        )
        self.plain(number, here.column - 1, len(self.lines[number]))

    def _text(self, number: int, at: int, words: str, fix: Fix | None) -> None:
        """Look into a plain text for what YAML would take for its end."""
        colon = _COLON.search(words)
        if colon:
            column = at + colon.start() + 1
            curly = _CURLY.fullmatch(words)
            if curly and fix:
                fix = Fix(fix.span, quoted(curly[1]))
            if fix is not None or number not in self.touched:
                self.say(
                    "FK104",
                    Span(self.path, number + 1, column, number + 1, column + 1),
                    "a colon followed by a space confuses the reader here"
                    + ("; curly “quotes” do not help." if curly else "."),
                    'Put the whole sentence in straight "double quotes".'
                    if curly
                    else 'Put the whole sentence in "double quotes".',
                    fix,
                )
            line = self.lines[number]
            piece = _COLON.sub(stand_in(":"), words)
            self.lines[number] = line[:at] + piece + line[at + len(words) :]
        dropped = _HASH.search(words)
        if dropped:
            column = at + dropped.start() + 2
            end = at + len(words) + 1
            self.say(
                "FK109",
                Span(self.path, number + 1, column, number + 1, end),
                "from the # on, this is taken for a comment and dropped.",
                'Put the whole sentence in "double quotes", or a space behind the #.',
                fix,
            )

    def _goes_on(self, parent: int) -> bool:
        """Tell whether the text that was just begun goes on in the next line."""
        for n in range(self.index, len(self.lines)):
            line = self.lines[n]
            if not line.strip():
                continue
            indent = len(line) - len(line.lstrip(" "))
            return (
                indent > parent
                and not line.lstrip().startswith(("- ", "#"))
                and not known_key(line, indent)
            )
        return False

    def _continue(self, parent: int, first: int) -> None:
        """Look at the further lines of a plain text; a key among them is misplaced."""
        while self.index < len(self.lines):
            line = self.lines[self.index]
            if not line.strip():
                self.index += 1
                continue
            indent = len(line) - len(line.lstrip(" "))
            if indent <= parent or line.lstrip().startswith("#"):
                return
            is_item = line.startswith("- ", indent)
            if is_item or known_key(line, indent):
                self.too_deep(indent, parent, first, is_item=is_item)
                return
            number = self.index
            self.index += 1
            self._text(number, indent, line[indent:].rstrip(), None)


def quoted(text: str) -> str:
    """Return a text in the quotes that need least escaping inside."""
    if '"' in text and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _closing(line: str, start: int, quote: str) -> int | None:
    """Return the index of the quote that closes a text, or None."""
    at = start
    while at < len(line):
        c = line[at]
        if c == "\\" and quote == '"':
            at += 2
            continue
        if c == quote:
            if quote == "'" and line[at + 1 : at + 2] == "'":
                at += 2
                continue
            return at
        at += 1
    return None


def _bracket_end(value: str) -> int | None:
    """Return the index of the bracket that closes the first one, or None."""
    depth = 0
    quote = ""
    for n, c in enumerate(value):
        if quote:
            quote = "" if c == quote else quote
        elif c in "\"'" and value[n - 1] in " [{,:":
            quote = c
        elif c in "[{":
            depth += 1
        elif c in "]}":
            depth -= 1
            if depth == 0:
                return n
    return None
