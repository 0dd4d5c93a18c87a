"""Who asks and whether they may is known without the database, whoever it is."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pymongo import monitoring

from shared.engine.authoring.scopes import ALL
from shared.engine.execution.executor import Executor
from shared.engine.mongo.store import MongoStore
from shared.engine.process.collections import collections
from shared.settings import Settings
from shared.web.app import create_app
from shared.web.auth import Caller, Verifier
from shared.web.issuer_keys import IssuerKeys
from shared.web.revocations import Revocations
from tests.shared.web.garden import garden
from tests.shared.web.issuing import AUDIENCE, ISSUER, Hands, Issuer

pytestmark = pytest.mark.real

ASKERS: dict[str, dict[str, Any]] = {
    "a person": {},
    "a client": {"kind": "client", "sub": "hr", "scope": ALL},
    "somebody with forty roles": {"roles": [f"manager:0190-{number:04}" for number in range(40)]},
}
READS = ("find", "aggregate", "getMore", "count", "distinct")


class Asked(monitoring.CommandListener):
    """Notes which reads the database is asked for."""

    def __init__(self) -> None:
        self.reads: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """One more command."""
        if event.command_name in READS:
            self.reads.append(f"{event.command_name} {event.command[event.command_name]}")

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """It was noted when it started."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """It was noted when it started."""


class OpenHouse(Verifier):
    """Takes everybody for one person, without a look."""

    def __init__(self) -> None:
        pass

    async def caller(self, headers: object) -> Caller:  # noqa: ARG002 - it looks at none
        """Somebody."""
        return Caller("acme", "person", "p1")


@contextmanager
def listening() -> Iterator[Asked]:
    """Hear of every command to a database whose client is made in this block."""
    asked, before = Asked(), list(monitoring._LISTENERS.command_listeners)
    monitoring.register(asked)
    try:
        yield asked
    finally:
        monitoring._LISTENERS.command_listeners[:] = before


async def reads(mongo_url: str, asked: Asked, verifier: Verifier | None, claims: dict[str, Any]) -> list[str]:
    """What the third command of somebody reads, when the first ones have done what is done once."""
    clock, issuer = Hands(), Issuer()
    issuer.clock = clock
    store = MongoStore(mongo_url, f"reads_{uuid4().hex[:8]}")
    await store.prepare(collections(garden))
    executor = Executor(garden, store, clock, Random(1))
    keys, revocations = IssuerKeys(issuer.fetch, clock), Revocations(store, clock)
    real = Verifier(keys, ISSUER, AUDIENCE, clock, revocations)
    app = create_app(garden, executor.submit, store, Settings(), verifier or real)
    running, headers = asyncio.create_task(executor.run()), {"Authorization": f"Bearer {issuer.token(**claims)}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://garden.test") as client:
        for _ in range(3):
            asked.reads.clear()
            answer = await client.post("/v1/plots/p1/water", json={"liters": 1}, headers=headers)
            assert answer.status_code == 200, answer.text
    found = list(asked.reads)
    executor.queue.close()
    await running
    await store.client.drop_database(store.database.name)
    await store.close()
    return found


@pytest.mark.parametrize("who", ASKERS)
def test_a_command_reads_nothing_more_to_know_who_asks_and_whether_they_may(who: str, mongo_url: str) -> None:
    with listening() as asked:
        unguarded = asyncio.run(reads(mongo_url, asked, OpenHouse(), {}))
        guarded = asyncio.run(reads(mongo_url, asked, None, ASKERS[who]))
    assert guarded == unguarded
    assert len(unguarded) > 0


def test_a_look_at_what_is_revoked_is_counted(mongo_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Revocations, "_is_due", True)
    with listening() as asked:
        found = asyncio.run(reads(mongo_url, asked, None, {}))
    assert any("revocation" in one for one in found)
