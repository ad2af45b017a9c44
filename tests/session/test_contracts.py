"""Type hints of a tool are held to, in and out; without hints nothing is touched."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import BaseModel

from flowkit.contracts import ContractError, contract_of


class Table(BaseModel):
    number: int
    seats: int


class Answer(BaseModel):
    status: str
    table: Table


async def look(party_size: int, day: date, *, call: object) -> Answer: ...
def bare(party_size, day): ...


def unknown(party_size: "Nowhere") -> "Nothing": ...  # noqa: F821, UP037


def test_an_argument_that_fits_is_passed_and_converted() -> None:
    contract = contract_of(look)
    assert contract.given("party_size", 4) == 4
    assert contract.given("day", "2026-11-27") == date(2026, 11, 27)
    assert contract.given("party_size", None) is None


def test_an_argument_that_does_not_fit_is_named() -> None:
    with pytest.raises(ContractError, match="argument `party_size` does not fit"):
        contract_of(look).given("party_size", "many")


def test_a_result_becomes_what_the_hint_says() -> None:
    result = contract_of(look).returned(
        {"status": "free", "table": {"number": "3", "seats": 4}}
    )
    assert result == Answer(status="free", table=Table(number=3, seats=4))


def test_a_result_that_does_not_fit_names_the_place() -> None:
    with pytest.raises(ContractError, match=r"`table\.seats`"):
        contract_of(look).returned({"status": "free", "table": {"number": 3}})


@pytest.mark.parametrize("function", [bare, unknown, print])
def test_without_usable_hints_nothing_is_touched(function: object) -> None:
    contract = contract_of(function)  # type: ignore[arg-type]
    assert contract.given("party_size", "many") == "many"
    assert contract.returned("anything") == "anything"
