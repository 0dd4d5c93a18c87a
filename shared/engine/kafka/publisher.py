"""Publishing in order, with the broker's acknowledgement."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from itertools import chain

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerClosed
from aiokafka.producer.message_accumulator import MessageBatch

log = structlog.get_logger()

CONNECT_SECONDS = 10.0
FLUSH_SECONDS = 10.0
FAREWELL_SECONDS = 2.0


class KafkaPublisher:
    """See `Publisher`. A record that the broker refuses ends it: all later ones fail too, and none overtakes."""

    def __init__(self, bootstrap: Sequence[str]) -> None:
        self.producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            enable_idempotence=True,
            acks="all",
            compression_type="zstd",
            linger_ms=2,
            max_batch_size=128 * 1024,
            max_request_size=1024 * 1024,
            request_timeout_ms=10_000,
        )

    async def start(self) -> None:
        """Connect; raises a `KafkaError` or `TimeoutError` within a bounded time."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self.producer.start()
        except BaseException:
            await self._end()
            raise

    async def send(
        self, topic: str, key: bytes, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> Awaitable[None]:
        """See `Publisher.send`."""
        acknowledged: asyncio.Future[None] = await self.producer.send(topic, value, key, headers=headers)
        acknowledged.add_done_callback(self._check)
        return acknowledged

    async def close(self, abandon: bool = False) -> None:
        """See `Publisher.close`; raises `TimeoutError` if the broker takes too long to acknowledge the rest."""
        try:
            if not abandon:
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self.producer.flush()
        finally:
            await self._end()

    def _check(self, acknowledged: "asyncio.Future[None]") -> None:
        """At the first refusal nothing more is sent: the driver would go on with what comes behind."""
        if not acknowledged.cancelled() and acknowledged.exception() is not None:
            self._drop_unsent()

    def _drop_unsent(self) -> None:
        """The driver has no way to drop what waits: it would send it, again and again, for ever."""
        accumulator = self.producer._message_accumulator
        accumulator._exception = ProducerClosed()
        unsent = list(chain(*accumulator._batches.values()))
        accumulator._batches.clear()
        _fail(unsent)

    async def _end(self) -> None:
        """What is under way ends with its connection, and nothing is repeated."""
        self._drop_unsent()
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                if sending := self.producer._sender.sender_task:
                    sending.cancel()
                await self.producer.client.close()
                await self.producer.stop()
        except TimeoutError:
            log.warning("publisher.not_closed", seconds=FAREWELL_SECONDS)
        finally:
            self._drop_unsent()
            _fail(list(self.producer._message_accumulator._pending_batches))


def _fail(batches: Iterable[MessageBatch]) -> None:
    for batch in batches:
        batch.failure(ProducerClosed())
        batch._drain_waiter.exception()  # or else an error is logged, since nobody asks for it
