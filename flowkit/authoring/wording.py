"""The wording of languages: shipped phrases compiled, translations bound.

A language file is YAML with ``phrases`` (compiled here as sentences) and any other
sections, which are handed on as plain data: dicts, lists and texts, nothing guessed, so
that `no` and `19:30` are what was written. Each file is read once per process and version.

An agent may bring a language of its own as ``languages/XX.yaml`` in its folder; what is
missing there is spoken in English, the language that flowkit is written in.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flowkit.authoring import source, templates
from flowkit.authoring.texts import Text
from flowkit.languages import FOLDER, Language

ORIGINAL = "en"
"""The language of the format's examples and of every phrase that is missing elsewhere."""


class BrokenLanguage(Exception):  # noqa: N818  # says what is broken
    """A language file cannot be used."""


def known_languages(folder: Path | None = None) -> list[str]:
    """Return the codes of all languages there are, those of an agent's folder included."""
    places = [FOLDER] + ([folder / "languages"] if folder else [])
    return sorted({file.stem for place in places for file in place.glob("??.yaml")})


def language(code: str, folder: Path | None = None) -> Language | None:
    """Return a language by its code, or None if there is no file for it.

    Args:
        code: ``en``, ``es`` ...
        folder: An agent's folder, which may hold ``languages/XX.yaml``.

    Raises:
        BrokenLanguage: The file is not a language file.
    """
    if not (len(code) == 2 and code.isascii() and code.isalpha() and code.islower()):
        return None
    own = folder / "languages" / f"{code}.yaml" if folder else None
    shipped = FOLDER / f"{code}.yaml"
    for path in (own, shipped):
        if path is not None and path.is_file():
            return _load(path, code, path.stat().st_mtime_ns)
    return None


@lru_cache(maxsize=64)
def _load(path: Path, code: str, _version: int) -> Language:
    text = path.read_text(encoding="utf-8")
    try:
        data = source.plain(text)
    except ValueError as err:
        raise BrokenLanguage(f"`{path}`: {err}") from err
    if not isinstance(data, dict) or not isinstance(data.get("phrases"), dict):
        raise BrokenLanguage(f"`{path}`: no block of `phrases` in it")
    phrases: dict[str, Text] = {}
    words: dict[str, Any] = {}  # any: see Language.words
    if code != ORIGINAL:
        original = language(ORIGINAL)
        if original is not None:
            phrases.update(original.phrases)  # type: ignore[arg-type]  # made here too
            words.update(original.words)
    for name, told in data["phrases"].items():
        phrase, problems = templates.text(str(told))
        if problems:
            raise BrokenLanguage(f"`{path}`: `{name}`: {problems[0].message}")
        phrases[str(name)] = phrase
    words.update((name, part) for name, part in data.items() if name != "phrases")
    return Language(code, MappingProxyType(phrases), MappingProxyType(words))


def conjunctions(language: Language) -> frozenset[str]:
    """Return the words that join the last item of a list."""
    words = ""
    for section, key in (("joining", "or"), ("numbers", "joined_by")):
        part = language.words.get(section)
        if isinstance(part, dict):
            words += f"{part.get(key, '')},"
    return frozenset(word.strip().lower() for word in words.split(",") if word.strip())
