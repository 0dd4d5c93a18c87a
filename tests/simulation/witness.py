"""Who looks on while a world lives, for promises that no final state can tell the breach of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.engine.batch import outbox
from shared.engine.batch.outbox import shard_of
from shared.engine.coordination import leases
from shared.engine.coordination.database_time import WRONG
from shared.engine.deferred import timers
from shared.engine.ports.store import Delete, Id, Insert, Keep, Write
from tests.simulation.database import FaultyStore
from tests.simulation.loop import PROCESS
from tests.simulation.plan import Plan
from tests.simulation.processes import LEASE_SECONDS, SHARDS

TOPIC = "local.ledger"
"""What relays publish to without a fence."""

STOPPED_LATELY = 2.0
"""Seconds within which a process that was stopped may still send what it had looked at before."""

VAGUE = 2 * WRONG
"""Seconds by which a time may be off for no other reason than slow answers, and a new primary's clock."""


class Witness:
    """Sees every commit and every record that is handed over.

    `highest` is the highest state of every key that was committed, with its sequence. `sentences` are about what ought
    not to happen at any moment.
    """

    def __init__(self, store: FaultyStore, plan: Plan) -> None:
        self.store, self.loop, self.plan = store, store.loop, plan
        self.highest: dict[str, tuple[int, bytes | None]] = {}
        self.chunks: dict[str, int] = {}
        self.planned: dict[Id, float] = {}
        self.sentences: list[str] = []

    def see_commit(self, writes: Sequence[Write]) -> None:
        """A transaction has been committed."""
        for write in writes:
            if isinstance(write, Insert) and write.collection == outbox.COLLECTION:
                self._see_events(write.document)
            elif isinstance(write, Keep) and write.collection == timers.COLLECTION:
                self.planned.setdefault(write.document["_id"], self.loop.now)
            elif isinstance(write, Delete) and write.collection == timers.COLLECTION:
                self._see_timer(write.id)
        if any(write.collection == "doctor" for write in writes):
            self._see_doctors()

    def see_record(self, topic: str, key: bytes) -> None:
        """A process hands a record over: it has the lease of its shard.

        But who was stopped since it has looked may not, nor one that has not learned yet of another primary's clock.
        """
        process, now, shard = PROCESS.get(), self.loop.now, shard_of(key.decode(), SHARDS)
        self.store.sent_at[shard] = now
        if process is None or topic != TOPIC or process.stalled_until > now - STOPPED_LATELY:
            return
        if self.store.elected_at > now - LEASE_SECONDS:
            return
        lease = self.store.peek(leases.COLLECTION, f"shard/{shard}")
        if lease.get("owner") != process.name or lease["until"] < self.store.time():
            self.sentences.append(f"{process.name} sends to {topic} at {now:.3f} without the lease of the shard")

    def _see_events(self, chunk: Mapping[str, Any]) -> None:
        for row in chunk["events"]:
            key = f"{chunk.get('topic', '')} {row['partitionkey']}"
            if chunk["_id"] < self.chunks.get(key, 0):
                self.sentences.append(f"a chunk of {row['partitionkey']} has a lower number than the one before it")
            self.chunks[key] = chunk["_id"]
            off = (datetime.fromisoformat(row["time"]) - self.store.time()).total_seconds()
            if abs(off) > VAGUE:
                self.sentences.append(f"an event of {row['partitionkey']} has a time that is {off:.1f} s off")
            known, _ = self.highest.get(row["partitionkey"], (0, None))
            if chunk.get("topic") and int(row["sequence"]) > known:
                self.highest[row["partitionkey"]] = int(row["sequence"]), row["data"]

    def _see_timer(self, id: Id) -> None:
        early = self.planned.get(id, 0.0) + self.plan.reminded_after - self.loop.now
        if early > VAGUE:
            self.sentences.append(f"the timer {id} has fired {early:.1f} s early")

    def _see_doctors(self) -> None:
        off = [self.store.peek("doctor", id)["state"].get("off") for id in self.store.collections["doctor"]]
        if len(off) == 2 and all(off):
            self.sentences.append("both doctors are off call: two decisions rested on what the other one changed")
