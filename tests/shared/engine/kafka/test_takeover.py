"""What processes that end uncleanly leave behind is taken over, on a real broker and database: each event once."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.group import LeaveGroupRequest

from shared.engine.authoring.reader import Reader
from shared.engine.batch import inbox
from shared.engine.consuming import poison
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.mongo.store import MongoStore
from shared.engine.process.engine import Engine
from tests.shared.engine.conftest import Run
from tests.shared.engine.kafka.shop_process import POISON, engine
from tests.shared.engine.shop import TENANT, Ledger, Sold, envelope
from tests.waiting import until

ROOT = Path(__file__).parents[4]
TILLS, BACKLOG = 50, 1000
PATIENCE = 300.0
"""Seconds, for a machine that has much else to do."""


@pytest.fixture
def place(mongo_url: str, kafka_bootstrap: str) -> list[str]:
    name = uuid4().hex[:12]
    return [mongo_url, f"shop_{name}", kafka_bootstrap, f"cell-{name}"]


@pytest.fixture
def observer(place: list[str], run: Run) -> Iterator[Engine]:
    """Sees the database and the broker, and is no member of the group."""
    made = engine(*[*place, "observer"])
    run(made.prepare())
    yield made
    assert isinstance(made.store, MongoStore)
    run(made.store.client.drop_database(made.store.database.name))
    run(made.close())


class Workers:
    """One worker at a time; as soon as one has ended, the next one is started."""

    def __init__(self, place: list[str]) -> None:
        self.place = place
        self.ended = -1
        self.start()

    def start(self) -> None:
        self.ended += 1
        command = [sys.executable, "-m", "tests.shared.engine.kafka.shop_process", *self.place, f"w{self.ended}"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def workers(place: list[str], observer: Engine) -> Iterator[Workers]:
    workers = Workers(place)
    yield workers
    workers.kill()


async def publish(observer: Engine, numbers: list[int]) -> None:
    publisher = await observer.bus.publisher()
    sent = []
    for place, number in enumerate(numbers):
        event = envelope(Sold(till_id=f"t{place % TILLS}", number=number), id=f"e{number}", sequence=str(place + 1))
        sent.append(await publisher.send(observer.topic(), event.partitionkey.encode(), event.data, event.headers()))
    for acknowledged in sent:
        await acknowledged
    await publisher.close()


async def let_the_dead_leave(bootstrap: str, group: str) -> None:
    """Have all members leave a group in which none lives: else the broker waits ten seconds for each of them."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        coordinator = await admin.find_coordinator(group)
        (answer,) = await admin.describe_consumer_groups([group], coordinator)
        ((_, _, _, _, _, members, *_),) = answer.groups
        for id, *_ in members:
            await admin._send_request(LeaveGroupRequest(group, id), coordinator)
    finally:
        await admin.close()


async def handled(observer: Engine, count: int) -> bool:
    """Whether so many events have been handled, and nothing is searched any more."""
    is_done = await observer.store.count(inbox.COLLECTION, {}) >= count
    return is_done and not await observer.store.count(poison.COLLECTION, {})


async def noted(observer: Engine) -> list[int]:
    """All that is noted; what was sold at one till in order."""
    ledgers = await Reader(observer.store, TENANT).every(Ledger, {})
    assert all(ledger.numbers == sorted(ledger.numbers) for ledger in ledgers)
    return sorted(number for ledger in ledgers for number in ledger.numbers)


def test_a_backlog_that_a_killed_process_leaves_is_handled_once_and_in_order(
    observer: Engine, workers: Workers, run: Run
) -> None:
    async def story() -> None:
        await publish(observer, list(range(BACKLOG)))
        await until(lambda: handled_at_least(observer, 1), PATIENCE, every=0.01)
        workers.kill()
        workers.start()
        await until(lambda: handled(observer, BACKLOG), PATIENCE)
        assert await noted(observer) == list(range(BACKLOG))
        assert await observer.store.find(DeadLetter.collection, {}) == []

    run(story())


def test_poison_in_a_backlog_is_found_and_all_the_others_are_handled_once(
    place: list[str], observer: Engine, workers: Workers, run: Run
) -> None:
    async def over() -> bool:
        if workers.process.poll() is not None:
            await let_the_dead_leave(place[2], observer.group)
            workers.start()
        return await handled(observer, BACKLOG + 1)

    async def story() -> None:
        await publish(observer, [*range(BACKLOG // 2), POISON, *range(BACKLOG // 2, BACKLOG)])
        await until(over, PATIENCE, every=0.2)
        (letter,) = await observer.store.find(DeadLetter.collection, {})
        assert (letter["state"]["message_id"], letter["state"]["reason"]) == (f"e{POISON}", "stopped-the-process")
        assert await noted(observer) == list(range(BACKLOG))

    run(story())
    assert workers.ended <= 2 + poison.FATAL


async def handled_at_least(observer: Engine, count: int) -> bool:
    return await observer.store.count(inbox.COLLECTION, {}) >= count
