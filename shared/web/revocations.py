"""The revocations and suspensions that each process knows: read from its service's database, at most twice a second.

A revocation is an event, and in every service's database a moment later. Every process reads what is new there when a
request comes and the last look is half a second ago, all of the last minutes the first time. So it needs no loop, no
group at the broker, and no read for most requests.
"""

import asyncio
from datetime import datetime, timedelta

import structlog

from shared.clock import Clock
from shared.engine.authoring.revocations import Revocation
from shared.engine.authoring.suspensions import suspended
from shared.engine.ports.store import Document, Store, StoreError
from shared.errors import TryLater

log = structlog.get_logger()

APART = timedelta(seconds=0.5)
"""Between two looks."""
TRUSTED = timedelta(seconds=10)
"""How long what is known counts while the database cannot be read."""
OVERLAP = timedelta(seconds=30)
"""How far back a look goes: transactions do not commit in the order of their times."""


class Revocations:
    """Who is revoked, by tenant and access or session: tokens that were issued until then count no longer.

    `suspended` are the tenants of which none counts.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.suspended = frozenset[str]()
        self.latest: dict[str, tuple[int, datetime]] = {}
        self.tried: datetime | None = None
        self.read: datetime | None = None
        self.newest: datetime | None = None
        self.looking = asyncio.Lock()

    async def refresh(self) -> None:
        """Look for new ones, unless that was done just now; raises `TryLater` if it was not possible for too long."""
        if self._is_due:
            async with self.looking:
                if self._is_due:
                    await self._look()

    @property
    def _is_due(self) -> bool:
        return self.read is None or self.tried is None or self.clock() >= self.tried + APART

    def until(self, *keys: str) -> int:
        """Return until which second tokens of any of these were issued that count no longer."""
        return max((self.latest[key][0] for key in keys if key in self.latest), default=-1)

    async def _look(self) -> None:
        self.tried = now = self.clock()
        since = self.newest - OVERLAP if self.newest else now
        try:
            rows, now_suspended = await asyncio.gather(self._rows(since), suspended(self.store))
        except StoreError as error:
            if self.read is None or now > self.read + TRUSTED:
                raise TryLater("It cannot be known now which tokens are revoked: try again.") from error
            log.warning("revocations.unread", error=type(error).__name__)
            return
        self.read, self.suspended = now, now_suspended
        for row in rows:
            state = row["state"]
            self.latest[row["_id"]] = int(state["before"].timestamp()), state["expires"]
            self.newest = max(self.newest or state["expires"], state["expires"])
        self.latest = {key: found for key, found in self.latest.items() if found[1] > now}

    async def _rows(self, since: datetime) -> list[Document]:
        found, after = list[Document](), None
        while rows := await self.store.find(Revocation.collection, {"state.expires": {"$gt": since}}, after=after):
            found += rows
            after = rows[-1]["_id"]
        return found
