"""A broker: see `Bus`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from shared.engine.bus import Consumer, Partition, Publisher, Receiver, Topic
from shared.engine.kafka import topics as broker_topics
from shared.engine.kafka.consumer import KafkaConsumer
from shared.engine.kafka.publisher import KafkaPublisher

REQUEST_MS = 10_000
"""How long a broker may take for an answer about topics."""


class KafkaBus:
    """See `Bus`. `bootstrap` is a list of addresses with commas; each new topic is kept by `replication` brokers."""

    def __init__(self, bootstrap: str, replication: int = 1) -> None:
        self.bootstrap = bootstrap.split(",")
        self.replication = replication
        # It publishes nothing and handles nothing, so that it has nothing to log either.
        self.broker = KafkaBroker(self.bootstrap, consumer_only=True, allow_auto_create_topics=False, logger=None)

    async def publisher(self) -> Publisher:
        """See `Bus.publisher`."""
        publisher = KafkaPublisher(self.bootstrap)
        await publisher.start()
        return publisher

    async def consume(self, topics: Sequence[str], group: str, receiver: Receiver, max_records: int) -> Consumer:
        """See `Bus.consume`."""
        await self.broker.connect()
        consumer = KafkaConsumer(self.broker, topics, group, receiver, max_records)
        await consumer.start()
        return consumer

    async def end(self, topics: Sequence[str]) -> dict[Partition, int]:
        """See `Bus.end`."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, request_timeout_ms=REQUEST_MS)
        async with self._admin() as admin, consumer:
            return await broker_topics.end(admin, consumer, topics)

    async def prepare(self, topics: Mapping[str, Topic]) -> None:
        """See `Bus.prepare`."""
        async with self._admin() as admin:
            await broker_topics.prepare(admin, topics, self.replication)

    async def verify(self, topics: Mapping[str, Topic]) -> list[str]:
        """See `Bus.verify`."""
        async with self._admin() as admin:
            return await broker_topics.missing(admin, topics)

    async def close(self) -> None:
        """See `Bus.close`."""
        await self.broker.stop()

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=REQUEST_MS)
        try:
            try:
                await admin.start()
            except (KafkaError, OSError) as error:
                raise ConnectionError(f"no broker answers at {', '.join(self.bootstrap)}") from error
            yield admin
        finally:
            await admin.close()
