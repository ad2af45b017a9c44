from __future__ import annotations

import time
from pathlib import Path
from textwrap import dedent

import pytest

from flowkit.authoring.compiler import (
    Compiled,
    compile_agent,
    compile_text,
    load_agent,
)
from flowkit.authoring.texts import Text
from flowkit.diagnostics import CompileError, Diagnostic
from flowkit.dialogue import flow
from flowkit.dialogue.flow import Agent

SIMPLEST = """\
flow: book_table
steps:
  - say: Hello, this is Bella Trattoria.
  - ask: [party_size, date, time]
  - confirm: A table for {{ party_size }} on {{ date }} at {{ time }}. Is that right?
  - do: make_booking
  - say: You're booked. See you then!
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
"""

TOOLS = """\
from typing import TypedDict

from flowkit.extensions import Refused, tool, validator


class Table(TypedDict, total=False):
    status: str
    alternatives: list[dict[str, str]]


@validator
def kitchen_open_then(time, opens=17):
    return opens <= time.hour < 22 or Refused(from_hour=opens)


@tool
async def check_availability(party_size, date, time) -> Table:
    return {"status": "free"}


@tool(cannot_be_undone=True, within=20)
async def make_booking(party_size, date, time, name=None, *, call):
    return {"reference": "B1042"}
"""


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        stem, _, kind = name.rpartition("_")
        (folder / f"{stem}.{kind}").write_text(dedent(text))
    return folder


def agent_of(compiled: Compiled) -> Agent:
    errors = [found.message for found in compiled.diagnostics]
    assert compiled.agent is not None, errors
    return compiled.agent


def brief(diagnostics: tuple[Diagnostic, ...]) -> list[tuple[str, str, int]]:
    return [
        (found.code, Path(found.span.path).name, found.span.line)
        for found in diagnostics
    ]


def test_the_simplest_flow_compiles_without_python() -> None:
    compiled = compile_text(SIMPLEST)
    agent = agent_of(compiled)

    assert (agent.name, agent.start, list(agent.flows)) == (
        "book_table", "book_table", ["book_table"],
    )  # fmt: skip
    assert [found.code for found in compiled.diagnostics] == ["FK613"]
    assert [type(step).__name__ for step in agent.flows["book_table"].steps] == [
        "Say", "Ask", "Confirm", "Do", "Say",
    ]  # fmt: skip


def test_a_do_behind_a_confirm_is_a_point_of_no_return() -> None:
    made = agent_of(compile_text(SIMPLEST)).flows["book_table"]
    confirm, do = made.steps[2], made.steps[3]
    assert isinstance(confirm, flow.Confirm)
    assert isinstance(do, flow.Do)

    assert do.commit
    assert do.locks == {"party_size", "date", "time"}
    assert made.steps[3].line == "flow.yaml:6"


def test_can_be_repeated_says_that_it_is_not() -> None:
    text = SIMPLEST.replace(
        "  - do: make_booking\n", "  - do: make_booking\n    can_be_repeated: true\n"
    )
    do = agent_of(compile_text(text)).flows["book_table"].steps[3]

    assert isinstance(do, flow.Do)
    assert not do.commit


def test_tools_beside_a_flow_are_used(tmp_path: Path) -> None:
    write(tmp_path, book_yaml=SIMPLEST, tools_py=TOOLS)

    agent = load_agent(tmp_path / "book.yaml")

    do = agent.flows["book_table"].steps[3]
    assert isinstance(do, flow.Do)
    assert [(a.name, a.value.source) for a in do.arguments] == [
        ("party_size", "party_size"), ("date", "date"), ("time", "time"),
    ]  # fmt: skip
    assert [a.type.name for a in do.arguments if a.type] == ["number", "date", "time"]
    assert do.within_s == 20
    tool = agent.tools["make_booking"]
    assert (tool.parameters, tool.required, tool.takes_call) == (
        ("party_size", "date", "time", "name"),
        frozenset({"party_size", "date", "time"}),
        True,
    )
    assert agent.folder == str(tmp_path.resolve())


def test_ladders_are_complete() -> None:
    defaults = agent_of(compile_text(SIMPLEST)).flows["book_table"].defaults

    assert defaults.silence_after_s == 6
    assert defaults.interrupt == "anytime"
    for rungs in (defaults.if_silent, defaults.if_not_understood):
        assert rungs is not None
        assert [rung.is_last for rung in rungs] == [False, False, True]
        assert isinstance(rungs[-1].steps[0], flow.Handoff)


AGENT = """\
agent: bella
start: book_table
language: en
country: US
timezone: America/New_York
uses: [tools]
values:
  restaurant: Bella
  closed_days: [Monday]
  opens: 17
  fee: 2.50
  zip: 0123
  open_now: true
  quoted: "17"
people:
  front_desk: "+1 617 555 0100"
  events:
    call: sip:events@bella.example
    open: 9:00 - 18:00
anytime:
  - caller_asks: where to park
    say: Behind the house.
defaults:
  silence_after: 9 seconds
"""


def test_agent_yaml_gives_the_house(tmp_path: Path) -> None:
    write(tmp_path, agent_yaml=AGENT, book_yaml=SIMPLEST, tools_py=TOOLS)

    agent = load_agent(tmp_path)

    assert (agent.name, agent.country, agent.timezone) == (
        "bella", "US", "America/New_York",
    )  # fmt: skip
    assert agent.values == {
        "restaurant": "Bella", "closed_days": ["Monday"], "opens": 17, "fee": 2.5,
        "zip": "0123", "open_now": True, "quoted": "17",
    }  # fmt: skip
    assert agent.people["events"] == flow.Target(
        "events", "sip:events@bella.example", "9:00-18:00"
    )
    made = agent.flows["book_table"]
    assert made.defaults.silence_after_s == 9
    assert [(entry.id, entry.about) for entry in made.anytime] == [
        ("agent.anytime.0", "where to park")
    ]
    assert made.by_id["agent.anytime.0.say"]


def test_a_flow_beside_an_agent_is_part_of_it(tmp_path: Path) -> None:
    other = "flow: other\nsteps:\n  - say: Hello from {{ restaurant }}.\n"
    write(
        tmp_path, agent_yaml=AGENT, book_yaml=SIMPLEST, other_yaml=other, tools_py=TOOLS
    )

    assert load_agent(tmp_path / "other.yaml").start == "other"
    assert load_agent(tmp_path / "agent.yaml").start == "book_table"


def test_the_fingerprint_names_the_version(tmp_path: Path) -> None:
    write(tmp_path, book_yaml=SIMPLEST, tools_py=TOOLS)
    before = load_agent(tmp_path).fingerprint
    assert load_agent(tmp_path).fingerprint == before

    write(tmp_path, book_yaml=SIMPLEST.replace("Hello", "Hi"))
    changed = load_agent(tmp_path).fingerprint
    write(tmp_path, tools_py=TOOLS + "\n# more\n")

    assert len({before, changed, load_agent(tmp_path).fingerprint}) == 3


def test_load_agent_raises_with_everything_that_was_found(tmp_path: Path) -> None:
    write(tmp_path, bad_yaml="flow: bad\nsteps:\n  - say: {{ x }}\n  - sya: hi\n")

    with pytest.raises(CompileError) as caught:
        load_agent(tmp_path / "bad.yaml")

    assert [found.code for found in caught.value.diagnostics] == [
        "FK105",
        "FK302",
        "FK201",
    ]
    assert "line 3" in str(caught.value)


def test_shared_slots_belong_to_the_flows_that_use_them(tmp_path: Path) -> None:
    agent = AGENT + "slots:\n  name:\n    type: name\n    ask: Your name?\n"
    asks = "flow: book_table\nsteps:\n  - ask: [name]\n  - go_to: other\n"
    other = "flow: other\nsteps:\n  - say: Goodbye {{ restaurant }}.\n"
    write(tmp_path, agent_yaml=agent, book_yaml=asks, other_yaml=other, tools_py=TOOLS)

    made = agent_of(compile_agent(tmp_path))

    assert made.flows["book_table"].slots["name"].shared
    assert made.flows["other"].slots == {}


def test_a_step_takes_the_interrupt_of_its_flow() -> None:
    text = """\
        flow: x
        steps:
          - say: One.
          - say: Two.
            interrupt: never
        defaults:
          interrupt: with_answer
        """
    steps = agent_of(compile_text(dedent(text))).flows["x"].steps

    assert [s.interrupt for s in steps if isinstance(s, flow.Say)] == [
        "with_answer", "never",
    ]  # fmt: skip


def test_one_of_gives_variants() -> None:
    text = "flow: x\nsteps:\n  - say:\n      one_of:\n        - Hi.\n        - Hello.\n"
    step = agent_of(compile_text(text)).flows["x"].steps[0]

    assert isinstance(step, flow.Say)
    assert [variant.source for variant in step.variants] == ["Hi.", "Hello."]


def test_a_validator_hands_words_to_otherwise(tmp_path: Path) -> None:
    rule = (
        "    rules:\n      - check: kitchen_open_then\n"
        "        otherwise: We open at {{ from_hour }}. What time?\n"
    )
    write(tmp_path, agent_yaml=AGENT, book_yaml=SIMPLEST + rule, tools_py=TOOLS)
    slot = load_agent(tmp_path).flows["book_table"].slots["time"]

    test = slot.rules[0].test
    assert test.reads == {"time", "opens"}

    class Scope:
        language = None

        def lookup(self, name: str) -> flow.Named:
            values = {"time": flow.Named("12:00", slot.type), "opens": flow.Named(17)}
            return values[name]

    verdict = test.verdict(Scope())  # type: ignore[arg-type]
    assert (verdict.holds, dict(verdict.words)) == (False, {"from_hour": 17})


def test_a_validator_that_raises_is_reported_and_refuses(tmp_path: Path) -> None:
    tools = (
        "from flowkit.extensions import validator\n"
        "@validator\ndef odd(time):\n    return 1 / 0\n"
    )
    rule = "    rules:\n      - check: odd\n        otherwise: No. What time?\n"
    flow_text = SIMPLEST.replace("  - do: make_booking\n", "") + rule
    write(tmp_path, book_yaml=flow_text, tools_py=tools)
    test = load_agent(tmp_path).flows["book_table"].slots["time"].rules[0].test

    class Scope:
        language = None

        def lookup(self, name: str) -> flow.Named:
            return flow.Named(None)

    verdict = test.verdict(Scope())  # type: ignore[arg-type]
    assert not verdict.holds
    assert isinstance(verdict.error, ZeroDivisionError)


# --- languages --------------------------------------------------------------------------------

SPANISH = """\
language: es
name: Español
phrases:
  not_known: todavía no se sabe
  not_understood.first: Perdón, no le he entendido.
  join.and: "{{ first }} y {{ last }}"
"""
TRANSLATED = """\
flow: hello
language: es
translations:
  - en: Hello {{ name }}.
    es: Hola {{ name }}.
  - en: What's your name?
    es: ¿Cómo se llama?
    where: slots.name.ask
"""
HELLO = """\
flow: hello
steps:
  - ask: [name]
  - say: Hello {{ name }}.
slots:
  name:
    type: name
    ask: What's your name?
"""


def spanish(folder: Path, **files: str) -> Path:
    (folder / "languages").mkdir(exist_ok=True)
    (folder / "languages" / "es.yaml").write_text(SPANISH)
    agent = "agent: a\nstart: hello\nlanguage: en\nlanguages: [en, es]\n"
    told = {"agent_yaml": agent, "hello_yaml": HELLO, "hello.es_yaml": TRANSLATED}
    return write(folder, **{**told, **files})


def test_translations_are_bound_to_their_sentences(tmp_path: Path) -> None:
    agent = load_agent(spanish(tmp_path))

    say = agent.flows["hello"].steps[1]
    assert isinstance(say, flow.Say)
    text = say.variants[0]
    assert isinstance(text, Text)
    assert text.translations["es"].source == "Hola {{ name }}."
    ask = agent.flows["hello"].slots["name"].ask
    assert isinstance(ask, Text)
    assert ask.translations["es"].source == "¿Cómo se llama?"
    assert set(agent.languages) == {"en", "es"}
    assert agent.languages["es"].phrase("not_known").source == "todavía no se sabe"
    assert agent.languages["es"].phrase("goodbye").source == "Goodbye."


def test_shipped_rungs_speak_the_language_of_the_call(tmp_path: Path) -> None:
    agent = load_agent(spanish(tmp_path))
    rungs = agent.flows["hello"].defaults.if_not_understood
    assert rungs is not None
    say = rungs[0].steps[0]
    assert isinstance(say, flow.Say)

    class Scope:
        language = agent.languages["es"]

        def lookup(self, name: str) -> flow.Named:
            return flow.Named(None)

    assert say.variants[0].render(Scope())[0].text == "Perdón, no le he entendido."


def test_a_flow_alone_finds_its_translation(tmp_path: Path) -> None:
    spanish(tmp_path)
    (tmp_path / "agent.yaml").unlink()

    assert set(load_agent(tmp_path / "hello.yaml").languages) == {"en", "es"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("  - en: Hello {{ name }}.\n    es: Hola {{ name }}.\n", ""),
         [("FK411", "hello.yaml", 4)]),
        (("en: Hello", "en: Hullo"),
         [("FK412", "hello.es.yaml", 4), ("FK411", "hello.yaml", 4)]),
        (("es: Hola {{ name }}", "es: Hola {{ nombre }}"),
         [("FK413", "hello.es.yaml", 5), ("FK413", "hello.es.yaml", 5)]),
        (("es: Hola {{ name }}", "es: Hola"), [("FK413", "hello.es.yaml", 5)]),
        (("es: Hola {{ name }}", "es: Hola {{ name"),
         [("FK401", "hello.es.yaml", 5), ("FK413", "hello.es.yaml", 5)]),
        (("slots.name.ask", "slots.name.rules"),
         [("FK412", "hello.es.yaml", 6), ("FK411", "hello.yaml", 8)]),
        (("flow: hello", "flow: hallo"),
         [("FK301", "hello.es.yaml", 1), ("FK411", "hello.yaml", 4),
          ("FK411", "hello.yaml", 8)]),
        (("language: es", "language: fr"),
         [("FK422", "hello.es.yaml", 2), ("FK206", "hello.es.yaml", 4),
          ("FK206", "hello.es.yaml", 6), ("FK411", "hello.yaml", 4),
          ("FK411", "hello.yaml", 8)]),
    ],
    ids=range(8),
)  # fmt: skip
def test_translations_are_checked(
    tmp_path: Path, change: tuple[str, str], expected: list[tuple[str, str, int]]
) -> None:
    told = TRANSLATED.replace(*change)
    assert told != TRANSLATED

    compiled = compile_agent(spanish(tmp_path, **{"hello.es_yaml": told}))

    codes = {code for code, _, _ in brief(compiled.diagnostics)} - {"FK201"}
    assert codes == {code for code, _, _ in expected}
    assert set(expected) <= set(brief(compiled.diagnostics))


def test_language_fallback_makes_translations_optional(tmp_path: Path) -> None:
    agent = (
        "agent: a\nstart: hello\nlanguage: en\nlanguages: [en, es]\n"
        "language_fallback: en\n"
    )
    told = TRANSLATED.replace(
        "  - en: Hello {{ name }}.\n    es: Hola {{ name }}.\n", ""
    )

    compiled = compile_agent(
        spanish(tmp_path, **{"agent_yaml": agent, "hello.es_yaml": told})
    )

    assert compiled.diagnostics == ()


# --- Python --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tools", "expected"),
    [
        ("import nothing_like_it\n", [("FK602", "tools.py", 1)]),
        ("x = 1\ny = 1 / 0\n", [("FK602", "tools.py", 2)]),
        ("def f(:\n", [("FK602", "tools.py", 1)]),
        ("raise SystemExit\n", [("FK602", "tools.py", 1)]),
        ("def make_booking(): ...\n", [("FK610", "book.yaml", 6)]),
        ("from flowkit.extensions import tool\n@tool\ndef make_bookin(): ...\n",
         [("FK305", "book.yaml", 6)]),
        ("from flowkit.extensions import tool\n\n@tool\ndef make_booking(*a): ...\n",
         [("FK608", "tools.py", 4), ("FK305", "book.yaml", 6)]),
        ("from flowkit.extensions import tool\n@tool\ndef make_booking(who): ...\n",
         [("FK606", "book.yaml", 6)]),
        ("from flowkit.extensions import validator\n@validator\n"
         "async def v(): ...\n", [("FK608", "tools.py", 3), ("FK305", "book.yaml", 6)]),
        ("from flowkit.extensions import validator\n@validator\n"
         "def make_booking(): ...\n", [("FK608", "book.yaml", 6)]),
    ],
    ids=range(10),
)  # fmt: skip
def test_python_that_does_not_fit(
    tmp_path: Path, tools: str, expected: list[tuple[str, str, int]]
) -> None:
    compiled = compile_agent(write(tmp_path, book_yaml=SIMPLEST, tools_py=tools))

    errors = [found for found in compiled.diagnostics if found.severity == "error"]
    assert sorted(brief(tuple(errors))) == sorted(expected)


def test_a_missing_module_is_named(tmp_path: Path) -> None:
    write(tmp_path, agent_yaml=AGENT, book_yaml=SIMPLEST, tool_py=TOOLS)

    compiled = compile_agent(tmp_path)

    assert brief(compiled.diagnostics) == [("FK601", "agent.yaml", 6)]
    assert compiled.diagnostics[0].help == 'Did you mean "tool"?'


def test_pasted_text_runs_no_python(tmp_path: Path) -> None:
    write(tmp_path, agent_yaml=AGENT, book_yaml=SIMPLEST, tools_py="raise SystemExit\n")

    compiled = compile_agent(tmp_path, uses=False)

    assert brief(compiled.diagnostics) == [("FK604", "agent.yaml", 6)]


def test_two_agents_may_have_a_module_of_one_name(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        write(folder, book_yaml=SIMPLEST, tools_py=TOOLS + f"WHO = {name!r}\n")

    one, two = (load_agent(tmp_path / name) for name in ("one", "two"))

    modules = [agent.tools["make_booking"].function.__module__ for agent in (one, two)]
    assert modules[0] != modules[1]


def test_a_module_is_loaded_anew_when_it_changes(tmp_path: Path) -> None:
    write(tmp_path, book_yaml=SIMPLEST, tools_py=TOOLS)
    load_agent(tmp_path)
    write(tmp_path, tools_py=TOOLS.replace("within=20", "within=30 + 1"))

    assert load_agent(tmp_path).tools["make_booking"].within_s == 31


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a-b", "os.path as x"])
def test_fault_12_a_path_is_no_module(tmp_path: Path, name: str) -> None:
    agent = AGENT.replace("[tools]", f'["{name}"]')
    write(tmp_path, agent_yaml=agent, book_yaml=SIMPLEST, tools_py=TOOLS)

    assert brief(compile_agent(tmp_path).diagnostics) == [("FK603", "agent.yaml", 6)]


def test_fault_12_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("raise SystemExit\n")
    folder = tmp_path / "agent"
    folder.mkdir()
    write(folder, agent_yaml=AGENT, book_yaml=SIMPLEST)
    (folder / "tools.py").symlink_to(outside)

    assert brief(compile_agent(folder).diagnostics) == [("FK603", "agent.yaml", 6)]


def test_fault_12_a_flow_linked_in_from_outside_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("flow: x\n")
    folder = tmp_path / "agent"
    folder.mkdir()
    write(folder, agent_yaml=AGENT, book_yaml=SIMPLEST, tools_py=TOOLS)
    (folder / "x.yaml").symlink_to(tmp_path / "secret.yaml")

    assert brief(compile_agent(folder).diagnostics) == [("FK603", "x.yaml", 1)]


@pytest.mark.parametrize(
    "secret",
    [
        "sk-" + "abcd1234" * 4, "AKIA" + "ABCDEFGH12345678", "AC" + "0123456789abcdef" * 2,
        "sk-proj-" + "a" * 40,
    ],
)  # fmt: skip
def test_fault_13_a_secret_is_an_error_and_never_shown(
    tmp_path: Path, secret: str
) -> None:
    text = SIMPLEST.replace("Hello", secret)
    compiled = compile_agent(write(tmp_path, book_yaml=text))

    assert ("FK225", "book.yaml", 3) in brief(compiled.diagnostics)
    assert compiled.agent is None
    assert secret not in str(CompileError(compiled.diagnostics, compiled.texts))
    assert all(secret not in text for text in compiled.texts.values())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "FK118"), ("flow: x\n", "FK511"), ("flow: x\nsteps: []\n", "FK207"),
        ("flow: x\nsteps:\n", "FK207"), ("hello\n", "FK219"), ("- a\n- b\n", "FK219"),
    ],
)  # fmt: skip
def test_fault_14_a_flow_without_turns_is_an_error(text: str, code: str) -> None:
    compiled = compile_text(text)

    assert compiled.agent is None
    assert code in [found.code for found in compiled.diagnostics]


def test_an_empty_folder_has_no_flow(tmp_path: Path) -> None:
    assert [found.code for found in compile_agent(tmp_path).diagnostics] == ["FK223"]


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    compiled = compile_agent(tmp_path / "nothing.yaml")

    assert [found.code for found in compiled.diagnostics] == ["FK224"]


VAT = '''\
class Vat:
    """A VAT number."""

    name = "vat_number"

    def __init__(self, country="DE"):
        self.country = country

    def parse(self, text):
        return text if text.isdigit() else None

    def check(self, value):
        return True

    def speak(self, value):
        return " ".join(value)
'''
ASKS_VAT = """\
flow: x
steps:
  - ask: [vat]
  - say: Thank you for {{ vat }}.
slots:
  vat:
    type: vat_number
    country: IT
    ask: Your number?
"""


def test_a_slot_type_in_python_has_options_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, x_yaml=ASKS_VAT, tools_py=VAT)

    slot = load_agent(tmp_path / "x.yaml").flows["x"].slots["vat"]

    assert slot.type.name == "vat_number"


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "advice"),
    [
        ("country: IT", "contry: IT", "FK201", 8, 'Did you mean "country"?'),
        ("vat_number", "vat_numbr", "FK304", 7, 'Did you mean "vat_number"?'),
    ],
)
def test_a_misspelt_type_or_option_is_named(
    tmp_path: Path, old: str, new: str, code: str, line: int, advice: str
) -> None:
    write(tmp_path, x_yaml=ASKS_VAT.replace(old, new), tools_py=VAT)

    found = compile_agent(tmp_path / "x.yaml").diagnostics

    assert [(one.code, one.span.line, one.help) for one in found] == [
        (code, line, advice)
    ]


def test_a_slot_type_that_lacks_something_is_named(tmp_path: Path) -> None:
    lacking = VAT[: VAT.index("    def speak")]
    write(tmp_path, x_yaml=ASKS_VAT, tools_py=lacking)

    found = compile_agent(tmp_path / "x.yaml").diagnostics

    assert ("FK611", "tools.py", 1) in brief(found)


BROKEN = """\
flow: two
steps:
  - say: a
 - say: b
"""


def test_a_broken_file_does_not_hide_mistakes_in_another(tmp_path: Path) -> None:
    one = SIMPLEST.replace("{{ date }}", "{{ tomato }}").replace("book_table", "one")
    agent = AGENT.replace("start: book_table", "start: one")
    write(tmp_path, agent_yaml=agent, one_yaml=one, two_yaml=BROKEN, tools_py=TOOLS)

    found = brief(compile_agent(tmp_path).diagnostics)

    assert ("FK302", "one.yaml", 5) in found
    assert ("FK108", "two.yaml", 4) in found


def test_a_misspelt_name_is_found_behind_a_broken_line() -> None:
    text = SIMPLEST.replace("{{ date }}", "{{ dete }}").replace(
        "  - do: make_booking", " - do: make_booking"
    )

    codes = [found.code for found in compile_text(text).diagnostics]

    assert codes[:1] == ["FK302"]
    assert "FK108" in codes


def test_what_is_handed_over_is_used() -> None:
    text = """\
        flow: x
        steps:
          - ask: [name]
          - handoff: A new patient
        slots:
          name:
            type: name
            ask: Your name?
        """

    assert compile_text(dedent(text)).diagnostics == ()


def test_thousands_of_unknown_names_are_found_in_time() -> None:
    says = "".join(f"  - say: Hello {{{{ nobody{n} }}}}.\n" for n in range(2_000))
    slots = "".join(f"  slot{n}:\n    type: text\n    ask: What?\n" for n in range(400))
    start = time.process_time()

    compiled = compile_text(f"flow: x\nsteps:\n{says}slots:\n{slots}")

    assert sum(found.code == "FK302" for found in compiled.diagnostics) == 2_000
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("choices", "advice", "fix"),
    [
        (" small, extra large", "Write [small, extra large].", "[small, extra large]"),
        (
            "\n      - small\n      - large: [big]",
            "Delete the dashes and put a colon behind each choice.",
            None,
        ),
    ],
)
def test_choices_in_another_shape(choices: str, advice: str, fix: str | None) -> None:
    text = (
        "flow: x\nsteps:\n  - ask: [size]\n  - say: A {{ size }}.\nslots:\n"
        f"  size:\n    type: choice\n    ask: Which?\n    choices:{choices}\n"
    )

    [found] = compile_text(text).diagnostics

    assert (found.code, found.help) == ("FK202", advice)
    assert (found.fix and found.fix.text) == fix


def test_a_question_where_a_slot_is_named_is_not_made_a_list_of_words() -> None:
    text = "flow: x\nsteps:\n  - ask: What is your name?\n  - end: told\n"

    [found] = compile_text(text).diagnostics

    assert (found.code, found.span.line, found.fix) == ("FK202", 3, None)
    assert "- ask: [name]" in found.help


def test_if_and_then_are_read_as_when_and_steps() -> None:
    text = "flow: x\nsteps:\n  - if: caller.number\n    then:\n      - say: Hello.\n"

    found = compile_text(text).diagnostics

    assert [(one.code, one.help) for one in found] == [
        ("FK201", 'Here it is called "when".'),
        ("FK201", 'Here it is called "steps".'),
    ]


def test_a_day_written_with_a_slash_is_no_number() -> None:
    rule = "    rules:\n      - must: date != 12/24\n        otherwise: When else?\n"
    text = SIMPLEST.replace("For which day?\n", f"For which day?\n{rule}")

    [found] = [one for one in compile_text(text).diagnostics if one.code == "FK401"]

    assert found.message == "12/24 is a division here, not a day."


def test_a_tool_with_brackets_behind_it_is_told_where_its_arguments_stand(
    tmp_path: Path,
) -> None:
    text = SIMPLEST.replace(
        "do: make_booking", "do: make_booking(party_size, date, time)"
    )
    write(tmp_path, agent_yaml=AGENT, book_yaml=text, tools_py=TOOLS)

    [found] = [d for d in compile_agent(tmp_path).diagnostics if d.code == "FK305"]

    assert found.help.startswith("Write make_booking.")


def test_a_slot_without_a_type_is_told_the_types() -> None:
    text = SIMPLEST.replace("    type: date\n", "")

    [found] = [one for one in compile_text(text).diagnostics if one.code == "FK206"]

    assert found.help.startswith('Add "type:" with one of number, date, time,')


def test_there_is_no_twenty_four_o_clock() -> None:
    rule = "    rules:\n      - must: time < 24:00\n        otherwise: When else?\n"
    text = SIMPLEST.replace("At what time?\n", f"At what time?\n{rule}")

    [found] = [one for one in compile_text(text).diagnostics if one.code == "FK401"]

    assert (found.help, found.fix) == ('The last of a day is "23:59".', None)


def test_a_file_that_is_no_yaml_is_named_and_never_mended(tmp_path: Path) -> None:
    path = tmp_path / "calendar.py"
    path.write_text("@tool\nasync def f(x):\n    return {'ok': True}\n")

    found = compile_agent(path).diagnostics

    assert [(one.code, one.fix) for one in found] == [("FK219", None)]
