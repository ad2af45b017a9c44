"""Lines that are not laid out as they should be: tabs, columns, lost colons and dashes."""

from __future__ import annotations

import re
from functools import cached_property

from flowkit.authoring.codes import found
from flowkit.authoring.grammar import KEYS, STEPS
from flowkit.authoring.margins import Part
from flowkit.authoring.page import ALONE, BARE, KEY, PREFIX, QUOTED_KEY, Page, known_key
from flowkit.diagnostics import Fix, Span

_GLUED = re.compile(r"([a-z_]+):(?=[^\s:/\\])")
_GLUED_DASH = re.compile(r" *-([a-z_]+):(?=\s|$)")
_LONE = re.compile(r"( *)([^\W\d]\w*)\s*")


_ODD_SPACE = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_ODD_LAYOUT = re.compile(rf"[\s-]*(?:\w+:)?[{_ODD_SPACE}]")
"""A space of another kind, in the indentation or behind a dash or a key."""


class Layout(Page):
    """Looks at how lines are laid out, and mends that."""

    # --- spaces that are none --------------------------------------------------------

    def odd_spaces(self) -> None:
        """Replace spaces that YAML takes for letters, with one finding for the file."""
        bad = [n for n, line in enumerate(self.lines) if _ODD_LAYOUT.match(line)]
        if not bad:
            return
        first, last = bad[0], bad[-1]
        found_at = re.search(f"[{_ODD_SPACE}]", self.lines[first])
        column = found_at.start() if found_at else 0
        fix = Span(self.path, first + 1, 1, last + 1, len(self.lines[last]) + 1)
        for n in bad:
            self.lines[n] = re.sub(f"[{_ODD_SPACE}]", " ", self.lines[n])
            self.touched.add(n)
        more = "" if len(bad) == 1 else f" (so do {len(bad) - 1} more lines)"
        self.diagnostics.append(
            found(
                "FK116",
                Span(self.path, first + 1, column + 1),
                f"this line has a space in it that is none{more}: a fixed space, as web "
                "pages and word processors write it.",
                advice="Type the space again.",
                fix=Fix(fix, "\n".join(self.lines[first : last + 1]))
                if last - first < 5_000
                else None,
            )
        )

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

    # --- columns ---------------------------------------------------------------------

    @cached_property
    def _last_key(self) -> int:
        """The last line that starts with a known key at the margin, or -1."""
        keys = (n for n, line in enumerate(self.lines) if known_key(line, 0))
        return max(keys, default=-1)

    def is_note(self, line: str) -> bool:
        """Take out a text at the margin, before keys: a note without its ``#``."""
        number = self.index
        if not line[:1].isalpha() or KEY.match(line) or _GLUED.match(line):
            return False
        if _LONE.fullmatch(line) or (BARE.match(line) and line.split()[0] in KEYS):
            return False
        if number > self._last_key:
            return False
        span = Span(self.path, number + 1, 1, number + 1, len(line.rstrip()) + 1)
        self.say(
            "FK101",
            span,
            "this line is neither a key with its value nor a note.",
            "A note starts with #.",
            Fix(Span(self.path, number + 1, 1, number + 1, 2), f"# {line[0]}"),
        )
        self.lines[number] = ""
        self.index += 1
        return True

    def indent_text(self, parent: int, number: int) -> None:
        """Move the words of a block text to the right of its key, if they are not."""
        said = False
        for n in range(self.index, len(self.lines)):
            line = self.lines[n]
            indent = len(line) - len(line.lstrip(" "))
            if (
                not line.strip()
                or indent > parent
                or line.startswith(("- ", "#"), indent)
                or KEY.match(line, indent)
            ):
                return
            if not said:
                self.say(
                    "FK108",
                    Span(self.path, n + 1, indent + 1, n + 1, len(line.rstrip()) + 1),
                    f"this text belongs to line {number + 1}, but does not stand further "
                    "right than its key.",
                    f"Start each of its lines in column {parent + 3}.",
                )
                said = True
            self.touched.add(n)
            self.shifts[n] = (0, parent + 2 - indent)
            self.lines[n] = " " * (parent + 2) + line[indent:]

    def lone_name(self, line: str) -> str:
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
                known_key(below, inner) or below.startswith("- ", inner)
            ):
                return line
            break
        else:
            return line
        end = indent + len(match[2])
        span = Span(self.path, number + 1, indent + 1, number + 1, end + 1)
        self.say(
            "FK101",
            span,
            f'there is no colon behind "{match[2]}".',
            f'Write "{match[2]}:".',
            Fix(span, f"{match[2]}:"),
        )
        line = f"{line[:end]}:{line[end:]}"
        self.lines[number] = line
        return line

    def in_column(self, line: str) -> str:
        """Move a line that starts where no block above it does to where it belongs."""
        prefix = PREFIX.match(line)
        parts: list[Part] = []
        at = prefix.end() if prefix else 0
        if prefix:
            parts += [(n, "dash") for n in range(len(prefix[1]), at) if line[n] == "-"]
        match = QUOTED_KEY.match(line, at) or KEY.match(line, at)
        if match and not line.startswith(("{{", "{%"), at):
            parts.append((at, "key"))
            at = match.end()
        value = line[at:].strip()
        bare = BARE.match(value)
        if bare and bare[1] in KEYS and not parts:
            parts.append((at, "key"))
        if value == "-":
            parts.append((at, "dash"))
            value = ""
        if not parts:
            self.margins.text()
            return line
        is_open = not value or value.startswith("#") or bool(ALONE.match(value))
        number, indent = self.index, parts[0][0]
        above = self.margins.dash_at(indent) if parts[0][1] == "key" else None
        if above is not None:
            word = line[indent:].split(":", 1)[0].strip()
            if word in STEPS and self._first_key(above) in STEPS:
                return self._dash(line, number, indent, word)
            if word not in KEYS:
                return line  # perhaps the dashes are wrong: the parser says more
        wrong = self.margins.place(number, parts, is_open=is_open)
        if wrong is None:
            return line
        self.say(
            "FK108",
            Span(self.path, number + 1, indent + 1, number + 1, len(line.rstrip()) + 1),
            "this line does not stand exactly below any line that it could belong beside.",
            self.below(wrong.line, wrong.column),
        )
        moved = wrong.column - indent
        start, before = self.shifts.get(number, (0, 0))
        self.shifts[number] = (start, before + moved)
        line = " " * wrong.column + line[indent:]
        self.lines[number] = line
        again: list[Part] = [(column + moved, kind) for column, kind in parts]
        self.margins.place(number, again, is_open=is_open)
        return line

    def _first_key(self, number: int) -> str:
        """Return the key behind the dash of a line, or nothing."""
        match = PREFIX.match(self.lines[number])
        key = KEY.match(self.lines[number], match.end() if match else 0)
        return key[1].strip() if key else ""

    def _dash(self, line: str, number: int, indent: int, verb: str) -> str:
        """Put a dash before a step that stands in the column of the dashes."""
        span = Span(
            self.path, number + 1, indent + 1, number + 1, indent + len(verb) + 1
        )
        self.say(
            "FK108",
            span,
            "there is no dash before this step.",
            f'Write "- {verb}:", with the dash in column {indent + 1}.',
            Fix(span, f"- {verb}"),
        )
        start, before = self.shifts.get(number, (indent, 0))
        self.shifts[number] = (start, before + 2)
        self.lines[number] = f"{line[:indent]}- {line[indent:]}"
        return self.in_column(self.lines[number])

    def glued(self, line: str) -> str:
        """Put back a space that was forgotten behind a dash or a key's colon."""
        dash = _GLUED_DASH.match(line)
        if dash and dash[1] in STEPS:
            line = self._behind_dash(line, dash.start(1))
        prefix = PREFIX.match(line)
        at = prefix.end() if prefix else 0
        match = _GLUED.match(line, at)
        if not match or match[1] not in KEYS or KEY.match(line, at):
            return line
        end = match.end()
        number = self.index
        self.say(
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

    def _behind_dash(self, line: str, at: int) -> str:
        number = self.index
        span = Span(self.path, number + 1, at, number + 1, at + 1)
        self.say(
            "FK101",
            span,
            "there is no space behind this dash.",
            f'Write "- {line[at:].split(":")[0]}:" with a space behind the dash.',
            Fix(span, "- "),
        )
        self.shifts.setdefault(number, (at, 1))
        self.lines[number] = f"{line[:at]} {line[at:]}"
        return self.lines[number]

    def no_colon(self, number: int, at: int, key: str) -> None:
        """Put a colon behind a key that has none."""
        line = self.lines[number]
        end = at + len(key)
        span = Span(self.path, number + 1, at + 1, number + 1, end + 1)
        self.say(
            "FK101",
            span,
            f'there is no colon behind "{key}".',
            f'Write "{key}: " and then its value.',
            Fix(span, f"{key}:"),
        )
        self.lines[number] = line[:end] + ":" + line[end:]
        self.shifts.setdefault(number, (end, 1))
        self.plain(number, end + 2, len(line) + 1)

    def too_deep(self, indent: int, parent: int, first: int, *, is_item: bool) -> None:
        """Report a key or item that stands under a text, and move it beside it."""
        number = self.index
        line = self.lines[number]
        if number in self.touched:
            self.index += 1
            return
        above = self.lines[first]
        wanted = len(above) - len(above.lstrip(" ")) if is_item else parent
        self.say(
            "FK108",
            Span(self.path, number + 1, indent + 1, number + 1, len(line.rstrip()) + 1),
            f"this line stands deeper than the text in line {first + 1}, so it would "
            "be a part of that text.",
            self.below(first, wanted),
        )
        if number not in self.shifts:
            self.shifts[number] = (0, wanted - indent)
        self.lines[number] = " " * wanted + line[indent:]


def _without_tabs(line: str, width: int) -> str:
    body = line.lstrip()
    indent = line[: len(line) - len(body)].replace("\t", " " * width)
    return indent + body.replace("\t", " ")
