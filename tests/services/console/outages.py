"""Parts of a cell that can be away for a while: a service that does not answer, a console that follows nothing."""

import asyncio
from collections.abc import Sequence
from typing import Any

from services.console.live.model import Latest
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Write
from shared.web.server import serve

LOOPBACK = "127.0.0.1"


class Database(MemoryStore):
    """A database in which nothing can be written, for a while, into the read model that pages are kept true by."""

    def __init__(self) -> None:
        super().__init__()
        self.follows = asyncio.Event()
        self.follows.set()

    async def transact(self, writes: Sequence[Write]) -> None:
        """See `Store.transact`."""
        if any(write.collection == Latest.collection for write in writes):
            await self.follows.wait()
        await super().transact(writes)


class Serving:
    """The services of a cell as they listen: each can go, and come back at its address."""

    def __init__(self, apps: dict[str, Any], ports: dict[str, int]) -> None:
        self.apps, self.ports = apps, ports
        self.running = dict[str, asyncio.Future[None]]()

    def start(self, *names: str) -> None:
        """Have them listen."""
        for name in names:
            self.running[name] = asyncio.ensure_future(serve(self.apps[name], LOOPBACK, self.ports[name]))

    async def stop(self, *names: str) -> None:
        """Have them listen no more; what they answer is finished."""
        stopping = [self.running.pop(name) for name in names]
        for one in stopping:
            one.cancel()
        await asyncio.gather(*stopping, return_exceptions=True)
