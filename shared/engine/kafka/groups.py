"""Groups: who is in them, what they read, and how far they have come."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import CoordinationType
from aiokafka.coordinator.protocol import ConsumerProtocolMemberMetadata
from aiokafka.errors import GroupCoordinatorNotAvailableError

COORDINATOR_SECONDS = 10.0


@dataclass(slots=True, frozen=True)
class Member:
    """Somebody in a group, and the topics whose records it wants."""

    name: str
    topics: Sequence[str]


async def reading(admin: AIOKafkaAdminClient, topic: str) -> list[str]:
    """Return the groups with a position in a topic, or with a member that wants its records."""
    found = []
    for group, _ in await admin.list_consumer_groups():
        positions = await admin.list_consumer_group_offsets(group, await coordinator(admin, group))
        is_wanted = any(topic in member.topics for member in await members(admin, group))
        if is_wanted or any(partition.topic == topic for partition in positions):
            found.append(group)
    return sorted(found)


async def members(admin: AIOKafkaAdminClient, group: str) -> list[Member]:
    """Return who is in a group."""
    described = await admin.describe_consumer_groups([group], await coordinator(admin, group))
    return [
        Member(f"{client}@{host}", _wanted(metadata))
        for reply in described
        for *_, some in reply.groups
        for _, client, host, metadata, _ in some
    ]


async def coordinator(admin: AIOKafkaAdminClient, name: str, kind: CoordinationType = CoordinationType.GROUP) -> int:
    """Return the broker that looks after a group, or after what is published under a transactional id.

    A new cluster has none until it has made a topic for them.
    """
    async with asyncio.timeout(COORDINATOR_SECONDS):
        while True:
            try:
                node: int = await admin.find_coordinator(name, kind)
            except GroupCoordinatorNotAvailableError:
                await asyncio.sleep(0.1)
            else:
                return node


def _wanted(metadata: bytes) -> list[str]:
    """The topics in what a member said when it joined; nothing while the group has not agreed."""
    return list(ConsumerProtocolMemberMetadata.decode(metadata).subscription) if metadata else []
