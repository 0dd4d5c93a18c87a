"""One request tells how a service is, whatever else is away."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic

from shared.clock import system_clock
from shared.engine.batch import outbox
from shared.engine.deferred import effects, timers
from shared.engine.failures import lanes
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.failures.lanes import Lane
from shared.engine.memory.bus import MemoryBus
from shared.engine.ports.bus import Partition
from shared.engine.ports.store import Document, Insert, Put, Unavailable
from shared.engine.process.samples import Sampling
from shared.ids import microseconds
from tests.shared.engine.shop import noting, service
from tests.shared.web.admin.operating import Operating, operating
from tests.waiting import eventually

shop = service(noting())


class Away(MemoryBus):
    """A broker that does not answer: at once, or never."""

    def __init__(self, silent: bool) -> None:
        super().__init__()
        self.silent = silent

    async def lag(self, group: str, topics: Sequence[str]) -> dict[Partition, tuple[int, int]]:  # noqa: ARG002
        """See `Bus.lag`."""
        if self.silent:
            await asyncio.sleep(60)
        raise ConnectionError("no broker answers")


def status(api: Operating) -> Document:
    answer = api.get("/v1/admin/status")
    assert answer.status_code == 200
    found: Document = answer.json()
    return found


def test_a_service_with_nothing_to_do_says_so() -> None:
    with operating(shop) as api:
        shown = status(api)
    assert datetime.fromisoformat(shown.pop("at")).tzinfo == UTC
    assert {partition["lag"] for partition in shown["lag"].pop("partitions")} == {0}
    assert shown == {
        "service": "shop",
        "cell": "local",
        "version": "0.1.0",
        "database": "ok",
        "broker": "ok",
        "replicas": [],
        "lag": {"total": 0, "seconds": None},
        "outbox": {"chunks": 0, "oldest_seconds": None},
        "timers": {"planned": 0, "due": 0, "oldest_due_seconds": None},
        "effects": {"waiting": 0, "failing": 0},
        "lanes": {"parked": 0, "messages": 0},
        "dead_letters": 0,
        "gaps": [],
    }


def test_what_waits_is_counted_with_the_age_of_the_oldest() -> None:
    now = system_clock()
    ago = microseconds(now - timedelta(seconds=30)) << outbox.SALT_BITS
    with operating(shop) as api:
        api.given(
            Insert(outbox.COLLECTION, {"_id": ago, "shard": 1, "unpublished": True, "events": []}),
            Insert(outbox.COLLECTION, {"_id": ago - 5, "shard": 1, "position": 1, "events": []}),
            Insert(timers.COLLECTION, {"_id": "acme/a", "shard": 0, "due": now - timedelta(seconds=20)}),
            Insert(timers.COLLECTION, {"_id": "acme/b", "shard": 1, "due": now + timedelta(days=1)}),
            Insert(effects.COLLECTION, {"_id": "acme/a", "shard": 0, "attempts": 1}),
            Insert(effects.COLLECTION, {"_id": "acme/b", "shard": 0, "attempts": 3}),
            Insert(Lane.collection, {"_id": "acme/note/t1"}),
            *(Insert(lanes.ROWS, {"_id": f"acme/note/t1#{number}"}) for number in range(3)),
            Insert(DeadLetter.collection, {"_id": "acme/d1", "version": 1}),
        )
        shown = status(api)
    assert (shown["outbox"].pop("chunks"), shown["timers"].pop("planned"), shown["timers"].pop("due")) == (1, 2, 1)
    assert 30 <= shown["outbox"]["oldest_seconds"] < 60
    assert 20 <= shown["timers"]["oldest_due_seconds"] < 50
    assert shown["effects"] == {"waiting": 2, "failing": 1}
    assert shown["lanes"] == {"parked": 1, "messages": 3}
    assert shown["dead_letters"] == 1


def test_lag_is_told_by_partition() -> None:
    with operating(shop) as api:
        assert isinstance(api.engine.bus, MemoryBus)
        for number in range(5):
            api.engine.bus.append("local.shop", b"\x03", b"%d" % number, [])
        lag = status(api)["lag"]
    assert lag["total"] == 5
    assert {"topic": "local.shop", "partition": 3, "committed": 0, "end": 5, "lag": 5} in lag["partitions"]


def test_every_replica_is_shown_until_it_stops_or_is_not_seen_for_a_while() -> None:
    with operating(shop) as api:
        now = system_clock()
        sampling = Sampling(api.engine, "all")
        api.runner.run(sampling.look())
        row = api.runner.run(api.store.get("replicas", ["one"]))["one"]
        gone = row | {"_id": "gone", "gone_at": now - timedelta(seconds=1)}
        api.given(Put("replicas", row | {"_id": "two", "role": "api"}), Put("replicas", gone))
        assert [(replica["name"], replica["role"]) for replica in status(api)["replicas"]] == [
            ("one", "all"),
            ("two", "api"),
        ]

        async def come_and_go() -> None:
            running = asyncio.ensure_future(sampling.run())
            await eventually(lambda: len(sampling.looks) > 1)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

        api.runner.run(come_and_go())
        assert [replica["name"] for replica in status(api)["replicas"]] == ["two"]


def test_a_broker_that_is_away_is_a_sentence_and_the_rest_is_told() -> None:
    for silent in (False, True):
        with operating(shop, bus=Away(silent)) as api:
            began = monotonic()
            shown = status(api)
            assert monotonic() - began < 30  # and not the minute of those that say nothing
        assert shown["broker"].startswith("The broker does not answer: look at ITHACA_KAFKA_BOOTSTRAP")
        assert (shown["lag"], shown["database"], shown["dead_letters"]) == (None, "ok", 0)


def test_a_topic_that_is_missing_is_a_sentence() -> None:
    with operating(shop) as api:
        assert isinstance(api.engine.bus, MemoryBus)
        api.engine.bus.topics.clear()
        shown = status(api)
    assert "migrate" in shown["broker"]
    assert shown["lag"] is None


def test_a_database_that_is_away_is_a_sentence() -> None:
    with operating(shop) as api:
        find = api.store.find

        async def away(*_: object, **__: object) -> list[Document]:
            raise Unavailable("gone")

        api.store.find = away  # type: ignore[method-assign]
        shown = status(api)
        api.store.find = find  # type: ignore[method-assign]
    assert shown["database"].startswith("The database does not answer: look at ITHACA_MONGO_URL")
    assert (shown["broker"], shown["replicas"]) == ("ok", [])
