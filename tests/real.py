"""The real broker and database for every suite: what the environment names, or else parts of this run.

These are child processes, or containers where ITHACA_TEST_PARTS says `containers`.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo
from tests import containers


@contextmanager
def kafka_process() -> Iterator[str]:
    """A broker's address, until the end of the block."""
    with TemporaryDirectory(prefix="ithaca-") as home, Kafka(Path(home)) as kafka:
        yield kafka.bootstrap


@contextmanager
def mongo_process() -> Iterator[str]:
    """A replica set's address, until the end of the block."""
    with TemporaryDirectory(prefix="ithaca-") as home, Mongo(Path(home)) as mongo:
        yield mongo.url


PARTS = {
    "processes": {"kafka": kafka_process, "mongo": mongo_process},
    "containers": {"kafka": containers.kafka, "mongo": containers.mongo},
}


def part(name: str) -> AbstractContextManager[str]:
    """The address of a broker or a database of this run."""
    wanted = os.environ.get("ITHACA_TEST_PARTS", "processes")
    if wanted not in PARTS:
        pytest.exit(f"ITHACA_TEST_PARTS is {wanted!r}: set it to {' or '.join(PARTS)}", returncode=2)
    return PARTS[wanted][name]()


@pytest.fixture(scope="session")
def kafka_bootstrap() -> Iterator[str]:
    """The address of a broker: KAFKA_BOOTSTRAP, or one that is started once and thrown away at the end."""
    if given := os.environ.get("KAFKA_BOOTSTRAP"):
        yield given
        return
    with part("kafka") as address:
        yield address


@pytest.fixture(scope="session")
def mongo_url() -> Iterator[str]:
    """The address of a replica set: MONGO_URL, or one that is started once and thrown away at the end."""
    if given := os.environ.get("MONGO_URL"):
        yield given
        return
    with part("mongo") as address:
        yield address
