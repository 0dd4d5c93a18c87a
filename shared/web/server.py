"""Serving an app over HTTP, beside whatever else the process does."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from functools import partial
from typing import cast

import uvicorn
from starlette.types import ASGIApp

from shared.settings import SettingsWrong
from shared.web.admission import Admission
from shared.web.bounds import Bounds
from shared.web.connection import Connection

BACKLOG = 2048
BOUNDS = Bounds()
NAMES = "ITHACA_HOST, ITHACA_PORT"
"""The settings that say where the api listens."""
PATIENCE = 10
"""Seconds that requests under way get when the server stops."""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's: it stops the server by cancelling `serve`."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Look after all connections, ten times a second."""
        now = asyncio.get_running_loop().time()
        for connection in tuple(self.server_state.connections):
            cast(Connection, connection).check(now)
        return await super().on_tick(counter)


def listen(host: str, port: int, names: str = NAMES) -> socket.socket:
    """Return a socket that listens there (port 0: any that is free); raises `SettingsWrong` when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise SettingsWrong(f"{names}: cannot listen on {host}:{port}: {error.strerror}") from error


async def serve(app: ASGIApp, host: str, port: int, bounds: Bounds = BOUNDS, names: str = NAMES) -> None:
    """Answer requests until it is cancelled; then no new ones are taken, and those under way are finished.

    An answer that goes on without end sees `request.state.closing`, and ends. `names` are the settings to look at if
    it cannot listen there.
    """
    admission = Admission(bounds)
    config = uvicorn.Config(
        app,
        http=cast(type[asyncio.Protocol], partial(Connection, admission)),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=bounds.idle_seconds,
        timeout_graceful_shutdown=PATIENCE,
    )
    server = _Server(config)
    serving = asyncio.ensure_future(server.serve([listen(host, port, names)]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        admission.closing.set()
        await serving
        raise
