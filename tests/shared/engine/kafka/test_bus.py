"""What only a real Kafka can do: send what cannot be read, not be there, refuse."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Iterator, Sequence

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import InvalidReplicationFactorError, KafkaError, MessageSizeTooLargeError, ProducerClosed
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from shared.engine.kafka import consumer
from shared.engine.kafka.bus import KafkaBus
from shared.engine.ports.bus import Publisher, Record, Topic
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.brokers import Broker, KafkaBroker, Receiving
from tests.waiting import eventually


@pytest.fixture
def broker(kafka_bootstrap: str, run: Run) -> Iterator[Broker]:
    broker = KafkaBroker(kafka_bootstrap)
    run(broker.new_topic())
    yield broker
    run(broker.close())
    run(_admin(kafka_bootstrap, "delete_topics", broker.topics))


async def _admin(bootstrap: str, what: str, argument: object) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await getattr(admin, what)(argument)
    await admin.close()


class BadName(str):
    """A header's name that is not UTF-8 once it is sent."""

    def encode(self, *_: object) -> bytes:
        return b"\xff\xfe"


async def _publish_unreadable(bootstrap: str, topic: str, partition: int) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        batch = producer.create_batch()
        batch._builder = _DefaultRecordBatchBuilderPy(2, 0, False, -1, -1, -1, 16384)
        batch.append(key=b"key", value=b"unreadable", timestamp=None, headers=[(BadName("name"), b"value")])
        await (await producer.send_batch(batch, topic, partition=partition))


def test_a_record_that_cannot_be_read_holds_up_only_its_partition(
    kafka_bootstrap: str, broker: Broker, run: Run
) -> None:
    async def consume() -> None:
        receiving = Receiving()
        await broker.consume(receiving)
        await broker.publish(40)
        await eventually(lambda: len(receiving.records) == 40)
        unreadable = receiving.records[0].partition
        readable = sum(record.partition != unreadable for record in receiving.records)
        await _publish_unreadable(kafka_bootstrap, broker.topic, unreadable)
        for turn in range(1, 6):
            await broker.publish(40, start=40 * turn)
        await eventually(lambda: sum(r.partition != unreadable for r in receiving.records) == 6 * readable)

    run(consume())


def test_nothing_read_of_other_partitions_is_lost_with_a_record_that_cannot_be_read(
    kafka_bootstrap: str, broker: Broker, run: Run
) -> None:
    async def consume() -> None:
        receiving, everywhere = Receiving(), Receiving()
        await broker.consume(everywhere, group="before")
        await broker.publish(300)
        await eventually(lambda: len(everywhere.records) == 300)
        await _publish_unreadable(kafka_bootstrap, broker.topic, 1)
        await broker.consume(receiving)
        wanted = {r.value for r in everywhere.records if r.partition != 1}
        await eventually(lambda: {r.value for r in receiving.records if r.partition != 1} == wanted)

    run(consume())


def test_a_record_of_two_megabytes_comes_where_a_topic_lets_it_through(
    kafka_bootstrap: str, broker: Broker, run: Run
) -> None:
    async def consume() -> None:
        topic, size = f"{broker.topic}.large", 2_000_000
        await _admin(
            kafka_bootstrap, "create_topics", [NewTopic(topic, 1, 1, topic_configs={"max.message.bytes": "4000000"})]
        )
        broker.topics.append(topic)
        receiving = Receiving()
        await broker.consume(receiving, topics=[topic])
        async with AIOKafkaProducer(bootstrap_servers=kafka_bootstrap, max_request_size=4_000_000) as producer:
            for value in (b"small", b"x" * size, b"small"):
                await producer.send_and_wait(topic, value)
        await eventually(lambda: [len(record.value or b"") for record in receiving.records] == [5, size, 5])

    run(consume())


def test_a_record_has_the_time_at_which_it_was_published(broker: Broker, run: Run) -> None:
    async def consume() -> None:
        receiving, began = Receiving(), time.time() * 1000
        await broker.consume(receiving)
        await broker.publish(1)
        await eventually(lambda: len(receiving.records) == 1)
        assert began - 1 <= receiving.records[0].time <= time.time() * 1000 + 1

    run(consume())


def test_a_batch_that_does_not_end_in_time_no_longer_holds_its_partitions(
    broker: Broker, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stuck(Receiving):
        end = asyncio.Event()

        async def receive(self, records: Sequence[Record]) -> None:
            self.batches.append(list(records))
            await self.end.wait()

    async def consume() -> None:
        stuck, other = Stuck(), Receiving()
        await broker.publish(30)
        await broker.consume(stuck)
        await eventually(lambda: bool(stuck.batches))
        await broker.consume(other)
        await eventually(lambda: bool(other.records))
        assert stuck.assignments[0].positions == {}
        stuck.end.set()

    monkeypatch.setattr(consumer, "DRAIN_SECONDS", 0.2)
    run(consume())


def test_a_record_that_is_too_large_is_refused(broker: Broker, run: Run) -> None:
    async def publish() -> None:
        publisher = await broker.publisher()
        with pytest.raises(MessageSizeTooLargeError):
            await publisher.send(broker.topic, b"key", b"x" * 1_100_000, [])

    run(publish())


def test_after_a_record_that_the_broker_refuses_none_overtakes_it(
    kafka_bootstrap: str, broker: Broker, run: Run
) -> None:
    async def publish() -> int:
        topic = f"{broker.topic}.small"
        await _admin(
            kafka_bootstrap, "create_topics", [NewTopic(topic, 1, 1, topic_configs={"max.message.bytes": "1000"})]
        )
        broker.topics.append(topic)
        publisher = await broker.bus.publisher()
        sent = [await publisher.send(topic, b"key", secrets.token_bytes(4000), [])]
        with pytest.raises(ProducerClosed):
            await _send_for_ever(publisher, topic, sent)
        outcomes = await asyncio.gather(*sent, return_exceptions=True)
        assert all(isinstance(outcome, KafkaError) for outcome in outcomes)
        await publisher.close(abandon=True)
        return (await broker.bus.end([topic]))[topic, 0]

    assert run(publish()) == 0


async def _send_for_ever(publisher: Publisher, topic: str, sent: list[Awaitable[None]]) -> None:
    while True:
        sent.append(await publisher.send(topic, b"key", b"small", []))
        await asyncio.sleep(0)


def test_a_broker_that_is_not_there_is_an_error_in_the_end(run: Run) -> None:
    bus = KafkaBus("127.0.0.1:1")
    with pytest.raises(KafkaError):
        run(bus.publisher())
    with pytest.raises(ConnectionError, match=r"no broker answers at 127\.0\.0\.1:1"):
        run(bus.verify({"topic": Topic()}))
    with pytest.raises(KafkaError):
        run(bus.consume(["topic"], "group", Receiving(), 10))


def test_what_the_broker_says_against_a_new_topic_is_told(kafka_bootstrap: str, broker: Broker, run: Run) -> None:
    with pytest.raises(InvalidReplicationFactorError, match=f"{broker.topic}.seven"):
        run(KafkaBus(kafka_bootstrap, replication=7).prepare({f"{broker.topic}.seven": Topic(1)}))


def test_the_end_of_a_topic_that_does_not_exist_is_an_error(broker: Broker, run: Run) -> None:
    with pytest.raises(LookupError, match=f"{broker.topic}.none"):
        run(broker.bus.end([broker.topic, f"{broker.topic}.none"]))
