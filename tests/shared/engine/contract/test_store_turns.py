"""What is due is found group by group, in memory and in MongoDB."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from shared.engine.coordination.turns import Group, Ring
from shared.engine.deferred import effects
from shared.engine.mongo.store import MongoStore
from shared.engine.ports.store import Insert, Store
from tests.shared.engine.conftest import Run

NOON = datetime(2027, 1, 4, 12, 0, tzinfo=UTC)
SHARDS = [0, 1, 2]
DUE = {"shard": {"$in": SHARDS}, "due": {"$lte": NOON}}
LARGE = 600


def given(store: Store, run: Run) -> None:
    """Much of one tenant, in two kinds, a row each of others around it, and rows that are not due."""
    run(store.prepare({effects.COLLECTION: effects.INDEXES}))
    groups = [("big", "callback", LARGE), ("big", "mail", LARGE), ("another", "mail", 1), ("small", "mail", 1)]
    rows = [(tenant, kind, number) for tenant, kind, count in groups for number in range(count)]
    later = [(f"later{number}", "mail", 99) for number in range(20)]
    writes = [_row(*row, NOON - timedelta(seconds=1)) for row in rows]
    run(store.transact([*writes, *(_row(*row, NOON + timedelta(hours=1)) for row in later)]))


def _row(tenant: str, kind: str, number: int, due: datetime) -> Insert:
    shard = SHARDS[number % len(SHARDS)]
    id = f"{tenant}/{kind}{number}"
    return Insert(effects.COLLECTION, {"_id": id, "tenant": tenant, "type": kind, "shard": shard, "due": due})


def test_a_round_sees_every_group_and_little_of_what_one_has(store: Store, run: Run) -> None:
    given(store, run)
    ring, seen, steps = Ring(store, effects.AGENDA), Counter[Group](), 0
    while steps == 0 or not ring.is_at_start:
        rows = run(ring.step(DUE, 50))
        seen.update(effects.AGENDA.group(row) for row in rows)
        steps += 1
    assert set(seen) == {
        Group("big", "callback"),
        Group("big", "mail"),
        Group("another", "mail"),
        Group("small", "mail"),
    }
    assert max(seen.values()) <= 100
    assert steps <= 6


def test_a_step_reads_no_more_of_the_database_than_it_shows(mongo_url: str, run: Run) -> None:
    store = MongoStore(mongo_url, "contract_turns")
    try:
        given(store, run)
        for place in (Group("another", None), Group("big", "callback"), Group("big", None)):
            assert _examined(store, run, place) <= 300
    finally:
        run(store.client.drop_database(store.database.name))
        run(store.close())


def _examined(store: MongoStore, run: Run, place: Group) -> int:
    """How many keys of indexes and documents the database looks at for a step."""
    run(store.database.command({"profile": 2}))
    ring = Ring(store, effects.AGENDA)
    ring.cursor = place
    run(ring.step(DUE, 50))
    run(store.database.command({"profile": 0}))
    found = run(store.majority["system.profile"].find({"op": "query"}).sort("ts", -1).limit(1).to_list())
    return int(found[0]["keysExamined"]) + int(found[0]["docsExamined"])
