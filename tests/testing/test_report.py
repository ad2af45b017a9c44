from played_talks import played, suite

from flowkit.dialogue import acts
from flowkit.testing.coverage import Coverage
from flowkit.testing.finding import Library
from flowkit.testing.report import (
    Results,
    describe,
    render_failure,
    render_missed,
    render_summary,
    to_json,
)

FAILS = """
- test: The size is wrong
  talk:
    - caller: forty
    - bot_asks: day
    - caller: on friday
    - slots: {size: 41}
"""


def test_a_failure_shows_the_talk_the_difference_and_the_decisions(tmp_path):
    text = render_failure(played(tmp_path, FAILS)[0])
    path = tmp_path / "shop.test.yaml"
    flow = tmp_path / "shop.yaml"
    assert text.splitlines()[:7] == [
        f"FAILED {path}:12: The size is wrong",
        "",
        "  agent:  Welcome to the shop. Which size?",
        "  caller: forty",
        "  agent:  For which day?",
        "  caller: on friday",
        "  tool:   look {size: 40, day: 2026-11-27}",
    ]
    assert f"  >>> {path}, line 12" in text
    assert "      expected: the slots are size: 41" in text
    assert "      but:      size is 40, not 41" in text
    assert "understood as: day: 2026-11-27" in text
    assert f"call: look is called  ({flow}:6)" in text


def test_a_talk_that_passed_has_no_failure(tmp_path):
    one = played(tmp_path, "- test: It\n  talk: []")[0]
    assert one.passed
    assert render_failure(one) == ""


def coverage_of(tmp_path, talks):
    import asyncio

    from flowkit.testing.runner import play

    library = Library()
    read = library.suite(suite(tmp_path, talks).path)
    assert read.agent is not None

    async def run():
        for talk in read.talks:
            await play(
                talk,
                read.agent,
                understander=library.understander(read.agent),
                coverage=library.coverage(read.agent),
            )

    asyncio.run(run())
    return library.coverage(read.agent)


EVERYTHING = """
- test: Ordered, by way of everything
  talk:
    - bot: Welcome
    - caller: "70"
      means: {size: 70}
    - bot: too large
    - caller: hm
      means: nothing
    - bot: Just the number
    - caller: forty
      means: {size: 40}
    - caller: where are you
      means: {ask_about: where the shop is}
    - caller: friday
      means: {day: 2026-11-27}
    - caller: "yes"
      means: yes
  ends: ordered
- test: Nothing left
  tools: {look: {left: none}}
  slots: {size: 40, day: 2026-11-27}
  talk: []
  ends: sold_out
- test: No list
  tools: {look: fail}
  slots: {size: 40, day: 2026-11-27}
  talk: []
  ends: handoff
- test: No order
  tools: {order: fail}
  start_at: confirm
  slots: {size: 40, day: 2026-11-27}
  talk:
    - caller: "yes"
      means: yes
  ends: handoff
- test: Not understood
  talk:
    - caller: hm
      means: nothing
    - caller: hm
      means: nothing
  ends: handoff
"""


def test_coverage_knows_what_was_reached(tmp_path):
    coverage = coverage_of(tmp_path, EVERYTHING)
    assert coverage.missed() == []
    assert coverage.percent == 100
    assert "everything was reached" in render_missed(coverage)


def test_coverage_lists_what_was_missed_with_its_line(tmp_path):
    coverage = coverage_of(tmp_path, "- test: It\n  talk:\n    - bot: Welcome")
    missed = [
        (point.kind, int(point.line.rpartition(":")[2]), point.title)
        for point in coverage.missed()
    ]
    assert missed == [
        ("step", 6, "do look"),
        ("step", 11, "say"),
        ("step", 12, "handoff"),
        ("step", 13, "when"),
        ("step", 15, "say"),
        ("step", 16, "end"),
        ("step", 17, "confirm"),
        ("step", 18, "do order"),
        ("step", 22, "say"),
        ("step", 23, "handoff"),
        ("step", 24, "say"),
        ("step", 25, "end"),
        ("rule", 32, "size: size < 60"),
        ("rung", 35, "size: if_not_understood 1"),
        ("rung", 36, "size: if_not_understood 2"),
        ("anytime", 41, "where the shop is"),
    ]
    text = render_missed(coverage)
    assert f"{tmp_path / 'shop.yaml'}:6 " in text
    assert "do look" in text


def test_an_agent_without_anything_to_reach_is_covered(tmp_path):
    agent = suite(tmp_path, "- test: It\n  talk: []").agent
    assert agent is not None
    coverage = Coverage(agent)
    coverage.points.clear()
    assert coverage.percent == 100


def test_the_summary_counts(tmp_path):
    results = Results(tuple(played(tmp_path, FAILS)), seconds=0.25)
    assert render_summary(results) == "1 talk: 1 failed, 0 passed (0.2 s)"
    assert render_summary(Results(())) == "0 talks: none found (0.0 s)"


def test_results_as_data(tmp_path):
    data = to_json(Results(tuple(played(tmp_path, FAILS))))
    assert (data["passed"], data["failed"]) == (0, 1)
    test = data["tests"][0]
    assert test["test"] == "The size is wrong"
    assert (test["line"], test["failed_line"]) == (7, 12)
    assert test["found"] == "size is 40, not 41"


def test_acts_are_described_as_a_tester_writes_them():
    described = {
        describe(act)
        for act in (
            acts.Set("size", 40),
            acts.Not("size", 40),
            acts.Unset("size"),
            acts.Choose(1),
            acts.Start("shop"),
            acts.AskAbout("anytime.0"),
            acts.Unclear((acts.Set("size", 7), acts.Set("size", 8))),
            acts.Unclear(),
            acts.Yes(),
        )
    }
    assert described == {
        "size: 40",
        "not size: 40",
        "unset size",
        "choose 2",
        "start shop",
        "ask_about anytime.0",
        "unclear: size: 7 or size: 8",
        "unclear",
        "yes",
    }
