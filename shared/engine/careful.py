"""After an unclean end: messages one by one, the attempt recorded first, to find the one that kills the process."""

import asyncio
from dataclasses import replace

import structlog

from shared.engine.executor import Executor
from shared.engine.message import Answer, Message
from shared.engine.store import Delete, Put

log = structlog.get_logger()

COLLECTION = "attempts"

DEADLY = 3
"""Attempts after which a message that stops the process every time is buried."""


class Careful:
    """One per process, named by `owner`: a second try of the same process does not count."""

    def __init__(self, executor: Executor, owner: str) -> None:
        self.executor = executor
        self.owner = owner
        self.turn = asyncio.Lock()

    async def handle(self, message: Message) -> Answer:
        """Hand the message to the executor, alone; bury it unread if it has stopped too many processes."""
        async with self.turn:
            id = message.seen or f"{message.tenant}/{message.handler.name}/{message.id}"
            if await self._begin(id) > DEADLY:
                log.error("message.deadly", handler=message.handler.name, message=message.id)
                message = replace(message, deadly=True)
            answer = await self.executor.submit(message)
            await self.executor.store.transact([Delete(COLLECTION, id)])
            return answer

    async def _begin(self, id: str) -> int:
        """How many processes have begun with it, this one included."""
        store = self.executor.store
        known = (await store.get(COLLECTION, [id])).get(id, {"number": 0, "owner": ""})
        number: int = known["number"] + (known["owner"] != self.owner)
        await store.transact([Put(COLLECTION, {"_id": id, "number": number, "owner": self.owner})])
        return number
