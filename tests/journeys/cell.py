"""All services of a cell in one process, each with its engine and database, asked as their users would ask them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from shared.clock import Clock
from shared.engine.authoring.answer import Answer
from shared.engine.batch.message import Message, Origin
from shared.engine.execution.executor import Limits
from shared.engine.ports.bus import Bus
from shared.engine.ports.store import Document, Store
from shared.engine.process.engine import Engine, ProcessOptions
from shared.installed import installed_services
from tests.shared.engine.shop import SEALER
from tests.waiting import PATIENCE, until


@dataclass(slots=True)
class Cell:
    """What runs, and the tenant that is asked for."""

    engines: dict[str, Engine]
    tenant: str = ""

    async def ask(self, service: str, command: str, actor: str = "client/test", **fields: Any) -> Answer:
        """The answer to a command; raises what refuses it."""
        engine = self.engines[service]
        handler = engine.service.by_name[command]
        id = engine.executor.new_id()
        body = handler.takes.model_validate(fields)
        answer = await engine.submit(Message(handler, id, self.tenant, body=body, origin=Origin(actor, correlation=id)))
        if answer.error is not None:
            raise answer.error
        return answer

    async def told(self, *names: str) -> list[Document]:
        """The tenant's events with these names that any service has published, in the order of their making."""
        chunks = [
            chunk
            for engine in self.engines.values()
            for chunk in await engine.store.find("outbox", {"position": {"$gt": 0}})
        ]
        chunks.sort(key=lambda chunk: int(chunk["_id"]))
        events = (event for chunk in chunks for event in chunk["events"])
        return [event for event in events if event["tenant"] == self.tenant and event["type"].split(".")[-2] in names]

    async def until_told(self, name: str, count: int = 1) -> list[Document]:
        """The events with that name, as soon as there are so many."""

        async def are_there() -> bool:
            return len(await self.told(name)) >= count

        await until(are_there)
        return await self.told(name)


@asynccontextmanager
async def running(
    name: str, bus: Callable[[], Bus], store: Callable[[str], Store], clock: Clock, only: Collection[str] = ()
) -> AsyncIterator[Cell]:
    """A cell of that name that runs until the end of the block. `store` makes the database of a service.

    `only` names the services that run, where not all do.
    """
    engines = {
        service.name: Engine(
            service,
            store(f"{name}_{service.name}"),
            bus(),
            clock,
            Random(7),
            ProcessOptions(f"{service.name}-1", name, poll_seconds=5.0, answer_seconds=PATIENCE),
            Limits(shards=4),
            SEALER,
        )
        for service in installed_services()
        if not only or service.name in only
    }
    try:
        for engine in engines.values():
            await engine.prepare()
        await asyncio.gather(*(engine.start() for engine in engines.values()))
        yield Cell(engines)
    finally:
        await asyncio.gather(*(engine.stop() for engine in engines.values()))
        await asyncio.gather(*(engine.close() for engine in engines.values()))
