"""What happens to the processes and the parts of a world while its clients ask."""

import asyncio
from random import Random

from shared.engine.consuming.partitions import row_id
from shared.engine.coordination import leases
from shared.engine.coordination.database_time import WRONG
from tests.simulation.clients import TOPIC, Clients
from tests.simulation.loop import Absence
from tests.simulation.plan import Plan
from tests.simulation.processes import LEASE_SECONDS, PARTITIONS, Fleet, Running


class Chaos:
    """Crashes, stalls, stops, ambushes, absences and elections, in an order drawn at random."""

    def __init__(self, plan: Plan, fleet: Fleet, clients: Clients, random: Random) -> None:
        self.plan, self.fleet, self.clients, self.random, self.loop = plan, fleet, clients, random, fleet.loop

    async def live(self) -> None:
        """Let everything happen that is planned."""
        counts = {
            self._crash: self.plan.crashes,
            self._stall: self.plan.stalls,
            self._ambush: self.plan.ambushes,
            self._stop: self.plan.stops,
            self._cut_off: self.plan.cuts,
            self._lose_database: self.plan.absences,
            self._lose_records: int(self.plan.retention),
            self._elect: self.plan.elections,
        }
        events = [event for event, count in counts.items() for _ in range(count)]
        self.random.shuffle(events)
        for event in events:
            await asyncio.sleep(self.random.uniform(0, 2.0))
            if self.fleet.running:
                await event(self.random.choice(self.fleet.running))

    async def _crash(self, victim: Running) -> None:
        self.fleet.kill(victim)
        self.fleet.launch_later(3.0)
        await asyncio.sleep(3.0)

    async def _stall(self, victim: Running) -> None:
        victim.process.stalled_until = self.loop.now + self.random.uniform(1.0, 2 * LEASE_SECONDS)

    async def _ambush(self, victim: Running) -> None:
        """It stops when it has handed over what people are like, and goes on when another one has told newer things."""
        victims = [running for running in self.fleet.ready if running.engine.leases.owned]
        victim = self.random.choice(victims or [victim])
        victim.process.stall_at_send = 5 * LEASE_SECONDS
        await self.clients.change_people("before")
        await asyncio.sleep(1.2 * LEASE_SECONDS)
        await self.clients.change_people("after")

    async def _stop(self, victim: Running) -> None:
        self.fleet.launch_later(3.0)
        await self.fleet.stop(victim)

    async def _cut_off(self, victim: Running) -> None:
        """It reads what there is, and writes nothing: its leases run out while it looks after what it has."""
        victim.process.cut_off = self._absence(3 * LEASE_SECONDS)

    async def _lose_database(self, _: Running) -> None:
        self.fleet.store.faults.away = self._absence(20.0)

    async def _lose_records(self, _: Running) -> None:
        """The broker removes the next record of the topic before anybody has read it, once the topic has been begun."""
        rows = [row_id((TOPIC, number)) for number in range(PARTITIONS)]
        peek = self.fleet.store.peek
        while not all("log" in peek(leases.COLLECTION, row) for row in rows):  # noqa: ASYNC110 - see `World`
            await asyncio.sleep(0.1)
        self.fleet.bus.loses_next = TOPIC

    async def _elect(self, _: Running) -> None:
        self.fleet.store.elect(ahead=self.random.uniform(-0.45, 0.45) * WRONG)

    def _absence(self, longest: float) -> Absence:
        return Absence(self.loop.now + self.random.uniform(1.0, longest), silent=self.random.random() < 0.5)
