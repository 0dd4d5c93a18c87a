"""The worker: records in, transactions made, positions committed.

Records are queued in the order in which they come, and handled in it. Positions are committed after the transaction,
up to the lowest record that is not finished. If a commit fails, the inbox covers it. An exception leads to the same
records again; nothing is ever passed over.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol

import structlog

from shared.engine.authoring.answer import Answer, Ending
from shared.engine.batch.message import Message
from shared.engine.consuming.partitions import Checkpoint, Gap, Partitions, Progress
from shared.engine.consuming.poison import PoisonSearch
from shared.engine.consuming.read_models import ReadModels
from shared.engine.consuming.records import Records, for_generation
from shared.engine.coordination.leases import SEARCH_SECONDS
from shared.engine.execution.executor import Executor
from shared.engine.failures import paused_lanes
from shared.engine.failures.breaker import SHORTEST, Breakers, waits
from shared.engine.ports.assignment import Assignment, Position
from shared.engine.ports.bus import Extent, Partition, Record
from shared.engine.ports.store import Document, StoreError
from shared.observe import metrics

log = structlog.get_logger()

AHEAD = 2
"""Batches of records that are queued or under way; another one is read when one of them is finished."""

PROBES = 10
"""Paused handlers that are tried at once, though no record comes."""


@dataclass(slots=True, eq=False)
class Delivery:
    """A record that was received and is not finished while `messages` of it have no answer."""

    position: Position
    offset: int
    messages: list[Message] = field(default_factory=list)


class Missing(Protocol):
    """Keeps which partitions are not read, since records are missing there."""

    async def among(self, partitions: Iterable[Partition]) -> set[Partition]:
        """Return those of the partitions that are not read."""

    async def add(self, gaps: Sequence[Gap]) -> None:
        """Keep gaps that were found: their partitions are not read from now on."""


class Worker:
    """One per process: a `Subscriber`. What is `missing` on topics is told there.

    While a batch is in its transaction, the next records are read and queued behind it; `AHEAD` bounds by how many.
    """

    def __init__(
        self,
        executor: Executor,
        search: PoisonSearch,
        checkpoints: Partitions,
        missing: Missing,
    ) -> None:
        self.executor = executor
        self.search = search
        self.records = Records(executor.service, executor.lanes.sealer, executor.clock)
        self.models = ReadModels(executor.store)
        self.model_names = sorted({handler.model for handler in executor.service.handlers if handler.model})
        self.checkpoints = checkpoints
        self.missing = missing
        self.breakers = Breakers()
        self.under_way: set[asyncio.Task[None]] = set()
        self.tenure: Tenure | None = None

    @property
    def partitions(self) -> Collection[Partition]:
        """The partitions that this process reads now."""
        return self.tenure.assignment.positions if self.tenure else ()

    async def assigned(self, assignment: Assignment) -> "Tenure":
        """See `Subscriber`."""
        self.tenure = Tenure(self, assignment)
        return self.tenure

    async def run(self) -> None:
        """Let paused handlers try again, and commit positions, though no record may come; for ever."""
        while True:
            await asyncio.sleep(SHORTEST)
            try:
                await self._probe()
            except StoreError as error:
                log.warning("handlers.not_tried", error=type(error).__name__)
            tenure = self.tenure
            if tenure is not None and not tenure.assignment.ending.done():
                await tenure.commit()

    def note(self, message: Message, answer: Answer, waited_for: str | None = None) -> None:
        """Learn what an answer says of its handler; if it works again, all lanes are woken that wait for it."""
        works = self.breakers.note(message, answer)
        if waited_for and waited_for in waits(message) and answer.ending in (Ending.DONE, Ending.REFUSED):
            works.append(waited_for)  # another process has paused it
        self.executor.waking.note(works)

    async def _probe(self) -> None:
        """Let the head of a lane try whether a handler works again; without any, what comes next is handled."""
        for name in self.breakers.due()[:PROBES]:
            if not await paused_lanes.try_one(self.executor.store, name, self.executor.clock()):
                self.breakers.resume(name)

    async def deliveries(self, records: Sequence[Record], positions: Mapping[Partition, Position]) -> list[Delivery]:
        """Return the records with a message for each handler that wants them, and each generation of its read model."""
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
                messages[-1].awaits_replay = state["replaying"]
        return messages


class Tenure:
    """A `Receiver`: what the worker has taken in one assignment and not finished. It ends with the assignment."""

    def __init__(self, worker: Worker, assignment: Assignment) -> None:
        self.worker = worker
        self.assignment = assignment
        self.claimed: dict[Partition, None] = {}  # in order, each once
        self.progress: dict[Partition, Progress] = {}
        self.suspect: dict[Partition, int] = {}
        self.search_until = asyncio.get_running_loop().time() + SEARCH_SECONDS
        self.unfinished: list[Delivery] = []

    async def starts(self, extents: Mapping[Partition, Extent]) -> Mapping[Partition, int]:
        """See `Receiver`: where the service is by its own database. Where something is missing, nothing is read."""
        stopped, now = await self.worker.missing.among(extents), self.worker.executor.clock()
        found: dict[Partition, Checkpoint] = {}
        gaps = list[Gap]()
        for partition in [one for one in extents if one not in stopped]:
            claim = await self.worker.checkpoints.claim(partition, extents[partition])
            self.claimed[partition] = None
            if isinstance(claim.found, Gap):
                gaps.append(claim.found)
                continue
            found[partition] = claim.found
            if claim.unclean:
                reached = max(claim.found.next, extents[partition].committed or 0)
                self.suspect[partition] = reached + claim.ahead  # whoever ended there may have ended by one of these
        if gaps:
            await self.worker.missing.add(gaps)
        self.progress |= {one: Progress(checkpoint, extents[one].end, now) for one, checkpoint in found.items()}
        return {partition: checkpoint.next for partition, checkpoint in found.items()}

    async def looked(self, extents: Mapping[Partition, Extent]) -> None:
        """See `Receiver`: how far we are is written down, if that is news."""
        now, checkpoints = self.worker.executor.clock(), dict[Partition, Checkpoint]()
        for partition, position in self.assignment.positions.items():
            if checkpoint := self.progress[partition].look(position.finished, extents[partition].end, now):
                checkpoints[partition] = checkpoint
        await self.worker.checkpoints.note(checkpoints)
        for partition, checkpoint in checkpoints.items():
            self.progress[partition].noted = checkpoint

    async def receive(self, records: Sequence[Record]) -> None:
        """Queue records as soon as there is room; see `Receiver`."""
        under_way = self.worker.under_way
        while len(under_way) >= AHEAD:
            await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        deliveries = await self.worker.deliveries(records, self.assignment.positions)
        skipped = sum(not delivery.messages for delivery in deliveries)
        metrics.consumed(Counter(record.topic for record in records), skipped)
        if self._suspects():
            await self._search(records, deliveries)
        self.unfinished.extend(deliveries)
        self._hand_on(deliveries)

    async def revoked(self) -> None:
        """See `Receiver`. Whoever gets partitions that are still suspect goes on with the search."""
        while self.worker.under_way:
            await asyncio.wait(self.worker.under_way)
        positions, suspects = self.assignment.positions.items(), self._suspects()
        checkpoints = {
            partition: self.progress[partition].checkpoint_at(position.finished) for partition, position in positions
        }
        searched = {partition: checkpoints.pop(partition) for partition in list(checkpoints) if partition in suspects}
        await self.worker.checkpoints.note(searched)
        others = [partition for partition in self.claimed if partition not in checkpoints and partition not in searched]
        await self.worker.checkpoints.free(checkpoints, others)

    async def commit(self) -> None:
        """Commit up to the lowest unfinished record of each partition. The next commit makes up for one that fails."""
        finished = [delivery for delivery in self.unfinished if not delivery.messages]
        for delivery in finished:
            delivery.position.finish(delivery.offset)
        if finished:
            self.unfinished = [delivery for delivery in self.unfinished if delivery.messages]
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

    def _hand_on(self, deliveries: Sequence[Delivery]) -> None:
        """Queue all messages, what came first first; those of a paused handler go to their lanes."""
        given = list[tuple[Delivery, Message, Awaitable[Answer]]]()
        for delivery in deliveries:
            for message in delivery.messages:
                message.paused = self.worker.breakers.pauses(message)
                given.append((delivery, message, self.worker.executor.queue.put(message)))
        task = asyncio.get_running_loop().create_task(self._finish(given))
        self.worker.under_way.add(task)
        task.add_done_callback(self.worker.under_way.discard)

    async def _finish(self, given: Sequence[tuple[Delivery, Message, Awaitable[Answer]]]) -> None:
        """Take the answers, then commit how far we are. Without an answer the record stays unfinished."""
        began = perf_counter()
        try:
            for delivery, message, answer in given:
                self.worker.note(message, _certain(await answer))
                delivery.messages.remove(message)
            await self.commit()
            metrics.processed(perf_counter() - began)
        except Exception as error:
            log.warning("records.not_finished", error=type(error).__name__)


def _certain(answer: Answer) -> Answer:
    """The answer, unless nothing is known of the message: then its record is not finished."""
    if answer.ending is Ending.FAILED:
        raise StoreError("the executor has stopped before the message was handled") from answer.error
    return answer
