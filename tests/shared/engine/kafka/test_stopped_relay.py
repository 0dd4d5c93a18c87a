"""On a real broker and a real database: a process that is stopped as it publishes, and goes on when it is late."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.engine.batch import outbox
from shared.engine.batch.message import Message
from shared.engine.coordination import leases
from shared.engine.mongo.store import MongoStore
from shared.engine.process.engine import Engine
from tests.shared.engine.conftest import Run
from tests.shared.engine.kafka.stopping_process import TILL, engine
from tests.shared.engine.shop import TENANT, Sell
from tests.waiting import eventually, until

ROOT = Path(__file__).parents[4]


@pytest.fixture
def place(mongo_url: str, kafka_bootstrap: str) -> list[str]:
    name = uuid4().hex[:12]
    return [mongo_url, f"shop_{name}", kafka_bootstrap, f"cell-{name}"]


@contextmanager
def stopping(place: list[str], method: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "tests.shared.engine.kafka.stopping_process", *place, "a", method]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@asynccontextmanager
async def working(place: list[str], owner: str, worker: bool) -> AsyncIterator[Engine]:
    made = engine(*[*place, owner])
    await made.prepare()
    await made.start(worker)
    try:
        yield made
    finally:
        await made.stop()
        await made.close()


async def sell(process: Engine, till: str, number: int) -> None:
    handler = process.service.by_name["Sell"]
    command = Sell(till_id=till, number=number)
    await process.submit(Message(handler, process.executor.new_id(), TENANT, body=command))


async def published(process: Engine) -> None:
    """Wait until nothing is left to publish."""

    async def nothing_is_left() -> bool:
        return not await process.store.find(outbox.COLLECTION, {"unpublished": True})

    await until(nothing_is_left, 120)


async def works_again(process: Engine, owner: str) -> None:
    """Wait until a process has some of the shards."""

    async def has_some() -> bool:
        rows = await process.store.get(leases.COLLECTION, [f"shard/{shard}" for shard in range(4)])
        return any(row["owner"] == owner for row in rows.values())

    await until(has_some, 120)


async def last_of_till(bootstrap: str, topic: str, isolation: str) -> bytes | None:
    """What somebody finds who comes later: the last record of the till's key."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level=isolation, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in range(3)]
        consumer.assign(partitions)
        ends, values = await consumer.end_offsets(partitions), list[bytes | None]()
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                values += [record.value for record in records if TILL.encode() in record.key]
    finally:
        await consumer.stop()
    return values[-1]


@pytest.mark.parametrize("method", ["send", "commit_transaction"])
def test_a_process_that_goes_on_late_does_not_bring_back_what_was_withdrawn(
    method: str, place: list[str], run: Run
) -> None:
    async def through() -> None:
        async with working(place, "api", worker=False) as api:
            with stopping(place, method) as a:
                await sell(api, "another", 1)
                await published(api)
                await sell(api, TILL, 1)
                await eventually(lambda: _is_stopped(a.pid), 120)
                async with working(place, "b", worker=True) as b:
                    await sell(b, TILL, -1)
                    await published(b)
                    os.kill(a.pid, signal.SIGCONT)
                    await works_again(b, "a")
            for isolation in ("read_committed", "read_uncommitted"):
                assert await last_of_till(place[2], f"{place[3]}.people", isolation) is None
            assert isinstance(api.store, MongoStore)
            await api.store.client.drop_database(api.store.database.name)

    run(through())


def _is_stopped(pid: int) -> bool:
    waited, status = os.waitpid(pid, os.WUNTRACED | os.WNOHANG)
    return waited == pid and os.WIFSTOPPED(status)
