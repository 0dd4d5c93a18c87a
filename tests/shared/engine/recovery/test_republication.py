"""What readers may have lost with a broker, or with a restore, reaches them, once and in order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Annotated

import pytest

from shared.contracts.event import State
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.authoring.service import Service
from shared.engine.batch import outbox
from shared.engine.batch.message import Message
from shared.engine.execution.executor import Limits
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.log import MARKER
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.bus import Fenced, Record
from shared.engine.ports.store import Document
from shared.engine.process.engine import Engine, ProcessOptions
from shared.engine.recovery.republication import NotEmpty, Republished, StillRunning, TooLongAgo, republish
from tests.shared.engine.shop import START, TENANT, Ledger, Sell, Sold, TillShown, noting, virtual
from tests.waiting import until


class Shown(Aggregate, name="till"):
    """A till that shows itself, unless it is closed."""

    sold: list[int] = []

    def shared_state(self) -> State | None:
        """See `Aggregate.shared_state`."""
        return None if -1 in self.sold else TillShown(till_id=self.id, text=f"{len(self.sold)} sold")


selling = Handlers()
selling.shares(Shown, TillShown)


@selling.post("/sales")
def sell(command: Sell, till: Annotated[Shown, create("till_id")], ctx: Context) -> None:
    """One more; -1 closes the till."""
    till.sold.append(command.number)
    ctx.emit(Sold(till_id=till.id, number=command.number))


ONLY_SELLS = Service("shop", "Shop", [Sold], [selling])
NOTES_TOO = Service("shop", "Shop", [Sold], [selling, noting()])


class Shop:
    """Its database; brokers come and go. The clock stands still until a test moves it."""

    def __init__(self) -> None:
        self.store, self.now = MemoryStore(clock=self.seconds), START

    def seconds(self) -> float:
        return self.now.timestamp()

    def process(self, bus: MemoryBus, service: Service = NOTES_TOO, name: str = "a") -> Engine:
        options = ProcessOptions(name, partitions=3)
        return Engine(service, self.store, bus, lambda: self.now, Random(7), options, Limits(shards=4))

    @asynccontextmanager
    async def open(self, bus: MemoryBus, service: Service = NOTES_TOO) -> AsyncIterator[Engine]:
        engine = self.process(bus, service)
        await engine.prepare()
        await engine.start()
        try:
            yield engine
        finally:
            await engine.stop()

    async def sell(self, engine: Engine, *numbers: int, till: str = "t1") -> None:
        for number in numbers:
            self.now += timedelta(minutes=1)
            await engine.time.measure()
            handler = engine.service.by_name["Sell"]
            await engine.submit(
                Message(handler, engine.executor.new_id(), TENANT, body=Sell(till_id=till, number=number))
            )

    async def notes(self, *numbers: int) -> None:
        """Wait until so many were noted, and see that they are these."""

        async def noted() -> list[int]:
            found = await self.store.get(Ledger.collection, [f"{TENANT}/note-t1"])
            (ledger,) = found.values() or [{"state": {"numbers": []}}]
            known: list[int] = ledger["state"]["numbers"]
            return known if len(known) >= len(numbers) else []

        assert await until(noted, 100) == list(numbers)

    async def journal(self) -> list[Document]:
        return await self.store.find(outbox.COLLECTION, {})


def people(bus: MemoryBus) -> dict[str, Record]:
    """Of each till the last record on the people topic."""
    records = [record for log in bus.topics["local.people"] for record in log.read(0, 1000) if record is not MARKER]
    return {(record.key or b"").decode().rpartition("/")[2]: record for record in records}


async def prepared(engine: Engine, since: datetime = START) -> Republished:
    await engine.prepare()
    return await republish(engine, since)


@virtual
async def test_what_was_on_its_way_when_the_broker_lost_its_data_has_its_effect_once_and_in_order() -> None:
    shop, broker = Shop(), MemoryBus()
    async with shop.open(broker) as engine:
        await shop.sell(engine, 1, 2)
        await shop.notes(1, 2)
    async with shop.open(broker, ONLY_SELLS) as engine:
        await shop.sell(engine, 3, 4)
    emptied = MemoryBus()
    assert (await prepared(shop.process(emptied, name="operator"))).events == 4
    async with shop.open(emptied) as engine:
        await shop.sell(engine, 5)
        await shop.notes(1, 2, 3, 4, 5)


@virtual
async def test_what_was_stored_before_the_moment_stays_as_it_is() -> None:
    shop, broker = Shop(), MemoryBus()
    async with shop.open(broker, ONLY_SELLS) as engine:
        await shop.sell(engine, 1, 2, 3)
    done = await prepared(shop.process(MemoryBus(), name="operator"), since=shop.now)
    assert done.events == 1
    assert ["unpublished" in chunk for chunk in await shop.journal()] == [False, False, True]


@virtual
async def test_to_republish_twice_changes_nothing() -> None:
    shop, broker = Shop(), MemoryBus()
    async with shop.open(broker, ONLY_SELLS) as engine:
        await shop.sell(engine, 1, 2)
    operator = shop.process(MemoryBus(), name="operator")
    assert [(await prepared(operator)).events for _ in range(2)] == [2, 0]


@virtual
async def test_shared_states_are_shown_as_they_are_now_and_those_that_are_gone_as_gone() -> None:
    shop, broker, emptied = Shop(), MemoryBus(), MemoryBus()
    async with shop.open(broker, ONLY_SELLS) as engine:
        await shop.sell(engine, 1, 2, till="t1")
        await shop.sell(engine, 1, -1, till="t2")
    done = await prepared(shop.process(emptied, name="operator"))
    assert (done.states, done.withdrawn) == (1, 1)
    found = people(emptied)
    assert TillShown.model_validate_json(found["t1"].value or b"").text == "2 sold"
    assert (found["t2"].value, dict(found["t2"].headers)["ce_sequence"]) == (None, b"2")


@virtual
async def test_what_a_relay_was_about_to_publish_does_not_come_behind_the_states_that_are_shown() -> None:
    shop, broker = Shop(), MemoryBus()
    async with shop.open(broker, ONLY_SELLS) as engine:
        await shop.sell(engine, 1)
        former = [name for name in broker.names if broker.names[name].name.startswith("local.shop.people.")]
        stopped = [broker.names[name] for name in former]
    await broker.remove(["local.shop"])
    assert (await prepared(shop.process(broker, name="operator"))).states == 1
    for publisher in stopped:
        with pytest.raises(Fenced):
            await publisher.publish([("local.people", b"acme/till/t1", b"late", [])])
    assert TillShown.model_validate_json(people(broker)["t1"].value or b"").text == "1 sold"


@virtual
async def test_while_a_worker_publishes_nothing_is_published_again() -> None:
    shop, broker = Shop(), MemoryBus()
    async with shop.open(broker) as engine:
        await shop.sell(engine, 1)
        await shop.notes(1)
        await engine.leases.renew()  # the clock has jumped
        with pytest.raises(StillRunning, match="stop it"):
            await prepared(shop.process(broker, name="operator"))
        await shop.sell(engine, 2)
        await shop.notes(1, 2)


@virtual
async def test_a_topic_that_still_holds_events_is_to_be_removed_first() -> None:
    shop, broker = Shop(), MemoryBus()
    async with shop.open(broker) as engine:
        await shop.sell(engine, 1)
        await shop.notes(1)
    with pytest.raises(NotEmpty, match=r"local\.shop .* remove it"):
        await prepared(shop.process(broker, name="operator"))


@virtual
async def test_what_readers_have_forgotten_is_not_published_again() -> None:
    shop = Shop()
    with pytest.raises(TooLongAgo, match="30 days"):
        await prepared(shop.process(MemoryBus()), since=START - timedelta(days=30))
