"""The journal is read in order, each event once, from any place in it and from any time."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.engine.batch import outbox
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Document, Insert
from shared.engine.publishing import history
from shared.engine.publishing.history import Found, History, JournalCursor, Wanted, first_id, moment_of
from shared.ids import microseconds, uuid7
from tests.examples import examples
from tests.shared.engine.shop import START, virtual

SHARDS = 3


class Told:
    """A journal that is written by hand: chunks at seconds after the start."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.history = History(self.store, SHARDS)
        self.positions = dict.fromkeys(range(SHARDS), 0)
        self.names: list[str] = []

    async def chunk(self, seconds: float, *names: str, shard: int = 0, **more: str) -> None:
        """One that is published now, with these events."""
        self.positions[shard] += 1
        self.names.extend(names)
        id = first_id(START + timedelta(seconds=seconds)) + sum(self.positions.values())
        events = [event(id, name, **more) for name in names]
        row = {"_id": id, "shard": shard, "position": self.positions[shard], "events": events}
        await self.store.transact([Insert(outbox.COLLECTION, row)])

    async def pages(self, cursor: JournalCursor, wanted: Wanted, limit: int) -> tuple[list[str], JournalCursor]:
        """All that there is from a place on, page by page."""
        names = list[str]()
        while True:
            found = await self.history.read(cursor, wanted, limit)
            names.extend(names_of(found))
            assert len(found.events) <= limit
            cursor = found.next
            if not found.more:
                return names, cursor


def event(id: int, name: str, **more: str) -> Document:
    row = {
        "id": uuid7(id >> outbox.SALT_BITS, hash(name) & 0xFFFF),
        "tenant": "acme",
        "type": "ithaca.shop.Sold.v1",
        "correlationid": "c1",
        "name": name,
        "data": b"{}",
    }
    return row | more


def names_of(found: Found) -> list[str]:
    return [row["name"] for row in found.events]


def begin() -> JournalCursor:
    return dict.fromkeys(range(SHARDS), (0, 0))


@virtual
async def test_chunks_of_all_shards_come_in_order_of_time() -> None:
    told = Told()
    await told.chunk(1, "a", "b")
    await told.chunk(3, "e", shard=1)
    await told.chunk(2, "c", "d", shard=2)
    await told.chunk(4, "f")
    found = await told.history.read(begin(), Wanted(), 100)
    assert (names_of(found), found.more) == (["a", "b", "c", "d", "e", "f"], False)
    assert found.next == await told.history.end() == {0: (2, 0), 1: (1, 0), 2: (1, 0)}


@virtual
async def test_a_page_may_end_within_a_chunk() -> None:
    told = Told()
    await told.chunk(1, "a", "b", "c")
    first = await told.history.read(begin(), Wanted(), 2)
    assert (names_of(first), first.next[0], first.more) == (["a", "b"], (0, 2), True)
    second = await told.history.read(first.next, Wanted(), 2)
    assert (names_of(second), second.next[0], second.more) == (["c"], (1, 0), False)


@examples(60)
@given(
    chunks=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(1, 4)), max_size=40),
    limit=st.integers(1, 7),
    cut=st.integers(0, 40),
)
def test_whoever_follows_gets_each_event_once_and_those_of_a_shard_in_order(
    chunks: Sequence[tuple[int, int, int]], limit: int, cut: int
) -> None:
    @virtual
    async def follow() -> None:
        told, got = Told(), list[str]()
        for number, (shard, seconds, count) in enumerate(chunks[:cut]):
            await told.chunk(seconds, *(f"{shard}.{number}.{part}" for part in range(count)), shard=shard)
        names, cursor = await told.pages(begin(), Wanted(), limit)
        got.extend(names)
        for number, (shard, seconds, count) in enumerate(chunks[cut:], cut):
            await told.chunk(seconds, *(f"{shard}.{number}.{part}" for part in range(count)), shard=shard)
        got.extend((await told.pages(cursor, Wanted(), limit))[0])
        assert sorted(got) == sorted(told.names)
        for shard in range(SHARDS):
            numbers = [tuple(map(int, name.split("."))) for name in got if name.startswith(f"{shard}.")]
            assert all(one < other for one, other in pairwise(numbers))

    follow()


@virtual
async def test_only_what_was_stored_in_the_time_that_is_asked_for_comes() -> None:
    told = Told()
    for seconds in range(0, 100, 10):
        await told.chunk(seconds, str(seconds), shard=seconds // 10 % SHARDS)
    wanted = Wanted(since=START + timedelta(seconds=30), until=START + timedelta(seconds=60))
    cursor = await told.history.start(START + timedelta(seconds=30))
    found = await told.history.read(cursor, wanted, 100)
    assert (names_of(found), found.more) == (["30", "40", "50"], False)


@virtual
async def test_what_was_published_late_is_not_missed() -> None:
    told = Told()
    await told.chunk(20, "before")
    await told.chunk(31, "early")
    await told.chunk(30, "late")
    since = START + timedelta(seconds=30)
    found = await told.history.read(await told.history.start(since), Wanted(since=since), 100)
    assert sorted(names_of(found)) == ["early", "late"]


@virtual
async def test_behind_the_end_of_what_is_asked_for_nothing_is_read() -> None:
    told = Told()
    for seconds in range(0, 1000, 10):
        await told.chunk(seconds, str(seconds))
    found = await told.history.read(begin(), Wanted(until=START + timedelta(seconds=15)), 100)
    assert names_of(found) == ["0", "10"]
    assert found.next[0][0] < 5


@virtual
async def test_the_latest_are_those_at_the_end_in_order() -> None:
    told = Told()
    for seconds in range(30):
        await told.chunk(seconds, f"{seconds}a", f"{seconds}b", shard=seconds % SHARDS)
    found = await told.history.last(Wanted(), 3)
    assert (names_of(found), found.next) == (["28b", "29a", "29b"], await told.history.end())
    assert names_of(await told.history.last(Wanted(type="Bought"), 3)) == []


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        ("ithaca.shop.Sold.v1", ["sold"]),
        ("Sold", ["sold"]),
        ("So*", ["sold"]),
        ("ithaca.shop.*", ["sold", "returned"]),
        ("sold", []),
        ("*", ["sold", "returned"]),
        ("", ["sold", "returned"]),
    ],
)
def test_a_type_is_asked_for_whole_or_by_its_name_or_by_how_it_begins(type: str, expected: list[str]) -> None:
    @virtual
    async def ask() -> None:
        told = Told()
        await told.chunk(1, "sold")
        await told.chunk(2, "returned", type="ithaca.shop.Returned.v2")
        found = await told.history.read(begin(), Wanted(type=type), 100)
        assert names_of(found) == expected

    ask()


@virtual
async def test_tenants_and_correlations_are_told_apart() -> None:
    told = Told()
    await told.chunk(1, "ours")
    await told.chunk(2, "theirs", tenant="beta")
    await told.chunk(3, "other", correlationid="c2")
    assert names_of(await told.history.read(begin(), Wanted(tenant="beta"), 9)) == ["theirs"]
    assert names_of(await told.history.last(Wanted(tenant="acme", correlation="c1"), 9)) == ["ours"]
    assert names_of(await told.history.last(Wanted(tenant="nobody"), 9)) == []


@virtual
async def test_an_event_is_found_by_its_id_alone() -> None:
    told = Told()
    for seconds in range(20):
        await told.chunk(seconds, str(seconds), shard=seconds % SHARDS)
    (seventh,) = [row for row in (await told.history.read(begin(), Wanted(), 99)).events if row["name"] == "7"]
    assert names_of(await told.history.one(seventh["id"])) == ["7"]
    assert names_of(await told.history.one(uuid7(microseconds(START), 1))) == []
    assert names_of(await told.history.one("not-an-id")) == []


@virtual
async def test_a_page_looks_at_no_more_than_so_many_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_CHUNKS", 10)
    told = Told()
    for seconds in range(25):
        await told.chunk(seconds, str(seconds), shard=seconds % SHARDS)
    found = await told.history.read(begin(), Wanted(type="Bought"), 5)
    assert (found.events, found.more) == ([], True)
    assert sum(position for position, _ in found.next.values()) == 10
    assert names_of(await told.history.last(Wanted(), 50)) == [str(number) for number in range(15, 25)]


@virtual
async def test_a_page_holds_no_more_than_so_many_bytes_but_always_one_event() -> None:
    told = Told()
    for seconds in range(4):
        await told.chunk(seconds, str(seconds))
    rows = await told.store.find(outbox.COLLECTION, {})
    for row in rows:
        row["events"][0]["data"] = b"x" * (history.MOST_BYTES // 2 + 1)
    told.store.collections.clear()
    await told.store.transact([Insert(outbox.COLLECTION, row) for row in rows])
    found = await told.history.read(begin(), Wanted(), 100)
    assert (names_of(found), found.more) == (["0", "1"], True)


def test_an_id_tells_its_moment_to_the_microsecond() -> None:
    for more in (0, 1, 7, 333, 999):
        moment = START + timedelta(microseconds=more)
        assert moment_of(uuid7(microseconds(moment), 5)) == moment
    assert moment_of("ffffffff-ffff-7fff-bfff-ffffffffffff") is None
    assert moment_of("6fa459ea-ee8a-4ca4-894e-db77e160355e") is None
