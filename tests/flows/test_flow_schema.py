"""``flowkit schema`` and the compiler agree about the shape of every file here."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from flowkit.authoring.compiler import compile_agent
from flowkit.authoring.nodes import Listing, Node, Scalar
from flowkit.authoring.schema import KINDS, schema
from flowkit.authoring.source import read

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
GOOD = sorted(
    path
    for folder in (HERE / "good", ROOT / "flows")
    for path in folder.rglob("*.yaml")
    if path.parent.name != "languages"
)
BAD = sorted(
    path
    for path in (HERE / "bad").glob("FK*.yaml")
    if path.stem
    >= "FK2"  # 1xx: broken YAML, to be mended before its shape is looked at
    and not read(path.read_text("utf-8"), path.name).diagnostics
)
NOT_BY_SHAPE = {"FK217", "FK220", "FK221", "FK225", "FK218"}
"""Findings of 2xx that need more than the shape of one file."""


def plain(node: Node) -> object:
    """Return what an editor reads: YAML 1.2 with its core schema."""
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    if isinstance(node, Scalar):
        if node.quoted:
            return node.text
        if node.text in ("", "null", "~"):
            return None
        if node.text in ("true", "false"):
            return node.text == "true"
        if re.fullmatch(r"[-+]?\d+", node.text):
            return int(node.text)
        return node.text
    return {entry.key.text: plain(entry.value) for entry in node.entries}


def errors(path: Path, kind: str | None = None) -> list[str]:
    root = read(path.read_text("utf-8"), path.name, braces=True).root
    assert root is not None
    return [
        f"{path.name}: {list(error.absolute_path)}: {error.message[:300]}"
        for error in Draft7Validator(schema(kind)).iter_errors(plain(root))
    ]


def kind_of(path: Path) -> str:
    if path.name == "agent.yaml":
        return "agent"
    if path.name.endswith(".test.yaml"):
        return "test"
    return "translation" if path.name.count(".") == 2 else "flow"


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_the_schema_is_a_schema(kind: str | None) -> None:
    Draft7Validator.check_schema(schema(kind))
    json.dumps(schema(kind))


@pytest.mark.parametrize(
    "path", GOOD, ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_good_file_fits_the_schema(path: Path) -> None:
    assert errors(path) == []
    assert errors(path, kind_of(path)) == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_file_fits_the_schema_unless_its_shape_is_bad(path: Path) -> None:
    codes = {found.code for found in compile_agent(path).diagnostics}
    assert not any(code < "FK2" for code in codes)
    by_shape = {code for code in codes if code.startswith("FK2")} - NOT_BY_SHAPE

    found = errors(path, "flow")
    assert bool(found) == bool(by_shape), (by_shape, found)
