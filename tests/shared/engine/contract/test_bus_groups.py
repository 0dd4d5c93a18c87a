"""How members of a group share partitions and positions, in memory and with Kafka."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.engine.ports.assignment import Assignment
from shared.engine.ports.bus import Receiver, Record
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.brokers import Broker, Failing, Partly, Receiving, Slow
from tests.waiting import eventually, until


def test_at_most_so_many_records_come_at_once(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        receiving = Receiving()
        await broker.publish(100)
        await broker.consume(receiving, max_records=7)
        await eventually(lambda: len(receiving.records) == 100)
        assert max(map(len, receiving.batches)) <= 7

    run(consume())


def test_no_further_records_come_before_the_last_ones_are_handled(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        slow = Slow()
        await broker.consume(slow, max_records=5)
        await broker.publish(40)
        await eventually(lambda: slow.now == 1)
        slow.may_go_on.set()
        await eventually(lambda: len(slow.records) == 40)
        assert slow.most == 1

    run(consume())


def test_what_a_receiver_fails_on_comes_again_until_it_does_not(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        failing = Failing(failures=2)
        await broker.publish(30, keys=1)
        await broker.consume(failing, max_records=10)
        await eventually(lambda: len(failing.records) == 30)
        first, second, third = failing.attempts[:3]
        assert first == second == third
        assert [record.value for record in failing.records] == [b"%06d" % number for number in range(30)]

    run(consume())


def test_a_member_that_comes_back_goes_on_where_it_committed(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        before, after = Receiving(), Receiving()
        first = await broker.consume(before)
        await broker.publish(30)
        await eventually(lambda: len(before.records) == 30)
        await first.stop()
        await broker.publish(10, start=30)
        await broker.consume(after)
        await eventually(lambda: len(after.records) == 10)
        assert {record.value for record in after.records} == {b"%06d" % number for number in range(30, 40)}

    run(consume())


def test_what_was_not_committed_comes_again(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        before, after = Partly(less=30), Receiving()
        await broker.publish(30)
        first = await broker.consume(before)
        await eventually(lambda: len(before.records) == 30)
        await first.stop()
        await broker.consume(after)
        await eventually(lambda: len(after.records) == 30)

    run(consume())


def test_a_part_of_a_batch_can_be_committed(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        before, after = Partly(less=1), Receiving()
        await broker.publish(20, keys=1)
        first = await broker.consume(before)
        await eventually(lambda: len(before.records) == 20)
        await first.stop()
        await broker.consume(after)
        await eventually(lambda: len(after.records) >= 1)
        assert [record.value for record in after.records] == [before.batches[-1][-1].value]

    run(consume())


def test_every_group_gets_every_record(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        one, other = Receiving(), Receiving()
        await broker.consume(one, group="one")
        await broker.publish(30)
        await broker.consume(other, group="other")
        await eventually(lambda: len(one.records) == len(other.records) == 30)

    run(consume())


def test_the_members_of_a_group_share_its_partitions(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        ann, bob = Receiving("ann"), Receiving("bob")
        await broker.consume(ann)
        await eventually(lambda: len(ann.held) == broker.partitions)
        await broker.consume(bob)
        await eventually(lambda: bool(ann.held) and bool(bob.held))
        await eventually(lambda: len(ann.held) + len(bob.held) == broker.partitions)
        assert ann.held.isdisjoint(bob.held)
        await broker.publish(60)
        await eventually(lambda: len(ann.records) + len(bob.records) == 60)
        assert {(record.topic, record.partition) for record in ann.records} == ann.held
        assert {(record.topic, record.partition) for record in bob.records} == bob.held

    run(consume())


def test_a_partition_is_given_back_before_another_member_has_it(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        diary: list[str] = []
        ann, bob = Receiving("ann", diary), Receiving("bob", diary)
        await broker.consume(ann)
        await eventually(lambda: len(ann.held) == 3)
        await broker.consume(bob)
        await eventually(lambda: bool(bob.held))
        assert diary[:2] == ["ann has 3", "ann gives back 3"]
        assert any(line.startswith("bob has") for line in diary[2:])

    run(consume())


def test_a_batch_in_flight_ends_and_is_committed_before_its_partitions_go(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        diary: list[str] = []
        slow, bob = Slow("slow", diary), Receiving("bob", diary)
        await broker.publish(10)
        await broker.consume(slow)
        await eventually(lambda: slow.now == 1)
        joining = asyncio.create_task(broker.consume(bob))
        await broker.publish(20, start=10)
        assert bob.held == set()
        slow.may_go_on.set()
        await joining
        await eventually(lambda: len(slow.records) + len(bob.records) == 30)
        values = [record.value for record in [*slow.records, *bob.records]]
        assert sorted(value or b"" for value in values) == [b"%06d" % number for number in range(30)]

    run(consume())


def test_the_partitions_of_a_member_that_stops_go_to_the_others(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        ann, bob = Receiving("ann"), Receiving("bob")
        first = await broker.consume(ann)
        await broker.consume(bob)
        await eventually(lambda: bool(ann.held) and bool(bob.held))
        await first.stop()
        assert ann.held == set()
        await eventually(lambda: len(bob.held) == broker.partitions)
        await broker.publish(30)
        await eventually(lambda: len(bob.records) == 30)
        assert ann.records == []

    run(consume())


def test_to_stop_lets_the_batch_in_flight_end(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        slow, after = Slow(), Receiving()
        await broker.publish(30)
        first = await broker.consume(slow, max_records=10)
        await eventually(lambda: slow.now == 1)
        stopping = asyncio.create_task(first.stop())
        await broker.publish(1, start=99)
        assert not stopping.done()
        slow.may_go_on.set()
        await stopping
        assert len(slow.batches) == 1
        await broker.consume(after)
        await eventually(lambda: len(slow.records) + len(after.records) == 31)

    run(consume())


def test_to_stop_while_a_receiver_fails_leaves_its_records_to_others(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        failing, after = Failing(failures=1_000_000), Receiving()
        await broker.publish(10)
        first = await broker.consume(failing)
        await eventually(lambda: len(failing.attempts) > 0)
        await first.stop()
        await broker.consume(after)
        await eventually(lambda: len(after.records) == 10)

    run(consume())


def test_what_is_assigned_has_positions_until_it_is_given_back(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        receiving = Receiving()
        first = await broker.consume(receiving)
        await broker.publish(30)
        await eventually(lambda: len(receiving.records) == 30)
        (assignment,) = receiving.assignments
        assert assignment.positions.keys() == {(broker.topic, number) for number in range(broker.partitions)}
        assert {p: position.next for p, position in assignment.positions.items()} == await broker.bus.end(broker.topics)
        await first.stop()
        assert assignment.positions == {}

    run(consume())


def test_what_is_finished_after_its_partition_was_given_back_moves_nothing(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        late, after = Partly(less=30), Receiving()
        await broker.publish(30, keys=1)
        first = await broker.consume(late)
        await eventually(lambda: len(late.records) == 30)
        (position,) = [one for one in late.assignments[0].positions.values() if one.unfinished]
        await first.stop()
        for record in late.records:
            position.finish(record.offset)
        await late.assignments[0].commit()
        await broker.consume(after)
        await eventually(lambda: len(after.records) == 30)

    run(consume())


@pytest.mark.parametrize("aborted", [False, True])
def test_a_position_moves_past_what_ends_a_transaction(broker: Broker, run: Run, aborted: bool) -> None:
    async def consume() -> None:
        receiving = Receiving()
        await broker.publish(10, keys=1)
        await broker.transact(b"one", b"two", aborted=aborted)
        await broker.consume(receiving)

        async def all_committed() -> bool:
            for assignment in receiving.assignments:
                await assignment.commit()
            lag = await broker.bus.lag(f"{broker.topic}.group", broker.topics)
            return all(done == end for done, end in lag.values()) and sum(end for _, end in lag.values()) == 13

        await until(all_committed)
        values = {record.value for record in receiving.records}
        assert len(receiving.records) == (10 if aborted else 12)
        assert values.isdisjoint({b"one", b"two"}) == aborted

    run(consume())


def test_a_receiver_that_fails_to_take_its_partitions_is_asked_again_before_records_come(
    broker: Broker, run: Run
) -> None:
    class Hesitant(Receiving):
        asked = 0

        async def assigned(self, assignment: Assignment) -> Receiver:
            self.asked += 1
            if self.asked < 3:
                raise ConnectionError("the database is away")
            return await super().assigned(assignment)

        async def receive(self, records: Sequence[Record]) -> None:
            assert self.held
            await super().receive(records)

    async def consume() -> None:
        hesitant = Hesitant()
        await broker.publish(10)
        await broker.consume(hesitant)
        await eventually(lambda: len(hesitant.records) == 10)
        assert hesitant.asked == 3

    run(consume())


def test_a_receiver_that_fails_to_give_its_partitions_back_does_not_keep_them(broker: Broker, run: Run) -> None:
    class Clinging(Receiving):
        async def revoked(self) -> None:
            raise ConnectionError("the database is away")

    async def consume() -> None:
        after = Receiving()
        first = await broker.consume(Clinging())
        await first.stop()
        await broker.publish(10)
        await broker.consume(after)
        await eventually(lambda: len(after.records) == 10)

    run(consume())
