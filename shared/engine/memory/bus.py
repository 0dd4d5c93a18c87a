"""A broker in memory: partitioned logs, groups that rebalance, positions that are committed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.engine.memory.consumer import MemoryConsumer
from shared.engine.memory.group import Group
from shared.engine.memory.log import MARKER, Log
from shared.engine.memory.pause import Pause, one_turn
from shared.engine.memory.publishers import MemoryFencedPublisher, MemoryPublisher
from shared.engine.ports.bus import (
    CannotGrow,
    Consumer,
    Extent,
    FencedPublisher,
    Partition,
    Publisher,
    Record,
    Subscriber,
    Topic,
)


class MemoryBus:
    """A broker of one process: see `Bus`. A member that does not join again in `rebalance_timeout` seconds is out."""

    def __init__(self, pause: Pause = one_turn, rebalance_timeout: float = 10.0) -> None:
        self.topics: dict[str, list[Log]] = {}
        self.made: dict[str, Topic] = {}
        self.ids: dict[str, int] = {}
        self.number = 0
        self.known: dict[str, Group] = {}
        self.names: dict[str, MemoryFencedPublisher] = {}
        self.pause = pause
        self.rebalance_timeout = rebalance_timeout
        self.drain_seconds = 0.8 * rebalance_timeout
        self.news = asyncio.Event()

    def announce(self) -> None:
        """Wake whoever waits for records or for the others of a group."""
        self.news.set()
        self.news = asyncio.Event()

    async def publisher(self) -> Publisher:
        """See `Bus.publisher`."""
        await self.pause()
        return MemoryPublisher(self)

    async def fenced(self, name: str) -> FencedPublisher:
        """See `Bus.fenced`."""
        await self.pause()
        if former := self.names.get(name):
            former.fence()
        self.names[name] = owner = MemoryFencedPublisher(self, name)
        await self.pause()
        return owner

    async def consume(self, topics: Sequence[str], group: str, subscriber: Subscriber, max_records: int) -> Consumer:
        """See `Bus.consume`."""
        await self.pause()
        shared = self.known.setdefault(group, Group(group, topics))
        consumer = MemoryConsumer(self, shared, subscriber, max_records)
        shared.members.append(consumer)
        shared.rebalance()
        self.announce()
        return consumer

    async def end(self, topics: Sequence[str]) -> dict[Partition, int]:
        """See `Bus.end`."""
        await self.pause()
        if unknown := set(topics) - self.topics.keys():
            raise LookupError(f"topics {', '.join(sorted(unknown))} do not exist")
        return {(topic, p): log.end for topic in topics for p, log in enumerate(self.topics[topic])}

    async def extents(self, topics: Sequence[str], group: str) -> dict[Partition, Extent]:
        """See `Bus.extents`."""
        ends = await self.end(topics)
        committed = self.known[group].committed if group in self.known else {}
        return {
            (topic, p): Extent(str(self.ids[topic]), self.topics[topic][p].beginning, end, committed.get((topic, p)))
            for (topic, p), end in ends.items()
        }

    async def lag(self, group: str, topics: Sequence[str]) -> dict[Partition, tuple[int, int]]:
        """See `Bus.lag`."""
        return {partition: extent.unread for partition, extent in (await self.extents(topics, group)).items()}

    async def groups(self, topic: str) -> list[str]:
        """See `Bus.groups`."""
        await self.pause()
        return [name for name, group in self.known.items() if group.reads(topic)]

    async def members(self, group: str) -> list[str]:
        """See `Bus.members`."""
        await self.pause()
        return [f"member-{id(member)}" for member in self.known[group].members] if group in self.known else []

    async def identity(self) -> str:
        """See `Bus.identity`."""
        return f"memory-{id(self)}"

    async def lacking(self, *_: object) -> list[str]:
        """See `Bus.lacking`: here everybody may do everything."""
        return []

    async def found(self, topics: Sequence[str]) -> dict[str, Topic]:
        """See `Bus.found`."""
        await self.pause()
        return {name: self.made[name] for name in topics if name in self.made}

    async def grow(self, topic: str, partitions: int) -> None:
        """See `Bus.grow`."""
        await self.pause()
        logs = self.topics[topic]
        if partitions < len(logs):
            raise CannotGrow(f"topic {topic} has {len(logs)} partitions, which cannot become {partitions}")
        logs.extend(Log() for _ in range(partitions - len(logs)))
        self.made[topic] = replace(self.made[topic], partitions=partitions)
        for group in self.known.values():
            if topic in group.topics:
                group.rebalance()
        self.announce()

    async def prepare(self, topics: Mapping[str, Topic]) -> None:
        """See `Bus.prepare`."""
        for name, topic in topics.items():
            if name not in self.made:
                self.topics[name] = [Log() for _ in range(topic.partitions)]
                self.made[name] = topic
                self.number += 1
                self.ids[name] = self.number

    async def remove(self, topics: Sequence[str]) -> None:
        """See `Bus.remove`. How far groups have come in them goes with them."""
        await self.pause()
        for name in topics:
            for made in (self.topics, self.made, self.ids):
                made.pop(name, None)
            for group in self.known.values():
                for partition in [one for one in group.committed if one[0] == name]:
                    del group.committed[partition]

    async def verify(self, topics: Mapping[str, Topic]) -> list[str]:
        """See `Bus.verify`."""
        found = await self.found(list(topics))
        return [sentence for name, topic in topics.items() for sentence in topic.compare(name, found.get(name))]

    async def close(self) -> None:
        """See `Bus.close`."""

    def append(
        self, topic: str, key: bytes, value: bytes | None, headers: Sequence[tuple[str, bytes]], among: int = 0
    ) -> Record:
        """Take a record into the partition of its key, `among` the first so many."""
        _, number = self.partition(topic, key, among)
        log = self.topics[topic][number]
        log.append(record := Record(topic, number, log.end, key, value, headers))
        self.announce()
        return record

    def partition(self, topic: str, key: bytes, among: int = 0) -> Partition:
        """Return the one that a key leads to, `among` the first so many."""
        return topic, sum(key) % (among or len(self.topics[topic]))

    def mark(self, topic: str, partition: int) -> None:
        """End a transaction there: a marker takes the next offset, and nobody gets a record for it."""
        self.topics[topic][partition].append(MARKER)
        self.announce()

    def expire(self, consumer: Consumer) -> None:
        """Take a member for dead, whether it is or not."""
        for group in self.known.values():
            if isinstance(consumer, MemoryConsumer) and consumer in group.members:
                group.members.remove(consumer)
                group.rebalance()
                self.announce()
