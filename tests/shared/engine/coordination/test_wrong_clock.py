"""A process whose machine has a wrong clock: nothing of what it does has a wrong time, and others do what is due."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Annotated

import pytest

from shared.clock import rfc3339
from shared.engine.authoring.aggregate import Timer
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Idempotency, Message
from shared.engine.execution.executor import Limits
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Document
from shared.engine.process.engine import Engine, ProcessOptions
from tests.shared.engine.shop import START, TENANT, Sell, Sold, Till, virtual

LATER = timedelta(minutes=3)
SECONDS = 10.0


class Ring(Timer):
    """It is time."""

    till_id: str


class Town:
    """A shop in which what is sold rings a while later, its database, and processes with a clock each."""

    def __init__(self) -> None:
        self.store, self.bus = MemoryStore(clock=lambda: self.truth().timestamp()), MemoryBus()
        self.off = dict[str, float]()
        self.rung = list[tuple[datetime, datetime]]()
        self.engines = dict[str, Engine]()

    @staticmethod
    def truth() -> datetime:
        """The database's clock."""
        return START + timedelta(seconds=asyncio.get_running_loop().time())

    def service(self) -> Service:
        handlers = Handlers()

        @handlers.post("/sales")
        def sell(command: Sell, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
            ctx.emit(till.sell(command.number))
            ctx.after(LATER, Ring(till_id=command.till_id), id="ring")

        @handlers.on("ring")
        def ring(timer: Ring, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
            self.rung.append((self.truth(), ctx.now))

        return Service("shop", "Shop", [Sold], [handlers])

    async def open(self, name: str, off: float = 0.0) -> Engine:
        """Start a process on a machine whose clock is so many seconds ahead."""
        self.off[name] = off

        def machine() -> datetime:
            return self.truth() + timedelta(seconds=self.off[name])

        options = ProcessOptions(name, lease_seconds=SECONDS, partitions=2, poll_seconds=5.0)
        engine = Engine(self.service(), self.store, self.bus, machine, Random(7), options, Limits(shards=4))
        await engine.prepare()
        await engine.start()
        self.engines[name] = engine
        return engine

    async def close(self) -> None:
        for engine in self.engines.values():
            await engine.stop()

    async def sell(self, engine: Engine) -> None:
        key = Idempotency("k", "h")
        await engine.submit(
            Message(engine.service.by_name["Sell"], engine.executor.new_id(), TENANT, body=Sell(), idempotency=key)
        )

    async def rows(self, collection: str) -> Sequence[Document]:
        return await self.store.find(collection, {})


@pytest.mark.parametrize("off", [86_400.0, -86_400.0, 6.0])
def test_a_process_with_a_wrong_clock_fires_nothing_and_leaves_the_work_to_others(off: float) -> None:
    @virtual
    async def story() -> None:
        town = Town()
        wrong = await town.open("wrong", off)
        await town.sell(wrong)
        await asyncio.sleep(2 * LATER.total_seconds())
        assert town.rung == []
        assert wrong.leases.owned == {}
        await town.open("right")
        await asyncio.sleep(SECONDS)
        ((rang, believed),) = town.rung
        assert rang >= START + 2 * LATER
        assert abs(rang - believed) < timedelta(seconds=1)
        await town.close()

    story()


@virtual
async def test_all_that_a_process_with_a_wrong_clock_writes_has_the_database_s_time() -> None:
    town = Town()
    wrong = await town.open("wrong", 86_400.0)
    await town.sell(wrong)
    now = town.truth()
    ((chunk,), (timer,), (answer,)) = [await town.rows(name) for name in ("outbox", "timers", "idempotency")]
    assert chunk["events"][0]["time"] <= rfc3339(now)
    assert chunk["events"][0]["id"] < "01b76aa5"  # the first digits of a UUIDv7 are its time
    assert timer["due"] <= now + LATER
    assert answer["expires"] <= now + timedelta(days=1)
    await town.close()


@virtual
async def test_a_clock_that_goes_wrong_while_a_process_runs_takes_its_work_from_it_until_it_is_right_again() -> None:
    town = Town()
    one = await town.open("one")
    await town.sell(one)
    await asyncio.sleep(1)
    town.off["one"] = 2 * LATER.total_seconds()
    await asyncio.sleep(3 * SECONDS)
    assert one.leases.owned == {}
    assert town.rung == []
    town.off["one"] = 0.0
    await asyncio.sleep(SECONDS)
    assert len(one.leases.still_leased()) == 4
    await asyncio.sleep(LATER.total_seconds())
    ((rang, _),) = town.rung
    assert START + LATER <= rang <= START + LATER + timedelta(seconds=2)
    await town.close()


@virtual
async def test_a_timer_is_due_by_the_same_clock_for_all_though_theirs_differ() -> None:
    town = Town()
    early = await town.open("early", 4.0)
    await town.open("late", -4.0)
    await town.sell(early)
    await asyncio.sleep(LATER.total_seconds() + SECONDS)
    ((rang, _),) = town.rung
    assert START + LATER <= rang <= START + LATER + timedelta(seconds=2)
    await town.close()
