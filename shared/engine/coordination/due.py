"""Loops that wait for something to be due: woken at once when there is news, by a slow poll otherwise."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime, timedelta

import structlog

from shared.clock import Clock
from shared.engine.coordination.leases import Leases
from shared.engine.coordination.tenants import Tenants
from shared.engine.coordination.turns import Agenda, Ring, Room
from shared.engine.ports.store import Document, Id, Store, StoreError, Where

log = structlog.get_logger()

AT_A_LOOK = 100
"""Rows that are read at a time, beside those that are known."""

STEPS = 16
"""Looks at one group after the other, before anything else."""

BETWEEN_TURNS = 0.25
"""Seconds until all groups have their turn again: what ends meanwhile makes room for what is due first."""


class Bell:
    """Rings for one loop: `wait` returns when it was rung since, or after some seconds."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """There is news."""
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Wait for news, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        finally:
            self._event.clear()


def unless_of(tenants: Collection[str]) -> Where:
    """Return the filter for rows that are of none of these tenants."""
    return {"tenant": {"$nin": sorted(tenants)}} if tenants else {}


class Due:
    """Acts on the rows of a collection whose time has come, in the shards that are ours, many at once, tenants in turn.

    `poll` is the number of seconds after which it looks by itself. `field`, `shard` and `kind` name the row's time, its
    shard and its kind. A row that is acted on without success is looked at again: what it means to be done with it is
    up to `act`, which deletes or changes it in a transaction.
    """

    def __init__(
        self,
        store: Store,
        leases: Leases,
        clock: Clock,
        poll: float,
        agenda: Agenda | str,
        act: Callable[[Document], Awaitable[None]],
        tenants: Tenants | None = None,
        at_once: int = 300,
    ) -> None:
        self.store = store
        self.leases = leases
        self.clock = clock
        self.poll = poll
        self.agenda = Agenda(agenda) if isinstance(agenda, str) else agenda
        self.act = act
        self.room = Room(at_once, tenants or Tenants(), self.agenda.rests)
        self.ring = Ring(store, self.agenda)
        self.bell = Bell()
        self.busy: dict[Id, asyncio.Task[None]] = {}
        self.next_turns = 0.0

    async def run(self) -> None:
        """Act until cancelled; what is under way then is cancelled too."""
        try:
            while True:
                pause = await self._round()
                await self.bell.wait(pause)
        except asyncio.CancelledError:
            left = list(self.busy.values())
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            raise

    async def _round(self) -> float:
        """Start what is due; returns the seconds until there may be more."""
        shards = self.leases.still_leased()
        if not shards or self.room.free <= 0:
            return self.poll
        try:
            return await self._look({self.agenda.shard: {"$in": shards}, **unless_of(self.room.suspended)})
        except StoreError as error:
            log.warning("loop.unavailable", collection=self.agenda.collection, error=type(error).__name__)
            return self.poll

    async def _look(self, ours: Where) -> float:
        """First what is due first; if that is not all, at each group in turn, so that none hides another."""
        now, limit = self.clock(), AT_A_LOOK + self.room.known
        where = {**ours, self.agenda.due: {"$lte": now + timedelta(seconds=self.poll)}}
        rows = await self.store.find(self.agenda.collection, where, order=self.agenda.due, limit=limit)
        self._start(rows, now)
        if len(rows) == limit:
            return await self._go_around({**ours, self.agenda.due: {"$lte": now}}, limit)
        later = (self.agenda.moment(row) for row in rows)
        return min([self.poll, *((moment - now).total_seconds() for moment in later if moment > now)])

    async def _go_around(self, where: Where, limit: int) -> float:
        """Give every group its turn, unless it has just had one; returns the seconds until the next ones."""
        time = asyncio.get_running_loop().time()
        if time < self.next_turns:
            return min(self.poll, self.next_turns - time)
        for _ in range(STEPS):
            self._start(await self.ring.step(where, limit), self.clock())
            if self.ring.is_at_start or self.room.free <= 0:
                self.next_turns = time + BETWEEN_TURNS
                return self.poll
        return 0.0

    def _start(self, rows: Iterable[Document], now: datetime) -> None:
        for row in rows:
            if self.agenda.moment(row) <= now and self.room.enter(row["_id"], self.agenda.group(row)):
                self.busy[row["_id"]] = asyncio.get_running_loop().create_task(self._act(row))

    async def _act(self, row: Document) -> None:
        try:
            await self.act(row)
        except Exception as error:
            log.warning("loop.failed", collection=self.agenda.collection, error=type(error).__name__, exc_info=error)
            self._rest(row)
        finally:
            del self.busy[row["_id"]]
            self.room.leave(row["_id"])
            self.bell.ring()

    def _rest(self, row: Document) -> None:
        """Leave a row alone for a while."""
        self.room.rest(row["_id"], self.agenda.group(row))
        asyncio.get_running_loop().call_later(self.poll, self.room.wake, row["_id"])
