"""Groups: who is in them, what they read, and how far they have come."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberMetadata
from aiokafka.errors import GroupCoordinatorNotAvailableError

from shared.engine.bus import Partition
from shared.engine.kafka import topics as broker_topics

COORDINATOR_SECONDS = 10.0


@dataclass(slots=True, frozen=True)
class Member:
    """Somebody in a group, and the topics whose records it wants."""

    name: str
    topics: Sequence[str]


async def lag(
    admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer, group: str, topics: Sequence[str]
) -> dict[Partition, tuple[int, int]]:
    """Where the group would go on reading, and the end. What is no longer kept counts as read: nobody can read it."""
    ends = await broker_topics.end(admin, consumer, topics)
    partitions = [TopicPartition(*partition) for partition in ends]
    starts = await consumer.beginning_offsets(partitions)
    committed = await admin.list_consumer_group_offsets(group, await coordinator(admin, group), partitions)
    return {
        partition: (max(starts[at], committed[at].offset if at in committed else 0), ends[partition])
        for partition, at in zip(ends, partitions, strict=True)
    }


async def reading(admin: AIOKafkaAdminClient, topic: str) -> list[str]:
    """The groups with a position in a topic, or with a member that wants its records."""
    found = []
    for group, _ in await admin.list_consumer_groups():
        positions = await admin.list_consumer_group_offsets(group, await coordinator(admin, group))
        is_wanted = any(topic in member.topics for member in await members(admin, group))
        if is_wanted or any(partition.topic == topic for partition in positions):
            found.append(group)
    return sorted(found)


async def members(admin: AIOKafkaAdminClient, group: str) -> list[Member]:
    """Who is in a group."""
    described = await admin.describe_consumer_groups([group], await coordinator(admin, group))
    return [
        Member(f"{client}@{host}", _wanted(metadata))
        for reply in described
        for *_, some in reply.groups
        for _, client, host, metadata, _ in some
    ]


async def coordinator(admin: AIOKafkaAdminClient, group: str) -> int:
    """The broker that looks after a group. A new cluster has none until it has made a topic for positions."""
    async with asyncio.timeout(COORDINATOR_SECONDS):
        while True:
            try:
                node: int = await admin.find_coordinator(group)
            except GroupCoordinatorNotAvailableError:
                await asyncio.sleep(0.1)
            else:
                return node


def _wanted(metadata: bytes) -> list[str]:
    """The topics in what a member said when it joined; nothing while the group has not agreed."""
    return list(ConsumerProtocolMemberMetadata.decode(metadata).subscription) if metadata else []
