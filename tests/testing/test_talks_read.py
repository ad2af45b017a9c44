"""What is wrong in a test file, with its place."""

import pytest
from played_talks import SHOP, TOP, suite

from flowkit.authoring.talks import Answer, Line
from flowkit.dialogue import acts

TALK = """
- test: It
  talk:
"""


def findings(folder, talks, *, top=TOP):
    found = suite(folder, talks, top=top).diagnostics
    return [(one.code, one.span.line, one.span.column) for one in found]


def talk_of(folder, talks, **others):
    read = suite(folder, talks, **others)
    assert read.diagnostics == ()
    return read.talks[0]


WRONG_LINES = {
    "- bot_ask: size": ("FK201", 9, 9),
    "- just words": ("FK202", 9, 9),
    "- bot_asks: syze": ("FK303", 9, 19),
    "- slots: {syze: 40}": ("FK303", 9, 17),
    "- slots: {size: many}": ("FK703", 9, 23),
    "- slots: forty": ("FK202", 9, 16),
    "- tool: lock": ("FK305", 9, 15),
    "- silence: for ages": ("FK208", 9, 18),
    "- bot:": ("FK207", 9, 9),
    "- bot_stops": ("FK702", 9, 9),
    "- caller: hi\n      means: yess": ("FK701", 10, 16),
    "- caller: hi\n      means: {syze: 40}": ("FK701", 10, 17),
    "- caller: hi\n      means: {choose: last}": ("FK209", 10, 25),
    "- caller: hi\n      means: {start: nowhere}": ("FK301", 10, 24),
    "- caller: hi\n      means: {ask_about: pets}": ("FK701", 10, 28),
    "- caller: hi\n      means: {repeat: louder}": ("FK210", 10, 25),
    "- caller: hi\n      meens: yes": ("FK201", 10, 9),
    "- caller: hi\n      bot: hello": ("FK205", 10, 9),
    "- caller_over_bot: hi\n      after: a while": ("FK209", 10, 16),
}


@pytest.mark.parametrize("line", WRONG_LINES)
def test_a_wrong_line_is_found_with_its_place(line, tmp_path):
    assert findings(tmp_path, f"{TALK}    {line}") == [WRONG_LINES[line]]


@pytest.mark.parametrize(
    ("talks", "found"),
    [
        ("- test: It", ("FK206", 7, 5)),
        ("- test: It\n  talk: hello", ("FK202", 8, 11)),
        ("- test: It\n  talk: []\n  ends: ordred", ("FK210", 9, 11)),
        ("- test: It\n  talk: []\n  start_at: pay", ("FK317", 9, 15)),
        ("- test: It\n  tlak: []\n  talk: []", ("FK201", 8, 5)),
        ("- test: It\n  talk: []\n  now: soon", ("FK705", 9, 10)),
        ("- test: It\n  talk: []\n  language: xx", ("FK221", 9, 15)),
        ("- test: It\n  talk: []\n  given: {who: me}", ("FK302", 9, 13)),
        ("- test: It\n  talk: []\n- test: It\n  talk: []", ("FK704", 9, 11)),
        ("- only words", ("FK202", 7, 5)),
    ],
)
def test_a_wrong_test_is_found_with_its_place(talks, found, tmp_path):
    assert findings(tmp_path, talks) == [found]


def test_an_unknown_flow_is_found_once(tmp_path):
    top = "flow: shopp\n"
    (tmp_path / "agent.yaml").write_text("agent: a\nstart: shop\n", encoding="utf-8")
    assert findings(tmp_path, "- test: It\n  talk: []", top=top) == [("FK301", 1, 7)]


def test_everything_is_found_in_one_run(tmp_path):
    talks = f"{TALK}    - bot_asks: syze\n    - caller: x\n      means: yess\n    - silence: x"
    assert [code for code, *_ in findings(tmp_path, talks)] == [
        "FK303",
        "FK701",
        "FK208",
    ]


def test_a_near_name_is_suggested(tmp_path):
    read = suite(tmp_path, f"{TALK}    - bot_asks: syze")
    assert read.diagnostics[0].help == 'Did you mean "size"?'


MEANINGS = {
    "yes": (acts.Yes(),),
    "person": (acts.Person(),),
    "off_topic": (acts.OffTopic(),),
    "filler": (acts.Nothing(filler=True),),
    "unclear": (acts.Unclear(),),
    "{size: 40}": (acts.Set("size", 40),),
    "{set: {size: 40}}": (acts.Set("size", 40),),
    "{size: 40, day: 2026-11-27}": (
        acts.Set("size", 40),
        acts.Set("day", "2026-11-27"),
    ),
    "{choose: 2}": (acts.Choose(1),),
    "{unset: day}": (acts.Unset("day"),),
    "{unset: [day, size]}": (acts.Unset("day"), acts.Unset("size")),
    "{not: {day: 2026-11-27}}": (acts.Not("day", "2026-11-27"),),
    "{start: shop}": (acts.Start("shop"),),
    "{ask_about: where the shop is}": (acts.AskAbout("anytime.0"),),
    "{ask_about: the shop}": (acts.AskAbout("anytime.0"),),
    "{repeat: slower}": (acts.Repeat("slower"),),
    "{same: caller.number}": (acts.Same("caller.number"),),
    "{same: {size: before}}": (acts.Same("before", "size"),),
    "{unclear: {day: vague}}": (acts.Unclear(slot="day", why="vague"),),
    "{unclear: [{size: 7}, {size: 8}]}": (
        acts.Unclear((acts.Set("size", 7), acts.Set("size", 8))),
    ),
    "[no, {size: 40}]": (acts.No(), acts.Set("size", 40)),
}


@pytest.mark.parametrize("means", MEANINGS)
def test_means_gives_the_acts(means, tmp_path):
    talk = talk_of(tmp_path, f"{TALK}    - caller: hm\n      means: {means}")
    assert talk.lines[0].means == MEANINGS[means]


def test_a_test_takes_what_stands_at_the_top_and_adds_its_own(tmp_path):
    talks = """
    - test: It
      now: 2026-12-24 09:00
      caller: {number: "+1 617 555 0142", known: true}
      slots: {day: 2026-11-27}
      tools: {order: fail}
      start_at: confirm
      talk: []
      ends: waiting
    """
    talk = talk_of(tmp_path, talks, top=TOP + "slots: {size: 40}\n")
    assert talk.now.isoformat() == "2026-12-24T09:00:00+00:00"
    assert (talk.number, talk.known) == ("+16175550142", True)
    assert talk.slots == {"size": 40, "day": "2026-11-27"}
    assert talk.tools == {
        "look": (Answer("result", {"left": "many"}),),
        "order": (Answer("fail"),),
    }
    assert (talk.start_at, talk.ends) == ("confirm", "waiting")


def test_without_now_every_call_is_on_the_same_day(tmp_path):
    talk = talk_of(tmp_path, "- test: It\n  talk: []", top="flow: shop\n")
    assert talk.now.isoformat() == "2026-01-05T12:00:00+00:00"


def test_data_in_a_file_are_what_they_look_like(tmp_path):
    top = (
        "flow: shop\ntools:\n"
        '  look: {a: 1, b: 1.5, c: true, d: "7", e: 0123, f: 19:30, g: , h: [1, x]}\n'
    )
    talk = talk_of(tmp_path, "- test: It\n  talk: []", top=top)
    assert talk.tools["look"][0].result == {
        "a": 1,
        "b": 1.5,
        "c": True,
        "d": "7",
        "e": "0123",
        "f": "19:30",
        "g": None,
        "h": [1, "x"],
    }


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("6 seconds", 6),
        ("1 minute", 60),
        ("90", 90),
        ("500 ms", 0.5),
        ("1.5 s", 1.5),
        ("20 milliseconds", 0.02),
        ("2 min", 120),
        ("1 h", 3600),
    ],
)
def test_lengths_of_time(written, seconds, tmp_path):
    talk = talk_of(tmp_path, f"{TALK}    - silence: {written}")
    assert talk.lines[0].seconds == seconds


def test_a_line_knows_its_place(tmp_path):
    talk = talk_of(tmp_path, f"{TALK}    - caller_over_bot: hi\n      after: 3 words")
    line = talk.lines[0]
    assert isinstance(line, Line)
    assert (line.kind, line.text, line.after) == ("caller_over_bot", "hi", 3)
    assert (line.span.line, line.span.column) == (9, 9)


def test_a_broken_agent_is_told_instead_of_its_tests(tmp_path):
    flow = SHOP.replace("ask: [size, day]", "ask: [syze, day]")
    read = suite(tmp_path, "- test: It\n  talk: []", flow=flow)
    assert read.agent is None
    assert read.talks == ()
    assert "FK303" in {one.code for one in read.diagnostics}


def test_a_file_that_is_no_yaml_is_told(tmp_path):
    assert "FK101" in [code for code, *_ in findings(tmp_path, "- test: [")]
