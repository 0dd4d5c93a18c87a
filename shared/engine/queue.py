"""What waits for the executor: bounded, commands first, tenants in turn."""

import asyncio
from collections import deque
from collections.abc import Iterable

from shared.engine.message import Answer, Message
from shared.errors import TryLater

Waiting = tuple[Message, "asyncio.Future[Answer]"]


class Line:
    """First in, first out for each tenant; between tenants, one each in turn."""

    def __init__(self) -> None:
        self.tenants: dict[str, deque[Waiting]] = {}
        self.length = 0

    def append(self, waiting: Waiting) -> None:
        """Stand behind the others of the same tenant."""
        self.tenants.setdefault(waiting[0].tenant, deque()).append(waiting)
        self.length += 1

    def take(self, most: int) -> list[Waiting]:
        """The next ones."""
        taken: list[Waiting] = []
        while self.tenants and len(taken) < most:
            tenant, waiting = next(iter(self.tenants.items()))
            taken.append(waiting.popleft())
            del self.tenants[tenant]
            if waiting:
                self.tenants[tenant] = waiting  # back to the end: the others come first now
        self.length -= len(taken)
        return taken


class Queue:
    """`limit` commands may wait; a tenant with less than its share of them is still let in when others have more."""

    def __init__(self, limit: int = 2000) -> None:
        self.limit = limit
        self.commands = Line()
        self.others = Line()
        self.filled = asyncio.Event()
        self.closed = False

    def put(self, message: Message) -> "asyncio.Future[Answer]":
        """Wait for the executor; the future ends with the answer. Raises `TryLater` instead of waiting too long."""
        if self.closed:
            raise TryLater("The service is stopping: ask again, another replica will answer.")
        if message.is_command:
            self._admit(message.tenant)
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        (self.commands if message.is_command else self.others).append((message, waiting))
        self.filled.set()
        return waiting

    async def take(self, most: int) -> list[Waiting]:
        """Up to `most` of what waits, commands first, as soon as there is something; nothing once closed and empty."""
        while not (self.commands.length or self.others.length):
            if self.closed:
                return []
            self.filled.clear()
            await self.filled.wait()
        taken = self.commands.take(most)
        return taken + self.others.take(most - len(taken))

    def close(self) -> None:
        """Take nothing more; what waits is still handed out."""
        self.closed = True
        self.filled.set()

    def fail(self, batch: Iterable[Waiting], error: BaseException) -> None:
        """Nobody will answer these, nor what still waits: the executor has ended."""
        self.close()
        for _, waiting in [*batch, *self.commands.take(self.commands.length), *self.others.take(self.others.length)]:
            if not waiting.done():
                waiting.set_exception(RuntimeError(f"the executor has ended: {type(error).__name__}"))
                waiting.exception()  # who has left already is not waited for

    def _admit(self, tenant: str) -> None:
        if self.commands.length < self.limit:
            return
        own = len(self.commands.tenants.get(tenant, ()))
        if own >= self.limit // (len(self.commands.tenants) or 1) or self.commands.length >= 2 * self.limit:
            raise TryLater("There is more to do than can be done at once: ask again after the time in Retry-After.")
