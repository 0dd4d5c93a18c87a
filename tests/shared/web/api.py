"""A service's app on the real executor and a store in memory, for tests that speak HTTP to it."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from random import Random
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.datastructures import State

from shared.clock import system_clock
from shared.contracts.event import Event
from shared.engine.authoring.answer import Answer
from shared.engine.authoring.service import Service
from shared.engine.batch import outbox
from shared.engine.batch.message import Message
from shared.engine.deferred import timers
from shared.engine.execution.executor import Executor
from shared.engine.memory.store import MemoryStore
from shared.engine.ports.store import Store
from shared.settings import Settings
from shared.trail.seal import Seals
from shared.web.app import create_app
from shared.web.auth import Caller, Verifier
from shared.web.commands import Submit
from shared.web.issuer_keys import JWKS_PATH, IssuerKeys
from shared.web.revocations import Revocations
from shared.web.role_lookup import RoleLookup
from tests.scenario import Scenario
from tests.shared.web.issuing import Issuer


class Api:
    """Sends requests to an app, with a token unless it has none; `issuer` makes tokens that the app trusts."""

    executor: Executor
    """Behind the app, unless something else takes its place."""

    def __init__(self, runner: asyncio.Runner, app: FastAPI, issuer: Issuer) -> None:
        self.runner = runner
        self.app = app
        self.issuer = issuer
        self.token: str | None = None
        self.store = MemoryStore()

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request; `options` are those of httpx."""
        return self.runner.run(self.request(method, path, **options))

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request, among others of the same loop."""
        given = httpx.Headers(options.pop("headers", {}))  # with what is there twice
        headers: list[tuple[bytes, bytes]] = list(given.raw)
        if self.token and "Authorization" not in given:
            headers.append((b"Authorization", f"Bearer {self.token}".encode()))
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://garden.test") as client:
            return await client.request(method, path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """A read."""
        return self.send("GET", path, **options)

    def post(self, path: str, json: object = None, **options: Any) -> httpx.Response:
        """A command."""
        return self.send("POST", path, **options) if json is None else self.send("POST", path, json=json, **options)

    def rows(self, collection: str) -> list[bytes]:
        """What the database has in a collection, as it is stored."""
        return list(self.store.collections[collection].values())

    def published(self, event: type[Event], field: str) -> list[Any]:
        """One field of all events of a type that were published, in their order."""
        chunks = self.runner.run(self.store.find(outbox.COLLECTION, {}))
        rows = (row for chunk in chunks for row in chunk["events"] if row["type"] == event.type_name)
        return [getattr(event.read(row["data"]), field) for row in rows]

    def fire_timers(self) -> None:
        """Have all happen that is planned, as a worker would when it is due."""
        self.runner.run(self._fire_timers())

    async def _fire_timers(self) -> None:
        for row in await self.store.find(timers.COLLECTION, {}):
            message = timers.fired(self.executor, row)
            assert message is not None
            await self.executor.submit(message)

    def own_verifier(self, settings: Settings) -> Verifier:
        """What trusts the keys that the app itself publishes."""

        async def fetch() -> bytes:
            return (await self.request("GET", JWKS_PATH)).content

        keys, revocations = IssuerKeys(fetch, system_clock), Revocations(self.store, system_clock)
        roles = RoleLookup(self.store)
        return Verifier(keys, settings.issuer, settings.audience, system_clock, revocations, roles)

    def look_again(self) -> None:
        """Have the app look at the next request what is revoked, however short ago it has."""
        verifier: Verifier = self.app.state.verifier
        assert verifier.revocations is not None
        verifier.revocations.tried = None


class Front(Verifier):
    """An app whose executor, database, settings and trust in tokens are those of the test that has it."""

    submit: Submit
    verifier: Verifier

    def __init__(self, service: Service) -> None:
        self.service = service
        self.app = create_app(service, self._submit, MemoryStore(), Settings(), self)
        self.send = self.app.state.send

    async def caller(self, headers: Mapping[bytes, bytes]) -> Caller:
        """Who asks, as the test has it."""
        return await self.verifier.caller(headers)

    def is_suspended(self, tenant: str) -> bool:
        """Whether the test has suspended an organization."""
        return self.verifier.is_suspended(tenant)

    async def refresh(self) -> None:
        """Look at what the test has suspended."""
        await self.verifier.refresh()

    async def _submit(self, message: Message) -> Answer:
        return await self.submit(message)


@lru_cache(maxsize=8)
def _idle(_: int) -> list[Front]:
    """Apps of the service with that identity that no test has now."""
    return []


@contextmanager
def assembled(
    service: Service, submit: Submit, store: Store, verifier: Verifier, settings: Settings | None = None
) -> Iterator[FastAPI]:
    """The service's app, as `create_app` makes it of these, for the block.

    An app is built once and lent to one test after the other: building it takes longer than most of them.
    """
    idle = _idle(id(service))
    front = idle.pop() if idle else Front(service)
    front.submit, front.verifier = submit, verifier
    given = settings or Settings()
    seals = Seals(given.dead_letter_keys, front.service.name)
    front.app.state = State(
        {"store": store, "settings": given, "send": front.send, "verifier": verifier, "seals": seals}
    )
    yield front.app
    idle.append(front)


@contextmanager
def running(service: Service, submit: Submit | None = None, settings: Settings | None = None) -> Iterator[Api]:
    """The service's app, with an executor behind it unless `submit` takes its place.

    Requests have the token of a person in acme, from an issuer of the test. With settings, the app trusts the keys that
    it publishes itself, and there is no token at first.
    """
    with asyncio.Runner() as runner:
        api = Api(runner, FastAPI(), Issuer())
        api.executor = executor = Executor(service, api.store, system_clock, Random(1))
        verifier = api.own_verifier(settings) if settings else api.issuer.verifier()
        api.token = None if settings else api.issuer.token()
        with assembled(service, submit or executor.submit, api.store, verifier, settings) as api.app:
            working = runner.get_loop().create_task(executor.run())
            yield api
            executor.queue.close()
            runner.get_loop().run_until_complete(working)


@contextmanager
def asking(scenario: Scenario) -> Iterator[Api]:
    """What a scenario has come to, over HTTP, with an executor at work that has the scenario's clock."""
    issuer, executor = Issuer(), Executor(scenario.service, scenario.store, lambda: scenario.now, Random(1))
    with (
        asyncio.Runner() as runner,
        assembled(scenario.service, executor.submit, scenario.store, issuer.verifier()) as app,
    ):
        working = runner.get_loop().create_task(executor.run())
        yield Api(runner, app, issuer)
        executor.queue.close()
        runner.get_loop().run_until_complete(working)
