"""Chains the lines of the audit trail: takes them from the outbox, numbers them, and hashes each behind the last one.

No request waits for it, and no two processes do it for one organization, unless a lease has just passed on: then the
head, which is written in the same transaction, lets one of them through. A line is on its trail a moment after it was
written, and is nowhere shown before.
"""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import structlog

from shared.clock import Clock
from shared.engine.batch import outbox
from shared.engine.coordination.due import Bell
from shared.engine.coordination.leases import Leases
from shared.engine.ports.store import Change, Conflict, Delete, Document, Index, Insert, Store, StoreError, Write
from shared.ids import microseconds
from shared.observe import trail as observed
from shared.trail.chain import Head
from shared.trail.line import Line
from shared.trail.seal import RENEWED, Seal, Seals, SealState

log = structlog.get_logger()

LINES = "trail"
LINES_INDEXES = (Index(("tenant", "_id")), Index(("tenant", "people", "_id")), Index(("tenant", "actor", "_id")))
HEADS = "trail_heads"
HEADS_INDEXES = (Index(("shard", "_id")),)

AT_ONCE = 200
"""Documents of the outbox, each with some lines of one organization."""

REST = 0.2
"""Seconds between two rounds, in which lines gather: chaining many takes hardly longer than one."""

PRUNED = 500
"""Lines of one organization that are removed at a time."""

EVERY_HOUR = RENEWED.total_seconds()


def row_id(tenant: str, number: int) -> str:
    """Return the id of a line: those of an organization are in order, and there is none twice."""
    return f"{tenant}/{number:012d}"


def head_of(row: Document | None) -> Head:
    """Return the head in a row; the one of an empty trail without one."""
    return Head(**{name: row[name] for name in Head.model_fields}) if row else Head()


def seal_of(row: Document | None) -> Seal | None:
    """Return the seal of the head in a row, if it has one."""
    return Seal(**row["seal"]) if row and row.get("seal") else None


def line_of(row: Document) -> Line:
    """Return the line in a row."""
    return Line(**{name: value for name, value in row.items() if name != "_id"})


class Chaining:
    """One per process. Lines that are older than `keep` are removed, from the beginning of a trail on.

    `seen` is how many lines trails have had as this process knows: one that has fewer was set back.
    """

    def __init__(self, store: Store, leases: Leases, seals: Seals, clock: Clock, poll: float, keep: timedelta) -> None:
        self.store, self.leases, self.seals, self.clock = store, leases, seals, clock
        self.poll, self.keep = poll, keep
        self.seen = dict[str, int]()
        self.bell = Bell()
        self.next_hour = 0.0

    def note(self, writes: Iterable[Write]) -> None:
        """Ring, if a transaction has left lines."""
        if any(isinstance(write, Insert) and "unchained" in write.document for write in writes):
            self.bell.ring()

    async def run(self) -> None:
        """Chain until cancelled."""
        while True:
            try:
                found = await self.round()
                await self._hourly()
            except StoreError as error:
                log.warning("trail.unavailable", error=type(error).__name__)
                found = False
            if not found:
                await self.bell.wait(self.poll)
            await asyncio.sleep(REST)

    async def round(self) -> bool:
        """Chain some lines; returns whether there may be more at once."""
        if not (shards := self.leases.still_leased()):
            return False
        where = {"shard": {"$in": shards}, "unchained": True}
        rows = await self.store.find(outbox.COLLECTION, where, limit=AT_ONCE)
        of_tenant = dict[str, list[Document]]()
        for row in rows:
            of_tenant.setdefault(row["tenant"], []).append(row)
        heads = await self.store.get(HEADS, list(of_tenant)) if rows else {}
        for tenant, some in of_tenant.items():
            await self._chain(tenant, some, heads.get(tenant))
        return len(rows) == AT_ONCE

    async def oldest_seconds(self) -> float:
        """Return for how long the line that waits longest has not come onto its trail."""
        where = {"shard": {"$in": list(range(self.leases.shards))}, "unchained": True}
        rows = await self.store.find(outbox.COLLECTION, where, limit=1)
        return max(0.0, (microseconds(self.clock()) - (rows[0]["_id"] >> outbox.SALT_BITS)) / 1e6) if rows else 0.0

    async def _chain(self, tenant: str, rows: list[Document], head: Document | None) -> None:
        before = head_of(head)
        lines = list(self._chained(tenant, rows, before))
        writes: list[Write] = [
            Insert(LINES, {"_id": row_id(tenant, line.number), **line.model_dump()}) for line in lines
        ]
        writes += [Delete(outbox.COLLECTION, row["_id"], {"unchained": True}) for row in rows]
        last: dict[str, Any] = {"number": lines[-1].number, "hash": lines[-1].hash}
        last |= self._sealed(tenant, head, before.model_copy(update=last))
        if head is None:
            writes.append(Insert(HEADS, {"_id": tenant, "shard": rows[0]["shard"]} | before.model_dump() | last))
        else:
            match = {"number": before.number, "hash": before.hash}
            writes.append(Change(HEADS, tenant, match, last))
        try:
            await self.store.transact(writes)
        except Conflict:
            await self._look_into(tenant, before)
        else:
            self.seen[tenant] = lines[-1].number

    def _sealed(self, tenant: str, row: Document | None, head: Head) -> dict[str, Any]:  # what a row gets
        """Seal a head that takes the place of the one in a row.

        Nothing is sealed behind an end that is not as this service has left it: that its seal is wrong stays to be
        found. One without a seal, as it was before there were any, is sealed from there on, which the seal says.
        """
        before, seal = head_of(row), seal_of(row)
        found = self.seals.look(tenant, before, seal)
        was_set_back = before.number < self.seen.get(tenant, 0)
        if was_set_back or (row is not None and found.state is SealState.WRONG):
            log.error("trail.tampered", tenant=tenant, count=before.number)
            return {}
        since = seal.since if seal else before.number + 1
        made = self.seals.set(tenant, head, self.clock(), since)
        return {"seal": made.model_dump()} if made else {}

    def _chained(self, tenant: str, rows: Iterable[Document], head: Head) -> Iterator[Line]:
        number, before = head.number, head.hash
        for row in rows:
            for said in row["lines"]:
                number += 1
                line = Line(**said, service=self.seals.service, tenant=tenant, number=number, hash="")
                before = line.hash_behind(before)
                yield line.model_copy(update={"hash": before})

    async def _look_into(self, tenant: str, head: Head) -> None:
        """Another process may have been faster; if not, the trail is not as it was left, and nobody can go on with it.

        What waits stays where it is.
        """
        now = head_of((await self.store.get(HEADS, [tenant])).get(tenant))
        behind = row_id(tenant, head.number + 1)
        if now == head and await self.store.get(LINES, [behind]):
            log.error("trail.stuck", tenant=tenant)
            observed.stuck()

    async def _hourly(self) -> None:
        """Say where each trail ends, for whoever keeps our log, and remove what is older than it is kept."""
        now = asyncio.get_running_loop().time()
        if now < self.next_hour or not (shards := self.leases.still_leased()):
            return
        self.next_hour, after = now + EVERY_HOUR, None
        while heads := await self.store.find(HEADS, {"shard": {"$in": shards}}, after=after, limit=100):
            for head in heads:
                log.info("trail.head", tenant=head["_id"], count=head["number"], id=head["hash"])
                await self.prune(head)
            for head in (await self.store.get(HEADS, [head["_id"] for head in heads])).values():
                await self._seal_anew(head)
            after = heads[-1]["_id"]

    async def _seal_anew(self, row: Document) -> None:
        """Say that the end of a trail is still as it was left: an older seal is one that was put back."""
        head = head_of(row)
        if not (sealed := self._sealed(row["_id"], row, head)):
            return
        try:
            await self.store.transact([Change(HEADS, row["_id"], head.model_dump(), sealed)])
        except Conflict:
            return  # it has just got lines, and a seal with them
        self.seen[row["_id"]] = head.number

    async def prune(self, row: Document) -> None:
        """Remove the oldest lines of a trail if they are too old; its head says from where on it goes."""
        head, limit = head_of(row), self.clock() - self.keep
        while True:
            oldest = await self.store.find(LINES, {"tenant": row["_id"]}, limit=PRUNED)
            old = [line_of(one) for one in oldest if one["at"] < limit]
            old = [line for number, line in enumerate(old, head.first) if line.number == number]
            if not old:
                return
            last: dict[str, Any] = {"first": old[-1].number + 1, "before": old[-1].hash}
            last |= self._sealed(row["_id"], row, head.model_copy(update=last))
            writes: list[Write] = [Delete(LINES, row_id(row["_id"], line.number), {}) for line in old]
            try:
                await self.store.transact([*writes, Change(HEADS, row["_id"], head.model_dump(), last)])
            except Conflict:
                return  # whoever was faster does the rest
            row = row | last
            head = head_of(row)
