"""Where reading begins in a partition is its receiver's decision, in memory and with Kafka."""

from collections.abc import Mapping

from shared.engine.ports.assignment import where_committed
from shared.engine.ports.bus import Extent, Partition, Topic
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.brokers import Broker, Receiving, Slow
from tests.waiting import eventually, until


class Deciding(Receiving):
    """Begins where a test says, and remembers what it was asked about."""

    def __init__(self, starts: Mapping[int, int] | None = None) -> None:
        super().__init__()
        self.decided = starts
        self.asked: list[dict[Partition, Extent]] = []

    async def starts(self, extents: Mapping[Partition, Extent]) -> Mapping[Partition, int]:
        self.asked.append(dict(extents))
        if self.decided is None:
            return where_committed(extents)
        return {one: self.decided[one[1]] for one in extents if one[1] in self.decided}


class SlowAndDeciding(Deciding, Slow):
    """Both."""

    def __init__(self) -> None:
        Deciding.__init__(self)
        Slow.__init__(self)


def test_reading_begins_where_the_receiver_says_whatever_was_committed(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        before, after = Receiving(), Deciding({0: 0, 1: 0, 2: 0})
        await broker.publish(30)
        first = await broker.consume(before)
        await eventually(lambda: len(before.records) == 30)
        await first.stop()
        await broker.consume(after)
        await eventually(lambda: len(after.records) == 30)
        assert {extent.committed for extent in after.asked[0].values()} == {
            extent.end for extent in after.asked[0].values()
        }

    run(consume())


def test_a_partition_for_which_nothing_is_decided_is_not_read_and_is_asked_about_again(
    broker: Broker, run: Run
) -> None:
    async def consume() -> None:
        deciding = Deciding({1: 0, 2: 0})
        await broker.publish(60)
        await broker.consume(deciding)
        await eventually(lambda: len(deciding.asked) >= 2)
        assert set(deciding.asked[-1]) == {(broker.topic, 0)}
        assert {record.partition for record in deciding.records} == {1, 2}
        deciding.decided = {0: 0}
        await eventually(lambda: len(deciding.records) == 60)

    run(consume())


def test_what_is_removed_before_it_was_read_is_asked_about(broker: Broker, run: Run) -> None:
    slow = SlowAndDeciding()

    async def consume() -> None:
        await broker.publish(1, keys=1)
        await broker.consume(slow, max_records=1)
        await eventually(lambda: slow.now == 1)
        await broker.publish(9, keys=1, start=1)
        (number,) = [number for (_, number), end in (await broker.bus.end([broker.topic])).items() if end]
        await broker.forget_before(8, number)
        slow.may_go_on.set()
        await eventually(lambda: bool(slow.records) and slow.records[-1].offset == 9)
        read = {record.offset for record in slow.records}
        asked = [extents[broker.topic, number] for extents in slow.asked if (broker.topic, number) in extents]
        assert read == set(range(10)) or asked[-1].beginning == 8

    run(consume())


def test_a_topic_that_is_made_anew_under_a_reader_is_asked_about_and_read_from_its_beginning(
    broker: Broker, run: Run
) -> None:
    deciding = Deciding()

    async def is_gone() -> bool:
        return not await broker.bus.found([broker.topic])

    async def has_new_ones() -> bool:
        return {record.value for record in deciding.records} == {b"%06d" % number for number in range(18)}

    async def consume() -> None:
        await broker.publish(6, keys=1)
        await broker.consume(deciding)
        await eventually(lambda: len(deciding.records) == 6)
        await broker.bus.remove([broker.topic])
        await until(is_gone)
        await broker.bus.prepare({broker.topic: Topic(broker.partitions)})
        await broker.publish(12, keys=1, start=6)
        await until(has_new_ones, 60)
        logs = {extent.log for extents in deciding.asked for extent in extents.values()}
        assert len(logs) == 2
        assert [record.offset for record in deciding.records][-12:] == list(range(12))

    run(consume())
