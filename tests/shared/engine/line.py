"""A line of processes, one after the other, of which some end in the middle of their work."""

import asyncio
from collections.abc import Iterable, Sequence
from contextvars import copy_context
from datetime import datetime, timedelta
from random import Random
from typing import Annotated

from shared.clock import to_milliseconds
from shared.engine.authoring.aggregate import Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.consuming.poison import COLLECTION
from shared.engine.execution.executor import Limits
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.bus import Topic
from shared.engine.ports.store import Write
from shared.engine.process.engine import Engine, ProcessOptions
from tests.shared.engine.shop import START, Ledger, Sold, at, envelope, service
from tests.simulation.loop import PROCESS, Process, VirtualLoop

TOPIC = "local.shop"
BACKLOG = 8
TIMERS = 100
"""From this number on, it is a timer that notes it."""


class Ring(Timer):
    """Note a number later."""

    number: int


class Ended(BaseException):
    """The process is gone; not an error that anybody could handle."""


def end_process() -> None:
    """As a fault in a library does it, or the machine when memory runs out: nothing of the process goes on."""
    process = PROCESS.get()
    assert process is not None
    process.alive = False


class Ledgers(MemoryStore):
    """A database, at the sight of whose so-manieth write a process is killed by somebody else."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: START.timestamp() + asyncio.get_running_loop().time())
        self.writes_left = -1
        self.written: list[str] = []

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        await super().transact(writes)
        self.written.extend({write.collection for write in writes})
        if any(write.collection != "leases" for write in writes):
            self.writes_left -= 1
            if self.writes_left == 0:
                end_process()
                await asyncio.sleep(0)


class Line:
    """Processes of the shop, one after the other. At the numbers in `poison` they end, at those in `together` only in
    company of others. `largest` is the largest batch of those that start from now on.
    """

    def __init__(self, *poison: int) -> None:
        self.poison = set(poison)
        self.together: set[int] = set()
        self.largest = 500
        self.batch: tuple[Ledger | None, int] = None, 0
        self.store, self.bus, self.number = Ledgers(), MemoryBus(rebalance_timeout=1.0), 0
        self.service = service(self._handlers())

    def _handlers(self) -> Handlers:
        handlers = Handlers()

        @handlers.on("note")
        def note(event: Sold, ledger: Annotated[Ledger, create(at("note"))], ctx: Context) -> None:
            if event.number >= TIMERS:
                ctx.after(timedelta(seconds=10), Ring(number=event.number), id=f"ring-{event.number}")
            else:
                self._note(event.number, ledger)

        @handlers.on("ring")
        def ring(ring: Ring, ledger: Annotated[Ledger, create(at("note"))]) -> None:
            self._note(ring.number, ledger)

        return handlers

    def _note(self, number: int, ledger: Ledger) -> None:
        before = self.batch[1] if self.batch[0] is ledger else 0
        self.batch = ledger, before + 1
        if number in self.poison or (number in self.together and before):
            end_process()
            raise Ended
        ledger.numbers.append(number)

    async def sell(self, numbers: Iterable[int]) -> None:
        """These are on the topic."""
        await self.bus.prepare({TOPIC: Topic(1)})
        for number in numbers:
            event = envelope(Sold(till_id="t1", number=number), id=f"e{number}", sequence=str(number + 1))
            self.bus.append(TOPIC, b"t1", event.data, event.headers())

    def clock(self) -> datetime:
        return to_milliseconds(START + timedelta(seconds=asyncio.get_running_loop().time()))

    async def lives(self) -> bool:
        """Start a process, and let it work; whether it survives that until all is done. Then it stops in order."""
        process, engine = self._launch()
        while process.alive and not await self._is_done():  # noqa: ASYNC110 - virtual time costs nothing
            await asyncio.sleep(0.5)
        if process.alive:
            await self.starting
            await engine.stop()
            return True
        assert engine.consumer is not None
        assert engine.executing is not None
        assert not engine.executing.done() or isinstance(engine.executing.exception(), Ended)
        self.bus.expire(engine.consumer)
        await asyncio.sleep(5)  # its leases run out
        return False

    def _launch(self) -> tuple[Process, Engine]:
        self.number += 1
        process = Process(f"p{self.number}")
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.processes.append(process)
        context = copy_context()
        context.run(PROCESS.set, process)
        options = ProcessOptions(process.name, lease_seconds=2.0, partitions=1, poll_seconds=1.0)
        limits = Limits(smallest=1, largest=self.largest, shards=2)
        engine = context.run(
            Engine, self.service, self.store, self.bus, self.clock, Random(self.number), options, limits
        )
        self.starting = loop.create_task(self._start(engine), context=context)
        return process, engine

    async def _start(self, engine: Engine) -> None:
        await engine.prepare()
        await engine.start()

    async def _is_done(self) -> bool:
        group = self.bus.known.get("local.shop")
        if group is None or group.committed.get((TOPIC, 0), 0) < self.bus.topics[TOPIC][0].end:
            return False
        waiting = [await self.store.find(name, {}) for name in ("timers", "lanes", COLLECTION)]
        return not any(waiting)

    async def ended(self, most: int = 20) -> int:
        """How many processes end before one survives."""
        for number in range(most):
            if await self.lives():
                return number
        raise AssertionError(f"{most} processes have ended")

    async def noted(self) -> list[int]:
        found = await self.store.get(Ledger.collection, ["acme/note"])
        return list(found["acme/note"]["state"]["numbers"]) if found else []

    async def dead(self) -> list[str]:
        return [row["state"]["message_id"] for row in await self.store.find(DeadLetter.collection, {})]
