"""A broker and a database as child processes of this one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo
from deploy.local.settings import LocalSettings


@contextmanager
def kafka() -> Iterator[str]:
    """A broker's address, until the end of the block."""
    with TemporaryDirectory(prefix="ithaca-") as home, Kafka(Path(home)) as broker:
        yield broker.bootstrap


@contextmanager
def mongo() -> Iterator[str]:
    """A replica set's address, until the end of the block."""
    with TemporaryDirectory(prefix="ithaca-") as home, Mongo(Path(home), named=LocalSettings().mongod) as database:
        yield database.url
