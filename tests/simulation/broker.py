"""A broker behind a bad connection, and publishers that send late: later than they say, twice, or never."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass

from shared.engine.memory.bus import MemoryBus
from shared.engine.ports.bus import Consumer, Publisher, Record, Subscriber
from tests.simulation.faults import Faults
from tests.simulation.loop import PROCESS

UNANSWERED = 0.3
"""The part of all that goes wrong with the broker in which it does not answer at all."""

LATEST = 3.0
"""Seconds that a record may be under way after it has left its process."""


@dataclass(slots=True)
class Sent:
    """A record on its way; `acknowledged` ends when the broker has it, or when nobody can say."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    acknowledged: "asyncio.Future[None]"


class FaultyPublisher:
    """A publisher as a driver's: what it was given waits in the process, then is under way, then arrives.

    What waits leaves when the process runs, which for a stalled one is long after another has taken over; what is under
    way arrives though its process is dead or has abandoned the publisher. Those of one partition stay in order. When
    one is refused, nothing of its partition arrives any more, and nothing that had not left.
    """

    def __init__(self, bus: "FaultyBus") -> None:
        self.bus = bus
        self.loop = bus.faults.loop
        self.partitions: dict[str, int] = {}
        self.waiting: deque[Sent] = deque()
        self.under_way: deque[Sent] = deque()
        self.broken: set[tuple[str, int]] = set()
        self.closed = False
        self.is_slow = self.bus.faults.strikes()

    async def send(
        self, topic: str, key: bytes, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> Awaitable[None]:
        """See `Publisher.send`; a record may not even be accepted, and the next one be."""
        if self.bus.faults.strikes():
            await self.bus.faults.pause()
            raise ConnectionError("simulated: no room")
        self.bus.see_record(topic, key)
        self.partitions.setdefault(topic, len(self.bus.topics[topic]))
        sent = Sent(topic, key, value, headers, self.loop.create_future())
        if self.broken or self.closed:
            self._fail(sent)
        else:
            self.waiting.append(sent)
            self.loop.call_later(self._delay(), self._leave)
            self._spring_trap()
        return self._acknowledgement(sent)

    async def close(self, abandon: bool = False) -> None:
        """See `Publisher.close`."""
        self.closed = True
        if abandon:
            self._drop()
        while self.waiting or self.under_way:
            if abandon and not self.waiting:
                break
            await asyncio.sleep(0.01)
        await self.bus.faults.pause()

    async def _acknowledgement(self, sent: Sent) -> None:
        await sent.acknowledged
        if self.bus.faults.strikes():
            raise ConnectionError("simulated: the acknowledgement was lost")

    def _delay(self) -> float:
        is_late = self.is_slow or self.bus.faults.slow > 0 or self.bus.faults.strikes()
        return self.bus.faults.random.uniform(0, LATEST) if is_late else 0.0

    def _spring_trap(self) -> None:
        """Whatever was checked before was true then."""
        process = PROCESS.get()
        if process is not None and process.stall_at_send:
            process.stalled_until, process.stall_at_send = self.loop.now + process.stall_at_send, 0.0

    def _leave(self) -> None:
        """All that waits goes to the broker; nothing of the process is needed any more."""
        if not self.waiting:
            return
        self.under_way.extend(self.waiting)
        self.waiting.clear()
        self.loop.call_later(self._delay(), self._arrive, context=Context())

    def _arrive(self) -> None:
        while self.under_way:
            self._append(self.under_way.popleft())

    def _append(self, sent: Sent) -> None:
        among = self.partitions[sent.topic]
        partition = sent.topic, sum(sent.key) % among
        if partition in self.broken:
            self._fail(sent)
        elif self.bus.faults.strikes():
            self.broken.add(partition)
            self._drop()
            if self.bus.faults.random.random() < 0.5:  # it has arrived, and nobody learns of it
                self.bus.append(sent.topic, sent.key, sent.value, sent.headers, among)
            self._fail(sent)
        else:
            self.bus.append(sent.topic, sent.key, sent.value, sent.headers, among)
            if not sent.acknowledged.done():
                sent.acknowledged.set_result(None)

    def _drop(self) -> None:
        while self.waiting:
            self._fail(self.waiting.popleft())

    @staticmethod
    def _fail(sent: Sent) -> None:
        if not sent.acknowledged.done():
            sent.acknowledged.set_exception(ConnectionError("simulated: not acknowledged"))
            sent.acknowledged.exception()  # a relay that has stopped at an earlier one asks for no other


class FaultyBus(MemoryBus):
    """The in-memory broker behind a bad connection. `see_record` is called whenever a process hands one over."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(self._answer, rebalance_timeout=4.0)
        self.faults = faults
        self.loses_next = ""
        self.see_record: Callable[[str, bytes], None] = lambda *_: None
        self.consumers: dict[str, list[Consumer]] = {}

    async def consume(self, topics: Sequence[str], group: str, subscriber: Subscriber, max_records: int) -> Consumer:
        """See `Bus.consume`."""
        consumer = await super().consume(topics, group, subscriber, max_records)
        if (process := PROCESS.get()) is not None:
            self.consumers.setdefault(process.name, []).append(consumer)
        return consumer

    def expire_all(self, process: str) -> None:
        """Nothing is heard of a process any more: it is a member of no group."""
        for consumer in self.consumers.pop(process, ()):
            self.expire(consumer)

    async def publisher(self) -> Publisher:
        """See `Bus.publisher`."""
        await self.pause()
        return FaultyPublisher(self)

    def append(
        self, topic: str, key: bytes, value: bytes | None, headers: Sequence[tuple[str, bytes]], among: int = 0
    ) -> Record:
        """Take a record, which may be removed at once, as where records are not kept for long."""
        record = super().append(topic, key, value, headers, among)
        if topic == self.loses_next:
            self.topics[topic][record.partition].remove_before(record.offset + 1)
            self.loses_next = ""
        return record

    async def _answer(self) -> None:
        await self.faults.pause()
        if self.faults.strikes() and self.faults.random.random() < UNANSWERED:
            raise ConnectionError("simulated: no broker answers")
