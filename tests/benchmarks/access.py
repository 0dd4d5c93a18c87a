"""What of a command's processor time goes into who asks, and whether they may."""

import asyncio
import json
import time
from random import Random
from typing import NamedTuple
from uuid import uuid4

from fastapi import FastAPI
from starlette.types import Message, Scope

from shared.clock import system_clock
from shared.engine.execution.executor import Executor
from shared.engine.mongo.store import MongoStore
from shared.engine.process.collections import collections
from shared.settings import Settings
from shared.web.app import create_app
from shared.web.auth import Verifier
from shared.web.issuer_keys import IssuerKeys
from shared.web.revocations import Revocations
from tests.benchmarks.shop import Ship, shop
from tests.shared.web.issuing import AUDIENCE, ISSUER, Issuer

TOGETHER = 32
"""Requests at once, as many clients send them."""


class Spent(NamedTuple):
    """Microseconds of processor time: of a whole command, of access to it, and of a token that is seen first."""

    command: float
    access: float
    new_token: float


async def spent(mongo: str, count: int) -> Spent:
    """Measure so many commands of one person over HTTP, without sockets, on a real database."""
    service, issuer = shop(), Issuer()
    store = MongoStore(mongo, f"bench_{uuid4().hex[:8]}", writers=64)
    await store.prepare(collections(service))
    executor = Executor(service, store, system_clock, Random(1))
    revocations = Revocations(store, system_clock)
    verifier = Verifier(IssuerKeys(issuer.fetch, system_clock), ISSUER, AUDIENCE, system_clock, revocations)
    app = create_app(service, executor.submit, store, Settings(), verifier)
    running = asyncio.create_task(executor.run())
    token = issuer.token(roles=[f"manager:0190a3f2-{number:04}-7000-8000-000000000000" for number in range(40)])
    try:
        await _commands(app, token, TOGETHER)
        command = await _commands(app, token, count)
        access = await _access(verifier, app, token, count)
        return Spent(command, access, await _new_tokens(verifier, issuer, 200))
    finally:
        executor.queue.close()
        await running
        await store.client.drop_database(store.database.name)
        await store.close()


async def _commands(app: FastAPI, token: str, count: int) -> float:
    began = time.process_time()
    for start in range(0, count, TOGETHER):
        await asyncio.gather(*(_ask(app, token, number) for number in range(start, start + TOGETHER)))
    return (time.process_time() - began) / count * 1e6


async def _ask(app: FastAPI, token: str, number: int) -> None:
    body, statuses = json.dumps({"order_id": uuid4().hex, "pieces": 1}).encode(), []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        statuses.append(message.get("status"))

    await app(_scope(token, number % 1000, len(body)), receive, send)
    assert statuses[0] == 200, statuses


def _scope(token: str, customer: int, length: int) -> Scope:
    path = f"/v1/customers/c{customer}/shipments"
    headers = [
        (b"host", b"bench"),
        (b"authorization", f"Bearer {token}".encode()),
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % length),
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "server": ("bench", 80),
        "client": ("bench", 1),
    }


async def _access(verifier: Verifier, app: FastAPI, token: str, count: int) -> float:
    """Who it is and whether they may, as often as it was asked."""
    headers, command = {b"authorization": f"Bearer {token}".encode()}, Ship(customer_id="c1", order_id="o1", pieces=1)
    (handler,) = app.state.send.handlers.values()
    began = time.process_time()
    for _ in range(count):
        handler.http.permission.decide(await verifier.caller(headers), command)
    return (time.process_time() - began) / count * 1e6


async def _new_tokens(verifier: Verifier, issuer: Issuer, count: int) -> float:
    """Tokens that nobody has shown before: each is looked at once in its five minutes."""
    tokens = [{b"authorization": f"Bearer {issuer.token(jti=str(number))}".encode()} for number in range(count)]
    began = time.process_time()
    for headers in tokens:
        await verifier.caller(headers)
    return (time.process_time() - began) / count * 1e6
