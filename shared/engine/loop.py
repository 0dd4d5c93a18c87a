"""Loops that wait for something to be due: woken at once when there is news, by a slow poll otherwise."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from shared.clock import Clock
from shared.engine.leases import Leases
from shared.engine.store import Document, Id, Store, StoreError

log = structlog.get_logger()


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


class Due:
    """Acts on the rows of a collection whose time has come, in the shards that are ours, many at once.

    `poll` is the number of seconds after which it looks by itself. `field` names the row's time, and `shard` its shard.
    A row that is acted on without success is looked at again: what it means to be done with it is up to `act`, which
    deletes or changes it in a transaction.
    """

    def __init__(
        self,
        store: Store,
        leases: Leases,
        clock: Clock,
        poll: float,
        collection: str,
        act: Callable[[Document], Awaitable[None]],
        field: str = "due",
        shard: str = "shard",
        at_once: int = 100,
    ) -> None:
        self.store = store
        self.leases = leases
        self.clock = clock
        self.poll = poll
        self.collection = collection
        self.act = act
        self.field = field
        self.shard = shard
        self.at_once = at_once
        self.bell = Bell()
        self.busy: dict[Id, asyncio.Task[None]] = {}
        self.resting: set[Id] = set()

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
        try:
            has_room = len(self.busy) < self.at_once
            rows = await self._find(self.at_once + len(self.resting)) if has_room else []
        except StoreError as error:
            log.warning("loop.unavailable", collection=self.collection, error=type(error).__name__)
            return self.poll
        now = self.clock()
        for row in rows:
            is_free = row["_id"] not in self.busy and row["_id"] not in self.resting
            if is_free and _at(row, self.field) <= now and len(self.busy) < self.at_once:
                self._start(row)
        later = [_at(row, self.field) for row in rows if _at(row, self.field) > now]
        return min([self.poll, *((moment - now).total_seconds() for moment in later)])

    async def _find(self, limit: int) -> list[Document]:
        shards = self.leases.safe()
        if not shards:
            return []
        soon = self.clock() + timedelta(seconds=self.poll)
        where = {self.shard: {"$in": shards}, self.field: {"$lte": soon}}
        return await self.store.find(self.collection, where, order=self.field, limit=limit)

    def _start(self, row: Document) -> None:
        task = asyncio.get_running_loop().create_task(self._act(row))
        self.busy[row["_id"]] = task

    async def _act(self, row: Document) -> None:
        try:
            await self.act(row)
        except Exception as error:
            log.warning("loop.failed", collection=self.collection, error=type(error).__name__, exc_info=error)
            self._rest(row["_id"])
        finally:
            self.busy.pop(row["_id"], None)
            self.bell.ring()

    def _rest(self, id: Id) -> None:
        """Leave a row alone for a while; meanwhile it takes nobody's place."""
        self.resting.add(id)
        asyncio.get_running_loop().call_later(self.poll, self.resting.discard, id)


def _at(row: Document, field: str) -> datetime:
    found: Any = row  # a path into a document
    for name in field.split("."):
        found = found[name]
    assert isinstance(found, datetime)
    return found
