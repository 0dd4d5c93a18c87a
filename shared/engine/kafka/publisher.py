"""Publishing in order, with the broker's acknowledgement."""

import asyncio
from collections.abc import Awaitable, Sequence

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
            await self._drop()
            raise

    async def send(
        self, topic: str, key: bytes, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> Awaitable[None]:
        """See `Publisher.send`."""
        acknowledged: Awaitable[None] = await self.producer.send(topic, value, key, headers=headers)
        return acknowledged

    async def close(self, abandon: bool = False) -> None:
        """See `Publisher.close`; raises `TimeoutError` if the broker takes too long to acknowledge the rest."""
        try:
            if not abandon:
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self.producer.flush()
        finally:
            await self._drop()

    async def _drop(self) -> None:
        """End, whatever has not been acknowledged: aiokafka itself would send it again and again, for ever."""
        self.producer._message_accumulator.fail_all(ProducerClosed())
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self.producer.client.close()
                await self.producer.stop()
        except TimeoutError:
            return  # its tasks have been cancelled
