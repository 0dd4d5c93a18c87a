"""Checks the audit trails of a service again and again: what was tampered with is known before anybody asks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import structlog

from shared.clock import Clock
from shared.engine.coordination.leases import Leases
from shared.engine.deferred.chaining import HEADS, LINES, head_of, line_of, row_id, seal_of
from shared.engine.ports.store import Store, StoreError
from shared.observe import trail as observed
from shared.trail.chain import Head, Verification
from shared.trail.line import Line
from shared.trail.seal import Sealed, Seals

log = structlog.get_logger()

PAGE = 500
BETWEEN_PAGES = 0.5
"""Seconds; so that it takes no more than its part, however long the trails are."""
FIRST, BETWEEN_ROUNDS = 60.0, 600.0


class ChainWatch:
    """One per process: looks at the trails whose shards are ours."""

    def __init__(self, store: Store, leases: Leases, seals: Seals, clock: Clock) -> None:
        self.store, self.leases, self.seals, self.clock = store, leases, seals, clock
        self.broken = set[str]()

    async def run(self) -> None:
        """Check until cancelled; the first time when a process that starts has done what is more urgent."""
        await asyncio.sleep(FIRST)
        while True:
            try:
                await self.round()
            except StoreError as error:
                log.warning("trail.unchecked", error=type(error).__name__)
            await asyncio.sleep(BETWEEN_ROUNDS)

    async def round(self) -> None:
        """Check all of ours once."""
        shards, found = self.leases.still_leased(), set[str]()
        async for tenant in self._tenants(shards):
            breaks = await verify(self.store, tenant, BETWEEN_PAGES)
            breaks += await unsealed(self.store, tenant, self.seals, self.clock())
            if breaks:
                found.add(tenant)
                log.error("trail.broken", tenant=tenant, reason=breaks[0], count=len(breaks))
        self.broken = found
        observed.broken(len(found))

    async def _tenants(self, shards: list[int]) -> AsyncIterator[str]:
        after = None
        while rows := await self.store.find(HEADS, {"shard": {"$in": shards}}, after=after, limit=100):
            for row in rows:
                yield row["_id"]
            after = rows[-1]["_id"]


async def tenants(store: Store) -> list[str]:
    """Return whose trails there are, those without a head too."""
    found, last = {str(row["_id"]) for row in await store.find(HEADS, {}, limit=100_000)}, ""
    while rows := await store.find(LINES, {"tenant": {"$gt": last}}, order="tenant", limit=1):
        last = rows[0]["tenant"]
        found.add(last)
    return sorted(found)


async def verify(store: Store, tenant: str, pause: float = 0.0) -> list[str]:
    """Return what is wrong with a trail, a sentence each. What was removed meanwhile for its age is not."""
    head, breaks = await _verified(store, tenant, pause)
    while breaks and head.first != (latest := await _head(store, tenant)).first:
        head, breaks = await _verified(store, tenant, pause)
        if head == latest:
            break
    return breaks


async def unsealed(store: Store, tenant: str, seals: Seals, now: datetime) -> list[str]:
    """Return what is wrong with the end of a trail, a sentence each."""
    head, sealed = await sealed_head(store, tenant, seals)
    return sealed.breaks(head, now)


async def sealed_head(store: Store, tenant: str, seals: Seals) -> tuple[Head, Sealed]:
    """Return where a trail ends, and whether that is as the service has left it."""
    row = (await store.get(HEADS, [tenant])).get(tenant)
    head = head_of(row)
    return head, seals.look(tenant, head, seal_of(row))


async def _verified(store: Store, tenant: str, pause: float) -> tuple[Head, list[str]]:
    head = await _head(store, tenant)
    verification = Verification(head)
    async for page in pages(store, tenant, 0):
        if not head.number:
            return head, ["there is no head, and there are lines: it was removed"]
        verification.add(page)
        await asyncio.sleep(pause)
    return head, verification.end()


async def pages(store: Store, tenant: str, after: int) -> AsyncIterator[list[Line]]:
    """Return the lines of a trail behind that number, in order, some at a time."""
    cursor = row_id(tenant, after)
    while rows := await store.find(LINES, {"tenant": tenant}, limit=PAGE, after=cursor):
        yield [line_of(row) for row in rows]
        cursor = rows[-1]["_id"]


async def _head(store: Store, tenant: str) -> Head:
    return head_of((await store.get(HEADS, [tenant])).get(tenant))
