"""Each code has a page whose broken example gives it, and whose mended one does not."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from flowkit.authoring.codes import CODES
from flowkit.authoring.compiler import Compiled, compile_agent
from flowkit.diagnostics import Severity, render_text

PAGES = Path(__file__).parents[2] / "flowkit" / "authoring" / "explain"
FENCE = re.compile(
    r"^```(?:yaml|python)(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.M | re.S
)
MAY_ALSO_GIVE = {"FK114": {"FK213"}}
"""Codes that a broken example cannot avoid besides its own."""


@dataclass
class Page:
    title: str
    words: str
    broken: str
    mended: str


def read(code: str) -> Page:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    head, broken, mended = re.split(r"^## (?:Broken|Mended)$", text, flags=re.M)
    title, words = head.split("\n", 1)
    return Page(title, words.strip(), broken, mended)


def build(blocks: str, folder: Path) -> Compiled:
    """Write the files of one example and compile them.

    Behind the name of a file may stand how it is made: ``utf-16``, ``10000 times``,
    ``is a folder``, ``without trust``.
    """
    names = []
    trusted = True
    for match in FENCE.finditer(blocks):
        name, _, how = match["info"].strip().partition(" ")
        path = folder / (name or "flow.yaml")
        names.append(path.name)
        path.parent.mkdir(exist_ok=True)
        if how == "is a folder":
            path.mkdir()
        elif how == "utf-16":
            path.write_bytes(match["text"].encode("utf-16"))
        elif how.endswith(" times"):
            path.write_text(match["text"] * int(how.split()[0]), encoding="utf-8")
        else:
            assert how in ("", "without trust"), how
            trusted = trusted and not how
            path.write_text(match["text"], encoding="utf-8")
    assert names, "no example"
    subject = folder if "agent.yaml" in names else folder / names[0]
    return compile_agent(subject, uses=trusted)


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert sorted(path.stem for path in PAGES.glob("*.md")) == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_page_says_what_the_registry_says(code: str) -> None:
    page = read(code)

    assert page.title == f"# {code}: {CODES[code].title}"
    sentences = re.findall(r"[.?!](?=[\s)\"”]|$)", re.sub(r"`[^`]*`", "x", page.words))
    assert 2 <= len(sentences) <= 6


def test_no_two_pages_share_a_sentence() -> None:
    seen: dict[str, str] = {}
    for code in CODES:
        words = " ".join(read(code).words.split())
        for sentence in re.split(r"(?<=[.?!]) ", words):
            other = seen.setdefault(sentence, code)
            assert other == code or "--fix" in sentence, (other, code, sentence)


@pytest.mark.parametrize("code", CODES)
def test_broken_example_gives_its_code(code: str, tmp_path: Path) -> None:
    compiled = build(read(code).broken, tmp_path)

    codes = {found.code for found in compiled.diagnostics}
    text = render_text(compiled.diagnostics, compiled.texts)
    assert code in codes, text
    assert codes - {code} <= MAY_ALSO_GIVE.get(code, set()), text


@pytest.mark.parametrize("code", CODES)
def test_mended_example_is_all_good(code: str, tmp_path: Path) -> None:
    compiled = build(read(code).mended, tmp_path)

    errors = [one for one in compiled.diagnostics if one.severity is Severity.ERROR]
    assert not errors, render_text(errors, compiled.texts)
    assert code not in {found.code for found in compiled.diagnostics}
    assert compiled.agent is not None
