"""What is due of one tenant, or of one kind, does not hold up what is due of others.

Without `Ring` the small ones are found when the large one's backlog is done; without the half in `Room` they find no
place.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from shared.engine.coordination.database_time import DatabaseTime
from shared.engine.coordination.due import Due
from shared.engine.coordination.leases import Leases
from shared.engine.coordination.tenants import Limit, Tenants
from shared.engine.coordination.turns import Agenda, Group, Ring, Room
from shared.engine.deferred import effects, timers
from shared.engine.failures import lanes
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Delete, Document, Insert
from tests.shared.engine.shop import START, virtual

SLOW, SHARDS = 90.0, 4

AGENDAS = pytest.mark.parametrize("agenda", [timers.AGENDA, effects.AGENDA, lanes.AGENDA], ids=lambda a: a.collection)


class Desk:
    """Acts on rows: those of `slow` groups take long, others no time. `begun` and `done` have the seconds."""

    def __init__(self, agenda: Agenda = effects.AGENDA, tenants: Tenants | None = None) -> None:
        self.agenda = agenda
        self.store = MemoryStore()
        self.leases = Leases(self.store, "me", SHARDS, 10.0, DatabaseTime(self.store, self.store.time))
        self.slow: set[Group] = set()
        self.broken: set[Group] = set()
        self.begun: dict[str, float] = {}
        self.under_way: Counter[Group] = Counter()
        self.due = Due(self.store, self.leases, self.now, 1.0, agenda, self.act, tenants)

    @staticmethod
    def now() -> datetime:
        return START + timedelta(seconds=asyncio.get_running_loop().time())

    async def act(self, row: Document) -> None:
        group = self.agenda.group(row)
        self.begun.setdefault(row["_id"], asyncio.get_running_loop().time())
        self.under_way[group] += 1
        await asyncio.sleep(SLOW if group in self.slow else 0)
        self.under_way[group] -= 1
        if group in self.broken:
            raise RuntimeError("it cannot be done")
        await self.store.transact([Delete(self.agenda.collection, row["_id"])])

    async def given(self, tenant: str, kind: str, count: int = 1, late: float = 0.0) -> None:
        """So many rows of a tenant and a kind, due since the start, or so many seconds later."""
        await self.store.transact([self._row(tenant, kind, number, late) for number in range(count)])

    def _row(self, tenant: str, kind: str, number: int, late: float) -> Insert:
        row: Document = {"_id": f"{tenant}/{kind}/{number:05}", "tenant": tenant}
        fields = {self.agenda.shard: number % SHARDS, self.agenda.kind: kind}
        fields[self.agenda.due] = START + timedelta(seconds=late, milliseconds=number)
        for path, value in fields.items():
            *outer, last = path.split(".")
            (row.setdefault(outer[0], {}) if outer else row)[last] = value
        return Insert(self.agenda.collection, row)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        parts = [asyncio.ensure_future(self.leases.run()), asyncio.ensure_future(self.due.run())]
        try:
            yield
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)


@AGENDAS
def test_a_thousand_slow_rows_of_one_tenant_do_not_hold_up_one_of_another(agenda: Agenda) -> None:
    @virtual
    async def story() -> None:
        desk = Desk(agenda)
        desk.slow = {Group("big", "slow")}
        await desk.given("big", "slow", 1000)
        await desk.given("small", "quick", late=2)
        async with desk.working():
            await asyncio.sleep(5)
        assert desk.begun["small/quick/00000"] <= 3

    story()


@pytest.mark.long
@virtual
async def test_whatever_comes_later_finds_a_place_though_many_groups_have_much_to_do() -> None:
    desk = Desk()
    desk.slow = {Group(f"big{number:02}", "slow") for number in range(20)}
    for group in desk.slow:
        await desk.given(group.tenant, "slow", 150)
    async with desk.working():
        await asyncio.sleep(3)
        counts = list(desk.under_way.values())
        await desk.given("aa", "quick", late=3)
        await desk.given("zz", "quick", late=3)
        await asyncio.sleep(2)
    assert len(counts) == 20
    assert min(counts) >= 5
    assert desk.begun["aa/quick/00000"] <= 4.1
    assert desk.begun["zz/quick/00000"] <= 4.1


@virtual
async def test_one_kind_of_a_tenant_does_not_hold_up_its_others() -> None:
    desk = Desk()
    desk.slow = {Group("big", "callback")}
    await desk.given("big", "callback", 1000)
    await desk.given("big", "mail", late=1)
    await desk.given("big", "a-mail", late=1)
    async with desk.working():
        await asyncio.sleep(4)
    assert desk.begun["big/mail/00000"] <= 2.1
    assert desk.begun["big/a-mail/00000"] <= 2.1


@virtual
async def test_a_tenant_alone_has_a_hundred_under_way() -> None:
    desk = Desk()
    desk.slow = {Group("big", "slow")}
    await desk.given("big", "slow", 500)
    async with desk.working():
        await asyncio.sleep(3)
        assert desk.under_way == {Group("big", "slow"): 100}


@virtual
async def test_what_always_fails_does_not_hold_up_what_does_not() -> None:
    desk = Desk()
    desk.broken = {Group("big", "broken")}
    await desk.given("big", "broken", 1000)
    await desk.given("big", "mail", late=1)
    await desk.given("small", "mail", late=1)
    async with desk.working():
        await asyncio.sleep(5)
        assert desk.due.room.known <= 120
    assert desk.begun["big/mail/00000"] <= 2.1
    assert desk.begun["small/mail/00000"] <= 2.1


@virtual
async def test_an_operator_s_limits_hold_at_once() -> None:
    tenants = Tenants()
    desk = Desk(tenants=tenants)
    desk.slow = {Group("capped", "slow"), Group("heavy", "slow")}
    tenants.limits = {"capped": Limit(running=3), "heavy": Limit(weight=3)}
    for group in desk.slow:
        await desk.given(group.tenant, "slow", 500)
    async with desk.working():
        await asyncio.sleep(3)
        assert desk.under_way[Group("capped", "slow")] == 3
        assert desk.under_way[Group("heavy", "slow")] > 150
        tenants.limits = {}
        await asyncio.sleep(1)
        assert desk.under_way[Group("capped", "slow")] > 3


@virtual
async def test_all_rows_are_done_though_they_are_more_than_are_read_at_a_time() -> None:
    desk = Desk()
    for tenant in ("one", "two", "three"):
        for kind in ("callback", "mail"):
            await desk.given(tenant, kind, 150)
    async with desk.working():
        await asyncio.sleep(60)
    assert len(desk.begun) == 900
    assert await desk.store.count(effects.COLLECTION, {}) == 0


@virtual
async def test_a_round_shows_some_rows_of_every_group() -> None:
    desk = Desk()
    for tenant, kind, count in (("a", "x", 1), ("b", "x", 30), ("b", "y", 2), ("b", "z", 30), ("c", "x", 3)):
        await desk.given(tenant, kind, count)
    ring, seen = Ring(desk.store, effects.AGENDA), Counter[Group]()
    for _ in range(20):
        seen.update(effects.AGENDA.group(row) for row in await ring.step({}, 10))
        if ring.is_at_start:
            break
    assert ring.is_at_start
    assert {f"{group.tenant}{group.kind}" for group in seen} == {"ax", "bx", "by", "bz", "cx"}
    assert seen[Group("b", "x")] < 30


def places(room: Room, group: Group) -> int:
    """How many places a group gets when it takes all that it can."""
    return sum(room.enter(f"{group}{number}", group) for number in range(room.at_once))


@pytest.mark.parametrize(("groups", "each"), [(1, 100), (2, 75), (10, 25)])
def test_groups_that_have_much_to_do_share_the_places_and_leave_some(groups: int, each: int) -> None:
    room = Room(300, Tenants())
    waiting = [(f"{tenant}-{number}", Group(str(tenant), "mail")) for number in range(300) for tenant in range(groups)]
    entered = Counter(group for id, group in waiting if room.enter(id, group))
    assert all(abs(count - each) <= 1 for count in entered.values())
    assert room.free >= 2 * each - 2


def test_a_place_that_is_given_back_is_free_and_a_row_has_one_place() -> None:
    room, group = Room(10, Tenants()), Group("acme", "mail")
    assert room.enter("a", group)
    assert not room.enter("a", group)
    room.leave("a")
    assert room.free == 10
    room.rest("a", group)
    assert not room.enter("a", group)
    room.wake("a")
    assert room.enter("a", group)
