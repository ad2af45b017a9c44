"""Everything that a designer writes in a flow: sentences, conditions, names of things.

Each text is compiled, its place is kept, and every name in it is looked up; what a name
should have been is said, and its one remedy offered.
"""

from __future__ import annotations

from collections.abc import Mapping

from flowkit.authoring import templates
from flowkit.authoring.drafts import Draft, Place, Role, Written, place_of
from flowkit.authoring.names import Meaning, Means
from flowkit.authoring.nodes import Scalar
from flowkit.authoring.reading import meant_by
from flowkit.authoring.texts import Condition, Formula, Text, Use
from flowkit.authoring.translations import Translations
from flowkit.diagnostics import Fix, Span
from flowkit.dialogue.flow import Interrupt

_MANY = 100
"""Names that nobody wants to read in a message."""
_MOST_COMPARED = 20_000
"""Names that unknown names of one flow are held against."""


class Writer:
    """Compiles what is written in one flow, or in agent.yaml."""

    def __init__(
        self,
        draft: Draft,
        *,
        translations: Translations | None = None,
        prefix: str = "",
        interrupt: Interrupt = "anytime",
    ) -> None:
        self.draft = draft
        self.shared = draft.shared
        self.translations = translations
        self.prefix = prefix
        """``agent.`` for what stands in agent.yaml."""
        self.interrupt = interrupt
        """What a step does that says nothing about it."""

    # --- what is written ----------------------------------------------------------------

    def sentence(
        self,
        scalar: Scalar,
        where: str,
        role: Role,
        *,
        slot: str = "",
        extra: Mapping[str, Meaning] | None = None,
        any_name: bool = False,
    ) -> Text:
        """Compile a sentence and look at the names that it uses."""
        source = " ".join(scalar.text.split())
        told: Mapping[str, Text] = {}
        if self.translations is not None:
            told = self.translations.of(source, where)
        text, problems = templates.text(
            source, line=scalar.line, where=where, translations=told
        )
        self._note(text, scalar, role, slot, source, problems)
        if not problems or all(p.code == "FK421" for p in problems):
            self._names(text, scalar, "sentence", extra or {}, any_name=any_name)
        return text

    def condition(self, scalar: Scalar, role: Role, *, slot: str = "") -> Condition:
        """Compile a condition and look at the names that it uses."""
        source = " ".join(scalar.text.split())
        made, problems = templates.condition(source, line=scalar.line)
        self._note(made, scalar, role, slot, source, problems)
        if not problems:
            self._names(made, scalar, "condition", {})
        return made

    def formula(
        self, scalar: Scalar, role: Role, *, slot: str = "", what: str = "expression"
    ) -> Formula:
        """Compile an expression and look at the names that it uses."""
        source = " ".join(scalar.text.split())
        made, problems = templates.formula(source, line=scalar.line)
        self._note(made, scalar, role, slot, source, problems)
        if not problems:
            self._names(made, scalar, what, {})
        return made

    def _note(
        self,
        made: Written,
        scalar: Scalar,
        role: Role,
        slot: str,
        source: str,
        problems: list[templates.Problem],
    ) -> None:
        draft = self.draft
        draft.places[id(made)] = Place(scalar, role, slot)
        draft.written.append(made)
        for problem in problems:
            span = place_of(scalar, source, problem.start, problem.end)
            fix = None
            if problem.remedy is not None and span.line == span.end_line:
                fix = Fix(span, problem.remedy)
            draft.report(problem.code, span, problem.message, problem.advice, fix)

    def _names(
        self,
        made: Written,
        scalar: Scalar,
        what: str,
        extra: Mapping[str, Meaning],
        *,
        any_name: bool = False,
    ) -> None:
        for use in made.facts.uses:
            meaning = extra.get(use.name) or self.draft.names.get(use.name)
            if meaning is None:
                if not any_name:
                    self._unknown(made, use, scalar, what, extra)
            elif use.parts and meaning.parts is not None:
                self._part(made, use, scalar, meaning)

    def _unknown(
        self,
        made: Written,
        use: Use,
        scalar: Scalar,
        what: str,
        extra: Mapping[str, Meaning],
    ) -> None:
        draft = self.draft
        meant = self._meant(use.name, extra)
        if use.name in draft.unknown or not (draft.whole or meant):
            return
        draft.unknown.add(use.name)
        span = place_of(scalar, made.source, use.start, use.end)
        as_text = None if meant else self._as_text(made, use)
        if as_text:
            draft.report(
                "FK302",
                span,
                f'this {what} uses "{use.name}", but nothing is called that.',
                f"If it is a text, put it in quotes: {as_text}.",
                Fix(span, as_text) if span.line == span.end_line else None,
            )
            return
        fix = Fix(span, meant) if meant and span.line == span.end_line else None
        draft.report(
            "FK302",
            span,
            f'this {what} uses "{use.name}", but nothing is called that.',
            f'Did you mean "{meant}"?' if meant else self._what_there_is(),
            fix,
        )

    def _meant(self, name: str, extra: Mapping[str, Meaning]) -> str | None:
        """Return the name that was meant; the designer's own come first."""
        names = self.draft.names
        if self._tired(len(names)):
            return None
        shipped = [n for n, m in names.items() if m.means in (Means.CLOCK, Means.CALL)]
        own = [n for n in (*extra, *names) if n not in shipped]
        return meant_by(name, own) or meant_by(name, shipped, likeness=0.85)

    def _tired(self, options: int) -> bool:
        """Tell whether so much was compared that nobody can wait for more.

        Each suggestion looks at every name there is; a file with thousands of unknown
        names is not a flow with a few slips.
        """
        self.draft.compared += options
        return self.draft.compared > _MOST_COMPARED

    @staticmethod
    def _as_text(made: Written, use: Use) -> str | None:
        """Return a name in quotes if something is compared with it, as with a text."""
        if use.parts or not any(one.right == use for one in made.facts.comparisons):
            return None
        return f'"{use.name}"'

    def _what_there_is(self) -> str:
        told = (Means.SLOT, Means.RESULT, Means.GIVEN, Means.VALUE)
        names = self.draft.names.items()
        if len(names) > _MANY:
            return "Names are slots, saved results (save_as) and values."
        own = [name for name, meaning in names if meaning.means in told]
        if len(own) > 8:
            own = [name for name, meaning in names if meaning.means in told[:3]]
        if not own or len(own) > 12:
            return "Names are slots, saved results (save_as) and values."
        return f"There are: {', '.join(own)}."

    def _part(self, made: Written, use: Use, scalar: Scalar, meaning: Meaning) -> None:
        part = use.parts[0]
        known = meaning.parts or frozenset()
        span = place_of(
            scalar, made.source, use.part_starts[0], use.part_starts[0] + len(part)
        )
        if part in known:
            if len(use.parts) > 1:
                self.draft.report(
                    "FK312",
                    span,
                    f'"{use.name}.{part}" has nothing behind a further dot.',
                )
            return
        if meaning.means is Means.RESULT:
            tool = self._tool_of(use.name)
            self.draft.report(
                "FK612",
                span,
                f'the tool {tool} never returns "{part}".',
                self._parts_advice(part, known),
                self._parts_fix(span, part, known),
            )
            return
        what = f'"{use.name}"' if meaning.type is None else f"a {meaning.type.name}"
        self.draft.report(
            "FK312",
            span,
            f'{what} has no "{part}".',
            self._parts_advice(part, known),
            self._parts_fix(span, part, known),
        )

    @staticmethod
    def _parts_fix(span: Span, part: str, known: frozenset[str]) -> Fix | None:
        meant = meant_by(part, sorted(known))
        return Fix(span, meant) if meant and span.line == span.end_line else None

    @staticmethod
    def _parts_advice(part: str, known: frozenset[str]) -> str:
        meant = meant_by(part, sorted(known))
        if meant:
            return f'Did you mean "{meant}"?'
        if not known:
            return "Take away the dot and what is behind it."
        return f"There are: {', '.join(sorted(known))}."

    def _tool_of(self, result: str) -> str:
        for part in self.draft.steps.values():
            if part.kind == "do" and part.text("save_as") == result:
                return part.text("do")
        return "that makes it"

    # --- references ---------------------------------------------------------------------

    def known(
        self, code: str, scalar: Scalar, known: object, what: str, advice: str = ""
    ) -> bool:
        """Tell whether a name is among the known ones; report it if not."""
        options = list(known) if isinstance(known, (Mapping, tuple, list, set)) else []
        if scalar.text in options:
            return True
        meant = None if self._tired(len(options)) else meant_by(scalar.text, options)
        whole = self.shared.whole if code == "FK301" else self.draft.whole
        if not (whole or meant):
            return False
        if not meant and not advice and options:
            advice = f"There are: {', '.join(options[:12])}."
        self.draft.report(
            code,
            scalar.span,
            f'there is no {what} "{scalar.text}".',
            f'Did you mean "{meant}"?' if meant else advice,
            Fix(scalar.span, meant) if meant and not scalar.quoted else None,
        )
        return False

    def slot_names(self, scalars: tuple[Scalar, ...]) -> tuple[str, ...]:
        """Return those of the names that are slots."""
        if not scalars:
            return ()
        slots = [n for n, m in self.draft.names.items() if m.means is Means.SLOT]
        names = []
        for scalar in scalars:
            words = scalar.text.split()
            if len(words) > 1 and all(word in slots for word in words):
                right = ", ".join(words)
                self.draft.report(
                    "FK303",
                    scalar.span,
                    f'there is no slot "{scalar.text}": a comma is missing.',
                    f"Write {right}.",
                    Fix(scalar.span, right),
                )
                names += words
            elif self.known(
                "FK303", scalar, slots, "slot", "Write it below slots: with its type."
            ):
                names.append(scalar.text)
        return tuple(dict.fromkeys(names))
