"""The relay: publishes the outbox, at least once and in order for each aggregate.

It reads the unpublished chunks of its shards by id, sends their events, and marks a chunk when the broker has
acknowledged all of it and every chunk before it in the shard. At the first failure nothing behind it is marked, and
the publisher is abandoned: what it still has may arrive late, so that readers get it twice, and drop it. On a compacted
topic that would be too late: what is for one is published behind a fence (see `fences`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from math import inf

import structlog

from shared.engine.batch import outbox, telemetry
from shared.engine.coordination import leases as lease_documents
from shared.engine.coordination.due import Bell
from shared.engine.coordination.leases import Leases
from shared.engine.ports.bus import Bus, Publisher
from shared.engine.ports.store import Change, Conflict, Delete, Document, Store, StoreError, Write
from shared.engine.publishing.fences import Fences
from shared.observe import metrics

log = structlog.get_logger()

AT_ONCE = 256
"""Chunks in one round."""

PATIENCE, REST = 3, 6
"""Times of a lease: how long a shard may get nowhere, and how long all are others' then."""

Sent = tuple[Document, list[Awaitable[None]]]
"""A chunk, and the acknowledgements of its events that are to come."""


class Relay:
    """One per process. `topic` names a topic: of this service by "", of people by its name."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        leases: Leases,
        topic: Callable[[str], str],
        poll: float,
        ack_timeout: float = 30.0,
    ) -> None:
        self.store = store
        self.bus = bus
        self.leases = leases
        self.topic = topic
        self.fences = Fences(bus, leases, topic)
        self.poll = poll
        self.ack_timeout = ack_timeout
        self.bell = Bell()
        self.publisher: Publisher | None = None
        self.made = 0.0
        self.began = 0.0
        self.stuck: dict[int, float] = {}

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            try:
                found = await self.round()
            except StoreError as error:
                log.warning("relay.unavailable", error=type(error).__name__)
                found = False
            if not found:
                await self.bell.wait(self.poll)

    async def close(self, abandon: bool = False) -> None:
        """Give the publishers back, when what they were given is sent; to `abandon` them is not to wait for that."""
        publisher, self.publisher = self.publisher, None
        if publisher is not None:
            await publisher.close(abandon)
        await self.fences.close()

    async def round(self) -> bool:
        """Publish and mark some chunks; returns whether there may be more at once."""
        self.began = asyncio.get_running_loop().time()
        chunks = await self._behind_fences()
        if not chunks:
            return False
        with telemetry.relay_round(chunks, self.topic) as acknowledged:
            acknowledged.extend(await self._publish(chunks))
        await self._mark(acknowledged)
        await self._lose_patience(chunks, acknowledged)
        return bool(acknowledged)

    async def _behind_fences(self) -> list[Document]:
        """What is unpublished, read after the names were taken that it needs."""
        chunks = await self._unpublished()
        if await self.fences.acquire(chunks):
            chunks = await self._unpublished()
        return chunks

    async def _lose_patience(self, chunks: Sequence[Document], acknowledged: Sequence[Document]) -> None:
        """Leave our shards to others, if a shard has got nowhere for long: the broker may refuse us alone."""
        now = asyncio.get_running_loop().time()
        stuck = {chunk["shard"] for chunk in chunks} - {chunk["shard"] for chunk in acknowledged}
        self.stuck = {shard: self.stuck.get(shard, now) for shard in stuck}
        if now - min(self.stuck.values(), default=now) < PATIENCE * self.leases.seconds:
            return
        shards, self.stuck = sorted(self.stuck), {}
        if await self.leases.rest(REST * self.leases.seconds):
            log.error("relay.shards_given_back", shards=shards)
            metrics.shards_given_back()
        else:
            log.error("relay.stuck", shards=shards)

    async def _publisher(self) -> Publisher:
        """A publisher that is younger than our leases: it knows of all partitions, though the topic may have grown."""
        publisher = self.publisher
        if publisher is not None and any(lease.acquired_at > self.made for lease in self.leases.owned.values()):
            self.publisher = None
            await publisher.close()
        if self.publisher is None:
            self.made = asyncio.get_running_loop().time()
            self.publisher = await self.bus.publisher()
        return self.publisher

    def _shards(self) -> list[int]:
        """Those of which events may be published: not while their topic grows."""
        halted = {shard for shard, lease in self.leases.owned.items() if lease.halted}
        return [shard for shard in self.leases.still_leased() if shard not in halted]

    def _is_ours(self, shard: int) -> bool:
        """Whether we have had a shard since the round began: under a newer lease, all of it is to be read again."""
        lease = self.leases.owned.get(shard)
        return lease is not None and lease.acquired_at <= self.began

    async def _unpublished(self) -> list[Document]:
        shards = self._shards()
        if not shards:
            return []
        where = {"shard": {"$in": shards}, "unpublished": True}
        return await self.store.find(outbox.COLLECTION, where, limit=AT_ONCE)

    async def _publish(self, chunks: Sequence[Document]) -> list[Document]:
        """The chunks that the broker has, without any that follows one it does not have in the same shard.

        Of a shard that lacks a name nothing is published.
        """
        unguarded = self.fences.unguarded(chunks)
        chunks = [chunk for chunk in chunks if chunk["shard"] not in unguarded]
        guarded = [chunk for chunk in chunks if self.fences.guards(chunk)]
        others = [chunk for chunk in chunks if not self.fences.guards(chunk)]
        published = await asyncio.gather(self.fences.publish(guarded), self._publish_unguarded(others))
        has = {chunk["_id"] for part in published for chunk in part}
        missing = {chunk["shard"]: chunk["_id"] for chunk in reversed(chunks) if chunk["_id"] not in has}
        return [chunk for chunk in chunks if chunk["_id"] < missing.get(chunk["shard"], inf)]

    async def _publish_unguarded(self, chunks: Sequence[Document]) -> list[Document]:
        """Publish chunks; returns those that the broker has. At the first failure the publisher is abandoned."""
        acknowledged = list[Document]()
        try:
            async with asyncio.timeout(self.ack_timeout):
                for chunk, futures in await self._send_all(await self._publisher(), chunks) if chunks else ():
                    if await _all(futures) and len(futures) == len(chunk["events"]):
                        acknowledged.append(chunk)
        except Exception as error:
            log.warning("relay.broker_unavailable", error=type(error).__name__)
        if len(acknowledged) < len(chunks):
            await self._abandon()
        return acknowledged

    async def _send_all(self, publisher: Publisher, chunks: Sequence[Document]) -> list[Sent]:
        """What was sent of each chunk; behind one that could not be sent whole, nothing more of its shard."""
        sent, stuck = list[Sent](), set[int]()
        for chunk in chunks:
            if chunk["shard"] not in self._shards() or not self._is_ours(chunk["shard"]):
                break
            if chunk["shard"] not in stuck:
                sent.append((chunk, await self._send(publisher, chunk)))
                if len(sent[-1][1]) < len(chunk["events"]):
                    stuck.add(chunk["shard"])
        return sent

    async def _send(self, publisher: Publisher, chunk: Document) -> list[Awaitable[None]]:
        """The events of a chunk, up to the first that is not even taken."""
        futures, topic = list[Awaitable[None]](), self.topic(chunk.get("topic", ""))
        for row in chunk["events"]:
            try:
                futures.append(await publisher.send(topic, *outbox.record(row)))
            except Exception as error:
                log.error("relay.not_sent", id=row["id"], shard=chunk["shard"], error=type(error).__name__)
                break
        return futures

    async def _mark(self, chunks: Sequence[Document]) -> None:
        """Mark what was published, by id, under our leases' epochs: nothing is marked without its shard's lease."""
        by_shard: dict[int, list[Document]] = {}
        for chunk in chunks:
            by_shard.setdefault(chunk["shard"], []).append(chunk)
        try:
            await self._mark_shards(by_shard)
        except Conflict:
            for shard, some in by_shard.items():
                try:
                    await self._mark_shards({shard: some})
                except Conflict:
                    self.leases.lose(shard)

    async def _mark_shards(self, by_shard: dict[int, list[Document]]) -> None:
        leases = {shard: self.leases.owned[shard] for shard in by_shard if self._is_ours(shard)}
        writes, now = list[Write](), self.leases.time()
        for shard, lease in leases.items():
            last = lease.position + len(by_shard[shard])
            where = {"owner": self.leases.owner, "epoch": lease.epoch, "position": lease.position or None}
            writes.append(Change(lease_documents.COLLECTION, f"shard/{shard}", where, {"position": last}))
            numbered = enumerate(by_shard[shard], lease.position + 1)
            writes.extend(_published(chunk, position, now) for position, chunk in numbered)
        if writes:
            await self.store.transact(writes)
        for shard, lease in leases.items():
            lease.position += len(by_shard[shard])

    async def _abandon(self) -> None:
        publisher, self.publisher = self.publisher, None
        if publisher is not None:
            await publisher.close(abandon=True)
        await asyncio.sleep(self.poll / 10)


def _published(chunk: Document, position: int, now: datetime) -> Write:
    """What has a topic of its own goes: people, whose data is kept nowhere else, and clocks. The rest is a journal."""
    if chunk.get("topic"):
        return Delete(outbox.COLLECTION, chunk["_id"])
    match, unset = {"unpublished": True}, ("unpublished",)
    return Change(outbox.COLLECTION, chunk["_id"], match, {"position": position, "published_at": now}, unset)


async def _all(futures: Iterable[Awaitable[None]]) -> bool:
    """Whether all have ended well; every one is waited for, so that none is left alone."""
    well = True
    for future in futures:
        try:
            await future
        except TimeoutError:
            raise
        except Exception as error:
            log.warning("relay.not_acknowledged", error=type(error).__name__)
            well = False
    return well
