"""What a bus tells of partitions: where they begin and end, and how far a group has come, in memory and with Kafka."""

import pytest

from shared.engine.ports.bus import Extent, Topic
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.brokers import Broker, Receiving
from tests.waiting import eventually, until


def test_a_partition_that_nobody_has_read_has_its_records_and_no_position(broker: Broker, run: Run) -> None:
    run(broker.publish(10, keys=1))
    found = run(broker.bus.extents([broker.topic], "nobody"))
    assert len(found) == broker.partitions
    assert sorted(extent.unread for extent in found.values()) == [(0, 0), (0, 0), (0, 10)]
    assert {extent.committed for extent in found.values()} == {None}


def test_how_far_a_group_has_come_is_told_for_that_group_alone(broker: Broker, run: Run) -> None:
    receiving = Receiving()

    async def read() -> int:
        await broker.publish(10, keys=1)
        member = await broker.consume(receiving)
        await eventually(lambda: len(receiving.records) == 10)
        await member.stop()
        return receiving.records[0].partition

    number = run(read())
    assert run(broker.extent("group", number)).committed == 10
    assert run(broker.extent("another", number)).committed is None


def test_a_topic_that_does_not_exist_has_no_extents(broker: Broker, run: Run) -> None:
    with pytest.raises(LookupError, match=r"topics contract\.none do not exist"):
        run(broker.bus.extents([broker.topic, "contract.none"], "group"))


def test_what_is_removed_at_the_beginning_moves_it_and_nothing_else(broker: Broker, run: Run) -> None:
    run(broker.publish(10, keys=1))
    ends = run(broker.bus.end([broker.topic]))
    number = next(number for (_, number), end in ends.items() if end)
    before = run(broker.extent(partition=number))
    run(broker.forget_before(6, number))
    after = run(broker.extent(partition=number))
    assert after == Extent(before.log, 6, 10)
    assert run(broker.bus.end([broker.topic])) == ends


def test_what_a_group_has_not_read_before_it_was_removed_counts_as_unread(broker: Broker, run: Run) -> None:
    receiving = Receiving()

    async def read_some() -> int:
        member = await broker.consume(receiving)
        await broker.publish(4, keys=1)
        await eventually(lambda: len(receiving.records) == 4)
        await member.stop()
        await broker.publish(6, keys=1, start=4)
        return receiving.records[0].partition

    number = run(read_some())
    run(broker.forget_before(10, number))
    assert run(broker.bus.lag(f"{broker.topic}.group", [broker.topic]))[broker.topic, number] == (4, 10)


def test_a_topic_that_is_made_anew_is_told_from_the_one_before_and_groups_have_no_position_in_it(
    broker: Broker, run: Run
) -> None:
    receiving = Receiving()

    async def read() -> None:
        member = await broker.consume(receiving)
        await broker.publish(10, keys=1)
        await eventually(lambda: len(receiving.records) == 10)
        await member.stop()

    async def is_gone() -> bool:
        return not await broker.bus.found([broker.topic])

    run(read())
    number = receiving.records[0].partition
    before = run(broker.extent(partition=number))
    run(broker.bus.remove([broker.topic]))
    run(until(is_gone))
    run(broker.bus.prepare({broker.topic: Topic(broker.partitions)}))
    after = run(broker.extent(partition=number))
    assert (before.committed, after.committed, after.end) == (10, None, 0)
    assert before.log != after.log
    assert "" not in (before.log, after.log)
