"""Following the clock of a sandbox: a round is over when nothing that the service knows of is left to do.

The rounds of all services together tell whether anything is under way between them: see
`docs/decisions/0009-sandbox-clocks.md`.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.engine.authoring.reader import Reader
from shared.engine.authoring.sandbox_clock import REPORT_FOLLOWED, CaughtUp, SandboxClock
from shared.engine.batch import outbox
from shared.engine.batch.message import Message, Origin
from shared.engine.coordination.due import Bell
from shared.engine.deferred import effects, timers
from shared.engine.execution.executor import Executor
from shared.engine.failures.lanes import Lane
from shared.engine.ports.bus import Bus, Partition
from shared.engine.ports.store import Change, Conflict, Document, Id, Where
from shared.ids import TenantId

AT_ONCE = 500
"""Timers that are shifted in one transaction."""

SHORTEST, LONGEST = 0.01, 1.0
"""Seconds between two looks, unless something is committed before: at first, and after many of them."""


class Following:
    """One per process: a round at a time for each sandbox. `topics` are what its group reads and may cause work."""

    def __init__(self, executor: Executor, bus: Bus, group: str, topics: Sequence[str]) -> None:
        self.executor = executor
        self.store = executor.store
        self.bus = bus
        self.group = group
        self.topics = topics
        self.shards = list(range(executor.limits.shards))
        self.bells = list[Bell]()
        executor.on_committed.append(lambda _: self._ring())

    async def follow(self, row: Document) -> None:
        """Bring the service to where a clock is, and tell when it has come there."""
        tenant, number, bell, pause = TenantId(row["tenant"]), row["state"]["round"], Bell(), SHORTEST
        self.bells.append(bell)
        try:
            round = Round(self, tenant, await self.behind(self.topics))
            while (clock := await self._clock(tenant)).due and clock.round == number:
                if await round.is_over(clock):
                    await self._report(round, clock)
                else:
                    await bell.wait(pause)
                    pause = min(2 * pause, LONGEST)
        finally:
            self.bells.remove(bell)

    async def behind(self, topics: Sequence[str]) -> dict[Partition, int]:
        """Return where the partitions end that the group has not read to their end."""
        found = await self.bus.lag(self.group, topics) if topics else {}
        return {partition: end for partition, (committed, end) in found.items() if committed < end}

    async def find(self, collection: str, where: Where, order: str = "_id") -> Document | None:
        """Return the first document, if there is one."""
        return next(iter(await self.store.find(collection, where, order=order, limit=1)), None)

    async def _clock(self, tenant: TenantId) -> SandboxClock:
        return await Reader(self.store, tenant).get(SandboxClock, tenant)

    async def _report(self, round: "Round", clock: SandboxClock) -> None:
        name, id = self.executor.service.name, self.executor.new_id()
        found = CaughtUp(
            organization_id=round.tenant,
            service=name,
            round=clock.round,
            activity=clock.activity,
            next_due=round.next_due,
        )
        origin = Origin(f"service/{name}", correlation=id)
        await self.executor.submit(
            Message(REPORT_FOLLOWED, id, round.tenant, body=found, lane=round.tenant, origin=origin)
        )

    def _ring(self) -> None:
        for bell in self.bells:
            bell.ring()


class Round:
    """What has to end in one service before a round of a clock is over. `behind`: what its group still has to read."""

    def __init__(self, following: Following, tenant: TenantId, behind: dict[Partition, int]) -> None:
        self.following = following
        self.store = following.store
        self.tenant = tenant
        self.behind = behind
        self.activity = -1
        self.newest: Id | None = None
        self.next_due: datetime | None = None

    async def is_over(self, clock: SandboxClock) -> bool:
        """Return whether nothing is left of what was there when the service had handled as much as the clock says.

        What cannot go on now (a lane that waits for something, an effect that has failed and is tried later) is not
        waited for.
        """
        await self._shift(clock)
        ended = await asyncio.gather(
            self._is_read(),
            self._is_published(clock),
            self._is_fired(clock),
            self._is_performed(clock),
            self._are_lanes_tried(),
        )
        return all(ended) and self.following.executor.waking.is_idle

    async def _shift(self, clock: SandboxClock) -> None:
        """Timers that were planned when the clock was less far ahead are due earlier by the database's time."""
        where = {"tenant": self.tenant, "offset_ms": {"$lte": clock.offset_ms - 1}}
        while rows := await self.store.find(timers.COLLECTION, where, limit=AT_ONCE):
            try:
                await self.store.transact([_shifted(row, clock.offset_ms) for row in rows])
            except Conflict:
                continue  # one has fired, or was planned anew

    async def _is_read(self) -> bool:
        """Whether the group has read all that was on its topics when the round began."""
        if self.behind:
            now = await self.following.bus.lag(self.following.group, sorted({topic for topic, _ in self.behind}))
            self.behind = {at: end for at, end in self.behind.items() if now[at][0] < end}
        return not self.behind

    async def _is_published(self, clock: SandboxClock) -> bool:
        """Whether all is published that the messages have caused that the clock has counted."""
        where = {"shard": {"$in": self.following.shards}, "unpublished": True}
        if clock.activity != self.activity:
            newest = await self.following.find(outbox.COLLECTION, where, order="-_id")
            self.activity, self.newest = clock.activity, newest["_id"] if newest else None
        if self.newest is not None and not await self.following.find(
            outbox.COLLECTION, where | {"_id": {"$lte": self.newest}}
        ):
            self.newest = None
        return self.newest is None

    async def _is_fired(self, clock: SandboxClock) -> bool:
        """Whether no timer is due by what the clock has reached; finds the next one."""
        first = await self.following.find(timers.COLLECTION, {"tenant": self.tenant}, order="due")
        self.next_due = timers.shown(first) if first else None
        return self.next_due is None or clock.reached is None or self.next_due > clock.reached

    async def _is_performed(self, clock: SandboxClock) -> bool:
        where = {"tenant": self.tenant, "sandbox": True, "at": {"$lte": clock.reached}, "failed": {"$exists": False}}
        return await self.following.find(effects.COLLECTION, where) is None

    async def _are_lanes_tried(self) -> bool:
        now = self.following.executor.clock()
        where = {"tenant": self.tenant, "state.shard": {"$in": self.following.shards}, "state.wake_at": {"$lte": now}}
        return await self.following.find(Lane.collection, where) is None


def _shifted(row: Document, offset_ms: int) -> Change:
    due = row["due"] - timedelta(milliseconds=offset_ms - row["offset_ms"])
    match = {"token": row["token"], "offset_ms": row["offset_ms"]}
    return Change(timers.COLLECTION, row["_id"], match, {"due": due, "offset_ms": offset_ms})
