"""What every request passes first: it has a token, a size within bounds, and whatever is raised becomes a problem."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.engine.ports.store import PATIENCE
from shared.observe import logs, traces
from shared.web import problems, request_id
from shared.web.auth import Verifier
from shared.web.bodies import bounded, checked_json
from shared.web.commands import CommandRoute, carried
from shared.web.operations import Operation, Operations
from shared.web.plain_text import check_headers, check_target
from shared.web.representation import Representation
from shared.web.trail import drafts

MEGABYTE = 1_000_000
LARGEST_BODY = MEGABYTE

ANSWER_SECONDS = 4.0
"""For the database, each time that a request asks it for something; so that callers are told within five."""


class Sending:
    """Sends one answer, with the id of its request, when the line is written that it leaves on the audit trail.

    If that cannot be written, what prevents it is answered instead.
    """

    def __init__(self, receive: Receive, send: Send, named: tuple[bytes, bytes], slip: drafts.Slip) -> None:
        self.receive, self.send, self.named, self.slip = receive, send, named, slip
        self.has_started = self.is_replaced = False
        self.status = 0

    async def __call__(self, message: Message) -> None:
        """See ASGI 3."""
        if self.is_replaced:
            return
        if not self.has_started and self.slip.draft is not None and not self.slip.is_attempt:
            prevented = await self.slip.finish(message["status"])
            if prevented is not None:
                await problems.response(prevented)(self.slip.scope, self.receive, self)
                self.is_replaced = True
                return
        if not self.has_started:
            self.status = message["status"]
            message["headers"] = [*message["headers"], self.named]
            self.has_started = True
        await self.send(message)
        if self.slip.is_attempt and not message.get("more_body", False) and message["type"] == "http.response.body":
            await self.slip.finish(self.status)


class Edge:
    """The outermost part of an app. It answers commands by itself, and leaves the rest to the routes behind it."""

    def __init__(
        self,
        app: ASGIApp,
        verifier: Verifier,
        commands: Sequence[CommandRoute],
        operations: Operations,
        open_paths: Collection[str],
    ) -> None:
        self.app = app
        self.verifier = verifier
        self.operations = operations
        self.open_paths = open_paths
        self.commands: dict[str, list[CommandRoute]] = {}
        for route in commands:
            self.commands.setdefault(_resource(route.path), []).append(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        patience, headers = PATIENCE.set(ANSWER_SECONDS), dict(scope["headers"])
        id, slip = request_id.begin(headers), drafts.begin(scope)
        logs.bind(partial(_described, scope, headers, id))
        sending = Sending(receive, send, (request_id.NAME, id.encode()), slip)
        try:
            await self._answer(scope, headers, receive, sending)
        except ClientDisconnect:
            return
        except Exception as error:
            if sending.has_started:
                raise
            await problems.response(error)(scope, receive, sending)
        finally:
            PATIENCE.reset(patience)

    async def _answer(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, send: Send) -> None:
        path = scope["path"]
        if len(headers) < len(scope["headers"]):
            check_headers(scope["headers"])
        if path not in self.open_paths:
            scope["caller"] = await self.verifier.caller(headers)
        check_target(scope)
        route = self._command(scope, path)
        if route is None:
            await self._pass_on(scope, receive, send)
        else:
            response = await route.endpoint(Request(scope, bounded(receive, headers, LARGEST_BODY)))
            await response(scope, receive, send)

    def _command(self, scope: Scope, path: str) -> CommandRoute | None:
        """The command that is asked for, if one is; its path's parameters are then in the scope."""
        if scope["method"] == "POST":
            for route in self.commands.get(_resource(path), ()):
                if found := route.path_regex.match(path):
                    scope["path_params"] = found.groupdict()
                    return route
        return None

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a route answer: one of this path and method, if there is any."""
        found, method = self.operations.at(scope["path"]), scope["method"]
        operation = next((one for one in found if method in one.methods), None)
        if operation is not None:
            headers = dict(scope["headers"])
            receive = bounded(receive, headers, operation.largest_body or LARGEST_BODY)
            if operation.takes_json:
                receive = await checked_json(receive, headers)
        elif found:
            await _allow(found, method)(scope, receive, send)
            return
        representation = Representation(scope, send)
        if method == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, representation)


def _allow(found: Sequence[Operation], method: str) -> Response:
    """The methods of a path, for who asks for them, or for another."""
    headers = {"Allow": ", ".join(sorted({method for one in found for method in one.methods}))}
    if method == "OPTIONS":
        return Response(status_code=204, headers=headers)
    raise HTTPException(405, headers=headers)


def _described(scope: Scope, headers: Mapping[bytes, bytes], id: str) -> dict[str, str]:
    """What log lines say of a request."""
    correlation, traceparent = carried(headers)
    tenant = scope["caller"].tenant if "caller" in scope else ""
    about = {"tenant": tenant, "correlation_id": correlation, "request_id": id}
    return about | {"trace_id": traces.trace_id(traceparent)}


def _resource(path: str) -> str:
    """The segment behind the version, by which commands are found."""
    return path.split("/", 3)[2] if path.count("/") > 1 else ""
