"""Who looks after which shard: its outbox, timers, effects and lanes.

Replicas share the shards through lease documents, by the database's clock and a monotonic one, never by the machine's
time. Leases make the work be done once; that it has its effect once does not depend on them. A process whose machine's
clock is wrong has none: see `database_time`.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from zlib import crc32

import structlog

from shared.engine.coordination.database_time import DatabaseTime
from shared.engine.ports.store import Change, Conflict, Delete, Document, Index, Put, Store, StoreError

log = structlog.get_logger()

COLLECTION = "leases"
INDEXES = (Index(("kind", "until")),)

SEARCH_SECONDS = 60.0
"""For so long, what was somebody's who ended uncleanly is searched for poison."""


@dataclass(slots=True)
class Lease:
    """A shard that is ours since `acquired_at` until `until`; its last owner ended uncleanly if `unclean` is ahead.

    All times are monotonic. Of a `halted` shard nothing is published.
    """

    epoch: int
    acquired_at: float
    until: float
    position: int
    unclean: float = 0.0
    halted: bool = False


class Leases:
    """The leases of one process. It has the shards in `owned`; ask `still_leased` before acting on one."""

    def __init__(self, store: Store, owner: str, shards: int, seconds: float, time: DatabaseTime) -> None:
        self.store = store
        self.owner = owner
        self.shards = shards
        self.seconds = seconds
        self.time = time
        self.member = f"member/{owner}"
        self.owned: dict[int, Lease] = {}
        self.rests_until = 0.0

    def still_leased(self) -> list[int]:
        """Return the shards that are ours for a quarter of the lease at least, while clocks are right and steady."""
        if not self.time.is_right:
            return []
        limit = asyncio.get_running_loop().time() + self.seconds / 4
        steady = self.time.steady_since + self.seconds
        return [shard for shard, lease in self.owned.items() if lease.until > limit and lease.until >= steady]

    def is_unclean(self, shard: int) -> bool:
        """Return whether what is due in the shard may be what ended its last owner."""
        lease = self.owned.get(shard)
        return lease is not None and lease.unclean > asyncio.get_running_loop().time()

    def lose(self, shard: int) -> None:
        """Give up a shard that another process has, until the next round."""
        self.owned.pop(shard, None)

    async def run(self) -> None:
        """Take and renew, three times a lease, for ever."""
        while True:
            try:
                await self.renew()
            except StoreError as error:
                log.warning("leases.unavailable", error=type(error).__name__)
            await asyncio.sleep(self.seconds / 3)

    async def renew(self) -> None:
        """Do one round: say that we live, keep our fair share, take what is free, give back what is too much.

        While nothing changes it is one write, however many shards are ours. Nothing is our share while the machine's
        clock is wrong; it is looked at once more before that is believed.
        """
        if not self.time.is_right:
            await self.time.measure()
        asked = asyncio.get_running_loop().time()
        await self.store.renew(COLLECTION, [self.member, *map(_id, self.owned)], self.owner, self.seconds)
        rows = await self.store.get(COLLECTION, [self.member, *map(_id, range(self.shards))])
        own = await self._own(rows.get(self.member))
        for shard in list(self.owned):
            self._keep(shard, rows.get(_id(shard)), asked)
        share = await self._share(own["now"])
        for shard in list(self.owned)[: max(0, len(self.owned) - share)]:
            await self._give_back(shard)
        for shard in self._in_turn():
            if len(self.owned) < share and self._is_free(rows.get(_id(shard)), own["now"]):
                await self._acquire(shard)

    async def rest(self, seconds: float) -> bool:
        """Leave all shards to the others for so long, if there are any: they may be able to do what we are not.

        Returns whether there are.
        """
        self.rests_until = asyncio.get_running_loop().time() + seconds
        await self.renew()
        return not self.owned

    async def release(self) -> None:
        """Give everything back: a clean end, by which others need not wait for any lease to run out."""
        for shard in list(self.owned):
            await self._give_back(shard)
        await self.store.transact([Delete(COLLECTION, self.member)])

    async def _own(self, row: Document | None) -> Document:
        """Our row among the members. A member that is `idle` lives, and others need leave nothing to it."""
        if row is None or row["owner"] != self.owner:
            row = await self.store.lease(COLLECTION, self.member, self.owner, self.seconds)
            assert row is not None, "nobody else uses this owner's name"
        known = {field: value for field, value in row.items() if field != "idle"}
        own = known | {"kind": "member", "sessions": self.store.sessions()}
        if self._is_idle():
            own["idle"] = True
        if own != row:
            await self.store.transact([Put(COLLECTION, own)])
        return own

    async def _share(self, now: datetime) -> int:
        if not self.time.is_right:
            return 0
        busy = await self.store.count(COLLECTION, {"kind": "member", "until": {"$gt": now}, "idle": {"$exists": False}})
        return 0 if busy and self._is_idle() else -(-self.shards // max(1, busy))

    def _is_idle(self) -> bool:
        """Whether we leave everything to others."""
        return not self.time.is_right or asyncio.get_running_loop().time() < self.rests_until

    def _in_turn(self) -> list[int]:
        """What is not ours, from a place of our own on, so that newcomers do not all want the same shards."""
        start = crc32(self.owner.encode())
        every = ((start + step) % self.shards for step in range(self.shards))
        return [shard for shard in every if shard not in self.owned]

    def _is_free(self, row: Document | None, now: datetime) -> bool:
        """Whether nobody else has it, as it seems: the database decides when it is asked for."""
        return row is None or row["owner"] in ("", self.owner) or bool(row["until"] <= now)

    def _keep(self, shard: int, row: Document | None, asked: float) -> None:
        """What has become of a lease that was ours: renewed, under a new epoch perhaps, or another's."""
        if row is None or row["owner"] != self.owner:
            self.lose(shard)
            return
        lease, until = self.owned[shard], asked + self.seconds
        if row["epoch"] == lease.epoch:
            lease.until = until
        else:
            self.owned[shard] = replace(self._lease(row, until), unclean=lease.unclean)

    async def _acquire(self, shard: int) -> None:
        asked = asyncio.get_running_loop().time()
        row = await self.store.lease(COLLECTION, _id(shard), self.owner, self.seconds)
        if row is None:
            return
        if row["unclean"]:
            await self._end_sessions_of_the_dead(row)
        lease = self._lease(row, asked + self.seconds)
        self.owned[shard] = replace(lease, unclean=asked + SEARCH_SECONDS if row["unclean"] else 0.0)

    @staticmethod
    def _lease(row: Document, until: float) -> Lease:
        acquired_at = asyncio.get_running_loop().time()
        return Lease(row["epoch"], acquired_at, until, row.get("position", 0), halted=row.get("halted", False))

    async def _end_sessions_of_the_dead(self, document: Document) -> None:
        """Members that no longer live may have died within a transaction, whose locks would last for a minute."""
        gone = await self.store.find(COLLECTION, {"kind": "member", "until": {"$lte": document["now"]}})
        await self.store.end_sessions([session for member in gone for session in member["sessions"]])
        try:
            await self.store.transact([Delete(COLLECTION, row["_id"], {"until": row["until"]}) for row in gone])
        except Conflict:
            log.info("leases.alive_again")  # or somebody else has done it

    async def _give_back(self, shard: int) -> None:
        self.lose(shard)
        try:
            change = Change(COLLECTION, _id(shard), {"owner": self.owner}, {"owner": ""})
            await self.store.transact([change])
        except Conflict:
            log.info("leases.lost", shard=shard)


def _id(shard: int) -> str:
    return f"shard/{shard}"
