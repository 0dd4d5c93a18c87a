"""A way to a server that opens, falls silent and closes as a test wants: for processes that are told its address."""

import asyncio
from typing import Self


class Forwarder:
    """Passes on what comes to `port`, once it is open; while `silent`, nothing more comes through, nor is refused."""

    def __init__(self, address: str, port: int) -> None:
        self.host, _, self.to = address.partition(":")
        self.port = port
        self.silent = False
        self.tasks: set[asyncio.Task[None]] = set()
        self.server: asyncio.Server | None = None

    async def open(self) -> Self:
        """Take connections."""
        self.server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        return self

    async def close(self) -> None:
        """Refuse connections, and cut those that there are."""
        if self.server is not None:
            self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _connect(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection(self.host, int(self.to))
        for source, sink in ((client, to_server), (server, to_client)):
            task = asyncio.get_running_loop().create_task(self._pass_on(source, sink))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while received := await source.read(65536):
                if not self.silent:
                    sink.write(received)
        except ConnectionError:
            return
        finally:
            sink.close()
