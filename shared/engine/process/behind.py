"""How far behind a service is: in seconds, and how that was in the last hour."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.engine.ports.bus import Partition
from shared.engine.ports.store import Document, Index, Put, Store

COLLECTION = "trend"
INDEXES = (Index(("gone_at",), expires=True),)

HOUR = timedelta(hours=1)
MINUTE = 60
MOST_ENDS = 500
"""Ends of a partition that are remembered; of more, every second one is forgotten."""


@dataclass(slots=True)
class Behind:
    """Tells from looks at offsets how long the oldest record that is not handled has waited.

    Of each partition it remembers when it was seen to end where. A record was there when an end behind it was first
    seen: what waited before the first look is not counted.
    """

    ends: dict[Partition, deque[tuple[float, int]]] = field(default_factory=dict)

    def look(self, read: Mapping[Partition, tuple[int, int]], at: float) -> float:
        """Return the seconds; `read` has of each partition how far the service has come, and its end."""
        oldest = at
        for partition, (committed, end) in read.items():
            ends = self.ends.setdefault(partition, deque())
            while ends and ends[0][1] <= committed:
                ends.popleft()
            if end > committed and (not ends or ends[-1][1] < end):
                ends.append((at, end))
            if len(ends) > MOST_ENDS:
                self.ends[partition] = ends = deque(list(ends)[::2])
            oldest = min(oldest, ends[0][0]) if ends else oldest
        return at - oldest


@dataclass(slots=True)
class Trend:
    """Writes the worst of each minute, once it is over: of what all processes see of the same."""

    store: Store
    minute: int = 0
    worst: Document = field(default_factory=dict)

    async def note(self, now: datetime, found: Mapping[str, float]) -> None:
        """Note what was found now; raises `StoreError`."""
        minute = int(now.timestamp()) // MINUTE
        if minute != self.minute:
            if self.worst:
                await self._write(now)
            self.minute, self.worst = minute, {}
        self.worst = _worst(self.worst, found)

    async def _write(self, now: datetime) -> None:
        before = (await self.store.get(COLLECTION, [self.minute])).get(self.minute, {})
        row = {"_id": self.minute, "gone_at": now + HOUR, **_worst(before, self.worst)}
        await self.store.transact([Put(COLLECTION, row)])


def _worst(known: Mapping[str, float], found: Mapping[str, float]) -> Document:
    return {name: max(value, known.get(name, 0)) for name, value in found.items()}


async def last_hour(store: Store, now: datetime) -> list[Document]:
    """Return the minutes of the last hour that somebody has noted, in order; raises `StoreError`."""
    since = int((now - HOUR).timestamp()) // MINUTE
    return await store.find(COLLECTION, {"_id": {"$gt": since}})
