"""The repair of a gap ends whatever comes between, or says what it waits for."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from shared.contracts.clock import TOPIC as CLOCK
from shared.engine.consuming.gaps import closed
from shared.engine.memory.bus import MemoryBus
from shared.engine.ports.bus import Consumer, Subscriber
from tests.shared.engine.market import ARCHIVE, GROUP, OFFICE, SHOP, TOPIC, WATCHES, Market
from tests.shared.engine.shop import TENANT, TillSeen, virtual
from tests.waiting import until


@virtual
async def test_while_its_publisher_is_away_a_partition_stands_still_and_others_are_read() -> None:
    market = Market()
    async with market.open(SHOP, OFFICE) as shop:
        await market.sell(shop, 1)
        await market.sell(shop, 11, till="t2")
        await market.notes(1)
        await market.notes(11, till="t2")
    await market.sold_alone(2, 3)
    (number,) = [number for number, log in enumerate(market.bus.topics[TOPIC]) if len(log) == 3]
    market.bus.topics[TOPIC][number].remove_before(2)
    await market.sold_alone(4)
    await market.sold_alone(12, till="t2")
    async with market.open(OFFICE) as office:
        row = await market.gap_is(error="It waits for shop to publish again what is missing: does that service run?")
        assert list(row["partitions"]) == [str(number)]
        assert (row["partitions"][str(number)]["first"], row["partitions"][str(number)]["next"]) == (1, 2)
        await market.notes(11, 12, till="t2")
        assert await market.noted() == [1]
        lag = await market.bus.lag(GROUP, [TOPIC])
        assert lag[TOPIC, number] == (1, 4)
        assert (await office.following.behind([TOPIC])) == {(TOPIC, number): 4}
        async with market.open(SHOP):
            await market.notes(1, 2, 3, 4)


@pytest.mark.parametrize("moment", [0.05, 1.1, 2.0, 2.3, 2.6, 3.0, 4.0])
@virtual
async def test_whatever_moment_a_process_ends_at_the_next_one_goes_on_with_the_repair(moment: float) -> None:
    market = Market()
    async with market.open(SHOP, OFFICE) as shop:
        await market.sell(shop, 1, 2, 3)
        await market.notes(1, 2, 3)
    await market.sold_alone(*range(4, 40))
    market.save_nothing(but=1)
    async with market.open(SHOP, OFFICE):
        await asyncio.sleep(moment)
    async with market.open(SHOP, OFFICE, owner="b"):
        await market.notes(*range(1, 40))


@virtual
async def test_two_services_with_gaps_are_repaired_apart() -> None:
    market = Market()
    async with market.open(SHOP, OFFICE, ARCHIVE) as shop:
        await market.sell(shop, 1, 2)
        await market.notes(1, 2)
        await market.notes(1, 2, service="archive")
    await market.sold_alone(3, 4)
    market.save_nothing()
    async with market.open(SHOP, OFFICE, ARCHIVE):
        await market.notes(1, 2, 3, 4)
        await market.notes(1, 2, 3, 4, service="archive")


@virtual
async def test_what_is_removed_during_the_repair_is_asked_for_in_the_next_round() -> None:
    market = Market()
    async with market.open(SHOP, OFFICE) as shop:
        await market.sell(shop, 1)
        await market.notes(1)
    await market.sold_alone(2, 3)
    market.save_nothing()
    async with market.open(OFFICE):
        await market.gap_is(error="It waits for shop to publish again what is missing: does that service run?")
        async with market.open(SHOP) as shop:
            await market.sell(shop, 4, 5)
            await asyncio.sleep(0.5)
            market.save_nothing()
            await market.notes(1, 2, 3, 4, 5)


@virtual
async def test_states_are_shown_again_by_their_owner() -> None:
    market = Market()
    seen = f"{TENANT}/t1"

    async def shows(text: str) -> bool:
        found = await market.stores["office"].get(TillSeen.collection, [seen])
        return any(row["state"].get("text") == text for row in found.values())

    async with market.open(SHOP, WATCHES) as shop:
        await market.sell(shop, 1)
        await until(lambda: shows("1 sold"), 100)
    await market.sold_alone(2, 3)
    await market.make_anew("local.people")
    async with market.open(SHOP, WATCHES):
        await until(lambda: shows("3 sold"), 300)


@virtual
async def test_what_inboxes_have_forgotten_is_not_handled_again_and_waits_for_an_operator() -> None:
    market = Market()
    async with market.open(SHOP, OFFICE) as shop:
        await market.sell(shop, 1)
        await market.notes(1)
    market.shift += timedelta(days=31)
    await market.sold_alone(2)
    market.save_nothing()
    await market.sold_alone(3)
    async with market.open(SHOP, OFFICE) as shop:
        row = await market.gap_is(state="failed")
        assert "more than 30 days old" in row["error"]
        assert "`ithaca topics skip` goes on without it" in row["error"]
        assert await market.noted() == [1]
        numbers = map(int, row["partitions"])
        extents = await market.bus.extents([TOPIC], GROUP)
        await market.stores["office"].transact(closed(row, numbers, extents, market.now()))
        await market.notes(1, 3)
        await market.sell(shop, 4)
        await market.notes(1, 3, 4)


@virtual
async def test_what_is_in_no_journal_waits_for_an_operator() -> None:
    market = Market()
    topic = f"local.{CLOCK}"
    async with market.open(OFFICE):
        await asyncio.sleep(10)
    await market.make_anew(topic)
    async with market.open(OFFICE):

        async def failed() -> bool:
            row = await market.gap(topic=topic)
            return bool(row and row["state"] == "failed" and "in no journal" in row["error"])

        await until(failed, 300)


@pytest.mark.parametrize("count", [1, 3])
@virtual
async def test_members_of_a_group_repair_each_partition_once(count: int) -> None:
    market = Market()
    async with market.open(SHOP, OFFICE) as shop:
        for till in ("t1", "t2", "t3"):
            await market.sell(shop, 1, till=till)
            await market.notes(1, till=till)
    for till in ("t1", "t2", "t3"):
        await market.sold_alone(2, 3, till=till)
    market.save_nothing()
    async with AsyncExitStack() as stack:
        for number in range(count):
            await stack.enter_async_context(market.open(OFFICE, owner=f"office{number}"))
        await stack.enter_async_context(market.open(SHOP))
        for till in ("t1", "t2", "t3"):
            await market.notes(1, 2, 3, till=till)


class Fickle(MemoryBus):
    """A broker that fails a few times when a repair wants to read, or has lost by then what was published for it."""

    failures = 0
    forgets = False

    async def consume(self, topics: Sequence[str], group: str, subscriber: Subscriber, max_records: int) -> Consumer:
        """See `Bus.consume`."""
        if ".replay." in topics[0] and self.failures:
            self.failures -= 1
            raise ConnectionError("the broker is away")
        if ".replay." in topics[0] and self.forgets:
            self.forgets = False
            for log in self.topics[topics[0]]:
                log.remove_before(log.end)
        return await super().consume(topics, group, subscriber, max_records)


@pytest.mark.parametrize(("failures", "forgets"), [(25, False), (0, True)])
@virtual
async def test_a_repair_goes_on_however_often_it_is_interrupted(failures: int, forgets: bool) -> None:
    market, bus = Market(), Fickle()
    market.bus = bus
    async with market.open(SHOP, OFFICE) as shop:
        await market.sell(shop, 1)
        await market.notes(1)
    await market.sold_alone(2, 3)
    market.save_nothing()
    bus.failures, bus.forgets = failures, forgets
    async with market.open(SHOP, OFFICE):
        await market.notes(1, 2, 3)
    assert (bus.failures, bus.forgets) == (0, False)
