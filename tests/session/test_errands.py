import asyncio

import by_hand
import pytest

from flowkit.dialogue import effects, events
from flowkit.errands import Errands
from flowkit.testing import ScriptedUnderstander, VirtualClock
from flowkit.toolcalls import ToolCaller


@pytest.mark.parametrize(
    ("commit", "answers"), [(True, [events.ToolReturned]), (False, [])]
)
async def test_only_what_cannot_be_undone_outlives_being_cancelled(commit, answers):
    go_on = asyncio.Event()

    async def book():
        await go_on.wait()
        return {"booked": True}

    posted = []
    errands = Errands(
        understander=ScriptedUnderstander(),
        caller=ToolCaller(
            by_hand.agent(by_hand.TOOLS),
            stand_ins={"book": book},
            call_id="call-1",
            number=None,
            data="",
            threads=False,
        ),
        clock=VirtualClock(by_hand.NOW),
        post=posted.append,
        failed=posted.append,
    )
    errands.call(effects.CallTool(7, "shop", "4", "book", {}, "key", 10.0, commit))
    await asyncio.sleep(0)
    errands.cancel(7)
    go_on.set()
    await errands.end(1.0)
    assert [type(one) for one in posted] == answers
