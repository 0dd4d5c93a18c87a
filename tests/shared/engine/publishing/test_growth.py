"""A topic grows while events flow: none is lost, and those of one aggregate stay in order."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Annotated

import pytest

from shared.clock import to_milliseconds
from shared.engine.authoring.answer import Ending
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import PERSON, Kind
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.batch.message import Message
from shared.engine.coordination import leases
from shared.engine.execution.executor import Limits
from shared.engine.memory.bus import MemoryBus
from shared.engine.memory.consumer import MemoryConsumer
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.assignment import Assignment, AtOnce
from shared.engine.ports.bus import CannotGrow, Record, Topic
from shared.engine.ports.store import Document
from shared.engine.process import audit
from shared.engine.process.engine import Engine, ProcessOptions
from shared.engine.publishing import growth
from shared.engine.publishing.growth import GrowthUnderWay, TopicOnlyGrows
from shared.errors import NotFound
from tests.shared.engine.contract.brokers import Slow
from tests.shared.engine.shop import START, TENANT, Ledger, Sell, Till, noting, service, virtual
from tests.waiting import until

TOPIC = "local.shop"
TILLS = [f"t{number}" for number in range(12)]
SECONDS = 2.0


def selling() -> Handlers:
    """A command by which something is sold."""
    handlers = Handlers()

    @handlers.post("/sales", allow=(PERSON, Kind("client")))
    def sell(command: Sell, till: Annotated[Till, create("till_id")], ctx: Context) -> None:
        ctx.emit(till.sell(command.number))

    return handlers


shop = service(selling(), noting())


class Stubborn(MemoryBus):
    """A broker that refuses to let topics grow, or is away."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses = self.is_away = False

    async def grow(self, topic: str, partitions: int) -> None:
        """See `Bus.grow`."""
        if self.refuses:
            raise CannotGrow("there is no room for so many")
        await super().grow(topic, partitions)

    async def groups(self, topic: str) -> list[str]:
        """See `Bus.groups`."""
        if self.is_away:
            raise ConnectionError("no broker answers")
        return await super().groups(topic)


class Town:
    """Replicas of the shop, which share a database and a broker."""

    def __init__(self) -> None:
        self.store, self.bus, self.random = MemoryStore(clock=lambda: self.clock().timestamp()), Stubborn(), Random(3)
        self.engines: dict[str, Engine] = {}
        self.sold = dict.fromkeys(TILLS, 0)

    def clock(self) -> datetime:
        return to_milliseconds(START + timedelta(seconds=asyncio.get_running_loop().time()))

    async def open(self, *names: str) -> "Town":
        """Start replicas."""
        for name in names:
            options = ProcessOptions(name, lease_seconds=SECONDS, partitions=3, poll_seconds=1.0)
            engine = Engine(shop, self.store, self.bus, self.clock, Random(7), options, Limits(shards=4))
            await engine.prepare()
            await engine.start()
            self.engines[name] = engine
        return self

    async def close(self) -> None:
        for engine in self.engines.values():
            await engine.stop()

    async def sell(self, count: int) -> None:
        """So many sales, at all tills and by all replicas."""
        for _ in range(count):
            till = self.random.choice(TILLS)
            engine = self.random.choice(list(self.engines.values()))
            handler = shop.by_name["Sell"]
            body = Sell(till_id=till, number=self.sold[till])
            answer = await engine.submit(Message(handler, engine.executor.new_id(), TENANT, body=body))
            assert answer.ending is Ending.DONE
            self.sold[till] += 1

    async def grow(self, partitions: int) -> None:
        engine = next(iter(self.engines.values()))
        line = audit.line(engine.executor.new_id(), self.clock(), "operator/ann", "topics.grow", TOPIC)
        await engine.growth.begin(partitions, line)
        engine.growing.bell.ring()

    async def state(self) -> Document:
        return (await self.store.get(growth.COLLECTION, [TOPIC]))[TOPIC]

    async def reaches(self, *states: str) -> Document:
        """Wait until the growth is in one of the states."""

        async def there() -> bool:
            return (await self.state())["state"] in states

        await until(there, 2000, every=0.5)
        return await self.state()

    async def all_noted(self) -> None:
        """Wait until every sale has been noted, and see that each till's are in order."""
        await until(self._is_noted, 2000, every=0.5)
        for till, count in self.sold.items():
            assert (await self.ledger(till)).numbers == list(range(count))

    async def ledger(self, till: str) -> Ledger:
        id = f"{TENANT}/note-{till}"
        found = (await self.store.get(Ledger.collection, [id])).get(id)
        return Ledger(**found["state"]) if found else Ledger()

    async def _is_noted(self) -> bool:
        return sum([len((await self.ledger(till)).numbers) for till in TILLS]) >= sum(self.sold.values())


@virtual
async def test_events_that_flow_meanwhile_are_noted_once_and_in_order() -> None:
    town = await Town().open("a", "b")
    await town.sell(60)
    await town.grow(7)
    await town.sell(60)
    while (await town.state())["state"] != "done":
        await town.sell(3)
        await asyncio.sleep(0.02)
    await town.sell(60)
    await town.all_noted()
    assert await town.bus.found([TOPIC]) == {TOPIC: Topic(7)}
    assert sum(bool(log) for log in town.bus.topics[TOPIC]) > 3
    assert (await town.state())["sentence"] == "The topic has 7 partitions, and publication goes on."
    assert len(await town.store.find(audit.COLLECTION, {})) == 1
    await town.close()


@virtual
async def test_nothing_is_published_from_the_halt_to_the_end() -> None:
    town = await Town().open("a", "b")
    await town.sell(30)
    await town.all_noted()
    town.bus.is_away = True
    await town.grow(5)
    await town.reaches("draining")
    before = sum(map(len, town.bus.topics[TOPIC]))
    await town.sell(30)
    await asyncio.sleep(5)
    assert sum(map(len, town.bus.topics[TOPIC])) == before
    assert "broker does not answer" in (await town.state())["sentence"]
    town.bus.is_away = False
    await town.reaches("done")
    await town.all_noted()
    await town.close()


@virtual
async def test_another_replica_goes_on_when_one_dies() -> None:
    town = await Town().open("a", "b")
    await town.sell(30)
    await town.grow(5)
    (first,) = [engine for engine in town.engines.values() if 0 in engine.leases.owned]
    await until(lambda: _halted(town), 2000, every=0.5)
    del town.engines[first.options.owner]
    assert isinstance(first.consumer, MemoryConsumer)
    assert first.executing is not None
    assert first.consumer.assignment is not None
    for task in [*first.tasks, first.executing, first.consumer.task, first.consumer.assignment.task]:
        task.cancel()
    town.bus.expire(first.consumer)
    await town.sell(30)
    await town.reaches("done")
    await town.all_noted()
    await town.close()


async def _halted(town: Town) -> bool:
    return bool(await town.store.find(leases.COLLECTION, {"halted": True}))


@virtual
async def test_who_reads_slowly_reads_in_order_too() -> None:
    town = await Town().open("a")
    await town.sell(60)
    slow = Slow()
    reader = await town.bus.consume([TOPIC], "slow", slow, 10)
    await town.grow(7)
    await asyncio.sleep(10)
    await town.sell(60)
    slow.may_go_on.set()
    await town.reaches("done")
    await town.sell(60)
    await until(lambda: _has_read(slow, 180), 2000, every=0.5)
    for till in TILLS:
        values = [json.loads(value) for value in _once(slow)]
        assert [sold["number"] for sold in values if sold["till_id"] == till] == list(range(town.sold[till]))
    await reader.stop()
    await town.close()


def _once(slow: Slow) -> list[bytes]:
    """What was read, without what was sent again because of the halt."""
    return list(dict.fromkeys(record.value or b"" for record in slow.records))


async def _has_read(slow: Slow, count: int) -> bool:
    return len(_once(slow)) >= count


class Asleep:
    """A group's member that never gets further."""

    async def assigned(self, assignment: Assignment) -> AtOnce:
        """See `Subscriber`."""
        return AtOnce(assignment, self._sleep)

    async def _sleep(self, records: Sequence[Record]) -> None:
        raise TimeoutError(f"{len(records)} records, and it sleeps")


@virtual
async def test_a_group_that_does_not_read_is_named_and_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "PATIENCE", timedelta(minutes=1))
    town = await Town().open("a")
    await town.sell(10)
    asleep = await town.bus.consume([TOPIC], "other", Asleep(), 10)
    await town.all_noted()
    await town.grow(5)
    await town.reaches("draining")
    await asyncio.sleep(5)
    assert "other (10 records)" in (await town.state())["sentence"]
    ended = await town.reaches("failed")
    assert "other (10 records)" in ended["sentence"]
    assert "after 60 seconds; publication goes on as before" in ended["sentence"]
    await town.sell(10)
    await town.all_noted()
    assert len(town.bus.topics[TOPIC]) == 3
    await asleep.stop()
    await town.close()


@virtual
async def test_what_the_broker_refuses_ends_it_and_publication_goes_on() -> None:
    town = await Town().open("a")
    town.bus.refuses = True
    await town.sell(10)
    await town.grow(5)
    ended = await town.reaches("failed")
    assert ended["sentence"] == ("The broker refuses: there is no room for so many. Publication goes on as before.")
    town.bus.refuses = False
    await town.grow(5)
    await town.reaches("done")
    await town.sell(10)
    await town.all_noted()
    await town.close()


@virtual
async def test_fewer_partitions_a_second_growth_and_a_missing_topic_are_refused() -> None:
    town = await Town().open("a")
    for partitions in (1, 3):
        with pytest.raises(TopicOnlyGrows, match="has 3 partitions: ask for more"):
            await town.grow(partitions)
    with pytest.raises(NotFound, match="has never grown"):
        await town.engines["a"].growth.state()
    await town.grow(5)
    with pytest.raises(GrowthUnderWay, match="growing to 5 partitions already"):
        await town.grow(6)
    await town.reaches("done")
    await town.grow(6)
    await town.reaches("done")
    town.bus.made.clear()
    with pytest.raises(NotFound, match="does not exist"):
        await town.grow(9)
    await town.close()
