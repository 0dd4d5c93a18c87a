"""What tests of pages ask of a running cell, and put into it."""

import asyncio
import json
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import httpx
from aiosmtpd.smtp import Envelope

from services.evaluation.figures.kpis import KPIS, Facts, KpiName
from services.evaluation.figures.model import ApplicationFact
from services.intake.identity.model.sign_in_requests import SignInRequest
from services.matching.proposals.model.requests import MenteeRequests
from shared.clock import system_clock
from shared.engine.authoring.reader import Reader
from shared.errors import Refusal
from shared.sign_in_secrets import Action, Requested, SignInSecrets
from tests.journeys.cell import Cell
from tests.services.console.outages import LOOPBACK, Database, Serving
from tests.waiting import PATIENCE, until

KEY = b"k" * 32
OPERATOR_SECRET = "an operator's secret of 32 letters"
TENANT = "sandbox-harbor"

R = TypeVar("R")

mailbox = SignInSecrets([KEY])
"""What mails about signing in say."""


class World:
    """A running cell with one organization, and the ways to put something into it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, cell: Cell, serving: Serving) -> None:
        self.loop = loop
        self.cell = cell
        self.serving, self.ports = serving, serving.ports
        self.mails = list[Envelope]()
        self.giver = "operator/root"

    @property
    def console(self) -> Database:
        """The console's database, of a cell in memory."""
        return cast("Database", self.cell.engines["console"].store)

    @property
    def address(self) -> str:
        """Where the console's pages are."""
        return f"http://{LOOPBACK}:{self.ports['console']}"

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        """What comes of work in the cell's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def ask(self, service: str, command: str, actor: str = "client/test", **fields: Any) -> dict[str, Any]:
        """The answer to a command; raises what refuses it."""
        answer = self.run(self.cell.ask(service, command, actor, **fields))
        body: dict[str, Any] = json.loads(answer.body)
        return body

    def add_person(self, name: str, locale: str = "en", time_zone: str = "Europe/Rome") -> str:
        """Somebody in the organization; their address begins with their first name."""
        email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
        return str(self.ask("intake", "AddPerson", name=name, email=email, locale=locale, time_zone=time_zone)["id"])

    def give_role(self, person_id: str, role: str, program_id: str | None = None) -> None:
        """Let somebody run the organization or a program."""
        fields = {"person_id": person_id, "role": role} | ({"program_id": program_id} if program_id else {})
        self.ask("intake", "GrantRole", self.giver, **fields)
        self.giver = f"person/{person_id}" if role == "admin" else self.giver

    def apply(self, program: str, person: str, role: str, **profile: Any) -> str:
        """Their application to a program."""
        stated = {"areas": ["software development"], "goals": ["grow from beginner to mid-level"], **profile}
        fields: dict[str, Any] = {"program_id": program, "person_id": person, "role": role, "profile": stated}
        return str(self.ask("intake", "SubmitApplication", f"person/{person}", **fields)["id"])

    def apply_and_approve(self, program: str, name: str, role: str) -> str:
        """The application of somebody new who takes part."""
        application = self.apply(program, self.add_person(name), role)
        self.ask("intake", "ApproveApplication", application_id=application)
        return application

    def counted(self, program: str, kpi: str, denominator: int) -> None:
        """Wait until a figure of a program is of so many."""
        reader = Reader(self.cell.engines["evaluation"].store, TENANT)

        async def is_counted() -> bool:
            where = {"program_id": program}
            facts = Facts(system_clock(), await reader.every(ApplicationFact, where))
            return KPIS[KpiName(kpi)].measure(facts).denominator == denominator

        self.run(until(is_counted))

    def propose(self, program: str, mentor: str, mentee: str) -> str:
        """The match of two applications, as soon as matching knows the two."""
        pair = {"mentor_application_id": mentor, "mentee_application_id": mentee}
        fields: dict[str, Any] = {"program_id": program, "despite_score": True, **pair}
        return str(self.ask_as_soon_as("matching", "ProposeMatch", **fields)["id"])

    def ask_as_soon_as(self, service: str, command: str, actor: str = "client/test", **fields: Any) -> dict[str, Any]:
        """The answer to a command, as soon as the service knows what it needs for it."""

        async def ask() -> dict[str, Any] | None:
            try:
                answer = await self.cell.ask(service, command, actor, **fields)
            except Refusal:
                return None
            body: dict[str, Any] = json.loads(answer.body)
            return body

        return self.run(until(ask))

    def link(self, purpose: str, person_id: str, about: str, until: datetime | None = None) -> str:
        """Where the link of a mail leads, as its letter says it."""
        until = until or system_clock() + timedelta(days=1)
        return f"/a/{mailbox.action_link(Action(purpose, TENANT, person_id, about, str(int(until.timestamp()))))}"

    def left_over(self, program: str, mentee: str, mentor: str) -> None:
        """Have a mentee wait since everybody was asked: whatever is proposed is taken back again, for nobody's no."""
        self.propose(program, mentor, mentee)
        reader = Reader(self.cell.engines["matching"].store, TENANT)

        async def waits() -> bool:
            requests = await reader.get(MenteeRequests, mentee)
            for match in requests.open:
                await self.cell.ask("matching", "WithdrawMatch", match_id=match)
            return requests.waits_for_mentor

        self.run(until(waits))

    def signed_in(self, email: str) -> Iterator[httpx.Client]:
        """A browser in which somebody is signed in, for a fixture."""
        with self.browser() as browser:
            self.sign_in(browser, email)
            yield browser

    @contextmanager
    def without(self, service: str) -> Iterator[None]:
        """A block in which a service does not answer."""
        self.run(self.serving.stop(service))
        try:
            yield
        finally:
            self.loop.call_soon_threadsafe(self.serving.start, service)

    @contextmanager
    def behind(self) -> Iterator[None]:
        """A block in which the console follows nothing, as when the broker is away."""
        self.loop.call_soon_threadsafe(self.console.follows.clear)
        try:
            yield
        finally:
            self.loop.call_soon_threadsafe(self.console.follows.set)

    def told(self, name: str, count: int = 1) -> None:
        """Wait until so many events of that name are published."""
        self.run(self.cell.until_told(name, count))

    def browser(self) -> httpx.Client:
        """A browser without a script: it has cookies, says where requests come from, and follows redirects."""
        headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html", "Accept-Language": "en"}
        return httpx.Client(base_url=self.address, headers=headers, follow_redirects=True, timeout=PATIENCE)

    def sign_in(self, browser: httpx.Client, email: str, organization: str = TENANT) -> httpx.Response:
        """Sign in with the code of a mail; the page that is seen then."""
        form = {"organization": organization, "email": email, "next": ""}
        return self.type_code(browser, browser.post("/sign-in/requests", data=form))

    def type_code(self, browser: httpx.Client, page: httpx.Response) -> httpx.Response:
        """Type the code of the mail that a page waits for; the page that is seen then."""
        asked, next = page.url.params["asked"], page.url.params.get("next", "")
        requested = Requested(*asked.split("."))
        self.run(self.until_answered(requested.id, requested.tenant))
        form = {"asked": asked, "code": mailbox.code(requested), "next": next}
        return browser.post("/sign-in/with-code", data=form)

    def sign_in_link(self, person_id: str) -> str:
        """What follows `link=` in the link by which an operator lets somebody of a sandbox in."""
        made = self.ask("intake", "MakeSignInLink", "operator/root", person_id=person_id)
        return mailbox.link(Requested(TENANT, made["id"]))

    def sign_in_operator(self, browser: httpx.Client) -> httpx.Response:
        """Sign in with a link that the operators' client makes; the page that is seen then."""
        return browser.post("/operator/sign-in", data={"link": self.operator_link()})

    def operator_link(self) -> str:
        """A link by which an operator signs in, once."""
        with httpx.Client(base_url=f"http://{LOOPBACK}:{self.ports['intake']}", timeout=PATIENCE) as http:
            form = {"grant_type": "client_credentials"}
            token = http.post("/oauth/token", data=form, auth=("operator", OPERATOR_SECRET)).json()["access_token"]
            made = http.post("/v1/operator-links", headers={"Authorization": f"Bearer {token}"})
        return str(made.json()["link"])

    async def until_answered(self, id: str, tenant: str = TENANT) -> None:
        """The request knows whose address it is."""
        reader = Reader(self.cell.engines["intake"].store, tenant)

        async def is_answered() -> bool:
            return any(one.person_id for one in await reader.many(SignInRequest, [id]))

        await until(is_answered, 20)
