"""A market, on which tests see what becomes of gaps: a shop that sells, and offices that note what was sold."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from random import Random

from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Message
from shared.engine.consuming import gaps
from shared.engine.execution.executor import Limits
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Document
from shared.engine.process.engine import Engine, ProcessOptions
from shared.engine.recovery.maintenance import Maintenance
from tests.shared.engine.recovery.test_republication import selling
from tests.shared.engine.shop import START, TENANT, Ledger, Sell, Sold, TillSeen, TillShown, noting
from tests.waiting import until

NAMES = ("shop", "office", "archive")
TOPIC, GROUP = "local.shop", "local.office"
SHOP = Service("shop", "Shop", [Sold], [selling])
OFFICE = Service("office", "Office", [], [noting()])
ARCHIVE = Service("archive", "Archive", [], [noting()])

watching = Handlers()
watching.copies(TillShown, TillSeen)
WATCHES = Service("office", "Office", [], [watching])


class Market:
    """A broker, and a database for each service. Its clocks can be moved."""

    cell = "local"

    def __init__(self) -> None:
        self.bus, self.shift = MemoryBus(), timedelta(0)
        self.stores = {name: MemoryStore(clock=self.seconds) for name in NAMES}
        self.running: list[Engine] = []

    def now(self) -> datetime:
        """What all clocks show."""
        return START + self.shift + timedelta(seconds=asyncio.get_running_loop().time())

    def seconds(self) -> float:
        """The same for databases."""
        return self.now().timestamp()

    async def advance(self, by: timedelta) -> None:
        """Let time pass for all at once."""
        self.shift += by
        for engine in self.running:
            await engine.time.measure()

    @asynccontextmanager
    async def open(self, *services: Service, owner: str = "a") -> AsyncIterator[Engine]:
        """A process of each of these services; the first one's is given."""
        async with AsyncExitStack() as stack:
            engines = [await stack.enter_async_context(self._process(service, owner)) for service in services]
            yield engines[0]

    @asynccontextmanager
    async def _process(self, service: Service, owner: str) -> AsyncIterator[Engine]:
        engine = self.engine(service, owner)
        await engine.prepare()
        await engine.start()
        self.running.append(engine)
        jobs = asyncio.create_task(Maintenance(engine).run())
        try:
            yield engine
        finally:
            self.running.remove(engine)
            jobs.cancel()
            await asyncio.gather(jobs, return_exceptions=True)
            await engine.stop()

    def engine(self, service: Service, owner: str) -> Engine:
        """A process that is not started."""
        options = ProcessOptions(owner, self.cell, partitions=3, lease_seconds=4.0)
        store, limits = self.stores[service.name], Limits(shards=4)
        return Engine(service, store, self.bus, self.now, Random(owner), options, limits)

    async def sell(self, engine: Engine, *numbers: int, till: str = "t1") -> None:
        for number in numbers:
            await self.advance(timedelta(minutes=1))
            handler = engine.service.by_name["Sell"]
            body = Sell(till_id=till, number=number)
            await engine.submit(Message(handler, engine.executor.new_id(), TENANT, body=body))

    async def sold_alone(self, *numbers: int, till: str = "t1") -> None:
        """While nobody reads."""
        async with self.open(SHOP) as engine:
            await self.sell(engine, *numbers, till=till)

    async def noted(self, till: str = "t1", service: str = "office") -> list[int]:
        found = await self.stores[service].get(Ledger.collection, [f"{TENANT}/note-{till}"])
        return [number for ledger in found.values() for number in ledger["state"]["numbers"]]

    async def notes(self, *numbers: int, till: str = "t1", service: str = "office") -> None:
        """Wait until so many were noted, and see that they are these, and that it stays so."""

        async def so_many() -> bool:
            return len(await self.noted(till, service)) >= len(numbers)

        await until(so_many, 300)
        await asyncio.sleep(20)
        assert await self.noted(till, service) == list(numbers)

    def save_nothing(self, *, but: int = 0) -> None:
        """Retention removes what is on the shop's topic; the last records of each partition stay."""
        for log in self.bus.topics[TOPIC]:
            log.remove_before(log.end - min(but, len(log)))

    async def make_anew(self, topic: str = TOPIC) -> None:
        made = {topic: self.bus.made[topic]}
        await self.bus.remove([topic])
        await self.bus.prepare(made)

    async def gap(self, service: str = "office", topic: str = TOPIC) -> Document | None:
        return (await self.stores[service].get(gaps.COLLECTION, [topic])).get(topic)

    async def gap_is(self, **wanted: object) -> Document:
        """Wait until the document of the topic's gaps has these fields."""

        async def has() -> Document | None:
            row = await self.gap()
            return row if row and all(row[name] == value for name, value in wanted.items()) else None

        return await until(has, 300)
