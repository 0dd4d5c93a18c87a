"""The worker: records in, transactions made, positions committed.

Positions are committed after the transaction, up to the lowest record that is not finished. If a commit fails, the
inbox covers it. An exception leads to the same records again; nothing is ever passed over.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from shared.engine.breaker import SHORTEST, Breaker, Breakers
from shared.engine.bus import Partition, Positions, Record
from shared.engine.careful import Careful
from shared.engine.context import NotYet
from shared.engine.executor import Executor
from shared.engine.message import Answer, Ending, Message
from shared.engine.readmodels import ReadModels
from shared.engine.records import Records, for_generation
from shared.engine.store import Document, StoreError
from shared.errors import TryLater

log = structlog.get_logger()

HELD = 1000
"""Records of handlers that are held back, beyond which nothing more is taken."""

COMMIT_SECONDS = 5.0


class HeldBack(Exception):
    """So many records wait for handlers that are held back that no more are taken for now."""


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
        careful: Careful,
        claim: Callable[[Partition], Awaitable[bool]],
        free: Callable[[Partition], Awaitable[None]],
    ) -> None:
        self.executor = executor
        self.careful = careful
        self.records = Records(executor.service)
        self.models = ReadModels(executor.store)
        self.model_names = sorted({handler.model for handler in executor.service.by_name.values() if handler.model})
        self.claim = claim
        self.free = free
        self.breakers = Breakers()
        self.unclean: set[Partition] = set()
        self.held: list[Delivery] = []
        self.reached: dict[Partition, int] = {}
        self.positions: Positions | None = None
        self.turn = asyncio.Lock()
        self.skipped = 0

    async def receive(self, records: Sequence[Record], positions: Positions) -> None:
        """Handle records that are still ours; see `Receiver`."""
        async with self.turn:
            if len(self.held) > HELD:
                raise HeldBack(f"{len(self.held)} records wait for {', '.join(self.breakers.opened())}")
            self.positions = positions
            ours = [record for record in records if positions.holds((record.topic, record.partition))]
            deliveries = await self._deliveries(ours)
            unclean = [delivery for delivery in deliveries if delivery.partition in self.unclean]
            for delivery in unclean:
                await self._one_by_one(delivery)
            await self._handle([*self.held, *deliveries])  # what came first goes first
            self.unclean.difference_update(delivery.partition for delivery in unclean)
            self.held.extend(delivery for delivery in deliveries if positions.holds(delivery.partition))
            await self._commit(ours, positions)

    async def run(self) -> None:
        """Let handlers that are held back try again, though no record may come; for ever."""
        while True:
            await asyncio.sleep(SHORTEST)
            try:
                async with self.turn:
                    await self._probe()
            except (StoreError, TryLater) as error:
                log.warning("handlers.not_tried", error=type(error).__name__)

    async def assigned(self, partitions: Sequence[Partition]) -> None:
        """See `Receiver`."""
        for partition in partitions:
            if await self.claim(partition):
                self.unclean.add(partition)

    async def revoked(self, partitions: Sequence[Partition]) -> None:
        """See `Receiver`. What is held back comes again to whoever gets the partition."""
        self.held = [delivery for delivery in self.held if delivery.partition not in partitions]
        self.unclean.difference_update(partitions)
        for partition in partitions:
            await self.free(partition)

    async def _deliveries(self, records: Sequence[Record]) -> list[Delivery]:
        """The records with their messages, but those that came before and are held."""
        models = await self.models.states(self.model_names)
        held = {(delivery.partition, delivery.offset) for delivery in self.held}
        found = (self._delivery(record, models) for record in records)
        return [delivery for delivery in found if (delivery.partition, delivery.offset) not in held]

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

    def _note(self, message: Message, answer: Answer) -> None:
        breaker = self.breakers.of(message.handler.name)
        was_open = breaker.open
        breaker.note(asyncio.get_running_loop().time(), _has_failed(answer))
        if breaker.open and not was_open:
            log.error("handler.held_back", handler=message.handler.name, failures=breaker.failures)

    async def _probe(self) -> None:
        """Let one message of each held-back handler try, when its pause is over; all of them once it works."""
        now = asyncio.get_running_loop().time()
        for name in self.breakers.opened():
            breaker = self.breakers.of(name)
            if breaker.next_probe <= now:
                await self._try(name, breaker)
        await self._handle(self.held)
        if self.positions is not None:
            await self._commit((), self.positions)

    async def _try(self, name: str, breaker: Breaker) -> None:
        """A message that must wait says nothing of its handler: the next one tries next time."""
        found = ((d, m) for d in self.held for m in d.messages if m.handler.name == name)
        delivery, message = next(found, (None, None))
        if delivery is None or message is None:
            breaker.probed(asyncio.get_running_loop().time(), failed=False)
            return
        answer = _certain(await self.executor.queue.put(message))
        delivery.messages.remove(message)
        if answer.ending is not Ending.PARKED or _has_failed(answer):
            breaker.probed(asyncio.get_running_loop().time(), _has_failed(answer))

    async def _one_by_one(self, delivery: Delivery) -> None:
        for message in list(delivery.messages):
            _certain(await self.careful.handle(message))
            delivery.messages.remove(message)

    async def _commit(self, records: Sequence[Record], positions: Positions) -> None:
        """Up to the lowest unfinished record of each partition, within a bounded time."""
        finished = {delivery.partition for delivery in self.held if not delivery.messages}
        self.held = [delivery for delivery in self.held if delivery.messages]
        self.reached |= {(record.topic, record.partition): record.offset + 1 for record in records}
        partitions = finished | {(record.topic, record.partition) for record in records}
        offsets = {partition: self.reached[partition] for partition in partitions if positions.holds(partition)}
        for delivery in self.held:
            if delivery.partition in offsets:
                offsets[delivery.partition] = min(offsets[delivery.partition], delivery.offset)
        if not offsets:
            return
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await positions.commit(offsets)
        except Exception as error:
            log.warning("positions.not_committed", error=type(error).__name__)


def _has_failed(answer: Answer) -> bool:
    """Whether the handler itself has: not one that waits for something, or behind others."""
    return answer.ending is Ending.PARKED and not isinstance(answer.error, NotYet | None)


def _certain(answer: Answer) -> Answer:
    """The answer, unless nothing is known of the message: then its record is not finished."""
    if answer.ending is Ending.FAILED:
        raise StoreError("the executor has stopped before the message was handled") from answer.error
    return answer
