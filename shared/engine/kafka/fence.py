"""Publishing under a name that the broker grants to one publisher at a time: a transactional producer.

When one is started, the broker raises the epoch of its name. It undoes what the predecessor had not committed, and
refuses whatever the predecessor still sends, however late that comes out of a process that was stopped.
"""

import asyncio
from collections.abc import Sequence

from aiokafka.errors import InvalidProducerEpoch, InvalidProducerIdMapping, InvalidTxnState, ProducerFenced
from faststream.security import BaseSecurity

from shared.engine.kafka.publisher import KafkaPublisher
from shared.engine.ports.bus import Fenced, Outgoing

PUBLISH_SECONDS = 10.0

TRANSACTION_MS = 15_000
"""After so long the broker undoes what a dead process has begun, and readers go on: longer than a transaction takes."""

FENCED = (ProducerFenced, InvalidProducerEpoch, InvalidProducerIdMapping, InvalidTxnState)
"""What the broker says to whoever it has taken a name from."""


class KafkaFencedPublisher:
    """See `FencedPublisher`. The name is the producer's transactional id; what is published at once, a transaction."""

    def __init__(self, bootstrap: Sequence[str], name: str, access: BaseSecurity | None = None) -> None:
        self.name = name
        self.publisher = KafkaPublisher(bootstrap, access, transactional_id=name, transaction_timeout_ms=TRANSACTION_MS)

    async def start(self) -> None:
        """Take the name; raises a `KafkaError` or `TimeoutError` within a bounded time."""
        await self.publisher.start()

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """See `FencedPublisher.publish`."""
        producer = self.publisher.producer
        try:
            async with asyncio.timeout(PUBLISH_SECONDS):
                await producer.begin_transaction()
                await asyncio.gather(*[await self.publisher.send(*record) for record in records])
                await producer.commit_transaction()
        except Exception as error:
            if isinstance(self.publisher.refusal or error, FENCED):
                raise Fenced(self.name) from error
            raise

    async def close(self) -> None:
        """See `FencedPublisher.close`. A transaction that is open is undone when the name is taken again."""
        await self.publisher.close(abandon=True)
        ended = self.publisher.producer._txn_manager._transaction_waiter
        if ended is not None and ended.done() and not ended.cancelled():
            ended.exception()  # it was told: the loop need not tell of it again
