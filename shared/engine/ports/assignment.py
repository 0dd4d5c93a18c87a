"""One assignment: the partitions that are a member's from one rebalance to the next, and how far it is in each.

It is made when they are assigned, and dies when they are revoked. Whatever was read, is queued, or is answered and
committed belongs to it. So what comes late finds nothing here that it could move, though the same partition may have
come back long ago: that is another assignment, with positions of its own.

Where reading begins in a partition is the receiver's decision, by what the partition has. It has a position from then
on, as long as that is in the partition: when it is no longer (records were removed, or the whole topic), the position
goes, and the receiver decides anew.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

import structlog

from shared.engine.ports.bus import Extent, Partition, Receiver, Record, Subscriber

log = structlog.get_logger()

PAUSE = 1.0
"""Seconds before what failed is tried again."""

COMMIT_SECONDS = 5.0

LOOK_SECONDS = 3.0
"""So often an assignment looks what its partitions have."""

T = TypeVar("T")


class SourceEnded(Exception):
    """There will be no more records, though nobody has asked for an end."""


class Over(Exception):
    """The assignment has ended meanwhile."""


class OutOfRange(Exception):
    """A partition has nothing at the offset at which it is to be read."""


@dataclass(slots=True, eq=False)
class Position:
    """How far an assignment is in one partition: all before `next` was handed over, and some of it is `unfinished`.

    Not every offset is a record's: the markers of transactions take some, too. So `next` may be further than behind
    the last record. It counts in one `log`: a topic that is made anew begins anew.
    """

    next: int
    committed: int | None
    log: str = ""
    unfinished: dict[int, None] = field(default_factory=dict)
    """Offsets, in ascending order."""

    @property
    def finished(self) -> int:
        """The offset before which everything is finished: the one to commit."""
        return next(iter(self.unfinished), self.next)

    def is_in(self, extent: Extent | None) -> bool:
        """Return whether the partition can be read from here on, without anything missing."""
        return extent is not None and extent.log == self.log and extent.contains(self.next)

    def finish(self, offset: int) -> None:
        """Finish the record at this offset: it has had its effect, and need not come again."""
        self.unfinished.pop(offset, None)


@dataclass(slots=True, frozen=True)
class Found:
    """Some records, in order, and the offset that comes next in each partition of which something was read."""

    records: Sequence[Record]
    next: Mapping[Partition, int]


class Source(Protocol):
    """A broker, as far as one assignment needs it."""

    @property
    def partitions(self) -> Collection[Partition]:
        """The partitions that are assigned."""

    async def extents(self) -> Mapping[Partition, Extent]:
        """Return what they have now."""

    def begin(self, positions: Mapping[Partition, Position], anew: Collection[Partition]) -> None:
        """Read the partitions that have a position, and no others; those that begin `anew` from there on."""

    async def read(self, positions: Mapping[Partition, Position]) -> Found:
        """Return what comes next; waits for it, but not for long, and may find nothing.

        Raises `OutOfRange`, and `SourceEnded`.
        """

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Record the offset to start from the next time in each partition. May go on trying for ever."""


class Assignment:
    """Reads for a subscriber until its `end`. From then on it has no positions, and so commits nothing."""

    def __init__(self, group: str, source: Source, subscriber: Subscriber) -> None:
        self.group = group
        self.source = source
        self.subscriber = subscriber
        self.positions: Mapping[Partition, Position] = {}
        self.next_look = 0.0
        self.committing = asyncio.Lock()
        loop = asyncio.get_running_loop()
        self.ending: asyncio.Future[None] = loop.create_future()
        self.over: asyncio.Future[None] = loop.create_future()
        self.task = loop.create_task(self._run())

    @property
    def partitions(self) -> Collection[Partition]:
        """The partitions that are assigned, whether they are read or not."""
        return self.source.partitions

    @property
    def has_ended(self) -> bool:
        """Whether it hands over nothing more, though nobody has ended it."""
        return self.task.done() and not self.ending.done()

    def finish(self, records: Sequence[Record]) -> None:
        """Finish these records, which have had their effect."""
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
            if self.source.partitions:
                receiver = await self._insist("take", lambda: self.subscriber.assigned(self))
            while True:
                if receiver is not None:
                    await self._look_in_time(receiver)
                found = await self._insist("read", lambda: _before(self.ending, self._read()))
                if receiver is not None:
                    await self._hand_over(receiver, found)
        except SourceEnded:
            return
        except Over:
            if receiver is not None:
                await self._give_back(receiver)

    async def _look_in_time(self, receiver: Receiver) -> None:
        if self.next_look <= asyncio.get_running_loop().time():
            await self._insist("look", lambda: _before(self.ending, self._look(receiver)))
            self.next_look = asyncio.get_running_loop().time() + LOOK_SECONDS

    async def _look(self, receiver: Receiver) -> None:
        """Let go of positions that are in their partitions no more; where there is none, the receiver decides."""
        extents = self._distinguish(await self.source.extents())
        self.positions = {one: position for one, position in self.positions.items() if position.is_in(extents.get(one))}
        without = {one: extent for one, extent in extents.items() if one not in self.positions}
        starts = await receiver.starts(without) if without else {}
        begun = {one: Position(start, extents[one].committed, extents[one].log) for one, start in starts.items()}
        self.positions = {**self.positions, **begun}
        self.source.begin(self.positions, begun.keys())
        await receiver.looked(extents)

    def _distinguish(self, extents: Mapping[Partition, Extent]) -> dict[Partition, Extent]:
        """What partitions have; a position that was committed in a former log does not count."""
        logs = {partition: position.log for partition, position in self.positions.items()}
        return {
            partition: replace(extent, committed=None) if logs.get(partition, extent.log) != extent.log else extent
            for partition, extent in extents.items()
        }

    async def _read(self) -> Found:
        try:
            return await self.source.read(self.positions)
        except OutOfRange:
            self.next_look = 0.0
            return Found((), {})

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
    """A `Receiver` that handles records, and commits, before it takes further ones. It begins where `decide` says."""

    assignment: Assignment
    handle: Callable[[Sequence[Record]], Awaitable[None]]
    decide: Callable[[Mapping[Partition, Extent]], Mapping[Partition, int]] | None = None

    async def receive(self, records: Sequence[Record]) -> None:
        """See `Receiver`."""
        await self.handle(records)
        self.assignment.finish(records)
        await self.assignment.commit()

    async def starts(self, extents: Mapping[Partition, Extent]) -> Mapping[Partition, int]:
        """See `Receiver`."""
        return (self.decide or where_committed)(extents)

    async def looked(self, extents: Mapping[Partition, Extent]) -> None:
        """See `Receiver`: nothing is to be noted."""

    async def revoked(self) -> None:
        """See `Receiver`: nothing is in flight."""


def where_committed(extents: Mapping[Partition, Extent]) -> Mapping[Partition, int]:
    """Return where the group has committed; the beginning if that is not there, whatever may be missing then.

    This is for those who ask again for what they have not got.
    """
    return {
        partition: extent.beginning
        if extent.committed is None or not extent.contains(extent.committed)
        else extent.committed
        for partition, extent in extents.items()
    }


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
