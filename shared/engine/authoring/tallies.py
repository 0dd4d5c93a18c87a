"""Counts that hold for all processes of a service: of what is rare, such as credentials that are none.

Each time is a small document that goes by itself when its hour is over. So nothing is read or written for whoever does
nothing that is counted, and those who count at once are in nobody's way. A key says what is counted and by whom, of
which it has a hash; it is of no tenant, since a network asks many.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from shared.clock import Clock
from shared.engine.ports.store import Index, Insert, Store

COLLECTION = "tallies"
INDEXES: Sequence[Index] = (Index(("key", "at")), Index(("expires",), expires=True))


@dataclass(slots=True, frozen=True)
class Count:
    """How often something was within the window, with this time, and when first."""

    times: int
    first: datetime


@dataclass(slots=True, frozen=True)
class Tally:
    """Counts in the database of a service."""

    store: Store
    clock: Clock
    window: timedelta

    async def add(self, what: str, who: str, most: int) -> Count:
        """Count once more; what is beyond `most` and this time is not counted exactly."""
        now, key = self.clock(), f"{what}/{hashlib.sha256(who.encode()).hexdigest()}"
        document = {"_id": f"{key}/{uuid4()}", "key": key, "at": now, "expires": now + self.window}
        await self.store.transact([Insert(COLLECTION, document)])
        within = {"key": key, "at": {"$gt": now - self.window}}
        times = await self.store.count(COLLECTION, within, limit=most + 1)
        if times < most:
            return Count(times, now)
        (oldest,) = await self.store.find(COLLECTION, within, order="at", limit=1)
        return Count(times, oldest["at"])
