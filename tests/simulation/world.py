"""A world: processes that die, stall and come back, a database and a broker that falter, clients that insist."""

import asyncio
import hashlib
from random import Random
from typing import Any

from shared.engine.consuming import gaps
from shared.engine.ports.store import Write
from shared.engine.publishing import growth as growing
from tests.simulation.broker import FaultyBus
from tests.simulation.chaos import Chaos
from tests.simulation.clients import TOPIC, Clients
from tests.simulation.database import FaultyStore
from tests.simulation.faults import Faults
from tests.simulation.ledger import ledger
from tests.simulation.ledger.outside import Outside
from tests.simulation.loop import VirtualLoop
from tests.simulation.plan import Plan
from tests.simulation.processes import Fleet
from tests.simulation.vandals import Vandals
from tests.simulation.witness import Witness

STATE_NAMES = ("handler", "message_id")
"""What a dead letter names its message by."""

LATE_COMER = 4.0
"""Seconds within which further processes start in half of the worlds, so that shards and partitions move."""

LONGEST = 900.0
"""Seconds of virtual time within which nothing may be left to do once nothing goes wrong any more."""


class World:
    """One run: make it from a seed, let it `live`, then ask what became of every operation."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)

        def dice() -> Random:
            return Random(random.getrandbits(64))

        self.plan = Plan.draw(seed, random)
        match seed % 10:
            case 3:
                self.plan.calm_down()
            case 6:
                self.plan.crowd()
            case 7:
                self.plan.draw_out()
            case 2 | 8:
                self.plan.slow_down()
        self.late = LATE_COMER if seed % 2 else 0.0
        self.loop = VirtualLoop(dice())
        self.store = FaultyStore(Faults(dice(), self.loop), self.loop)
        self.bus = FaultyBus(Faults(dice(), self.loop))
        self.outside = Outside(dice())
        self.fleet = Fleet(ledger(self.outside), self.store, self.bus, dice(), self.plan)
        self.clients = Clients(self.plan, self.fleet, dice())
        self.chaos = Chaos(self.plan, self.fleet, self.clients, dice())
        self.vandals = Vandals(self.bus, TOPIC, dice())
        self.store.refuses = self._refuses
        self.outside.end_process = self.fleet.end_this
        self.witness = Witness(self.store, self.plan)
        self.store.see_commit = self.witness.see_commit
        self.bus.see_record = self.witness.see_record

    def live(self) -> "World":
        """Run until nothing is left to do; raises `TimeoutError` if something is after `LONGEST`."""
        try:
            self.loop.run_until_complete(self._live())
        finally:
            self.fleet.over = True
            self.loop.end()
        return self

    async def _live(self) -> None:
        await self.fleet.prepare()
        self.fleet.launch()
        for _ in range(self.plan.processes - 1):
            self.fleet.launch_later(self.late)
        self._go_wrong(self.plan.store_faults, self.plan.bus_faults, self.plan.handler_faults, self.plan.slow)
        await asyncio.gather(self.clients.live(), self.chaos.live(), self.vandals.live(self.plan.unreadable))
        self._go_wrong()
        async with asyncio.timeout(LONGEST):
            while not self.is_quiet():  # noqa: ASYNC110 - virtual time costs nothing
                await asyncio.sleep(1.0)

    def _go_wrong(self, store: float = 0.0, bus: float = 0.0, handlers: float = 0.0, slow: float = 0.0) -> None:
        self.store.faults.rate, self.bus.faults.rate, self.outside.rate = store, bus, handlers
        self.store.faults.slow = self.bus.faults.slow = slow

    def _refuses(self, write: Write) -> bool:
        """Whether a write is about what the clerk's database does not take."""
        if write.collection not in ("inbox", "parked", "deadletter") or not self.outside.refused:
            return False
        document = getattr(write, "document", {})
        state = document.get("state") or {} if write.collection == "deadletter" else {}
        names = document.get("_id"), document.get("handler"), document.get("id"), *map(state.get, STATE_NAMES)
        about = " ".join(map(str, names))
        return "clerk" in about and any(message in about for message in self.outside.refused)

    def documents(self, collection: str) -> dict[Any, dict[str, Any]]:
        """A collection as it is now."""
        return self.store.every(collection)

    def is_quiet(self) -> bool:
        """Whether nothing waits: all processes run, all is published, consumed, fired, performed, no lane is left."""
        if not self.fleet.running or not all(running.started for running in self.fleet.running):
            return False
        if any(chunk.get("unpublished") for chunk in self.documents("outbox").values()):
            return False
        if any(self.store.collections.get(name) for name in ("timers", "effects", "lanes", "parked")):
            return False
        if any(row["state"] in growing.UNDER_WAY for row in self.documents(growing.COLLECTION).values()):
            return False
        if any(row["state"] != gaps.DONE for row in self.documents(gaps.COLLECTION).values()):
            return False
        group = self.bus.known[TOPIC]
        ends = {(t, p): log.end for t in group.topics for p, log in enumerate(self.bus.topics[t])}
        return all(group.committed.get(partition, 0) >= end for partition, end in ends.items())

    def digest(self) -> str:
        """A hash of all that was answered and of all that is stored: equal for equal runs."""
        trace = hashlib.sha256()
        for key, answer in self.clients.answered.items():
            trace.update(f"{key} {answer.ending.name} ".encode() + answer.body)
        for name in sorted(self.store.collections):
            for id, raw in self.store.collections[name].items():
                trace.update(f"{name} {id} ".encode() + raw)
        for name, partitions in sorted(self.bus.topics.items()):
            for record in [record for log in partitions for record in log]:
                trace.update(f"{name} {record.key!r} ".encode() + (record.value or b"-"))
        trace.update(f"{self.loop.steps} {self.loop.now:.6f}".encode())
        return trace.hexdigest()
