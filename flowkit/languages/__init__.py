"""The wording of each language: one YAML file a language, nothing of it in code.

A language file has ``phrases`` (what the agent says of itself: re-asks, repairs,
ladders), and the words and forms by which callers are understood and values are spoken.
Files are read and their phrases compiled by ``flowkit.authoring.wording``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flowkit.dialogue.flow import Sentence

FOLDER = Path(__file__).parent


@dataclass(frozen=True, eq=False)
class Language:
    """One language: phrases to say, and words to understand and speak values by."""

    code: str
    phrases: Mapping[str, Sentence] = field(repr=False)
    """Shipped sentences by dotted name (``change.what``)."""
    # any: the shape of each section belongs to the module that reads it
    words: Mapping[str, Any] = field(repr=False)
    """All other sections of the file, as plain data."""

    def phrase(self, name: str) -> Sentence:
        """Return a shipped sentence by its dotted name."""
        return self.phrases[name]

    def section(self, name: str) -> Any:  # any: see ``words``
        """Return a section of the language file by name; an unknown one raises."""
        return self.words[name]
