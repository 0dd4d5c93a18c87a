"""How operators ask the services: HTTP, with a token; whatever is wrong becomes a sentence that says what to do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx
import typer
from pydantic import BaseModel, ValidationError

from deploy.operate.answers import A, Listed
from deploy.operate.known_words import no_service
from deploy.operate.target import ISSUER, Target

PREFIX = "/v1/admin"
WITHIN = "/v1"
WHOLE = f"{WITHIN}/"
PATIENCE = 30.0
"""Seconds that a service gets for an answer."""
PAGE = 500

T = TypeVar("T")
Parameters = Mapping[str, str | int | None]


class Unanswered(Exception):
    """A service gives no answer that can be used; the message says why and what to do."""


class NoToken(Unanswered):
    """There is no token, so that nobody can be asked."""


class _Problem(BaseModel):
    """What is read of a problem document (RFC 9457)."""

    detail: str
    code: str | None = None
    errors: list[dict[str, str]] = []


class _Token(BaseModel):
    access_token: str


class _TokenProblem(BaseModel):
    """RFC 6749, 5.2."""

    error_description: str


class Services:
    """The services of a target, asked as its operator; each gets `patience` seconds for an answer.

    With a `tenant` the operator acts in that organization, and paths are those of its own operations.
    """

    def __init__(self, http: httpx.AsyncClient, target: Target, patience: float, tenant: str = "") -> None:
        self.http, self.target, self.patience, self.tenant = http, target, patience, tenant
        self._token: asyncio.Task[str] | None = None

    @property
    def names(self) -> list[str]:
        """Whom to ask."""
        return list(self.target.addresses)

    def check(self, service: str) -> None:
        """Raises Unanswered if there is no such service."""
        if service not in self.target.addresses:
            raise Unanswered(no_service(service, self.target.addresses))

    async def get(self, service: str, path: str, read: type[A], **parameters: str | int | None) -> A:
        """What a service answers; raises Unanswered."""
        return self._read(service, read, await self.ask("GET", service, path, parameters=parameters))

    async def lines(self, service: str, path: str, **parameters: str | int) -> AsyncIterator[str]:
        """What a service answers line by line, however long that is; raises Unanswered."""
        headers = {"Authorization": f"Bearer {await self._bearer()}"}
        url, params = self._url(service, path), _said(parameters)
        try:
            async with self.http.stream("GET", url, params=params, headers=headers) as response:
                if not response.is_success:
                    await response.aread()
                    self._unless_refused(service, response)
                async for line in response.aiter_lines():
                    yield line
        except httpx.HTTPError as error:
            why = str(error) or type(error).__name__
            raise Unanswered(f"{service} has ended in the middle ({why}). {self.target.remedy(service)}") from error

    async def post(self, service: str, path: str, read: type[A], body: object = None) -> A:
        """What a service answers when something is asked for; raises Unanswered."""
        return self._read(service, read, await self.ask("POST", service, path, body=body))

    async def every(self, service: str, path: str, read: type[A], most: int, **parameters: str | int | None) -> list[A]:
        """The first of a list, `most` at most; raises Unanswered."""
        page_of: type[Listed[A]] = Listed[read]  # type: ignore[valid-type]  # made at run time
        page = await self.get(service, path, page_of, **parameters, limit=min(most, PAGE))
        items = page.items
        while page.next is not None and len(items) < most:
            limit = min(most - len(items), PAGE)
            page = await self.get(service, path, page_of, **parameters, limit=limit, after=page.next)
            items += page.items
        return items

    async def ask(
        self, method: str, service: str, path: str, *, parameters: Parameters | None = None, body: object = None
    ) -> bytes:
        """What a service answers; raises Unanswered."""
        for is_last in (False, True):
            token = await self._bearer()
            used = self._token
            response = await self._send(
                method,
                service,
                self._url(service, path),
                params=_said(parameters or {}),
                json=body,
                headers={"Authorization": f"Bearer {token}"},
            )
            if response.status_code != httpx.codes.UNAUTHORIZED or is_last:
                break
            if self._token is used:
                self._token = None  # it has expired
        return self._unless_refused(service, response)

    def _url(self, service: str, path: str) -> str:
        """Where a path of the operators' interface is, or a whole one."""
        prefix = "" if path.startswith(WHOLE) else WITHIN if self.tenant else PREFIX
        return self.target.addresses[service] + prefix + path

    async def is_ready(self, service: str) -> bool:
        """Whether a service says that it works, which takes no token; raises Unanswered if it says nothing."""
        return (await self._send("GET", service, f"{self.target.addresses[service]}/readyz")).is_success

    async def _bearer(self) -> str:
        """The token, asked for once by all who need it at the same time; raises NoToken."""
        asking = self._token = self._token or asyncio.ensure_future(self._ask_for_token())
        try:
            return await asyncio.shield(asking)
        except NoToken:
            if self._token is asking:
                self._token = None
            raise

    async def _ask_for_token(self) -> str:
        operator = self.target.operator
        try:
            response = await self._send(
                "POST",
                ISSUER,
                f"{self.target.issuer}/oauth/token",
                data={"grant_type": "client_credentials"} | ({"tenant": self.tenant} if self.tenant else {}),
                auth=(operator.client_id, operator.client_secret),
            )
        except Unanswered as error:
            raise NoToken(str(error)) from error
        try:
            if response.is_success:
                return _Token.model_validate_json(response.content).access_token
            why = _TokenProblem.model_validate_json(response.content).error_description
        except ValidationError:
            raise NoToken(_foreign(ISSUER, response)) from None
        raise NoToken(f"{ISSUER} gives no token: {why} ITHACA_CLIENT_ID and ITHACA_CLIENT_SECRET name an operator.")

    async def _send(self, method: str, service: str, url: str, **options: Any) -> httpx.Response:  # httpx's own
        try:
            async with asyncio.timeout(self.patience):
                return await self.http.request(method, url, **options)
        except (TimeoutError, httpx.TimeoutException):
            why = f"gives no answer in {self.patience:g} s at {httpx.URL(url).netloc.decode()}"
        except httpx.HTTPError as error:
            why = f"does not answer at {httpx.URL(url).netloc.decode()} ({str(error) or type(error).__name__})"
        raise Unanswered(f"{service} {why}. {self.target.remedy(service)}")

    def _unless_refused(self, service: str, response: httpx.Response) -> bytes:
        if response.is_success:
            return response.content
        try:
            problem = _Problem.model_validate_json(response.content)
        except ValidationError:
            raise Unanswered(_foreign(service, response)) from None
        if response.status_code == httpx.codes.NOT_FOUND and problem.code is None:
            path = response.request.url.path
            raise Unanswered(f"{service} has no {path}: it is older than this command line. Bring it up to date.")
        raise Unanswered(f"{service}: {problem.detail}{_fields(problem)}")

    @staticmethod
    def _read(service: str, read: type[A], content: bytes) -> A:
        try:
            return read.model_validate_json(content)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise Unanswered(
                f"{service} answers something else than is understood here ({where}): "
                "it has another version than this command line. Bring the older one up to date."
            ) from None


def _said(parameters: Parameters) -> dict[str, str | int]:
    return {name: value for name, value in parameters.items() if value is not None and value != ""}


def _foreign(service: str, response: httpx.Response) -> str:
    url = response.request.url
    return f"{url} answers {response.status_code}, and not as {service} does. Look whether that is its address."


def _fields(problem: _Problem) -> str:
    lines = (
        f"{error.get('field', '')}: {error.get('detail', '')}. {error.get('remedy', '')}" for error in problem.errors
    )
    return "".join(f"\n  {line.rstrip()}" for line in lines)


async def of_each(names: Sequence[str], ask: Callable[[str], Awaitable[T]]) -> dict[str, T | Unanswered]:
    """What each service answers, asked all at once; Unanswered where one does not."""

    async def one(name: str) -> T | Unanswered:
        try:
            return await ask(name)
        except Unanswered as error:
            return error

    return dict(zip(names, await asyncio.gather(*map(one, names)), strict=True))


def answered(answers: Mapping[str, T | Unanswered]) -> dict[str, T]:
    """Those that are answers; the others are printed on the standard error, each sentence once."""
    for sentence in dict.fromkeys(str(answer) for answer in answers.values() if isinstance(answer, Unanswered)):
        typer.echo(sentence, err=True)
    return {name: answer for name, answer in answers.items() if not isinstance(answer, Unanswered)}


def by_service(answers: Mapping[str, A | Unanswered]) -> dict[str, object]:
    """The answers as JSON values, by service; where there is none, its problem."""
    return {
        name: {"problem": str(answer)} if isinstance(answer, Unanswered) else answer.model_dump(mode="json")
        for name, answer in answers.items()
    }


def code_of(answers: Mapping[str, object]) -> int:
    """The exit status: 1 if somebody did not answer."""
    return int(any(isinstance(answer, Unanswered) for answer in answers.values()))


@asynccontextmanager
async def asked(target: Target, patience: float = PATIENCE, tenant: str = "") -> AsyncIterator[Services]:
    """The services of a target, to be asked within this block, perhaps in an organization."""
    # Proxies are for the world outside: on this machine, what the environment says of them is left alone.
    async with httpx.AsyncClient(timeout=None, trust_env=target.log_folder is None) as http:  # noqa: S113 - see `_send`
        yield Services(http, target, patience, tenant)
