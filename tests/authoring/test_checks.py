"""What is wrong with a flow as a whole: each case gives exactly these findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowkit.authoring.compiler import compile_agent, compile_text

SLOTS = """\
slots:
  party_size:
    type: number
    ask: For how many people?
  date:
    type: date
    ask: For which day?
  time:
    type: time
    ask: At what time?
  name:
    type: name
    ask: What name?
"""
ALL = "  - ask: [party_size, date, time, name]\n"
USE = "  - say: For {{ party_size }} on {{ date }} at {{ time }} under {{ name }}.\n"


def flow_of(steps: str, slots: str = SLOTS, top: str = "") -> str:
    return f"flow: x\n{top}steps:\n{steps}{slots}"


def case(name: str, text: str, expected: list[tuple[str, int, int]]) -> object:
    return pytest.param(text, expected, id=name.replace(" ", "-"))


CASES = [
    case(
        "weekday in another language",
        flow_of(
            ALL + '  - when: date.weekday == "Montag"\n    steps:\n      - end\n' + USE
        ),
        [("FK405", 4, 28)],
    ),
    case(
        "weekday as a number",
        flow_of(ALL + "  - when: date.weekday > 5\n    steps:\n      - end\n" + USE),
        [("FK405", 4, 26)],
    ),
    case(
        "number with text",
        flow_of(
            ALL + '  - when: party_size == "four"\n    steps:\n      - end\n' + USE
        ),
        [("FK409", 4, 11)],
    ),
    case(
        "time with number",
        flow_of(ALL + "  - when: time > 17\n    steps:\n      - end\n" + USE),
        [("FK409", 4, 11)],
    ),
    case(
        "date with weekday",
        flow_of(ALL + '  - when: date == "friday"\n    steps:\n      - end\n' + USE),
        [("FK409", 4, 11)],
    ),
    case(
        "date with iso",
        flow_of(
            ALL + '  - when: date == "2026-12-24"\n    steps:\n      - end\n' + USE
        ),
        [],
    ),
    case(
        "date with time",
        flow_of(ALL + "  - when: date > time\n    steps:\n      - end\n" + USE),
        [("FK409", 4, 11)],
    ),
    case(
        "constant condition",
        flow_of(ALL + "  - when: true\n    steps:\n      - end\n" + USE),
        [("FK410", 4, 11)],
    ),
    case(
        "unknown part",
        flow_of(
            ALL + '  - when: date.wekday == "Monday"\n    steps:\n      - end\n' + USE
        ),
        [("FK312", 4, 16)],
    ),
    case(
        "part of caller",
        flow_of("  - when: caller.numer\n    steps:\n      - end\n  - say: Hi.\n", ""),
        [("FK312", 3, 18)],
    ),
    case(
        "not asked",
        flow_of("  - say: Hi {{ name }}.\n" + ALL + USE),
        [("FK406", 3, 16)],
    ),
    case(
        "asked in branch",
        flow_of(
            "  - ask: [party_size, date, time]\n  - when: party_size > 6\n    steps:\n      - ask: [name]\n"
            + USE
        ),
        [("FK406", 7, 68)],
    ),
    case(
        "guarded in branch",
        flow_of(
            "  - ask: [party_size, date, time]\n  - when: party_size > 6\n    steps:\n      - ask: [name]\n"
            + USE.replace("{{ name }}", "{% if name %}{{ name }}{% else %}x{% endif %}")
        ),
        [],
    ),
    case(
        "both branches ask",
        flow_of(
            "  - ask: [party_size, date, time]\n  - when: party_size > 6\n    steps:\n      - ask: [name]\n    otherwise:\n      - ask: [name]\n"
            + USE
        ),
        [],
    ),
    case(
        "branch that ends",
        flow_of(
            "  - ask: [party_size, date, time]\n  - when: party_size > 6\n    steps:\n      - end\n    otherwise:\n      - ask: [name]\n"
            + USE
        ),
        [],
    ),
    case(
        "same condition again",
        flow_of(
            "  - ask: [party_size, date, time]\n  - when: party_size > 6\n    steps:\n      - ask: [name]\n  - when: party_size > 6\n    steps:\n      - say: Hi {{ name }}.\n"
            + USE.replace(" under {{ name }}", "")
        ),
        [],
    ),
    case(
        "optional spoken",
        flow_of(ALL + USE, SLOTS + "    optional: true\n"),
        [("FK407", 4, 68)],
    ),
    case(
        "optional default",
        flow_of(
            ALL + USE.replace("{{ name }}", '{{ name | default("you") }}'),
            SLOTS + "    optional: true\n",
        ),
        [],
    ),
    case(
        "private spoken",
        flow_of(ALL + USE, SLOTS + "    private: true\n"),
        [("FK408", 4, 68)],
    ),
    case(
        "result before",
        flow_of(
            ALL
            + USE
            + "  - say: It is {{ table.status }}.\n  - do: look\n    with: [party_size]\n    save_as: table\n"
        ),
        [("FK406", 5, 19)],
    ),
    case(
        "withheld number",
        flow_of("  - say: You call from {{ caller.number }}.\n", ""),
        [("FK406", 3, 27)],
    ),
    case(
        "confirm without value",
        flow_of("  - confirm: Shall I send it?\n  - do: send\n", ""),
        [("FK415", 3, 14)],
    ),
    case(
        "not spoken by confirm",
        flow_of(
            ALL
            + "  - confirm: A table on {{ date }}. Right?\n  - do: book\n    with: [date, party_size, name]\n  - say: At {{ time }}.\n"
        ),
        [("FK503", 6, 18)],
    ),
    case(
        "read back is enough",
        flow_of(
            ALL
            + "  - confirm: A table on {{ date }}. Right?\n  - do: book\n    with: [date, name]\n  - say: At {{ time }} for {{ party_size }}.\n",
            SLOTS + "    read_back: always\n",
        ),
        [],
    ),
    case(
        "after the end",
        flow_of("  - say: Hi.\n  - end\n  - say: Ho.\n  - say: Hu.\n", ""),
        [("FK501", 5, 5)],
    ),
    case(
        "both branches end",
        flow_of(
            ALL
            + USE
            + "  - when: party_size > 6\n    steps:\n      - end\n    otherwise:\n      - handoff: x\n  - say: Ho.\n"
        ),
        [("FK501", 10, 5)],
    ),
    case(
        "asked again each time",
        flow_of(ALL + "  - ask_again: [date]\n    then:\n      - handoff: x\n" + USE),
        [("FK501", 7, 5)],
    ),
    case(
        "ladder speaks only",
        flow_of(ALL + USE, SLOTS + "    if_silent:\n      - say: Hello?\n"),
        [("FK506", 19, 9)],
    ),
    case(
        "skip not optional",
        flow_of(ALL + USE, SLOTS + "    if_silent:\n      - skip\n"),
        [("FK507", 19, 9)],
    ),
    case(
        "skip as a step",
        flow_of(ALL + USE + "  - skip\n"),
        [("FK216", 5, 5)],
    ),
    case(
        "skip in defaults",
        flow_of(ALL + USE, SLOTS + "defaults:\n  if_silent:\n    - skip\n"),
        [("FK507", 20, 7)],
    ),
    case(
        "none suit falls through",
        flow_of(
            ALL
            + USE
            + "  - do: look\n    with: [date]\n    save_as: table\n  - offer: table.times\n    into: [time]\n    say: I have {{ choices }}. Which?\n    if_none_suit:\n      - say: Pity.\n"
        ),
        [("FK508", 11, 5)],
    ),
    case(
        "offer without choices",
        flow_of(
            ALL
            + USE
            + "  - do: look\n    with: [date]\n    save_as: table\n  - offer: table.times\n    into: [time]\n    say: Which?\n    if_none_suit:\n      - end\n"
        ),
        [("FK423", 10, 10)],
    ),
    case(
        "fails falls through",
        flow_of(
            ALL
            + USE
            + "  - do: look\n    with: [date]\n    save_as: table\n    if_it_fails:\n      - say: Oh.\n  - say: It is {{ table.status }}.\n"
        ),
        [("FK509", 8, 5)],
    ),
    case(
        "fails may return",
        flow_of(
            ALL
            + USE
            + "  - do: look\n    with: [date]\n    if_it_fails:\n      - say: Oh.\n"
        ),
        [],
    ),
    case(
        "result of itself",
        flow_of(
            ALL + USE + "  - do: look\n    with: [date, table]\n    save_as: table\n"
        ),
        [("FK504", 6, 18)],
    ),
    case(
        "results in a circle",
        flow_of(
            ALL
            + USE
            + "  - do: one\n    with: [b]\n    save_as: a\n  - do: two\n    with: [a]\n    save_as: b\n"
        ),
        [("FK504", 6, 12)],
    ),
    case(
        "saved twice",
        flow_of(
            ALL + USE + "  - do: one\n    save_as: a\n  - do: two\n    save_as: a\n"
        ),
        [("FK311", 8, 14)],
    ),
    case(
        "repeat and not",
        flow_of(
            ALL
            + USE
            + "  - do: one\n    can_be_repeated: true\n    cannot_be_undone: true\n"
        ),
        [("FK522", 6, 5)],
    ),
    case(
        "changed later never",
        flow_of(ALL + USE + "  - do: one\n    if_changed_later:\n      - end\n"),
        [("FK523", 6, 5)],
    ),
    case(
        "rule reads result",
        flow_of(
            ALL + USE + "  - do: one\n    save_as: a\n",
            SLOTS
            + "    rules:\n      - must: name != a.name\n        otherwise: Which name?\n",
        ),
        [("FK417", 21, 23)],
    ),
    case(
        "otherwise asks nothing",
        flow_of(
            ALL + USE,
            SLOTS
            + '    rules:\n      - must: name != "x"\n        otherwise: Not that.\n',
        ),
        [("FK905", 20, 20)],
    ),
    case(
        "never asked",
        flow_of(
            "  - ask: [party_size, date, time]\n" + USE.replace(" under {{ name }}", "")
        ),
        [("FK313", 15, 3)],
    ),
    case(
        "never used",
        flow_of(ALL + USE.replace(" under {{ name }}", "")),
        [("FK314", 15, 3)],
    ),
    case(
        "asked to be put through",
        flow_of(
            ALL + USE.replace(" under {{ name }}", ""),
            SLOTS.replace(
                "    ask: What name?\n",
                '    ask: What name?\n    rules:\n      - must: name != "Boss"\n'
                "        otherwise:\n          - handoff: The boss\n",
            ),
        ),
        [],
    ),
    case(
        "no question",
        flow_of(ALL + USE, SLOTS.replace("    ask: What name?\n", "")),
        [("FK514", 15, 3)],
    ),
    case(
        "phone not private",
        flow_of(
            "  - ask: [phone]\n  - do: call_back\n    with: [phone]\n",
            "slots:\n  phone:\n    type: phone\n    ask: Your number?\n",
        ),
        [("FK904", 7, 3)],
    ),
    case(
        "private suggestion",
        flow_of(
            "  - ask: [iban]\n  - do: pay\n    with: [iban]\n",
            "slots:\n  iban:\n    type: code\n    ask: Your account?\n    private: true\n    suggest: call.id\n",
        ),
        [("FK420", 11, 5)],
    ),
    case(
        "long sentence",
        flow_of("  - say: " + "word " * 31 + ".\n", ""),
        [("FK901", 3, 10)],
    ),
    case(
        "long list",
        flow_of("  - say: We have soup, salad, pasta, pizza, fish and meat.\n", ""),
        [("FK902", 3, 10)],
    ),
    case(
        "two questions",
        flow_of("  - say: How are you? And your dog?\n", ""),
        [("FK903", 3, 10)],
    ),
    case(
        "written",
        flow_of("  - say: See www.bella.example.\n", ""),
        [("FK907", 3, 14)],
    ),
    case(
        "said once",
        flow_of(
            ALL
            + USE
            + "  - do: look\n    with: [date]\n    save_as: table\n  - say: Good news, we have one.\n"
        ),
        [("FK906", 8, 5)],
    ),
    case(
        "overlapping entries",
        flow_of(
            "  - say: Hi.\n",
            "anytime:\n  - caller_asks: where to park\n    such_as:\n      - can I park\n    say: Here.\n  - caller_asks: about cars\n    such_as:\n      - Can I park?\n    say: There.\n",
        ),
        [("FK513", 11, 9)],
    ),
    case(
        "starts itself",
        "flow: x\nsteps:\n  - say: Hi.\n  - do_flow: x\n",
        [("FK505", 4, 14)],
    ),
    case(
        "private given",
        flow_of(
            "  - say: Your {{ thing }}.\n",
            "given:\n  thing:\n    type: text\n    private: true\n",
        ),
        [("FK419", 3, 18)],
    ),
    case(
        "private given in when",
        flow_of(
            "  - when: thing\n    steps:\n      - say: Your {{ thing }}.\n",
            "given:\n  thing:\n    type: text\n    private: true\n",
        ),
        [],
    ),
    case(
        "one name twice",
        flow_of(ALL + USE + "  - do: one\n    save_as: name\n"),
        [("FK310", 6, 14)],
    ),
    case(
        "taken name",
        flow_of(
            "  - ask: [today]\n  - say: Hi.\n",
            "slots:\n  today:\n    type: date\n    ask: When?\n",
        ),
        [("FK222", 6, 3), ("FK314", 6, 3)],
    ),
    case(
        "after a number",
        flow_of(ALL + USE, SLOTS + "    after: date\n"),
        [("FK516", 18, 12)],
    ),
    case(
        "choice not there",
        flow_of(
            '  - ask: [size]\n  - when: size == "lrage"\n    steps:\n      - end\n',
            "slots:\n  size:\n    type: choice\n    ask: Large or small?\n    choices: [large, small]\n",
        ),
        [("FK315", 4, 20)],
    ),
    case(
        "word twice",
        flow_of(
            "  - ask: [size]\n  - say: A {{ size }} one.\n",
            "slots:\n  size:\n    type: choice\n    ask: Large or small?\n    choices:\n      large: [big]\n      huge: [big]\n",
        ),
        [("FK316", 11, 7)],
    ),
    case(
        "choice without choices",
        flow_of(
            "  - ask: [size]\n  - say: A {{ size }} one.\n",
            "slots:\n  size:\n    type: choice\n    ask: Large or small?\n",
        ),
        [("FK206", 7, 5)],
    ),
    case(
        "unknown option",
        flow_of(ALL + USE, SLOTS + "    length: 4\n"),
        [("FK217", 18, 13)],
    ),
    case(
        "keypad for a name",
        flow_of(ALL + USE, SLOTS + "    keypad: true\n"),
        [("FK217", 18, 5)],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_flow_gives_exactly_its_findings(
    text: str, expected: list[tuple[str, int, int]]
) -> None:
    found = [
        (one.code, one.span.line, one.span.column)
        for one in compile_text(text).diagnostics
        if one.code != "FK613"  # no Python stands beside a text
    ]

    assert found == expected


TOOLS = """\
from typing import TypedDict
from flowkit.extensions import tool, validator

class Table(TypedDict):
    status: str

@tool
def look(date, name) -> Table: ...

@tool(cannot_be_undone=True)
def pay(name=None): ...

@validator
def open_then(time, hours): ...

@validator
def late(table): ...
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        case(
            "an optional slot that the tool needs",
            flow_of(ALL + USE.replace(" {{ name }}", "") + "  - do: look\n",
                    SLOTS + "    optional: true\n"),
            [("FK510", 5, 5)],
        ),
        case(
            "a tool that cannot be undone without a confirm",
            flow_of(ALL + USE + "  - do: pay\n"),
            [("FK502", 5, 5)],
        ),
        case(
            "a step that says so itself",
            flow_of(ALL + USE + "  - do: pay\n    cannot_be_undone: true\n"),
            [],
        ),
        case(
            "a field that is never returned",
            flow_of(ALL + USE + "  - do: look\n    save_as: table\n"
                    '  - when: table.stauts == "full"\n    steps:\n      - end\n'),
            [("FK612", 7, 17)],
        ),
        case(
            "a slot that the tool never returns",
            flow_of(ALL + USE + "  - do: look\n    into: [time]\n"),
            [("FK612", 6, 12)],
        ),
        case(
            "an argument that the tool does not take",
            flow_of(ALL + USE + "  - do: look\n    with: [date, name, time]\n"),
            [("FK605", 6, 24)],
        ),
        case(
            "an argument that the tool needs",
            flow_of(ALL + USE + "  - do: look\n    with: [date]\n"),
            [("FK606", 6, 5)],
        ),
        case(
            "a validator that reads what is not there",
            flow_of(ALL + USE, SLOTS + "    rules:\n      - check: open_then\n"
                    "        otherwise: No. Who?\n"),
            [("FK607", 19, 16)],
        ),
        case(
            "a validator that reads a result",
            flow_of(ALL + USE + "  - do: look\n    save_as: table\n",
                    SLOTS + "    rules:\n      - check: late\n"
                    "        otherwise: No. Who?\n"),
            [("FK417", 21, 16)],
        ),
        case(
            "a validator that is a tool",
            flow_of(ALL + USE, SLOTS + "    rules:\n      - check: pay\n"
                    "        otherwise: No. Who?\n"),
            [("FK608", 19, 16)],
        ),
        case(
            "a validator that is misspelt",
            flow_of(ALL + USE, SLOTS + "    rules:\n      - check: lat\n"
                    "        otherwise: No. Who?\n"),
            [("FK306", 19, 16)],
        ),
    ],
)  # fmt: skip
def test_a_flow_with_python_gives_exactly_its_findings(
    tmp_path: Path, text: str, expected: list[tuple[str, int, int]]
) -> None:
    (tmp_path / "x.yaml").write_text(text)
    (tmp_path / "tools.py").write_text(TOOLS)

    found = [
        (one.code, one.span.line, one.span.column)
        for one in compile_agent(tmp_path / "x.yaml").diagnostics
    ]

    assert found == expected


def folder(path: Path, **flows: str) -> Path:
    (path / "agent.yaml").write_text("agent: a\nstart: one\n")
    for name, text in flows.items():
        (path / f"{name}.yaml").write_text(text)
    return path


def found_in(path: Path) -> list[tuple[str, str, int]]:
    return [
        (one.code, Path(one.span.path).name, one.span.line)
        for one in compile_agent(path).diagnostics
    ]


ASKS = "slots:\n  day:\n    type: date\n    ask: Which day?\n"


def test_flows_that_start_each_other_silently(tmp_path: Path) -> None:
    folder(
        tmp_path,
        one="flow: one\nsteps:\n  - go_to: two\n",
        two="flow: two\nsteps:\n  - say: Hi.\n  - go_to: one\n",
    )

    assert found_in(tmp_path) == [("FK505", "one.yaml", 3)]


def test_flows_that_ask_in_between_may_start_each_other(tmp_path: Path) -> None:
    folder(
        tmp_path,
        one="flow: one\nsteps:\n  - go_to: two\n",
        two="flow: two\nsteps:\n  - ask: [day]\n  - say: On {{ day }}.\n"
        "  - go_to: one\n" + ASKS,
    )

    assert found_in(tmp_path) == []


def test_a_flow_that_nothing_starts(tmp_path: Path) -> None:
    folder(
        tmp_path,
        one="flow: one\nsteps:\n  - say: Hi.\n",
        two="flow: two\nsteps:\n  - say: Ho.\n",
    )

    assert found_in(tmp_path) == [("FK512", "two.yaml", 1)]


def test_slots_that_should_be_shared(tmp_path: Path) -> None:
    both = "steps:\n  - ask: [day]\n  - say: On {{ day }}.\n  - go_to: {}\n" + ASKS
    folder(
        tmp_path,
        one="flow: one\n" + both.replace("{}", "two"),
        two="flow: two\n" + both.replace("{}", "one"),
    )

    assert found_in(tmp_path) == [("FK515", "two.yaml", 7)]


def test_two_flows_of_one_name(tmp_path: Path) -> None:
    hello = "flow: one\nsteps:\n  - say: Hi.\n"
    folder(tmp_path, one=hello, two=hello)

    assert found_in(tmp_path)[0] == ("FK309", "two.yaml", 1)


def test_nothing_says_which_flow_answers(tmp_path: Path) -> None:
    for name in ("a", "b"):
        text = f"flow: {name}\nsteps:\n  - say: Hi.\n"
        (tmp_path / f"{name}.yaml").write_text(text)

    assert found_in(tmp_path) == [("FK206", "a.yaml", 1)]


def test_a_slot_carried_to_a_flow_that_does_not_have_it(tmp_path: Path) -> None:
    folder(
        tmp_path,
        one="flow: one\nsteps:\n  - ask: [day]\n  - go_to: two\n    with: [day]\n"
        + ASKS,
        two="flow: two\nsteps:\n  - say: Hi.\n",
    )

    assert found_in(tmp_path) == [("FK303", "one.yaml", 5)]
