"""Replicas share the shards fairly, nobody acts on a lease that may have run out, and a clean end is seen at once."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from shared.engine.coordination import leases as documents
from shared.engine.coordination.database_time import DatabaseTime
from shared.engine.coordination.leases import SEARCH_SECONDS, Leases
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Document, Id, Unavailable, Write
from tests.shared.engine.shop import virtual

SECONDS = 10.0


class Members(MemoryStore):
    """A database that knows who writes, ends sessions on request, and may be slow or away."""

    def __init__(self) -> None:
        super().__init__()
        self.writer = b"?"
        self.ended: list[bytes] = []
        self.delay = 0.0
        self.wrong = 0.0
        self.away = False
        self.writes = 0

    async def lease(self, collection: str, id: Id, owner: str, seconds: float) -> Document | None:
        """See `Store.lease`."""
        self._answer()
        found = await super().lease(collection, id, owner, seconds)
        await asyncio.sleep(self.delay)
        return found

    async def renew(self, collection: str, ids: Sequence[Id], owner: str, seconds: float) -> None:
        """See `Store.renew`."""
        self._answer()
        await super().renew(collection, ids, owner, seconds)
        await asyncio.sleep(self.delay)

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        self._answer()
        await super().transact(writes)

    def _answer(self) -> None:
        if self.away:
            raise Unavailable("gone")
        self.writes += 1

    def sessions(self) -> list[bytes]:
        """See `Store.sessions`."""
        return [self.writer]

    async def end_sessions(self, ids: Sequence[bytes]) -> None:
        """See `Store.end_sessions`."""
        self.ended.extend(ids)

    def machine(self) -> datetime:
        """The clock of a machine that is `wrong` by some seconds."""
        return self.time() + timedelta(seconds=self.wrong)


def members(store: Members, *owners: str, shards: int = 16) -> list[Leases]:
    return [Leases(store, owner, shards, SECONDS, DatabaseTime(store, store.machine)) for owner in owners]


async def rounds(count: int, *every: Leases) -> None:
    """So many rounds of all of them, as often as they take place."""
    for _ in range(count):
        for one in every:
            assert isinstance(one.store, Members)
            one.store.writer = one.owner.encode()
            await one.renew()
        await asyncio.sleep(SECONDS / 3)


def held(*every: Leases) -> list[int]:
    """Who has how many; no shard twice."""
    shards = [shard for one in every for shard in one.owned]
    assert len(shards) == len(set(shards))
    return [len(one.owned) for one in every]


@virtual
async def test_one_replica_has_all_shards_and_gives_newcomers_their_share() -> None:
    one, two, three = members(Members(), "a", "b", "c")
    await rounds(1, one)
    assert held(one) == [16]
    await rounds(3, one, two)
    assert held(one, two) == [8, 8]
    await rounds(4, one, two, three)
    assert sorted(held(one, two, three)) == [4, 6, 6]


@virtual
async def test_a_shard_that_stays_keeps_its_epoch() -> None:
    one, two = members(Members(), "a", "b")
    await rounds(1, one)
    before = {shard: lease.epoch for shard, lease in one.owned.items()}
    await rounds(3, one, two)
    assert all(lease.epoch == before[shard] for shard, lease in one.owned.items())
    assert all(lease.epoch > before[shard] for shard, lease in two.owned.items())


@virtual
async def test_what_a_dead_replica_had_is_taken_when_its_leases_have_run_out_and_its_sessions_are_ended() -> None:
    store = Members()
    one, two = members(store, "a", "b")
    await rounds(3, one, two)
    await rounds(2, two)
    assert (held(two), store.ended) == ([8], [])
    await rounds(2, two)
    assert held(two) == [16]
    assert store.ended == [b"a"]
    assert all(two.is_unclean(shard) for shard in one.owned)
    assert not any(two.is_unclean(shard) for shard in two.owned.keys() - one.owned.keys())
    await rounds(1 + int(3 * SEARCH_SECONDS / SECONDS), two)
    assert not any(two.is_unclean(shard) for shard in two.owned)


@virtual
async def test_of_a_dead_replica_nothing_is_left() -> None:
    store = Members()
    one, two = members(store, "a", "b")
    await rounds(3, one, two)
    await rounds(4, two)
    assert [row["_id"] for row in await store.find(documents.COLLECTION, {"kind": "member"})] == ["member/b"]


@virtual
async def test_a_replica_taken_for_dead_that_comes_back_is_one_again() -> None:
    store = Members()
    one, two = members(store, "a", "b")
    await rounds(3, one, two)
    await rounds(4, two)
    await rounds(4, one, two)
    assert sum(held(one, two)) == 16
    assert held(one, two) == [8, 8]


@virtual
async def test_a_clean_end_is_seen_at_once() -> None:
    store = Members()
    one, two = members(store, "a", "b")
    await rounds(3, one, two)
    await one.release()
    assert held(one) == [0]
    await two.renew()
    assert held(two) == [16]
    assert store.ended == []
    assert not any(two.is_unclean(shard) for shard in two.owned)


@virtual
async def test_nothing_is_safe_when_less_than_a_quarter_of_the_lease_is_left() -> None:
    (one,) = members(Members(), "a")
    await one.renew()
    await asyncio.sleep(SECONDS * 0.74)
    assert len(one.still_leased()) == 16
    await asyncio.sleep(SECONDS * 0.02)
    assert one.still_leased() == []


@virtual
async def test_a_slow_database_shortens_the_lease_and_does_not_lengthen_it() -> None:
    store = Members()
    (one,) = members(store, "a", shards=1)
    store.delay = SECONDS * 0.8
    await one.renew()
    assert (len(one.owned), one.still_leased()) == (1, [])


@virtual
async def test_while_the_database_is_away_leases_run_out_and_come_back_with_it() -> None:
    store = Members()
    (one,) = members(store, "a", shards=2)
    running = asyncio.create_task(one.run())
    await asyncio.sleep(1)
    store.away = True
    await asyncio.sleep(SECONDS)
    assert (len(one.owned), one.still_leased()) == (2, [])
    store.away = False
    await asyncio.sleep(SECONDS / 2)
    assert len(one.still_leased()) == 2
    running.cancel()


@virtual
async def test_a_lease_that_another_one_has_is_forgotten() -> None:
    store = Members()
    one, two = members(store, "a", "b", shards=1)
    await one.renew()
    await asyncio.sleep(SECONDS + 1)
    await two.renew()
    await one.renew()
    assert held(one, two) == [0, 1]


@virtual
async def test_two_processes_of_one_name_are_a_mistake() -> None:
    store = Members()
    (one,) = members(store, "a")
    await store.lease(documents.COLLECTION, "member/a", "another", SECONDS)
    with pytest.raises(AssertionError, match="nobody else uses this owner's name"):
        await one.renew()


@virtual
async def test_while_nothing_changes_a_round_is_one_write() -> None:
    store = Members()
    one, two = members(store, "a", "b")
    await rounds(4, one, two)
    store.writes = 0
    await rounds(5, one, two)
    assert store.writes == 10
    assert held(one, two) == [8, 8]
    await asyncio.sleep(SECONDS * 0.4)
    assert len(one.still_leased()) == 8


@virtual
async def test_a_shard_that_was_lost_to_nobody_is_taken_again() -> None:
    (one,) = members(Members(), "a", shards=2)
    await one.renew()
    one.lose(1)
    await one.renew()
    assert held(one) == [2]


@virtual
async def test_a_replica_whose_clock_is_wrong_gives_its_shards_to_the_others_until_it_is_right_again() -> None:
    store = Members()
    one, two = members(store, "a", "b")
    await rounds(3, one, two)
    store.wrong = 86_400.0  # of both: the machine is the same one
    assert one.still_leased() == []
    await one.renew()
    assert held(one) == [0]
    store.wrong = 0.0
    await two.renew()
    assert held(two) == [16]
    assert store.ended == []
    await rounds(4, one, two)
    assert held(one, two) == [8, 8]


@virtual
async def test_what_a_replica_with_a_wrong_clock_does_not_take_the_others_do_not_wait_for() -> None:
    store = Members()
    store.wrong = 6.0
    (one,) = members(store, "a")
    await rounds(3, one)
    assert held(one) == [0]
    store.wrong = 0.0
    (two,) = members(store, "b")
    await rounds(1, two)
    assert held(two) == [16]


@virtual
async def test_who_has_slept_acts_on_no_lease_from_before() -> None:
    store = Members()
    (one,) = members(store, "a", shards=2)
    await one.renew()
    passed = store.clock
    store.clock = lambda: passed() + 3600.0  # the loop's time has stood still meanwhile
    await asyncio.sleep(1)
    await one.time.measure()
    assert one.time.is_right
    assert one.still_leased() == []
    await one.renew()
    assert sorted(one.still_leased()) == [0, 1]
