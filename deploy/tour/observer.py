"""One more consumer of the cell's topics: it sees what every other system could see."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from deploy.tour.api import DidNotHappen

PEOPLE = "people"
PATIENCE = 120.0
"""Seconds that an event gets to come."""


@dataclass(slots=True, frozen=True)
class Seen:
    """An event, or a state on the people topic; `data` is empty where a state was withdrawn."""

    topic: str
    type: str
    id: str
    correlation: str
    time: datetime
    data: dict[str, Any]  # JSON

    def says(self, facts: dict[str, object]) -> bool:
        """Whether its data has these values."""
        return all(self.data.get(name) == value for name, value in facts.items())


class Observer:
    """Reads all topics of a cell from where they end now, without a group, and keeps what belongs to one tour."""

    def __init__(self, bootstrap: str, cell: str, services: Sequence[str], prefix: str) -> None:
        self.topics = {f"{cell}.{name}": name for name in (*services, PEOPLE)}
        self.bootstrap, self.prefix = bootstrap, prefix
        self.seen = list[Seen]()
        self._news = asyncio.Event()

    async def wait_for(self, type: str, count: int = 1, seconds: float = PATIENCE, **facts: object) -> list[Seen]:
        """The events of a type with these values in their data, as soon as there are so many.

        Raises DidNotHappen when they have not come in time.
        """
        try:
            async with asyncio.timeout(seconds):
                while len(found := self._find(type, facts)) < count:
                    await self._next()
        except TimeoutError:
            missing = f"{count} times {type}" if count > 1 else type
            raise DidNotHappen(f"{missing} did not come in {seconds:g} s; {len(found)} came.") from None
        return found

    def caused_by(self, correlation: str) -> list[Seen]:
        """All that has come so far with this correlation id."""
        return [seen for seen in self.seen if seen.correlation == correlation]

    async def catch_up(self) -> None:
        """Return when everything has come that is on the topics now."""
        ends = await self.consumer.end_offsets(self.consumer.assignment())
        while any([await self.consumer.position(partition) < end for partition, end in ends.items()]):
            await self._next()

    def _find(self, type: str, facts: dict[str, object]) -> list[Seen]:
        return [seen for seen in self.seen if seen.type == type and seen.says(facts)]

    async def _next(self) -> None:
        """Wait until something more has come; raises what has ended the reading."""
        self._news.clear()
        news = asyncio.ensure_future(self._news.wait())
        try:
            await asyncio.wait([news, self._reading], return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
        if self._reading.done():
            self._reading.result()

    async def _read(self) -> None:
        while True:
            batches = await self.consumer.getmany(timeout_ms=1000)
            for records in batches.values():
                self.seen += [seen for record in records if (seen := self._understand(record))]
            self._news.set()

    def _understand(self, record: ConsumerRecord) -> Seen | None:
        attributes = {name: value.decode() for name, value in record.headers}
        correlation = attributes.get("ce_correlationid", "")
        if not correlation.startswith(self.prefix):
            return None
        *_, name, _version = attributes["ce_type"].split(".")
        return Seen(
            topic=self.topics[record.topic],
            type=name if record.value else f"{name} withdrawn",
            id=attributes["ce_id"],
            correlation=correlation,
            time=datetime.fromisoformat(attributes["ce_time"]),
            data=json.loads(record.value) if record.value else {},
        )

    async def __aenter__(self) -> Self:
        self.consumer = AIOKafkaConsumer(
            *self.topics, bootstrap_servers=self.bootstrap, isolation_level="read_committed"
        )
        await self.consumer.start()
        await self.consumer.seek_to_end()
        self._reading = asyncio.ensure_future(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self.consumer.stop()
