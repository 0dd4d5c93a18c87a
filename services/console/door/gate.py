"""What every request for a page passes first: the browser's session becomes a token, and refusals become pages.

Behind it, pages are routes like all others: whom each is for stands in the table of roles.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.console import api
from services.console.door.visits import Sessions, SignedIn
from services.console.frame import assets
from services.console.frame.capabilities import Frame
from services.console.frame.opened_links import OpenedLink, gone, link_in, open_link
from services.console.frame.page import NO_STORE, SEE_OTHER
from services.console.frame.rendering import render
from services.console.frame.shell import Shell
from services.console.frame.texts import spoken
from services.console.live.hub import hub_of
from services.console.settings import ConsoleSettings
from shared.errors import Refusal
from shared.web.auth import TokenRefused
from shared.web.network import address_of, seen_from
from shared.web.now import clock_of

MACHINES = ("/v1/", "/livez", "/readyz", "/metrics", "/openapi.json")
"""Paths of the API, as every service has it: sessions count nothing there."""

NONCE_BYTES = 16
SAFE = ("GET", "HEAD", "OPTIONS")
PROBLEM = "application/problem+json"
SIGN_IN = "/sign-in"
STREAM = "text/event-stream"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'nonce-{nonce}'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "trusted-types htmx",
        "require-trusted-types-for 'script'",
    )
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SentFromElsewhere(Refusal):
    """A form was sent by a page of another site."""

    status = 403

    def __init__(self) -> None:
        super().__init__("This was sent from another site, so nothing was done. Open the page here, and do it again.")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page: with whose token the services are asked, and by which clock.

    It comes from somebody who is signed in, or has opened the link of a mail, or from nobody who is known.
    """

    frame: Frame
    sessions: Sessions
    api: api.Api
    signed_in: SignedIn | None
    now: datetime
    opened: OpenedLink | None = None

    @property
    def access_token(self) -> str:
        """The token by which the services know who looks; none for nobody."""
        return self.opened.access_token if self.opened else self.signed_in.access_token if self.signed_in else ""


class Gate:
    """The outermost part of the console."""

    def __init__(self, app: ASGIApp, frame: Frame) -> None:
        self.app = app
        self.frame = frame

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] != "http" or scope["path"].startswith(MACHINES):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        if scope["path"].startswith(assets.PATH):
            await assets.answer(request)(scope, receive, send)
        else:
            scope["nonce"], scope["position"] = token_urlsafe(NONCE_BYTES), hub_of(request.app.state).position
            await self._show(request, receive, partial(_secured, send, scope["nonce"]))

    async def _show(self, request: Request, receive: Receive, send: Send) -> None:
        """Have a page shown, or what there is to say instead."""
        answering, link = Answering(request, send), link_in(request.url.path)
        try:
            visit = await self._visit_by_link(request, link) if link else await self._visit(request)
        except (Refusal, api.ServiceProblem) as error:
            if link and isinstance(error, api.ServiceProblem):
                await gone(request, error)(request.scope, receive, send)
                return
            status = error.status if isinstance(error, Refusal) else error.status_code
            await answering.refuse(status, {"detail": str(error.detail)})
            return
        request.scope["visit"] = visit
        if request.scope["path"] == "/":
            await RedirectResponse("/today" if visit.signed_in else SIGN_IN, SEE_OTHER)(request.scope, receive, send)
            return
        request.scope["headers"] = _with_token(request.scope["headers"], visit.access_token)
        await self.app(request.scope, receive, answering)

    async def _visit(self, request: Request) -> Visit:
        """Who looks, and what they ask with; raises `Refusal` or `ServiceProblem`."""
        check_origin(request)
        settings, asks = settings_of(request), _asking(request)
        clock = clock_of(request.app)
        sessions = Sessions(request.app.state, clock, asks)
        try:
            signed_in = await sessions.of(request.cookies.get(cookie_name(settings), ""))
        except TokenRefused:
            signed_in = None
        by = asks.known_as(signed_in.access_token) if signed_in else asks
        return Visit(self.frame, sessions, by, signed_in, clock())

    async def _visit_by_link(self, request: Request, link: str) -> Visit:
        """Who has opened a link, whoever is signed in in their browser; raises `ServiceProblem`.

        Who knows its address may do what it is for: so another site's page can make nobody do what it could not itself.
        """
        asks = _asking(request)
        opened = await open_link(link, asks)
        clock = clock_of(request.app)
        sessions = Sessions(request.app.state, clock, asks)
        return Visit(self.frame, sessions, asks.known_as(opened.access_token), None, clock(), opened)


class Answering:
    """Sends the answer to a page's request: what was refused for programs, is said to people."""

    def __init__(self, request: Request, send: Send) -> None:
        self.request = request
        self.send = send
        self.refused: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        """See ASGI 3."""
        if message["type"] == "http.response.start":
            if dict(message["headers"]).get(b"content-type", b"").startswith(PROBLEM.encode()):
                self.refused = message
                return
        elif self.refused is not None:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                await self.refuse(self.refused["status"], _problem(self.refused, self.body))
            return
        await self.send(message)

    async def refuse(self, status: int, problem: Mapping[str, Any]) -> None:
        """Lead whoever is not signed in to the door, and tell everybody else what is wrong."""
        if status < HTTPStatus.INTERNAL_SERVER_ERROR and STREAM in self.request.headers.get("accept", ""):
            response: Response = Response(status_code=204)  # at which browsers do not come again
        elif status == HTTPStatus.UNAUTHORIZED and self.request.method in SAFE:
            there = self.request.url.path + (f"?{self.request.url.query}" if self.request.url.query else "")
            response = RedirectResponse(f"{SIGN_IN}?next={quote(there)}", SEE_OTHER, NO_STORE)
        else:
            response = self._page(status, problem)
        await response(self.request.scope, self.request.receive, self.send)

    def _page(self, status: int, problem: Mapping[str, Any]) -> HTMLResponse:
        words = spoken(self.request.headers.get("accept-language", ""))
        shell = Shell(words.language, words.direction, title=words.say("This did not work"))
        body = render(words.language, "frame/problem.html", frame=shell, status=status, problem=problem)
        return HTMLResponse(body, status, NO_STORE)


def check_origin(request: Request) -> None:
    """Let nobody else's pages send forms with somebody's session; raises `SentFromElsewhere`.

    Browsers say where a request comes from by `Sec-Fetch-Site`, older ones by `Origin`; no other proof is needed.
    """
    if request.method in SAFE:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        is_own = site == "same-origin"
    else:
        is_own = origin is not None and urlsplit(origin).netloc == request.headers.get("host")
    if not is_own:
        raise SentFromElsewhere


def cookie_name(settings: ConsoleSettings) -> str:
    """Return what the cookie of a session is called: by HTTPS, no other host and no other path can set it."""
    return "__Host-session" if settings.is_encrypted else "session"


def settings_of(request: Request) -> ConsoleSettings:
    """Return the console's settings."""
    settings: ConsoleSettings = request.app.state.settings
    return settings


def _asking(request: Request) -> api.Api:
    """What asks the services for a request, from where it comes."""
    state, settings = request.app.state, settings_of(request)
    if not hasattr(state, "http"):
        state.http = api.client()
    hops = settings.forwarded_hops
    headers = {"X-Forwarded-For": address_of(*seen_from(request.scope, hops), hops)}
    return api.Api(state.http, settings, headers)


async def _secured(send: Send, nonce: str, message: Message) -> None:
    """Tell browsers what pages may do, whichever page it is."""
    if message["type"] == "http.response.start":
        MutableHeaders(scope=message).update(HEADERS | {"Content-Security-Policy": POLICY.format(nonce=nonce)})
    await send(message)


def _with_token(headers: list[tuple[bytes, bytes]], token: str) -> list[tuple[bytes, bytes]]:
    """The headers of a request with the token of its session or its link, and with no other."""
    others = [pair for pair in headers if pair[0] != b"authorization"]
    return [*others, (b"authorization", f"Bearer {token}".encode())] if token else others


def _problem(beginning: Message, body: bytes) -> Mapping[str, Any]:
    if dict(beginning["headers"]).get(b"content-encoding") == b"gzip":
        body = gzip.decompress(body)
    problem = json.loads(body or b"{}")
    return problem if isinstance(problem, dict) else {}
