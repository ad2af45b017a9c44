from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from flowkit.authoring import templates, wording
from flowkit.dialogue.flow import BrokenExpression, Language, Named, SlotType, Spoken
from flowkit.types import build


class Names:
    """A scope of a few values."""

    def __init__(
        self, values: Mapping[str, object], types: Mapping[str, SlotType]
    ) -> None:
        self.values = values
        self.types = types
        language = wording.language("en")
        assert language is not None
        self.language: Language = language

    def lookup(self, name: str) -> Named:
        return Named(self.values.get(name), self.types.get(name))  # type: ignore[arg-type]


DATE, TIME, NUMBER, MONEY, DURATION = (
    build(name, {}) for name in ("date", "time", "number", "money", "duration")
)
SCOPE = Names(
    {
        "name": "Anna Rossi",
        "party_size": 4,
        "one": 1,
        "date": "2026-11-27",
        "time": "19:30",
        "today": "2026-11-22",
        "table": {"status": "full", "fee": 12.5, "at": "18:00"},
        "days": ["Monday", "Tuesday", "Friday"],
        "booking": {"reference": "B1042"},
        "yes": True,
        "price": {"amount": "12.50", "currency": "USD"},
        "stay": "PT90M",
    },
    {
        "date": DATE,
        "time": TIME,
        "party_size": NUMBER,
        "price": MONEY,
        "stay": DURATION,
    },
)


def say(source: str, **values: object) -> str:
    text, problems = templates.text(source)
    assert problems == []
    scope = Names({**SCOPE.values, **values}, SCOPE.types)
    return " ".join(spoken.text for spoken in text.render(scope))


def holds(source: str, **values: object) -> bool:
    condition, problems = templates.condition(source)
    assert problems == []
    verdict = condition.verdict(Names({**SCOPE.values, **values}, SCOPE.types))
    assert verdict.error is None
    return verdict.holds


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("On {{ date }}.", "On Friday the twenty-seventh."),
        ("On {{ date.weekday }}.", "On Friday."),
        ("{{ date.value }}", "2026-11-27"),
        ("{{ date.day }}/{{ date.month }}", "27/11"),
        ("{{ time.hour }}", "19"),
        ("{{ table.status }}", "full"),
        ("{{ table.fee }}", "12.5"),
        ("{{ booking.reference | spell }}", "B 1 0 4 2"),
        ("{{ booking.reference | digits }}", "1 0 4 2"),
        ("{{ days | join }}", "Monday, Tuesday and Friday"),
        ('{{ days | join(" or ") }}', "Monday or Tuesday or Friday"),
        ("{{ name | upper }}", "ANNA ROSSI"),
        ('{{ party_size | plural("person", "people") }}', "people"),
        ('{{ one | plural("person", "people") }}', "person"),
        ('{{ nobody | default("you") }}', "you"),
        ("{{ nobody }}", "not known yet"),
        ("{{ nobody.at.all }}", "not known yet"),
        ("{% if nobody %}a{% else %}b{% endif %}", "b"),
        ("{% if party_size > 6 %}a{% elif party_size > 3 %}b{% endif %}!", "b!"),
        ('{{ "a" if yes else "b" }}', "a"),
        ("{{ party_size + 1 }}", "5"),
        ("{{ date + days(1) }}", "Saturday the twenty-eighth"),
        ("No braces.", "No braces."),
        ("{% if nobody %}x{% endif %}", ""),
    ],
)
def test_values_speak_themselves(source: str, said: str) -> None:
    assert say(source) == said


def test_data_without_a_type_are_taken_for_what_they_plainly_are() -> None:
    assert say("{{ x }}", x="2026-11-27") == "Friday the twenty-seventh"
    assert say("{{ x }}", x="2026-11-27x") == "2026-11-27x"
    assert say("{{ x.at }}", x={"at": "18:00"}) == say("{{ time }}", time="18:00")


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("party_size >= 1 and party_size <= 10", True),
        ('table.status == "full"', True),
        ('table.status != "full"', False),
        ("date >= today", True),
        ("date >= today + days(5)", True),
        ("date > today + weeks(1)", False),
        ("date - today == 5", True),
        ('date == "2026-11-27"', True),
        ('date.weekday not in ["Monday"]', True),
        ("date.weekday in days", True),
        ("time.hour < 22", True),
        ('time < "20:00"', True),
        ("1 < party_size < 10", True),
        ("not nobody", True),
        ("nobody is defined", False),
        ("name is defined", True),
        ("name is not none", True),
        ("yes == true", True),
        ("price > 12 and price <= 12.5", True),
        ("price.amount * 2 == 25", True),
        ('price.currency == "USD"', True),
        ("stay.minutes == 90 and stay.hours == 1.5", True),
        ('party_size in [1, 4] or name == "x"', True),
    ],
)
def test_conditions(source: str, result: bool) -> None:
    assert holds(source) is result


@pytest.mark.parametrize(
    "source",
    [
        'table.gone == "x"', "nobody > 3", "nobody.at.all < 3", "nobody in days",
        "nobody + 1 > 0", "nobody == nothing", "3 < nobody",
    ],
)  # fmt: skip
def test_a_condition_over_nothing_does_not_hold(source: str) -> None:
    assert not holds(source)


def test_a_condition_that_breaks_says_so_and_does_not_hold() -> None:
    condition, _ = templates.condition('party_size < "x"')

    verdict = condition.verdict(SCOPE)

    assert not verdict.holds
    assert isinstance(verdict.error, BrokenExpression)


@pytest.mark.parametrize(
    ("condition", "yes", "no"),
    [
        ("phone", {"phone"}, set()),
        ("not phone", set(), {"phone"}),
        ("phone and name", {"phone", "name"}, set()),
        ("phone or name", set(), set()),
        ("not (phone or name)", set(), set()),
        ("not (phone and name)", set(), {"phone", "name"}),
        ('table.status == "full"', {"table"}, set()),
        ('table.status != "full"', set(), {"table"}),
        ("phone is defined", {"phone"}, set()),
        ("phone == none", set(), {"phone"}),
    ],
)
def test_what_a_condition_makes_known(
    condition: str, yes: set[str], no: set[str]
) -> None:
    made, _ = templates.condition(condition)

    assert (made.known_if, made.known_if_not) == (yes, no)


def test_each_sentence_knows_what_it_speaks() -> None:
    text, _ = templates.text(
        "A table for {{ party_size }} on {{ date }}. {% if name %}Hello.{% endif %} OK?"
    )

    assert text.render(SCOPE) == (
        Spoken(
            "A table for four on Friday the twenty-seventh.",
            frozenset({"party_size", "date"}),
        ),
        Spoken("Hello."),
        Spoken("OK?"),
    )
    assert text.reads == {"party_size", "date", "name"}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Who is in at 3.5 St. James Street.", 1),
        ("J. R. Smith. Is that right?", 2),
        ("Wait... what? Yes!", 2),
        ("We open at 7 p.m. every day.", 1),
        ('He said "Hello." Then he left.', 2),
    ],
)
def test_sentences_are_cut_where_they_end(text: str, count: int) -> None:
    made, _ = templates.text(text)

    assert len(made.render(SCOPE)) == count


def test_a_cut_never_falls_into_a_value() -> None:
    made, _ = templates.text("For {{ x }}. Shall I?")

    told = made.render(Names({"x": "St. Mary. And Co."}, {}))

    assert [spoken.text for spoken in told] == ["For St. Mary. And Co.", "Shall I?"]


def test_translations_are_picked_by_language() -> None:
    spanish, _ = templates.text("Hola {{ name }}.")
    text, _ = templates.text("Hello {{ name }}.", translations={"es": spanish})
    scope = Names({"name": "Anna"}, {})

    class Spanish:
        code = "es"
        phrase = scope.language.phrase

    assert text.render(scope)[0].text == "Hello Anna."
    scope.language = Spanish()
    assert text.render(scope)[0].text == "Hola Anna."


# --- faults --------------------------------------------------------------------------------


def codes(source: str) -> list[str]:
    return [problem.code for problem in templates.text(source)[1]]


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}", "{{ name.__class__ }}", "{{ name._x }}",
        "{{ name['__class__'] }}", "{{ self }}{{ name.upper() }}",
        "{{ name|attr('__class__') }}", "{{ [].append(1) }}", "{{ {} }}",
        "{{ cycler.__init__ }}x{{ lipsum(9) }}", "{{ range(9) }}", "{{ a ~ b }}",
        "{{ 2 ** 9 }}", "{{ 9 % 2 }}", "{{ 9 // 2 }}", "{{ name[0] }}", "{{ name[1:] }}",
    ],
)  # fmt: skip
def test_fault_15_escapes_are_refused(source: str) -> None:
    assert set(codes(source)) <= {"FK402", "FK307", "FK401"}
    assert codes(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 10**9 }}", "{{ 'a' * 1000000000 }}", "{{ name | center(1000000000) }}",
        "{{ '%1000000000d' % 1 }}", "{{ lipsum(n=100000) }}",
        "{{ 99999999999999999999 }}",
    ],
)  # fmt: skip
def test_fault_16_large_texts_are_refused(source: str) -> None:
    start = time.process_time()
    assert codes(source) != []
    assert time.process_time() - start < 0.5


def test_fault_16_a_date_is_not_moved_out_of_time() -> None:
    with pytest.raises(BrokenExpression):
        say("{{ date + days(99999999) }}")
    with pytest.raises(BrokenExpression):
        say("{{ date + days(39999) * 1 }}")


@pytest.mark.parametrize(
    "source",
    [
        "{% for x in y %}{{ x }}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set x = 1 %}", "{% include 'x' %}", "{% extends 'x' %}", "{% raw %}{% endraw %}x{%",
        "{% block a %}{% endblock %}", "{% call x() %}{% endcall %}",
        "{% filter upper %}a{% endfilter %}", "{% import 'os' as os %}",
    ],
)  # fmt: skip
def test_fault_17_loops_and_macros_are_refused(source: str) -> None:
    assert codes(source) != []


@pytest.mark.parametrize(
    "source",
    ["{{ " + "(" * 500 + "1" + ")" * 500 + " }}", "{{ " + "not " * 3_000 + "x }}",
     "{{ " + "-" * 3_000 + "1 }}", "{% if a %}" * 500, "{{ " + "a." * 2_000 + "b }}",
     "{{ " + "a and " * 1_500 + "b }}", "{{ a" + " | upper" * 1_000 + " }}",
     "{{ a if " * 1_000, "x" * 20_000],
    ids=range(9),
)  # fmt: skip
def test_fault_17_depth_never_breaks(source: str) -> None:
    start = time.process_time()
    text, _ = templates.text(source)
    text.source  # noqa: B018  # it is there
    assert time.process_time() - start < 1


def test_fault_18_nothing_is_never_spoken_as_none() -> None:
    assert say("{{ nobody }} {{ nobody | upper }} {{ nobody | spell }}") == (
        "not known yet not known yet not known yet"
    )


def test_fault_19_a_value_is_never_read_as_a_template() -> None:
    assert say("Hello {{ x }}.", x="{{7*7}} {% if %}") == "Hello {{7*7}} {% if %}."


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("<speak><break time='9s'/>hi</speak>", "speak break time='9s'/ hi /speak"),
        ("a\x00b\x1bc\u200bd", "a b c d"),
        ("one\n two", "one two"),
    ],
)
def test_fault_20_markup_and_control_characters_are_mere_text(
    value: str, said: str
) -> None:
    assert say("{{ x }}", x=value) == said


def test_fault_20_a_long_value_is_cut() -> None:
    assert len(say("{{ x }}", x="ab " * 7_000)) <= 1_000
    assert len(say("{{ x }}" * 40, x="ab " * 7_000)) <= 4_000


# --- what is wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        ("{{ name", "FK401", None),
        ("{% if x %}a", "FK401", None),
        ("{{ x | shout }}", "FK307", "shout"),
        ("{name} hi", "FK421", "{name}"),
        ("{{ x.upper() }}", "FK402", None),
    ],
)
def test_problems_of_sentences(source: str, code: str, words: str | None) -> None:
    problem = templates.text(source)[1][0]

    assert problem.code == code
    if words is not None:
        assert source[problem.start : problem.end] == words


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ x }} == 1", "FK404"),
        ("x = 1", "FK418"),
        ("x ==", "FK401"),
        ("x y", "FK401"),
        ("", "FK401"),
        ("x.upper() == 1", "FK402"),
        ("open('x')", "FK402"),
    ],
)
def test_problems_of_conditions(source: str, code: str) -> None:
    condition, problems = templates.condition(source)

    assert problems[0].code == code
    assert not condition.verdict(SCOPE).holds
