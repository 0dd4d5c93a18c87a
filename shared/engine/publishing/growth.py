"""More partitions for a service's topic, though partition counts fix which partition a key leads to.

A key must not lead to a new partition while records of it are under way in an old one: they would overtake each other.
So publication halts, in all replicas, while commands go on and the outbox holds what they cause; when every group has
read all that there is, the topic is altered; then publication goes on. Whoever has the shard of the row below goes on
when a process dies.

The halt is a mark on the leases of all shards, with a new epoch for each: whoever publishes under an older lease marks
nothing as published from then on, so that it is published again, and learns of the halt when it renews. After the time
of a lease nobody publishes under an older one. A publisher that is older than its lease is replaced (see `Relay`), and
so nobody goes on with the partitions that there were before.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from shared.clock import Clock
from shared.engine.coordination import leases
from shared.engine.ports.bus import Bus, CannotGrow
from shared.engine.ports.store import Change, Conflict, Document, Index, Insert, Replace, Store, Write
from shared.errors import NotFound, Refusal, TryLater

COLLECTION = "growths"
INDEXES = (Index(("shard", "due")),)

PATIENCE = timedelta(minutes=10)
"""How long publication halts at most; then everything goes on as it was."""

LOOK_AGAIN = timedelta(seconds=1)

STOPPING, DRAINING, ALTERING, DONE, FAILED = "stopping", "draining", "altering", "done", "failed"
UNDER_WAY = (STOPPING, DRAINING, ALTERING)


class GrowthUnderWay(Refusal):
    """The topic is growing already."""


class TopicOnlyGrows(Refusal):
    """The topic has as many partitions, or more."""


class Growth:
    """One per process. `topic` is the service's own."""

    def __init__(self, store: Store, bus: Bus, clock: Clock, topic: str, shards: int, lease_seconds: float) -> None:
        self.store, self.bus, self.clock, self.topic = store, bus, clock, topic
        self.shards = [f"shard/{shard}" for shard in range(shards)]
        self.lease_seconds = lease_seconds

    async def state(self) -> Document:
        """Return how far the growth of the topic is, or came the last time; raises `NotFound`."""
        found = await self._row()
        if found is None:
            raise NotFound(f"The topic {self.topic} has never grown: ask for it by POST, with a number of partitions.")
        return found

    async def begin(self, partitions: int, line: Insert) -> Document:
        """Write down that it is to grow, with a line in the audit; raises a `Refusal`, and `ConnectionError`."""
        found = (await self.bus.found([self.topic])).get(self.topic)
        if found is None:
            raise NotFound(f"The topic {self.topic} does not exist: make it with the service's migrate.")
        if partitions <= found.partitions:
            raise TopicOnlyGrows(f"The topic {self.topic} has {found.partitions} partitions: ask for more than these.")
        old = await self._row()
        if old is not None and old["state"] in UNDER_WAY:
            raise GrowthUnderWay(f"The topic is growing to {old['to']} partitions already: wait until that is done.")
        row = self._first(found.partitions, partitions, old["version"] + 1 if old else 1)
        write = Replace(COLLECTION, self.topic, {"version": old["version"]}, row) if old else Insert(COLLECTION, row)
        try:
            await self.store.transact([write, line])
        except Conflict as error:
            raise TryLater("Somebody else has asked at the same moment: look how far it is.") from error
        return row

    async def advance(self, row: Document) -> None:
        """Do the next step. Each can be repeated, and is when it fails."""
        steps = {STOPPING: self._stop, DRAINING: self._drain, ALTERING: self._alter}
        try:
            await steps[row["state"]](row)
        except ConnectionError as error:
            await self._wait(row, f"The broker does not answer: {error}.")

    async def _stop(self, row: Document) -> None:
        halt = await self._leases(halted=True)
        mark = self._change(row, sentence="Publication stops; commands go on.")
        await self.store.transact([*halt, mark])
        await asyncio.sleep(self.lease_seconds)
        sentence = "Waits until all consumers have read what is published."
        halted = row | {"version": row["version"] + 1}
        await self.store.transact([self._change(halted, state=DRAINING, sentence=sentence, due=self.clock())])

    async def _drain(self, row: Document) -> None:
        behind = await self._behind()
        if behind:
            groups = ", ".join(f"{group} ({count} records)" for group, count in behind.items())
            await self._wait(row, f"Waits for consumers that have not read all: {groups}.")
            return
        sentence = f"All is read: the topic gets {row['to']} partitions."
        await self.store.transact([self._change(row, state=ALTERING, sentence=sentence, due=self.clock())])

    async def _alter(self, row: Document) -> None:
        try:
            await self.bus.grow(self.topic, row["to"])
        except CannotGrow as error:
            await self._end(row, FAILED, f"The broker refuses: {error}. Publication goes on as before.")
        else:
            await self._end(row, DONE, f"The topic has {row['to']} partitions, and publication goes on.")

    async def _wait(self, row: Document, sentence: str) -> None:
        """Look again soon; when that has lasted too long, publication goes on."""
        now = self.clock()
        if now < row["started_at"] + PATIENCE:
            await self.store.transact([self._change(row, sentence=sentence, due=now + LOOK_AGAIN)])
            return
        seconds = round(PATIENCE.total_seconds())
        await self._end(row, FAILED, f"Given up after {seconds} seconds; publication goes on as before. {sentence}")

    async def _end(self, row: Document, state: str, sentence: str) -> None:
        """Let publication go on, in the same transaction."""
        ended = Change(
            COLLECTION,
            self.topic,
            {"version": row["version"]},
            {"state": state, "sentence": sentence, "ended_at": self.clock()},
            unset=("due",),
            add={"version": 1},
        )
        await self.store.transact([*await self._leases(halted=False), ended])

    async def _leases(self, halted: bool) -> Sequence[Write]:
        """The mark on every shard's lease. A shard that nobody has had yet gets one first: then this is repeated."""
        rows = await self.store.get(leases.COLLECTION, self.shards)
        if missing := set(self.shards) - rows.keys():
            raise Conflict(f"{len(missing)} shards have no lease yet")
        return [
            Change(leases.COLLECTION, id, {"epoch": row["epoch"]}, {"halted": halted}, add={"epoch": 1})
            for id, row in rows.items()
        ]

    async def _behind(self) -> dict[str, int]:
        """The groups that have not read all of the topic, with how many records they lack."""
        lacking = dict[str, int]()
        for group in await self.bus.groups(self.topic):
            lag = await self.bus.lag(group, [self.topic])
            lacking[group] = sum(end - committed for committed, end in lag.values())
        return {group: count for group, count in lacking.items() if count}

    async def _row(self) -> Document | None:
        return (await self.store.get(COLLECTION, [self.topic])).get(self.topic)

    def _first(self, before: int, after: int, version: int) -> Document:
        now = self.clock()
        return {
            "_id": self.topic,
            "version": version,
            "shard": 0,
            "due": now,
            "from": before,
            "to": after,
            "state": STOPPING,
            "sentence": "Publication is about to stop.",
            "started_at": now,
            "ended_at": None,
        }

    def _change(self, row: Document, **fields: object) -> Change:
        return Change(COLLECTION, self.topic, {"version": row["version"]}, fields, add={"version": 1})
