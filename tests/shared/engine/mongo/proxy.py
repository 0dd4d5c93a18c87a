"""A connection to the database that can fail at a chosen moment."""

import asyncio
from types import TracebackType
from typing import Self


class Proxy:
    """Passes everything on, until `trigger` is in what a client sends: that is passed on, its reply never comes.

    With `cut`, the connection is closed then, once; without, it stays silent, and so do the ones after it.
    """

    def __init__(self, address: str, trigger: bytes, cut: bool) -> None:
        self.host, _, self.port = address.partition(":")
        self.trigger, self.cut = trigger, cut
        self.triggered = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        self.url = f"mongodb://127.0.0.1:{port}/?directConnection=true"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.close()
        for writer in self.writers:
            writer.close()

    async def _connect(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection(self.host, int(self.port))
        self.writers += [to_client, to_server]
        there = asyncio.create_task(self._there(client, to_server))
        back = asyncio.create_task(self._back(server, to_client))
        await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
        there.cancel()
        to_client.close()

    async def _there(self, client: asyncio.StreamReader, to_server: asyncio.StreamWriter) -> None:
        while sent := await client.read(65536):
            to_server.write(sent)
            if self.trigger in sent:
                self.triggered += 1

    async def _back(self, server: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        while reply := await server.read(65536):
            if self.triggered and not self.cut:
                continue
            if self.triggered == 1:
                self.triggered += 1
                return
            to_client.write(reply)
