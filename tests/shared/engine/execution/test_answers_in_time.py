"""Whoever asks for a command is answered in time, though the database is away, and is never told something wrong."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import Annotated

import pytest

from shared.engine.authoring.answer import Ending
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.batch.message import Idempotency, Message
from shared.engine.execution.executor import Limits
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Unavailable, UnknownOutcome, Write
from shared.engine.process.engine import Engine, ProcessOptions
from tests.shared.engine.shop import TENANT, Ledger, Sell, Sold, Till, noting, service, virtual
from tests.waiting import eventually

HOUR = 3600.0


class Hanging(MemoryStore):
    """A database of which nobody hears for ten seconds, as the driver gives up then; `does` says what it still does."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.does = False

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        if not self.away:
            await super().transact(writes)
            return
        await asyncio.sleep(10.0)
        if self.does:
            await super().transact(writes)
            return
        raise Unavailable("gone")


class Shop:
    """A process that runs on that database."""

    def __init__(self, engine: Engine, store: Hanging) -> None:
        self.engine, self.store = engine, store

    async def sell(self, number: int, key: str = "") -> Ending:
        body = Sell(number=number)
        idempotency = Idempotency(f"{TENANT}/{key}", "h") if key else None
        handler = self.engine.service.by_name["Sell"]
        id = self.engine.executor.new_id()
        return (await self.engine.submit(Message(handler, id, TENANT, body=body, idempotency=idempotency))).ending

    async def refused(self, number: int, key: str = "") -> float:
        """Ask, see that nothing is known of it, and return how long that took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        with pytest.raises(UnknownOutcome):
            await self.sell(number, key)
        return loop.time() - began

    async def sold(self) -> list[int]:
        (row,) = (await self.store.get(Till.collection, [f"{TENANT}/t1"])).values()
        numbers: list[int] = row["state"]["sold"]
        return numbers


def on_a_database_that_hangs(story: Callable[[Shop], Awaitable[None]]) -> Callable[[], None]:
    @virtual
    async def played() -> None:
        selling = Handlers()

        @selling.post("/sales")
        def sell(command: Sell, till: Annotated[Till, create("till_id")]) -> None:
            till.sell(command.number)

        store = Hanging()
        options = ProcessOptions("a", partitions=1, lease_seconds=HOUR)
        engine = Engine(service(selling, noting()), store, MemoryBus(), store.time, Random(1), options, Limits())
        await engine.prepare()
        await engine.start(worker=False)
        await story(Shop(engine, store))
        store.away = False
        await engine.stop()

    played.__name__ = getattr(story, "__name__", "")
    return played


@on_a_database_that_hangs
async def test_a_caller_is_told_within_five_seconds(shop: Shop) -> None:
    shop.store.away = True
    taken = await asyncio.gather(*(shop.refused(number) for number in range(5)))
    assert max(taken) < 5


@on_a_database_that_hangs
async def test_what_was_not_begun_when_its_caller_was_told_is_never_done(shop: Shop) -> None:
    shop.store.away = True
    first = asyncio.create_task(shop.refused(1))
    await asyncio.sleep(1)
    await shop.refused(2)
    await first
    shop.store.away = False
    await asyncio.sleep(60)
    assert await shop.sell(3) is Ending.DONE
    assert await shop.sold() == [3]


@on_a_database_that_hangs
async def test_what_was_done_after_all_is_known_by_its_key(shop: Shop) -> None:
    shop.store.away = shop.store.does = True
    await shop.refused(1, key="k")
    await asyncio.sleep(10)
    shop.store.away = False
    assert await shop.sold() == [1]
    assert await shop.sell(1, key="k") is Ending.DONE
    assert await shop.sold() == [1]


@on_a_database_that_hangs
async def test_an_event_waits_on_and_has_its_effect_when_the_database_is_back(shop: Shop) -> None:
    shop.store.away = True
    handler, data = shop.engine.service.by_name["note"], Sold(till_id="t1", number=7).model_dump_json().encode()
    waiting = asyncio.create_task(shop.engine.submit(Message(handler, "e1", TENANT, data, lane="till/t1", seen="e1")))
    await asyncio.sleep(1)
    assert await shop.refused(1) < 5
    shop.store.away = False
    await eventually(waiting.done, 60)
    (ledger,) = (await shop.store.get(Ledger.collection, [f"{TENANT}/note-t1"])).values()
    assert ledger["state"]["numbers"] == [7]
