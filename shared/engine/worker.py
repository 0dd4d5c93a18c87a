"""The worker: records in, transactions made, positions committed.

Records are queued in the order in which they come, and handled in it. Positions are committed after the transaction,
up to the lowest record that is not finished. If a commit fails, the inbox covers it. An exception leads to the same
records again; nothing is ever passed over.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import structlog

from shared.engine.assignment import Assignment, Position
from shared.engine.breaker import SHORTEST, Breakers
from shared.engine.bus import Partition, Record
from shared.engine.context import NotYet
from shared.engine.executor import Executor
from shared.engine.leases import SEARCH_SECONDS
from shared.engine.message import Answer, Ending, Message
from shared.engine.poison import PoisonSearch
from shared.engine.readmodels import ReadModels
from shared.engine.records import Records, for_generation
from shared.engine.store import Document, StoreError
from shared.errors import TryLater
from shared.observe import metrics

log = structlog.get_logger()

HELD = 1000
"""Records of handlers that are held back, beyond which nothing more is taken."""

AHEAD = 2
"""Batches of records that are queued or under way; another one is read when one of them is finished."""


class HeldBack(Exception):
    """So many records wait for handlers that are held back that no more are taken for now."""


@dataclass(slots=True, eq=False)
class Delivery:
    """A record that was received and is not finished: `messages` are still to be handed on, `given` have no answer."""

    position: Position
    offset: int
    messages: list[Message] = field(default_factory=list)
    given: int = 0


class Worker:
    """One per process: a `Subscriber`. `claim` says that we read a partition and returns whether somebody died there.

    While a batch is in its transaction, the next records are read and queued behind it; `AHEAD` bounds by how many.
    """

    def __init__(
        self,
        executor: Executor,
        search: PoisonSearch,
        claim: Callable[[Partition], Awaitable[bool]],
        free: Callable[[Partition], Awaitable[None]],
    ) -> None:
        self.executor = executor
        self.search = search
        self.records = Records(executor.service, executor.parking.safe, executor.clock)
        self.models = ReadModels(executor.store)
        self.model_names = sorted({handler.model for handler in executor.service.by_name.values() if handler.model})
        self.claim = claim
        self.free = free
        self.breakers = Breakers()
        self.under_way: set[asyncio.Task[None]] = set()
        self.tenure: Tenure | None = None

    @property
    def partitions(self) -> Collection[Partition]:
        """The partitions that this process reads now."""
        return self.tenure.assignment.positions if self.tenure else ()

    async def assigned(self, assignment: Assignment) -> "Tenure":
        """See `Subscriber`."""
        unclean = [partition for partition in assignment.positions if await self.claim(partition)]
        self.tenure = Tenure(self, assignment, unclean)
        return self.tenure

    async def run(self) -> None:
        """Let handlers that are held back try again, and commit positions, though no record may come; for ever."""
        while True:
            await asyncio.sleep(SHORTEST)
            tenure = self.tenure
            if tenure is not None and not tenure.assignment.ending.done():
                try:
                    await tenure.probe()
                    await tenure.commit()
                except (StoreError, TryLater) as error:
                    log.warning("handlers.not_tried", error=type(error).__name__)

    async def deliveries(self, records: Sequence[Record], positions: Mapping[Partition, Position]) -> list[Delivery]:
        """The records with a message for each handler that wants it, and for each generation of its read model."""
        models = await self.models.states(self.model_names)
        return [
            Delivery(positions[record.topic, record.partition], record.offset, self._messages(record, models))
            for record in records
        ]

    def _messages(self, record: Record, models: Mapping[str, Document]) -> list[Message]:
        messages = list[Message]()
        for message in self.records.messages(record):
            state = models.get(message.handler.model)
            messages.append(for_generation(message, state["live"]) if state else message)
            if state and state["building"]:
                messages.append(for_generation(message, state["building"]))
                messages[-1].held_back = state["replaying"]
        return messages


class Tenure:
    """A `Receiver`: what the worker has taken in one assignment and not finished. It ends with the assignment."""

    def __init__(self, worker: Worker, assignment: Assignment, unclean: Sequence[Partition]) -> None:
        self.worker = worker
        self.assignment = assignment
        most = AHEAD * worker.executor.limits.largest  # so much may have been under way
        self.suspect = {partition: assignment.positions[partition].next + most for partition in unclean}
        self.search_until = asyncio.get_running_loop().time() + SEARCH_SECONDS
        self.unfinished: list[Delivery] = []

    async def receive(self, records: Sequence[Record]) -> None:
        """Queue records as soon as there is room; see `Receiver`."""
        under_way = self.worker.under_way
        while len(under_way) >= AHEAD:
            await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        if sum(bool(delivery.messages) for delivery in self.unfinished) > HELD:
            raise HeldBack(f"over {HELD} records wait for {', '.join(self.worker.breakers.opened())}")
        deliveries = await self.worker.deliveries(records, self.assignment.positions)
        skipped = sum(not delivery.messages for delivery in deliveries)
        metrics.consumed(Counter(record.topic for record in records), skipped)
        if self._suspects():
            await self._search(records, deliveries)
        self.unfinished.extend(deliveries)
        self._hand_on()

    async def revoked(self) -> None:
        """See `Receiver`. What is held back comes again to whoever gets the partitions, who goes on with the search."""
        while self.worker.under_way:
            await asyncio.wait(self.worker.under_way)
        suspects = self._suspects()
        for partition in self.assignment.positions:
            if partition not in suspects:
                await self.worker.free(partition)

    async def probe(self) -> None:
        """Let one message of each held-back handler try, when its pause is over; all of them once it works."""
        breakers, now = self.worker.breakers, asyncio.get_running_loop().time()
        opened = breakers.opened()
        for name in opened:
            if breakers.of(name).next_probe <= now:
                await self._try(name)
        if opened:
            self._hand_on()

    async def commit(self) -> None:
        """Up to the lowest unfinished record of each partition. What fails now is made up for by the next one."""
        finished = [delivery for delivery in self.unfinished if not (delivery.messages or delivery.given)]
        for delivery in finished:
            delivery.position.finish(delivery.offset)
        if finished:
            self.unfinished = [delivery for delivery in self.unfinished if delivery.messages or delivery.given]
        try:
            await self.assignment.commit()
        except Exception as error:
            log.warning("positions.not_committed", error=type(error).__name__)

    def _suspects(self) -> Collection[Partition]:
        """Where records are ahead that may have ended somebody."""
        if asyncio.get_running_loop().time() > self.search_until:
            self.suspect.clear()
        return self.suspect

    async def _search(self, records: Sequence[Record], deliveries: Sequence[Delivery]) -> None:
        """Whoever had these partitions before may have ended by one of the first records: they are not queued ahead."""
        found = [
            (delivery, message)
            for record, delivery in zip(records, deliveries, strict=True)
            if (record.topic, record.partition) in self.suspect
            for message in delivery.messages
        ]
        for answer in await self.worker.search.handle([message for _, message in found]) if found else ():
            _certain(answer)
        for delivery, _ in found:
            delivery.messages.clear()
        for partition in [p for p, end in self.suspect.items() if self.assignment.positions[p].next >= end]:
            del self.suspect[partition]

    def _hand_on(self) -> None:
        """Queue all messages, what came first first, but those of handlers that are held back."""
        opened = set(self.worker.breakers.opened())
        given = list[tuple[Delivery, Message, Awaitable[Answer]]]()
        for delivery in self.unfinished:
            for message in [message for message in delivery.messages if message.handler.name not in opened]:
                given.append((delivery, message, self._queue(delivery, message)))
        task = asyncio.get_running_loop().create_task(self._finish(given))
        self.worker.under_way.add(task)
        task.add_done_callback(self.worker.under_way.discard)

    def _queue(self, delivery: Delivery, message: Message) -> Awaitable[Answer]:
        answer = self.worker.executor.queue.put(message)
        delivery.messages.remove(message)
        delivery.given += 1
        return answer

    async def _finish(self, given: Sequence[tuple[Delivery, Message, Awaitable[Answer]]]) -> None:
        """Take the answers, then commit how far we are. Without an answer the record stays unfinished."""
        began = perf_counter()
        try:
            for delivery, message, answer in given:
                self.worker.breakers.note(message.handler.name, _has_failed(_certain(await answer)))
                delivery.given -= 1
            await self.commit()
            metrics.processed(perf_counter() - began)
        except Exception as error:
            log.warning("records.not_finished", error=type(error).__name__)

    async def _try(self, name: str) -> None:
        """A message that must wait says nothing of its handler: the next one tries next time."""
        breakers = self.worker.breakers
        found = ((d, m) for d in self.unfinished for m in d.messages if m.handler.name == name)
        delivery, message = next(found, (None, None))
        if delivery is None or message is None:
            breakers.probed(name, failed=False)
            return
        answer = _certain(await self._queue(delivery, message))
        delivery.given -= 1
        if answer.ending is not Ending.PARKED or _has_failed(answer):
            breakers.probed(name, _has_failed(answer))


def _has_failed(answer: Answer) -> bool:
    """Whether the handler itself has: not one that waits for something, or behind others."""
    return answer.ending is Ending.PARKED and not isinstance(answer.error, NotYet | None)


def _certain(answer: Answer) -> Answer:
    """The answer, unless nothing is known of the message: then its record is not finished."""
    if answer.ending is Ending.FAILED:
        raise StoreError("the executor has stopped before the message was handled") from answer.error
    return answer
