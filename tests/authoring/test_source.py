from __future__ import annotations

import time
from textwrap import dedent

import pytest

from flowkit.authoring.nodes import Block, Listing, Node, Scalar
from flowkit.authoring.source import LARGEST_FILE, decode, read


def data(node: Node | None) -> object:
    match node:
        case Scalar():
            return node.text
        case Listing():
            return [data(item) for item in node.items]
        case Block():
            return {entry.key.text: data(entry.value) for entry in node.entries}
        case None:
            return None


def findings(text: str, *, braces: bool = False) -> list[tuple[str, int, int]]:
    return [
        (found.code, found.span.line, found.span.column)
        for found in read(dedent(text), "flow.yaml", braces=braces).diagnostics
    ]


def test_every_scalar_stays_what_was_written() -> None:
    root = read("a: 19:30\nb: no\nc: 0123\nd: 1e3\ne: ~\nf: 'x'\n", "f.yaml").root

    assert data(root) == {
        "a": "19:30", "b": "no", "c": "0123", "d": "1e3", "e": "~", "f": "x",
    }  # fmt: skip


@pytest.mark.parametrize(
    "value", ["19:30", "08:15", "7:05", "no", "01234", "NO", "1_0"]
)
def test_fault_05_values_stay_text(value: str) -> None:
    assert data(read(f"time: {value}\n", "f.yaml").root) == {"time": value}


def test_places_are_those_of_the_file() -> None:
    root = read("flow: x\nsteps:\n  - say: Hello there\n", "f.yaml").root
    assert isinstance(root, Block)
    steps = root.get("steps")
    assert isinstance(steps, Listing)
    say = steps.items[0]
    assert isinstance(say, Block)
    scalar = say.get("say")
    assert isinstance(scalar, Scalar)

    assert (scalar.span.line, scalar.span.column, scalar.span.end_column) == (3, 10, 21)
    word = scalar.at(6, 11)
    assert (word.line, word.column, word.end_column) == (3, 16, 21)
    assert scalar.line == "f.yaml:3"


def test_a_word_of_a_folded_text_has_its_own_line() -> None:
    root = read("say: >\n  one two\n  three two\n", "f.yaml").root
    assert isinstance(root, Block)
    scalar = root.get("say")
    assert isinstance(scalar, Scalar)

    at = scalar.text.rindex("two")
    place = scalar.at(at, at + 3)
    assert (place.line, place.column) == (3, 9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2\n", [("FK103", 2, 1)]),
        ("say: Open at: five\n", [("FK104", 1, 13)]),
        ("say: {{ name }}, hello\n", [("FK105", 1, 6)]),
        ('say: "never\nb: 1\n', [("FK106", 1, 6)]),
        ("say: 'It's fine'\n", [("FK106", 1, 9)]),
        ("say: *really* good\n", [("FK107", 1, 6)]),
        ("say: @home\n", [("FK107", 1, 6)]),
        ("say: %5 off\n", [("FK107", 1, 6)]),
        ("say: `tick`\n", [("FK107", 1, 6)]),
        ("say: > 10 people\n", [("FK107", 1, 6)]),
        ("say: [laughs] hello\n", [("FK107", 1, 6)]),
        ("a: 1\n\tb: 2\n", [("FK102", 2, 1)]),
        ("a: 1\n\u00a0\u00a0b: 2\n", [("FK116", 2, 1)]),
        ("a:\n \u00a0b: 1\n \u00a0c: 2\n", [("FK116", 2, 2)]),
        ("a:\u00a0b\n", [("FK116", 1, 3)]),
        ("a: 5\u00a0kg\n", []),
        ("say: Table #4\n", [("FK109", 1, 12)]),
        ("say: Hello  # a comment\n", []),
        ("a: &x b\n", [("FK107", 1, 4)]),
        ("a: &x\n  b: 1\n", [("FK110", 1, 4)]),
        ("a: *x\n", [("FK110", 1, 4)]),
        ("a: !!python/object:os.system ls\n", [("FK111", 1, 4)]),
        ("a: {b: c}\n", [("FK113", 1, 4)]),
        ("a: b\n---\nc: d\n", [("FK117", 2, 1)]),
        ("", [("FK118", 1, 1)]),
        ("# nothing\n", [("FK118", 1, 1)]),
        ("say:Hello\n", [("FK101", 1, 4)]),
        ("flow x\nsteps:\n  - end\n", [("FK101", 1, 1)]),
    ],
)
def test_a_mistake_is_found_at_its_place(
    text: str, expected: list[tuple[str, int, int]]
) -> None:
    assert findings(text) == expected


def test_a_list_is_no_key() -> None:
    assert findings("{[a]: b}\n", braces=True) == [("FK119", 1, 2)]


def test_braces_are_fine_where_they_are_allowed() -> None:
    assert findings("a: {b: c}\n", braces=True) == []


def test_all_mistakes_are_found_in_one_run() -> None:
    text = """\
        flow: x
        steps:
          - say: We open: at five
          - say: {{ name }}
          - say: 'It's fine'
          - say: *bold*
        slots:
          a: 1
          a: 2
        """

    assert [code for code, _, _ in findings(text)] == [
        "FK104", "FK105", "FK106", "FK107", "FK103",
    ]  # fmt: skip


def test_what_stands_behind_a_broken_block_is_read() -> None:
    text = dedent(
        """\
        flow: x
        steps:
          - say: a
         - say: b
        slots:
          name:
            type: name
        """
    )
    read_ = read(text, "f.yaml")

    assert isinstance(read_.root, Block)
    assert data(read_.root.get("slots")) == {"name": {"type": "name"}}


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("say: Open at: five\n", 'say: "Open at: five"\n'),
        ("say: {{ name }}\n", 'say: "{{ name }}"\n'),
        ('say: {{ name }} says "hi"\n', "say: '{{ name }} says \"hi\"'\n"),
        ("say: Table #4\n", 'say: "Table #4"\n'),
    ],
)
def test_a_fix_puts_the_text_into_quotes(text: str, mended: str) -> None:
    fix = read(text, "f.yaml").diagnostics[0].fix
    assert fix is not None
    line = text.split("\n")[0]
    made = line[: fix.span.column - 1] + fix.text + line[fix.span.end_column - 1 :]

    assert made + "\n" == mended
    assert read(mended, "f.yaml").diagnostics == ()


# --- faults --------------------------------------------------------------------------------


def timed(text: str, *, braces: bool = False) -> tuple[float, list[str]]:
    start = time.process_time()
    found = read(text, "f.yaml", braces=braces).diagnostics
    return time.process_time() - start, [one.code for one in found]


def test_fault_01_alias_bomb_is_refused_at_once() -> None:
    lines = ["a: &a [x, x]"]
    for one, other in zip("bcdefghij", "abcdefghi", strict=True):
        lines.append(f"{one}: &{one} [{', '.join([f'*{other}'] * 9)}]")

    seconds, codes = timed("\n".join(lines))

    assert set(codes) == {"FK110"}
    assert seconds < 0.5


def test_fault_02_recursive_alias_is_refused() -> None:
    assert findings("a: &a\n  b: *a\n") == [("FK110", 1, 4), ("FK110", 2, 6)]


@pytest.mark.parametrize("text", ["[" * 5_000, "- " * 5_000, "[a, " * 5_000])
def test_fault_03_depth_is_refused_at_once(text: str) -> None:
    seconds, codes = timed(text)

    assert codes == ["FK114"]
    assert seconds < 0.5


def test_fault_03_depth_of_blocks_is_refused_at_once() -> None:
    _, codes = timed("\n".join(" " * n + "a:" for n in range(700)))

    assert codes == ["FK114"]


def test_fault_04_duplicate_key_names_both_lines() -> None:
    found = read("a: 1\nb: 2\na: 3\n", "f.yaml").diagnostics[0]

    assert (found.code, found.span.line) == ("FK103", 3)
    assert "line 1" in found.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_fault_06_utf_16_is_refused(encoding: str) -> None:
    text, found = decode("flow: x\n".encode(encoding), "f.yaml")

    assert text is None
    assert [one.code for one in found] == ["FK116"]


def test_fault_06_bom_and_crlf_are_read() -> None:
    text, found = decode(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "f.yaml")
    assert text is not None
    assert found == []

    assert data(read(text, "f.yaml").root) == {"a": "1", "b": "2"}


def test_fault_06_latin_1_says_where() -> None:
    _, found = decode("a: 1\nb: café\n".encode("latin-1"), "f.yaml")

    assert [(one.code, one.span.line, one.span.column) for one in found] == [
        ("FK116", 2, 7)
    ]


def test_fault_07_a_large_file_is_refused_by_its_size() -> None:
    text, found = decode(b"a" * (LARGEST_FILE + 1), "f.yaml")

    assert text is None
    assert [one.code for one in found] == ["FK115"]


def test_fault_11_python_objects_are_refused() -> None:
    assert findings("a: !!python/object/apply:os.system [ls]\n") == [("FK111", 1, 4)]


@pytest.mark.parametrize(
    "text",
    [
        'x: "\n' * 20_000, "'" * 200_000, ": " * 100_000, "a: b: " * 40_000,
        "a: |\n" * 40_000, "? " * 20_000, "&a " * 9_000, "\x00" * 1_000, "%" * 5_000,
        "- a: b\n  c\n" * 15_000, "\ud800", "\u2028" * 1000, "a:\r\r\rb", "{{{{" * 2_000,
    ],
    ids=range(14),
)  # fmt: skip
def test_any_text_gives_findings_in_time(text: str) -> None:
    seconds, _ = timed(text)

    assert seconds < 2
