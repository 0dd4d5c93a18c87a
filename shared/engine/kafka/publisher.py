"""Publishing in order, with the broker's acknowledgement."""

import asyncio
from collections.abc import Awaitable, Sequence
from itertools import chain

from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerClosed

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
            self._give_up()

    def _give_up(self) -> None:
        """Drop what waits. The driver has no way to do so: it would send it, again and again, for ever."""
        accumulator = self.producer._message_accumulator
        if accumulator._exception is not None:
            return
        waiting = [*chain(*accumulator._batches.values()), *accumulator._pending_batches]
        accumulator._batches.clear()
        for batch in waiting:
            batch.failure(ProducerClosed())
            batch._drain_waiter.exception()  # as nobody has to ask for it
        accumulator.fail_all(ProducerClosed())

    async def _end(self) -> None:
        self._give_up()
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self.producer.client.close()
                await self.producer.stop()
        except TimeoutError:
            return  # its tasks have been cancelled
