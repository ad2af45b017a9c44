"""``type: name``: what a person is called, as it would be written.

A name is what follows words that carry one ("my name is ...", "under ..."), what is spelled
("R-O-double-S-I"), or a short answer to the question for it. Words that are no names are
never taken for one: a wrong name is worse than asking again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.languages import Language
from flowkit.types.forms import clean, close_name
from flowkit.types.heard import Heard, Phrases, compiled, hear, listed
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spelling import Letters, Spelling

_MOST_WORDS = 6
_STRONG, _WEAK, _FAINT = 2, 1, 0
"""How surely words carry a name: "my name is", "it's", "for"."""


class Names:
    """The words around names of one language."""

    def __init__(self, language: Language) -> None:
        data = language.section("names")
        self.before: Phrases[str] = Phrases.of(data.get("before"))
        self.before_weak: Phrases[str] = Phrases.of(data.get("before_weak"))
        self.greetings: Phrases[str] = Phrases.of(data.get("greetings"))
        self.carriers = (
            (self.before, _STRONG),
            (self.before_weak, _WEAK),
            (Phrases.of(data.get("before_faint")), _FAINT),
        )
        self.titles = frozenset(listed(data.get("titles")))
        self.particles = frozenset(listed(data.get("particles")))
        self.prefixes = tuple(listed(data.get("capital_prefixes")))
        self.ends = frozenset(listed(data.get("ends")))
        self.never = frozenset(listed(data.get("never"))) | self.ends
        self.never_endings = tuple(listed(data.get("never_endings")))
        self.also_names = frozenset(listed(data.get("also_names")))
        self.vowels = frozenset(str(data.get("vowels", "")))
        self.given = frozenset(listed(data.get("given")))
        self.fillers: Phrases[str] = Phrases.of(data.get("fillers"))
        self.spelled: Phrases[str] = Phrases.of(data.get("spelled"))
        dates = language.section("dates")
        days: set[str] = set()
        for texts in (dates.get("weekdays") or {}).values():
            days.update(listed(texts))
        self.days = frozenset(days)
        self.months = frozenset(
            text
            for texts in (dates.get("months") or {}).values()
            for text in listed(texts)
        )
        self.behind: Phrases[str] = Phrases.of(data.get("behind"))
        self.spelling = compiled(language, Spelling)

    def capitalise(self, word: str, *, first: bool) -> str:
        """Return a word of a name as it is written, unless the caller wrote it so."""
        if word != word.lower() and not (word.isupper() and len(word) > 2):
            return word
        lower = word.lower()
        if lower in self.particles and not first:
            return lower
        return "-".join(self._capital(piece) for piece in lower.split("-"))

    def _capital(self, word: str) -> str:
        head, mark, tail = word.partition("'")
        if mark and len(head) == 1 and tail:
            return f"{head.upper()}'{tail[:1].upper()}{tail[1:]}"
        for prefix in self.prefixes:
            if word.startswith(prefix) and len(word) > len(prefix) + 2:
                n = len(prefix)
                return word[:n].capitalize() + word[n:].capitalize()
        return word[:1].upper() + word[1:]

    def unspeakable(self, text: str) -> bool:
        """Whether letters have no vowel among them."""
        return text.isascii() and bool(self.vowels) and self.vowels.isdisjoint(text)

    def written(self, text: str) -> str:
        """Return a whole name with its capitals."""
        return " ".join(
            self.capitalise(word, first=n == 0)
            for n, word in enumerate(clean(text).split())
        )


@dataclass(frozen=True, slots=True)
class NameType:
    """A person's name."""

    name: str = "name"

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return the names in the utterance."""
        if not said.words:
            return []
        heard = hear(said, ctx.language)
        words = compiled(ctx.language, Names)
        found: list[Reading] = []
        i = 0
        while i < heard.count:
            if ctx.asked and words.spelling.letters(heard, i) is not None:
                break
            for table, force in words.carriers:
                carrier = table.at(heard.texts, i)
                if carrier is None or carrier[0] >= heard.count:
                    continue
                reading = self._behind(heard, words, carrier[0], ctx, force=force)
                if (
                    reading is not None
                    and words.greetings.before(heard.texts, i) is not None
                ):
                    reading = replace(reading, certainty=max(reading.certainty, 0.8))
                if reading is not None:
                    found.append(reading)
                    while i + 1 < heard.count and heard.word_of[i + 1] < reading.end:
                        i += 1
                break
            i += 1
        if ctx.asked and not any(reading.certainty >= 1.0 for reading in found):
            pieces = self._fragments(heard, words)
            if pieces is not None:
                return [pieces]
        if not found:
            announced = self._announced(heard, words)
            if announced is not None:
                return [announced]
            spelled = self._spelled_alone(heard, words, ctx)
            if spelled is not None:
                return [spelled]
            if ctx.asked:
                bare = self._bare(heard, words)
                return [bare] if bare is not None else []
        return found

    def _behind(
        self, heard: Heard, words: Names, i: int, ctx: Context, *, force: int
    ) -> Reading | None:
        """Return the name that begins right behind words that carry one."""
        strong = force == _STRONG
        while i < heard.count and (
            heard.texts[i] in words.titles
            or (
                i < heard.count - 1
                and heard.texts[i] not in words.given
                and words.fillers.at(heard.texts, i) is not None
            )
        ):
            i += 1
        if i >= heard.count:
            return None
        spelled = words.spelling.letters(heard, i)
        if spelled is not None and strong | ctx.asked:
            return self._made(heard, words, spelled.text, i, spelled.end, 1.0)
        end = self._taken(heard, words, i, strong=strong)
        if end == i:
            return None
        known = heard.texts[i] in words.given
        typed = (
            i > 0 and heard.said.raw[heard.said.words[heard.word_of[i]].start].isupper()
        )
        if strong:
            certainty = 1.0
        elif known or (ctx.asked and force == _WEAK):
            certainty = 0.9
        elif ctx.asked:
            certainty = 0.8
        elif typed:
            certainty = 0.8 if force == _WEAK else 0.5
        else:
            certainty = 0.4
        if not strong and not known and not typed and end - i > 3:
            return None
        return self._with_spelling(heard, words, i, end, certainty)

    def _taken(self, heard: Heard, words: Names, i: int, *, strong: bool) -> int:
        """Return where the name ends that begins at ``i``; ``i`` if there is none."""
        texts = heard.texts
        first = texts[i]
        if first in words.never and not (strong and first in words.also_names):
            if first not in words.particles or i + 1 >= heard.count:
                return i
            if texts[i + 1] in words.never:
                return i
        if not self._wordlike(heard, words, i):
            return i
        if first in words.months and i + 1 < heard.count and heard.numeric[i + 1]:
            return i
        if (
            not strong
            and first not in words.given
            and len(first) > 5
            and first.endswith(words.never_endings or ("\0",))
        ):
            return i
        at = i + 1
        while at < heard.count and at - i < _MOST_WORDS and not heard.pauses[at - 1]:
            token = texts[at]
            if words.spelling.letters(heard, at) is not None:
                break
            if token in words.particles and at + 1 < heard.count:
                if texts[at + 1] in words.never:
                    break
            elif (
                token in words.ends
                or not self._wordlike(heard, words, at)
                or (token in words.never and token not in words.also_names)
            ):
                break
            at += 1
        return at

    @staticmethod
    def _wordlike(heard: Heard, words: Names, i: int) -> bool:
        token = heard.texts[i]
        return (
            any(c.isalpha() for c in token)
            and not any(c.isdigit() for c in token)
            and "@" not in token
            and token not in words.days
            and heard.numbers[i] is None
            and (len(token) > 1 or token == "o" or not token.isascii())
        )

    def _with_spelling(
        self, heard: Heard, words: Names, start: int, end: int, certainty: float
    ) -> Reading | None:
        """Return a name, mended by the letters that follow ("Smith, that's S M Y T H")."""
        first, last = heard.span(start, end)
        text = heard.said.text(first, last)
        at = end
        while at < heard.count:
            phrase = words.spelled.at(heard.texts, at)
            if phrase is not None:
                at = phrase[0]
                continue
            spelled = words.spelling.letters(heard, at)
            if spelled is not None:
                mended = self._mended(text, spelled.text)
                return self._made(heard, words, mended, start, spelled.end, 1.0)
            break
        return self._made(heard, words, text, start, end, certainty)

    def _spelled_alone(
        self, heard: Heard, words: Names, ctx: Context
    ) -> Reading | None:
        """Return a name that is spelled without a word before it that carries one."""
        for i in range(heard.count):
            spelled = words.spelling.letters(heard, i)
            if spelled is None or (not ctx.asked and spelled.count < 3):
                continue
            start = i
            while start > 0 and words.spelled.before(heard.texts, start) is not None:
                start = words.spelled.before(heard.texts, start) or 0
            begin = start
            while (
                begin > 0
                and start - begin < 3
                and heard.texts[begin - 1] not in words.never
                and self._wordlike(heard, words, begin - 1)
            ):
                begin -= 1
            if begin == start and words.unspeakable(spelled.text):
                continue  # a lone run of consonants
            before = " ".join(heard.texts[begin:start])
            certainty = 1.0 if before else 0.9 if ctx.asked else 0.4
            text, end = self._mended(before, spelled.text), spelled.end
            while more := self._spelled_next(heard, words, end, spelled.text):
                spelled, end = more
                text = f"{text} {spelled.text}".rstrip()
            return self._made(heard, words, text, begin, end, certainty)
        return None

    def _spelled_next(
        self, heard: Heard, words: Names, i: int, last: str
    ) -> tuple[Letters, int] | None:
        """Return the next spelled word of a name: "and Davis, D A V I S".

        The word that was just spelled, said again, is passed over with nothing.
        """
        if i < heard.count and heard.texts[i] == last:
            return Letters("", i + 1, 0), i + 1
        at = i
        while at < min(heard.count, i + 4):
            spelled = words.spelling.letters(heard, at)
            if spelled is not None and spelled.count >= 3:
                return spelled, spelled.end
            at += 1
        return None

    @staticmethod
    def _mended(text: str, letters: str) -> str:
        """Return a name whose last words are written as they were spelled."""
        pieces, spelled = text.split(), letters.split()
        keep = pieces[: max(0, len(pieces) - len(spelled))]
        if keep and keep[-1].lower() == spelled[0].lower():
            keep = keep[:-1]
        return " ".join([*keep, *spelled])

    def _announced(self, heard: Heard, words: Names) -> Reading | None:
        """Return the name of "hello, Anna Rossi here"."""
        for i in range(1, min(heard.count, 10)):
            behind = words.behind.at(heard.texts, i)
            if behind is None:
                continue
            if behind[0] < heard.count and not heard.pauses[behind[0] - 1]:
                continue
            start = 0
            while start < i:
                filler = words.fillers.at(heard.texts, start)
                if filler is None or heard.texts[start] in words.given:
                    break
                start = filler[0]
            end = self._taken(heard, words, start, strong=False) if start < i else 0
            if end == i and end - start <= 3:
                known = heard.texts[start] in words.given
                return self._made(
                    heard, words, heard.said.text(*heard.span(start, end)), start, end,
                    0.9 if known else 0.6,
                )  # fmt: skip
        return None

    def _fragments(self, heard: Heard, words: Names) -> Reading | None:
        """Return a name spelled in an answer that a recogniser has glued in places."""
        start = 0
        while start < heard.count:
            filler = words.fillers.at(heard.texts, start)
            filler = filler or words.before.at(heard.texts, start)
            filler = filler or words.spelled.at(heard.texts, start)
            filler = filler or words.before_weak.at(heard.texts, start)
            if filler is None or len(heard.texts[start]) == 1:
                break
            start = filler[0]
        if start >= heard.count:
            return None
        strict = words.spelling.letters(heard, start)
        pieces = words.spelling.fragments(heard, start)
        if pieces is None or pieces.end < heard.count:
            return None
        if strict is not None and (
            strict.end >= pieces.end
            or "".join(heard.texts[strict.end : pieces.end]) == strict.text
        ):
            return None
        for at in range(start + 1, min(start + 3, heard.count)):
            strict = words.spelling.letters(heard, at)
            said = "".join(heard.texts[start:at])
            if strict and strict.end >= pieces.end and strict.text[0] == said[0]:
                return None  # "Kim, K I M"
        text = pieces.text
        if " " not in text:
            # no space was said: part the first name, if it is a common one
            for size in range(len(text) - 3, 2, -1):
                if text[:size] in words.given:
                    text = f"{text[:size]} {text[size:]}"
                    break
        made = self._made(heard, words, text, start, pieces.end, 0.7)
        return None if made is None else replace(made, computed=True)

    def _bare(self, heard: Heard, words: Names) -> Reading | None:
        """Return the name that is all of a short answer."""
        i, count = 0, heard.count
        while i < count:
            filler = words.fillers.at(heard.texts, i)
            if filler is not None and not (
                heard.texts[i] in words.given and filler[0] - i == 1
            ):
                i = filler[0]
            elif heard.texts[i] in words.titles:
                i += 1
            else:
                break
        if i >= count:
            return None
        end = self._taken(heard, words, i, strong=False)
        if end == i or end - i > 4:
            return None
        rest = heard.texts[end:]
        if rest and not (
            rest[0] in words.ends
            or heard.pauses[end - 1]
            or words.spelling.letters(heard, end)
        ):
            return None
        said = "".join(heard.texts[i:end])
        if len(said) > 2 and words.unspeakable(said):
            return None  # "fmrx" was misheard
        return self._with_spelling(
            heard, words, i, end, 0.9 if heard.texts[i] in words.given else 0.7
        )

    @staticmethod
    def _made(
        heard: Heard, words: Names, text: str, start: int, end: int, certainty: float
    ) -> Reading | None:
        value = words.written(text)
        if sum(c.isalpha() for c in value) < 2 and value.isascii():
            return None
        first, last = heard.span(start, end)
        return Reading(value, first, last, certainty) if value else None

    def open(self, data: Json) -> object:
        """Return the name."""
        return data

    def close(self, value: object) -> Json:
        """Return the name without symbols. Raises ValueError."""
        return close_name(value)

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say the name."""
        return str(data)

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return None: names cannot be typed on a keypad."""
        return None
