"""The diagram of an agent."""

import re
from pathlib import Path

from flowkit.authoring.compiler import compile_text, load_agent
from flowkit.authoring.graph import mermaid

GOOD = Path(__file__).parents[1] / "flows" / "good"


def test_steps_stand_below_each_other_and_branches_meet_again() -> None:
    compiled = compile_text(
        "flow: order\n"
        "steps:\n"
        "  - ask: [size]\n"
        '  - when: size == "large"\n'
        "    steps:\n"
        "      - say: That takes a while.\n"
        "  - say: One {{ size }} pizza.\n"
        "slots:\n"
        "  size:\n"
        "    type: choice\n"
        "    ask: Small or large?\n"
        "    choices: [small, large]\n"
    )
    assert compiled.agent is not None

    assert mermaid(compiled.agent) == (
        "flowchart TD\n"
        '  subgraph order_flow ["order"]\n'
        '    order_start(["order"])\n'
        '    order_0[/"ask: size"\\]\n'
        "    order_start --> order_0\n"
        '    order_1{"size == #quot;large#quot;"}\n'
        "    order_0 --> order_1\n"
        '    order_2["That takes a while."]\n'
        '    order_1 -->|"yes"| order_2\n'
        '    order_3["One #123;#123; size #125;#125; pizza."]\n'
        "    order_2 --> order_3\n"
        '    order_1 -->|"no"| order_3\n'
        '    order_4(("end"))\n'
        "    order_3 --> order_4\n"
        "  end\n"
    )


def test_every_flow_is_drawn_and_arrows_lead_to_nodes() -> None:
    drawn = mermaid(load_agent(GOOD / "hotel"))

    nodes = set(re.findall(r"^    (\w+)[\[({>]", drawn, re.M))
    arrows = re.findall(r"^ +(\w+) -[-.]+>(?:\|[^|]*\|)? (\w+)$", drawn, re.M)
    assert {"reception_start", "book_room_start", "identify_start"} <= nodes
    assert arrows
    assert {end for arrow in arrows for end in arrow} <= nodes


def test_all_kinds_of_steps_are_drawn() -> None:
    drawn = mermaid(load_agent(GOOD / "full_evening.yaml"))

    for words in (
        "do: find_table", '|"fails"|', "handoff: ", '|"nobody there"|', "offer: ",
        '|"none suits"|', "ask again: date, time", '|"too often"|', "confirm: ",
        '[["do: make_booking"]]', '|"changed later"|', "end: nobody_there",
    ):  # fmt: skip
        assert words in drawn, words
