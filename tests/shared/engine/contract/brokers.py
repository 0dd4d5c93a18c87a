"""A bus with a topic of its own, and receivers that remember what came."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import uuid4

from shared.engine.bus import Bus, Consumer, Partition, Positions, Publisher, Receiver, Record, Topic

PARTITIONS = 3


class Receiving:
    """A receiver that remembers, and commits each batch."""

    def __init__(self, name: str = "", diary: list[str] | None = None) -> None:
        self.name = name
        self.diary = diary if diary is not None else []
        self.batches: list[list[Record]] = []
        self.held: set[Partition] = set()
        self.positions: Positions | None = None

    @property
    def records(self) -> list[Record]:
        return [record for batch in self.batches for record in batch]

    async def receive(self, records: Sequence[Record], positions: Positions) -> None:
        self.positions = positions
        self.batches.append(list(records))
        await positions.commit(behind(records))

    async def assigned(self, partitions: Sequence[Partition]) -> None:
        self.diary.append(f"{self.name} has {len(partitions)}")
        self.held.update(partitions)

    async def revoked(self, partitions: Sequence[Partition]) -> None:
        self.diary.append(f"{self.name} gives back {len(partitions)}")
        self.held.difference_update(partitions)


def behind(records: Sequence[Record]) -> Mapping[Partition, int]:
    """The offsets to commit when these have been handled."""
    return {(record.topic, record.partition): record.offset + 1 for record in records}


class Slow(Receiving):
    """Holds each batch until it may go on."""

    def __init__(self, name: str = "", diary: list[str] | None = None) -> None:
        super().__init__(name, diary)
        self.now = self.most = 0
        self.may_go_on = asyncio.Event()

    async def receive(self, records: Sequence[Record], positions: Positions) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.may_go_on.wait()
        await super().receive(records, positions)
        self.now -= 1


class Failing(Receiving):
    """Fails so many times."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures
        self.attempts: list[list[Record]] = []

    async def receive(self, records: Sequence[Record], positions: Positions) -> None:
        self.attempts.append(list(records))
        if len(self.attempts) <= self.failures:
            raise ConnectionError("the database is away")
        await super().receive(records, positions)


class Partly(Receiving):
    """Commits all of a batch but the last so many."""

    def __init__(self, less: int) -> None:
        super().__init__()
        self.less = less

    async def receive(self, records: Sequence[Record], positions: Positions) -> None:
        self.batches.append(list(records))
        await positions.commit(behind(records[: -self.less]))


class Broker:
    """A bus in a test: what is started here is ended with it."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.partitions = PARTITIONS
        self.topics: list[str] = []
        self.consumers: list[Consumer] = []
        self.publishers: list[Publisher] = []

    @property
    def topic(self) -> str:
        return self.topics[0]

    async def new_topic(self) -> str:
        name = f"contract.{uuid4().hex}"
        await self.bus.prepare({name: Topic(self.partitions)})
        self.topics.append(name)
        return name

    async def consume(
        self, receiver: Receiver, group: str = "group", topics: Sequence[str] = (), max_records: int = 500
    ) -> Consumer:
        """Join a group whose name is of this test alone."""
        consumer = await self.bus.consume(topics or [self.topic], f"{self.topic}.{group}", receiver, max_records)
        self.consumers.append(consumer)
        return consumer

    async def publisher(self) -> Publisher:
        self.publishers.append(await self.bus.publisher())
        return self.publishers[-1]

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
