"""As with a real broker, what is handed over is not there yet: it comes later, or never."""

import asyncio

from shared.engine.memory.bus import MemoryBus
from shared.engine.ports.bus import Topic
from tests.shared.engine.shop import virtual
from tests.waiting import eventually


class Broker(MemoryBus):
    """One whose round trips take a second."""

    def __init__(self) -> None:
        super().__init__(pause=lambda: asyncio.sleep(1))

    def values(self) -> list[bytes | None]:
        return [record.value for record in self.topics["shop"][0]]


@virtual
async def test_what_is_handed_over_is_appended_later_and_acknowledged_after_that() -> None:
    broker = Broker()
    await broker.prepare({"shop": Topic(1)})
    publisher = await broker.publisher()
    acknowledged = asyncio.ensure_future(await publisher.send("shop", b"key", b"a", []))
    assert broker.values() == []
    await eventually(lambda: broker.values() == [b"a"])
    assert not acknowledged.done()
    await acknowledged


@virtual
async def test_of_a_publisher_that_is_abandoned_what_is_under_way_comes_late_and_the_rest_never() -> None:
    broker = Broker()
    await broker.prepare({"shop": Topic(1)})
    publisher = await broker.publisher()
    acknowledged = [await publisher.send("shop", b"key", b"a", [])]
    await asyncio.sleep(0.5)
    acknowledged.append(await publisher.send("shop", b"key", b"b", []))
    closing = asyncio.create_task(publisher.close(abandon=True))
    await asyncio.sleep(0.1)
    assert broker.values() == []
    outcomes = await asyncio.gather(*acknowledged, return_exceptions=True)
    assert all(isinstance(outcome, ConnectionError) for outcome in outcomes)
    await closing
    await asyncio.sleep(10)
    assert broker.values() == [b"a"]
