"""``type: yes_no``: the answer to a question that a yes or a no answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flowkit.dialogue import flow
from flowkit.dialogue.acts import Json
from flowkit.languages import Language
from flowkit.types.heard import Heard, Phrases, compiled, hear, listed
from flowkit.types.reading import Context, Reading, Utterance
from flowkit.types.spoken import worded


class _Words:
    """The words for yes and no of one language."""

    def __init__(self, language: Language) -> None:
        data = language.section("yes_no")
        entries: list[tuple[str, bool | None]] = []
        entries += [(text, True) for text in listed(data.get("yes"))]
        entries += [(text, False) for text in listed(data.get("no"))]
        entries += [(text, None) for text in listed(data.get("vague"))]
        # a list of one, since a table's value must not be None
        self.words: Phrases[list[bool | None]] = Phrases(
            (text, [answer]) for text, answer in entries
        )
        self.only_alone = frozenset(listed(data.get("only_alone")))
        self.nothing_after: Phrases[bool] = Phrases(
            (text, True) for text in listed(data.get("nothing_after"))
        )
        self.but = frozenset(listed(data.get("but")))
        self.yes = str(data.get("yes_word", "yes"))
        self.no = str(data.get("no_word", "no"))
        self.triggers = self.words.firsts


@dataclass(frozen=True, slots=True)
class YesNoType:
    """A yes or a no."""

    name: str = "yes_no"

    @property
    def length(self) -> int:
        """How many keys an answer takes."""
        return 1

    def find(self, said: Utterance, ctx: Context) -> list[Reading]:
        """Return the answer in the utterance; yes and no together name each other."""
        heard = hear(said, ctx.language)
        words = compiled(ctx.language, _Words)
        if heard.tokens.isdisjoint(words.triggers):
            return []
        found: list[Reading] = []
        i = 0
        while i < heard.count:
            match = words.words.at(heard.texts, i)
            if match is None:
                i += 1
                continue
            end, (answer,) = match
            if self._goes_on(heard, words, i, end):
                i = end
                continue
            first, last = heard.span(i, end)
            certainty = 1.0 if ctx.asked and i == 0 else 0.8 if ctx.asked else 0.4
            if end - i == 1 and heard.texts[i] in words.only_alone:
                if i > 0 and not heard.pauses[i - 1]:
                    i = end
                    continue
                if i == 0 and end < heard.count and not heard.pauses[end - 1]:
                    certainty = min(certainty, 0.5)
            why = "vague" if answer is None else None
            found.append(Reading(answer, first, last, certainty, why=why))
            i = end
        if not found:
            return []
        answers = {reading.value for reading in found if reading.why is None}
        head = found[0]
        if not answers:
            return [head]
        if len(answers) == 1 and all(reading.why is None for reading in found):
            best = max(reading.certainty for reading in found)
            return [replace(head, end=found[-1].end, certainty=best)]
        if len(answers) == 1:  # "yes, maybe"
            return [replace(head, value=None, why="vague", end=found[-1].end)]
        return [replace(head, end=found[-1].end, also=(not head.value,))]

    @staticmethod
    def _goes_on(heard: Heard, words: _Words, start: int, end: int) -> bool:
        """Whether what looks like an answer is only the beginning of a sentence."""
        if words.nothing_after.at(heard.texts, start) is None:
            return False
        return (
            end < heard.count
            and not heard.pauses[end - 1]
            and heard.texts[end] not in words.but
        )

    def open(self, data: Json) -> object:
        """Return the bool."""
        return data

    def close(self, value: object) -> Json:
        """Return a bool.

        Raises:
            ValueError: It is not a bool, nor the text of one.
        """
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in ("true", "false"):
            return value.strip().lower() == "true"
        raise ValueError(f"`{value}` is neither true nor false")

    def speak(self, data: Json, language: flow.Language) -> str:
        """Say "yes" or "no"."""
        words = compiled(worded(language), _Words)
        return words.yes if data else words.no

    def keys(self, pressed: str, ctx: Context) -> Json:
        """Return yes for 1 and no for 2, as telephone menus have it."""
        return {"1": True, "2": False}.get(pressed)
