import pytest

from flowkit import load_agent, shipped
from flowkit.extensions import ToolError
from flowkit.playground.standins import StandIns


@pytest.fixture
def stand_ins():
    return StandIns(load_agent(shipped.agent_path("restaurant")))


async def test_without_a_wish_the_agents_own_tool_is_called(stand_ins):
    with pytest.raises(KeyError):
        stand_ins["make_booking"]


async def test_in_a_second_run_what_cannot_be_undone_is_not_done(stand_ins):
    stand_ins.answer_from([])
    with pytest.raises(ToolError, match="cannot be undone"):
        await stand_ins["make_booking"]()
    with pytest.raises(KeyError):
        stand_ins["check_availability"]
