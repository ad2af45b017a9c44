"""Two values said together: ranges ("from six to eight") and alternatives ("six or seven").

Neither fills a slot. A range becomes one reading without a value, ``why="range"``, with its
first and last value in ``also``; alternatives become the first value with the others in
``also``.
"""

from __future__ import annotations

from dataclasses import replace

from flowkit.languages import Language
from flowkit.types.heard import Heard, Phrases, compiled, listed
from flowkit.types.reading import Reading


class Joins:
    """The words of one language that join two values."""

    def __init__(self, language: Language) -> None:
        data = language.section("joining")
        self.openings: list[tuple[Phrases[str], Phrases[str]]] = [
            (Phrases.of([opening]), Phrases.of(words))
            for opening, words in (data.get("openings") or {}).items()
        ]
        self.to: Phrases[str] = Phrases.of(data.get("to"))
        self.either = frozenset(listed(data.get("or")))

    def joining(self, texts: list[str], start: int, end: int) -> bool:
        """Whether the word at ``end`` joins a value that begins at ``start`` to another."""
        return (
            texts[end] in self.either
            or texts[end] in self.to
            or any(
                texts[end] in closing and opening.before(texts, start) is not None
                for opening, closing in self.openings
            )
        )


def joined(readings: list[Reading], heard: Heard, language: Language) -> list[Reading]:
    """Join neighbouring readings that the words between them make one.

    Args:
        readings: What one type found, in order of place.
        heard: The utterance.
        language: Whose joining words are looked for.
    """
    joins = compiled(language, Joins)
    words = [word.text for word in heard.said.words]
    out: list[Reading] = []
    for reading in readings:
        before = out[-1] if out else None
        if (
            before is None
            or reading.value is None
            or before.why not in (None, "either")
            or before.end >= reading.start
        ):
            out.append(reading)
            continue
        first = before.start
        between = words[before.end : reading.start]
        certainty = max(before.certainty, reading.certainty)
        if between[0] in joins.either and len(between) <= 3:
            out[-1] = replace(
                before,
                end=reading.end,
                certainty=certainty,
                also=(*before.also, reading.value, *reading.also),
            )
            continue
        opened = None
        for opening, closing in joins.openings:
            match = closing.at(words, before.end)
            if match is None or match[0] > reading.start:
                continue
            # "from the sixth", "between about six": a word may stand in between
            for gap in (0, 1, 2):
                if first - gap > 0:
                    opened = opening.before(words, first - gap)
                    if opened is not None:
                        break
            if opened is not None:
                break
        plain = joins.to.at(words, before.end)
        if opened is None and (plain is None or plain[0] + 1 < reading.start):
            out.append(reading)
            continue
        out[-1] = Reading(
            None,
            first if opened is None else opened,
            reading.end,
            certainty,
            also=(before.value, reading.value),
            why="range",
        )
    return out
