"""Whether a member has joined its group, and whether it has ended by itself, in memory and with Kafka."""

import asyncio

from shared.engine.kafka.consumer import KafkaConsumer
from shared.engine.memory.consumer import MemoryConsumer
from shared.engine.ports.bus import Consumer
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.brokers import Broker, Receiving
from tests.waiting import eventually


def task_of(consumer: Consumer) -> asyncio.Task[None]:
    """What hands over the records."""
    assert isinstance(consumer, KafkaConsumer | MemoryConsumer)
    assert consumer.assignment is not None
    return consumer.assignment.task


def test_a_member_has_joined_when_the_group_has_told_it_its_partitions(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        receiving = Receiving()
        consumer = await broker.consume(receiving)
        await eventually(lambda: consumer.has_joined)
        await eventually(lambda: len(receiving.held) > 0)

    run(consume())


def test_a_member_has_not_ended_while_it_runs_nor_when_it_is_told_to_stop(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        consumer = await broker.consume(Receiving())
        await eventually(lambda: consumer.has_joined)
        assert not consumer.has_ended
        await consumer.stop()
        assert not consumer.has_ended

    run(consume())


def test_a_member_whose_task_is_over_has_ended(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        consumer = await broker.consume(Receiving())
        await eventually(lambda: consumer.has_joined)
        task_of(consumer).cancel()
        await eventually(lambda: consumer.has_ended)

    run(consume())
