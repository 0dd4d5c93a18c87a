"""Reading from Kafka without passing over anything."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import (
    ConsumerStoppedError,
    CorruptRecordException,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
    UnsupportedCodecError,
)

from shared.engine.ports.assignment import Found, OutOfRange, Position, SourceEnded
from shared.engine.ports.bus import Extent, Partition, Record

log = structlog.get_logger()

POLL_MS = 1000
APART_MS = 200

UNREADABLE = (CorruptRecordException, UnsupportedCodecError, UnicodeDecodeError)
"""What aiokafka raises for a record that it cannot read; the last one for the name of a header."""

UNREADABLE_PAUSE = 60.0
"""Seconds before a partition that could not be read is tried again."""


Look = Callable[[Sequence[str]], Awaitable[Mapping[Partition, Extent]]]
"""Asks the broker what the partitions of topics have."""


class Reading:
    """A `Source`: the driver, as long as it has these partitions.

    When aiokafka cannot read a record, it also forgets what it had read of other partitions, and goes on behind that.
    So all of them go back to where the assignment is, and are read apart: only the unreadable one has to wait.
    """

    def __init__(
        self, driver: AIOKafkaConsumer, partitions: Iterable[TopicPartition], max_records: int, look: Look
    ) -> None:
        self.driver = driver
        self.partitions = sorted(partitions)
        self.max_records = max_records
        self.look = look
        self.apart: list[TopicPartition] = []
        self.astray = False
        self.resume_at = 0.0

    async def extents(self) -> Mapping[Partition, Extent]:
        """See `Source.extents`."""
        found = await self.look(sorted({topic for topic, _ in self.partitions}))
        return {partition: found[partition] for partition in self.partitions if partition in found}

    def begin(self, positions: Mapping[Partition, Position], anew: Collection[Partition]) -> None:
        """See `Source.begin`. The driver wants a position everywhere, and would look for one by itself."""
        for partition in self.partitions:
            if partition in anew:
                self.driver.seek(partition, positions[partition].next)
                self.driver.resume(partition)
            elif partition not in positions:
                self.driver.pause(partition)
                self.driver.seek(partition, 0)

    async def read(self, positions: Mapping[Partition, Position]) -> Found:
        """See `Source.read`: as soon as there are any; nothing after a while without."""
        if self.astray:
            self._go_back(positions)
            self.apart, self.astray = self._read_now(positions), False
        try:
            records = await self._read(positions)
        except ConsumerStoppedError as error:
            raise SourceEnded from error
        except (OffsetOutOfRangeError, NoOffsetForPartitionError) as error:
            raise OutOfRange from error
        return Found(records, {} if self.astray else await self._next(positions))

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """See `Source.commit`. It goes on trying while the broker cannot be reached."""
        await self.driver.commit({TopicPartition(*partition): offset for partition, offset in offsets.items()})

    def _read_now(self, positions: Mapping[Partition, Position]) -> list[TopicPartition]:
        return [partition for partition in self.partitions if partition in positions]

    async def _read(self, positions: Mapping[Partition, Position]) -> list[Record]:
        if self.apart:
            return await self._read_apart(self.apart.pop())
        if self.resume_at < asyncio.get_running_loop().time():
            self.driver.resume(*self._read_now(positions))
        try:
            return await self._get()
        except UNREADABLE:
            self.astray = True
            return []

    async def _next(self, positions: Mapping[Partition, Position]) -> dict[Partition, int]:
        """The driver's own positions, which are behind markers too; only of partitions that have anything new."""
        return {
            partition: await self.driver.position(partition)
            for partition in self._read_now(positions)
            if (self.driver.highwater(partition) or 0) > positions[partition].next
        }

    def _go_back(self, positions: Mapping[Partition, Position]) -> None:
        for partition in self._read_now(positions):
            self.driver.seek(partition, positions[partition].next)

    async def _read_apart(self, partition: TopicPartition) -> list[Record]:
        try:
            return await self._get(partition, timeout_ms=APART_MS)
        except UNREADABLE as error:
            log.error(
                "partition.unreadable", topic=partition.topic, partition=partition.partition, error=type(error).__name__
            )
            self.driver.pause(partition)
            self.resume_at = asyncio.get_running_loop().time() + UNREADABLE_PAUSE
            return []

    async def _get(self, *partitions: TopicPartition, timeout_ms: int = POLL_MS) -> list[Record]:
        found = await self.driver.getmany(*partitions, timeout_ms=timeout_ms, max_records=self.max_records)
        return [_record(raw) for some in found.values() for raw in some]


def _record(raw: ConsumerRecord) -> Record:
    return Record(raw.topic, raw.partition, raw.offset, raw.key, raw.value, raw.headers, raw.timestamp)
