"""The database of a cell is put back to a backup, as the operator's guide tells, and all services agree again."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local.mongo import Mongo
from services.evaluation.figures.model import ApplicationFact
from services.intake.applications.model.application import Application, ApplicationStatus
from services.matching.pool.model.participant import Participant
from shared.clock import system_clock
from shared.engine.authoring.reader import Reader
from shared.engine.kafka.bus import KafkaBus
from shared.engine.mongo.store import MongoStore
from tests.journeys.cell import Cell, running
from tests.journeys.test_clock import enroll, id_of
from tests.restore.backup import PATIENCE, Backup, remove_topics
from tests.waiting import until

TENANT = "harbor"
SERVICES = ("intake", "matching", "evaluation")
"""Those whose counts are compared."""

EARLY, ON_THEIR_WAY, LATE = ["ada", "grace"], ["joan", "mary"], ["edith", "hedy", "radia"]
"""Who is enrolled and known everywhere, who is not yet when the backup is made, and who is enrolled after it."""


class Place:
    """A cell with a database of its own, which is backed up and put back."""

    def __init__(self, home: Path, kafka: str) -> None:
        self.mongo, self.keys, self.kafka = Mongo(home), home / "signing-keys.json", kafka
        self.backup = Backup(self.mongo, home / "backup")
        self.name, self.program = f"restore-{uuid4().hex[:8]}", ""

    @asynccontextmanager
    async def run(self, *only: str) -> AsyncIterator[Cell]:
        """All three services, or some."""
        bus, store = lambda: KafkaBus(self.kafka), lambda one: MongoStore(self.mongo.url, one)
        async with running(self.name, bus, store, system_clock, only or SERVICES) as cell:
            cell.tenant = TENANT
            yield cell

    async def enroll(self, cell: Cell, names: list[str]) -> None:
        """They take part in the one program, as mentees."""
        if not self.program:
            await cell.ask("intake", "RegisterOrganization", slug=TENANT, name="Harbor", locale="en", time_zone="UTC")
            self.program = await id_of(cell.ask("intake", "CreateProgram", title="Mentoring"))
            await cell.ask("intake", "PublishProgram", program_id=self.program)
        for name in names:
            await enroll(cell, self.program, "mentee", name)

    def republish(self, since: datetime) -> None:
        """What an operator runs in the image of each service."""
        settings = {
            "ITHACA_CELL": self.name,
            "ITHACA_KAFKA_BOOTSTRAP": self.kafka,
            "ITHACA_MONGO_URL": self.mongo.url,
            "ITHACA_SHARDS": "4",
            "ITHACA_SIGNING_KEY_FILE": str(self.keys),
        }
        for service in SERVICES:
            words = [sys.executable, "-m", f"services.{service}", "republish", since.isoformat()]
            done = subprocess.run(words, env=os.environ | settings, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr


@pytest.fixture
def place(kafka_bootstrap: str, tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path, kafka_bootstrap)
    with place.mongo:
        yield place
    remove_topics(kafka_bootstrap, place.name)


async def known(cell: Cell) -> dict[str, int]:
    """How many take part, for each of those who should agree about it."""
    approved = {"status": ApplicationStatus.APPROVED}
    intake, matching, evaluation = (
        Reader(cell.engines[name].store, TENANT) for name in ("intake", "matching", "evaluation")
    )
    return {
        "intake": len(await intake.every(Application, approved)),
        "matching": len(await matching.every(Participant, {})),
        "evaluation": len(await evaluation.every(ApplicationFact, {})),
    }


async def agree(cell: Cell, count: int) -> None:
    """Wait until all know of so many."""

    async def do_they() -> bool:
        return set((await known(cell)).values()) == {count}

    await until(do_they, PATIENCE)


async def told_of(cell: Cell) -> list[tuple[str, str]]:
    """Every approval that intake has told of: whose, and its sequence."""
    return [(event["subject"], event["sequence"]) for event in await cell.told("ApplicationApproved")]


def test_a_cell_that_is_put_back_to_a_backup_goes_on_from_there_and_loses_nothing_that_the_backup_has(
    place: Place,
) -> None:
    async def before_the_backup() -> None:
        async with place.run() as cell:
            await place.enroll(cell, EARLY)
            await agree(cell, len(EARLY))
        async with place.run("intake") as cell:
            await place.enroll(cell, ON_THEIR_WAY)
            await cell.until_told("ApplicationApproved", len(EARLY + ON_THEIR_WAY))

    async def after_the_backup() -> None:
        async with place.run() as cell:
            await place.enroll(cell, LATE)
            await agree(cell, len(EARLY + ON_THEIR_WAY + LATE))

    async def after_the_restore() -> None:
        async with place.run() as cell:
            await agree(cell, len(EARLY + ON_THEIR_WAY))
            await place.enroll(cell, LATE)
            await agree(cell, len(EARLY + ON_THEIR_WAY + LATE))
            told = await told_of(cell)
            assert len(set(told)) == len(told) == len(EARLY + ON_THEIR_WAY + LATE)

    asyncio.run(before_the_backup())
    made_at = place.backup.make()
    asyncio.run(after_the_backup())
    place.backup.put_back()
    remove_topics(place.kafka, place.name)
    place.republish(made_at - timedelta(hours=1))
    asyncio.run(after_the_restore())
