"""The relay publishes in order, marks what the broker has, and stops a shard at its first failure."""

import asyncio
from collections.abc import Awaitable, Sequence

import pytest

from shared.engine.batch import outbox
from shared.engine.coordination import leases
from shared.engine.coordination.database_time import DatabaseTime
from shared.engine.coordination.leases import Leases
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.log import MARKER, Log
from shared.engine.memory.publishers import MemoryPublisher
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Document, Insert, Put, Unavailable, Write
from shared.engine.publishing.relay import Relay
from tests.shared.engine.shop import virtual

SECONDS = 10.0


class Broker(MemoryBus):
    """A broker that refuses some values: at once, or when it should acknowledge; or never says a word."""

    def __init__(self) -> None:
        super().__init__()
        self.topics = {"shop": [Log()], "people": [Log()]}
        self.too_large: set[bytes] = set()
        self.refused: set[bytes] = set()
        self.silent = False
        self.patience = 0.0
        self.away = False
        self.senders: list[Sender] = []

    async def publisher(self) -> "Sender":
        """See `Bus.publisher`."""
        if self.away:
            raise ConnectionError("gone")
        self.senders.append(Sender(self))
        return self.senders[-1]

    def values(self, topic: str = "shop") -> list[bytes | None]:
        return [record.value for record in self.topics[topic][0] if record is not MARKER]


class Sender(MemoryPublisher):
    """After a refusal it sends nothing more, as a real one."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(broker)
        self.broker = broker
        self.broken = False
        self.closed = ""

    async def send(
        self, topic: str, key: bytes, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> Awaitable[None]:
        """See `Publisher.send`."""
        if value in self.broker.too_large:
            raise ValueError("too large")
        self.broken |= value in self.broker.refused
        if self.broker.silent:
            return asyncio.sleep(1000)
        if self.broken:
            return self._refuse()
        return self._acknowledge(await super().send(topic, key, value, headers))

    async def close(self, abandon: bool = False) -> None:
        """See `Publisher.close`."""
        self.closed = "abandoned" if abandon else "flushed"

    async def _acknowledge(self, taken: Awaitable[None]) -> None:
        await taken
        await asyncio.sleep(self.broker.patience)

    async def _refuse(self) -> None:
        raise ConnectionError("refused")


class Noting(MemoryStore):
    """A database that notes what a transaction is about, and fails on request."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        if self.away:
            raise Unavailable("gone")
        await super().transact(writes)


def right(store: MemoryStore) -> DatabaseTime:
    """The time of a process whose machine has the database's."""
    return DatabaseTime(store, store.time)


class Stage:
    """A store with chunks, a broker, and a relay that has all leases."""

    def __init__(self, shards: int = 2) -> None:
        self.store, self.broker = Noting(), Broker()
        self.leases = Leases(self.store, "a", shards, SECONDS, right(self.store))
        self.relay = Relay(self.store, self.broker, self.leases, lambda name: name or "shop", poll=1.0)

    async def given(self, *chunks: Document) -> "Stage":
        await self.store.transact([Insert(outbox.COLLECTION, chunk) for chunk in chunks])
        await self.leases.renew()
        return self

    async def positions(self) -> dict[int, int | None]:
        """Of each chunk its position, None while it is unpublished."""
        rows = await self.store.find(outbox.COLLECTION, {})
        return {row["_id"]: None if row.get("unpublished") else row["position"] for row in rows}

    async def lease(self, shard: int) -> Document:
        (row,) = await self.store.find(leases.COLLECTION, {"_id": f"shard/{shard}"})
        return row


def chunk(id: int, *values: bytes, shard: int = 0, topic: str = "") -> Document:
    events = [event(value) for value in values]
    found: Document = {"_id": id, "shard": shard, "unpublished": True, "events": events}
    return found | {"topic": topic} if topic else found


def event(value: bytes) -> Document:
    row = dict.fromkeys(("id", "source", "type", "time", "tenant", "subject", "sequence"), "x")
    return row | {"partitionkey": "acme/till/t1", "data": value}


@virtual
async def test_chunks_are_published_in_order_of_their_numbers_and_marked_without_gaps() -> None:
    stage = await Stage(shards=1).given(chunk(30, b"d"), chunk(10, b"a", b"b"), chunk(20, b"c"))
    assert await stage.relay.round()
    assert stage.broker.values() == [b"a", b"b", b"c", b"d"]
    assert await stage.positions() == {10: 1, 20: 2, 30: 3}
    await stage.given(chunk(40, b"e"), chunk(15, b"late"))
    await stage.relay.round()
    assert await stage.positions() == {10: 1, 15: 4, 20: 2, 30: 3, 40: 5}
    assert not await stage.relay.round()


@virtual
async def test_each_shard_has_positions_of_its_own() -> None:
    stage = await Stage().given(chunk(1, b"a"), chunk(2, b"b", shard=1), chunk(3, b"c"))
    await stage.relay.round()
    assert await stage.positions() == {1: 1, 2: 1, 3: 2}


@virtual
async def test_what_is_on_the_people_topic_is_kept_nowhere_else() -> None:
    stage = await Stage().given(chunk(1, b"a"), chunk(2, b"ada", topic="people"), chunk(3, b"b"))
    await stage.relay.round()
    assert (stage.broker.values(), stage.broker.values("people")) == ([b"a", b"b"], [b"ada"])
    assert (await stage.positions()).keys() == {1, 3}


@virtual
async def test_at_the_first_refusal_nothing_behind_it_is_marked_and_a_new_publisher_goes_on_from_there() -> None:
    stage = await Stage(shards=1).given(*(chunk(n, b"%d" % n) for n in range(1, 6)))
    stage.broker.refused = {b"3"}
    await stage.relay.round()
    assert await stage.positions() == {1: 1, 2: 2, 3: None, 4: None, 5: None}
    assert [sender.closed for sender in stage.broker.senders] == ["abandoned"]
    stage.broker.refused = set()
    while await stage.relay.round():
        pass
    assert stage.broker.values() == [b"1", b"2", b"3", b"4", b"5"]
    assert len(stage.broker.senders) == 2


@virtual
async def test_what_the_broker_has_of_a_chunk_that_is_not_whole_comes_again_in_order() -> None:
    stage = await Stage(shards=1).given(chunk(1, b"a", b"b", b"c"))
    stage.broker.refused = {b"b"}
    await stage.relay.round()
    stage.broker.refused = set()
    await stage.relay.round()
    assert stage.broker.values() == [b"a", b"a", b"b", b"c"]
    assert await stage.positions() == {1: 1}


@virtual
async def test_what_cannot_even_be_sent_stops_its_shard_and_no_other() -> None:
    stage = await Stage().given(chunk(1, b"a"), chunk(2, b"large", b"behind"), chunk(3, b"b", shard=1), chunk(4, b"c"))
    stage.broker.too_large = {b"large"}
    await stage.relay.round()
    await stage.given(chunk(5, b"d", shard=1))
    await stage.relay.round()
    assert stage.broker.values() == [b"a", b"b", b"d"]
    assert await stage.positions() == {1: 1, 2: None, 3: 1, 4: None, 5: 2}


@virtual
async def test_a_broker_that_says_nothing_is_not_waited_for_for_ever() -> None:
    stage = await Stage().given(chunk(1, b"a"))
    stage.leases.seconds, stage.broker.silent = 1000.0, True
    await stage.leases.renew()
    assert not await stage.relay.round()
    assert asyncio.get_running_loop().time() < 40
    assert (await stage.positions(), stage.broker.senders[0].closed) == ({1: None}, "abandoned")


@virtual
async def test_a_broker_that_is_away_is_tried_again() -> None:
    stage = await Stage().given(chunk(1, b"a"))
    stage.broker.away = True
    running = asyncio.create_task(stage.relay.run())
    await asyncio.sleep(2)
    stage.broker.away = False
    await asyncio.sleep(2)
    assert await stage.positions() == {1: 1}
    running.cancel()


@virtual
async def test_who_has_lost_a_lease_marks_nothing() -> None:
    stage = await Stage(shards=1).given(chunk(1, b"a"))
    row = await stage.lease(0)
    await stage.store.transact([Put(leases.COLLECTION, row | {"owner": "b", "epoch": row["epoch"] + 1})])
    await stage.relay.round()
    assert await stage.positions() == {1: None}
    assert stage.leases.owned == {}
    assert not await stage.relay.round()


@virtual
async def test_a_lost_shard_does_not_keep_the_others_from_being_marked() -> None:
    stage = await Stage().given(chunk(1, b"a"), chunk(2, b"b", shard=1))
    row = await stage.lease(0)
    await stage.store.transact([Put(leases.COLLECTION, row | {"owner": "b", "epoch": row["epoch"] + 1})])
    await stage.relay.round()
    assert await stage.positions() == {1: None, 2: 1}
    assert stage.leases.still_leased() == [1]


@pytest.mark.parametrize("passed", [SECONDS * 0.8, SECONDS * 2])
@virtual
async def test_nothing_is_published_when_the_lease_is_about_to_end(passed: float) -> None:
    stage = await Stage().given(chunk(1, b"a"))
    await asyncio.sleep(passed)
    assert not await stage.relay.round()
    assert stage.broker.values() == []


@virtual
async def test_a_new_owner_goes_on_with_the_position_of_the_old_one() -> None:
    stage = await Stage(shards=1).given(chunk(1, b"a"), chunk(2, b"b"))
    await stage.relay.round()
    await stage.leases.release()
    heir = Leases(stage.store, "b", 1, SECONDS, right(stage.store))
    await heir.renew()
    await stage.given(chunk(3, b"c"))
    await Relay(stage.store, stage.broker, heir, lambda name: name or "shop", poll=1.0).round()
    assert await stage.positions() == {1: 1, 2: 2, 3: 3}


@virtual
async def test_a_mark_whose_outcome_is_unknown_leads_to_no_gap_and_no_double_position() -> None:
    stage = await Stage(shards=1).given(chunk(1, b"a"))
    stage.store.away = True
    with pytest.raises(Unavailable):
        await stage.relay.round()
    stage.store.away = False
    await stage.given(chunk(2, b"b"))
    while await stage.relay.round():
        pass
    assert await stage.positions() == {1: 1, 2: 2}
    assert stage.broker.values() == [b"a", b"a", b"b"]


@virtual
async def test_the_bell_is_faster_than_the_poll() -> None:
    stage = await Stage().given()
    running = asyncio.create_task(stage.relay.run())
    await asyncio.sleep(0.2)
    await stage.given(chunk(1, b"a"))
    stage.relay.bell.ring()
    await asyncio.sleep(0.1)
    assert stage.broker.values() == [b"a"]
    running.cancel()
