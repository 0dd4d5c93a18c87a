"""A database and a broker behind a bad connection: pauses of any length, answers that are lost, refusals."""

import asyncio
from collections.abc import Awaitable, Generator, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

from shared.engine.bus import Publisher
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.engine.store import Conflict, Unavailable, UnknownOutcome, Write
from tests.simulation.loop import VirtualLoop

BEGINNING = datetime(2027, 1, 1, tzinfo=UTC)
"""When a world begins, by the database's clock."""


class Faulty:
    """What a store or a bus does wrong: pauses of any length, and answers that are lost."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.rate = 0.0

    async def pause(self) -> None:
        """Be away for a while: usually briefly, sometimes long."""
        drawn = self.random.random()
        if drawn < self.rate / 3:
            await asyncio.sleep(self.random.uniform(0, 2.0))
        elif drawn < 0.3:
            await asyncio.sleep(self.random.uniform(0, 0.1 if drawn < 0.1 else 0.01))
        else:
            await asyncio.sleep(0)

    def strikes(self) -> bool:
        """Whether something goes wrong now."""
        return self.rate > 0 and self.random.random() < self.rate


class FaultyStore(MemoryStore):
    """The in-memory store behind a bad connection. Its clock is `ahead` by some seconds: members have one each."""

    def __init__(self, faults: Faulty, loop: VirtualLoop) -> None:
        super().__init__(faults.pause, lambda: BEGINNING.timestamp() + loop.time() + self.ahead)
        self.faults = faults
        self.ahead = 0.0

    async def get(self, collection: str, ids: Sequence[Any]) -> dict[Any, dict[str, Any]]:
        """See `Store.get`."""
        if self.faults.strikes():
            raise Unavailable("simulated")
        return await super().get(collection, ids)

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`; the answer may be lost whether it was done or not."""
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


class Acknowledgement:
    """What may never be waited for: a publisher that dies leaves some behind."""

    def __init__(self, bus: "FaultyBus", lost: bool) -> None:
        self.bus = bus
        self.lost = lost

    def __await__(self) -> Generator[Any, Any, None]:
        return self._arrive().__await__()

    async def _arrive(self) -> None:
        await self.bus.pause()
        if self.lost:
            raise ConnectionError("simulated: not acknowledged")


class FaultyPublisher:
    """A publisher that duplicates, and after one failure fails for good, as a real one does."""

    def __init__(self, bus: "FaultyBus") -> None:
        self.bus = bus
        self.broken = False
        self.partitions: dict[str, int] = {}

    async def send(
        self, topic: str, key: bytes, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> Awaitable[None]:
        """See `Publisher.send`."""
        faults = self.bus.faults
        arrives = not self.broken
        if faults.strikes():
            self.broken = True
            arrives = arrives and faults.random.random() < 0.5
        among = self.partitions.setdefault(topic, len(self.bus.topics[topic]))
        if arrives:
            self.bus.append(topic, key, value, headers, among)
        return Acknowledgement(self.bus, self.broken)

    async def close(self, abandon: bool = False) -> None:  # noqa: ARG002 - a broken one has nothing left to flush
        """See `Publisher.close`."""
        await self.bus.pause()


class FaultyBus(MemoryBus):
    """The in-memory broker behind a bad connection."""

    def __init__(self, faults: Faulty) -> None:
        super().__init__(faults.pause, rebalance_timeout=4.0)
        self.faults = faults

    async def publisher(self) -> Publisher:
        """See `Bus.publisher`."""
        await self.pause()
        return FaultyPublisher(self)
