"""One assignment: the partitions that are a member's from one rebalance to the next, and how far it is in each.

It is made when they are assigned, with an offset to start from in each, and dies when they are revoked. Whatever was
read, is queued, or is answered and committed belongs to it. So what comes late finds nothing here that it could move,
though the same partition may have come back long ago: that is another assignment, with positions of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import structlog

from shared.engine.bus import Partition, Receiver, Record, Subscriber

log = structlog.get_logger()

PAUSE = 1.0
"""Seconds before what failed is tried again."""

COMMIT_SECONDS = 5.0

T = TypeVar("T")


class SourceEnded(Exception):
    """There will be no more records, though nobody has asked for an end."""


class Over(Exception):
    """The assignment has ended meanwhile."""


@dataclass(slots=True, eq=False)
class Position:
    """How far an assignment is in one partition: all before `next` was handed over, and some of it is `unfinished`.

    Not every offset is a record's: the markers of transactions take some, too. So `next` may be further than behind
    the last record.
    """

    next: int
    committed: int
    unfinished: dict[int, None] = field(default_factory=dict)
    """Offsets, in ascending order."""

    @property
    def finished(self) -> int:
        """The offset before which everything is finished: the one to commit."""
        return next(iter(self.unfinished), self.next)

    def finish(self, offset: int) -> None:
        """The record at this offset has had its effect, and need not come again."""
        self.unfinished.pop(offset, None)


@dataclass(slots=True, frozen=True)
class Found:
    """Some records, in order, and the offset that comes next in each partition of which something was read."""

    records: Sequence[Record]
    next: Mapping[Partition, int]


class Source(Protocol):
    """A broker, as far as one assignment needs it."""

    async def starts(self) -> Mapping[Partition, int]:
        """The partitions that are assigned, and the offset to start from in each."""

    async def read(self, positions: Mapping[Partition, Position]) -> Found:
        """What comes next; waits for it, and may find nothing. Raises `SourceEnded`."""

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Record the offset to start from the next time in each partition. May go on trying for ever."""


class Assignment:
    """Reads for a subscriber until its `end`. From then on it has no positions, and so commits nothing."""

    def __init__(self, group: str, source: Source, subscriber: Subscriber) -> None:
        self.group = group
        self.source = source
        self.subscriber = subscriber
        self.positions: Mapping[Partition, Position] = {}
        self.committing = asyncio.Lock()
        loop = asyncio.get_running_loop()
        self.ending: asyncio.Future[None] = loop.create_future()
        self.over: asyncio.Future[None] = loop.create_future()
        self.task = loop.create_task(self._run())

    @property
    def has_ended(self) -> bool:
        """Whether it hands over nothing more, though nobody has ended it."""
        return self.task.done() and not self.ending.done()

    def finish(self, records: Sequence[Record]) -> None:
        """All of these have had their effect."""
        for record in records:
            if position := self.positions.get((record.topic, record.partition)):
                position.finish(record.offset)

    async def commit(self) -> None:
        """Commit what is finished, as far as that is news, within a bounded time. May fail: a later one covers it."""
        async with self.committing:
            moved = {p: position for p, position in self.positions.items() if position.finished != position.committed}
            offsets = {partition: position.finished for partition, position in moved.items()}
            if not offsets:
                return
            async with asyncio.timeout(COMMIT_SECONDS):
                await _before(self.over, self.source.commit(offsets))
            for partition, position in moved.items():
                position.committed = offsets[partition]

    async def end(self, seconds: float) -> None:
        """Let what is in flight end, for a bounded time; then nothing is this member's."""
        if not self.ending.done():
            self.ending.set_result(None)
        await asyncio.wait([self.task], timeout=seconds)
        if not self.task.done():
            log.warning("partitions.not_drained", group=self.group, seconds=seconds)
            self.task.cancel()
        if not self.over.done():
            self.over.set_result(None)
        self.positions = {}

    async def _run(self) -> None:
        receiver: Receiver | None = None
        try:
            starts = await self._insist("start", lambda: _before(self.ending, self.source.starts()))
            self.positions = {partition: Position(start, start) for partition, start in starts.items()}
            if starts:
                receiver = await self._insist("take", lambda: self.subscriber.assigned(self))
            while True:
                found = await self._insist("read", lambda: _before(self.ending, self.source.read(self.positions)))
                if receiver is not None:
                    await self._hand_over(receiver, found)
        except SourceEnded:
            return
        except Over:
            if receiver is not None:
                await self._give_back(receiver)

    async def _hand_over(self, receiver: Receiver, found: Found) -> None:
        for record in found.records:
            self.positions[record.topic, record.partition].unfinished[record.offset] = None
        for partition, offset in found.next.items():
            self.positions[partition].next = offset
        if found.records:
            await self._insist("handle", lambda: receiver.receive(found.records))

    async def _give_back(self, receiver: Receiver) -> None:
        try:
            await receiver.revoked()
        except Exception as error:  # they are another member's all the same
            log.warning("partitions.not_given_back", group=self.group, exc_info=error)

    async def _insist(self, step: str, attempt: Callable[[], Awaitable[T]]) -> T:
        """Try until it succeeds; raises `Over` if the assignment ends before."""
        while not self.ending.done():
            try:
                return await attempt()
            except (Over, SourceEnded):
                raise
            except Exception as error:
                log.warning("assignment.step_failed", group=self.group, reason=step, exc_info=error)
                await _before(self.ending, asyncio.sleep(PAUSE))
        raise Over


@dataclass(slots=True, frozen=True)
class AtOnce:
    """A `Receiver` that handles records, and commits, before it takes further ones."""

    assignment: Assignment
    handle: Callable[[Sequence[Record]], Awaitable[None]]

    async def receive(self, records: Sequence[Record]) -> None:
        """See `Receiver`."""
        await self.handle(records)
        self.assignment.finish(records)
        await self.assignment.commit()

    async def revoked(self) -> None:
        """See `Receiver`: nothing is in flight."""


async def _before(end: asyncio.Future[None], work: Coroutine[Any, Any, T]) -> T:
    """What the work returns; when the end comes first, the work is cancelled. Raises `Over`."""
    task = asyncio.get_running_loop().create_task(work)
    first: list[asyncio.Future[Any]] = [task, end]
    try:
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Over
        return task.result()
    finally:
        task.cancel()
