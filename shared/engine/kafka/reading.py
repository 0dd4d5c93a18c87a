"""Reading from Kafka without passing over anything."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CorruptRecordException, UnsupportedCodecError
from faststream.kafka.subscriber.usecase import BatchSubscriber

log = structlog.get_logger()

POLL_MS = 1000
APART_MS = 200

UNREADABLE = (CorruptRecordException, UnsupportedCodecError, UnicodeDecodeError)
"""What aiokafka raises for a record that it cannot read; the last one for the name of a header."""

Found = Mapping[TopicPartition, Sequence[ConsumerRecord]]
"""Records by partition, in order."""

UNREADABLE_PAUSE = 60.0
"""Seconds before a partition that could not be read is tried again."""


class Reading:
    """Reads the partitions that a consumer is assigned.

    When aiokafka cannot read a record, it also forgets what it had read of other partitions, and goes on behind that.
    So all of them go back to what was handed over last, and are read apart: only the unreadable one has to wait.
    """

    def __init__(self, subscriber: BatchSubscriber, max_records: int) -> None:
        self.subscriber = subscriber
        self.max_records = max_records
        self.begin()

    @property
    def consumer(self) -> AIOKafkaConsumer:
        """The driver's consumer, which there is once the subscriber has started."""
        return self.subscriber.consumer

    def begin(self) -> None:
        """Partitions were assigned anew: each starts from what was committed."""
        self.next: dict[TopicPartition, int] = {}
        self.apart: list[TopicPartition] = []
        self.astray = False
        self.resume_at = 0.0

    async def read(self) -> Found:
        """Some records of some partitions, as soon as there are any; nothing after a while without."""
        if self.astray:
            await self._go_back()
            self.apart, self.astray = list(self.consumer.assignment()), False
        if self.apart:
            return await self._read_apart(self.apart.pop())
        if self.resume_at < asyncio.get_running_loop().time():
            self.consumer.resume(*self.consumer.paused())
        try:
            return await self._get()
        except UNREADABLE:
            self.astray = True
            return {}

    def handled(self, found: Found) -> None:
        """These need not be read again."""
        for partition, records in found.items():
            self.next[partition] = records[-1].offset + 1

    async def _go_back(self) -> None:
        for partition in self.consumer.assignment():
            offset = self.next.get(partition)
            if offset is None:
                offset = await self.consumer.committed(partition)
            if offset is None:
                await self.consumer.seek_to_beginning(partition)
            else:
                self.consumer.seek(partition, offset)

    async def _read_apart(self, partition: TopicPartition) -> Found:
        try:
            return await self._get(partition, timeout_ms=APART_MS)
        except UNREADABLE as error:
            log.error(
                "partition.unreadable", topic=partition.topic, partition=partition.partition, error=type(error).__name__
            )
            self.consumer.pause(partition)
            self.resume_at = asyncio.get_running_loop().time() + UNREADABLE_PAUSE
            return {}

    async def _get(self, *partitions: TopicPartition, timeout_ms: int = POLL_MS) -> Found:
        found: Found = await self.consumer.getmany(*partitions, timeout_ms=timeout_ms, max_records=self.max_records)
        return found
