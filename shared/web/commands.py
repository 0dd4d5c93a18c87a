"""How a request becomes a command, and its answer a response.

Commands are FastAPI routes for the document and for the reader of the code, but FastAPI's machinery for parameters and
bodies takes longer than all the rest of a command: the body is decoded here, and `Edge` calls the route directly.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from http import HTTPStatus
from time import perf_counter
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from shared.engine.authoring.answer import Answer
from shared.engine.authoring.grants import Grant
from shared.engine.authoring.handlers import Handler
from shared.engine.authoring.permissions import Awaited
from shared.engine.batch.message import Message, Origin
from shared.errors import NotAllowed, OrganizationIsSuspended, TryLater
from shared.observe import metrics, traces
from shared.web.auth import Caller, TenantMissing
from shared.web.idempotency import UnderWay, idempotency
from shared.web.json_body import check_media_type, read_json
from shared.web.locations import location
from shared.web.problems import ShapeWrong, kept_response
from shared.web.trail import drafts
from shared.web.versions import etag, expected_version

Submit = Callable[[Message], Awaitable[Answer]]

_CORRELATION = re.compile(rb"[A-Za-z0-9._:/@+-]{1,128}")
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
TRACING = (b"x-correlation-id", b"traceparent")

NO_HEADERS: Mapping[bytes, bytes] = {}


@dataclass(slots=True, frozen=True)
class CommandSender:
    """Sends commands on behalf of callers: checks that they may, and waits for the answer.

    `is_suspended` is whether an organization is: then nothing is sent for it, whoever asks, unless it is for then, too.
    `tracing` are the headers that stand in for a command that comes without any.
    """

    handlers: Mapping[type[BaseModel], Handler]
    submit: Submit
    new_id: Callable[[], str]
    is_suspended: Callable[[str], bool] = field(default=lambda _: False)
    tracing: Mapping[bytes, bytes] = field(default_factory=dict)
    under_way: UnderWay = field(default_factory=UnderWay)

    async def __call__(self, command: BaseModel, caller: Caller, headers: Mapping[bytes, bytes] = NO_HEADERS) -> Answer:
        """The answer, once it is durable; raises the refusal or the failure if there is one."""
        handler, id, headers = self.handlers[type(command)], self.new_id(), headers or self.tracing
        decided, tenant = decide(handler, command, caller), tenant_of(command, caller)
        if self.is_suspended(tenant) and not _goes_on(type(command)):
            raise OrganizationIsSuspended
        draft = drafts.claim(caller, tenant)
        if draft is not None and isinstance(decided, Grant):
            draft.granted = decided
        correlation, traceparent = carried(headers)
        message = Message(
            handler,
            id,
            tenant,
            body=command,
            origin=Origin(caller.actor, correlation=correlation or id, traceparent=traceparent),
            expected_version=expected_version(headers.get(b"if-match")),
            idempotency=idempotency(headers.get(b"idempotency-key"), f"{tenant}/{caller.actor}", command),
            awaited=decided if isinstance(decided, Awaited) else None,
            draft=draft,
        )
        if message.idempotency is None:
            answer = await self._answer(message)
        else:
            with self.under_way.alone(message.idempotency):
                answer = await self._answer(message)
        if draft is not None:
            draft.written = answer.status
        if answer.error is not None:
            raise answer.error
        return answer

    async def _answer(self, message: Message) -> Answer:
        """The answer of the executor, with a span around it that all that the command causes belongs to."""
        began, name, status = perf_counter(), message.handler.name, TryLater.status
        values = {"ithaca.tenant": message.tenant}
        try:
            with traces.span(name, "server", values, parent=message.origin.traceparent) as span:
                message.origin.traceparent = span.traceparent
                answer = await self.submit(message)
                status = answer.status
                span.note("http.response.status_code", status)
            return answer
        finally:
            metrics.command(name, status, perf_counter() - began)


async def command_sender(request: Request) -> CommandSender:
    """Return what sends the commands of a route written by hand: all of them carry on what traces the request."""
    send: CommandSender = request.app.state.send
    return replace(send, tracing={name: value for name, value in request.scope["headers"] if name in TRACING})


SendCommand = Annotated[CommandSender, Depends(command_sender)]


def tenant_of(command: BaseModel, caller: Caller) -> str:
    """Return the tenant for which the caller asks for this; raises `NotAllowed` or `TenantMissing`.

    It is the one of the token. A command whose model has a `tenant_field` says by itself for which tenant it is: so an
    operator, whose token may name none, asks for a tenant to be made.
    """
    field = _tenant_field(type(command))
    tenant = getattr(command, field) if field else caller.tenant
    if not tenant:
        raise TenantMissing
    if caller.tenant not in ("", tenant):
        raise NotAllowed(f"This is a token of {caller.tenant}: {field} names another tenant.")
    return str(tenant)


def decide(handler: Handler, command: BaseModel, caller: Caller) -> Grant | Awaited | None:
    """Return the grant by which the caller may, or what is still to be looked at; raises `NotAllowed`, `NotFound`.

    A command without a path is sent by a route that has looked at it.
    """
    if handler.http is None or handler.http.permission is None:
        return None
    return handler.http.permission.decide(caller, command)


@cache
def _goes_on(takes: type[BaseModel]) -> bool:
    """Whether a command is for organizations that are suspended, too."""
    return bool(getattr(takes, "while_suspended", False))


@cache
def _tenant_field(takes: type[BaseModel]) -> str | None:
    field: str | None = getattr(takes, "tenant_field", None)
    return field


def decode(takes: type[BaseModel], body: bytes, path: Mapping[str, str]) -> BaseModel:
    """Return the command in a JSON body and the parameters of its path; raises `ShapeWrong`."""
    fields = read_json(body) if body else {}
    if not isinstance(fields, dict):
        raise ShapeWrong([_error("model_attributes_type", "This is JSON, but not an object.")])
    if doubled := path.keys() & fields.keys():
        raise ShapeWrong([_error("extra_forbidden", "The path says it already.", name) for name in sorted(doubled)])
    try:
        return takes.model_validate({**fields, **path})
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise ShapeWrong([{**one, "loc": _where(one["loc"], path)} for one in found]) from None


def _error(type: str, message: str, *field: str) -> dict[str, Any]:  # as pydantic reports them
    return {"type": type, "loc": ("body", *field), "msg": message}


def _where(loc: tuple[int | str, ...], path: Mapping[str, str]) -> tuple[int | str, ...]:
    return ("path" if loc and loc[0] in path else "body", *loc)


def _if_valid(header: bytes | None, pattern: re.Pattern[bytes]) -> str:
    return header.decode() if header is not None and pattern.fullmatch(header) else ""


def carried(headers: Mapping[bytes, bytes]) -> tuple[str, str]:
    """Return the correlation id and the traceparent that a request brings; empty where there is no valid one."""
    correlation = _if_valid(headers.get(b"x-correlation-id"), _CORRELATION)
    return correlation, _if_valid(headers.get(b"traceparent"), _TRACEPARENT)


class CommandRoute(APIRoute):
    """A route whose signature is only read for the document."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Return the endpoint, which takes the request as it is."""
        return self.endpoint


def endpoint(
    handler: Handler, send: CommandSender, folder: str | None = None
) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers a command's requests; `folder` is where what it makes is read."""
    is_on_record = handler.http is not None and handler.http.on_record

    async def answer(request: Request) -> Response:
        scope, body = request.scope, await request.body()
        headers = dict(scope["headers"])
        if body:
            check_media_type(headers)
        command = decode(handler.takes, body, scope["path_params"])
        drafts.begin_command(scope, handler.name, command, is_on_record)
        response = respond(found := await send(command, scope["caller"], headers))
        if folder and found.status == HTTPStatus.CREATED:
            response.headers["Location"] = location(folder, scope["path_params"], found.body)
        return response

    return answer


def respond(answer: Answer) -> Response:
    """Return an answer over HTTP, with the version of the command's subject as its ETag."""
    if answer.status >= HTTPStatus.BAD_REQUEST:
        return kept_response(answer.body, answer.status)
    headers = {"ETag": etag(answer.version)} if answer.version else None
    return Response(answer.body, answer.status, headers, "application/json")
