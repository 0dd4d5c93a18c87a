"""A steady load: people come in, apply and are let in, each with mails, while a cell is disturbed.

Each command has an `Idempotency-Key`, and is sent again after an answer that was lost, and after 503 when `Retry-After`
has passed, as the guide for integrations says. Nothing else is sent again.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Thread
from types import TracebackType
from typing import Self
from uuid import uuid4

import httpx

from deploy.local.running import Operator
from deploy.tour.api import Caller, DidNotHappen, Services
from deploy.tour.onboarding import Credentials

PATIENCE = 120.0
"""Seconds after which a command that is sent again and again has failed."""
TOKEN_SECONDS = 240.0
PROGRAM = "The load"


@dataclass(slots=True, frozen=True)
class Sample:
    """A command: when it was first sent, how long it took with all repetitions, and what became of it at last."""

    began: float
    seconds: float
    repeated: int
    failure: str = ""


@dataclass(slots=True)
class Acknowledged:
    """The applications whose commands were answered with success, by id, each with its person's address."""

    submitted: dict[str, str] = field(default_factory=dict)
    approved: dict[str, str] = field(default_factory=dict)


class Failed(Exception):
    """A command has failed; its sample says how."""


class Load:
    """Use it in a `with` block: it goes on in a thread of its own until the block ends. `rate` is people per second."""

    def __init__(self, addresses: Mapping[str, str], operator: Operator, rate: float) -> None:
        self.addresses, self.operator, self.rate = addresses, operator, rate
        self.samples = list[Sample]()
        self.acknowledged = Acknowledged()
        self.organization = f"load-{uuid4().hex[:8]}"
        self.program = ""
        self._stopping = False
        self._problem: BaseException | None = None
        self._thread = Thread(target=self._run, name="load")

    def __enter__(self) -> Self:
        asyncio.run(self._prepare())
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Send no more, and return when all that was sent is answered; raises what has ended the load early."""
        self._stopping = True
        if self._thread.is_alive():
            self._thread.join()
        if self._problem:
            problem, self._problem = self._problem, None
            raise problem

    async def staff(self, http: httpx.AsyncClient) -> Caller:
        """Who runs the program."""
        return await Services(http, self.addresses).token(self._client)

    async def _prepare(self) -> None:
        async with connections() as http:
            services = Services(http, self.addresses)
            platform = await services.token(self.operator)
            body = {"slug": self.organization, "name": PROGRAM, "locale": "en", "time_zone": "UTC"}
            await platform.post("intake", "/organizations", body)
            manager = await services.token(self.operator, tenant=self.organization)
            self._client = await manager.post_for("intake", "/clients", Credentials, json={"name": PROGRAM})
            self.program = (await manager.post("intake", "/programs", {"title": PROGRAM})).id
            await manager.post("intake", f"/programs/{self.program}/publish")

    def _run(self) -> None:
        try:
            asyncio.run(self._send_all())
        except BaseException as problem:  # told by whoever stops the load
            self._problem = problem

    async def _send_all(self) -> None:
        async with connections() as http, asyncio.TaskGroup() as group:
            began, sent, renewed = time.monotonic(), 0, 0.0
            while not self._stopping:
                if not renewed or time.monotonic() - renewed > TOKEN_SECONDS:
                    with suppress(DidNotHappen):  # the token before is good for long enough to try again
                        http.headers["Authorization"] = f"Bearer {(await self.staff(http)).token}"
                        renewed = time.monotonic()
                group.create_task(self._one_more(http, sent))
                sent += 1
                await asyncio.sleep(max(0.0, began + sent / self.rate - time.monotonic()))

    async def _one_more(self, http: httpx.AsyncClient, number: int) -> None:
        """A person comes in, applies, and is let in."""
        mail = f"{self.organization}-{number}@example.org"
        try:
            person = {"name": f"Person {number}", "email": mail, "time_zone": _where_it_is_day()}
            person_id = await self._command(http, "/people", person)
            application = {"program_id": self.program, "person_id": person_id, "role": "mentee"}
            application_id = await self._command(http, "/applications", application)
            self.acknowledged.submitted[application_id] = mail
            await self._command(http, f"/applications/{application_id}/approve", {})
            self.acknowledged.approved[application_id] = mail
        except Failed:
            return

    async def _command(self, http: httpx.AsyncClient, path: str, body: Mapping[str, str]) -> str:
        began, repeated, key = time.monotonic(), 0, {"Idempotency-Key": str(uuid4())}
        while True:
            try:
                answer = await http.post(f"{self.addresses['intake']}/v1{path}", json=body, headers=key)
                problem, pause = f"{answer.status_code} {answer.text[:300]}", answer.headers.get("Retry-After")
                if answer.is_success:
                    self.samples.append(Sample(began, time.monotonic() - began, repeated))
                    return str(answer.json()["id"])
            except httpx.TransportError as error:
                problem, pause = type(error).__name__, "0.2"
            if pause is None or time.monotonic() - began > PATIENCE:
                self.samples.append(Sample(began, time.monotonic() - began, repeated, f"{path}: {problem}"))
                raise Failed
            repeated += 1
            await asyncio.sleep(float(pause))


def people_per_second() -> float:
    """The rate that the environment asks for."""
    return float(os.environ.get("ITHACA_PEOPLE_PER_SECOND", "3"))


def connections() -> httpx.AsyncClient:
    """To the cell's services."""
    return httpx.AsyncClient(timeout=10.0, trust_env=False, limits=httpx.Limits(max_connections=200))


def _where_it_is_day() -> str:
    """A zone where it is about noon now, so that no mail waits for the morning."""
    ahead = 12 - datetime.now(UTC).hour
    return "Etc/GMT" if ahead == 0 else f"Etc/GMT{-ahead:+d}"  # the sign is the other way round there
