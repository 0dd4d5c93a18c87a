"""What a group should have read and what is on the topic no more comes all the same, once and in order.

One line makes these fail: `find_start` in `partitions.py` returns `known` whatever the extent is.
"""

import asyncio
from copy import deepcopy

from shared.engine.consuming.partitions import row_id
from shared.engine.coordination import leases
from tests.shared.engine.market import GROUP, OFFICE, SHOP, TOPIC, Market
from tests.shared.engine.shop import virtual
from tests.waiting import until


@virtual
async def test_what_was_removed_before_it_was_read_comes_from_the_journal() -> None:
    market = Market()
    async with market.open(SHOP, OFFICE) as shop:
        await market.sell(shop, 1, 2, 3)
        await market.notes(1, 2, 3)
    await market.sold_alone(4, 5, 6, 7, 8)
    market.save_nothing()
    async with market.open(SHOP, OFFICE) as shop:
        await market.notes(*range(1, 9))
        await market.sell(shop, 9)
        await market.notes(*range(1, 10))
    row = await market.gap_is(state="done")
    assert (row["partitions"], row["error"]) == ({}, "")
    assert [topic for topic in market.bus.topics if ".replay." in topic] == []
    assert [id for id in market.stores["office"].collections[leases.COLLECTION] if ".replay." in str(id)] == []


@virtual
async def test_what_is_left_on_the_topic_comes_after_what_is_missing() -> None:
    market = Market()
    async with market.open(SHOP, OFFICE) as shop:
        await market.sell(shop, 1, 2, 3)
        await market.notes(1, 2, 3)
    await market.sold_alone(4, 5, 6, 7, 8)
    market.save_nothing(but=2)
    async with market.open(SHOP, OFFICE):
        await market.notes(*range(1, 9))


@virtual
async def test_what_was_on_a_topic_that_was_made_anew_comes_from_the_journal() -> None:
    market = Market()
    async with market.open(SHOP, OFFICE) as shop:
        await market.sell(shop, 1, 2, 3)
        await market.notes(1, 2, 3)
    await market.sold_alone(4, 5)
    await market.make_anew()
    await market.sold_alone(6, 7, 8, 9)  # so many that the place from before is within the new topic
    async with market.open(SHOP, OFFICE):
        await market.notes(*range(1, 10))


@virtual
async def test_a_topic_that_is_made_anew_under_a_running_reader_is_noticed() -> None:
    market = Market()
    async with market.open(SHOP, OFFICE) as shop:
        await market.sell(shop, 1, 2, 3)
        await market.notes(1, 2, 3)
        await market.make_anew()
        await market.sell(shop, 4, 5, 6, 7)
        await market.notes(*range(1, 8))


@virtual
async def test_what_is_removed_before_a_slow_reader_comes_there_is_not_passed_over() -> None:
    market = Market()
    async with market.open(SHOP, OFFICE) as shop:
        await market.sell(shop, 1)
        await market.notes(1)
        (log,) = [log for log in market.bus.topics[TOPIC] if log]
        log.beginning = log.end + 2  # two more came, and retention was faster than the reader
        log.clear()
        await market.sell(shop, 4)
        await asyncio.sleep(20)
        row = await market.gap_is(state="done")
        assert row["ended_at"] is not None
        await market.notes(1, 4)


@virtual
async def test_a_partition_that_ends_before_the_place_of_its_reader_is_read_anew() -> None:
    market = Market()
    async with market.open(SHOP, OFFICE) as shop:
        await market.sell(shop, 1, 2, 3)
        await market.notes(1, 2, 3)
    await market.sold_alone(4)
    for log in market.bus.topics[TOPIC]:
        log.remove_from(1)
    async with market.open(SHOP, OFFICE) as shop:
        await market.notes(1, 2, 3, 4)
        await market.sell(shop, 5)
        await market.notes(1, 2, 3, 4, 5)


@virtual
async def test_a_place_that_the_broker_has_forgotten_is_in_our_own_database() -> None:
    market = Market()
    async with market.open(SHOP, OFFICE) as shop:
        await market.sell(shop, 1, 2, 3)
        await market.notes(1, 2, 3)
    await market.sold_alone(4)
    market.bus.known[GROUP].committed.clear()
    market.save_nothing(but=1)
    async with market.open(OFFICE):
        await market.notes(1, 2, 3, 4)
    assert await market.gap() is None


@virtual
async def test_a_group_that_has_never_read_begins_at_the_beginning_wherever_that_is() -> None:
    market = Market()
    await market.sold_alone(1, 2, 3)
    market.save_nothing(but=2)
    async with market.open(OFFICE):
        await market.notes(2, 3)
    assert await market.gap() is None


@virtual
async def test_a_database_that_is_an_older_one_is_read_on_from_where_it_was() -> None:
    market = Market()
    async with market.open(SHOP, OFFICE) as shop:
        await market.sell(shop, 1, 2)
        await market.notes(1, 2)
        backup = deepcopy(market.stores["office"].collections)
        await market.sell(shop, 3, 4)
        await market.notes(1, 2, 3, 4)
    market.stores["office"].collections = backup
    async with market.open(SHOP, OFFICE, owner="b"):
        await market.notes(1, 2, 3, 4)


@virtual
async def test_a_place_is_written_down_when_a_partition_is_taken_while_it_moves_and_when_it_is_given_back() -> None:
    market = Market()

    async def places() -> list[int]:
        ids = [row_id((TOPIC, number)) for number in range(3)]
        return sorted(row["next"] for row in (await market.stores["office"].get(leases.COLLECTION, ids)).values())

    async def has_three() -> bool:
        return await market.noted() == [1, 2, 3]

    async with market.open(SHOP, OFFICE) as shop:
        await asyncio.sleep(1)
        assert await places() == [0, 0, 0]
        await market.sell(shop, 1, 2)
        await market.notes(1, 2)
        assert await places() == [0, 0, 2]
        await market.sell(shop, 3)
        await until(has_three)
    assert await places() == [0, 0, 3]
