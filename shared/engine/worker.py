"""The worker: records in, transactions made, positions committed.

Records are queued in the order in which they come, and handled in it. Positions are committed after the transaction,
up to the lowest record that is not finished. If a commit fails, the inbox covers it. An exception leads to the same
records again; nothing is ever passed over.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

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
from shared.observe import metrics

log = structlog.get_logger()

HELD = 1000
"""Records of handlers that are held back, beyond which nothing more is taken."""

COMMIT_SECONDS = 5.0

AHEAD = 2
"""Batches of records that are queued or under way; another one is read when one of them is finished."""


class HeldBack(Exception):
    """So many records wait for handlers that are held back that no more are taken for now."""


@dataclass(slots=True)
class Delivery:
    """A record that was received and is not finished: `messages` are still to be handed on, `given` have no answer."""

    partition: Partition
    offset: int
    messages: list[Message] = field(default_factory=list)
    given: int = 0

    @property
    def place(self) -> tuple[Partition, int]:
        """Which record it was."""
        return self.partition, self.offset


class Worker:
    """One per process: a `Receiver`. `claim` says that we read a partition and returns whether somebody died there.

    While a batch is in its transaction, the next records are read and queued behind it; `AHEAD` bounds by how many.
    """

    def __init__(
        self,
        executor: Executor,
        careful: Careful,
        claim: Callable[[Partition], Awaitable[bool]],
        free: Callable[[Partition], Awaitable[None]],
    ) -> None:
        self.executor = executor
        self.careful = careful
        self.records = Records(executor.service, executor.parking.safe, executor.clock)
        self.models = ReadModels(executor.store)
        self.model_names = sorted({handler.model for handler in executor.service.by_name.values() if handler.model})
        self.claim = claim
        self.free = free
        self.breakers = Breakers()
        self.partitions: set[Partition] = set()
        self.unclean: set[Partition] = set()
        self.unfinished: list[Delivery] = []
        self.reached: dict[Partition, int] = {}
        self.committed: dict[Partition, int] = {}
        self.positions: Positions | None = None
        self.turn = asyncio.Lock()
        self.committing = asyncio.Lock()
        self.under_way: set[asyncio.Task[None]] = set()

    async def receive(self, records: Sequence[Record], positions: Positions) -> None:
        """Queue records that are still ours, as soon as there is room; see `Receiver`."""
        while len(self.under_way) >= AHEAD:
            await asyncio.wait(self.under_way, return_when=asyncio.FIRST_COMPLETED)
        async with self.turn:
            if sum(bool(delivery.messages) for delivery in self.unfinished) > HELD:
                raise HeldBack(f"over {HELD} records wait for {', '.join(self.breakers.opened())}")
            self.positions = positions
            ours = [record for record in records if positions.holds((record.topic, record.partition))]
            deliveries = await self._deliveries(ours)
            skipped = sum(not delivery.messages for delivery in deliveries)
            metrics.consumed(Counter(record.topic for record in ours), skipped)
            await self._carefully([delivery for delivery in deliveries if delivery.partition in self.unclean])
            still = [delivery for delivery in deliveries if positions.holds(delivery.partition)]
            self.unfinished.extend(still)
            self.reached |= {delivery.partition: delivery.offset + 1 for delivery in still}
            self._hand_on()

    async def run(self) -> None:
        """Let handlers that are held back try again, and commit positions, though no record may come; for ever."""
        while True:
            await asyncio.sleep(SHORTEST)
            try:
                async with self.turn:
                    await self._probe()
                await self._commit()
            except (StoreError, TryLater) as error:
                log.warning("handlers.not_tried", error=type(error).__name__)

    async def assigned(self, partitions: Sequence[Partition]) -> None:
        """See `Receiver`."""
        for partition in partitions:
            if await self.claim(partition):
                self.unclean.add(partition)
            self.partitions.add(partition)

    async def revoked(self, partitions: Sequence[Partition]) -> None:
        """See `Receiver`. What is held back comes again to whoever gets the partition."""
        while self.under_way:
            await asyncio.wait(self.under_way)
        self.unfinished = [delivery for delivery in self.unfinished if delivery.partition not in partitions]
        self.unclean.difference_update(partitions)
        self.partitions.difference_update(partitions)
        for partition in partitions:  # all of them before anything is awaited: nothing holds their positions back now
            self.reached.pop(partition, None)
            self.committed.pop(partition, None)
        for partition in partitions:
            await self.free(partition)

    async def _deliveries(self, records: Sequence[Record]) -> list[Delivery]:
        """The records with their messages, but those that came before and are not finished."""
        models = await self.models.states(self.model_names)
        known = {delivery.place for delivery in self.unfinished}
        found = (self._delivery(record, models) for record in records)
        return [delivery for delivery in found if delivery.place not in known]

    def _delivery(self, record: Record, models: Mapping[str, Document]) -> Delivery:
        messages = list[Message]()
        for message in self.records.messages(record):
            state = models.get(message.handler.model)
            messages.append(for_generation(message, state["live"]) if state else message)
            if state and state["building"]:
                messages.append(for_generation(message, state["building"]))
                messages[-1].held_back = state["replaying"]
        return Delivery((record.topic, record.partition), record.offset, messages)

    async def _carefully(self, deliveries: Sequence[Delivery]) -> None:
        """One by one: whoever had the partition before may have ended by one of them."""
        for delivery in deliveries:
            while delivery.messages:
                _certain(await self.careful.handle(delivery.messages[0]))
                del delivery.messages[0]
        self.unclean.difference_update(delivery.partition for delivery in deliveries)

    def _hand_on(self) -> None:
        """Queue all messages, what came first first, but those of handlers that are held back."""
        opened = set(self.breakers.opened())
        given = list[tuple[Delivery, Message, Awaitable[Answer]]]()
        for delivery in self.unfinished:
            for message in [message for message in delivery.messages if message.handler.name not in opened]:
                given.append((delivery, message, self.executor.queue.put(message)))
                delivery.messages.remove(message)
                delivery.given += 1
        task = asyncio.get_running_loop().create_task(self._finish(given))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def _finish(self, given: Sequence[tuple[Delivery, Message, Awaitable[Answer]]]) -> None:
        """Take the answers, then commit how far we are. Without an answer the record stays unfinished."""
        began = perf_counter()
        try:
            for delivery, message, answer in given:
                self._note(message, _certain(await answer))
                delivery.given -= 1
            await self._commit()
            metrics.processed(perf_counter() - began)
        except Exception as error:
            log.warning("records.not_finished", error=type(error).__name__)

    def _note(self, message: Message, answer: Answer) -> None:
        breaker = self.breakers.of(message.handler.name)
        was_open = breaker.open
        breaker.note(asyncio.get_running_loop().time(), _has_failed(answer))
        if breaker.open and not was_open:
            log.error("handler.held_back", handler=message.handler.name, failures=breaker.failures)
            metrics.held_back(message.handler.name, True)

    async def _probe(self) -> None:
        """Let one message of each held-back handler try, when its pause is over; all of them once it works."""
        now, opened = asyncio.get_running_loop().time(), self.breakers.opened()
        for name in opened:
            breaker = self.breakers.of(name)
            if breaker.next_probe <= now:
                await self._try(name, breaker)
        if opened:
            self._hand_on()

    async def _try(self, name: str, breaker: Breaker) -> None:
        """A message that must wait says nothing of its handler: the next one tries next time."""
        found = ((d, m) for d in self.unfinished for m in d.messages if m.handler.name == name)
        delivery, message = next(found, (None, None))
        if delivery is None or message is None:
            self._probed(name, breaker, failed=False)
            return
        answer = _certain(await self.executor.queue.put(message))
        delivery.messages.remove(message)
        if answer.ending is not Ending.PARKED or _has_failed(answer):
            self._probed(name, breaker, _has_failed(answer))

    def _probed(self, name: str, breaker: Breaker, failed: bool) -> None:
        breaker.probed(asyncio.get_running_loop().time(), failed)
        metrics.held_back(name, breaker.open)

    async def _commit(self) -> None:
        """Up to the lowest unfinished record of each partition, within a bounded time."""
        async with self.committing:
            self.unfinished = [delivery for delivery in self.unfinished if delivery.messages or delivery.given]
            offsets = dict(self.reached)
            for delivery in self.unfinished:
                offsets[delivery.partition] = min(offsets[delivery.partition], delivery.offset)
            positions = self.positions
            if positions is None:  # nothing was ever received
                return
            new = {p: n for p, n in offsets.items() if n != self.committed.get(p) and positions.holds(p)}
            if not new:
                return
            try:
                async with asyncio.timeout(COMMIT_SECONDS):
                    await positions.commit(new)
            except Exception as error:
                log.warning("positions.not_committed", error=type(error).__name__)
            else:
                self.committed |= new


def _has_failed(answer: Answer) -> bool:
    """Whether the handler itself has: not one that waits for something, or behind others."""
    return answer.ending is Ending.PARKED and not isinstance(answer.error, NotYet | None)


def _certain(answer: Answer) -> Answer:
    """The answer, unless nothing is known of the message: then its record is not finished."""
    if answer.ending is Ending.FAILED:
        raise StoreError("the executor has stopped before the message was handled") from answer.error
    return answer
