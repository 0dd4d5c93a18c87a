"""What the operator's guide does to restore a cell, to a database and a broker of this machine."""

import asyncio
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from deploy.deployment import service_names
from deploy.local.mongo import Mongo
from shared.contracts.clock import TOPIC as CLOCK
from shared.engine.authoring.service import PEOPLE
from shared.engine.kafka.bus import KafkaBus
from shared.engine.publishing.journal import TOPIC as REPLAYS
from tests.waiting import until

PATIENCE = 240
"""Seconds, for a machine that has much else to do."""


class Backup:
    """A copy of a database's files in a folder."""

    def __init__(self, mongo: Mongo, folder: Path) -> None:
        self.mongo, self.folder = mongo, folder

    def make(self) -> datetime:
        """Copy them while it runs and takes no writes; returns when that was."""
        with MongoClient[dict[str, Any]](self.mongo.url) as client:
            client.admin.command("fsync", lock=True)
            try:
                shutil.copytree(self.mongo.folder / "data", self.folder)
            finally:
                client.admin.command("fsyncUnlock")
        return datetime.now(UTC)

    def put_back(self) -> None:
        """The database is as it was when they were copied."""
        self.mongo.stop()
        shutil.rmtree(self.mongo.folder / "data")
        shutil.copytree(self.folder, self.mongo.folder / "data")
        self.mongo.start()


def remove_topics(kafka_bootstrap: str, cell: str) -> None:
    """All of a cell, with what was published and how far it was read."""
    asyncio.run(_remove(kafka_bootstrap, [f"{cell}.{name}" for name in (*service_names(), PEOPLE, CLOCK, REPLAYS)]))


async def _remove(kafka_bootstrap: str, topics: Sequence[str]) -> None:
    bus = KafkaBus(kafka_bootstrap)

    async def are_gone() -> bool:
        return not await bus.found(topics)

    try:
        await bus.remove(topics)
        await until(are_gone, PATIENCE)
    finally:
        await bus.close()
