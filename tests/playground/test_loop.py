import asyncio
import threading
import time

from flowkit.playground.loop import CallLoop


def test_time_is_put_forward_in_order():
    loop = CallLoop()
    happened = []

    async def work():
        clock = asyncio.get_running_loop()
        begun = clock.time()
        clock.call_later(8.0, lambda: happened.append("sign of life"))
        clock.call_later(0.7, lambda: happened.append("meanwhile"))
        await loop.hurry(9.0)
        return clock.time() - begun

    begun = time.monotonic()
    passed = loop.begin(work()).result(timeout=5)
    loop.stop()
    assert happened == ["meanwhile", "sign of life"]
    assert passed >= 9.0
    assert time.monotonic() - begun < 3.0


def test_something_that_blocks_is_noticed():
    loop = CallLoop()
    begun = threading.Event()

    async def block():
        begun.set()
        time.sleep(0.3)  # noqa: ASYNC251  # what a beginner's tool does

    work = loop.begin(block())
    begun.wait(5)
    assert loop.is_stuck(after_s=0.05)
    work.result(timeout=5)
    assert not loop.is_stuck()
    loop.stop()
