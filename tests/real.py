"""The real broker and database for every suite: what the environment names, or else child processes of this run."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo


@pytest.fixture(scope="session")
def kafka_bootstrap() -> Iterator[str]:
    """The address of a broker: KAFKA_BOOTSTRAP, or one that is started once and thrown away at the end."""
    if given := os.environ.get("KAFKA_BOOTSTRAP"):
        yield given
        return
    with TemporaryDirectory(prefix="ithaca-") as home, Kafka(Path(home)) as kafka:
        yield kafka.bootstrap


@pytest.fixture(scope="session")
def mongo_url() -> Iterator[str]:
    """The address of a replica set: MONGO_URL, or one that is started once and thrown away at the end."""
    if given := os.environ.get("MONGO_URL"):
        yield given
        return
    with TemporaryDirectory(prefix="ithaca-") as home, Mongo(Path(home)) as mongo:
        yield mongo.url
