"""A bus with a topic of its own, and receivers that remember what came."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from shared.engine.kafka.bus import KafkaBus
from shared.engine.memory.bus import MemoryBus
from shared.engine.ports.assignment import Assignment, where_committed
from shared.engine.ports.bus import (
    Bus,
    Consumer,
    Extent,
    FencedPublisher,
    Partition,
    Publisher,
    Receiver,
    Record,
    Subscriber,
    Topic,
)

PARTITIONS = 3


class Receiving:
    """Receives, remembers, and commits each batch."""

    def __init__(self, name: str = "", diary: list[str] | None = None) -> None:
        self.name = name
        self.diary = diary if diary is not None else []
        self.batches: list[list[Record]] = []
        self.held: set[Partition] = set()
        self.assignments: list[Assignment] = []

    @property
    def records(self) -> list[Record]:
        return [record for batch in self.batches for record in batch]

    async def assigned(self, assignment: Assignment) -> Receiver:
        self.diary.append(f"{self.name} has {len(assignment.partitions)}")
        self.held.update(assignment.partitions)
        self.assignments.append(assignment)
        return self

    async def starts(self, extents: Mapping[Partition, Extent]) -> Mapping[Partition, int]:
        return where_committed(extents)

    async def looked(self, extents: Mapping[Partition, Extent]) -> None: ...

    async def receive(self, records: Sequence[Record]) -> None:
        self.batches.append(list(records))
        self.assignments[-1].finish(records)
        await self.assignments[-1].commit()

    async def revoked(self) -> None:
        self.diary.append(f"{self.name} gives back {len(self.assignments[-1].partitions)}")
        self.held.difference_update(self.assignments[-1].partitions)


class Slow(Receiving):
    """Holds each batch until it may go on."""

    def __init__(self, name: str = "", diary: list[str] | None = None) -> None:
        super().__init__(name, diary)
        self.now = self.most = 0
        self.may_go_on = asyncio.Event()

    async def receive(self, records: Sequence[Record]) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.may_go_on.wait()
        await super().receive(records)
        self.now -= 1


class Failing(Receiving):
    """Fails so many times."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures
        self.attempts: list[list[Record]] = []

    async def receive(self, records: Sequence[Record]) -> None:
        self.attempts.append(list(records))
        if len(self.attempts) <= self.failures:
            raise ConnectionError("the database is away")
        await super().receive(records)


class Partly(Receiving):
    """Commits all of a batch but the last so many."""

    def __init__(self, less: int) -> None:
        super().__init__()
        self.less = less

    async def receive(self, records: Sequence[Record]) -> None:
        self.batches.append(list(records))
        self.assignments[-1].finish(records[: -self.less])
        await self.assignments[-1].commit()


class Broker(ABC):
    """A bus in a test: what is started here is ended with it."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.partitions = PARTITIONS
        self.topics: list[str] = []
        self.consumers: list[Consumer] = []
        self.publishers: list[Publisher | FencedPublisher] = []

    @property
    def topic(self) -> str:
        return self.topics[0]

    async def new_topic(self) -> str:
        name = f"contract.{uuid4().hex}"
        await self.bus.prepare({name: Topic(self.partitions)})
        self.topics.append(name)
        return name

    @abstractmethod
    async def forget_before(self, offset: int, partition: int = 0) -> None:
        """Remove the records of a partition before an offset, as retention does."""

    @abstractmethod
    async def transact(self, *values: bytes, aborted: bool = False) -> None:
        """Publish values to one key in a transaction."""

    async def extent(self, group: str = "group", partition: int = 0) -> Extent:
        """What a partition has, and how far a group of this test has come in it."""
        return (await self.bus.extents([self.topic], f"{self.topic}.{group}"))[self.topic, partition]

    async def consume(
        self, subscriber: Subscriber, group: str = "group", topics: Sequence[str] = (), max_records: int = 500
    ) -> Consumer:
        """Join a group whose name is of this test alone."""
        consumer = await self.bus.consume(topics or [self.topic], f"{self.topic}.{group}", subscriber, max_records)
        self.consumers.append(consumer)
        return consumer

    async def publisher(self) -> Publisher:
        publisher = await self.bus.publisher()
        self.publishers.append(publisher)
        return publisher

    async def fenced(self, name: str = "name") -> FencedPublisher:
        """Take a name that is of this test alone."""
        publisher = await self.bus.fenced(f"{self.topic}.{name}")
        self.publishers.append(publisher)
        return publisher

    async def publish(self, count: int, keys: int = 20, start: int = 0) -> list[bytes]:
        """Publish numbers, to some keys in turn; returns them once they are acknowledged."""
        publisher = await self.publisher()
        values = [b"%06d" % number for number in range(start, start + count)]
        waiting = [
            await publisher.send(self.topic, b"key %d" % (number % keys), value, [])
            for number, value in enumerate(values, start)
        ]
        for acknowledged in waiting:
            await acknowledged
        return values

    async def close(self) -> None:
        for consumer in self.consumers:
            await consumer.stop()
        for publisher in self.publishers:
            await publisher.close()
        await self.bus.close()


class MemoryBroker(Broker):
    """In memory."""

    def __init__(self) -> None:
        self.memory = MemoryBus()
        super().__init__(self.memory)

    async def forget_before(self, offset: int, partition: int = 0) -> None:
        self.memory.topics[self.topic][partition].remove_before(offset)

    async def transact(self, *values: bytes, aborted: bool = False) -> None:
        kept = () if aborted else values
        for value in kept:
            self.memory.append(self.topic, b"key 0", value, [])
        for _ in range(1 + len(values) - len(kept)):  # what nobody gets takes offsets all the same
            self.memory.mark(self.topic, sum(b"key 0") % self.partitions)


class KafkaBroker(Broker):
    """The real one."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        super().__init__(KafkaBus(bootstrap))

    async def forget_before(self, offset: int, partition: int = 0) -> None:
        async with self.admin() as admin:
            await admin.delete_records({TopicPartition(self.topic, partition): RecordsToDelete(offset)})

    async def transact(self, *values: bytes, aborted: bool = False) -> None:
        async with AIOKafkaProducer(
            bootstrap_servers=self.bootstrap, transactional_id=f"{self.topic}.test"
        ) as producer:
            await producer.begin_transaction()
            for value in values:
                await producer.send_and_wait(self.topic, value, key=b"key 0")
            await (producer.abort_transaction() if aborted else producer.commit_transaction())

    async def close(self) -> None:
        await super().close()
        async with self.admin() as admin:
            await admin.delete_topics(self.topics)

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            yield admin
        finally:
            await admin.close()
