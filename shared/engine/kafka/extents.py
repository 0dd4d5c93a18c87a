"""What partitions have, and how far a group has come in them."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.engine.kafka import topics as broker_topics
from shared.engine.kafka.groups import coordinator
from shared.engine.kafka.rights import look
from shared.engine.ports.bus import Extent, Partition

UNKNOWN = -1
"""What the broker says of a position that it does not have."""


async def extents(
    admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer, topics: Sequence[str], group: str
) -> dict[Partition, Extent]:
    """Return what every partition has, and how far the group is; raises `LookupError` for a topic that is missing.

    The group is asked first: what it commits meanwhile is not beyond the end that is found afterwards.
    """
    found = await admin.list_consumer_group_offsets(group, await coordinator(admin, group))
    committed = {(at.topic, at.partition): found.offset for at, found in found.items() if found.offset != UNKNOWN}
    ends = await broker_topics.end(admin, consumer, topics)
    beginnings = await consumer.beginning_offsets([TopicPartition(*partition) for partition in ends])
    logs = {name: topic.id for name, topic in (await look(admin, topics)).topics.items()}
    return {
        partition: Extent(
            log=logs.get(partition[0], ""),
            beginning=beginnings[TopicPartition(*partition)],
            end=end,
            committed=committed.get(partition),
        )
        for partition, end in ends.items()
    }
