import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError

from deploy.local.folders import LOOPBACK, AlreadyRunning
from deploy.local.kafka import Kafka
from deploy.local.processes import CannotStart
from tests.deploy.local.endings import Ending, kill_one_that_runs
from tests.waiting import PATIENCE

pytestmark = pytest.mark.real

TOPIC = "letters"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    with Kafka(tmp_path_factory.mktemp("home"), advertised_host="localhost") as kafka:
        asyncio.run(send(kafka.bootstrap, b"first"))
        yield kafka


async def send(bootstrap: str, value: bytes) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
        await producer.send_and_wait(TOPIC, value)


async def first_value(bootstrap: str) -> bytes | None:
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(TOPIC, 0)])
        record = await asyncio.wait_for(consumer.getone(), PATIENCE)
        value: bytes | None = record.value
        return value


async def group_reads(bootstrap: str) -> bytes | None:
    async with AIOKafkaConsumer(
        TOPIC, bootstrap_servers=bootstrap, group_id="readers", auto_offset_reset="earliest"
    ) as consumer:
        record = await asyncio.wait_for(consumer.getone(), PATIENCE)
        value: bytes | None = record.value
        return value


async def send_to_a_new_topic(bootstrap: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, request_timeout_ms=500) as producer:
        await producer.send_and_wait("never-made", b"lost")


def test_a_group_of_consumers_reads_what_was_sent(broker: Kafka) -> None:
    assert asyncio.run(group_reads(broker.bootstrap)) == b"first"


def test_a_client_outside_is_led_to_the_advertised_address(broker: Kafka) -> None:
    assert broker.outside_bootstrap.startswith("localhost:")
    assert asyncio.run(first_value(broker.outside_bootstrap)) == b"first"


def test_sending_to_a_topic_does_not_make_it(broker: Kafka) -> None:
    with pytest.raises(UnknownTopicOrPartitionError):
        asyncio.run(send_to_a_new_topic(broker.bootstrap))


def test_a_second_broker_in_the_same_folder_is_refused(broker: Kafka) -> None:
    with pytest.raises(AlreadyRunning, match=r"Apache Kafka already runs in"):
        Kafka(broker.home).start()


def test_records_survive_a_restart_on_another_port(broker: Kafka) -> None:
    before = broker.bootstrap
    ending = Ending(broker.child.pid)
    broker.stop()
    assert ending.comes_within(0)
    with socket.create_server((LOOPBACK, int(before.partition(":")[2]))):
        broker.start()
    assert broker.bootstrap != before
    assert asyncio.run(first_value(broker.bootstrap)) == b"first"


def test_no_broker_is_left_when_the_process_that_started_it_is_killed(broker: Kafka) -> None:
    broker.stop()
    assert kill_one_that_runs(Kafka, broker.home).comes_within(5)


def test_a_folder_of_another_node_is_refused_with_the_brokers_own_words(tmp_path: Path) -> None:
    (tmp_path / "kafka" / "data").mkdir(parents=True)
    (tmp_path / "kafka" / "data" / "meta.properties").write_text("version=1\nnode.id=7\ncluster.id=x\n")
    broker = Kafka(tmp_path)
    with pytest.raises(CannotStart, match=r"(?s)ended with code 1.*node id 7.*set KAFKA_BOOTSTRAP"):
        broker.start()
