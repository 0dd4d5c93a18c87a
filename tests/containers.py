"""A broker and a database in containers, from the images that compose.yaml names."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # it comes without types
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from testcontainers.core.container import DockerContainer

from deploy.local.mongo import REPLICA_SET
from shared.engine.kafka.bus import KafkaBus
from shared.web.server import listen
from tests.waiting import until

COMPOSE = Path(__file__).parents[1] / "deploy" / "compose.yaml"
LOOPBACK = "127.0.0.1"
PATIENCE = 300
"""Seconds for a container to answer."""


@contextmanager
def kafka() -> Iterator[str]:
    """A broker's address, until the end of the block."""
    service, address = _service("kafka"), f"{LOOPBACK}:{(port := _free_port())}"
    settings = service["environment"] | {
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_LISTENERS": f"PLAINTEXT://:{port},CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{address}",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS": "4",
    }
    container = DockerContainer(service["image"]).with_bind_ports(port, port)
    for name, value in settings.items():
        container = container.with_env(name, str(value))
    with container:
        asyncio.run(until(lambda: _broker_answers(address), PATIENCE))
        yield address


@contextmanager
def mongo() -> Iterator[str]:
    """A replica set's address, until the end of the block."""
    service, port = _service("mongo"), _free_port()
    # Seconds; a process killed inside a transaction keeps its documents locked as long.
    command = [*service["command"], "--port", str(port), "--setParameter", "transactionLifetimeLimitSeconds=5"]
    with DockerContainer(service["image"]).with_bind_ports(port, port).with_command(command):
        asyncio.run(until(lambda: _is_primary(port), PATIENCE))
        yield f"mongodb://{LOOPBACK}:{port}/?replicaSet={REPLICA_SET}"


def _service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"][name]
    return found


def _free_port() -> int:
    """Broker and database tell clients where they are, so that the port outside is the one inside."""
    with listen(LOOPBACK, 0) as found:
        return int(found.getsockname()[1])


async def _broker_answers(address: str) -> bool:
    bus = KafkaBus(address)
    try:
        await bus.found([])
    except ConnectionError:
        return False
    finally:
        await bus.close()
    return True


async def _is_primary(port: int) -> bool:
    with MongoClient[dict[str, Any]](LOOPBACK, port, directConnection=True, serverSelectionTimeoutMS=500) as client:
        try:
            hello = client.admin.command("hello")
            if "setName" not in hello:
                member = {"_id": 0, "host": f"{LOOPBACK}:{port}"}
                client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
        except PyMongoError:
            return False
    return bool(hello["isWritablePrimary"])
