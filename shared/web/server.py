"""Serving an app over HTTP, beside whatever else the process does."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from shared.settings import SettingsWrong

BACKLOG = 2048
PATIENCE = 10
"""Seconds that requests under way get when the server stops."""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's: it stops the server by cancelling `serve`."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there (port 0: any that is free); raises `SettingsWrong` when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise SettingsWrong(f"ITHACA_HOST, ITHACA_PORT: cannot listen on {host}:{port}: {error.strerror}") from error


async def serve(app: ASGIApp, host: str, port: int) -> None:
    """Answer requests until it is cancelled; then no new ones are taken, and those under way are finished."""
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    server = _Server(config)
    serving = asyncio.ensure_future(server.serve([listen(host, port)]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
