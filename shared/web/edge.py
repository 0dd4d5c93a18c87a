"""What every request passes first: it has a token, a size within bounds, and whatever is raised becomes a problem."""

from collections.abc import Mapping, Sequence
from functools import partial
from re import Pattern

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.engine.store import PATIENCE
from shared.observe import logs, traces
from shared.web import problems
from shared.web.auth import Verifier
from shared.web.commands import CommandRoute, carried
from shared.web.issuer_keys import JWKS_PATH

OPEN = frozenset(
    {
        "/",
        "/livez",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/oauth/token",
        "/v1/sign-in",
        "/.well-known/oauth-authorization-server",
        JWKS_PATH,
    }
)
"""All paths that take no token."""

MEGABYTE = 1_000_000
LARGEST_BODY = MEGABYTE

ANSWER_SECONDS = 4.0
"""For the database, each time that a request asks it for something; so that callers are told within five."""

Limits = Sequence[tuple[Pattern[str], int]]
"""Paths whose bodies may be larger, and how many bytes they may have."""


class Edge:
    """The outermost part of an app. It answers commands by itself, and leaves the rest to the routes behind it."""

    def __init__(self, app: ASGIApp, verifier: Verifier, commands: Sequence[CommandRoute], limits: Limits) -> None:
        self.app = app
        self.verifier = verifier
        self.limits = limits
        self.commands: dict[str, list[CommandRoute]] = {}
        for route in commands:
            self.commands.setdefault(_resource(route.path), []).append(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, patience = False, PATIENCE.set(ANSWER_SECONDS)

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._answer(scope, receive, sending)
        except ClientDisconnect:
            return
        except Exception as error:
            if started:
                raise
            await problems.response(error)(scope, receive, send)
        finally:
            PATIENCE.reset(patience)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, headers = scope["path"], dict(scope["headers"])
        logs.bind(partial(_described, scope, headers))
        if path not in OPEN:
            scope["caller"] = await self.verifier.caller(headers)
        receive = self._bounded(path, headers, receive)
        route = self._command(scope, path)
        if route is None:
            await self.app(scope, receive, send)
        else:
            response = await route.endpoint(Request(scope, receive))
            await response(scope, receive, send)

    def _command(self, scope: Scope, path: str) -> CommandRoute | None:
        """The command that is asked for, if one is; its path's parameters are then in the scope."""
        if scope["method"] == "POST":
            for route in self.commands.get(_resource(path), ()):
                if found := route.path_regex.match(path):
                    scope["path_params"] = found.groupdict()
                    return route
        return None

    def _bounded(self, path: str, headers: Mapping[bytes, bytes], receive: Receive) -> Receive:
        """Reads the body, and no more of it than the path may have. A length that is stated is kept by the server."""
        stated = headers.get(b"content-length", b"")
        if stated.isdigit() and int(stated) <= LARGEST_BODY:
            return receive
        limit = next((limit for pattern, limit in self.limits if pattern.match(path)), LARGEST_BODY)
        if stated.isdigit() and int(stated) > limit:
            raise _too_large(limit)
        return _counted(receive, limit)


def _described(scope: Scope, headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """What log lines say of a request."""
    correlation, traceparent = carried(headers)
    tenant = scope["caller"].tenant if "caller" in scope else ""
    return {"tenant": tenant, "correlation_id": correlation, "trace_id": traces.trace_id(traceparent)}


def _resource(path: str) -> str:
    """The segment behind the version, by which commands are found."""
    return path.split("/", 3)[2] if path.count("/") > 1 else ""


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"The body may have {limit} bytes at most: send less, or in parts.")


def _counted(receive: Receive, limit: int) -> Receive:
    size = 0

    async def receiving() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise _too_large(limit)
        return message

    return receiving
