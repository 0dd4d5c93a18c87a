"""Whoever the broker refuses for long leaves its shards to others, if there are any."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.engine.batch import outbox
from shared.engine.coordination.leases import Leases
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.bus import FencedPublisher, Publisher, Topic
from shared.engine.ports.store import Insert
from shared.engine.publishing.relay import PATIENCE, REST, Relay
from tests.shared.engine.publishing.test_relay import chunk, right
from tests.shared.engine.shop import virtual
from tests.waiting import eventually, until

SECONDS, SHARDS = 10.0, 4


class Refusing(MemoryBus):
    """A broker that takes nothing of whoever has this one."""

    async def publisher(self) -> Publisher:
        """See `Bus.publisher`."""
        raise ConnectionError("not authorized")

    async def fenced(self, name: str) -> FencedPublisher:
        """See `Bus.fenced`."""
        raise ConnectionError(f"not authorized: {name}")


@asynccontextmanager
async def running(store: MemoryStore, owner: str, bus: MemoryBus) -> AsyncIterator[Leases]:
    leases = Leases(store, owner, SHARDS, SECONDS, right(store))
    relay = Relay(store, bus, leases, lambda name: name or "shop", poll=1.0)
    loops = [asyncio.create_task(leases.run()), asyncio.create_task(relay.run())]
    try:
        yield leases
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def broker() -> MemoryBus:
    bus = MemoryBus()
    await bus.prepare({"shop": Topic(1), "people": Topic(1, compacted=True)})
    return bus


async def given(store: MemoryStore) -> None:
    """Something to publish in every shard, of people too."""
    chunks = [chunk(10 * shard + n, b"x", shard=shard, topic=topic) for shard in range(SHARDS) for n, topic in TOPICS]
    await store.transact([Insert(outbox.COLLECTION, one) for one in chunks])


TOPICS = [(1, ""), (2, "people")]


@virtual
async def test_another_replica_publishes_what_the_broker_does_not_take_of_this_one() -> None:
    store = MemoryStore()
    async with running(store, "a", Refusing()) as refused, running(store, "b", await broker()) as other:
        await eventually(lambda: len(refused.owned) == len(other.owned) == SHARDS // 2)
        await given(store)

        async def all_published() -> bool:
            return not await store.find(outbox.COLLECTION, {"unpublished": True})

        await until(all_published, (PATIENCE + 2) * SECONDS)
        assert (len(refused.owned), len(other.owned)) == (0, SHARDS)
        await eventually(lambda: len(refused.owned) == SHARDS // 2, (REST + 2) * SECONDS)


@virtual
async def test_who_is_alone_has_timers_to_look_after_and_leaves_nothing() -> None:
    store = MemoryStore()
    async with running(store, "a", Refusing()) as refused:
        await given(store)
        for _ in range(10):
            await asyncio.sleep(SECONDS)
            assert len(refused.still_leased()) == SHARDS
