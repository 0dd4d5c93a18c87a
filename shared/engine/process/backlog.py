"""What waits in a service: counted in its database and on the broker, for operators and for metrics."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from shared.clock import Clock
from shared.engine.authoring.suspensions import suspended
from shared.engine.batch import outbox
from shared.engine.consuming import gaps
from shared.engine.coordination.due import unless_of
from shared.engine.deferred import effects, timers
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.failures.lanes import ROWS, Lane
from shared.engine.ports.bus import Partition
from shared.engine.ports.store import Document, Store, Where
from shared.engine.process.engine import Engine
from shared.ids import microseconds

MOST = 10_000
"""No more is counted: a count that is as large is a floor."""


@dataclass(slots=True, frozen=True)
class Backlog:
    """Counts, at most `MOST` each, and ages in seconds; None for the age of what does not wait.

    Timers of organizations that are suspended are planned, and not due: they rest.
    `gaps` counts topics in which something is missing.
    """

    chunks: int
    oldest_seconds: float | None
    timers_planned: int
    timers_due: int
    oldest_due_seconds: float | None
    effects_waiting: int
    effects_failing: int
    lanes: int
    messages: int
    dead_letters: int
    gaps: int


NOTHING = Backlog(0, None, 0, 0, None, 0, 0, 0, 0, 0, 0)


async def backlog(store: Store, shards: int, clock: Clock) -> Backlog:
    """Return what waits in the database now; raises `StoreError`."""
    of_all = {"shard": {"$in": list(range(shards))}}  # each index begins with the shard
    now = clock()
    unpublished, due = of_all | {"unpublished": True}, of_all | {"due": {"$lte": now}}
    due |= unless_of(await suspended(store))
    failing = {"attempts": {"$gt": 1}}

    async def count(collection: str, where: Where) -> int:
        return await store.count(collection, where, MOST)

    counts = await asyncio.gather(
        count(outbox.COLLECTION, unpublished),
        count(timers.COLLECTION, {}),
        count(timers.COLLECTION, due),
        count(effects.COLLECTION, {}),
        count(effects.COLLECTION, failing),
        count(Lane.collection, {}),
        count(ROWS, {}),
        count(DeadLetter.collection, {}),
        count(gaps.COLLECTION, {"state": {"$in": [gaps.RUNNING, gaps.FAILED]}}),
    )
    chunk, timer = await asyncio.gather(
        store.find(outbox.COLLECTION, unpublished, limit=1), store.find(timers.COLLECTION, due, order="due", limit=1)
    )
    chunks, planned, late, waiting, retried, lanes, messages, letters, missing = counts
    oldest_chunk, oldest_timer = _chunk_age(chunk, now), _timer_age(timer, now)
    return Backlog(
        chunks, oldest_chunk, planned, late, oldest_timer, waiting, retried, lanes, messages, letters, missing
    )


async def lag(engine: Engine) -> dict[Partition, tuple[int, int]]:
    """Of each partition that the service reads: how far it has come, and where the partition ends now."""
    topics = [engine.topic(name) for name in engine.service.sources]
    return await engine.bus.lag(engine.group, topics) if topics else {}


def _chunk_age(rows: list[Document], now: datetime) -> float | None:
    return max(0.0, (microseconds(now) - (rows[0]["_id"] >> outbox.SALT_BITS)) / 1_000_000) if rows else None


def _timer_age(rows: list[Document], now: datetime) -> float | None:
    return (now - rows[0]["due"]).total_seconds() if rows else None
