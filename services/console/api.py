"""What the pages ask the other services, over their public HTTP API and with the token of whoever looks at the page."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter
from starlette.exceptions import HTTPException

from services.console.last_answers import Memory
from services.console.settings import ConsoleSettings
from shared.engine.authoring.freshness import SignInTooOld
from shared.errors import OrganizationIsSuspended

ANSWER_SECONDS = 10.0
CONNECT_SECONDS = 3.0
MOST_PAGES = 40
"""Of 500 rows, where all of a list is needed."""
LARGEST_PAGE = 500

AWAY = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)
NOT_SET_UP = "-not-set-up"
"""How codes end of what somebody else has to see to: asking again later does not help."""
FOR_THE_GATE = {refusal().code: refusal for refusal in (SignInTooOld, OrganizationIsSuspended)}
"""What no page answers by itself: the gate leads to a fresh sign-in, or tells of the organization."""

Param = str | int | Sequence[str] | None
Params = Mapping[str, Param]


class Shown(BaseModel):
    """What a page reads of an answer; whatever else is in it does not matter to the page."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Naming(Shown):
    """What is shown with people in it, and what those of them are called whom the person may see by name."""

    names: Mapping[str, str] = {}

    def name(self, person_id: str, otherwise: str) -> str:
        """Return what somebody is called, or other words for them."""
        return self.names.get(person_id) or otherwise


S = TypeVar("S", bound=BaseModel)


def at(template: str, *ids: str) -> str:
    """Return a path with ids in the places of its braces, whatever is in them."""
    return template.format(*(quote(id, safe="") for id in ids))


class Rows(BaseModel, Generic[S]):
    """A page of a list; `next` is what to send as `after` for the one behind it."""

    items: list[S]
    next: str | None = None


class FieldProblem(Shown):
    """One thing that is wrong with what was sent: `field` is a JSON Pointer into it."""

    field: str
    detail: str
    remedy: str | None = None

    @property
    def name(self) -> str:
        """The field of a form that it is about."""
        return self.field.strip("/").partition("/")[0]

    @property
    def words(self) -> str:
        """What is wrong, and what would do."""
        return f"{self.detail} {self.remedy}" if self.remedy else self.detail


class ServiceProblem(HTTPException):
    """A service refuses; the page says what it says."""

    def __init__(self, service: str, status: int, problem: Mapping[str, Any]) -> None:
        detail = problem.get("detail") or problem.get("error_description") or HTTPStatus(status).phrase
        super().__init__(status, str(detail))
        self.service = service
        self.code = str(problem.get("code") or problem.get("error") or "")
        self.errors = [FieldProblem.model_validate(error) for error in problem.get("errors") or ()]

    @property
    def wrong(self) -> dict[str, str]:
        """What is wrong with each field of a form, in words."""
        return {error.name: error.words for error in self.errors}


class ServiceAway(ServiceProblem):
    """A service does not answer."""

    def __init__(self, service: str) -> None:
        detail = f"{service.capitalize()} does not answer. Nothing was lost: look again in a minute."
        super().__init__(service, 503, {"detail": detail, "code": "service-away"})


@dataclass(frozen=True, slots=True)
class Done:
    """What a command has answered: the id of what it made, if it made something, and its version."""

    body: Mapping[str, Any]
    version: str = ""

    @property
    def id(self) -> str:
        """The id of what was made."""
        return str(self.body["id"])

    @property
    def number(self) -> int:
        """The version, to compare; 0 if there is none."""
        return int(self.version.strip('"') or 0)


def client() -> httpx.AsyncClient:
    """Return what speaks HTTP for a process, for everybody: so it keeps no cookie that one of them is given."""
    forgetful = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=50)
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    return httpx.AsyncClient(limits=limits, timeout=timeout, follow_redirects=False, trust_env=False, cookies=forgetful)


@dataclass(frozen=True)
class Api:
    """Asks on behalf of one person. `headers` are sent each time."""

    http: httpx.AsyncClient
    settings: ConsoleSettings
    headers: Mapping[str, str] = field(default_factory=dict)
    memory: Memory | None = None
    """What is shown of a service that does not answer."""

    def known_as(self, token: str) -> "Api":
        """Return what asks as whom a token names."""
        return replace(self, headers={**self.headers, "Authorization": f"Bearer {token}"})

    async def one(self, shape: type[S], service: str, path: str, **params: Param) -> S:
        """Read one thing; raises `ServiceProblem`."""
        return shape.model_validate_json(await self._read(service, path, _given(params)))

    async def page(self, shape: type[S], service: str, path: str, **params: Param) -> Rows[S]:
        """Read a page of a list; raises `ServiceProblem`."""
        body = await self._read(service, path, _given(params))
        return Rows[shape].model_validate_json(body)  # type: ignore[valid-type]  # it is a type

    async def items(self, shape: type[S], service: str, path: str, **params: Param) -> list[S]:
        """Read a list that has no pages; raises `ServiceProblem`."""
        answer = await self.send("GET", service, path, params=_given(params))
        return TypeAdapter(list[shape]).validate_json(answer.content)  # type: ignore[valid-type]  # it is a type

    async def every(self, shape: type[S], service: str, path: str, **params: Param) -> list[S]:
        """Read all of a list; raises `ServiceProblem`."""
        found, after = list[S](), None
        for _ in range(MOST_PAGES):
            rows = await self.page(shape, service, path, after=after, limit=LARGEST_PAGE, **params)
            found += rows.items
            after = rows.next
            if after is None:
                break
        return found

    async def of_each(
        self, shape: type[S], services: Sequence[str], path: str, **params: str | int | None
    ) -> dict[str, S | ServiceProblem]:
        """Read the same of several services at once, or why one of them does not say it."""

        async def of(service: str) -> S | ServiceProblem:
            try:
                return await self.one(shape, service, path, **params)
            except ServiceProblem as problem:
                return problem

        return dict(zip(services, await asyncio.gather(*map(of, services)), strict=True))

    async def do(
        self, service: str, path: str, body: Mapping[str, Any] | None = None, key: str = "", version: str = ""
    ) -> Done:
        """Ask for a command; with the same `key` it is done once, however often it is sent.

        With a `version`, only if what it is about has not changed since it had that one. Raises `ServiceProblem`.
        """
        headers = {"Idempotency-Key": f'"{key}"'} if key else {}
        headers |= {"If-Match": f'"{version}"'} if version else {}
        answer = await self.send("POST", service, path, json=body or {}, headers=headers)
        return Done(answer.json() if answer.content else {}, answer.headers.get("ETag", ""))

    async def _read(self, service: str, path: str, params: dict[str, str | int | Sequence[str]]) -> bytes:
        """What a service answers; while it does not, what it has answered last."""
        named = str(sorted(params.items()))
        try:
            body = (await self.send("GET", service, path, params=params)).content
        except ServiceAway:
            known = self.memory.recall(service, path, named) if self.memory else None
            if known is None:
                raise
            return known
        if self.memory:
            self.memory.keep(service, path, named, body)
        return body

    async def send(self, method: str, service: str, path: str, **options: Any) -> httpx.Response:  # as httpx takes them
        """Return the answer to a request; raises `ServiceProblem` if it is none that was hoped for.

        With `stream`, what it says is read by whoever asks, who closes it then.
        What takes a fresh sign-in raises `SignInTooOld`, and in an organization that is suspended everything raises
        `OrganizationIsSuspended`: these are for no page to catch.
        """
        headers, streams = {**self.headers, **options.pop("headers", {})}, options.pop("stream", False)
        request = self.http.build_request(method, self.settings.address_of(service) + path, headers=headers, **options)
        try:
            answer = await self.http.send(request, stream=streams)
            if answer.is_success:
                return answer
            await answer.aread()
        except httpx.TransportError:
            raise ServiceAway(service) from None
        problem = ServiceProblem(service, answer.status_code, _problem(answer))
        if problem.code in FOR_THE_GATE:
            raise FOR_THE_GATE[problem.code]()
        if answer.status_code in AWAY and not problem.code.endswith(NOT_SET_UP):
            raise ServiceAway(service)
        raise problem


def _given(params: Params) -> dict[str, str | int | Sequence[str]]:
    return {name: value for name, value in params.items() if value is not None}


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}
