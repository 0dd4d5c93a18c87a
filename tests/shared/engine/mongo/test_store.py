"""What only a real MongoDB can do: not answer, lose a process within a transaction, have other indexes."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from pymongo.errors import OperationFailure

from shared.engine.mongo.store import MongoStore
from shared.engine.ports.store import (
    PATIENCE,
    Change,
    Conflict,
    Document,
    Index,
    Put,
    Reserve,
    Store,
    StoreError,
    Unavailable,
    UnknownOutcome,
)
from tests.shared.engine.conftest import Run
from tests.shared.engine.mongo.proxy import Proxy


@pytest.fixture
def store(mongo_url: str, run: Run) -> Iterator[MongoStore]:
    made = MongoStore(mongo_url, f"mongo_{uuid4().hex}")
    run(made.prepare({"rows": (), "others": ()}))
    run(made.transact([Put("rows", {"_id": "a", "n": 0})]))
    yield made
    run(made.client.drop_database(made.database.name))
    run(made.close())


async def _row(store: Store) -> Document:
    return (await store.get("rows", ["a"]))["a"]


def test_what_a_dead_process_has_locked_is_free_once_its_sessions_are_ended(
    mongo_url: str, store: MongoStore, run: Run
) -> None:
    async def die_and_take_over() -> None:
        dead = MongoStore(mongo_url, store.database.name)
        await dead.writers[0].start_transaction()
        await dead.database["rows"].update_one({"_id": "a"}, {"$set": {"n": 1}}, session=dead.writers[0])
        with pytest.raises(Conflict):
            await store.transact([Change("rows", "a", {}, {"n": 2})])
        await store.end_sessions(dead.sessions())
        await store.transact([Change("rows", "a", {}, {"n": 2})])
        await dead.close()

    run(die_and_take_over())
    assert run(_row(store))["n"] == 2


def test_a_process_that_was_wrongly_taken_for_dead_goes_on(mongo_url: str, store: MongoStore, run: Run) -> None:
    async def end_and_go_on() -> None:
        await store.transact([Change("rows", "a", {}, {"n": 1})])
        await store.end_sessions(store.sessions())
        await store.transact([Change("rows", "a", {}, {"n": 2})])

    run(end_and_go_on())
    assert run(_row(store))["n"] == 2


def test_an_id_that_was_reserved_is_not_free_for_who_has_begun_before(store: MongoStore, run: Run) -> None:
    async def begin_and_be_overtaken() -> None:
        session = store.client.start_session()
        await session.start_transaction()
        await store.database["rows"].find_one({"_id": "a"}, session=session)
        await store.transact([Reserve("rows", "b"), Put("rows", {"_id": "c"})])
        with pytest.raises(OperationFailure, match="WriteConflict"):
            await store.database["rows"].insert_one({"_id": "b"}, session=session)
        await session.end_session()

    run(begin_and_be_overtaken())
    assert run(store.count("rows", {})) == 2


NOWHERE = "mongodb://127.0.0.1:1/?replicaSet=none"

OPERATIONS: dict[str, Callable[[Store], Coroutine[Any, Any, object]]] = {
    "get": lambda store: store.get("rows", ["a"]),
    "find": lambda store: store.find("rows", {}),
    "count": lambda store: store.count("rows", {}),
    "transact": lambda store: store.transact([Put("rows", {"_id": "a"})]),
    "lease": lambda store: store.lease("rows", "a", "ann", 1),
    "renew": lambda store: store.renew("rows", ["a"], "ann", 1),
    "now": lambda store: store.now(),
    "end_sessions": lambda store: store.end_sessions([bytes(16)]),
    "prepare": lambda store: store.prepare({"rows": ()}),
    "verify": lambda store: store.verify({"rows": ()}),
}


def test_a_database_that_cannot_be_reached_is_unavailable_in_the_end(run: Run) -> None:
    async def all_at_once() -> dict[str, type]:
        store = MongoStore(NOWHERE, "none", timeout=0.2)
        found = await asyncio.gather(*(one(store) for one in OPERATIONS.values()), return_exceptions=True)
        await store.close()
        return {name: type(error) for name, error in zip(OPERATIONS, found, strict=True)}

    assert run(all_at_once()) == dict.fromkeys(OPERATIONS, Unavailable)


def test_a_commit_whose_answer_was_lost_is_repeated(mongo_url: str, store: MongoStore, run: Run) -> None:
    async def commit() -> int:
        async with Proxy(urlsplit(mongo_url).netloc, b"commitTransaction", cut=True) as proxy:
            cut = MongoStore(proxy.url, store.database.name)
            await cut.transact([Change("rows", "a", {}, add={"n": 1})])
            await cut.close()
            return proxy.triggered

    assert run(commit()) > 1
    assert run(_row(store))["n"] == 1


def test_a_commit_without_an_answer_in_time_has_an_unknown_outcome(mongo_url: str, store: MongoStore, run: Run) -> None:
    async def commit() -> None:
        async with Proxy(urlsplit(mongo_url).netloc, b"commitTransaction", cut=False) as proxy:
            silent = MongoStore(proxy.url, store.database.name, timeout=1)
            with pytest.raises(UnknownOutcome):
                await silent.transact([Change("rows", "a", {}, add={"n": 1})])
            await silent.close()

    run(commit())
    assert run(_row(store))["n"] == 1


def test_a_write_without_an_answer_in_time_has_not_taken_place(mongo_url: str, store: MongoStore, run: Run) -> None:
    async def write() -> None:
        async with Proxy(urlsplit(mongo_url).netloc, b"startTransaction", cut=False) as proxy:
            silent = MongoStore(proxy.url, store.database.name, timeout=1)
            with pytest.raises(Unavailable):
                await silent.transact([Change("rows", "a", {}, add={"n": 1})])
            await store.end_sessions(silent.sessions())
            await silent.close()

    run(write())
    run(store.transact([Change("rows", "a", {"n": 0}, add={"n": 2})]))


def test_whoever_has_no_patience_is_told_before_the_store_gives_up(run: Run, mongo_url: str) -> None:
    async def story() -> float:
        async with Proxy(urlsplit(mongo_url).netloc, b"findAndModify", cut=False) as proxy:
            store = MongoStore(proxy.url, "patience", timeout=30.0, writers=1)
            await store.get("rows", ["a"])
            loop = asyncio.get_running_loop()
            began, patience = loop.time(), PATIENCE.set(0.3)
            with pytest.raises(Unavailable):
                await store.lease("rows", "a", "ann", 1)  # from here on, nothing comes back
            for ask in (store.get("rows", ["a"]), store.find("rows", {}), store.transact([Put("rows", {"_id": "a"})])):
                with pytest.raises(Unavailable):
                    await ask
            PATIENCE.reset(patience)
            await store.close()
            return loop.time() - began

    assert run(story()) < 25  # the store itself would wait for half a minute


INDEXES = (Index(("shard", "_id"), only="unpublished"), Index(("expires",), expires=True), Index(("a", "state.b")))


def test_every_index_that_is_missing_is_named(store: MongoStore, run: Run) -> None:
    assert run(store.verify({"rows": INDEXES})) == [
        "collection rows has no index on shard, _id where unpublished",
        "collection rows has no index on expires that expires",
        "collection rows has no index on a, state.b",
    ]
    run(store.prepare({"rows": INDEXES[:2]}))
    assert run(store.verify({"rows": INDEXES})) == ["collection rows has no index on a, state.b"]


def test_an_index_with_other_options_stands_in_the_way(store: MongoStore, run: Run) -> None:
    run(store.prepare({"rows": (Index(("expires",)),)}))
    wanted = {"rows": (Index(("expires",), expires=True),)}
    assert run(store.verify(wanted)) == ["collection rows has no index on expires that expires"]
    with pytest.raises(StoreError, match="another index on expires that expires: drop it"):
        run(store.prepare(wanted))


def test_processes_may_prepare_at_the_same_time(mongo_url: str, store: MongoStore, run: Run) -> None:
    async def prepare() -> None:
        others = [MongoStore(mongo_url, store.database.name) for _ in range(5)]
        wanted = {f"new{n}": INDEXES for n in range(5)}
        await asyncio.gather(*(other.prepare(wanted) for other in others))
        assert await store.verify(wanted) == []
        for other in others:
            await other.close()

    run(prepare())


def test_a_driver_that_does_not_end_holds_no_process_up(
    mongo_url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def close_though_the_driver_goes_on() -> None:
        made = MongoStore(mongo_url, "unused")
        close = made.client.close
        monkeypatch.setattr(made.client, "close", asyncio.Event().wait)
        async with asyncio.timeout(60):
            await made.close()
        await close()

    run(close_though_the_driver_goes_on())
