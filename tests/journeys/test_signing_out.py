"""Who signs out, or is of an organization that is suspended, is refused by every process of every service within two
seconds, on a real broker and database."""

import asyncio
import json
import logging
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from services.intake.identity.keys import SigningKeys
from services.intake.settings import IntakeSettings
from shared.clock import system_clock
from shared.engine.kafka.bus import KafkaBus
from shared.engine.mongo.store import MongoStore
from shared.engine.process.engine import Engine
from shared.sign_in_secrets import Requested, SignInSecrets
from shared.web.app import create_app
from shared.web.auth import Verifier
from shared.web.issuer_keys import IssuerKeys
from shared.web.revocations import Revocations
from tests.journeys.cell import Cell, running

log = logging.getLogger(__name__)

KEY = b"k" * 32
ROUNDS = 20
SUSPENSIONS = 8
Measure = Callable[["Front", Cell], Awaitable[list[float]]]

BOUND = 2.0
"""Seconds for nineteen of twenty."""
REPLICAS = 2


class Front:
    """What answers for all services: of each, some processes that share its database."""

    def __init__(self, cell: Cell, settings: IntakeSettings) -> None:
        self.keys = SigningKeys(settings.signing_key_file)
        self.apps = {
            f"{name}-{number}": self._app(engine, settings)
            for name, engine in cell.engines.items()
            for number in range(REPLICAS)
        }

    def _app(self, engine: Engine, settings: IntakeSettings) -> FastAPI:
        keys, clock = IssuerKeys(self._published, system_clock), engine.time
        revocations = Revocations(engine.store, clock)
        verifier = Verifier(keys, settings.issuer, settings.audience, clock, revocations)
        app = create_app(engine.service, engine.submit, engine.store, settings, verifier)
        app.state.engine = engine
        return app

    async def _published(self) -> bytes:
        return json.dumps(self.keys.published()).encode()

    async def ask(self, app: str, method: str, path: str, token: str = "", **options: Any) -> httpx.Response:
        """An answer of one process."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(self.apps[app])
        async with httpx.AsyncClient(transport=transport, base_url="http://ithaca.test") as client:
            return await client.request(method, path, headers=headers, **options)

    async def said_after(self, app: str, token: str, code: str, began: float) -> float:
        """Seconds until a process that is asked again and again says this to who shows a token."""
        while (await self.ask(app, "GET", "/v1/timers", token)).json()["code"] != code:
            assert time.monotonic() < began + 60, f"{app} does not say {code}"
            await asyncio.sleep(0.05)
        return time.monotonic() - began


async def sign_in(front: Front, cell: Cell, person_id: str) -> Mapping[str, str]:
    """The tokens of a person of a sandbox, by a link that the operator has had made."""
    made = await cell.ask("intake", "MakeSignInLink", "operator/root", person_id=person_id)
    link = SignInSecrets([KEY]).link(Requested(cell.tenant, json.loads(made.body)["id"]))
    tokens: dict[str, str] = (await front.ask("intake-0", "POST", "/v1/sign-in", json={"link": link})).json()
    return tokens


async def add_ada(cell: Cell) -> str:
    """Somebody of the organization: the id."""
    person = {"name": "Ada", "email": "ada@example.org", "locale": "en", "time_zone": "Europe/Rome"}
    return str(json.loads((await cell.ask("intake", "AddPerson", **person)).body)["id"])


async def measure_suspensions(front: Front, cell: Cell) -> list[float]:
    """How long each process of each service takes to refuse people of an organization that is suspended."""
    person_id, rounds = await add_ada(cell), list[list[float]]()
    for _ in range(1 + SUSPENSIONS):
        token = (await sign_in(front, cell, person_id))["access_token"]
        await asyncio.gather(*(front.said_after(app, token, "not-allowed", time.monotonic()) for app in front.apps))
        named = {"organization_id": cell.tenant}
        await cell.ask("intake", "SuspendOrganization", "operator/root", reason="other", **named)
        began, said = time.monotonic(), "organization-is-suspended"
        rounds.append(await asyncio.gather(*(front.said_after(app, token, said, began) for app in front.apps)))
        await cell.ask("intake", "ResumeOrganization", "operator/root", **named)
        await asyncio.sleep(1.1)  # tokens are of whole seconds: those of the next one count
    return [one for found in rounds[1:] for one in found]  # in the first one, consumers still join their groups


async def measure(front: Front, cell: Cell) -> list[float]:
    """How long each process of each service takes to refuse who has signed out, one after the other."""
    person_id = await add_ada(cell)
    seconds = list[float]()
    for number in range(ROUNDS):
        token = (await sign_in(front, cell, person_id))["access_token"]
        found = await asyncio.gather(*(front.ask(app, "GET", "/v1/timers", token) for app in front.apps))
        assert {answer.status_code for answer in found} == {403}, "a token that counts is not taken"
        signing_out = await front.ask(f"intake-{number % REPLICAS}", "POST", f"/v1/people/{person_id}/sign-out", token)
        assert signing_out.status_code == 200
        began = time.monotonic()
        seconds += await asyncio.gather(*(front.said_after(app, token, "token-refused", began) for app in front.apps))
    return seconds


@pytest.mark.parametrize("what", [measure, measure_suspensions])
def test_a_token_is_refused_everywhere_within_two_seconds(
    what: Measure, kafka_bootstrap: str, mongo_url: str, tmp_path: Path
) -> None:
    settings = IntakeSettings(signing_key_file=tmp_path / "keys.json", sign_in_key=SecretStr(b64encode(KEY).decode()))
    name = f"access-{uuid4().hex[:8]}"

    async def journey() -> list[float]:
        made = running(name, lambda: KafkaBus(kafka_bootstrap), lambda one: MongoStore(mongo_url, one), system_clock)
        async with made as cell:
            cell.tenant = "sandbox-harbor"
            organization = {"slug": cell.tenant, "name": "Harbor", "locale": "en", "time_zone": "Europe/Rome"}
            await cell.ask("intake", "RegisterOrganization", **organization)
            return await what(Front(cell, settings), cell)

    seconds = asyncio.run(journey())
    p95 = quantiles(seconds, n=20)[-1]
    log.info(
        f"{len(seconds)} refusals: p50 {quantiles(seconds, n=2)[0]:.2f} s, p95 {p95:.2f} s, most {max(seconds):.2f} s"
    )
    assert p95 < BOUND
