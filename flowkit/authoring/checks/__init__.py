"""Checks that look at a whole flow or agent, a small function each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flowkit.authoring.builder import Draft
from flowkit.authoring.files import Files
from flowkit.authoring.settings import Settings
from flowkit.diagnostics import Diagnostic
from flowkit.languages import Language


def check_flow(draft: Draft) -> list[Diagnostic]:
    """Return what is wrong with one flow as a whole."""
    return []


def check_agent(
    files: Files,
    settings: Settings,
    drafts: Iterable[Draft],
    agent_draft: Draft | None,
    languages: Mapping[str, Language],
    start: str | None,
) -> list[Diagnostic]:
    """Return what is wrong with an agent as a whole."""
    return []
