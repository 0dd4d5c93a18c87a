"""A service's app on the real executor and a store in memory, for tests that speak HTTP to it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import httpx
from fastapi import FastAPI

from shared.clock import system_clock
from shared.engine.executor import Executor
from shared.engine.memory.store import MemoryStore
from shared.engine.message import Answer, Message
from shared.engine.service import Service
from shared.settings import Settings
from shared.web.app import create_app
from tests.shared.web.issuing import Issuer

Submit = Callable[[Message], Awaitable[Answer]]


class Api:
    """Sends requests, with the token of a person in acme unless it says otherwise."""

    def __init__(self, runner: asyncio.Runner, app: FastAPI, issuer: Issuer) -> None:
        self.runner = runner
        self.app = app
        self.issuer = issuer
        self.token: str | None = issuer.token()

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request; `options` are those of httpx."""
        return self.runner.run(self.request(method, path, **options))

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request, among others of the same loop."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= options.pop("headers", {})
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://garden.test") as client:
            return await client.request(method, path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """A read."""
        return self.send("GET", path, **options)

    def post(self, path: str, json: object = None, **options: Any) -> httpx.Response:
        """A command."""
        return self.send("POST", path, **options) if json is None else self.send("POST", path, json=json, **options)


@contextmanager
def running(service: Service, submit: Submit | None = None, settings: Settings | None = None) -> Iterator[Api]:
    """The service's app, with an executor behind it unless `submit` takes its place."""
    with asyncio.Runner() as runner:
        issuer, store = Issuer(), MemoryStore()
        executor = Executor(service, store, system_clock, Random(1))
        app = create_app(service, submit or executor.submit, store, settings or Settings(), issuer.verifier())
        loop = runner.get_loop()
        working = loop.create_task(executor.run())
        yield Api(runner, app, issuer)
        executor.queue.close()
        loop.run_until_complete(working)
