"""The journal: published chunks stay, so that events can be published again.

To a new consumer, after a broker lost its data, or for one tenant. What is on the people topic is not in the journal:
`states` publishes it anew from what is stored now, so that an erased person does not come back.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.clock import Clock
from shared.engine.batch import outbox
from shared.engine.batch.outbox import record
from shared.engine.coordination import leases
from shared.engine.ports.bus import Bus, Partition, Publisher
from shared.engine.ports.store import Change, Document, Put, Store
from shared.engine.publishing.history import EPOCH

COLLECTION = "replays"

TOPIC = "replays"
"""Where services ask each other for replays."""

AT_ONCE = 128

PUBLISHING_SECONDS = 60.0
"""How long what was committed before a replay may take to be published, before the replay is tried again."""


class NotAReplayTopic(ValueError):
    """History is never published to a topic that live consumers read."""


@dataclass(slots=True, frozen=True)
class Replay:
    """What to publish again: `name` identifies it, so that it can go on where it was interrupted.

    `topic` is `<cell>.<service>.replay.<group>`; `types` are event types, all when empty; `since` and `until` are
    RFC 3339 times in UTC, as events carry them. `published_since` asks for what was published at that time or later,
    which may be long after it was stored.
    """

    name: str
    topic: str
    tenant: str = ""
    types: Sequence[str] = ()
    since: str = ""
    until: str = ""
    published_since: datetime | None = None

    def __post_init__(self) -> None:
        if ".replay." not in self.topic:
            raise NotAReplayTopic(f"{self.topic}: a replay goes to <cell>.<service>.replay.<group>, to no live topic")

    def wants(self, event: Document) -> bool:
        """Return whether an event is part of it."""
        return (
            (not self.tenant or event["tenant"] == self.tenant)
            and (not self.types or event["type"] in self.types)
            and (not self.since or event["time"] >= self.since)
            and (not self.until or event["time"] < self.until)
        )


class Journal:
    """One service's. `progress` is called with the number of events published since the start.

    How far a replay has come is in its document, whose other fields are left alone.
    """

    def __init__(self, store: Store, bus: Bus, shards: int, clock: Clock) -> None:
        self.store, self.bus, self.shards, self.clock = store, bus, shards, clock

    async def replay(self, replay: Replay, progress: Callable[[int], None] = lambda _: None) -> dict[Partition, int]:
        """Publish it up to what is published now; returns where the topic ends then. Can be repeated after a crash."""
        state = await self._state(replay)
        publisher = await self.bus.publisher()
        try:
            for shard in range(self.shards):
                async for count in self._shard(replay, shard, state, publisher):
                    progress(count)
        finally:
            await publisher.close()
        return await self.bus.end([replay.topic])

    async def _state(self, replay: Replay) -> Document:
        """How far it has come, and how far it will go: both survive a crash."""
        known = (await self.store.get(COLLECTION, [replay.name])).get(replay.name, {"_id": replay.name})
        if "ends" in known:
            return known
        await self._all_published()
        rows = await self.store.get(leases.COLLECTION, [f"shard/{shard}" for shard in range(self.shards)])
        ends = {str(shard): rows.get(f"shard/{shard}", {}).get("position", 0) for shard in range(self.shards)}
        done = {shard: await self._published_before(int(shard), end, replay) for shard, end in ends.items()}
        state: Document = known | {"ends": ends, "done": done, "events": 0}
        await self.store.transact([Put(COLLECTION, state)])
        return state

    async def _published_before(self, shard: int, end: int, replay: Replay) -> int:
        """The last position of a shard that was given before the replay's moment, found by halving; 0 without one."""
        if replay.published_since is None:
            return 0
        before, behind = 0, end + 1
        while behind - before > 1:
            middle = (before + behind) // 2
            where = {"shard": shard, "position": {"$gt": middle - 1, "$lte": behind - 1}}
            found = await self.store.find(outbox.COLLECTION, where, order="position", limit=1)
            if found and published_at(found[0]) < replay.published_since:
                before = found[0]["position"]
            else:
                behind = middle
        return before

    async def _all_published(self) -> None:
        """Wait until what is committed now has its position: so what a consumer has seen by now is in the replay."""
        where: Document = {"shard": {"$in": list(range(self.shards))}, "unpublished": True}
        if not (last := await self.store.find(outbox.COLLECTION, where, order="-_id", limit=1)):
            return
        where["_id"] = {"$lte": last[0]["_id"]}
        async with asyncio.timeout(PUBLISHING_SECONDS):
            while await self.store.find(outbox.COLLECTION, where, limit=1):  # noqa: ASYNC110 - others publish it
                await asyncio.sleep(0.05)

    async def _shard(self, replay: Replay, shard: int, state: Document, publisher: Publisher) -> AsyncIterator[int]:
        while (done := state["done"][str(shard)]) < (end := state["ends"][str(shard)]):
            where = {"shard": shard, "position": {"$gt": done, "$lte": end}}
            chunks = await self.store.find(outbox.COLLECTION, where, order="position", limit=AT_ONCE)
            events = [row for chunk in chunks for row in chunk["events"] if replay.wants(row)]
            await _publish(publisher, replay.topic, events)
            state["done"][str(shard)] = chunks[-1]["position"] if chunks else end
            state["events"] += len(events)
            note = {f"done.{shard}": state["done"][str(shard)], "events": state["events"]}
            # A process that was taken for dead, and was not, finds that another one has gone on, and ends.
            await self.store.transact([Change(COLLECTION, replay.name, {f"done.{shard}": done}, note)])
            yield state["events"]


def published_at(chunk: Document) -> datetime:
    """Return when a chunk was published; of one from a version that did not note that, when it was stored."""
    stored = EPOCH + timedelta(microseconds=chunk["_id"] >> outbox.SALT_BITS)
    found: datetime = chunk.get("published_at", stored)
    return found


async def _publish(publisher: Publisher, topic: str, events: Sequence[Document]) -> None:
    sent = []
    for row in events:
        key, value, headers = record(row)
        sent.append(await publisher.send(topic, key, value, headers))
    await asyncio.gather(*sent)
