"""How far groups are behind, who reads a topic, and topics that grow, in memory and on Kafka."""

import pytest

from shared.engine.ports.bus import CannotGrow, Publisher, Topic
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.brokers import Broker, Partly, Receiving
from tests.waiting import eventually, until


def behind(broker: Broker, run: Run, group: str = "group") -> int:
    lag = run(broker.bus.lag(f"{broker.topic}.{group}", [broker.topic]))
    assert len(lag) == broker.partitions
    return sum(end - committed for committed, end in lag.values())


def test_a_group_that_has_read_nothing_is_behind_by_all_there_is(broker: Broker, run: Run) -> None:
    assert behind(broker, run) == 0
    run(broker.publish(30))
    assert behind(broker, run) == 30


def test_a_group_is_behind_by_what_it_has_not_committed(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        partly = Partly(less=7)
        await broker.publish(30, keys=1)
        consumer = await broker.consume(partly)
        await eventually(lambda: sum(map(len, partly.batches)) == 30)
        await consumer.stop()

    run(consume())
    assert behind(broker, run) == 7


def test_the_groups_of_a_topic_are_those_that_read_it_or_have_read_it(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        other = await broker.new_topic()
        await broker.publish(10)
        gone, there, elsewhere = Receiving(), Receiving(), Receiving()
        consumer = await broker.consume(gone, group="gone")
        await broker.consume(there, group="there")
        await broker.consume(elsewhere, group="elsewhere", topics=[other])
        await eventually(lambda: len(gone.records) == len(there.records) == 10)
        await consumer.stop()
        groups = await broker.bus.groups(broker.topic)
        assert groups == [f"{broker.topic}.gone", f"{broker.topic}.there"]

    run(consume())


def test_the_members_of_a_group_are_those_who_are_in_it_now(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        group, receiving = f"{broker.topic}.group", Receiving()
        assert await broker.bus.members(group) == []
        consumer = await broker.consume(receiving)
        await eventually(lambda: bool(receiving.held))
        assert len(await broker.bus.members(group)) == 1
        await consumer.stop()

        async def is_empty() -> bool:
            return await broker.bus.members(group) == []

        await until(is_empty)

    run(consume())


def test_topics_are_found_as_they_are(broker: Broker, run: Run) -> None:
    people = f"{broker.topic}.people"
    broker.topics.append(people)
    run(broker.bus.prepare({people: Topic(2, compacted=True)}))
    found = run(broker.bus.found([broker.topic, people, f"{broker.topic}.missing"]))
    assert found == {broker.topic: Topic(3), people: Topic(2, compacted=True)}


def test_a_topic_grows_and_keeps_what_is_in_it(broker: Broker, run: Run) -> None:
    run(broker.publish(30))
    run(broker.bus.grow(broker.topic, 6))
    run(broker.bus.grow(broker.topic, 6))
    ends = run(broker.bus.end([broker.topic]))
    assert (len(ends), sum(ends.values())) == (6, 30)
    assert run(broker.bus.verify({broker.topic: Topic(3)})) == []


def test_a_topic_cannot_get_fewer_partitions(broker: Broker, run: Run) -> None:
    with pytest.raises(CannotGrow):
        run(broker.bus.grow(broker.topic, 2))
    assert len(run(broker.bus.end([broker.topic]))) == 3


def test_a_publisher_goes_on_with_the_partitions_that_it_knows_and_a_new_one_takes_all(
    broker: Broker, run: Run
) -> None:
    async def send(publisher: Publisher) -> int:
        before = await broker.bus.end([broker.topic])
        for number in range(60):
            await (await publisher.send(broker.topic, b"key %d" % number, b"x", []))
        after = await broker.bus.end([broker.topic])
        return sum(after[partition] > before[partition] for partition in after)

    async def grow() -> None:
        old = await broker.publisher()
        assert await send(old) == 3
        await broker.bus.grow(broker.topic, 6)
        assert await send(old) == 3
        assert await send(await broker.publisher()) == 6

    run(grow())


def test_a_group_gets_what_is_in_new_partitions_too(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        receiving = Receiving()
        await broker.consume(receiving)
        await broker.publish(30)
        await eventually(lambda: len(receiving.records) == 30)
        await broker.bus.grow(broker.topic, 6)
        await broker.publish(30)
        await eventually(lambda: len(receiving.records) == 60)
        assert len(receiving.held) == 6

    run(consume())
