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

from flowkit.authoring.codes import found
from flowkit.authoring.grammar import KEYS, STEPS
from flowkit.authoring.margins import Margins, Part
from flowkit.diagnostics import Diagnostic, Fix, Span

STAND_INS = 0xE000

_PREFIX = re.compile(r"( *)((?:- +)*)")
_KEY = re.compile(r"""([^\s"'\[\]{}#&*!|>%@`,][^:#"]*?|[^\W\d]\w*)\s*:(?: +|$)""")
_QUOTED_KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*:(?: +|$)""")
_BLOCK = re.compile(r"[|>][-+0-9]{0,2}\s*(#.*)?$")
_GLUED = re.compile(r"([a-z_]+):(?=[^\s:/\\])")
_LOOKS_LIKE_KEY = re.compile(r"([a-z_]{2,}):(?: |$)")
_ALONE = re.compile(r"""[&*][A-Za-z0-9_-]+\s*(#.*)?$|!\S*\s*(#.*)?$|!!|[&!]\S*\s+[\[{|>"']""")
_BARE = re.compile(r"([a-z_]+) +\S")
_LONE = re.compile(r"( *)([^\W\d]\w*)\s*")
_COLON = re.compile(r":(?= |$)")
_CURLY = re.compile(r"[“„”‟«](.*)[”“»]")
_HASH = re.compile(r" #(?=[^\s#])")
_COMMENT = re.compile(r"\s+#.*$")


def stand_in(character: str) -> str:
    """Return the private use character that stands for an ASCII character."""
    return chr(STAND_INS + ord(character)) if character < "\x80" else character


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
    run.tabs()
    run.walk()
    return Mended(
        tuple(run.lines),
        tuple(run.diagnostics),
        frozenset(run.touched),
        run.shifts,
    )


class _Run:
    def __init__(self, lines: list[str], path: str, *, braces: bool) -> None:
        self.lines = lines
        self.path = path
        self.braces = braces
        self.diagnostics: list[Diagnostic] = []
        self.touched: set[int] = set()
        self.shifts: dict[int, tuple[int, int]] = {}
        self.index = 0
        self.margins = Margins()

    # --- tabs ----------------------------------------------------------------------

    def tabs(self) -> None:
        """Replace tabs, with one finding for the whole file."""
        bad = [
            n
            for n, line in enumerate(self.lines)
            if "\t" in line and line.strip() and not line.lstrip().startswith("#")
        ]
        if not bad:
            return
        first, last = bad[0], bad[-1]
        widths = {n: self._tab_width(n) for n in bad}
        column = self.lines[first].index("\t")
        edited = (
            [
                _without_tabs(line, widths[n]) if n in widths else line
                for n, line in enumerate(self.lines[first : last + 1], first)
            ]
            if last - first < 5_000
            else []
        )
        more = "" if len(bad) == 1 else f" (so do {len(bad) - 1} more lines)"
        self.diagnostics.append(
            found(
                "FK102",
                Span(self.path, first + 1, column + 1),
                f"this line has a tab in it{more}; tabs are as wide as each editor "
                "likes.",
                advice="Use spaces, two for each level.",
                fix=Fix(
                    Span(self.path, first + 1, 1, last + 1, len(self.lines[last]) + 1),
                    "\n".join(edited),
                )
                if edited
                else None,
            )
        )
        for n in bad:
            line = self.lines[n]
            indent = len(line) - len(line.lstrip())
            mended = _without_tabs(line, widths[n])
            moved = len(mended) - len(mended.lstrip()) - indent
            self.lines[n] = mended
            if moved:
                self.shifts[n] = (indent, moved)
            self.touched.add(n)

    def _tab_width(self, number: int) -> int:
        """Return how many spaces a tab of this line stands for: as the line above has."""
        tabs = len(self.lines[number]) - len(self.lines[number].lstrip("\t"))
        for n in range(number - 1, -1, -1):
            above = self.lines[n]
            if not above.strip():
                continue
            spaces = len(above) - len(above.lstrip(" "))
            if tabs and spaces and not above[spaces : spaces + 1].isspace():
                wide, rest = divmod(spaces, tabs)
                return wide if not rest and wide in (2, 4, 8) else 2
            break
        return 2

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
        line = self._in_column(self._lone_name(self._glued(line)))
        prefix = _PREFIX.match(line)
        at = prefix.end() if prefix else 0
        key_at = at
        has_key = False
        match = _QUOTED_KEY.match(line, at) or _KEY.match(line, at)
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
        bare = _BARE.match(value)
        if bare and bare[1] in KEYS and not has_key and not in_item:
            self._no_colon(number, at, bare[1])
            return
        if _BLOCK.match(value):
            self._skip_block(parent)
            return
        if value[0] in "\"'":
            self._quoted(number, at, parent)
        else:
            self._unquoted(number, at, value, parent=parent, has_key=has_key)

    def _lone_name(self, line: str) -> str:
        """Put a colon behind a name alone on its line, with keys or items below it."""
        match = _LONE.fullmatch(line)
        if not match:
            return line
        number, indent = self.index, len(match[1])
        for n in range(number + 1, len(self.lines)):
            below = self.lines[n]
            if not below.strip() or below.lstrip().startswith("#"):
                continue
            inner = len(below) - len(below.lstrip(" "))
            if inner <= indent or not (
                _known_key(below, inner) or below.startswith("- ", inner)
            ):
                return line
            break
        else:
            return line
        end = indent + len(match[2])
        span = Span(self.path, number + 1, indent + 1, number + 1, end + 1)
        self._say(
            "FK101",
            span,
            f'there is no colon behind "{match[2]}".',
            f'Write "{match[2]}:".',
            Fix(span, f"{match[2]}:"),
        )
        line = f"{line[:end]}:{line[end:]}"
        self.lines[number] = line
        return line

    def _in_column(self, line: str) -> str:
        """Move a line that starts where no block above it does to where it belongs."""
        prefix = _PREFIX.match(line)
        parts: list[Part] = []
        at = prefix.end() if prefix else 0
        if prefix:
            parts += [(n, "dash") for n in range(len(prefix[1]), at) if line[n] == "-"]
        match = _QUOTED_KEY.match(line, at) or _KEY.match(line, at)
        if match and not line.startswith(("{{", "{%"), at):
            parts.append((at, "key"))
            at = match.end()
        value = line[at:].strip()
        bare = _BARE.match(value)
        if bare and bare[1] in KEYS and not parts:
            parts.append((at, "key"))
        if value == "-":
            parts.append((at, "dash"))
            value = ""
        if not parts:
            self.margins.text()
            return line
        is_open = not value or value.startswith("#") or bool(_ALONE.match(value))
        number, indent = self.index, parts[0][0]
        if parts[0][1] == "key" and self.margins.lacks_dash(indent):
            word = line[indent:].split(":", 1)[0].strip()
            if word in STEPS:
                return self._dash(line, number, indent, word)
        wrong = self.margins.place(number, parts, is_open=is_open)
        if wrong is None:
            return line
        self._say(
            "FK108",
            Span(self.path, number + 1, indent + 1, number + 1, len(line.rstrip()) + 1),
            "this line does not stand exactly below any line that it could belong beside.",
            self._below(wrong.line, wrong.column),
        )
        moved = wrong.column - indent
        start, before = self.shifts.get(number, (0, 0))
        self.shifts[number] = (start, before + moved)
        line = " " * wrong.column + line[indent:]
        self.lines[number] = line
        again: list[Part] = [(column + moved, kind) for column, kind in parts]
        self.margins.place(number, again, is_open=is_open)
        return line

    def _dash(self, line: str, number: int, indent: int, verb: str) -> str:
        """Put a dash before a step that stands in the column of the dashes."""
        span = Span(
            self.path, number + 1, indent + 1, number + 1, indent + len(verb) + 1
        )
        self._say(
            "FK108",
            span,
            "there is no dash before this step.",
            f'Write "- {verb}:", with the dash in column {indent + 1}.',
            Fix(span, f"- {verb}"),
        )
        start, before = self.shifts.get(number, (indent, 0))
        self.shifts[number] = (start, before + 2)
        self.lines[number] = f"{line[:indent]}- {line[indent:]}"
        return self._in_column(self.lines[number])

    def _below(self, number: int, column: int) -> str:
        """Say where a line should start: below a word of another line."""
        line = "".join(
            chr(ord(c) - STAND_INS) if c >= chr(STAND_INS) else c
            for c in self.lines[number][column : column + 40]
        )
        word = re.match(r"[^\s:]+", line)
        named = (
            "the dash" if word and word[0] == "-" else f'"{word[0]}"' if word else ""
        )
        below = f"exactly below {named} in line {number + 1}" if named else "as before"
        return f"Start it in column {column + 1}, {below}."

    def _glued(self, line: str) -> str:
        """Put back a space that was forgotten behind a key's colon."""
        prefix = _PREFIX.match(line)
        at = prefix.end() if prefix else 0
        match = _GLUED.match(line, at)
        if not match or match[1] not in KEYS or _KEY.match(line, at):
            return line
        end = match.end()
        number = self.index
        self._say(
            "FK101",
            Span(self.path, number + 1, end, number + 1, end + 1),
            f'there is no space behind "{match[0]}".',
            f'Write "{match[0]} " with a space behind the colon.',
            Fix(Span(self.path, number + 1, end, number + 1, end + 1), ": "),
        )
        mended = line[:end] + " " + line[end:]
        if number not in self.shifts:
            self.shifts[number] = (end, 1)
        self.lines[number] = mended
        return mended

    def _no_colon(self, number: int, at: int, key: str) -> None:
        """Put a colon behind a key that has none."""
        line = self.lines[number]
        end = at + len(key)
        span = Span(self.path, number + 1, at + 1, number + 1, end + 1)
        self._say(
            "FK101",
            span,
            f'there is no colon behind "{key}".',
            f'Write "{key}: " and then its value.',
            Fix(span, f"{key}:"),
        )
        self.lines[number] = line[:end] + ":" + line[end:]
        self.shifts.setdefault(number, (end, 1))
        self._plain(number, end + 2, len(line) + 1)

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
            self._say(
                "FK106",
                Span(self.path, number + 1, at + 1, number + 1, at + 2),
                "this quote is never closed.",
                f"Put {quote} at the end of the text too.",
                Fix(
                    Span(self.path, number + 1, at + 1, number + 1, where + 1),
                    quoted(line[at + 1 : where]),
                ),
            )
            self._plain(number, at, len(line))
            return
        rest = line[end + 1 :]
        if not rest.strip() or rest.lstrip().startswith("#"):
            return
        whole = line[at:].rstrip()
        inner = whole[1:-1] if whole.endswith(quote) else whole
        self._say(
            "FK106",
            Span(self.path, number + 1, end + 1, number + 1, end + 2),
            "the text goes on behind the quote that closes it.",
            "Put the whole text in quotes, and use the other kind of quotes inside it.",
            Fix(
                Span(self.path, number + 1, at + 1, number + 1, at + 1 + len(whole)),
                quoted(inner),
            ),
        )
        self._plain(number, at, len(line))

    def _closes_later(self, quote: str, parent: int) -> bool:
        """Find the end of a quoted text of several lines, and move behind it."""
        for n in range(self.index, len(self.lines)):
            line = self.lines[n]
            if not line.strip():
                continue
            indent = len(line) - len(line.lstrip(" "))
            if indent <= parent or line.lstrip().startswith("- "):
                return False
            if _LOOKS_LIKE_KEY.match(line, indent) and _known_key(line, indent):
                return False
            end = _closing(line, 0, quote)
            if end is not None:
                self.index = n + 1
                return True
        return False

    def _plain(self, number: int, start: int, end: int) -> None:
        """Make a stretch of a line plain text, whatever it holds."""
        line = self.lines[number]
        piece = line[start:end]
        first = True
        made = []
        for n, c in enumerate(piece):
            follows = piece[n + 1 : n + 2]
            if (
                (first and c in "\"'&*!|>%@`{[,?-#]}")
                or (c == ":" and follows in ("", " "))
                or (c == "#" and n and piece[n - 1] == " ")
            ):
                made.append(stand_in(c))
            else:
                made.append(c)
            first = False
        self.lines[number] = line[:start] + "".join(made) + line[end:]

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
            self._say(
                "FK105",
                Span(self.path, number + 1, at + 1, number + 1, at + 3),
                f"a text that starts with {value[:2]} needs quotes.",
                'Put the whole sentence in "double quotes".',
                fix,
            )
            self._plain(number, at, len(line))
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
            if _ALONE.match(value):
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
        for n in range(self.index, len(self.lines)):
            line = self.lines[n]
            indent = len(line) - len(line.lstrip(" "))
            if line.strip() and (
                indent <= parent
                or line.lstrip().startswith(("- ", "-\n"))
                or _known_key(line, indent)
            ):
                break
            whole += "\n" + line
            if _bracket_end(whole) is not None:
                self.index = n + 1
                return
        if value[0] == "{" or _bracket_end(value + "]") != len(value):
            return  # the parser says what is wrong with it
        end = at + len(value)
        self._say(
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
        self._say(
            "FK107",
            here,
            f"a text cannot start with {first} here{meaning}.",
            'Put the whole text in "double quotes".',
            fix,
        )
        self._plain(number, here.column - 1, len(self.lines[number]))

    def _text(self, number: int, at: int, words: str, fix: Fix | None) -> None:
        """Look into a plain text for what YAML would take for its end."""
        colon = _COLON.search(words)
        if colon:
            column = at + colon.start() + 1
            curly = _CURLY.fullmatch(words)
            if curly and fix:
                fix = Fix(fix.span, quoted(curly[1]))
            if number not in self.touched:  # else what is wrong with it was said
                self._say(
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
            self._say(
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
                and not _known_key(line, indent)
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
            if is_item or _known_key(line, indent):
                self._too_deep(indent, parent, first, is_item=is_item)
                return
            number = self.index
            self.index += 1
            self._text(number, indent, line[indent:].rstrip(), None)

    def _too_deep(self, indent: int, parent: int, first: int, *, is_item: bool) -> None:
        """Report a key or item that stands under a text, and move it beside it."""
        number = self.index
        line = self.lines[number]
        if number in self.touched:
            self.index += 1
            return
        above = self.lines[first]
        wanted = len(above) - len(above.lstrip(" ")) if is_item else parent
        self._say(
            "FK108",
            Span(self.path, number + 1, indent + 1, number + 1, len(line.rstrip()) + 1),
            f"this line stands deeper than the text in line {first + 1}, so it would "
            "be a part of that text.",
            self._below(first, wanted),
        )
        if number not in self.shifts:
            self.shifts[number] = (0, wanted - indent)
        self.lines[number] = " " * wanted + line[indent:]

    def _say(
        self, code: str, span: Span, message: str, advice: str, fix: Fix | None = None
    ) -> None:
        if fix is not None:
            fix = Fix(self._as_written(fix.span), fix.text)
        span = self._as_written(span)
        self.diagnostics.append(found(code, span, message, advice=advice, fix=fix))
        if code != "FK109":
            self.touched.add(span.line - 1)

    def _as_written(self, span: Span) -> Span:
        """Return the place in the file of a place in the mended lines."""

        def column(line: int, mended: int) -> int:
            start, moved = self.shifts.get(line - 1, (0, 0))
            if mended - 1 >= start + moved:
                return max(mended - moved, 1)
            return min(mended, start + 1) if moved else mended

        if not self.shifts.keys() & {span.line - 1, span.end_line - 1}:
            return span
        first = column(span.line, span.column)
        end = column(span.end_line, span.end_column)
        if span.end_line == span.line:
            end = max(end, first + 1)
        return Span(span.path, span.line, first, span.end_line, end)


def quoted(text: str) -> str:
    """Return a text in the quotes that need least escaping inside."""
    if '"' in text and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _known_key(line: str, at: int) -> bool:
    match = _LOOKS_LIKE_KEY.match(line, at)
    return match is not None and match[1] in KEYS


def _without_tabs(line: str, width: int) -> str:
    body = line.lstrip()
    indent = line[: len(line) - len(body)].replace("\t", " " * width)
    return indent + body.replace("\t", " ")


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
