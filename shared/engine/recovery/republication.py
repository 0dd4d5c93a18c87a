"""Publishing again what others may have lost: after a restore, or after a broker lost its data.

The topics are new then, and what was on its way is on none of them. The journal still has it: it goes out once more,
in order, and whoever has had it drops it by its inbox. People and their like are shown as they are now: those that
are gone as gone, so that whoever knows more than the topic forgets them.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from shared.engine.batch import outbox
from shared.engine.consuming.gaps import Gaps, closed, gaps_in
from shared.engine.consuming.partitions import FIELDS, row_id
from shared.engine.coordination import leases
from shared.engine.ports.store import Change, Document, Where, Write
from shared.engine.process.engine import Engine
from shared.engine.publishing.history import HIGHEST, first_id
from shared.engine.recovery.shared_states import show_all

AT_ONCE = 128
"""Chunks in one transaction."""


class StillRunning(Exception):
    """A worker publishes newer events meanwhile, which would overtake those that are published again."""


class NotEmpty(Exception):
    """The topic still holds what was published, from before a restore or from after it."""


class TooLongAgo(ValueError):
    """Whoever has had an event of that time has forgotten it, and would let it have its effect once more."""


@dataclass(slots=True, frozen=True)
class Republished:
    """How many events the relay will publish again, how many states were shown, and how many as withdrawn."""

    events: int
    states: int
    withdrawn: int


async def republish(engine: Engine, since: datetime) -> Republished:
    """Have everything published again that was stored since then; can be repeated.

    The relay of the next worker publishes the events; the states are on their topic at the end. Raises `StillRunning`,
    `NotEmpty`, `TooLongAgo`, `NotShown`.
    """
    limits = engine.executor.limits
    if since <= engine.executor.clock() - limits.keep_inbox:
        raise TooLongAgo(f"{since.isoformat()} is more than {limits.keep_inbox.days} days ago: name a later time")
    await engine.leases.renew()
    renewing = asyncio.create_task(engine.leases.run())
    try:
        if len(engine.leases.owned) < limits.shards:
            raise StillRunning("a worker has not ended, or ended less than a lease ago: stop it, and try again")
        if any((await engine.bus.end([engine.topic()])).values()):
            raise NotEmpty(
                f"topic {engine.topic()} holds events that the database may know nothing of: remove it first"
            )
        await _forget_checkpoints(engine, since)
        events, shown = await _hand_back(engine, since), await show_all(engine)
        return Republished(events, shown.states, shown.withdrawn)
    finally:
        renewing.cancel()
        await asyncio.wait([renewing])
        await engine.relay.close()
        await engine.leases.release()


async def _forget_checkpoints(engine: Engine, since: datetime) -> None:
    """Have what we read begin at the beginning, since its topics are new, too, and their publishers do the same.

    Where more than that is missing, the place stays: it is found to be in another log, which is a gap.
    """
    topics = [engine.topic(name) for name in engine.service.sources]
    extents = await engine.bus.extents(topics, engine.group) if topics else {}
    rows = await engine.store.get(leases.COLLECTION, [row_id(partition) for partition in extents])
    known = [row for row in rows.values() if row.get("complete_until") and row["complete_until"] >= since]
    writes: list[Write] = [Change(leases.COLLECTION, row["_id"], {}, unset=FIELDS) for row in known]
    for row in await Gaps(engine.store, engine.executor.clock).open():
        numbers = [gap.partition[1] for gap in gaps_in(row) if gap.since and gap.since >= since]
        writes.extend(closed(row, numbers, extents, since) if numbers else ())
    if writes:
        await engine.store.transact(writes)


async def _hand_back(engine: Engine, since: datetime) -> int:
    """Give published chunks back to the relay; returns how many events they hold.

    The last ones first: wherever this ends, what stays published was stored before what is not.
    """
    events, before = 0, HIGHEST
    where: Where = {"position": {"$gt": 0}, "_id": {"$gte": first_id(since)}}
    while chunks := await engine.store.find(outbox.COLLECTION, where, order="-_id", limit=AT_ONCE, after=before):
        await engine.store.transact([_unpublished(chunk) for chunk in chunks])
        events, before = events + sum(len(chunk["events"]) for chunk in chunks), chunks[-1]["_id"]
    return events


def _unpublished(chunk: Document) -> Change:
    match, unset = {"position": chunk["position"]}, ("position",)
    return Change(outbox.COLLECTION, chunk["_id"], match, {"unpublished": True}, unset)
