"""The worker: records in, transactions made, positions committed.

Positions are committed after the transaction, up to the lowest record that is not finished. If a commit fails, the
inbox covers it. An exception leads to the same records again; nothing is ever passed over.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from shared.engine.breaker import Breakers
from shared.engine.bus import Partition, Positions, Record
from shared.engine.context import NotYet
from shared.engine.deadletters import Bury
from shared.engine.executor import Executor
from shared.engine.message import Answer, Ending, Message
from shared.engine.parking import BURY
from shared.engine.readmodels import ReadModels
from shared.engine.records import Records, for_generation
from shared.engine.service import message_type
from shared.engine.store import Delete, Document, Put, StoreError

log = structlog.get_logger()

DEADLY = 3
"""Attempts after which a message that stops the process every time is buried."""

HELD = 1000
"""Records of handlers that are held back, beyond which nothing more is fetched."""

COMMIT_SECONDS = 5.0
ATTEMPTS = "attempts"


@dataclass(slots=True)
class Delivery:
    """A record that was received and is not finished: its messages have not all been handled."""

    partition: Partition
    offset: int
    messages: list[Message] = field(default_factory=list)


class Worker:
    """One per process: a `Receiver`. `claim` says that we read a partition and returns whether somebody died there."""

    def __init__(
        self,
        executor: Executor,
        owner: str,
        claim: Callable[[Partition], Awaitable[bool]],
        free: Callable[[Partition], Awaitable[None]],
    ) -> None:
        self.executor = executor
        self.owner = owner
        self.records = Records(executor.service)
        self.models = ReadModels(executor.store)
        self.model_names = sorted({handler.model for handler in executor.service.by_name.values() if handler.model})
        self.claim = claim
        self.free = free
        self.breakers = Breakers()
        self.careful: set[Partition] = set()
        self.held: list[Delivery] = []
        self.skipped = 0

    async def receive(self, records: Sequence[Record], positions: Positions) -> None:
        """Handle records that are still ours; see `Receiver`."""
        ours = [record for record in records if positions.holds((record.topic, record.partition))]
        models = await self.models.states(self.model_names)
        deliveries = [self._delivery(record, models) for record in ours]
        careful = [delivery for delivery in deliveries if delivery.partition in self.careful]
        for delivery in careful:
            await self._one_by_one(delivery)
        await self._handle([delivery for delivery in deliveries if delivery.messages])
        self.careful.difference_update(delivery.partition for delivery in careful)
        self.held.extend(delivery for delivery in deliveries if delivery.messages)
        await self._commit(ours, positions)
        await self._probe(positions)
        while len(self.held) > HELD:
            await asyncio.sleep(0.1)
            await self._probe(positions)

    async def assigned(self, partitions: Sequence[Partition]) -> None:
        """See `Receiver`."""
        for partition in partitions:
            if await self.claim(partition):
                self.careful.add(partition)

    async def revoked(self, partitions: Sequence[Partition]) -> None:
        """See `Receiver`. What is held back comes again to whoever gets the partition."""
        self.held = [delivery for delivery in self.held if delivery.partition not in partitions]
        for partition in partitions:
            self.careful.discard(partition)
            await self.free(partition)

    def _delivery(self, record: Record, models: Mapping[str, Document]) -> Delivery:
        messages = list[Message]()
        for message in self.records.messages(record):
            state = models.get(message.handler.model)
            messages.append(for_generation(message, state["live"]) if state else message)
            if state and state["building"]:
                messages.append(for_generation(message, state["building"]))
                messages[-1].held_back = state["replaying"]
        self.skipped += not messages
        return Delivery((record.topic, record.partition), record.offset, messages)

    async def _handle(self, deliveries: Iterable[Delivery]) -> None:
        """Hand all messages to the executor, but those of handlers that are held back."""
        opened = set(self.breakers.opened())
        waiting = list[tuple[Delivery, Message, Awaitable[Answer]]]()
        for delivery in deliveries:
            for message in delivery.messages:
                if message.handler.name not in opened:
                    waiting.append((delivery, message, self.executor.queue.put(message)))
        for delivery, message, answer in waiting:
            self._note(message, _certain(await answer))
            delivery.messages.remove(message)

    def _note(self, message: Message, answer: Answer) -> bool:
        failed = answer.ending is Ending.PARKED and not isinstance(answer.error, NotYet | None)
        breaker = self.breakers.of(message.handler.name)
        was_open = breaker.open
        breaker.note(asyncio.get_running_loop().time(), failed)
        if breaker.open and not was_open:
            log.error("handler.held_back", handler=message.handler.name, failures=breaker.failures)
        return failed

    async def _probe(self, positions: Positions) -> None:
        """Let one message of each held-back handler try, when its pause is over; all of them once it works."""
        now = asyncio.get_running_loop().time()
        for name in self.breakers.opened():
            breaker = self.breakers.of(name)
            first = next((m for d in self.held for m in d.messages if m.handler.name == name), None)
            if breaker.next_probe > now:
                continue
            if first is None:
                breaker.probed(now, failed=False)
                continue
            delivery = next(d for d in self.held if first in d.messages)
            answer = _certain(await self.executor.queue.put(first))
            delivery.messages.remove(first)
            breaker.probed(asyncio.get_running_loop().time(), failed=answer.ending is Ending.PARKED)
        await self._handle(self.held)
        done = [delivery for delivery in self.held if not delivery.messages]
        self.held = [delivery for delivery in self.held if delivery.messages]
        await self._commit_offsets({d.partition: d.offset + 1 for d in done}, positions)

    async def _one_by_one(self, delivery: Delivery) -> None:
        """After an unclean end: each message alone, with the attempt recorded first, to find the one that kills."""
        for message in list(delivery.messages):
            number = await self._record_attempt(message)
            if number > DEADLY:
                log.error("message.deadly", handler=message.handler.name, message=message.id)
            _certain(await self.executor.queue.put(_bury(message) if number > DEADLY else message))
            delivery.messages.remove(message)
            await self.executor.store.transact([Delete(ATTEMPTS, _attempt_id(message))])

    async def _record_attempt(self, message: Message) -> int:
        """How many processes have begun with this message; a second try of the same process does not count."""
        id, store = _attempt_id(message), self.executor.store
        known = (await store.get(ATTEMPTS, [id])).get(id, {"number": 0, "owner": ""})
        number: int = known["number"] + (known["owner"] != self.owner)
        await store.transact([Put(ATTEMPTS, {"_id": id, "number": number, "owner": self.owner})])
        return number

    async def _commit(self, records: Sequence[Record], positions: Positions) -> None:
        offsets: dict[Partition, int] = {}
        for record in records:
            offsets[record.topic, record.partition] = record.offset + 1
        await self._commit_offsets(offsets, positions)

    async def _commit_offsets(self, offsets: dict[Partition, int], positions: Positions) -> None:
        """Up to the lowest unfinished record of each partition, within a bounded time."""
        for delivery in self.held:
            if delivery.partition in offsets:
                offsets[delivery.partition] = min(offsets[delivery.partition], delivery.offset)
        offsets = {partition: offset for partition, offset in offsets.items() if positions.holds(partition)}
        if not offsets:
            return
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await positions.commit(offsets)
        except Exception as error:
            log.warning("positions.not_committed", error=type(error).__name__)


def _certain(answer: Answer) -> Answer:
    """The answer, unless nothing is known of the message: then its record is not finished."""
    if answer.ending is Ending.FAILED:
        raise StoreError("the executor has stopped before the message was handled") from answer.error
    return answer


def _attempt_id(message: Message) -> str:
    return message.seen or f"{message.tenant}/{message.handler.name}/{message.id}"


def _bury(message: Message) -> Message:
    """A dead letter in place of the message, and the message as handled."""
    found = Bury(
        handler=message.handler.name,
        message_id=message.id,
        message_type=message_type(message.handler.takes),
        reason="stopped-the-process",
        data=message.data,
    )
    return Message(BURY, message.id, message.tenant, body=found, lane=message.lane, seen=message.seen)
