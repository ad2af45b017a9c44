"""From files to an ``Agent``, with everything that is wrong found in one run.

The order: read all files, load the Python, learn every name, then build the flows and
look at them as a whole. An agent is made only when there is no error; a compiled agent
never fails later for a reason that could have been seen here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from flowkit.authoring import files as filing
from flowkit.authoring import modules, settings, slots, wording
from flowkit.authoring.assembly import assemble, interrupt_of, shipped_phrase
from flowkit.authoring.builder import Builder
from flowkit.authoring.checks import (
    check_agent,
    check_flow,
    check_shared_parts,
)
from flowkit.authoring.checks.agents import carried_slots
from flowkit.authoring.codes import found
from flowkit.authoring.consequences import without_consequences
from flowkit.authoring.drafts import Draft, Shared
from flowkit.authoring.files import Document, Files
from flowkit.authoring.naming import filled_slots, learn, name_values
from flowkit.authoring.nodes import Scalar
from flowkit.authoring.parts import Part
from flowkit.authoring.settings import Settings
from flowkit.authoring.texts import Text
from flowkit.authoring.translations import Translations
from flowkit.diagnostics import CompileError, Diagnostic, Severity, Span, in_order
from flowkit.dialogue import flow
from flowkit.dialogue.flow import Agent, Ladders
from flowkit.languages import Language

FORMAT = "1"
"""The version of the flow format that is compiled here."""


_LOSSES = frozenset(
    ("FK101", "FK108", "FK119", "FK202", "FK204", "FK205", "FK206", "FK207", "FK216")
)
"""Findings after which a piece of a flow is missing, unless they have a remedy."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What came out of compiling: an agent if there is no error, and all findings."""

    agent: Agent | None
    diagnostics: tuple[Diagnostic, ...]
    texts: dict[str, str] = field(default_factory=dict)
    """Each file's text by its shown path, to render the findings with."""


def compile_agent(
    path: str | Path, *, uses: bool = True, tests: bool = True
) -> Compiled:
    """Compile a flow file or an agent's folder.

    Args:
        path: A ``.yaml`` file, or a folder with ``agent.yaml`` and flows.
        uses: Load the agent's Python, which runs it: only for folders that are trusted.
        tests: Check the talks in ``*.test.yaml`` too; a call does not need them.
    """
    return _Compiler(filing.gather(Path(path), tests=tests), uses=uses).run()


def load_agent(path: str | Path) -> Agent:
    """Compile an agent that is expected to be right.

    Raises:
        CompileError: It is not; everything found is in it.
    """
    compiled = compile_agent(path, tests=False)
    if compiled.agent is None:
        raise CompileError(compiled.diagnostics, compiled.texts)
    return compiled.agent


def compile_text(text: str, name: str = "flow.yaml", *, uses: bool = False) -> Compiled:
    """Compile one flow from its text, without a folder and without Python.

    Args:
        text: The flow.
        name: What the findings call it.
        uses: Accepted for symmetry; a text has no folder to load Python from.
    """
    return _Compiler(filing.pasted(text, name), uses=uses).run()


class _Compiler:
    def __init__(self, files: Files, *, uses: bool) -> None:
        self.files = files
        self.uses = uses
        self.diagnostics: list[Diagnostic] = list(files.diagnostics)
        self.settings = Settings()
        self.languages: dict[str, Language] = {}
        self.extensions = modules.Extensions()
        self.shared = Shared(self.extensions)
        self.drafts: list[Draft] = []

    def run(self) -> Compiled:
        files = self.files
        if not files.flows and files.whole and not self.diagnostics:
            place = (
                files.agent.path
                if files.agent
                else filing.shown(files.folder or Path())
            )
            self._report(
                "FK223", Span(place), "there is no flow here.",
                'A flow is a .yaml file that starts with "flow: NAME" and "steps:".',
            )  # fmt: skip
        agent = files.agent.part if files.agent else None
        self._versions()
        self.settings, problems = settings.read(agent)
        self.diagnostics += problems
        self._languages()
        self._load_python(agent)
        agent_draft = self._share(agent)
        values = self.settings.value_pairs
        house = not files.lost and (files.agent is None or files.agent.whole)
        for document in files.flows:
            if document.part is not None:
                whole = house and document.whole
                self.drafts.append(
                    learn(document.part, self.shared, values, whole=whole)
                )
        self._build(agent_draft)
        return self._finish(agent_draft)

    def _report(self, code: str, span: Span, message: str, advice: str = "") -> None:
        self.diagnostics.append(found(code, span, message, advice=advice))

    # --- before the flows ---------------------------------------------------------------

    def _versions(self) -> None:
        for document in [*self._documents()]:
            version = document.part.scalar("flowkit") if document.part else None
            if version is not None and version.text != FORMAT:
                self._report(
                    "FK218",
                    version.span,
                    f'this flowkit does not know version "{version.text}" of the format.',
                    f"Write flowkit: {FORMAT}, or install a newer flowkit.",
                )

    def _documents(self) -> Iterator[Document]:
        if self.files.agent:
            yield self.files.agent
        yield from self.files.flows
        yield from self.files.translations

    def _languages(self) -> None:
        """Load the wording of every language that the agent speaks."""
        set_ = self.settings
        own = set_.language
        flows = self.files.flows
        if not self.files.agent and flows and flows[0].part is not None:
            scalar = flows[0].part.scalar("language")
            if scalar is not None:
                own = scalar.text
                set_.language_scalar = scalar
        wanted: dict[str, Scalar | None] = {own: set_.language_scalar}
        for scalar in set_.languages:
            wanted.setdefault(scalar.text, scalar)
        if not self.files.agent:
            for document in self.files.translations:
                code = document.part.scalar("language") if document.part else None
                if code is not None:
                    wanted.setdefault(code.text, code)
        for code_, scalar in wanted.items():
            language = self._language(code_, scalar)
            if language is not None:
                self.languages[code_] = language
        if own not in self.languages:
            own = wording.ORIGINAL
            language = wording.language(own)
            if language is None:
                raise FileNotFoundError("flowkit's own languages are not installed")
            self.languages = {own: language, **self.languages}
        self.settings = replace(set_, language=own)
        for document in flows:
            scalar = document.part.scalar("language") if document.part else None
            if scalar is not None and scalar.text != own and self.files.agent:
                self._report(
                    "FK221",
                    scalar.span,
                    f'the agent\'s sentences are written in "{own}", not '
                    f'"{scalar.text}".',
                    "Take this line out, or translate the flow.",
                )

    def _language(self, code: str, scalar: Scalar | None) -> Language | None:
        try:
            language = wording.language(code, self.files.folder)
        except wording.BrokenLanguage as err:
            span = scalar.span if scalar else Span(filing.shown(Path(code)))
            self._report("FK221", span, f"the language {code} cannot be used: {err}.")
            return None
        if language is None and scalar is not None:
            known = ", ".join(wording.known_languages(self.files.folder))
            self._report(
                "FK221",
                scalar.span,
                f'there is no language "{code}".',
                f"There are: {known}.",
            )
        return language

    def _load_python(self, agent: Part | None) -> None:
        named = agent.scalars("uses") if agent and "uses" in agent.keys else None
        if self.uses and self.files.folder is not None:
            self.extensions = modules.load(named, self.files.folder, filing.shown)
            self.diagnostics += self.extensions.diagnostics
            self.files.texts.update(self.extensions.texts)
        elif named:
            self.extensions = modules.Extensions(broken=True)
            self._report(
                "FK604",
                named[0].span,
                "Python is not loaded for a flow that was pasted.",
                "Save the agent in a folder and run it from there.",
            )

    def _share(self, agent: Part | None) -> Draft | None:
        """Learn what all flows share, and build what stands in agent.yaml."""
        shared = self.shared
        shared.extensions = self.extensions
        shared.whole = self.files.whole
        shared.conjunctions = wording.conjunctions(
            self.languages[self.settings.language]
        )
        shared.people = tuple(self.settings.people)
        shared.values = self.settings.values
        names: dict[str, Document] = {}
        for document in self.files.flows:
            scalar = document.part.scalar("flow") if document.part else None
            if scalar is None:
                continue
            if scalar.text in names:
                self._report(
                    "FK309",
                    scalar.span,
                    f'the flow "{scalar.text}" is in {names[scalar.text].path} too.',
                    "Give one of them another name.",
                )
            names.setdefault(scalar.text, document)
        shared.flows = tuple(names)
        shared.flow_slots = {
            name: frozenset(
                part.head.text
                for part in (document.part.parts("slots") if document.part else ())
            )
            for name, document in names.items()
        }
        shared.filled_by = {
            name: filled_slots(document.part) if document.part else frozenset()
            for name, document in names.items()
        }
        if agent is None:
            return None
        lost = self.files.lost or not (self.files.agent and self.files.agent.whole)
        draft = Draft("", agent, shared, whole=not lost)
        name_values(draft, self.settings.value_pairs)
        types = [(part, slots.bind(draft, part)) for part in agent.parts("slots")]
        builder = Builder(
            draft,
            translations=self._translations("agent", agent.text("agent")),
            prefix="agent.",
            interrupt=interrupt_of(agent.part("defaults")),
        )
        shared.slots = {
            part.head.text: slots.slot(builder, part, type_, shared=True)
            for part, type_ in types
        }
        self.agent_builder = builder
        draft.translations = builder.translations
        return draft

    def _translations(self, kind: str, name: str) -> Translations | None:
        """Collect the translations of a flow, or of agent.yaml."""
        told: Translations | None = None
        for document in self.files.translations:
            part = document.part
            if part is None:
                continue
            flow_name, agent_name = part.text("flow"), part.text("agent")
            theirs = ("flow", flow_name) if flow_name else ("agent", agent_name)
            if theirs != (kind, name):
                continue
            told = told or Translations(self.settings.language)
            blocks = part.values.get("translations")
            told.add(part.text("language"), blocks if isinstance(blocks, tuple) else ())
        return told

    # --- flows --------------------------------------------------------------------------

    def _build(self, agent_draft: Draft | None) -> None:
        agent_entries: tuple[flow.Entry, ...] = ()
        agent_defaults = Ladders()
        if agent_draft is not None:
            builder = self.agent_builder
            agent_entries = builder.entries(agent_draft.part.parts("anytime"))
            own = agent_draft.part.part("defaults")
            if own is not None:
                agent_defaults = builder.ladders(own, "agent.defaults")
        for draft in self.drafts:
            draft.flow = assemble(
                draft,
                translations=self._translations("flow", draft.name),
                entries=agent_entries,
                above=agent_defaults,
                phrase=self._phrase,
            )

    def _phrase(self, name: str) -> Text:
        return shipped_phrase(name, self.languages, self.settings.language)

    # --- the end ------------------------------------------------------------------------

    def _finish(self, agent_draft: Draft | None) -> Compiled:
        start = self._start()
        self._check(agent_draft, start)
        errors = any(d.severity is Severity.ERROR for d in self.diagnostics)
        agent = None if errors or start is None else self._agent(start)
        self._check_tests(agent)
        told = without_consequences(self.diagnostics, self.files.texts)
        return Compiled(agent, tuple(in_order(told)), dict(self.files.texts))

    def _check(self, agent_draft: Draft | None, start: str | None) -> None:
        """Look at each flow, and at the agent, as a whole."""
        carried = carried_slots(self.drafts)
        for draft in self.drafts:
            path = draft.part.span.path
            draft.nothing_left_out = not any(
                found.code in _LOSSES and found.fix is None and found.span.path == path
                for found in (*self.diagnostics, *draft.diagnostics)
            )
            check_flow(draft, carried.get(draft.name, frozenset()))
            self.diagnostics += draft.diagnostics
        if agent_draft is not None:
            check_shared_parts(agent_draft)
            self.diagnostics += agent_draft.diagnostics
        self.diagnostics += self.shared.missing_functions.values()
        self.diagnostics += check_agent(
            self.files, self.settings, self.drafts, agent_draft, start
        )

    def _check_tests(self, agent: Agent | None) -> None:
        """Check the talks, which only a whole agent can tell; none of it stops a call."""
        for document in self.files.tests:
            self.diagnostics += document.diagnostics
            if agent is not None:
                from flowkit.authoring.talks import read_talks  # rarely needed

                self.diagnostics += read_talks(document.root, agent).diagnostics

    def _start(self) -> str | None:
        """Return the name of the flow that answers."""
        names = [draft.name for draft in self.drafts if draft.flow is not None]
        if self.files.start is not None:
            for draft in self.drafts:
                if draft.part.span.path == self.files.start:
                    return draft.name
        scalar = self.settings.start
        if scalar is not None:
            if scalar.text in names:
                return scalar.text
            if self.files.whole:
                builder = (
                    Builder(Draft("", self.drafts[0].part, self.shared))
                    if (self.drafts)
                    else None
                )
                if builder is not None:
                    builder.known("FK301", scalar, tuple(names), "flow")
                    self.diagnostics += builder.draft.diagnostics
            return None
        if len(names) == 1:
            return names[0]
        if names and self.files.whole:
            at = self.files.agent.part if self.files.agent else None
            self._report(
                "FK206",
                at.head.span if at else Span(self.files.flows[0].path),
                "nothing says which flow answers the call.",
                f"Write start: {names[0]} into agent.yaml."
                if at
                else f'Write an agent.yaml with "agent: NAME" and "start: {names[0]}".',
            )
        return None

    def _agent(self, start: str) -> Agent:
        set_ = self.settings
        folder = self.files.folder
        name = set_.name or start
        return Agent(
            name,
            start,
            {draft.name: draft.flow for draft in self.drafts if draft.flow is not None},
            dict(self.languages),
            set_.language,
            set_.country,
            set_.timezone,
            set_.values,
            set_.people,
            {**self.shared.stubs, **self.extensions.tools},
            self._fingerprint(),
            str(folder.resolve()) if folder else "",
        )

    def _fingerprint(self) -> str:
        digest = hashlib.sha256(FORMAT.encode())
        texts = {
            Path(path).name: text
            for path, text in self.files.texts.items()
            if not path.endswith((".test.yaml", ".test.yml"))
        }
        if self.files.folder is not None and self.extensions.any_module:
            for module in sorted(self.files.folder.glob("*.py")):
                texts[module.name] = module.read_bytes().hex()
        for name in sorted(texts):
            digest.update(f"\0{name}\0{texts[name]}".encode("utf-8", "replace"))
        return digest.hexdigest()
