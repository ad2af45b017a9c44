"""Each kind of line of a talk: when it holds, and what is said when it does not."""

import pytest
from played_talks import outcome

PASSING = {
    "a whole call": """
        talk:
          - bot: welcome to the SHOP
          - bot_asks: size
          - caller: forty
          - bot_asks: day
          - caller: on friday
          - tool: look
            with: {size: 40, day: 2026-11-27}
          - bot_confirms: [size, day]
          - caller: yes please
          - tool: order
            with: {size: 40}
          - bot: number is A 1 2
        ends: ordered
        """,
    "means instead of words": """
        talk:
          - caller: whatever
            means: {size: 40, day: 2026-11-27}
          - slots: {size: 40, day: 2026-11-27}
          - caller: mumble
            means: yes
        ends: ordered
        """,
    "several acts": """
        talk:
          - caller: forty, no, on friday, where are you
            means:
              - {size: 40}
              - ask_about: where the shop is
          - bot: Main Street
          - bot_asks: day
        ends: waiting
        """,
    "waiting": """
        talk:
          - caller: forty
        ends: waiting
        """,
    "starting at a step": """
        start_at: confirm
        slots: {size: 40, day: 2026-11-27}
        talk:
          - bot_confirms: [size, day]
          - caller: "yes"
          - tool: order
        ends: ordered
        """,
    "a value that is not there": """
        talk:
          - slots: {size: null}
          - caller: forty
          - slots: {size: 40, day: }
        ends: waiting
        """,
    "a refused value": """
        talk:
          - caller: size seventy
          - bot: too large
          - slots: {size: null}
        ends: waiting
        """,
    "a tool that fails": """
        tools: {look: fail}
        talk:
          - caller: forty on friday
          - bot: can't look
        ends: handoff
        """,
    "a slow tool is covered, and then too slow": """
        tools: {look: slow}
        talk:
          - caller: forty on friday
          - tool: look
          - bot: I'm looking
          - bot: still working
          - bot: can't look
        ends: handoff
        """,
    "a tool that answers late": """
        tools:
          look: {slow: 2 seconds, answer: {left: none}}
        talk:
          - caller: forty on friday
          - bot: I'm looking
          - bot: nothing left
        ends: sold_out
        """,
    "answers in turn": """
        tools:
          look:
            - {left: many}
            - {left: none}
        talk:
          - caller: forty on friday
          - bot_confirms: [size]
          - caller: no, make it forty one
            means: {size: 41}
          - tool: look
            with: {size: 41}
          - bot: nothing left
        ends: sold_out
        """,
    "silence": """
        talk:
          - bot_asks: size
          - silence: 5 seconds
          - silence: 1 second
          - bot: Are you still there?
        ends: waiting
        """,
    "long silence climbs the ladder to its end": """
        talk:
          - bot_asks: size
          - silence: 1 minute
        ends: handoff
        """,
    "keys": """
        talk:
          - bot_asks: size
          - keys: "40#"
          - slots: {size: 40}
        ends: waiting
        """,
    "keys without a hash": """
        talk:
          - bot_asks: size
          - keys: "40"
          - slots: {size: 40}
        ends: waiting
        """,
    "talking over the agent": """
        talk:
          - bot_asks: size
          - caller_over_bot: mm-hm
          - bot_keeps_talking
          - caller_over_bot: forty
          - bot_stops
          - slots: {size: 40}
          - bot_asks: day
        ends: waiting
        """,
    "talking over a prompt that must be heard": """
        talk:
          - bot: Welcome
          - caller_over_bot: forty
            after: 2 words
          - bot_keeps_talking
          - slots: {size: 40}
          - bot_asks: day
        ends: waiting
        """,
    "hanging up": """
        talk:
          - caller: forty
          - caller_hangs_up
        ends: hung_up
        """,
}


@pytest.mark.parametrize("name", PASSING)
def test_a_talk_that_happens_passes(name, tmp_path):
    assert outcome(tmp_path, PASSING[name]) == "passed"


FAILING = {
    "words that are not said": (
        """
        talk:
          - bot: Good morning
        """,
        'line 9: the agent says "Good morning"; it says: Welcome to the shop. '
        "Which size?",
    ),
    "words from before the caller's line": (
        """
        talk:
          - caller: forty
          - bot: Welcome
        """,
        'line 10: the agent says "Welcome"; it says: For which day?',
    ),
    "another question": (
        """
        talk:
          - bot_asks: day
        """,
        "line 9: the agent asks for day; it waits for size; it says: Welcome to the "
        "shop. Which size?",
    ),
    "another value": (
        """
        talk:
          - caller: forty
          - slots: {size: 41}
        """,
        "line 10: the slots are size: 41; size is 40, not 41",
    ),
    "no tool": (
        """
        talk:
          - caller: forty
          - tool: look
        """,
        "line 10: the tool look is called; no tool is called; it waits for day; it "
        "says: For which day?",
    ),
    "other arguments": (
        """
        talk:
          - caller: forty on friday
          - tool: look
            with: {size: 41}
        """,
        "line 10: the tool look is called with {size: 41}; called are: look with "
        "{size: 40, day: 2026-11-27}",
    ),
    "another end": (
        """
        start_at: confirm
        slots: {size: 40, day: 2026-11-27}
        talk:
          - caller: "yes"
        ends: sold_out
        """,
        "line 12: the call ends: sold_out; it ends: ordered",
    ),
    "an end that does not come": (
        """
        talk:
          - caller: forty
        ends: ordered
        """,
        "line 10: the call ends: ordered; it waits for day; it says: For which day?",
    ),
    "an end that comes": (
        """
        start_at: confirm
        slots: {size: 40, day: 2026-11-27}
        talk:
          - caller: "yes"
        ends: waiting
        """,
        "line 12: the call is still open; it ended: ordered",
    ),
    "no confirmation": (
        """
        talk:
          - caller: forty
          - bot_confirms: [size]
        """,
        "line 10: the agent has the caller confirm size; it waits for day; it says: "
        "For which day?",
    ),
    "no stop": (
        """
        talk:
          - bot_asks: size
          - caller_over_bot: mm-hm
          - bot_stops
        """,
        "line 11: the agent stops speaking; it talks on",
    ),
    "no going on": (
        """
        talk:
          - bot_asks: size
          - caller_over_bot: forty
          - bot_keeps_talking
        """,
        'line 11: the agent talks on; it stopped after "Welcome to the shop. Which"',
    ),
    "talking to nobody": (
        """
        talk:
          - caller: forty
          - caller_hangs_up
          - caller: hello?
        """,
        "line 11: the call is still open; it ended: hung_up",
    ),
    "talking over silence": (
        """
        talk:
          - bot_asks: size
          - silence: 1 second
          - caller_over_bot: forty
        """,
        "line 11: the agent is speaking when the caller talks over it; it is silent",
    ),
}


@pytest.mark.parametrize("name", FAILING)
def test_a_talk_that_goes_otherwise_says_where_and_how(name, tmp_path):
    talk, expected = FAILING[name]
    assert outcome(tmp_path, talk) == expected


def test_a_tool_that_is_not_mocked_is_really_called_with_seed_data(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "stock.txt").write_text("none", encoding="utf-8")
    (tmp_path / "tools.py").write_text(
        "from pathlib import Path\n"
        "from flowkit import tool\n"
        "@tool\n"
        "def look(size, day, *, call):\n"
        "    stock = Path(call.data) / 'stock.txt'\n"
        "    left = stock.read_text()\n"
        "    stock.write_text('many')\n"
        "    return {'left': left}\n"
        "@tool\n"
        "def order(size, day): return {'number': 'A1'}\n",
        encoding="utf-8",
    )
    talk = """
        talk:
          - caller: forty on friday
          - bot: nothing left
        ends: sold_out
        """
    top = "flow: shop\nnow: 2026-11-22 15:00\n"
    assert outcome(tmp_path, talk, top=top) == "passed"
    assert outcome(tmp_path, talk, top=top) == "passed"
    seed = tmp_path / "data" / "stock.txt"
    assert seed.read_text(encoding="utf-8") == "none"


def test_a_tool_that_breaks_its_promise_fails_the_talk(tmp_path):
    (tmp_path / "tools.py").write_text(
        "from flowkit import tool\n"
        "@tool\n"
        "def look(size, day): return object()\n"
        "@tool\n"
        "def order(size, day): return {'number': 'A1'}\n",
        encoding="utf-8",
    )
    talk = """
        talk:
          - caller: forty on friday
        ends: waiting
        """
    top = "flow: shop\nnow: 2026-11-22 15:00\n"
    found = outcome(tmp_path, talk, top=top)
    assert "the agent's Python does what it promises" in found
    assert "`look`, used at" in found
    assert "the result is a `object`" in found
