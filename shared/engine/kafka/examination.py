"""The broker as somebody needs to know it who looks for what is wrong."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import ApiVersionRequest

from shared.engine.kafka import rights
from shared.engine.kafka import topics as broker_topics
from shared.engine.kafka.bus import KafkaBus
from shared.engine.kafka.rights import Cluster, Right
from shared.engine.ports.bus import Topic

FETCH = 1
FETCH_OF_KAFKA_4 = 4
"""The oldest version of a fetch that Kafka 4.0 still takes; those before take older ones."""


@dataclass(slots=True, frozen=True)
class BrokerFound:
    """The cluster with its topics. `found` and `in_sync` (how many brokers must have a record) are of those we see."""

    cluster: Cluster
    found: dict[str, Topic]
    in_sync: dict[str, int]
    has_authorizer: bool
    is_kafka_4: bool


async def connects(address: str, seconds: float) -> str | None:
    """Return why nothing at host:port takes a connection; None if something does."""
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host, int(port))
    except TimeoutError:
        return f"{address} does not answer in {seconds:g} s"
    except OSError as error:
        return f"{address} does not answer ({error.strerror or error})"
    writer.close()
    return None


async def examine(bus: KafkaBus, topics: Sequence[str]) -> BrokerFound:
    """Look at the cluster and at these topics; raises `ConnectionError` and the broker's own errors."""
    async with bus.looking.open() as (admin, _):
        cluster = await rights.look(admin, topics)
        seen = [name for name, kept in cluster.topics.items() if Right.DESCRIBE_CONFIGS in kept.rights]
        settings = await broker_topics.configured(admin, seen)
        return BrokerFound(
            cluster=cluster,
            found=await broker_topics.found(admin, seen),
            in_sync={name: int(settings[name][broker_topics.IN_SYNC]) for name in seen},
            has_authorizer=await rights.has_authorizer(admin),
            is_kafka_4=await _is_kafka_4(admin),
        )


async def _is_kafka_4(admin: AIOKafkaAdminClient) -> bool:
    answer = await admin._send_request(ApiVersionRequest())
    oldest: dict[int, int] = {key: first for key, first, _ in answer.api_versions}
    return oldest.get(FETCH, 0) >= FETCH_OF_KAFKA_4
