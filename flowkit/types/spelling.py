"""What is said letter by letter and digit by digit: spelled names, codes, numbers of phones.

"R-O-double-S-I", "R for Robert", "bravo one oh four two", "triple three": names, codes,
digits, phones and e-mail addresses read with this.
"""

from __future__ import annotations

from dataclasses import dataclass

from flowkit.languages import Language
from flowkit.types.heard import Heard, Numerals, Phrases, compiled, listed


@dataclass(frozen=True, slots=True)
class Letters:
    """A run of letters or digits."""

    text: str
    end: int
    """Behind its last token."""
    count: int
    """How many of them were said one by one."""


class Spelling:
    """The words of one language for letters and digits said one by one."""

    def __init__(self, language: Language) -> None:
        data = language.section("spelling")
        self.numerals = compiled(language, Numerals)
        self.alphabet: dict[str, str] = {}
        for letter, texts in (data.get("alphabet") or {}).items():
            for text in listed(texts):
                self.alphabet[text] = str(letter)
        self.sounds: Phrases[str] = Phrases.by_value(data.get("sounds"))
        self.digit_sounds: Phrases[str] = Phrases.by_value(data.get("digit_sounds"))
        self.repeats: dict[str, int] = {
            text: int(times)
            for times, texts in (data.get("repeats") or {}).items()
            for text in listed(texts)
        }
        self.as_in: Phrases[str] = Phrases.of(data.get("as_in"))
        self.marks: Phrases[str] = Phrases.by_value(data.get("marks"))
        self.zero = frozenset(listed(data.get("zero")))
        self.skipped: Phrases[str] = Phrases.of(data.get("skipped"))

    def letter(self, heard: Heard, i: int) -> tuple[int, str, bool] | None:
        """Return (index behind, letter, whether it can be nothing else) at a token."""
        text = heard.texts[i]
        if len(text) == 1 and text.isalpha():
            end = i + 1
            if end + 1 < heard.count:
                like = self.as_in.at(heard.texts, end)
                if (
                    like is not None
                    and like[0] < heard.count
                    and heard.texts[like[0]][0] == text
                ):
                    return like[0] + 1, text, True
            return end, text, False
        known = self.alphabet.get(text)
        return None if known is None else (i + 1, known, True)

    def sound(self, heard: Heard, i: int) -> tuple[int, str] | None:
        """Return (index behind, letter) of a word that sounds like a letter's name.

        Only to be asked among letters; what follows must be one too, or the end.
        """
        found = self.sounds.at(heard.texts, i)
        if found is None or heard.pauses[found[0] - 1]:
            return found
        end = found[0]
        if end >= heard.count or self.letter(heard, end) is not None:
            return found
        return found if self.sounds.at(heard.texts, end) is not None else None

    @staticmethod
    def typed(heard: Heard, i: int) -> bool:
        """Whether a token is written in capitals: letters, not a word."""
        word = heard.said.words[heard.word_of[i]]
        return heard.said.raw[word.start : word.end].isupper()

    def chunk(self, heard: Heard, i: int) -> str | None:
        """Return letters that a recogniser wrote as one word: ``GS``, ``bf``."""
        text = heard.texts[i]
        if not (2 <= len(text) <= 3 and text.isalpha() and text.isascii()):
            return None
        vowels = any(c in "aeiouy" for c in text)
        return text if not vowels or self.typed(heard, i) else None

    def fragments(self, heard: Heard, i: int) -> Letters | None:
        """Return letters that a recogniser has glued in places: ``c l AU d i a``.

        More than half of the pieces are single letters, none is longer than three.
        """
        out: list[str] = []
        single = 0
        at = end = i
        while at < heard.count:
            token = heard.texts[at]
            letter = self.letter(heard, at)
            times = self.repeats.get(token)
            sound = self.sound(heard, at) if out and not self.typed(heard, at) else None
            mark = self.marks.at(heard.texts, at) if out else None
            if times is not None and at + 1 < heard.count:
                doubled = self.letter(heard, at + 1)
                if doubled is None:
                    break
                out.append(doubled[1] * times)
                at = doubled[0]
                single += 1
            elif letter is not None:
                out.append(letter[1])
                at = letter[0]
                single += 1
            elif sound is not None:
                out.append(sound[1])
                at = sound[0]
            elif mark is not None and mark[1] == "space":
                out.append(" ")
                at = mark[0]
                continue
            elif len(token) <= (4 if out else 3) and token.isalpha():
                out.append(token)
                at += 1
            else:
                break
            end = at
        text = "".join(out).strip()
        if single < 3 or single * 2 < len([piece for piece in out if piece != " "]):
            return None
        return Letters(text, end, single)

    def letters(self, heard: Heard, i: int) -> Letters | None:
        """Return the letters spelled at a token: two at least, words apart by a space."""
        first = heard.texts[i]
        if not (
            (len(first) == 1 and first.isalpha())
            or first in self.alphabet
            or first in self.repeats
        ):
            return None
        out: list[str] = []
        at, end, count, words = i, i, 0, 0
        while at < heard.count:
            token = heard.texts[at]
            times = self.repeats.get(token)
            if times is not None and at + 1 < heard.count:
                letter = self.letter(heard, at + 1)
                if letter is None:
                    break
                out.append(letter[1] * times)
                at = end = letter[0]
                count += times
                continue
            letter = self.letter(heard, at)
            if letter is not None:
                # words of the alphabet alone are names too: "Victor", "Mike"
                words += token in self.alphabet
                out.append(letter[1])
                at = end = letter[0]
                count += 1
                continue
            sound = self.sound(heard, at) if count > 1 else None
            if sound is not None:
                out.append(sound[1])
                at = end = sound[0]
                continue
            mark = self.marks.at(heard.texts, at) if out else None
            if mark is not None and mark[1] in ("space", "hyphen", "apostrophe"):
                out.append({"space": " ", "hyphen": "-", "apostrophe": "'"}[mark[1]])
                at = mark[0]
                continue
            break
        text = "".join(out).rstrip(" -'")
        if count < 2 or (words == count and count < 3):
            return None
        if count == 2 and len(text) == 2 and end - i == 2:
            # "I a...", "o k" are no spelling
            return Letters(text, end, count) if i == 0 and end == heard.count else None
        return Letters(text, end, count)

    def digits(self, heard: Heard, i: int) -> Letters | None:
        """Return the digits said at a token: figures, digit words, "double five", "oh".

        Tens and hundreds stand for their figures: "twenty five" is 25, "one hundred" 100.
        """
        token = heard.texts[i]
        times = self.repeats.get(token)
        if times is not None:
            if i + 1 >= heard.count:
                return None
            single = self.digits(heard, i + 1)
            if single is None or len(single.text) < 1:
                return None
            digit = single.text[0]
            if len(single.text) > 1:
                if not heard.texts[i + 1].isdecimal() or len(set(single.text)) > 1:
                    return None
                return Letters(digit * max(times, len(single.text)), i + 2, times)
            return Letters(digit * times, single.end, times)
        if token in self.zero:
            return Letters("0", i + 1, 1)
        if token[0].isdigit():
            if token.isdecimal() and token.isascii():
                return Letters(token, i + 1, len(token))
            figures = "".join(c for c in token if c.isdecimal() and c.isascii())
            if figures and all(c.isdigit() or c in "-./()," for c in token):
                return Letters(figures, i + 1, len(figures))
            return None
        found = self.numerals.cardinals.at(heard.texts, i)
        if found is None:
            return None
        end, value = found
        if (
            end < heard.count
            and heard.texts[end] in self.numerals.hundred
            and value < 100
        ):
            return Letters(f"{value}00", end + 1, 1)
        if (
            end < heard.count
            and value < 100
            and self.numerals.scales.get(heard.texts[end]) == 1000
        ):
            return Letters(f"{value}000", end + 1, 1)
        if value >= 20 and value % 10 == 0 and end < heard.count:
            unit = self.numerals.cardinals.at(heard.texts, end)
            if unit is not None and 1 <= unit[1] <= 9:
                return Letters(str(value + unit[1]), unit[0], 1)
        return Letters(str(value), end, 1)
