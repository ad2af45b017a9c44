"""Cutting a spoken text into its sentences, and knowing what each of them spoke.

Sentences are what a caller has heard or not, so a cut must never fall into a value
("J. R. Smith"), a number or an abbreviation. The pieces of a text say where its values
stand; the abbreviations come from the language file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeAlias

from flowkit.dialogue.flow import Language, Spoken

LONGEST = 4_000
"""Characters of one text; more is cut."""

Piece: TypeAlias = tuple[str, "frozenset[str] | None"]
"""Words, and the names whose values they are; None: the designer's own words."""

_END = re.compile(r"""[.!?…]+["'”’)\]]*(?=\s+\S)""")  # noqa: RUF001
_SPACES = re.compile(r"\s+")


def sentences(pieces: Iterable[Piece], language: Language) -> tuple[Spoken, ...]:
    """Join pieces and cut the text into sentences; no words give ()."""
    text, marks = _join(pieces)
    if not text:
        return ()
    told: list[Spoken] = []
    start = 0
    for end in _ends(text, marks, language):
        told.append(_sentence(text, start, end, marks))
        start = end
    told.append(_sentence(text, start, len(text), marks))
    return tuple(sentence for sentence in told if sentence.text)


def _join(
    pieces: Iterable[Piece],
) -> tuple[str, list[tuple[int, int, frozenset[str]]]]:
    """Join pieces with single spaces; return the text and where its values stand."""
    text = ""
    marks: list[tuple[int, int, frozenset[str]]] = []
    for words, names in pieces:
        if not words:
            continue
        if "  " in words or not words.isprintable():
            words = _SPACES.sub(" ", words)
        if text[-1:] in ("", " "):
            words = words.lstrip()
        if names is None and words[:1] == ".":
            if text[-1:] in (".", "?", "!"):
                words = words[1:]  # "at seven p.m." and the sentence's own full stop
            if marks and marks[-1][1] == len(text) and text[-1:] == ".":
                first, _, known = marks[-1]
                marks[-1] = (first, len(text) - 1, known)
        start = len(text)
        text += words
        if names is not None:
            marks.append((start, len(text), names))
        if len(text) > LONGEST:
            text = text[:LONGEST]
            break
    return text.rstrip(), marks


def _ends(
    text: str, marks: Sequence[tuple[int, int, frozenset[str]]], language: Language
) -> Iterable[int]:
    if not any(c in text for c in ".!?…"):
        return
    short = _abbreviations(language)
    for match in _END.finditer(text):
        at = match.end()
        if marks and any(start <= match.start() < end for start, end, _ in marks):
            continue
        following = text[at:].lstrip()[:1]
        if following.islower():
            continue
        if match[0][0] == ".":
            before = text[max(match.start() - 20, 0) : match.start()].split()
            word = before[-1].lstrip("(\"'") if before else ""
            is_initial = len(word) == 1 and word.isalpha() and word.isupper()
            if (is_initial and word != "I") or word.lower() in short:
                continue
        yield at


def _sentence(
    text: str, start: int, end: int, marks: Sequence[tuple[int, int, frozenset[str]]]
) -> Spoken:
    names: frozenset[str] = frozenset()
    for first, last, known in marks:
        if first < end and last > start:
            names |= known
    return Spoken(text[start:end].strip(), names)


def _abbreviations(language: Language) -> frozenset[str]:
    words = getattr(language, "words", None)
    text = words.get("abbreviations", "") if words is not None else ""
    return _listed(text) if isinstance(text, str) else frozenset()


@lru_cache(maxsize=64)
def _listed(text: str) -> frozenset[str]:
    return frozenset(word.strip().rstrip(".").lower() for word in text.split(","))
