"""Fences: what makes the last record of a key on a compacted topic the newest one.

Whoever reads a topic from the beginning gets of each key the record with the highest offset, and nothing tells that
an earlier one was newer. So a process that was stopped between handing over a record and sending it must not send it
when another one has published what came later. No check on our side can prevent that, since there is always a moment
after the check; the broker can. Each shard of each compacted topic has a name, and the broker lets one publisher at a
time append under it. The order of the steps is what counts: take the name, by which all before us are fenced; then
read what is unpublished; publish it; mark it. Whatever a predecessor has handed over, and has not marked, is read then,
and follows what has come through of it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from shared.engine.authoring.service import COMPACTED
from shared.engine.batch.outbox import record
from shared.engine.coordination.leases import Leases
from shared.engine.ports.bus import Bus, FencedPublisher
from shared.engine.ports.store import Document

log = structlog.get_logger()

Name = tuple[str, int]
"""A topic, as chunks name it, and a shard."""


@dataclass(slots=True, frozen=True)
class Fence:
    """A publisher that has its name to itself since `acquired_at`, a monotonic time."""

    publisher: FencedPublisher
    acquired_at: float


class Fences:
    """Those of one process. `topic` names a topic: of this service by "", of people by its name."""

    def __init__(self, bus: Bus, leases: Leases, topic: Callable[[str], str]) -> None:
        self.bus = bus
        self.leases = leases
        self.topic = topic
        self.fences: dict[Name, Fence] = {}

    def guards(self, chunk: Document) -> bool:
        """Return whether a chunk is for a compacted topic, and so may only be published behind a fence."""
        return chunk.get("topic") in COMPACTED

    async def acquire(self, chunks: Sequence[Document]) -> bool:
        """Take the names that these chunks need and we do not have; returns whether what was read is to be read anew.

        A name that was ours before the lease of its shard was taken anew has been another's since.
        """
        missing = [name for name in self._names(chunks) if name[1] in self.leases.owned and not self._is_ours(name)]
        acquired_at = await asyncio.gather(*map(self._acquire, missing))
        return any(acquired_at)

    def unguarded(self, chunks: Sequence[Document]) -> set[int]:
        """Return the shards of chunks for which a name is still missing."""
        return {shard for name, shard in self._names(chunks) if not self._is_ours((name, shard))}

    async def publish(self, chunks: Sequence[Document]) -> list[Document]:
        """Publish chunks, those of one name as one; returns those that the broker has."""
        parts = [[chunk for chunk in chunks if _name(chunk) == name] for name in self._names(chunks)]
        published = await asyncio.gather(*map(self._publish, parts))
        return [chunk for part in published for chunk in part]

    async def close(self) -> None:
        """Give all publishers back."""
        former, self.fences = self.fences, {}
        await asyncio.gather(*(fence.publisher.close() for fence in former.values()))

    def _names(self, chunks: Sequence[Document]) -> list[Name]:
        return list(dict.fromkeys(_name(chunk) for chunk in chunks if self.guards(chunk)))

    def _is_ours(self, name: Name) -> bool:
        fence, lease = self.fences.get(name), self.leases.owned.get(name[1])
        return fence is not None and lease is not None and lease.acquired_at <= fence.acquired_at

    async def _acquire(self, name: Name) -> bool:
        """Whether the name is ours now; otherwise nothing is published under it."""
        topic, shard = name
        acquired_at = asyncio.get_running_loop().time()
        try:
            if former := self.fences.pop(name, None):
                await former.publisher.close()
            publisher = await self.bus.fenced(f"{self.topic('')}.{topic}.{shard}")
        except Exception as error:
            log.warning("relay.not_fenced", topic=topic, shard=shard, error=type(error).__name__)
            return False
        self.fences[name] = Fence(publisher, acquired_at)
        return True

    async def _publish(self, chunks: Sequence[Document]) -> Sequence[Document]:
        """All of them, or none that counts: then the name is taken anew, and what is unpublished read again."""
        name = _name(chunks[0])
        topic, fence = self.topic(name[0]), self.fences.pop(name)
        try:
            await fence.publisher.publish([(topic, *record(row)) for chunk in chunks for row in chunk["events"]])
        except BaseException as error:
            await fence.publisher.close()
            if not isinstance(error, Exception):
                raise
            log.warning("relay.not_acknowledged", topic=name[0], shard=name[1], error=type(error).__name__)
            return []
        self.fences[name] = fence
        return chunks


def _name(chunk: Document) -> Name:
    return chunk["topic"], chunk["shard"]
