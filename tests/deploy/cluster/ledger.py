"""What has come of the commands that were acknowledged: on the topic, in another service, in the mail."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr

from aiokafka import AIOKafkaConsumer

from deploy.tour.pairing import InPool
from tests.deploy.cluster.cell import Cell
from tests.deploy.cluster.cluster import NotDone, until
from tests.deploy.cluster.load import PROGRAM, Load, connections

PATIENCE = 300.0
"""Seconds in which all effects must have come about."""
SUBMITTED, APPROVED = "ApplicationSubmitted", "ApplicationApproved"
WELCOME = f"Welcome to {PROGRAM}"
"""The mail that must come. The one before, that the application has arrived, is not sent when it is outdated."""
POOL = "in the pool"

Effect = tuple[str, str]
"""Of a kind, for an application or an address."""


@dataclass(slots=True, frozen=True)
class Effects:
    """How many there are of each kind.

    `lost` and `doubled` are how many differ from what was acknowledged. `again` counts what was delivered once more
    under the same id, by which a receiver knows it: records with one `ce_id`, mails with one Message-ID.
    """

    events: int
    in_pool: int
    mails: int
    lost: int
    doubled: int
    again: int


class Ledger:
    """Compares what a load was answered with what a cell has made of it."""

    def __init__(self, cell: Cell, load: Load) -> None:
        self.cell, self.load, self.again = cell, load, 0

    def count(self) -> Effects:
        """All effects, as soon as none is missing, or when nothing more is to be expected."""
        wanted = self._wanted()
        with suppress(NotDone):  # what is missing is told by numbers
            until("all has come about", lambda: not wanted - self._found(), PATIENCE)
        found = self._found()
        kinds = Counter(kind for kind, _ in found.elements())
        return Effects(
            events=kinds[SUBMITTED] + kinds[APPROVED],
            in_pool=kinds[POOL],
            mails=kinds[WELCOME],
            lost=(wanted - found).total(),
            doubled=(found - wanted).total(),
            again=self.again,
        )

    def published(self) -> int:
        """How many events of the load are on the topic now."""
        return len(asyncio.run(self._records()))

    def _wanted(self) -> Counter[Effect]:
        done = self.load.acknowledged
        wanted = Counter((SUBMITTED, id) for id in done.submitted)
        for id, address in done.approved.items():
            wanted.update([(APPROVED, id), (POOL, id), (WELCOME, address)])
        return wanted

    def _found(self) -> Counter[Effect]:
        deliveries = [*asyncio.run(self._records()), *self._mails()]
        distinct = set(deliveries)
        self.again = len(deliveries) - len(distinct)
        return Counter([*(effect for _, effect in distinct), *asyncio.run(self._pool())])

    async def _records(self) -> list[tuple[str, Effect]]:
        """The events of the load, from the beginning of the topic to where it ends now, each with its id."""
        topic, found = f"{self.cell.name}.intake", list[tuple[str, Effect]]()
        consumer = AIOKafkaConsumer(
            topic, bootstrap_servers=self.cell.ground.kafka_bootstrap, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            ends = await consumer.end_offsets(consumer.assignment())
            while any([await consumer.position(partition) < end for partition, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found += [one for record in records if (one := self._understand(record.headers, record.value))]
        finally:
            await consumer.stop()
        return found

    def _understand(self, headers: list[tuple[str, bytes]], value: bytes) -> tuple[str, Effect] | None:
        attributes = {name: content.decode() for name, content in headers}
        kind, data = attributes["ce_type"].split(".")[-2], json.loads(value)
        if data.get("program_id") != self.load.program or kind not in (SUBMITTED, APPROVED):
            return None
        return attributes["ce_id"], (kind, data["application_id"])

    def _mails(self) -> Iterator[tuple[str, Effect]]:
        for mail in self.cell.ground.mails.newest(to=self.load.organization):
            if mail.subject == WELCOME:
                yield mail.message["Message-ID"], (WELCOME, parseaddr(mail.to)[1])

    async def _pool(self) -> list[Effect]:
        async with connections() as http:
            staff = await self.load.staff(http)
            pool = await staff.every("matching", f"/programs/{self.load.program}/pool", InPool, limit=500)
        return [(POOL, one.id) for one in pool]
