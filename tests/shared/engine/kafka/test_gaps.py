"""On a real broker and a real database: what a topic keeps no longer comes from the journal, each event once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from random import SystemRandom
from uuid import uuid4

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from shared.clock import system_clock
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Message
from shared.engine.consuming import gaps
from shared.engine.consuming.gaps import Gaps
from shared.engine.execution.executor import Limits
from shared.engine.kafka.bus import KafkaBus
from shared.engine.mongo.store import MongoStore
from shared.engine.process.engine import Engine, ProcessOptions
from shared.engine.recovery.maintenance import Maintenance
from tests.shared.engine.conftest import Run
from tests.shared.engine.market import OFFICE, SHOP
from tests.shared.engine.shop import TENANT, Ledger, Sell
from tests.waiting import until

TILLS = 12
PATIENCE = 120.0
"""Seconds, for a machine that has much else to do."""


class Market:
    """A shop and an office, each with a database of its own, and a broker of which records are removed."""

    def __init__(self, bootstrap: str, mongo_url: str) -> None:
        self.bootstrap, self.cell = bootstrap, f"cell-{uuid4().hex[:12]}"
        self.stores = {name: MongoStore(mongo_url, f"{self.cell}_{name}") for name in ("shop", "office")}
        self.topic, self.sold = f"{self.cell}.shop", 0

    @asynccontextmanager
    async def open(self, service: Service) -> AsyncIterator[Engine]:
        """A process of a service, with a broker's connection of its own."""
        name = uuid4().hex[:8]
        options = ProcessOptions(name, self.cell, 5.0, partitions=3, poll_seconds=0.2, answer_seconds=PATIENCE)
        bus, limits = KafkaBus(self.bootstrap, owner=options.owner), Limits(shards=4)
        engine = Engine(service, self.stores[service.name], bus, system_clock, SystemRandom(), options, limits)
        await engine.prepare()
        await engine.start()
        jobs = asyncio.create_task(Maintenance(engine).run())
        try:
            yield engine
        finally:
            jobs.cancel()
            await asyncio.gather(jobs, return_exceptions=True)
            await engine.stop()
            await bus.close()

    async def sell(self, shop: Engine, count: int) -> None:
        """One thing after the other at every till."""
        handler = shop.service.by_name["Sell"]
        for number in range(self.sold, self.sold + count):
            bodies = [Sell(till_id=f"t{till}", number=number) for till in range(TILLS)]
            await asyncio.gather(
                *(shop.submit(Message(handler, shop.executor.new_id(), TENANT, body=body)) for body in bodies)
            )
        self.sold += count

    async def notes_all(self) -> None:
        """Wait until the office has noted all that was sold, and see that it is each thing once and in order."""
        ids = [f"{TENANT}/note-t{till}" for till in range(TILLS)]

        async def noted() -> list[list[int]]:
            found = await self.stores["office"].get(Ledger.collection, ids)
            lists = [found[id]["state"]["numbers"] for id in ids if id in found]
            return lists if len(lists) == TILLS and all(len(some) >= self.sold for some in lists) else []

        assert await until(noted, PATIENCE) == [list(range(self.sold))] * TILLS

    async def is_published(self, shop: Engine) -> None:
        async def none_waits() -> bool:
            return not await shop.store.count("outbox", {"unpublished": True})

        await until(none_waits, PATIENCE)

    async def is_caught_up(self, office: Engine) -> bool:
        """Whether all of the topic is committed, a while after it was noted."""
        lag = await office.bus.lag(office.group, [self.topic])
        return all(at == end for at, end in lag.values())

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            yield admin
        finally:
            await admin.close()

    async def remove_records(self, engine: Engine) -> None:
        """Of all partitions, as retention does."""
        ends = await engine.bus.end([self.topic])
        async with self.admin() as admin:
            await admin.delete_records({TopicPartition(*one): RecordsToDelete(end) for one, end in ends.items()})

    async def make_anew(self, engine: Engine) -> None:
        """Remove the shop's topic, and make it again."""

        async def is_gone() -> bool:
            return not await engine.bus.found([self.topic])

        topics = {self.topic: engine.topics()[self.topic]}
        await engine.bus.remove([self.topic])
        await until(is_gone, PATIENCE)
        await engine.bus.prepare(topics)

    async def close(self) -> None:
        for store in self.stores.values():
            await store.client.drop_database(store.database.name)
            await store.close()


@pytest.fixture
def market(kafka_bootstrap: str, mongo_url: str, run: Run) -> Iterator[Market]:
    market = Market(kafka_bootstrap, mongo_url)
    yield market
    run(market.close())


def test_a_group_whose_place_is_below_the_beginning_gets_what_is_missing_from_the_journal(
    market: Market, run: Run
) -> None:
    async def story() -> None:
        async with market.open(SHOP) as shop:
            async with market.open(OFFICE):
                await market.sell(shop, 5)
                await market.notes_all()
            await market.sell(shop, 10)
            await market.is_published(shop)
            await market.remove_records(shop)
            await market.sell(shop, 3)
            async with market.open(OFFICE) as office:
                await market.notes_all()
                await market.sell(shop, 2)
                await market.notes_all()
                await until(lambda: market.is_caught_up(office), PATIENCE)
                rows = await office.store.find(gaps.COLLECTION, {})
                assert [row["state"] for row in rows] == [gaps.DONE]

    run(story())


def test_a_topic_that_is_made_anew_under_its_readers_loses_nothing(market: Market, run: Run) -> None:
    async def story() -> None:
        async with market.open(SHOP) as shop, market.open(OFFICE) as office:
            await market.sell(shop, 5)
            await market.notes_all()
            await market.make_anew(shop)
            await market.sell(shop, 5)
            await market.is_published(shop)
            await market.notes_all()

            async def is_repaired() -> bool:
                return not await Gaps(office.store, system_clock).open()

            await until(is_repaired, PATIENCE)

    run(story())
