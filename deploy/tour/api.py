"""How the tour speaks to the services: HTTP, with a token, and answers as the models that it reads them with."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict

from deploy.local.running import Operator

CORRELATION = "X-Correlation-Id"
TIMEOUT = 30.0
"""Seconds for one answer."""
ATTEMPTS = 20
"""How often a service that is busy (503) is asked before the tour gives up."""

Body = Mapping[str, object]
GetIn = Callable[[], Awaitable[str]]
"""Gets what lets somebody in."""


class DidNotHappen(Exception):
    """Something that the tour shows did not come about; the message says what."""


class Refused(Exception):
    """A service has said no, with a problem document (RFC 9457), or with an error of OAuth (RFC 6749)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:  # a problem may have any members
        self.status, self.problem = status, problem
        self.code = str(problem.get("code", problem.get("error", "")))
        self.detail = str(problem.get("detail", problem.get("error_description", "")))
        super().__init__(f"{status} {self.code}: {self.detail}")


class Read(BaseModel):
    """What the tour reads of an answer; there is more in it."""

    model_config = ConfigDict(frozen=True, extra="ignore")


R = TypeVar("R", bound=Read)


class Changed(Read):
    """What a command answers."""

    id: str
    version: int


class Page(Read, Generic[R]):
    """Some of a list. `next` is where to go on."""

    items: list[R]
    next: str | int | None = None


class Token(Read):
    """An access token."""

    access_token: str


@dataclass(slots=True, frozen=True)
class Services:
    """The services at their base addresses. All that is asked for carries the correlation id that is set."""

    http: httpx.AsyncClient
    addresses: Mapping[str, str]

    def correlate(self, id: str) -> None:
        """Have everything that is asked for from now on, and all that it causes, carry this id."""
        self.http.headers[CORRELATION] = id

    async def send(self, method: str, service: str, path: str, **options: Any) -> httpx.Response:  # httpx's own
        """The answer, once the service is not too busy; raises Refused, and DidNotHappen without a sensible answer."""
        for _ in range(ATTEMPTS):
            try:
                response = await self.http.request(method, self.addresses[service] + path, **options)
            except httpx.HTTPError as error:
                raise DidNotHappen(f"{service} does not answer ({type(error).__name__}). Look at its log.") from error
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return _unless_refused(response)
            await asyncio.sleep(float(response.headers.get("Retry-After", 1)))
        raise DidNotHappen(f"{service} is too busy: {method} {path} was asked for {ATTEMPTS} times.")

    async def token(self, credentials: Operator, tenant: str = "") -> "Caller":
        """A client or an operator, by OAuth client credentials; an operator names the tenant to act in."""
        form = {"grant_type": "client_credentials", **({"tenant": tenant} if tenant else {})}
        basic = (credentials.client_id, credentials.client_secret)

        async def get_in() -> str:
            answer = await self.send("POST", "intake", "/oauth/token", data=form, auth=basic)
            return Token.model_validate_json(answer.content).access_token

        return Caller(self, await get_in(), get_in)

    async def sign_in(self, new_link: GetIn) -> "Caller":
        """A person, by one-time links: a new one whenever a token has expired."""

        async def get_in() -> str:
            answer = await self.send("POST", "intake", "/v1/sign-in", json={"link": await new_link()})
            return Token.model_validate_json(answer.content).access_token

        return Caller(self, await get_in(), get_in)


@asynccontextmanager
async def services_at(addresses: Mapping[str, str], is_here: bool = True) -> AsyncIterator[Services]:
    """The services at these addresses, to be asked within this block; on this machine, whatever proxies there are."""
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=not is_here) as http:
        yield Services(http, addresses)


@dataclass(slots=True)
class Caller:
    """Somebody who asks: with a token, or without one. Where it has expired, `get_in` brings another one."""

    services: Services
    token: str = field(default="", repr=False)
    get_in: GetIn | None = None

    async def get(self, service: str, path: str, read: type[R], **parameters: str | int) -> R:
        """Read something."""
        return read.model_validate_json((await self._send("GET", service, path, params=parameters)).content)

    async def every(self, service: str, path: str, read: type[R], **parameters: str | int) -> list[R]:
        """Read a list to its end."""
        items, position = list[R](), parameters
        while True:
            page = await self.get(service, path, Page[read], **position)  # type: ignore[valid-type]  # made at run time
            items += page.items
            if page.next is None:
                return items
            position = {**parameters, "after": page.next}

    async def post(self, service: str, path: str, body: Body | None = None, *, key: str = "") -> Changed:
        """Ask for something; `key` is an Idempotency-Key."""
        headers = {"Idempotency-Key": key} if key else {}
        return Changed.model_validate_json(
            (await self._send("POST", service, path, json=body or {}, headers=headers)).content
        )

    async def post_for(self, service: str, path: str, read: type[R], **options: Any) -> R:  # httpx's own
        """Ask for something with an answer of its own."""
        return read.model_validate_json((await self._send("POST", service, path, **options)).content)

    async def _send(self, method: str, service: str, path: str, **options: Any) -> httpx.Response:
        try:
            return await self._send_once(method, service, path, **options)
        except Refused as refused:
            if refused.status != httpx.codes.UNAUTHORIZED or self.get_in is None:
                raise
        self.token = await self.get_in()
        return await self._send_once(method, service, path, **options)

    async def _send_once(self, method: str, service: str, path: str, **options: Any) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers = bearer | options.get("headers", {})
        return await self.services.send(method, service, f"/v1{path}", **{**options, "headers": headers})


def _unless_refused(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    if "json" not in response.headers.get("content-type", ""):
        raise DidNotHappen(f"{response.request.method} {response.request.url.path} gave {response.status_code}.")
    raise Refused(response.status_code, response.json())


async def refusal(work: Awaitable[object]) -> Refused:
    """The refusal with which something ends that must not work; raises DidNotHappen if it works."""
    try:
        await work
    except Refused as refused:
        return refused
    raise DidNotHappen("Something was done that should have been refused.")
