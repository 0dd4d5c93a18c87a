"""What the contract's tests stand on: the in-memory parts and the real ones."""

import asyncio
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from shared.engine.memory.store import MemoryStore
from shared.engine.mongo.store import MongoStore
from shared.engine.ports.store import Conflict, Document, Id, Insert, Store, Write
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.brokers import Broker, KafkaBroker, MemoryBroker
from tests.simulation.loop import VirtualLoop


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """In virtual time where nothing is real, so that nothing is waited for."""
    if request.node.get_closest_marker("real"):
        with asyncio.Runner() as runner:
            yield runner.run
        return
    loop = VirtualLoop(Random(7))
    asyncio.set_event_loop(loop)
    yield loop.run_until_complete
    loop.end()
    asyncio.set_event_loop(None)


@pytest.fixture(params=["memory", pytest.param("mongo", marks=pytest.mark.real)])
def store(request: pytest.FixtureRequest, run: Run) -> Iterator[Store]:
    if request.param == "memory":
        memory = MemoryStore()
        run(memory.prepare({"rows": (), "others": ()}))
        yield memory
        return
    mongo = MongoStore(request.getfixturevalue("mongo_url"), f"contract_{uuid4().hex}")
    run(mongo.prepare({"rows": (), "others": ()}))
    yield mongo
    run(mongo.client.drop_database(mongo.database.name))
    run(mongo.close())


class Rows:
    """The collection that most tests use, in steps that read as sentences."""

    def __init__(self, store: Store, run: Run) -> None:
        self.store, self.run = store, run

    def given(self, *documents: Document) -> None:
        self.write(*(Insert("rows", document) for document in documents))

    def write(self, *writes: Write) -> None:
        self.run(self.store.transact(writes))

    def refuses(self, *writes: Write) -> bool:
        with pytest.raises(Conflict):
            self.write(*writes)
        return True

    def all(self) -> list[Document]:
        return self.run(self.store.find("rows", {}))

    def find(self, where: Document, **how: Any) -> list[Id]:
        return [row["_id"] for row in self.run(self.store.find("rows", where, **how))]


@pytest.fixture
def rows(store: Store, run: Run) -> Rows:
    return Rows(store, run)


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.real)])
def broker(request: pytest.FixtureRequest, run: Run) -> Iterator[Broker]:
    is_memory = request.param == "memory"
    made = MemoryBroker() if is_memory else KafkaBroker(request.getfixturevalue("kafka_bootstrap"))
    run(made.new_topic())
    yield made
    run(made.close())
