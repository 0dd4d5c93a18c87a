"""A member of a group in memory, and what it reads."""

import asyncio
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from shared.engine.memory.group import Group
from shared.engine.memory.log import MARKER, Log
from shared.engine.ports.assignment import Assignment, Found, OutOfRange, Position
from shared.engine.ports.bus import Extent, Partition, Record, Subscriber

if TYPE_CHECKING:
    from shared.engine.memory.bus import MemoryBus


IDLE_SECONDS = 3.0
"""How long a member waits for records before it looks at something else."""


class MemoryConsumer:
    """See `Consumer`: one task that joins, and joins again after every rebalance."""

    def __init__(self, bus: "MemoryBus", group: Group, subscriber: Subscriber, max_records: int) -> None:
        self.bus = bus
        self.group = group
        self.subscriber = subscriber
        self.max_records = max_records
        self.generation = 0
        self.assignment: Assignment | None = None
        self.stopping = False
        self.has_joined = False
        self.task = asyncio.get_running_loop().create_task(self._run())

    @property
    def has_ended(self) -> bool:
        """See `Consumer.has_ended`."""
        is_idle = self.task.done() and not self.stopping
        return is_idle or (self.assignment is not None and self.assignment.has_ended)

    async def stop(self) -> None:
        """See `Consumer.stop`."""
        self.stopping = True
        self.bus.announce()
        await self.task
        self.bus.expire(self)

    async def _run(self) -> None:
        while not self.stopping:
            if self.generation != self.group.generation:
                await self._join()
            else:
                await self.bus.news.wait()
        await self._give_back()

    async def _give_back(self) -> None:
        if self.assignment is not None:
            await self.assignment.end(self.bus.drain_seconds)

    async def _join(self) -> None:
        await self._give_back()
        if self not in self.group.members:
            self.group.members.append(self)
            self.group.rebalance()
        self.generation = generation = self.group.generation
        self.group.joined.add(id(self))
        self.bus.announce()
        await self._wait_for_others()
        if generation == self.group.generation and not self.stopping:
            self.group.share_out(self._partitions())
            self.has_joined = True
            self.assignment = Assignment(self.group.name, MemoryReading(self, generation), self.subscriber)

    async def _wait_for_others(self) -> None:
        deadline = asyncio.get_running_loop().time() + self.bus.rebalance_timeout
        while self.generation == self.group.generation and not self.stopping:
            if self.group.shares or all(id(member) in self.group.joined for member in self.group.members):
                return
            try:
                async with asyncio.timeout_at(deadline):
                    await self.bus.news.wait()
            except TimeoutError:
                return

    def _partitions(self) -> list[Partition]:
        return [(topic, p) for topic in self.group.topics for p in range(len(self.bus.topics[topic]))]


class MemoryReading:
    """A `Source`: what a member may read in one generation of its group."""

    def __init__(self, member: MemoryConsumer, generation: int) -> None:
        self.bus, self.group, self.member = member.bus, member.group, member
        self.generation = generation
        self.partitions = self.group.shares.get(id(member), [])

    async def extents(self) -> Mapping[Partition, Extent]:
        """See `Source.extents`."""
        found = await self.bus.extents(sorted({topic for topic, _ in self.partitions}), self.group.name)
        return {partition: found[partition] for partition in self.partitions if partition in found}

    def begin(self, positions: Mapping[Partition, Position], anew: Collection[Partition]) -> None:
        """See `Source.begin`: it reads by the positions alone."""

    async def read(self, positions: Mapping[Partition, Position]) -> Found:
        """See `Source.read`."""
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                while not (found := self._found(positions)).next:
                    await self.bus.news.wait()
        except TimeoutError:
            return Found((), {})
        await self.bus.pause()
        return found

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """See `Source.commit`."""
        await self.bus.pause()
        is_late = self.group.shares and self.generation != self.group.generation
        if is_late or self.member not in self.group.members:
            raise RuntimeError("the group has been rebalanced: this member's positions no longer count")
        self.group.committed.update(offsets)
        await self.bus.pause()

    def _found(self, positions: Mapping[Partition, Position]) -> Found:
        records: list[Record] = []
        ends: dict[Partition, int] = {}
        for (topic, number), position in positions.items():
            room, log = self.member.max_records - len(records), self._log(topic, number)
            if not log.beginning <= position.next <= log.end:
                raise OutOfRange(f"{topic} {number} has nothing at {position.next}")
            if some := log.read(position.next, room):
                records.extend(record for record in some if record is not MARKER)
                ends[topic, number] = position.next + len(some)
        return Found(records, ends)

    def _log(self, topic: str, number: int) -> Log:
        """The records of a partition; none if its topic is gone."""
        logs = self.bus.topics.get(topic, [])
        return logs[number] if number < len(logs) else Log()
