"""A database behind a bad connection: pauses of any length, answers that are lost, refusals, long absences."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from contextvars import Context
from datetime import UTC, datetime
from typing import Any

import bson

from shared.engine.batch import outbox
from shared.engine.memory.store import AWARE, MemoryStore
from shared.engine.ports.store import (
    Conflict,
    Document,
    Id,
    Insert,
    Unavailable,
    UnknownOutcome,
    Where,
    Write,
    WriteRefused,
)
from tests.simulation.faults import Faults
from tests.simulation.loop import VirtualLoop

PATIENCE = 0.5
"""Seconds after which a driver gives up on a database that is away."""

SLOWEST = 3.0
"""Seconds until the database begins with what is slow."""

BEGINNING = datetime(2027, 1, 1, tzinfo=UTC)
"""When a world begins, by the database's clock."""


class FaultyStore(MemoryStore):
    """The in-memory store behind a bad connection. `see_commit` is called with what was committed.

    `refuses` says of a write whether it is one that the database never takes; `sent_at` is when something of a shard
    was last given to a publisher.

    Its clock is `ahead` by some seconds since a primary was `elected_at` some moment: members have one each.
    """

    def __init__(self, faults: Faults, loop: VirtualLoop) -> None:
        super().__init__(faults.pause, lambda: BEGINNING.timestamp() + loop.time() + self.ahead)
        self.faults = faults
        self.loop = loop
        self.ahead = 0.0
        self.elected_at = -math.inf
        self.sent_at: dict[int, float] = {}
        self.refuses: Callable[[Write], bool] = lambda _: False
        self.see_commit: Callable[[Sequence[Write]], None] = lambda _: None

    def peek(self, collection: str, id: Id) -> Document:
        """A document as it is now, at no cost of time; an empty one if there is none."""
        raw = self.collections[collection].get(id)
        return bson.decode(raw, AWARE) if raw else {}

    def every(self, collection: str) -> dict[Id, Document]:
        """A collection as it is now, at no cost of time."""
        return {document["_id"]: document for document in self._all(collection)}

    async def get(self, collection: str, ids: Sequence[Id]) -> dict[Id, Document]:
        """See `Store.get`."""
        await self._reach(writing=False)
        return await super().get(collection, ids)

    async def find(
        self, collection: str, where: Where, order: str = "_id", limit: int = 1000, after: Id | None = None
    ) -> list[Document]:
        """See `Store.find`."""
        await self._reach(writing=False)
        return await super().find(collection, where, order, limit, after)

    async def lease(self, collection: str, id: Id, owner: str, seconds: float) -> Document | None:
        """See `Store.lease`."""
        await self._reach(writing=True)
        return await super().lease(collection, id, owner, seconds)

    async def renew(self, collection: str, ids: Sequence[Id], owner: str, seconds: float) -> None:
        """See `Store.renew`."""
        await self._reach(writing=True)
        await super().renew(collection, ids, owner, seconds)

    async def now(self) -> datetime:
        """See `Store.now`."""
        await self._reach(writing=False)
        return await super().now()

    def elect(self, ahead: float) -> None:
        """A member with another clock becomes the primary."""
        self.ahead, self.elected_at = ahead, self.loop.now

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`; the answer may be lost whether it was done or not."""
        await self._wait_for_the_absent(writes)
        if self.faults.is_slow():
            await self._be_overtaken(writes)
        if not self.faults.strikes():
            return await super().transact(writes)
        match self.faults.random.randrange(4):
            case 0:
                raise Conflict("simulated: another transaction was faster")
            case 1:
                raise Unavailable("simulated")
            case 2:
                raise UnknownOutcome("simulated: not done")
        await super().transact(writes)
        raise UnknownOutcome("simulated: done")

    def _apply(self, writes: Sequence[Write]) -> None:
        if any(map(self.refuses, writes)):
            raise WriteRefused("simulated")
        super()._apply(writes)
        self.see_commit(writes)

    async def _reach(self, writing: bool) -> None:
        await self._be_absent(writing)
        if self.faults.strikes():
            raise Unavailable("simulated")

    async def _wait_for_the_absent(self, writes: Sequence[Write]) -> None:
        """Whoever gives up waiting does not know whether it is done in the end."""
        try:
            await self._be_absent(writing=True)
        except asyncio.CancelledError:
            if self.faults.random.random() < 0.5:
                self.loop.create_task(super().transact(writes), context=Context())
            raise

    async def _be_overtaken(self, writes: Sequence[Write]) -> None:
        """Begin when something is on its way to the broker that was decided later, if that is soon."""
        chunks = [one.document for one in writes if isinstance(one, Insert) and one.collection == outbox.COLLECTION]
        began = self.loop.now
        last = began + SLOWEST
        while chunks and self.loop.now < last and not self._are_overtaken(chunks, began):  # noqa: ASYNC110 - see `World`
            await asyncio.sleep(0.01)

    def _are_overtaken(self, chunks: Sequence[Mapping[str, Any]], since: float) -> bool:
        shards = {chunk["shard"]: chunk["_id"] for chunk in chunks if self.sent_at.get(chunk["shard"], 0.0) > since}
        later = (one for one in self._all(outbox.COLLECTION) if one.get("unpublished")) if shards else ()
        return any(one["_id"] > shards.get(one["shard"], math.inf) for one in later)

    async def _be_absent(self, writing: bool) -> None:
        absence = self.faults.absence(writing)
        if absence is None:
            return
        if not absence.silent:
            await asyncio.sleep(PATIENCE)
            raise Unavailable("simulated: away")
        await asyncio.sleep(absence.until - self.loop.now)
