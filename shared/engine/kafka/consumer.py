"""A member of a group: takes partitions, hands over their records, gives them back in order.

FastStream's subscriber connects and subscribes. Its loop is not used: it goes on behind what a handler raised, passes
over records when one cannot be read (see `reading`), and sleeps when records come after a pause.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import ConsumerStoppedError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from shared.engine.bus import Partition, Positions, Receiver, Record
from shared.engine.kafka.ending import ended
from shared.engine.kafka.reading import Found, Reading

log = structlog.get_logger()

PAUSE = 1.0
"""Seconds before what failed is tried again."""

REBALANCE_MS = 30_000
DRAIN_SECONDS = 25.0
"""How long a batch in flight may hold up a rebalance, less than that lasts at most, or the end."""

LEAVE_SECONDS = 5.0


class Assignment(Positions):
    """The partitions that are this member's from one rebalance to the next."""

    def __init__(self, consumer: AIOKafkaConsumer, partitions: Iterable[TopicPartition]) -> None:
        self.consumer = consumer
        self.partitions = frozenset((partition.topic, partition.partition) for partition in partitions)
        self.ending = asyncio.Event()

    def holds(self, partition: Partition) -> bool:
        """See `Positions.holds`."""
        return partition in self.partitions

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """See `Positions.commit`. Goes on trying while the broker cannot be reached: whoever calls has to bound it."""
        if gone := offsets.keys() - self.partitions:
            raise LookupError(f"{sorted(gone)} are no longer assigned")
        if offsets:
            await self.consumer.commit({TopicPartition(*partition): offset for partition, offset in offsets.items()})

    async def pause(self) -> None:
        """Wait before another attempt, but no longer than it makes sense."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PAUSE):
                await self.ending.wait()


class KafkaConsumer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """See `Consumer`."""

    def __init__(
        self, broker: KafkaBroker, topics: Sequence[str], group: str, receiver: Receiver, max_records: int
    ) -> None:
        self.group = group
        self.receiver = receiver
        self.subscriber = broker.subscriber(
            *topics,
            batch=True,
            group_id=group,
            listener=self,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            heartbeat_interval_ms=1_000,
            session_timeout_ms=10_000,
            rebalance_timeout_ms=REBALANCE_MS,
            persistent=False,
        )
        self.reading = Reading(self.subscriber, max_records)
        self.assignment = Assignment(None, ())
        self.taken = asyncio.Event()
        self.busy = asyncio.Lock()
        self.stopping = False
        self.has_joined = False
        self.running: asyncio.Task[None] | None = None
        self.tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Join the group, and begin."""
        try:
            await self.subscriber.start()
        except BaseException:
            await self.subscriber.stop()
            raise
        self.running = self._task(self._run())

    @property
    def has_ended(self) -> bool:
        """See `Consumer.has_ended`."""
        return self.running is not None and self.running.done() and not self.stopping

    async def stop(self) -> None:
        """See `Consumer.stop`."""
        self.stopping = True
        await self._give_back()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if not await ended(self.subscriber.stop(), LEAVE_SECONDS):
            log.warning("consumer.still_leaving", group=self.group)  # the broker finds out by the session timeout

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """A rebalance has ended."""
        self.has_joined = True
        if not self.stopping:
            self.reading.begin()
            self.assignment = Assignment(self.subscriber.consumer, assigned)
            self._task(self._take(self.assignment))

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:  # noqa: ARG002 - all there are
        """A rebalance begins, and waits for this; meanwhile the heartbeat goes on."""
        await self._give_back()

    async def _take(self, assignment: Assignment) -> None:
        """Tell the receiver what is assigned before it gets records, however often that fails."""
        async with self.busy:
            while assignment.partitions and not assignment.ending.is_set():
                try:
                    await self.receiver.assigned(list(assignment.partitions))
                except Exception as error:
                    log.warning("partitions.not_taken", group=self.group, exc_info=error)
                    await assignment.pause()
                else:
                    break
            if not assignment.ending.is_set():
                self.taken.set()

    async def _give_back(self) -> None:
        """Let what is in flight end, for a bounded time; then nothing is ours."""
        assignment = self.assignment
        assignment.ending.set()
        self.taken.clear()
        try:
            async with asyncio.timeout(DRAIN_SECONDS), self.busy:
                if assignment.partitions:
                    await self.receiver.revoked(list(assignment.partitions))
        except TimeoutError:
            log.warning("partitions.not_drained", group=self.group, seconds=DRAIN_SECONDS)
        except Exception as error:
            log.warning("partitions.not_given_back", group=self.group, exc_info=error)
        assignment.partitions = frozenset()

    async def _run(self) -> None:
        while True:
            try:
                await self._round()
            except ConsumerStoppedError:
                return
            except Exception as error:
                log.error("consumer.failed", group=self.group, exc_info=error)
                await asyncio.sleep(PAUSE)

    async def _round(self) -> None:
        if found := await self.reading.read():
            await self._hand_over(found)

    async def _hand_over(self, found: Found) -> None:
        """Until they are handled, or not ours: then whoever gets them begins with what was committed."""
        await self.taken.wait()
        async with self.busy:
            assignment = self.assignment
            ours = [_record(raw) for partition, some in found.items() if assignment.holds(partition) for raw in some]
            while ours and not assignment.ending.is_set():
                try:
                    await self.receiver.receive(ours, assignment)
                except Exception as error:
                    log.warning("records.not_handled", group=self.group, count=len(ours), exc_info=error)
                    await assignment.pause()
                else:
                    self.reading.handled(found)
                    return

    def _task(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        self.tasks = [task for task in self.tasks if not task.done()]
        self.tasks.append(asyncio.get_running_loop().create_task(work))
        return self.tasks[-1]


def _record(raw: ConsumerRecord) -> Record:
    return Record(raw.topic, raw.partition, raw.offset, raw.key, raw.value, raw.headers, raw.timestamp)
