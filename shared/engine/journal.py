"""The journal: published chunks stay, so that events can be published again.

To a new consumer, after a broker lost its data, or for one tenant. What is on the people topic is not in the journal:
it is published anew from the current state, so that an erased person does not come back.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.clock import Clock, rfc3339
from shared.contracts.event import State
from shared.engine import leases, outbox
from shared.engine.aggregate import Aggregate
from shared.engine.bus import Bus, Partition, Publisher
from shared.engine.outbox import record
from shared.engine.reader import revive
from shared.engine.store import Change, Document, Put, Store

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
    RFC 3339 times in UTC, as events carry them.
    """

    name: str
    topic: str
    tenant: str = ""
    types: Sequence[str] = ()
    since: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        if ".replay." not in self.topic:
            raise NotAReplayTopic(f"{self.topic}: a replay goes to <cell>.<service>.replay.<group>, to no live topic")

    def wants(self, event: Document) -> bool:
        """Whether an event is part of it."""
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
        state: Document = known | {"ends": ends, "done": dict.fromkeys(ends, 0), "events": 0}
        await self.store.transact([Put(COLLECTION, state)])
        return state

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

    async def show_states(self, kind: type[Aggregate], state: type[State], topic: str) -> int:
        """Publish the current shared state of every aggregate of a kind; returns how many there are."""
        publisher = await self.bus.publisher()
        shown, after = 0, None
        try:
            while documents := await self.store.find(
                kind.collection, {"version": {"$gt": 0}}, limit=AT_ONCE, after=after
            ):
                rows = [_state_row(kind, state, document, self.clock()) for document in documents]
                present = [row for row in rows if row["data"] is not None]
                await _publish(publisher, topic, present)
                await self._follow_up(kind, state, topic, publisher, documents)
                shown, after = shown + len(present), documents[-1]["_id"]
        finally:
            await publisher.close()
        return shown

    async def _follow_up(
        self, kind: type[Aggregate], state: type[State], topic: str, publisher: Publisher, shown: Sequence[Document]
    ) -> None:
        """Whatever changed meanwhile is shown again, so that the topic does not end with what it was before.

        A later change is published later by itself.
        """
        while shown:
            found = await self.store.get(kind.collection, [document["_id"] for document in shown])
            shown = [found[old["_id"]] for old in shown if found[old["_id"]]["version"] != old["version"]]
            await _publish(publisher, topic, [_state_row(kind, state, document, self.clock()) for document in shown])


async def _publish(publisher: Publisher, topic: str, events: Sequence[Document]) -> None:
    sent = []
    for row in events:
        key, value, headers = record(row)
        sent.append(await publisher.send(topic, key, value, headers))
    await asyncio.gather(*sent)


def _state_row(kind: type[Aggregate], state: type[State], document: Document, now: datetime) -> Document:
    """A shared state as the outbox would hold it. Its id says which version it is: shown twice, it is one event."""
    aggregate = revive(kind, document)
    shown = aggregate.shared_state()
    subject = f"{kind.collection}/{aggregate.id}"
    return {
        "id": f"{subject}/{aggregate.version}",
        "source": f"ithaca/{state.about.service}",
        "type": state.type_name,
        "time": rfc3339(now),
        "tenant": document["tenant"],
        "subject": subject,
        "partitionkey": f"{document['tenant']}/{subject}",
        "sequence": str(aggregate.version),
        "data": None if shown is None else shown.model_dump_json().encode(),
    }
