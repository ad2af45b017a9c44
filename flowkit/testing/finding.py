"""Which talks there are, and which agent each file of them is for.

Agents are compiled once, whatever the number of their test files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flowkit.authoring.compiler import Compiled, compile_agent
from flowkit.authoring.source import Source, decode, read
from flowkit.authoring.talks import Talk, flow_named, read_talks
from flowkit.diagnostics import Diagnostic, Severity
from flowkit.dialogue.flow import Agent
from flowkit.ports import Understander
from flowkit.testing.coverage import Coverage

SUFFIXES = (".test.yaml", ".test.yml")
_NOT_OURS = frozenset({"node_modules", "__pycache__", "build", "dist", "site-packages"})


def is_test_file(path: Path) -> bool:
    """Whether a file holds talks, by its name."""
    return path.name.endswith(SUFFIXES)


def test_files(path: Path) -> list[Path]:
    """Return the test files that a path means, sorted.

    A folder means all below it (hidden ones and installed packages aside); a test file
    means itself; a flow means the files beside it that test it.
    """
    if path.is_dir():
        return sorted(_below(path))
    if is_test_file(path):
        return [path]
    stem = path.name.split(".", 1)[0]
    beside = sorted(one for one in path.parent.iterdir() if is_test_file(one))
    if stem == "agent":
        return beside
    return [
        one
        for one in beside
        if one.name.split(".", 1)[0] == stem or flow_named(_source(one)[0].root) == stem
    ]


test_files.__test__ = False  # type: ignore[attr-defined]  # pytest: not a test


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and name not in _NOT_OURS
        ]
        for name in files:
            if name.endswith(SUFFIXES):
                yield Path(root, name)


@dataclass(frozen=True, slots=True)
class Suite:
    """The talks of one file, with the agent that they are for."""

    path: Path
    agent: Agent | None
    """None: the agent cannot be compiled."""
    talks: tuple[Talk, ...]
    diagnostics: tuple[Diagnostic, ...]
    """Errors in the agent or in the file: then there are no talks to play."""
    texts: dict[str, str]


class Library:
    """Finds suites; keeps agents, their understanders and what was reached of them."""

    def __init__(self) -> None:
        self._compiled: dict[Path, Compiled] = {}
        self._understanders: dict[int, Understander] = {}
        self._coverage: dict[int, Coverage] = {}

    def suite(self, path: Path) -> Suite:
        """Read one test file and compile the agent that it is for."""
        source, text = _source(path)
        compiled = self._agent(path, flow_named(source.root))
        texts = {**compiled.texts, str(path): text}
        if compiled.agent is None:
            errors = [d for d in compiled.diagnostics if d.severity is Severity.ERROR]
            return Suite(path, None, (), tuple(errors), texts)
        read_file = read_talks(source.root, compiled.agent)
        findings = (*source.diagnostics, *read_file.diagnostics)
        errors = [found for found in findings if found.severity is Severity.ERROR]
        talks = () if errors else read_file.talks
        return Suite(path, compiled.agent, talks, tuple(errors), texts)

    def understander(self, agent: Agent) -> Understander:
        """Return the rules that understand an agent's callers, made once."""
        from flowkit.understanding.rules import RulesUnderstander  # loads the language

        if id(agent) not in self._understanders:
            self._understanders[id(agent)] = RulesUnderstander(agent)
        return self._understanders[id(agent)]

    def coverage(self, agent: Agent) -> Coverage:
        """Return what was reached of an agent so far."""
        return self._coverage.setdefault(id(agent), Coverage(agent))

    @property
    def coverages(self) -> Sequence[Coverage]:
        """What was reached, an agent each, in the order in which they were tested."""
        return tuple(self._coverage.values())

    def _agent(self, path: Path, flow: str | None) -> Compiled:
        subject = _subject(path, flow)
        if subject not in self._compiled:
            self._compiled[subject] = compile_agent(subject)
        return self._compiled[subject]


def _subject(path: Path, flow: str | None) -> Path:
    """Return what is to be compiled for a test file: its agent's folder, or a flow."""
    folder = path.parent
    if (folder / "agent.yaml").is_file():
        return folder
    for name in (flow, path.name.split(".", 1)[0]):
        for suffix in (".yaml", ".yml"):
            if name and (folder / (name + suffix)).is_file():
                return folder / (name + suffix)
    return folder


def _source(path: Path) -> tuple[Source, str]:
    text, problems = decode(path.read_bytes(), str(path))
    source = read(text or "", str(path), braces=True)
    if problems:
        source = Source(source.file, None, tuple(problems), whole=False)
    return source, text or ""
