"""What records go through on their way to a receiver, in memory and through Kafka."""

import asyncio

from shared.engine.ports.bus import Record
from tests.shared.engine.conftest import Run
from tests.shared.engine.contract.brokers import Broker, Receiving
from tests.waiting import eventually


def _received(
    broker: Broker, run: Run, key: bytes, *sent: tuple[bytes | None, list[tuple[str, bytes]]]
) -> list[Record]:
    """What comes of some values with headers that are published under one key."""

    async def through() -> list[Record]:
        receiving = Receiving()
        await broker.consume(receiving)
        publisher = await broker.publisher()
        for value, headers in sent:
            await (await publisher.send(broker.topic, key, value, headers))
        await eventually(lambda: len(receiving.records) == len(sent))
        return receiving.records

    return run(through())


def test_every_record_of_every_partition_comes(broker: Broker, run: Run) -> None:
    async def through() -> None:
        receiving = Receiving()
        await broker.consume(receiving)
        sent = await broker.publish(200)
        await eventually(lambda: len(receiving.records) == 200)
        assert sorted(record.value or b"" for record in receiving.records) == sent
        assert {record.partition for record in receiving.records} == set(range(broker.partitions))

    run(through())


def test_records_of_one_key_come_in_the_order_in_which_they_were_published(broker: Broker, run: Run) -> None:
    async def through() -> None:
        receiving = Receiving()
        await broker.publish(210, keys=7)
        await broker.consume(receiving)
        await eventually(lambda: len(receiving.records) == 210)
        for key in range(7):
            values = [record.value for record in receiving.records if record.key == b"key %d" % key]
            assert values == [b"%06d" % number for number in range(key, 210, 7)]

    run(through())


def test_records_of_one_key_are_in_one_partition_whoever_publishes_them(broker: Broker, run: Run) -> None:
    async def through() -> None:
        receiving = Receiving()
        await broker.consume(receiving)
        for turn in range(3):
            await broker.publish(20, start=20 * turn)
        await eventually(lambda: len(receiving.records) == 60)
        assert len({(record.key, record.partition) for record in receiving.records}) == 20

    run(through())


def test_offsets_of_a_partition_rise_by_one(broker: Broker, run: Run) -> None:
    async def through() -> None:
        receiving = Receiving()
        await broker.consume(receiving)
        await broker.publish(60)
        await eventually(lambda: len(receiving.records) == 60)
        for number in range(broker.partitions):
            offsets = [record.offset for record in receiving.records if record.partition == number]
            assert offsets == list(range(len(offsets)))

    run(through())


def test_key_value_and_headers_come_byte_for_byte(broker: Broker, run: Run) -> None:
    headers = [("ce_id", b"1"), ("broken", b"\xff\xfe"), ("twice", b"a"), ("twice", b""), ("ünï", b"x")]
    (record,) = _received(broker, run, b"\xff\x00key", (b"\x00\xff", headers))
    assert (record.topic, record.key, record.value) == (broker.topic, b"\xff\x00key", b"\x00\xff")
    assert list(record.headers) == headers


def test_a_record_without_a_value_is_not_an_empty_one(broker: Broker, run: Run) -> None:
    records = _received(broker, run, b"key", (None, []), (b"", []), (None, [("ce_id", b"1")]))
    assert [(record.value, list(record.headers)) for record in records] == [
        (None, []),
        (b"", []),
        (None, [("ce_id", b"1")]),
    ]


def test_a_record_of_nearly_a_megabyte_comes(broker: Broker, run: Run) -> None:
    value = bytes(range(256)) * 4000
    (record,) = _received(broker, run, b"key", (value, []))
    assert record.value == value


def test_records_of_several_topics_come(broker: Broker, run: Run) -> None:
    async def through() -> None:
        receiving = Receiving()
        both = [broker.topic, await broker.new_topic()]
        await broker.consume(receiving, topics=both)
        publisher = await broker.publisher()
        for topic in both:
            await (await publisher.send(topic, b"key", b"value", []))
        await eventually(lambda: {record.topic for record in receiving.records} == set(both))

    run(through())


def test_a_flush_ends_when_all_is_acknowledged(broker: Broker, run: Run) -> None:
    async def through() -> None:
        publisher = await broker.bus.publisher()
        waiting = [await publisher.send(broker.topic, b"key", b"%d" % number, []) for number in range(50)]
        await publisher.close()
        assert sum((await broker.bus.end([broker.topic])).values()) == 50
        await asyncio.gather(*waiting)

    run(through())


def test_to_abandon_ends_at_once_and_leaves_a_part_without_gaps(broker: Broker, run: Run) -> None:
    async def through() -> None:
        receiving = Receiving()
        publisher = await broker.bus.publisher()
        waiting = [await publisher.send(broker.topic, b"key", b"%06d" % number, []) for number in range(500)]
        await publisher.close(abandon=True)
        await asyncio.gather(*waiting, return_exceptions=True)
        await broker.publish(1, start=999_999)
        await broker.consume(receiving)
        await eventually(lambda: any(record.value == b"999999" for record in receiving.records))
        first = [record.value for record in receiving.records if record.key == b"key"]
        assert first == [b"%06d" % number for number in range(len(first))]

    run(through())


def test_the_end_of_a_topic_is_behind_its_last_record(broker: Broker, run: Run) -> None:
    async def through() -> None:
        partitions = {(broker.topic, number) for number in range(broker.partitions)}
        assert await broker.bus.end([broker.topic]) == dict.fromkeys(partitions, 0)
        await broker.publish(30)
        ends = await broker.bus.end([broker.topic, await broker.new_topic()])
        assert sum(offset for (topic, _), offset in ends.items() if topic == broker.topic) == 30
        assert len(ends) == 2 * broker.partitions

    run(through())
