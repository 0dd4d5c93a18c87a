"""What an organization has planned rests while it is suspended, holds nobody up, and happens afterwards."""

import asyncio
from datetime import timedelta
from random import Random

import pytest

from shared.engine.authoring.suspensions import Suspension
from shared.engine.coordination.tenants import Tenants
from shared.engine.coordination.turns import Agenda
from shared.engine.deferred import effects, timers
from shared.engine.execution.executor import Limits
from shared.engine.failures import lanes
from shared.engine.memory.bus import MemoryBus
from shared.engine.ports.store import Insert
from shared.engine.process.backlog import backlog
from shared.engine.process.engine import Engine, ProcessOptions
from tests.scenario import START, Scenario
from tests.shared.engine.coordination.test_turns import Desk
from tests.shared.engine.shop import virtual
from tests.shared.web.test_revocations import shop


def suspended(*names: str) -> Tenants:
    tenants = Tenants()
    tenants.suspended = frozenset(names)
    return tenants


@virtual
async def test_timers_rest_until_the_organization_goes_on_and_then_all_of_them_come() -> None:
    tenants = suspended("resting")
    desk = Desk(timers.AGENDA, tenants)
    await desk.given("resting", "remind", 3)
    async with desk.working():
        await asyncio.sleep(30)
        assert desk.begun == {}
        tenants.suspended = frozenset()
        await asyncio.sleep(2)
    assert sorted(desk.begun) == [f"resting/remind/{number:05}" for number in range(3)]


@pytest.mark.parametrize("count", [50, 3000])
def test_whatever_rests_of_one_organization_timers_of_others_come_in_time(count: int) -> None:
    @virtual
    async def story() -> None:
        desk = Desk(timers.AGENDA, suspended("a-resting"))
        await desk.given("a-resting", "remind", count)
        await desk.given("small", "remind", late=2)
        async with desk.working():
            await asyncio.sleep(4)
        assert list(desk.begun) == ["small/remind/00000"]
        assert desk.begun["small/remind/00000"] <= 2.1

    story()


@pytest.mark.parametrize("agenda", [effects.AGENDA, lanes.AGENDA], ids=lambda agenda: agenda.collection)
def test_what_is_under_way_goes_on_while_an_organization_is_suspended(agenda: Agenda) -> None:
    @virtual
    async def story() -> None:
        desk = Desk(agenda, suspended("resting"))
        await desk.given("resting", "compute")
        async with desk.working():
            await asyncio.sleep(3)
        assert list(desk.begun) == ["resting/compute/00000"]

    story()


def test_a_process_reads_which_organizations_are_suspended_and_counts_no_timer_of_theirs_as_late() -> None:
    scenario = Scenario(shop)
    store, late = scenario.store, scenario.now - timedelta(hours=1)
    rows = [{"_id": f"{name}/t", "tenant": name, "shard": 0, "type": "T", "due": late} for name in ("acme", "beta")]
    scenario.given(Suspension(id="acme", is_suspended=True), Suspension(id="other"))

    async def counted() -> tuple[frozenset[str], int, int]:
        await store.transact([Insert(timers.COLLECTION, row) for row in rows])
        engine = Engine(shop, store, MemoryBus(), lambda: START, Random(1), ProcessOptions("one"), Limits())
        await engine.read_tenants()
        found = await backlog(store, 16, lambda: START)
        return engine.tenants.suspended, found.timers_planned, found.timers_due

    assert scenario.loop.run_until_complete(counted()) == (frozenset({"acme"}), 2, 1)
