"""Why a sentence or condition cannot be read, and what its writer meant.

A parser says which token it did not expect; people write "is at least", ``=>``, one brace
too few or “curly quotes”, and for each of these there is a better answer than that. What
belongs here: slips in the text itself. Whether a name exists is not asked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text cannot be used; ``FK4xx`` or ``FK307``."""

    code: str
    message: str
    start: int
    end: int
    advice: str = ""
    remedy: str | None = None
    """What to write instead of ``text[start:end]``, if only one thing is possible."""


_NAME: Final = r"[A-Za-z_][\w.]*"
_BRACES = re.compile(r"(?<!\{)(\{++)([^{}%#]*+)(\}++)")
_NAME_LIKE = re.compile(rf"{_NAME}(?:\s*\|.*)?")
_OPEN = re.compile(rf"\{{\{{\s*(?:{_NAME})?")
_STATEMENT = re.compile(r"\{%[^%]*+%\}")
_LONGEST = 10_000
"""Characters of a text that are looked at."""
_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'")
_CURLY = re.compile(r"[“”„‟]([^“”„‟]*)[“”„‟]|[‘’‚]([^‘’‚]*)[‘’‚]")  # noqa: RUF001
_ONE_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_BETWEEN = re.compile(
    r"([A-Za-z_][\w.]*)\s+(?:is\s+)?between\s+(\S+)\s+and\s+(\S+)", re.IGNORECASE
)
_KEYWORDS: Final = frozenset(
    {"and", "or", "not", "in", "is", "if", "else", "none", "true", "false", "defined"}
)
_SIGNS: Final = (
    (r"===", "=="), (r"!==", "!="), (r"<>|≠|=!", "!="), (r"=>|≥", ">="), (r"=<|≤", "<="),
    (r"&&|(?<!&)&(?!&)", "and"), (r"\|\|", "or"),
)  # fmt: skip
_WORDS: Final = (
    (r"(?:is\s+)?(?:greater|more|larger|bigger|later|higher|longer)\s+than", ">"),
    (r"(?:is\s+)?(?:less|smaller|fewer|earlier|lower|shorter)\s+than", "<"),
    (r"(?:is\s+)?at\s+least", ">="),
    (r"(?:is\s+)?at\s+most", "<="),
    (r"is\s+after", ">"),
    (r"is\s+before", "<"),
    (r"is\s+not\s+(?:one\s+of|in)", "not in"),
    (r"is\s+(?:one\s+of|in)", "in"),
    (r"is\s+not\s+equal\s+to|does\s+not\s+equal|is\s+different\s+from", "!="),
    (r"(?:is\s+)?equals?(?:\s+to)?", "=="),
    (r"is\s+not(?=\s+[\w\"'“])(?!\s+(?:none|defined|true|false)\b)", "!="),
    (r"is(?=\s+[\w\"'“])(?!\s+(?:not|none|defined|true|false)\b)", "=="),
)  # fmt: skip


def in_sentence(source: str) -> list[Problem]:
    """Return what is wrong with the braces of a sentence."""
    if ("{" not in source and "}" not in source) or len(source) > _LONGEST:
        return []
    problems: list[Problem] = []
    rest = _STATEMENT.sub(lambda match: " " * len(match[0]), source)
    for match in _BRACES.finditer(rest):
        counts = (len(match[1]), len(match[3]))
        words = match[2].strip()
        if counts == (2, 2) or not _NAME_LIKE.fullmatch(words):
            continue
        right = f"{{{{ {words} }}}}"
        if counts == (1, 1):
            problems.append(
                Problem(
                    "FK421",
                    f"{match[0]} is spoken as it stands; a value needs two braces.",
                    match.start(),
                    match.end(),
                    f"Write {right}.",
                    right,
                )
            )
        else:
            problems.append(
                Problem(
                    "FK401",
                    "a value stands between two braces on each side.",
                    match.start(),
                    match.end(),
                    f"Write {right}.",
                    right,
                )
            )
    return problems or _half_open(rest)


def _half_open(source: str) -> list[Problem]:
    left = re.sub(
        r"\{\{[^{}]*\}\}|\{#[^#]*+#\}", lambda match: " " * len(match[0]), source
    )
    if match := _OPEN.search(left):
        return [
            Problem(
                "FK401",
                "these braces are never closed.",
                match.start(),
                match.end(),
                "Write }} behind the name.",
            )
        ]
    if (at := left.find("}}")) >= 0:
        return [
            Problem(
                "FK401",
                "these braces are never opened.",
                at,
                at + 2,
                "Write {{ before the name.",
            )
        ]
    return []


def in_condition(source: str) -> Problem | None:
    """Return the first slip in a condition or value, if it is one that people make."""
    if len(source) > _LONGEST:
        return None
    if "{{" in source or "{%" in source:
        return _braces(source)
    if match := _CURLY.search(source):
        words = match[1] or match[2] or ""
        return Problem(
            "FK401",
            "curly quotes are not quotes here.",
            match.start(),
            match.end(),
            f'Write "{words}" with straight quotes.',
            f'"{words}"',
        )
    masked = _TEXT.sub(lambda match: '"' + "_" * (len(match[0]) - 2) + '"', source)
    return next(_slips(source, masked), None)


def _slips(source: str, masked: str) -> Iterator[Problem]:
    for pattern, sign in _SIGNS:
        if match := re.search(pattern, masked):
            yield _instead(match, sign)
    if (match := _ONE_EQUALS.search(masked)) and "(" not in masked[: match.start()]:
        yield Problem(
            "FK418",
            "one = sets something; to compare, write two.",
            match.start(),
            match.end(),
            "Write == instead of =.",
            "==",
        )
    if match := re.search(r"!(?!=)\s*", masked):
        yield _instead(match, "not ")
    if match := re.match(r"\s*(if|when)\s+", masked, re.IGNORECASE):
        yield _superfluous(match, match[1])
    if match := re.search(r"\s+(then|do)\s*:?\s*$", masked, re.IGNORECASE):
        yield _superfluous(match, match[1])
    if match := re.search(r"\b(AND|OR|NOT|IN|IS)\b", masked):
        yield _instead(match, match[1].lower())
    if match := _BETWEEN.search(masked):
        name, low, high = (source[match.start(n) : match.end(n)] for n in (1, 2, 3))
        yield _instead(match, f"{low} <= {name} and {name} <= {high}")
    for pattern, sign in _WORDS:
        if match := re.search(rf"(?<![\w.]){pattern}(?![\w.])", masked, re.IGNORECASE):
            yield _instead(match, sign)
    if match := re.search(r"([\w.]+)\s+contains\s+(\S+)", masked):
        name, part = (source[match.start(n) : match.end(n)] for n in (1, 2))
        yield _instead(match, f"{part} in {name}")
    if match := re.search(r"(?<![\w./])\d{1,2}/\d{1,2}(/\d{2,4})?(?![\w./])", masked):
        yield Problem(
            "FK401",
            f"{match[0]} is a division here, not a day.",
            match.start(),
            match.end(),
            'Write a day like "2026-12-24", in quotes.',
        )
    if match := re.search(r"(?<![\w\"-])\d{4}-\d{2}-\d{2}(?![\w\"-])", masked):
        yield Problem(
            "FK401",
            "a date stands in quotes in a condition.",
            match.start(),
            match.end(),
            f'Write "{match[0]}".',
            f'"{match[0]}"',
        )
    if match := re.search(r"(?<![\w\"])(\d{1,2}):\d{2}(?![\w\"])", masked):
        is_time = int(match[1]) < 24
        yield Problem(
            "FK401",
            "a time of day stands in quotes in a condition.",
            match.start(),
            match.end(),
            f'Write "{match[0]}".' if is_time else 'The last of a day is "23:59".',
            f'"{match[0]}"' if is_time else None,
        )
    yield from _two_words(source, masked)


def _two_words(source: str, masked: str) -> Iterator[Problem]:
    for match in re.finditer(r"(?<![\w.])(\w[\w.]*)\s+([A-Za-z_]\w*)", masked):
        first, second = match[1], match[2]
        if first.lower() in _KEYWORDS or second.lower() in _KEYWORDS:
            continue
        if first.isdigit():
            unit = second.lower()
            right = (
                f"{unit.rstrip('s')}s({first})"
                if unit[:4] in ("day", "days", "week")
                else first
            )
            yield Problem(
                "FK401",
                f'a number stands alone here, without "{second}".',
                match.start(),
                match.end(),
                f"Write {right}.",
                right,
            )
        else:
            yield Problem(
                "FK401",
                f'"{source[match.start() : match.end()]}" is two words; a name is one.',
                match.start(),
                match.end(),
                f'Write {first}_{second} if that is the name, or put a text in "quotes".',
            )
        return


def _instead(match: re.Match[str], right: str) -> Problem:
    shown = match[0].strip()
    return Problem(
        "FK401",
        f'"{shown}" cannot be read in a condition.',
        match.start(),
        match.end(),
        f"Write {right.strip()}.",
        right,
    )


def _superfluous(match: re.Match[str], word: str) -> Problem:
    return Problem(
        "FK401",
        f'"{word}" is not needed: the condition stands here alone.',
        match.start(1),
        match.end(1),
        f'Leave "{word}" out.',
        "",
    )


def _braces(source: str) -> Problem:
    inner = re.sub(r"\{\{|\}\}", "", source).strip()
    simple = source.count("{{") == 1 and "{%" not in source
    start = source.index("{{") if "{{" in source else source.index("{%")
    return Problem(
        "FK404",
        "names stand without braces here.",
        0 if simple else start,
        len(source) if simple else start + 2,
        f"Write {inner}." if simple else "Write names without braces.",
        inner if simple else None,
    )


def unexpected(source: str, start: int) -> Problem:
    """Say that the word at an offset cannot stand there."""
    start = min(start, max(len(source) - 1, 0))
    while start and source[start - 1 : start + 1].isalnum():
        start -= 1  # the reader counts a word from its middle
    match = re.compile(r"\w+|\S").search(source, start)
    word = match[0] if match else source.strip()
    at = match.start() if match else 0
    return Problem(
        "FK401",
        f"{word} cannot stand here." if word == '"' else f'"{word}" cannot stand here.',
        at,
        at + max(len(word), 1),
        'Texts stand in "quotes"; conditions are joined by and, or, not.',
    )


def syntax(source: str, message: str, at: int, *, is_sentence: bool) -> Problem:
    """Turn what Jinja says about a text into a problem.

    Args:
        source: The text.
        message: Jinja's own words.
        at: The offset that it stopped at.
        is_sentence: Whether the text is a sentence; else a condition or value.
    """
    at = max(0, min(at, len(source)))
    if is_sentence:
        found = _sentence_syntax(source, message, at)
        if found is not None:
            return found
    elif "end of template" in message or "end of statement" in message:
        return _stops_early(source)
    return unexpected(source, at)


def _stops_early(source: str) -> Problem:
    end = len(source.rstrip())
    match = re.search(r"(\S+)\s*$", source)
    open_brackets = source.count("(") - source.count(")")
    if open_brackets > 0 and source.rstrip()[-1:].isalnum():
        at = source.rfind("(")
        return Problem(
            "FK401",
            "this bracket is never closed.",
            at,
            at + 1,
            "Write ) where it ends.",
        )
    return Problem(
        "FK401",
        "something is missing behind this.",
        match.start(1) if match else 0,
        max(end, 1),
        'A condition looks like party_size > 6, or day.weekday == "Friday".',
    )


def _sentence_syntax(source: str, message: str, at: int) -> Problem | None:
    tag = re.search(r"unknown tag '(\w+)'", message)
    if tag:
        start = max(source.find(tag[1], max(0, at - 2)), 0)
        end = start + len(tag[1])
        if tag[1] in ("endif", "else", "elif"):
            said = f"this {tag[1]} has no {{% if %}} before it."
            return Problem("FK401", said, start, end)
        if tag[1] == "end":
            said = "an if is ended with endif."
            return Problem("FK401", said, start, end, "Write {% endif %}.", "endif")
        said = f'sentences have no "{tag[1]}"; only if, elif, else and endif.'
        return Problem("FK402", said, start, end)
    if match := re.search(r"\{\{\s*\}\}", source):
        said = "there is no name in these braces."
        advice = "Write the name of a slot between them, or remove them."
        return Problem("FK401", said, match.start(), match.end(), advice)
    inside = next(
        (
            m
            for m in re.finditer(r"\{([{%])([^{}%]*+)[%}]\}", source)
            if m.start() <= at < m.end()
        ),
        None,
    )
    if inside and (told := _inside(inside)):
        return told
    if "end of template" in message or "Unexpected end" in message:
        start = max(source.rfind("{% if"), source.rfind("{%"), 0)
        if "{%" in source:
            close = source.find("%}", start)
            return Problem(
                "FK401",
                "this if is never ended.",
                start,
                close + 2 if close >= 0 else start + 2,
                "Write {% endif %} behind what depends on it.",
            )
        return Problem("FK401", "these braces are not in order.", start, start + 2)
    return None


def _inside(match: re.Match[str]) -> Problem | None:
    """Look for a slip between one pair of braces."""
    words, offset = match[2], match.start(2)
    if match[1] == "%":
        head = re.match(r"\s*(?:el)?if\s+", words)
        if not head:
            return None
        words, offset = words[head.end() :], offset + head.end()
    elif words.rstrip().endswith("|"):
        at = offset + words.rindex("|")
        said = "the word for how it is spoken is missing behind |."
        return Problem("FK401", said, at, at + 1, "Write it, or remove the |.")
    slip = in_condition(words.rstrip())
    if slip is None:
        return None
    return Problem(
        slip.code,
        slip.message,
        slip.start + offset,
        slip.end + offset,
        slip.advice,
        slip.remedy,
    )
