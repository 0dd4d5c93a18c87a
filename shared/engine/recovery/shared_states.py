"""Shared states, published anew from what is stored: what the people topic should end with.

Behind the fences of the relay, which were taken before anything is read: what a relay was about to publish before is
on the topic by then, or never will be, and a relay that takes a shard meanwhile puts an end to this. What is stored
later is in the outbox, and follows.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.clock import rfc3339
from shared.contracts.event import State
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.reader import revive
from shared.engine.authoring.service import PEOPLE
from shared.engine.batch.outbox import record, shard_of
from shared.engine.ports.store import Document
from shared.engine.process.engine import Engine

AT_ONCE = 128
"""Documents."""


class NotShown(Exception):
    """The broker has not taken all states, or another process publishes to the people topic now."""


@dataclass(slots=True, frozen=True)
class Shown:
    """How many states were published, and how many withdrawals: of what was never shared, too."""

    states: int = 0
    withdrawn: int = 0

    def __add__(self, other: "Shown") -> "Shown":
        return Shown(self.states + other.states, self.withdrawn + other.withdrawn)


async def show_all(engine: Engine) -> Shown:
    """Publish the state of every aggregate that the service shares, or that it is withdrawn. Raises `NotShown`.

    The engine has to have all leases, and its relay must not run. Can be repeated.
    """
    shown = Shown()
    for kind in engine.service.aggregates:
        if state := engine.service.shared.get(kind.collection):
            await _acquire_names(engine)
            shown += await _show(engine, kind, state)
    return shown


async def replay_all(engine: Engine, topic: str) -> None:
    """Publish the same to the topic of a replay, which is not compacted: who reads it goes by the sequence alone."""
    publisher = await engine.bus.publisher()
    try:
        for kind in engine.service.aggregates:
            if state := engine.service.shared.get(kind.collection):
                async for rows in _pages(engine, kind, state):
                    await asyncio.gather(*[await publisher.send(topic, *record(row)) for row in rows])
    finally:
        await publisher.close()


async def _acquire_names(engine: Engine) -> None:
    every: list[Document] = [{"topic": PEOPLE, "shard": shard} for shard in range(engine.executor.limits.shards)]
    await engine.relay.fences.acquire(every)
    if lacking := engine.relay.fences.unguarded(every):
        raise NotShown(f"the broker does not let us publish the states of {len(lacking)} shards: the log says why")


async def _show(engine: Engine, kind: type[Aggregate], state: type[State]) -> Shown:
    shown = Shown()
    async for rows in _pages(engine, kind, state):
        await _publish(engine, rows)
        withdrawn = sum(row["data"] is None for row in rows)
        shown += Shown(len(rows) - withdrawn, withdrawn)
    return shown


async def _pages(engine: Engine, kind: type[Aggregate], state: type[State]) -> AsyncIterator[list[Document]]:
    after = None
    while documents := await engine.store.find(kind.collection, {"version": {"$gt": 0}}, limit=AT_ONCE, after=after):
        yield [_row(kind, state, document, engine.executor.clock()) for document in documents]
        after = documents[-1]["_id"]


async def _publish(engine: Engine, rows: Sequence[Document]) -> None:
    by_shard: dict[int, list[Document]] = {}
    for row in rows:
        by_shard.setdefault(shard_of(row["partitionkey"], engine.executor.limits.shards), []).append(row)
    chunks: list[Document] = [{"topic": PEOPLE, "shard": shard, "events": some} for shard, some in by_shard.items()]
    if len(await engine.relay.fences.publish(chunks)) < len(chunks):
        raise NotShown("the broker has not taken all states, or a worker runs: stop it, and try again")


def _row(kind: type[Aggregate], state: type[State], document: Document, now: datetime) -> Document:
    """A shared state as the outbox would have it. Its id says which version it is: shown twice, it is one event."""
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
