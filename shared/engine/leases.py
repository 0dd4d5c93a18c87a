"""Who looks after which shard: its outbox, timers, effects and lanes.

Replicas share the shards through lease documents, by the database's clock and a monotonic one, never by the machine's
time. Leases make the work be done once; that it has its effect once does not depend on them.
"""

import asyncio
from dataclasses import dataclass
from zlib import crc32

import structlog

from shared.engine.store import Change, Conflict, Delete, Document, Index, Put, Store, StoreError

log = structlog.get_logger()

COLLECTION = "leases"
INDEXES = (Index(("kind", "until")),)

CAREFUL_SECONDS = 60.0
"""For so long, what was somebody's who ended uncleanly is handled one by one."""


@dataclass(slots=True)
class Lease:
    """A shard that is ours since `taken` until `until`, and was somebody's who ended uncleanly until `unclean`.

    All times are monotonic. Of a `halted` shard nothing is published.
    """

    epoch: int
    taken: float
    until: float
    position: int
    unclean: float = 0.0
    halted: bool = False


class Leases:
    """One per process. `held` are the shards that are ours; ask `safe` before acting on one."""

    def __init__(self, store: Store, owner: str, shards: int, seconds: float) -> None:
        self.store = store
        self.owner = owner
        self.shards = shards
        self.seconds = seconds
        self.held: dict[int, Lease] = {}

    def safe(self) -> list[int]:
        """The shards that are ours with at least a quarter of the lease left."""
        limit = asyncio.get_running_loop().time() + self.seconds / 4
        return [shard for shard, lease in self.held.items() if lease.until > limit]

    def is_unclean(self, shard: int) -> bool:
        """Whether what is due in the shard may be what ended its last owner."""
        lease = self.held.get(shard)
        return lease is not None and lease.unclean > asyncio.get_running_loop().time()

    def lose(self, shard: int) -> None:
        """Another process has the shard: forget it until the next round."""
        self.held.pop(shard, None)

    async def run(self) -> None:
        """Take and renew, three times a lease, for ever."""
        while True:
            try:
                await self.renew()
            except StoreError as error:
                log.warning("leases.unavailable", error=type(error).__name__)
            await asyncio.sleep(self.seconds / 3)

    async def renew(self) -> None:
        """One round: say that we live, keep our fair share, take what is free, give back what is too much."""
        own = await self.store.lease(COLLECTION, f"member/{self.owner}", self.owner, self.seconds)
        assert own is not None, "nobody else uses this owner's name"
        if "sessions" not in own:
            await self.store.transact([Put(COLLECTION, own | {"kind": "member", "sessions": self.store.sessions()})])
        living = await self.store.count(COLLECTION, {"kind": "member", "until": {"$gt": own["now"]}})
        share = -(-self.shards // max(1, living))
        for shard in self._in_turn():
            if shard not in self.held and len(self.held) >= share:
                continue
            if shard in self.held and len(self.held) > share:
                await self._give_back(shard)
            else:
                await self._take(shard)

    async def release(self) -> None:
        """Give everything back: a clean end, by which others need not wait for any lease to run out."""
        for shard in list(self.held):
            await self._give_back(shard)
        await self.store.transact([Delete(COLLECTION, f"member/{self.owner}")])

    def _in_turn(self) -> list[int]:
        """Our own first, then the others from a place of our own, so that newcomers do not all want the same ones."""
        start = crc32(self.owner.encode())
        others = ((start + step) % self.shards for step in range(self.shards))
        return [*self.held, *(shard for shard in others if shard not in self.held)]

    async def _take(self, shard: int) -> None:
        asked = asyncio.get_running_loop().time()
        document = await self.store.lease(COLLECTION, f"shard/{shard}", self.owner, self.seconds)
        if document is None:
            self.lose(shard)
            return
        known = self.held.get(shard)
        if known is not None and known.epoch == document["epoch"]:
            known.until = asked + self.seconds
            return
        if document["unclean"]:
            await self._end_sessions_of_the_dead(document)
        self.held[shard] = Lease(
            epoch=document["epoch"],
            taken=asyncio.get_running_loop().time(),
            until=asked + self.seconds,
            position=document.get("position", 0),
            unclean=asked + CAREFUL_SECONDS if document["unclean"] else 0.0,
            halted=document.get("halted", False),
        )

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
            change = Change(COLLECTION, f"shard/{shard}", {"owner": self.owner}, {"owner": ""})
            await self.store.transact([change])
        except Conflict:
            log.info("leases.lost", shard=shard)
