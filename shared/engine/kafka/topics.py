"""Topics: made before any process starts, compared with what they should be, measured."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from shared.engine.ports.bus import FOREVER, CannotGrow, Partition, Topic

POLICY, RETENTION, BATCH_BYTES, IN_SYNC = "cleanup.policy", "retention.ms", "max.message.bytes", "min.insync.replicas"
TOMBSTONES = "delete.retention.ms"
"""How long a compacted topic keeps the record that says that a key is gone."""

VISIBLE_SECONDS = 30.0
"""How long it may take a broker to learn of a topic that the controller has made."""


async def prepare(admin: AIOKafkaAdminClient, topics: Mapping[str, Topic], replication: int) -> None:
    """Create what is missing, and wait until the broker knows of it; raises the broker's error.

    Where topics are made by others, this asks for nothing, and needs no right to.
    """
    there = await _partitions(admin, topics)
    new = [
        NewTopic(name, topic.partitions, replication, topic_configs=_written(topic, replication))
        for name, topic in topics.items()
        if name not in there
    ]
    if not new:
        return
    reply = await admin.create_topics(new)
    for name, code, message in reply.topic_errors:
        error = for_code(code)
        if error not in (NoError, TopicAlreadyExistsError):
            raise error(f"topic {name} cannot be created: {message}")
    async with asyncio.timeout(VISIBLE_SECONDS):
        while topics.keys() - (await _partitions(admin, topics)).keys():  # noqa: ASYNC110 - brokers do not tell
            await asyncio.sleep(0.05)


async def found(admin: AIOKafkaAdminClient, names: Iterable[str]) -> dict[str, Topic]:
    """Return those of the topics that there are, as they are."""
    counts = await _partitions(admin, names)
    settings = await configured(admin, counts)
    return {name: _read(counts[name], found) for name, found in settings.items()}


async def grow(admin: AIOKafkaAdminClient, topic: str, partitions: int) -> None:
    """Give a topic so many partitions, and wait until the broker knows of them; raises `CannotGrow`."""
    if (await _partitions(admin, [topic])).get(topic) == partitions:
        return
    try:
        await admin.create_partitions({topic: NewPartitions(partitions)})
    except KafkaError as error:
        if error.retriable:
            raise
        raise CannotGrow(str(error)) from error
    async with asyncio.timeout(VISIBLE_SECONDS):
        while (await _partitions(admin, [topic])).get(topic) != partitions:  # noqa: ASYNC110 - brokers do not tell
            await asyncio.sleep(0.05)


async def remove(admin: AIOKafkaAdminClient, topics: Sequence[str]) -> None:
    """Remove topics; raises the broker's error."""
    if not topics:
        return
    reply = await admin.delete_topics(list(topics))
    for name, code in reply.topic_error_codes:
        error = for_code(code)
        if error not in (NoError, UnknownTopicOrPartitionError):
            raise error(f"topic {name} cannot be removed")


async def end(admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer, topics: Iterable[str]) -> dict[Partition, int]:
    """Return the next offset of every partition; raises `LookupError` for a topic that does not exist."""
    there = await _partitions(admin, topics)
    if unknown := set(topics) - there.keys():
        raise LookupError(f"topics {', '.join(sorted(unknown))} do not exist")
    partitions = [TopicPartition(name, number) for name, count in there.items() for number in range(count)]
    return {(p.topic, p.partition): offset for p, offset in (await consumer.end_offsets(partitions)).items()}


async def _partitions(admin: AIOKafkaAdminClient, names: Iterable[str]) -> dict[str, int]:
    """How many partitions each of the topics that exist has."""
    described: list[dict[str, Any]] = await admin.describe_topics(list(names))
    return {topic["topic"]: len(topic["partitions"]) for topic in described if not topic["error_code"]}


async def configured(admin: AIOKafkaAdminClient, names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return what is set about each of these topics, or holds for it by default; raises the broker's error.

    A topic that has gone meanwhile is passed over.
    """
    asked = dict.fromkeys((POLICY, RETENTION, BATCH_BYTES, IN_SYNC))
    wanted = [ConfigResource(ConfigResourceType.TOPIC, name, asked) for name in names]
    replies = await admin.describe_configs(wanted)
    found = {}
    for code, message, _, name, configs in (resource for reply in replies for resource in reply.resources):
        error = for_code(code)
        if error is UnknownTopicOrPartitionError:
            continue
        if error is not NoError:
            raise error(f"the settings of topic {name} are not told: {message}")
        found[name] = {config[0]: config[1] for config in configs}
    return found


def _written(topic: Topic, replication: int) -> dict[str, str]:
    kept = str(topic.retention // timedelta(milliseconds=1))
    return {
        POLICY: "compact" if topic.compacted else "delete",
        RETENTION: kept,
        TOMBSTONES: kept,
        BATCH_BYTES: str(topic.batch_bytes),
        IN_SYNC: str(max(1, replication - 1)),
    }


def _read(partitions: int, settings: Mapping[str, str]) -> Topic:
    kept = int(settings[RETENTION])
    return Topic(
        partitions,
        compacted="compact" in settings[POLICY],
        retention=FOREVER if kept < 0 or kept > FOREVER // timedelta(milliseconds=1) else timedelta(milliseconds=kept),
        batch_bytes=int(settings[BATCH_BYTES]),
    )
