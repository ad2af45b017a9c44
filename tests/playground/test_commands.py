import pytest

from flowkit.playground.commands import (
    COMMANDS,
    Back,
    CommandError,
    Empty,
    Given,
    Help,
    Interrupt,
    Keys,
    Lang,
    Over,
    Quit,
    Restart,
    Save,
    Show,
    Silence,
    Tool,
    Words,
    help_lines,
    read,
)

TOOLS = ("check_availability", "make_booking")


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("four people", Words("four people")),
        ("  four people \r", Words("four people")),
        (r"\:-) hello", Words(":-) hello")),
        ("#1 please", Words("#1 please")),
        ("", Empty()),
        ("   ", Empty()),
        ("# a remark", Empty()),
        (":slots", Show("slots")),
        (": WHY", Show("why")),
        (":silence", Silence(None)),
        (":silence 6", Silence(6.0)),
        (":silence 6 seconds", Silence(6.0)),
        (":silence 1.5s", Silence(1.5)),
        (":silence 2 minutes", Silence(120.0)),
        (":over mm-hm", Over("mm-hm")),
        (":over six people @3", Over("six people", 3)),
        (":over me @ home @ 0 words", Over("me @ home", 0)),
        (":interrupt", Interrupt(None)),
        (":interrupt 4", Interrupt(4)),
        (":interrupt @4 words", Interrupt(4)),
        (":key 617 555-0199#", Keys("6175550199#")),
        (":keys *", Keys("*")),
        (":tool fail", Tool("fail")),
        (":tool slow", Tool("slow")),
        (":tool slow 3 seconds", Tool("slow", None, 3.0)),
        (":tool make_booking slow 3", Tool("slow", "make_booking", 3.0)),
        (":tool make_booking fail", Tool("fail", "make_booking")),
        (':tool {"status": "free"}', Tool({"status": "free"})),
        (":tool status: full", Tool({"status": "full"})),
        (
            ":tool check_availability status: full, places: 3, why: it is, so to say",
            Tool(
                {"status": "full", "places": 3, "why": "it is, so to say"},
                "check_availability",
            ),
        ),
        (":tool [1, 2]", Tool([1, 2])),
        (":given name Anna Rossi", Given("name", "Anna Rossi")),
        (":given name=Anna", Given("name", "Anna")),
        (":lang es", Lang("es")),
        (":lang", Lang(None)),
        (":back", Back()),
        (":undo", Back()),
        (":restart", Restart()),
        (':save "happy path"', Save("happy path")),
        (":help", Help("")),
        (":help :over", Help("over")),
        (":q", Quit()),
        (":quit", Quit()),
    ],
)
def test_a_line_is_read_as_what_the_tester_means(line, meant):
    assert read(line, tools=TOOLS) == meant


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (":slto", "There is no command :slto. Did you mean :slots?"),
        (":xyzzy", "There is no command :xyzzy. Type :help to see them all."),
        (":", "There is no command :. Type :help to see them all."),
        (":over", "Type it like this: :over TEXT [@WORDS]"),
        (":over @3", "Type it like this: :over TEXT [@WORDS]"),
        (":save", "Type it like this: :save NAME"),
        (":given name", "Type it like this: :given NAME VALUE"),
        (":silence soon", '"soon" is no time. Type it like this: :silence 6'),
        (":interrupt now", '"now" is no number of words. Type :interrupt 3'),
        (":key five", '"five" are no keys of a phone: type 0 to 9, * and #.'),
        (
            ":tool make_boking fail",
            'There is no tool "make_boking". Did you mean "make_booking"?',
        ),
        (
            ":tool what is this",
            'There is no tool "what". The agent\'s tools are: '
            "check_availability, make_booking.",
        ),
        (
            ":tool full",
            '"full" is no answer of a tool: type fail, slow, `name: value` or JSON.',
        ),
    ],
)
def test_a_command_that_cannot_be_read_says_how_to_type_it(line, says):
    with pytest.raises(CommandError) as caught:
        read(line, tools=TOOLS)
    assert str(caught.value) == says


def test_numbers_too_long_for_anything_are_cut():
    assert read(":interrupt 99999999999999999999999") == Interrupt(10_000)
    assert read(f":silence {'9' * 300}") == Silence(86_400.0)


def test_deeply_nested_json_is_no_answer():
    with pytest.raises(CommandError):
        read(":tool " + "[" * 100_000)


def test_every_command_has_help():
    listed = {form.split()[0][1:] for form, _ in help_lines()[1:]}
    assert listed == set(COMMANDS)
    assert help_lines("over")[0] == (":over TEXT [@WORDS]", "talk over the agent")


def test_help_for_an_unknown_command_suggests_one():
    with pytest.raises(CommandError, match="Did you mean :silence"):
        help_lines("silenc")
