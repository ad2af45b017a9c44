"""Lines that do not stand where they belong."""

from textwrap import dedent

import pytest

from flowkit.authoring.nodes import Block, Listing, Scalar
from flowkit.authoring.source import read


def findings(text: str) -> list[tuple[str, int, int, str]]:
    source = read(dedent(text), "f.yaml", braces=True)
    return [
        (one.code, one.span.line, one.span.column, one.help)
        for one in source.diagnostics
    ]


@pytest.mark.parametrize(
    "text",
    [
        """\
        steps:
        - say: A list may start in the column of its key.
        - ask: [name]
        slots:
            name:
                type: name
        """,
        """\
        a:
          - - nested
            - lists
          -
            b: 1
            c: 2
          - d:
              e: 3
            f: 4
        g: 5
        """,
        """\
        say:
          Words on a line of their own
          and another.
        more: words that go on
          in the next line
        list: [a,
          b,
           c]
        block: {a: 1,
          b: 2}
        folded: >
          a: b
            - c
        quoted: "a
          b: c"
        last: 1
        """,
        "  steps:\n    - say: Everything may stand further right.\n  slots: 1\n",
    ],
)
def test_what_yaml_reads_is_not_misplaced(text: str) -> None:
    assert findings(text) == []


def test_a_key_too_far_left_is_told_where_its_neighbour_is() -> None:
    text = """\
    slots:
      name:
        type: name
       ask: Who is calling?
    """

    assert findings(text) == [
        ("FK108", 4, 4, 'Start it in column 5, exactly below "type" in line 3.')
    ]


def test_a_key_too_far_right() -> None:
    text = """\
    slots:
      name:
        type: name
         ask: Who is calling?
    """

    assert findings(text) == [
        ("FK108", 4, 6, 'Start it in column 5, exactly below "type" in line 3.')
    ]


@pytest.mark.parametrize("indent", [1, 3, 4, 6])
def test_a_misplaced_step_is_told_where_the_dashes_are(indent: int) -> None:
    text = f"steps:\n  - say: One.\n{' ' * indent}- say: Two.\n  - say: Three.\n"

    [(code, line, column, advice)] = findings(text)
    assert (code, line, column) == ("FK108", 3, indent + 1)
    assert advice == "Start it in column 3, exactly below the dash in line 2."


def test_a_misplaced_line_is_read_where_it_belongs() -> None:
    root = read("steps:\n  - say: One.\n - say: Two.\nend: x\n", "f.yaml").root

    assert isinstance(root, Block)
    steps = root.get("steps")
    assert isinstance(steps, Listing)
    second = steps.items[1]
    assert isinstance(second, Block)
    said = second.get("say")
    assert isinstance(said, Scalar)
    assert (said.text, said.span.line, said.span.column) == ("Two.", 3, 9)
    assert "end" in root


@pytest.mark.parametrize("heading", ["steps:\n", "slots:\n", "  name:\n"])
def test_a_heading_that_was_deleted_is_the_one_finding(heading: str) -> None:
    text = """\
flow: call_back
steps:
  - ask: [name]
  - when: name
    steps:
      - say: Thank you.
slots:
  name:
    type: name
    ask: Who is calling?
  day:
    type: date
    ask: When?
"""
    wanted = text[: text.index(heading)].count("\n") + 1
    found = read(text.replace(heading, "", 1), "f.yaml").diagnostics

    assert [(one.code, one.span.line) for one in found] == [("FK206", wanted)]


def test_what_follows_from_one_misplaced_line_is_not_told() -> None:
    text = "steps:\n  say: One.\n  ask: [a]\n" + "    with: [a]\n  - end: x\n" * 4

    found = read(text, "f.yaml").diagnostics

    assert [one.code for one in found].count("FK108") == 1


def test_a_dash_needs_its_space() -> None:
    found = read("steps:\n  -say: One.\n  - end: x\n", "f.yaml").diagnostics

    assert [(one.code, one.fix and one.fix.text) for one in found] == [("FK101", "- ")]
