"""Translation files: keyed by the sentence itself, as in gettext.

An edited sentence has no translation any more, which shows; the same sentence with two
meanings names its place (``where: slots.time.ask``). Translations are bound to sentences
while these are compiled; what is left over afterwards is stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flowkit.authoring import templates
from flowkit.authoring.codes import found
from flowkit.authoring.nodes import Block, Scalar
from flowkit.authoring.reading import meant_by
from flowkit.authoring.texts import Text
from flowkit.diagnostics import Diagnostic, Fix

_MOST_GUESSES = 10
"""Stale sentences for which the new wording is looked for."""


@dataclass(eq=False)
class _Translation:
    original: Scalar
    told: Scalar
    where: str
    text: Text
    used: bool = False


@dataclass(eq=False)
class Translations:
    """All translations of one flow (or of agent.yaml), in all languages."""

    original: str
    """The language that the sentences are written in."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _by_language: dict[str, dict[str, list[_Translation]]] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are translations for."""
        return tuple(self._by_language)

    def add(self, language: str, entries: Iterable[Block]) -> None:
        """Read the translations of one file."""
        table = self._by_language.setdefault(language, {})
        for block in entries:
            made = self._read(block, language)
            if made is None:
                continue
            source = " ".join(made.original.text.split())
            known = table.setdefault(source, [])
            if any(other.where == made.where for other in known):
                self.diagnostics.append(
                    found(
                        "FK414",
                        made.original.span,
                        f"this sentence is translated in line "
                        f"{known[0].original.span.line} already.",
                        advice="Keep one, or say with where: which place each is for.",
                    )
                )
                continue
            known.append(made)

    def _read(self, block: Block, language: str) -> _Translation | None:
        original, told = block.get(self.original), block.get(language)
        where = block.get("where")
        for entry in block.entries:
            if entry.key.text not in (self.original, language, "where"):
                wanted = [
                    k for k in (self.original, language, "where") if k not in block
                ]
                meant = meant_by(entry.key.text, wanted)
                self.diagnostics.append(
                    found(
                        "FK201",
                        entry.key.span,
                        f'there is no "{entry.key.text}" in a translation.',
                        advice=f'Did you mean "{meant}"?'
                        if meant
                        else f"Possible are: {self.original}, {language}, where.",
                        fix=Fix(entry.key.span, meant) if meant else None,
                    )
                )
        for key, value in ((self.original, original), (language, told)):
            if not isinstance(value, Scalar) or not value.text.strip():
                self.diagnostics.append(
                    found(
                        "FK206",
                        block.entries[0].key.span if block.entries else block.span,
                        f'"{key}" is missing in this translation.',
                        advice=f"Add {key}: and the sentence.",
                    )
                )
                return None
        assert isinstance(original, Scalar) and isinstance(told, Scalar)  # noqa: PT018  # just looked at
        text, problems = templates.text(" ".join(told.text.split()), line=told.line)
        for problem in problems:
            self.diagnostics.append(
                found(
                    problem.code,
                    told.at(problem.start, problem.end),
                    problem.message,
                    advice=problem.advice,
                )
            )
        return _Translation(
            original, told, where.text if isinstance(where, Scalar) else "", text
        )

    def of(self, source: str, where: str) -> Mapping[str, Text]:
        """Return the translations of a sentence at a place, by language."""
        told: dict[str, Text] = {}
        for language, table in self._by_language.items():
            found_here = self._pick(table.get(source, []), where)
            if found_here is not None:
                found_here.used = True
                told[language] = found_here.text
        return told

    @staticmethod
    def _pick(known: list[_Translation], where: str) -> _Translation | None:
        for one in known:
            if one.where == where:
                return one
        return next((one for one in known if not one.where), None)

    def leftovers(self, sources: Iterable[str]) -> Iterable[Diagnostic]:
        """Yield a finding for each translation that no sentence has asked for."""
        alive = list(dict.fromkeys(sources))
        guesses = _MOST_GUESSES
        for table in self._by_language.values():
            for source, known in table.items():
                for one in known:
                    if one.used:
                        continue
                    guesses -= 1
                    near = _nearest(source, alive) if guesses >= 0 else None
                    yield found(
                        "FK412",
                        one.original.span,
                        "no sentence says this any more."
                        if not one.where or source not in alive
                        else f'this sentence does not stand at "{one.where}".',
                        advice=f'Is it now "{near}"?'
                        if near
                        else "Delete this translation.",
                    )

    def misfits(self) -> Iterable[Diagnostic]:
        """Yield a finding for each translation that speaks other values."""
        for language, table in self._by_language.items():
            for source, known in table.items():
                original, problems = templates.text(source)
                if problems:
                    continue
                for one in known:
                    yield from _misfit(original, one, language)


def _misfit(
    original: Text, translation: _Translation, language: str
) -> Iterable[Diagnostic]:
    wanted, told = _spoken(original), _spoken(translation.text)
    for name in sorted(told - wanted):
        meant = meant_by(name, sorted(wanted - told))
        at = translation.told.text.find(name)
        span = (
            translation.told.at(at, at + len(name))
            if at >= 0
            else translation.told.span
        )
        yield found(
            "FK413",
            span,
            f'this translation speaks "{name}", which the sentence does not.',
            advice=f'Did you mean "{meant}"?' if meant else "Take it out.",
            fix=Fix(span, meant) if meant else None,
        )
        if meant:
            wanted = wanted - {meant}
    lost = sorted(wanted - told)
    if lost:
        names = ", ".join(f"{{{{ {name} }}}}" for name in lost)
        yield found(
            "FK413",
            translation.told.span,
            f"this translation does not speak {names}.",
            advice=f"Put it into the {language} sentence too.",
        )


def _spoken(text: Text) -> frozenset[str]:
    return frozenset(
        ".".join((use.name, *use.parts))
        for use in text.facts.uses
        if use.how == "spoken"
    )


def _nearest(source: str, alive: list[str]) -> str | None:
    import difflib

    close = difflib.get_close_matches(source, alive, 1, 0.6)
    return close[0] if close else None
