"""A broker: see `Bus`."""

from collections.abc import Mapping, Sequence

from faststream.kafka import KafkaBroker
from faststream.security import BaseSecurity

from shared.engine.kafka import extents as broker_extents
from shared.engine.kafka import groups as broker_groups
from shared.engine.kafka import rights as broker_rights
from shared.engine.kafka import topics as broker_topics
from shared.engine.kafka.admin import Looking
from shared.engine.kafka.consumer import KafkaConsumer
from shared.engine.kafka.fence import KafkaFencedPublisher
from shared.engine.kafka.publisher import KafkaPublisher
from shared.engine.ports.bus import MEMBER, Consumer, Extent, FencedPublisher, Partition, Publisher, Subscriber, Topic

NEWS_MS = 10_000
"""After so long, consumers know of partitions that were added."""


class KafkaBus:
    """See `Bus`. `bootstrap` is a list of addresses with commas; each new topic is kept by `replication` brokers.

    In groups, it is a member with the name `ithaca-<owner>`.
    """

    def __init__(
        self, bootstrap: str, replication: int = 1, access: BaseSecurity | None = None, owner: str = "somebody"
    ) -> None:
        self.bootstrap = bootstrap.split(",")
        self.replication = replication
        self.access = access
        self.looking = Looking(self.bootstrap, access)
        # It publishes nothing and handles nothing, so that it has nothing to log either.
        self.broker = KafkaBroker(
            self.bootstrap,
            client_id=f"{MEMBER}{owner}",
            security=access,
            consumer_only=True,
            allow_auto_create_topics=False,
            metadata_max_age_ms=NEWS_MS,
            logger=None,
        )

    async def publisher(self) -> Publisher:
        """See `Bus.publisher`."""
        publisher = KafkaPublisher(self.bootstrap, self.access)
        await publisher.start()
        return publisher

    async def fenced(self, name: str) -> FencedPublisher:
        """See `Bus.fenced`."""
        publisher = KafkaFencedPublisher(self.bootstrap, name, self.access)
        await publisher.start()
        return publisher

    async def consume(self, topics: Sequence[str], group: str, subscriber: Subscriber, max_records: int) -> Consumer:
        """See `Bus.consume`."""
        await self.broker.connect()
        consumer = KafkaConsumer(self, topics, group, subscriber, max_records)
        await consumer.start()
        return consumer

    async def end(self, topics: Sequence[str]) -> dict[Partition, int]:
        """See `Bus.end`."""
        async with self.looking.open() as (admin, consumer):
            return await broker_topics.end(admin, consumer, topics)

    async def extents(self, topics: Sequence[str], group: str) -> dict[Partition, Extent]:
        """See `Bus.extents`."""
        async with self.looking.open() as (admin, consumer):
            return await broker_extents.extents(admin, consumer, topics, group)

    async def lag(self, group: str, topics: Sequence[str]) -> dict[Partition, tuple[int, int]]:
        """See `Bus.lag`."""
        return {partition: extent.unread for partition, extent in (await self.extents(topics, group)).items()}

    async def groups(self, topic: str) -> list[str]:
        """See `Bus.groups`."""
        async with self.looking.open() as (admin, _):
            return await broker_groups.reading(admin, topic)

    async def members(self, group: str) -> list[str]:
        """See `Bus.members`."""
        async with self.looking.open() as (admin, _):
            return [member.name for member in await broker_groups.members(admin, group)]

    async def identity(self) -> str:
        """See `Bus.identity`."""
        async with self.looking.open() as (admin, _):
            return (await broker_rights.look(admin, [])).id

    async def lacking(self, reads: Sequence[str], writes: Sequence[str], group: str, name: str = "") -> list[str]:
        """See `Bus.lacking`."""
        async with self.looking.open() as (admin, _):
            return await broker_rights.lacking(admin, reads, writes, group, name)

    async def found(self, topics: Sequence[str]) -> dict[str, Topic]:
        """See `Bus.found`."""
        async with self.looking.open() as (admin, _):
            return await broker_topics.found(admin, topics)

    async def grow(self, topic: str, partitions: int) -> None:
        """See `Bus.grow`."""
        async with self.looking.open() as (admin, _):
            await broker_topics.grow(admin, topic, partitions)

    async def prepare(self, topics: Mapping[str, Topic]) -> None:
        """See `Bus.prepare`."""
        async with self.looking.open() as (admin, _):
            await broker_topics.prepare(admin, topics, self.replication)

    async def remove(self, topics: Sequence[str]) -> None:
        """See `Bus.remove`."""
        async with self.looking.open() as (admin, _):
            await broker_topics.remove(admin, topics)

    async def verify(self, topics: Mapping[str, Topic]) -> list[str]:
        """See `Bus.verify`."""
        found = await self.found(list(topics))
        return [sentence for name, topic in topics.items() for sentence in topic.compare(name, found.get(name))]

    async def close(self) -> None:
        """See `Bus.close`."""
        await self.looking.close()
        await self.broker.stop()
