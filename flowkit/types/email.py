"""``type: email``: an e-mail address, in lower case.

Typed as it is, or said: "anna dot rossi at gmail dot com". Where the caller says words that
nothing joins ("anna rossi at ..."), they are written together and marked ``computed``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.languages import Language
from flowkit.types.heard import Heard, Phrases, compiled, hear, listed
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spelling import Spelling
from flowkit.types.spoken import worded

# an address that people have: not all that RFC 5321 allows
_ADDRESS = re.compile(
    r"[a-z0-9_](?:[a-z0-9._%+'-]{0,62}[a-z0-9_+-])?"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}[a-z]{2,24}"
)
_MOST_TOKENS = 24


def valid(text: str) -> bool:
    """Whether a lower-case text has the form of an e-mail address."""
    return (
        len(text) <= 254 and ".." not in text and _ADDRESS.fullmatch(text) is not None
    )


class _Words:
    """The words of one language for what stands in an address."""

    def __init__(self, language: Language) -> None:
        data = language.section("emails")
        self.at: Phrases[str] = Phrases.of(data.get("at"))
        self.marks: Phrases[str] = Phrases.by_value(data.get("marks"))
        self.pieces: Phrases[str] = Phrases.by_value(data.get("pieces"))
        self.tlds = frozenset(listed(data.get("tlds")))
        self.before: Phrases[str] = Phrases.of(data.get("before"))
        self.joined: Phrases[str] = Phrases.of(data.get("joined"))
        self.capital: Phrases[str] = Phrases.of(data.get("capital"))
        self.spoken_at = str(data["spoken_at"])
        self.spoken_marks = {
            str(mark): str(word) for mark, word in data["spoken_marks"].items()
        }
        self.spelling = compiled(language, Spelling)


@dataclass(frozen=True, slots=True)
class EmailType:
    """An e-mail address."""

    name: str = "email"

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return the e-mail addresses in the utterance."""
        found: list[Reading] = []
        if "@" in said.raw:
            for n, word in enumerate(said.words):
                text = word.text.removeprefix("mailto:").strip("<>;")
                if "@" in text and valid(text):
                    found.append(Reading(text, n, n + 1))
                elif "@" in text and ctx.asked and len(text) > 1:
                    found.append(Reading(None, n, n + 1, 0.7, why="not_valid"))
            if found:
                return found
        heard = hear(said, ctx.language)
        words = compiled(ctx.language, _Words)
        if heard.tokens.isdisjoint(words.at.firsts) and "@" not in said.raw:
            return []
        i = 0
        while i < heard.count:
            at = (i + 1, "@") if heard.texts[i] == "@" else words.at.at(heard.texts, i)
            if at is not None and i > 0:
                reading = self._around(heard, words, i, at[0], ctx)
                if reading is not None:
                    return [reading]
            i += 1
        return found

    def _around(
        self, heard: Heard, words: _Words, at: int, behind: int, ctx: Context
    ) -> Reading | None:
        """Return the address around a spoken "at"."""
        domain = self._domain(heard, words, behind)
        if domain is None:
            return None
        host, end = domain
        start = self._start(heard, words, at)
        if start is None:
            return None
        local, loose = self._local(heard, words, start, at)
        address = f"{local}@{host}"
        first, last = heard.span(start, end)
        if not valid(address):
            return None
        certainty = 0.7 if loose and not ctx.asked else 0.9 if loose else 1.0
        return Reading(address, first, last, certainty, computed=loose)

    @staticmethod
    def _start(heard: Heard, words: _Words, at: int) -> int | None:
        """Return where the local part of an address begins, going back from "at"."""
        start = at
        while start > 0 and at - start < _MOST_TOKENS:
            carrier = words.before.before(heard.texts, start)
            # a letter inside a spelled name is no carrier
            if carrier is not None and (
                start < at and (start - carrier > 1 or len(heard.texts[carrier]) > 1)
            ):
                break
            start -= 1
        return start if start < at else None

    def _local(
        self, heard: Heard, words: _Words, start: int, end: int
    ) -> tuple[str, bool]:
        """Return the local part, and whether its words were joined by us."""
        out: list[str] = []
        loose = False
        word_open = False
        i = start
        while i < end:
            texts = heard.texts
            skipped = words.joined.at(texts, i) or words.capital.at(texts, i)
            if skipped is not None and skipped[0] <= end:
                i = skipped[0]
                continue
            mark = words.marks.at(texts, i)
            if mark is not None and out and i + 1 < end:
                out.append(mark[1])
                i, word_open = mark[0], False
                continue
            letters = words.spelling.letters(heard, i)
            if letters is not None and letters.end <= end:
                out.append(letters.text.replace(" ", ""))
                i = letters.end
                loose = loose or word_open
                word_open = False
                continue
            digits = words.spelling.digits(heard, i)
            if digits is not None and texts[i] not in ("o", "oh") and digits.end <= end:
                out.append(digits.text)
                i = digits.end
                continue
            token = texts[i]
            single = len(token) == 1
            if word_open and not single:
                loose = True
            same_word = i > start and heard.word_of[i] == heard.word_of[i - 1]
            raw = heard.said.words[heard.word_of[i]].text
            if same_word and out and "-" in raw:
                out.append("-")
                loose = False
            out.append(token)
            word_open = not single
            i += 1
        return "".join(out).replace("'", ""), loose

    @staticmethod
    def _is_letter(heard: Heard, i: int, end: int) -> bool:
        """Whether an "o" stands among letters ("o neil"), so that it is no zero."""
        return end == i + 1 and len(heard.texts[i]) == 1 and heard.texts[i].isalpha()

    def _domain(self, heard: Heard, words: _Words, i: int) -> tuple[str, int] | None:
        """Return (domain, index behind) of "gmail dot com" at a token."""
        texts = heard.texts
        out: list[str] = []
        label: list[str] = []
        good: tuple[str, int] | None = None
        start = i
        while i < heard.count and i - start < 14:
            piece = words.pieces.at(texts, i)
            mark = words.marks.at(texts, i)
            letters = words.spelling.letters(heard, i)
            digits = words.spelling.digits(heard, i)
            if mark is not None and label:
                if mark[1] == ".":
                    out.append("".join(label))
                    label = []
                elif mark[1] == "-":
                    label.append("-")
                else:
                    break
                i = mark[0]
                continue
            if piece is not None:
                label.append(piece[1])
                i = piece[0]
            elif letters is not None:
                label.append(letters.text.replace(" ", ""))
                i = letters.end
            elif digits is not None and not self._is_letter(heard, i, digits.end):
                label.append(digits.text)
                i = digits.end
            elif all(c.isalnum() or c in "-." for c in texts[i]) and texts[i].isascii():
                if label and heard.word_of[i] == heard.word_of[i - 1]:
                    label.append("-")
                label.append(texts[i])
                i += 1
            else:
                break
            host = "".join(label)
            dotted = "." in host and host.rpartition(".")[2] in words.tlds
            if dotted or (out and host in words.tlds):
                good = (".".join([*out, host]), i)
            elif good is not None:
                break
            if good is not None and (i >= heard.count or not words.marks.at(texts, i)):
                break
        return good

    def open(self, data: Json) -> object:
        """Return the address."""
        return data

    def close(self, value: object) -> Json:
        """Return the address in lower case.

        Raises:
            ValueError: It has not the form of an e-mail address.
        """
        if isinstance(value, str) and valid(value.strip().lower()):
            return value.strip().lower()
        raise ValueError(f"`{value}` is not an e-mail address")

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the address: "anna dot rossi at gmail dot com"."""
        words = compiled(worded(language), _Words)
        out: list[str] = []
        for c in str(data):
            if c == "@":
                out.append(f" {words.spoken_at} ")
            elif c in words.spoken_marks:
                out.append(f" {words.spoken_marks[c]} ")
            else:
                out.append(c)
        return " ".join("".join(out).split())

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return None: addresses cannot be typed on a keypad."""
        return None
