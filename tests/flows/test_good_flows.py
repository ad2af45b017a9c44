"""Flows in which nothing is wrong, with every key of the grammar among them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flowkit.authoring import grammar
from flowkit.authoring.compiler import compile_agent
from flowkit.authoring.nodes import Block, Listing, Node, Scalar
from flowkit.authoring.source import read
from flowkit.diagnostics import render_text

GOOD = Path(__file__).parent / "good"
AGENTS = sorted(
    [
        *(p for p in GOOD.glob("*.yaml") if p.name.count(".") == 1),
        *(p.parent for p in GOOD.glob("*/agent.yaml")),
    ]
)


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.stem)
def test_good_flow_has_no_findings(path: Path) -> None:
    compiled = compile_agent(path)

    assert render_text(compiled.diagnostics, compiled.texts) == ""
    assert compiled.agent is not None


def test_every_key_of_the_grammar_is_used() -> None:
    tables = {
        "flow": grammar.FLOW,
        "agent": grammar.AGENT,
        "slot": grammar.SLOT,
        "rule": grammar.RULE,
        "entry": grammar.ENTRY,
        "defaults": grammar.DEFAULTS,
        "given": grammar.GIVEN,
        "person": grammar.PERSON,
        "translations": grammar.TRANSLATIONS,
        "tests": grammar.TESTS,
        "test": grammar.TEST,
        **{f"step {verb}": keys for verb, keys in grammar.STEPS.items()},
        **{f"line {verb}": keys for verb, keys in grammar.LINES.items()},
    }
    used = set(_used_keys())
    wanted = {
        (table, key.name)
        for table, keys in tables.items()
        for key in keys.values()
        if not key.later
    }

    assert sorted(wanted - used) == []


def _used_keys() -> Iterator[tuple[str, str]]:
    for path in sorted(GOOD.rglob("*.yaml")):
        if path.parent.name == "languages":
            continue
        root = read(path.read_text("utf-8"), path.name, braces=True).root
        assert isinstance(root, Block)
        top = next(
            (name for name in ("tests", "translations", "agent") if name in root),
            "flow",
        )
        yield from _keys(root, top)
        for part, inside in (
            ("slots", "slot"),
            ("people", "person"),
            ("given", "given"),
        ):
            block = root.get(part)
            if isinstance(block, Block) and top in ("flow", "agent"):
                for entry in block.entries:
                    yield from _keys(entry.value, inside)
        yield from _keys(root.get("defaults"), "defaults")
        if top == "tests":
            for test in _items(root.get("tests")):
                yield from _keys(test, "test")
                assert isinstance(test, Block)
                for line in _items(test.get("talk")):
                    yield from _by_verb(line, grammar.LINES, "line")
        else:
            yield from _everywhere(root)


def _everywhere(node: Node) -> Iterator[tuple[str, str]]:
    """Find steps, rules and entries, wherever they stand."""
    if isinstance(node, Listing):
        for item in node.items:
            yield from _by_verb(item, grammar.STEPS, "step")
            if isinstance(item, Block) and ("must" in item or "check" in item):
                yield from _keys(item, "rule")
            if isinstance(item, Block) and (
                "caller_asks" in item or "caller_wants" in item
            ):
                yield from _keys(item, "entry")
            yield from _everywhere(item)
    elif isinstance(node, Block):
        for entry in node.entries:
            yield from _everywhere(entry.value)


def _by_verb(node: Node, table: object, kind: str) -> Iterator[tuple[str, str]]:
    assert isinstance(table, dict)
    if isinstance(node, Scalar):
        yield f"{kind} {node.text}", node.text
    elif isinstance(node, Block):
        for verb in table:
            if verb in node:
                yield from _keys(node, f"{kind} {verb}")


def _keys(node: Node | None, table: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Block):
        for entry in node.entries:
            yield table, entry.key.text


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Listing) else ()
