"""Publishers of the broker in memory. What is handed over is appended later, or never."""

import asyncio
from collections.abc import Awaitable, Sequence
from contextvars import Context
from typing import TYPE_CHECKING

from shared.engine.ports.bus import Fenced, Outgoing, Partition

if TYPE_CHECKING:
    from shared.engine.memory.bus import MemoryBus
    from shared.engine.memory.log import Log

TRANSACTION_SECONDS = 15.0

Handed = tuple[Outgoing, int, "asyncio.Future[None]"]
"""A record on its way, the number of partitions that its publisher knows of, and what ends when it is acknowledged."""


class MemoryPublisher:
    """See `Publisher`. It goes on with as many partitions of a topic as there were when it first sent to it.

    A process that is stopped has records on their way, which it sends when it goes on, however late that is.
    """

    def __init__(self, bus: "MemoryBus") -> None:
        self.bus = bus
        self.partitions: dict[str, int] = {}
        self.waiting: list[Handed] = []
        self.under_way: list[Handed] = []
        self.sending: asyncio.Task[None] | None = None

    async def send(
        self, topic: str, key: bytes, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> Awaitable[None]:
        """See `Publisher.send`."""
        among = self.partitions.setdefault(topic, len(self.bus.topics[topic]))
        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(((topic, key, value, headers), among, acknowledged))
        if self.sending is None or self.sending.done():
            self.sending = asyncio.get_running_loop().create_task(self._send())
        return acknowledged

    async def close(self, abandon: bool = False) -> None:
        """See `Publisher.close`. What is under way can no longer be stopped."""
        if abandon:
            for _, _, acknowledged in (*self.under_way, *self.waiting):
                _fail(acknowledged)
            self.waiting.clear()
        elif self.sending is not None:
            await asyncio.wait([self.sending])
        await self.bus.pause()

    async def _send(self) -> None:
        while self.waiting:
            self.under_way, self.waiting = self.waiting, []
            await self.bus.pause()
            for record, among, _ in self.under_way:
                self.bus.append(*record, among)
            await self.bus.pause()
            for _, _, acknowledged in self.under_way:
                if not acknowledged.done():
                    acknowledged.set_result(None)
            self.under_way = []


class MemoryFencedPublisher:
    """See `FencedPublisher`. A transaction that nobody ends is undone after a while, as a real broker does."""

    def __init__(self, bus: "MemoryBus", name: str) -> None:
        self.bus = bus
        self.name = name
        self.is_fenced = False
        self.begun: dict[Partition, Log] = {}

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """See `FencedPublisher.publish`."""
        loop = asyncio.get_running_loop()
        undoing = loop.call_later(TRANSACTION_SECONDS, self.fence, context=Context())
        for topic, key, value, headers in records:
            partition = self.bus.partition(topic, key)
            if partition not in self.begun:
                await self._round_trip()
                self.begun[partition] = self.bus.topics[topic][partition[1]]
            record = self.bus.append(topic, key, value, headers)
            self.begun[partition].open.setdefault(self.name, []).append(record.offset)
        await self._round_trip()
        undoing.cancel()
        self._end(undo=False)
        await self.bus.pause()

    def fence(self) -> None:
        """Append nothing more under the name, and undo what was begun."""
        self.is_fenced = True
        self._end(undo=True)

    async def close(self) -> None:
        """See `FencedPublisher.close`."""
        await self.bus.pause()

    async def _round_trip(self) -> None:
        await self.bus.pause()
        if self.is_fenced:
            raise Fenced(self.name)

    def _end(self, undo: bool) -> None:
        for log in self.begun.values():
            log.complete(self.name, undo)
        self.begun.clear()
        self.bus.announce()


def _fail(acknowledged: "asyncio.Future[None]") -> None:
    if not acknowledged.done():
        acknowledged.set_exception(ConnectionError("abandoned"))
        acknowledged.exception()  # whoever has abandoned it need not be told
