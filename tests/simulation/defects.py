"""Engines with one thing left out each, to see that the simulation misses it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest

from shared.engine import outbox, records
from shared.engine.bus import Record
from shared.engine.engine import Engine
from shared.engine.held import Held
from shared.engine.message import Message
from shared.engine.relay import Relay
from shared.engine.store import Document, Put, Write
from shared.engine.worker import Tenure
from shared.ids import microseconds

Plant = Callable[[pytest.MonkeyPatch], None]


def no_inbox(patch: pytest.MonkeyPatch) -> None:
    """What was seen before is not remembered."""
    original = records._message

    def forgetful(*arguments: Any) -> Message:
        message = original(*arguments)
        message.seen = ""
        return message

    patch.setattr(records, "_message", forgetful)


def no_guard(patch: pytest.MonkeyPatch) -> None:
    """What was loaded and not changed is not checked."""
    original = Held.write

    def unguarded(self: Held) -> Write | None:
        return original(self) if self.is_changed or self.gone else None

    patch.setattr(Held, "write", unguarded)


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


def offsets_committed_early(patch: pytest.MonkeyPatch) -> None:
    """Positions are committed before the transaction."""
    original = Tenure.receive

    async def early(self: Tenure, records: Sequence[Record]) -> None:
        self.assignment.finish(records)
        await self.assignment.commit()
        await original(self, records)

    patch.setattr(Tenure, "receive", early)


def chunk_numbers_by_clock_alone(patch: pytest.MonkeyPatch) -> None:
    """A chunk's number does not look at what its aggregates have seen."""

    def by_clock(now: datetime, highest: int) -> int:
        return microseconds(now)

    patch.setattr("shared.engine.unit.number", by_clock)


def lanes_without_followers(patch: pytest.MonkeyPatch) -> None:
    """Those behind a parked message do not wait."""
    patch.setattr("shared.engine.parking.Parking.must_wait", lambda *_: False)


def leases_never_checked(patch: pytest.MonkeyPatch) -> None:
    """A relay goes on publishing and marking whatever became of its lease."""
    original = Engine.__init__

    def careless(self: Engine, *arguments: Any) -> None:
        original(self, *arguments)
        self.leases.safe = lambda: list(range(self.leases.shards))  # type: ignore[method-assign]

    async def unfenced(self: Relay, by_shard: dict[int, list[Document]]) -> None:
        for chunks in by_shard.values():
            for chunk in chunks:
                published = {name: value for name, value in chunk.items() if name != "unpublished"}
                await self.store.transact([Put(outbox.COLLECTION, published | {"position": 1})])

    patch.setattr(Engine, "__init__", careless)
    patch.setattr(Relay, "_is_known", lambda *_: True)
    patch.setattr(Relay, "_mark_shards", unfenced)


DEFECTS: Mapping[str, tuple[Plant, int]] = {
    "no inbox": (no_inbox, 20),
    "no guard": (no_guard, 150),
    "marking by range in the relay": (marking_by_range, 500),
    "offsets committed early": (offsets_committed_early, 60),
    "chunk numbers by clock alone": (chunk_numbers_by_clock_alone, 60),
    "lanes without followers": (lanes_without_followers, 60),
    "leases never checked": (leases_never_checked, 60),
}
"""Each defect, and the number of seeds within which it must be found."""
