"""Defects in the relay and its leases."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from shared.engine.batch import outbox
from shared.engine.coordination import leases as lease_documents
from shared.engine.coordination.leases import Leases
from shared.engine.ports.bus import Publisher
from shared.engine.ports.store import Change, Document, Put
from shared.engine.process.engine import Engine
from shared.engine.publishing import relay
from shared.engine.publishing.fences import Fences
from shared.engine.publishing.relay import Relay, Sent


def marking_by_range(patch: pytest.MonkeyPatch) -> None:
    """The relay marks all chunks up to the last one that was published."""
    original = Relay._mark_shards

    async def by_range(self: Relay, by_shard: dict[int, list[Document]]) -> None:
        for shard, chunks in by_shard.items():
            where = {"shard": shard, "unpublished": True}
            last = max(chunk["_id"] for chunk in chunks)
            known = {chunk["_id"] for chunk in chunks}
            for chunk in await self.store.find(outbox.COLLECTION, where):
                if chunk["_id"] <= last and chunk["_id"] not in known:
                    chunk.pop("unpublished")
                    await self.store.transact([Put(outbox.COLLECTION, chunk | {"position": 0})])
        await original(self, by_shard)

    patch.setattr(Relay, "_mark_shards", by_range)


def marking_without_epoch(patch: pytest.MonkeyPatch) -> None:
    """A chunk is marked whoever has the lease by now."""
    original = Change.__init__

    def unfenced(self: Change, collection: str, id: Any, match: Any, *arguments: Any, **options: Any) -> None:
        is_fence = collection == lease_documents.COLLECTION and "epoch" in match
        original(self, collection, id, {} if is_fence else match, *arguments, **options)

    patch.setattr(Change, "__init__", unfenced)


def marking_unacknowledged(patch: pytest.MonkeyPatch) -> None:
    """A chunk is marked when it was sent."""

    async def at_once(_: Any) -> bool:
        return True

    patch.setattr(relay, "_all", at_once)


def marking_behind_a_failure(patch: pytest.MonkeyPatch) -> None:
    """What the broker has is marked, though it has not what came before in the shard."""

    async def publish(self: Relay, chunks: Sequence[Document]) -> list[Document]:
        guarded = [chunk for chunk in chunks if self.fences.guards(chunk)]
        others = [chunk for chunk in chunks if not self.fences.guards(chunk)]
        parts = await asyncio.gather(self.fences.publish(guarded), self._publish_unguarded(others))
        has = {chunk["_id"] for part in parts for chunk in part}
        return [chunk for chunk in chunks if chunk["_id"] in has]

    patch.setattr(Relay, "_publish", publish)


def sending_behind_a_failure(patch: pytest.MonkeyPatch) -> None:
    """What comes behind a chunk that could not be sent is sent."""

    async def send_all(self: Relay, publisher: Publisher, chunks: Sequence[Document]) -> list[Sent]:
        ours = [chunk for chunk in chunks if chunk["shard"] in self._shards() and self._is_ours(chunk["shard"])]
        return [(chunk, await self._send(publisher, chunk)) for chunk in ours]

    patch.setattr(Relay, "_send_all", send_all)


def leases_never_checked(patch: pytest.MonkeyPatch) -> None:
    """A relay goes on publishing and marking whatever became of its lease."""
    original = Engine.__init__

    def careless(self: Engine, *arguments: Any) -> None:
        original(self, *arguments)
        self.leases.still_leased = lambda: list(range(self.leases.shards))  # type: ignore[method-assign]

    async def unfenced(self: Relay, by_shard: dict[int, list[Document]]) -> None:
        for chunks in by_shard.values():
            for chunk in chunks:
                published = {name: value for name, value in chunk.items() if name != "unpublished"}
                await self.store.transact([Put(outbox.COLLECTION, published | {"position": 1})])

    patch.setattr(Engine, "__init__", careless)
    patch.setattr(Relay, "_is_ours", lambda *_: True)
    patch.setattr(Relay, "_mark_shards", unfenced)


def leases_believed_longer(patch: pytest.MonkeyPatch) -> None:
    """A lease is believed for a minute longer than it lasts."""

    def still_leased(self: Leases) -> list[int]:
        limit = asyncio.get_running_loop().time() + self.seconds / 4 - 60.0
        return [shard for shard, lease in self.owned.items() if lease.until > limit]

    patch.setattr(Leases, "still_leased", still_leased)


def compacted_topics_without_a_fence(patch: pytest.MonkeyPatch) -> None:
    """What a compacted topic keeps is published as everything else is."""
    patch.setattr(Fences, "guards", lambda *_: False)


DEFECTS = {
    "compacted topics without a fence": (compacted_topics_without_a_fence, range(28, 60)),
    "marking by range in the relay": (marking_by_range, range(180)),
    "marks without an epoch": (marking_without_epoch, range(76, 150)),
    "marks before the acknowledgement": (marking_unacknowledged, range(60)),
    "marks behind a failed chunk": (marking_behind_a_failure, range(50)),
    "sending behind a failed chunk": (sending_behind_a_failure, range(50)),
    "leases never checked": (leases_never_checked, range(60)),
    "leases believed a minute longer": (leases_believed_longer, range(50)),
}
