"""Gaps: records that a group should have read and that are on the topic no more.

A partition with a gap stands still, while others go on, until the gap is repaired (see `repairing`) or an operator
decides to go on without what is missing. A topic's gaps are one document, which is the job of their repair, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import structlog

from shared.clock import Clock
from shared.engine.consuming.partitions import Checkpoint, Gap, row_id
from shared.engine.coordination import leases
from shared.engine.ports.bus import Extent, Partition
from shared.engine.ports.store import Change, Document, Insert, Store, Write
from shared.errors import NotFound

log = structlog.get_logger()

COLLECTION = "gaps"

RUNNING, FAILED, DONE = "running", "failed", "done"


class Gaps:
    """One per process."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    async def among(self, partitions: Iterable[Partition]) -> set[Partition]:
        """Return those of the partitions that have a gap."""
        topics = sorted({topic for topic, _ in partitions})
        rows = await self.store.get(COLLECTION, topics) if topics else {}
        return {gap.partition for row in rows.values() for gap in gaps_in(row)}

    async def add(self, gaps: Sequence[Gap]) -> None:
        """Write down what was found, so that it is repaired; raises `Conflict` if somebody else does at this moment."""
        topics = sorted({topic for topic, _ in (gap.partition for gap in gaps)})
        rows = await self.store.get(COLLECTION, topics)
        for topic in topics:
            found = {str(gap.partition[1]): _stored(gap) for gap in gaps if gap.partition[0] == topic}
            await self.store.transact([_added(topic, found, rows.get(topic), self.clock())])
        for gap in gaps:
            log.error("partition.gap", topic=gap.partition[0], partition=gap.partition[1], reason=str(gap))

    async def open(self) -> list[Document]:
        """Return the documents of all topics with gaps."""
        return await self.store.find(COLLECTION, {"state": {"$in": [RUNNING, FAILED]}})

    async def find(self, topic: str) -> Document:
        """Return the document of a topic with gaps; raises `NotFound`."""
        row = (await self.store.get(COLLECTION, [topic])).get(topic)
        if row is None or row["state"] == DONE:
            raise NotFound(f"Nothing is missing in {topic}: `ithaca topics gaps` lists what is.")
        return row


def gaps_in(row: Document) -> list[Gap]:
    """Return what is missing in a topic."""
    numbers = sorted(map(int, row["partitions"]))
    return [Gap((row["_id"], number), **row["partitions"][str(number)]) for number in numbers]


def begun_again(row: Document) -> Change:
    """Return the write that has the repair of a topic begin from the start."""
    return _change(row, {"state": RUNNING, "round": None, "error": ""})


def closed(
    row: Document, numbers: Iterable[int], extents: Mapping[Partition, Extent], complete_until: datetime
) -> list[Write]:
    """Return the writes that have partitions be read from their beginning: the gap is repaired, or given up.

    `complete_until`: what was published by then is handled. There is a `Conflict` if more gaps were found meanwhile.
    """
    topic, ours = row["_id"], sorted(set(map(str, numbers)) & row["partitions"].keys())
    is_over = len(ours) == len(row["partitions"])
    end = {"state": DONE, "ended_at": complete_until, "error": ""} if is_over else {}
    change = _change(row, {"round": None, **end}, unset=[f"partitions.{number}" for number in ours])
    return [change, *(_begins(extents[topic, int(n)], (topic, int(n)), complete_until) for n in ours)]


def _begins(extent: Extent, partition: Partition, complete_until: datetime) -> Change:
    checkpoint = Checkpoint(extent.beginning, extent.log, complete_until)
    return Change(leases.COLLECTION, row_id(partition), {}, checkpoint.fields())


def _stored(gap: Gap) -> Document:
    return {
        "first": gap.first,
        "next": gap.next,
        "since": gap.since,
        "found_at": gap.found_at,
        "reason": gap.reason,
    }


def _added(topic: str, found: Document, row: Document | None, now: datetime) -> Write:
    if row is None:
        return Insert(COLLECTION, _job(topic, found, now, 1))
    if row["state"] == DONE:
        anew = _job(topic, found, now, row["version"] + 1)
        return Change(COLLECTION, topic, {"version": row["version"]}, {k: v for k, v in anew.items() if k != "_id"})
    return _change(row, {**{f"partitions.{number}": fields for number, fields in found.items()}, "state": RUNNING})


def _change(row: Document, fields: Mapping[str, object], unset: Sequence[str] = ()) -> Change:
    return Change(COLLECTION, row["_id"], {"version": row["version"]}, fields, unset, add={"version": 1})


def _job(topic: str, partitions: Document, started_at: datetime, version: int) -> Document:
    """The repair of a topic's gaps. `round` is the attempt at those that were known when it began."""
    return {
        "_id": topic,
        "version": version,
        "state": RUNNING,
        "partitions": partitions,
        "round": None,
        "error": "",
        "started_at": started_at,
        "ended_at": None,
    }
