"""Publishing in order, with the broker's acknowledgement."""

import asyncio
from collections.abc import Awaitable, Sequence
from zlib import crc32

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerClosed
from faststream.security import BaseSecurity

from shared.engine.kafka.access import options
from shared.engine.kafka.time_limit import ended

log = structlog.get_logger()

CONNECT_SECONDS = 10.0
REQUEST_MS = 10_000
FLUSH_SECONDS = 10.0
FAREWELL_SECONDS = 2.0


class KafkaPublisher:
    """See `Publisher`. A record that the broker refuses ends it: all later ones fail too, and none overtakes."""

    def __init__(self, bootstrap: Sequence[str], access: BaseSecurity | None = None, **settings: str | int) -> None:
        self.partitions: dict[str, int] = {}
        self.refusal: BaseException | None = None
        self.producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            enable_idempotence=True,
            acks="all",
            compression_type="zstd",
            linger_ms=0,  # the relay sends a round of events before it waits: a pause would only cost time
            max_batch_size=128 * 1024,
            max_request_size=1024 * 1024,
            request_timeout_ms=REQUEST_MS,
            **options(access),
            **settings,
        )

    async def start(self) -> None:
        """Connect; raises a `KafkaError` or `TimeoutError` within a bounded time."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self.producer.start()
        except BaseException:
            await self.close(abandon=True)
            raise

    async def send(
        self, topic: str, key: bytes, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> Awaitable[None]:
        """See `Publisher.send`."""
        count = self.partitions.get(topic) or await self._count(topic)
        partition = crc32(key) % count
        acknowledged: asyncio.Future[None] = await self.producer.send(topic, value, key, partition, headers=headers)
        acknowledged.add_done_callback(self._check)
        return acknowledged

    async def _count(self, topic: str) -> int:
        """How many partitions the topic has: the driver's own way from a key to one takes a fifth of a send's time."""
        self.partitions[topic] = len(await self.producer.partitions_for(topic))
        return self.partitions[topic]

    async def close(self, abandon: bool = False) -> None:
        """See `Publisher.close`; raises `TimeoutError` if the broker takes too long to acknowledge the rest."""
        try:
            if not abandon:
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self.producer.flush()
        finally:
            self._drop_unsent()
            if not await ended(self._end(), FAREWELL_SECONDS):
                log.warning("publisher.still_closing", seconds=FAREWELL_SECONDS)

    def _check(self, acknowledged: "asyncio.Future[None]") -> None:
        """At the first refusal nothing more is sent: the driver would go on with what comes behind."""
        if not acknowledged.cancelled() and (error := acknowledged.exception()) is not None:
            self.refusal = self.refusal or error
            self._drop_unsent()

    def _drop_unsent(self) -> None:
        """The driver has no way to drop what waits: it would send it, again and again, for ever."""
        accumulator = self.producer._message_accumulator
        accumulator._exception = ProducerClosed()
        for partition in list(accumulator._batches):
            while accumulator._batches.get(partition):
                accumulator._pop_batch(partition).failure(ProducerClosed())

    async def _end(self) -> None:
        """What is under way ends, well or not, after the driver's request timeout at most; nothing is repeated.

        The driver looks for a transaction's coordinator for ever: then it is interrupted once more.
        """
        sending = self.producer._sender.sender_task
        while sending is not None and not sending.done():
            sending.cancel()
            await asyncio.wait([sending], timeout=REQUEST_MS / 1000)
        await self.producer.stop()
        self._drop_unsent()
        for batch in list(self.producer._message_accumulator._pending_batches):
            batch.failure(ProducerClosed())
