"""What operators have set for single tenants, which are suspended, and what each has had of this process lately.

The settings are rows; every process reads them every few seconds (see `process/samples.py`).
"""

import asyncio
from collections import Counter, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from shared.engine.ports.store import Document, Store

COLLECTION = "tenant_limits"

MOST = 10_000
"""Tenants with limits of their own: others have the usual ones."""

SECONDS = 60
SLOT_SECONDS = 6
"""What was handled is forgotten a slot at a time, after a minute."""


@dataclass(slots=True, frozen=True)
class Limit:
    """What a tenant may have of each process. None is as many as all tenants together may have.

    A tenant has `weight` messages handled when others have one, and as many times their places for what is due.
    `queued` commands may wait; `running` effects may be under way, and as many timers, and as many lanes.
    """

    weight: int = 1
    queued: int | None = None
    running: int | None = None


USUAL = Limit()


class Tenants:
    """One per process."""

    def __init__(self) -> None:
        self.limits: dict[str, Limit] = {}
        self.suspended = frozenset[str]()
        self.slots: deque[tuple[int, Counter[str]]] = deque(maxlen=SECONDS // SLOT_SECONDS)

    def of(self, tenant: str) -> Limit:
        """Return what an operator has set for a tenant, or the usual."""
        return self.limits.get(tenant, USUAL)

    def weights(self, tenants: Collection[str]) -> int:
        """Return the weights of these tenants together."""
        return len(tenants) + sum(limit.weight - 1 for tenant, limit in self.limits.items() if tenant in tenants)

    async def read(self, store: Store) -> None:
        """Know what is set now; raises `StoreError`, and what was known before holds on."""
        rows = await store.find(COLLECTION, {}, limit=MOST)
        self.limits = {row["_id"]: limit_of(row) for row in rows}

    def count(self, handled: Iterable[str]) -> None:
        """Messages of these tenants are handled now."""
        slot = int(asyncio.get_running_loop().time() // SLOT_SECONDS)
        if not self.slots or self.slots[-1][0] != slot:
            self.slots.append((slot, Counter()))
        self.slots[-1][1].update(handled)

    def handled(self) -> Counter[str]:
        """Return how many messages of each tenant were handled within the last minute."""
        first = int((asyncio.get_running_loop().time() - SECONDS) // SLOT_SECONDS)
        return sum((counted for slot, counted in self.slots if slot > first), Counter[str]())


def limit_of(row: Document) -> Limit:
    """Return the limit in a stored row."""
    return Limit(row["weight"], row["queued"], row["running"])
