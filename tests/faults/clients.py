"""People who use a cell: each command under a key, sent again until its answer is known, as the guide says."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import httpx

from deploy.local.running import Operator
from tests.faults.history import Attempt, Command, History, Outcome

PATIENCE = 150.0
"""Seconds after which a client gives up, and never knows."""

ANSWER_SECONDS = 8.0
"""After so long a client asks the other replica."""

TOKEN_SECONDS = 120.0
PAUSE = 0.3
PROGRAM = "Faults"
FIND_EACH_OTHER = 20
"""How often a pair is proposed until matching knows both."""


class Clients:
    """Write down all that they ask and are told. `rate` is how many people come in a second."""

    def __init__(
        self, addresses: Mapping[str, Sequence[str]], operator: Operator, history: History, seed: int, rate: float
    ) -> None:
        self.addresses, self.operator, self.history, self.rate = addresses, operator, history, rate
        self.random = random.Random(seed)
        self.organization = f"faults-{uuid4().hex[:8]}"
        self.program = ""
        self.stopping = False
        self.pair = asyncio.Lock()
        self.single: dict[str, list[str]] = {"mentor": [], "mentee": []}

    async def run(self) -> None:
        """Let people come in until `stopping`, then wait until all that was asked is answered."""
        async with self._connections() as http, asyncio.TaskGroup() as group:
            renewing = group.create_task(self._renew(http))
            people = list[asyncio.Task[None]]()
            began, number = time.monotonic(), 0
            while not self.stopping:
                people.append(group.create_task(self._person(http, number)))
                number += 1
                await asyncio.sleep(max(0.0, began + number / self.rate - time.monotonic()))
            if people:
                await asyncio.wait(people)
            renewing.cancel()

    async def prepare(self) -> None:
        """Make an organization with a program that is open."""
        async with self._connections() as http:
            basic = (self.operator.client_id, self.operator.client_secret)
            platform = await self._token(http, basic)
            body = {"slug": self.organization, "name": PROGRAM, "locale": "en", "time_zone": "UTC"}
            await self._post(http, "/organizations", body, platform)
            manager = await self._token(http, basic, self.organization)
            client = await self._post(http, "/clients", {"name": PROGRAM}, manager)
            self.credentials = client["client_id"], client["client_secret"]
            self.program = (await self._post(http, "/programs", {"title": PROGRAM}, manager))["id"]
            await self._post(http, f"/programs/{self.program}/publish", {}, manager)
            http.headers["Authorization"] = f"Bearer {await self._token(http, self.credentials)}"

    async def pool(self) -> frozenset[str] | None:
        """The applications that matching shows in the program's pool; None without an answer."""
        found, after = set[str](), dict[str, str]()
        async with self._connections() as http:
            try:
                token = await self._token(http, self.credentials)
                while True:
                    answer = await http.get(
                        f"{self.addresses['matching'][0]}/v1/programs/{self.program}/pool",
                        params={"limit": "500", **after},
                        headers={"Authorization": f"Bearer {token}"},
                    )
                    page = answer.raise_for_status().json()
                    found.update(one["id"] for one in page["items"])
                    if page["next"] is None:
                        return frozenset(found)
                    after = {"after": str(page["next"])}
            except httpx.HTTPError:
                return None

    async def _person(self, http: httpx.AsyncClient, number: int) -> None:
        """Comes in, applies, is let in, by two managers at once now and then; some leave again, others are paired."""
        role = "mentor" if number % 2 else "mentee"
        address = f"{self.organization}-{number}@example.org"
        person = {"name": f"Person {number}", "email": address, "time_zone": _where_it_is_day()}
        added = await self._command(http, "add", "intake", "/people", person)
        if added.outcome is not Outcome.DONE:
            return
        wish = {"program_id": self.program, "person_id": added.definite[0].id, "role": role}
        submitted = await self._command(http, "submit", "intake", "/applications", wish)
        if submitted.outcome is not Outcome.DONE:
            return
        application = submitted.definite[0].id
        self.history.addresses[application] = address
        managers = 2 if self.random.random() < 0.3 else 1
        path = f"/applications/{application}/approve"
        await asyncio.gather(
            *(self._command(http, "approve", "intake", path, {}, application) for _ in range(managers))
        )
        if self.random.random() < 0.2:
            await self._command(http, "withdraw", "intake", f"/applications/{application}/withdraw", {}, application)
            return
        self.single[role].append(application)
        await self._pair_up(http)
        await self._ask_again(http)

    async def _pair_up(self, http: httpx.AsyncClient) -> None:
        async with self.pair:
            if not (self.single["mentor"] and self.single["mentee"]):
                return
            pair = {f"{role}_application_id": waiting.pop(0) for role, waiting in self.single.items()}
        for _ in range(FIND_EACH_OTHER):
            path = f"/programs/{self.program}/matches"
            proposed = await self._command(http, "propose", "matching", path, pair)
            if not proposed.definite or proposed.definite[0].status != 404:
                return
            await asyncio.sleep(1.0)  # matching hears of both by events

    async def _ask_again(self, http: httpx.AsyncClient) -> None:
        """Somebody who has lost an answer asks under the old key, long after: it is the same answer."""
        known = [command for command in self.history.asked("approve") if command.definite]
        if known and self.random.random() < 0.3:
            command = self.random.choice(known)
            path = f"/applications/{command.about}/approve"
            command.attempts.append(await self._attempt(http, command, "intake", path, {}, 0))

    async def _command(
        self,
        http: httpx.AsyncClient,
        what: str,
        service: str,
        path: str,
        body: Mapping[str, str],
        about: str = "",
    ) -> Command:
        """Ask until it is known what became of it, or for as long as a client has patience."""
        command = Command(what, about, f"{what}-{uuid4()}")
        self.history.commands.append(command)
        turn, until = self.random.randrange(2), time.monotonic() + PATIENCE
        while True:
            command.attempts.append(await self._attempt(http, command, service, path, body, turn))
            if command.definite or time.monotonic() > until:
                return command
            turn += 1
            await asyncio.sleep(PAUSE)

    async def _attempt(
        self,
        http: httpx.AsyncClient,
        command: Command,
        service: str,
        path: str,
        body: Mapping[str, str],
        turn: int,
    ) -> Attempt:
        replicas = self.addresses[service]
        headers = {"Idempotency-Key": command.correlation, "X-Correlation-Id": command.correlation}
        began = time.monotonic()
        try:
            answer = await http.post(f"{replicas[turn % len(replicas)]}/v1{path}", json=body, headers=headers)
        except httpx.TransportError:
            return Attempt(began, time.monotonic(), 0)
        told = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        return Attempt(
            began,
            time.monotonic(),
            answer.status_code,
            str(told.get("code") or ""),
            str(told.get("id", "")),
            int(told.get("version", 0)),
        )

    async def _renew(self, http: httpx.AsyncClient) -> None:
        """A token is renewed long before it ends; where that fails, the one before is good for a while."""
        while True:
            try:
                http.headers["Authorization"] = f"Bearer {await self._token(http, self.credentials)}"
                await asyncio.sleep(TOKEN_SECONDS)
            except httpx.HTTPError:
                await asyncio.sleep(PAUSE)

    async def _token(self, http: httpx.AsyncClient, basic: tuple[str, str], tenant: str = "") -> str:
        form = {"grant_type": "client_credentials", **({"tenant": tenant} if tenant else {})}
        address = self.random.choice(self.addresses["intake"])
        answer = await http.post(f"{address}/oauth/token", data=form, auth=basic)
        return str(answer.raise_for_status().json()["access_token"])

    async def _post(self, http: httpx.AsyncClient, path: str, body: Mapping[str, str], token: str) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {token}"}
        answer = await http.post(f"{self.addresses['intake'][0]}/v1{path}", json=body, headers=headers)
        told: dict[str, str] = answer.raise_for_status().json()
        return told

    @staticmethod
    def _connections() -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False, limits=httpx.Limits(max_connections=200))


def _where_it_is_day() -> str:
    """A zone where it is about noon now, so that no mail waits for the morning."""
    ahead = 12 - datetime.now(UTC).hour
    return "Etc/GMT" if ahead == 0 else f"Etc/GMT{-ahead:+d}"  # the sign is the other way round there
