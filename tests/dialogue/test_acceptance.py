"""What the format promises, tried from outside: small flows, whole turns."""

from typing import Any

import pytest

from flowkit.dialogue import acts

from .conversation import Conversation, agent_of, set_

CHOOSING = """
flow: order
steps:
  - ask: [extras, pizzas, price]
  - say: "{{ extras }}, {{ pizzas }} and {{ price }}."
  - end: ordered
slots:
  extras:
    type: choice
    many: true
    choices: [milk, sugar]
    ask: Which extras?
  pizzas:
    type: choice
    counted: true
    choices: [margherita, funghi]
    ask: Which pizzas?
  price:
    type: money
    ask: For how much?
"""


def test_values_that_are_lists_and_mappings() -> None:
    talk = Conversation(agent_of(CHOOSING))
    given: dict[str, Any] = {
        "extras": ["milk", "sugar"],
        "pizzas": {"margherita": 2, "funghi": 1},
        "price": {"amount": "12.50", "currency": "USD"},
    }
    for slot, value in given.items():
        talk.caller(set_(slot, value))
    assert talk.slots == given
    assert talk.bot.startswith("Milk and sugar, two margherita and one funghi")


@pytest.mark.parametrize("value", [["milk"], ["sugar", "milk"]])
def test_an_act_said_twice_counts_once(value: list[str]) -> None:
    talk = Conversation(agent_of(CHOOSING))
    talk.caller(set_("extras", value), set_("extras", list(value)))
    assert talk.slots == {"extras": value}


def test_starting_at_a_slot_skips_those_before_it() -> None:
    talk = Conversation(agent_of(CHOOSING), at_step="pizzas")
    assert talk.waits == "pizzas"
    talk.caller(set_("pizzas", {"funghi": 1}))
    assert talk.waits == "price"


def test_a_late_change_promises_no_person_where_there_is_none() -> None:
    paid = """
flow: pay
steps:
  - ask: [n]
  - confirm: Pay {{ n }}?
  - do: pay
    with: [n]
  - say: Paid.
slots:
  n:
    type: number
    ask: How much?
"""
    talk = Conversation(agent_of(paid), tools={"pay": {}})
    talk.caller(set_("n", 5)).caller(acts.Yes()).caller(acts.Cancel())
    assert "already done that" in talk.bot
    assert "person" not in talk.bot
    assert talk.state.outcome == "handoff"
