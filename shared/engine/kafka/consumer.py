"""A member of a group: takes partitions, hands over their records, gives them back in order.

FastStream's subscriber connects and subscribes. Its loop is not used: it goes on behind what a handler raised, passes
over records when one cannot be read (see `reading`), and sleeps when records come after a pause.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from faststream import AckPolicy

from shared.engine.kafka.reader import Reading
from shared.engine.kafka.time_limit import ended
from shared.engine.ports.assignment import Assignment
from shared.engine.ports.bus import Extent, Partition, Subscriber

if TYPE_CHECKING:
    from shared.engine.kafka.bus import KafkaBus

log = structlog.get_logger()

REBALANCE_MS = 30_000
DRAIN_SECONDS = 25.0
"""How long a batch in flight may hold up a rebalance, less than that lasts at most, or the end."""

IDLE_MS = 24 * 60 * 60 * 1000
"""While the database is away, a member takes nothing, and nobody else could."""

LEAVE_SECONDS = 5.0


class KafkaConsumer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """See `Consumer`."""

    def __init__(
        self, bus: "KafkaBus", topics: Sequence[str], group: str, subscriber: Subscriber, max_records: int
    ) -> None:
        self.bus = bus
        self.group = group
        self.subscriber = subscriber
        self.subscription = bus.broker.subscriber(
            *topics,
            batch=True,
            group_id=group,
            listener=self,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="none",
            heartbeat_interval_ms=1_000,
            session_timeout_ms=10_000,
            rebalance_timeout_ms=REBALANCE_MS,
            max_poll_interval_ms=IDLE_MS,
            isolation_level="read_committed",
            persistent=False,
        )
        self.max_records = max_records
        self.assignment: Assignment | None = None
        self.stopping = False
        self.has_joined = False

    async def start(self) -> None:
        """Join the group, and begin."""
        try:
            await self.subscription.start()
        except BaseException:
            await self.subscription.stop()
            raise
        if self.assignment is None:  # of nothing so far: what prevents it from joining is noticed by reading
            self._begin(())

    @property
    def has_ended(self) -> bool:
        """See `Consumer.has_ended`."""
        return self.assignment is not None and self.assignment.has_ended

    async def stop(self) -> None:
        """See `Consumer.stop`."""
        self.stopping = True
        await self._end()
        if not await ended(self.subscription.stop(), LEAVE_SECONDS):
            log.warning("consumer.still_leaving", group=self.group)  # the broker finds out by the session timeout

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin with what a rebalance has given us."""
        self.has_joined = True
        await self._end()
        if not self.stopping:
            self._begin(assigned)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:  # noqa: ARG002 - all there are
        """Finish before a rebalance, which waits for this; meanwhile the heartbeat continues."""
        await self._end()

    def _begin(self, partitions: Iterable[TopicPartition]) -> None:
        driver: AIOKafkaConsumer = self.subscription.consumer

        async def look(topics: Sequence[str]) -> Mapping[Partition, Extent]:
            return await self.bus.extents(topics, self.group)

        reading = Reading(driver, partitions, self.max_records, look)
        self.assignment = Assignment(self.group, reading, self.subscriber)

    async def _end(self) -> None:
        if self.assignment is not None:
            await self.assignment.end(DRAIN_SECONDS)
