"""Whatever moment a relay is stopped at, and however late it goes on: a compacted topic ends with the newest."""

import asyncio
from contextvars import ContextVar

import pytest

from shared.engine.batch import outbox
from shared.engine.coordination.leases import Leases
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.log import MARKER
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.bus import Fenced, Topic
from shared.engine.ports.store import Document, Insert
from shared.engine.publishing.relay import Relay
from tests.shared.engine.publishing.test_relay import chunk, right
from tests.shared.engine.shop import virtual

SECONDS = 10.0

IS_STOPPED = ContextVar("is_stopped", default=False)
"""Set for whoever is stopped at its next round trips to the broker."""


class Broker(MemoryBus):
    """A broker to which a process that is stopped says nothing more, after so many round trips."""

    def __init__(self) -> None:
        super().__init__(pause=self._pause)
        self.left = 0
        self.goes_on = asyncio.Event()

    async def _pause(self) -> None:
        await asyncio.sleep(0.001)
        if IS_STOPPED.get():
            self.left -= 1
            if self.left < 0:
                await self.goes_on.wait()

    def values(self, topic: str = "people") -> list[bytes | None]:
        return [record.value for record in self.topics[topic][0].read(0, 1000) if record is not MARKER]


class Stage:
    """A database, a broker, and the relays of two processes."""

    def __init__(self) -> None:
        self.store, self.broker = MemoryStore(), Broker()
        self.a, self.b = self._relay("a"), self._relay("b")

    def _relay(self, owner: str) -> Relay:
        leases = Leases(self.store, owner, 1, SECONDS, right(self.store))
        return Relay(self.store, self.broker, leases, lambda name: name or "shop", poll=1.0)

    async def given(self, *chunks: Document) -> "Stage":
        await self.broker.prepare({"shop": Topic(1), "people": Topic(1, compacted=True)})
        await self.store.transact([Insert(outbox.COLLECTION, chunk) for chunk in chunks])
        return self

    async def stop_a(self, round_trips: int) -> "asyncio.Task[bool]":
        """Let a publish, and stop it after so many round trips to the broker."""
        self.broker.left = round_trips
        token = IS_STOPPED.set(True)
        publishing = asyncio.create_task(self.a.round())
        IS_STOPPED.reset(token)
        await asyncio.sleep(1)
        return publishing

    async def publish(self, relay: Relay, *chunks: Document) -> None:
        await self.given(*chunks)
        await relay.leases.renew()
        while await relay.round():
            pass

    async def unpublished(self) -> list[Document]:
        return await self.store.find(outbox.COLLECTION, {"unpublished": True})


@pytest.mark.parametrize("round_trips", range(10))
@virtual
async def test_a_relay_that_was_stopped_anywhere_leaves_nothing_old_as_the_last_record(round_trips: int) -> None:
    stage = await Stage().given(chunk(1, b"ada", topic="people"))
    await stage.a.leases.renew()
    publishing = await stage.stop_a(round_trips)
    await asyncio.sleep(2 * SECONDS)
    await stage.publish(stage.b, _withdrawn(2))
    stage.broker.goes_on.set()
    await publishing
    await stage.publish(stage.a)
    assert stage.broker.values()[-1] is None
    assert await stage.unpublished() == []


@virtual
async def test_who_has_a_lease_and_the_name_no_more_takes_the_name_again_and_reads_again() -> None:
    stage = await Stage().given()
    await stage.publish(stage.a, chunk(1, b"1", topic="people"))
    await stage.broker.fenced("shop.people.0")
    await stage.publish(stage.a, chunk(2, b"2", topic="people"), chunk(3, b"3", topic="people"))
    assert len(await stage.unpublished()) == 2
    await stage.publish(stage.a)
    assert stage.broker.values() == [b"1", b"2", b"3"]
    assert await stage.unpublished() == []


@virtual
async def test_a_name_that_was_taken_under_an_older_lease_is_taken_anew() -> None:
    stage = await Stage().given()
    await stage.publish(stage.a, chunk(1, b"1", topic="people"))
    former = stage.broker.names["shop.people.0"]
    await stage.a.leases.release()
    await asyncio.sleep(1)
    await stage.publish(stage.a, chunk(2, b"2", topic="people"))
    assert stage.broker.names["shop.people.0"] is not former
    with pytest.raises(Fenced):
        await former.publish([("people", b"key", b"late", [])])
    assert stage.broker.values() == [b"1", b"2"]


@virtual
async def test_what_is_behind_a_chunk_without_a_fence_waits_and_other_shards_do_not() -> None:
    stage = await Stage().given()
    leases = Leases(stage.store, "c", 2, SECONDS, right(stage.store))
    relay = Relay(stage.store, stage.broker, leases, lambda name: name or "shop", poll=1.0)

    async def refused(name: str) -> None:
        raise ConnectionError(name)

    stage.broker.fenced = refused  # type: ignore[assignment,method-assign]  # as of a broker that is about to start
    await stage.publish(relay, chunk(1, b"1"), chunk(2, b"2", topic="people"), chunk(3, b"3"), chunk(4, b"4", shard=1))
    assert [row["_id"] for row in await stage.unpublished()] == [1, 2, 3]
    del stage.broker.fenced
    await stage.publish(relay)
    assert (stage.broker.values("shop"), stage.broker.values()) == ([b"4", b"1", b"3"], [b"2"])


def _withdrawn(id: int) -> Document:
    """A tombstone of the key that `chunk` uses."""
    found = chunk(id, b"", topic="people")
    found["events"][0]["data"] = None
    return found
