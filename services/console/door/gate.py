"""What every request for a page passes first: the browser's session becomes a token, and refusals become pages.

Behind it, pages are routes like all others: whom each is for stands in the table of roles.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.console import api
from services.console.door.answering import SAFE, SIGN_IN, Answering
from services.console.door.browser_keys import cookie_name, keys_in
from services.console.door.visits import Sessions, SignedIn
from services.console.frame import assets
from services.console.frame.capabilities import Frame, home
from services.console.frame.opened_links import OpenedLink, gone, link_in, open_link
from services.console.frame.page import NO_STORE, SEE_OTHER
from services.console.last_answers import LastAnswers, Memory
from services.console.live.hub import hub_of
from services.console.settings import ConsoleSettings
from shared.engine.authoring.grants import ENROLLING
from shared.errors import Refusal
from shared.web.auth import TokenRefused
from shared.web.network import address_of, seen_from
from shared.web.now import clock_of

MACHINES = ("/v1/", "/livez", "/readyz", "/metrics", "/openapi.json")
"""Paths of the API, as every service has it: sessions count nothing there."""

NONCE_BYTES = 16
NEW_PASSKEY = "/passkeys/new"
OF_ENROLLEES = ("/passkeys/", "/sign-")
"""Where those get to who are to add a passkey first."""

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
    keys: Sequence[str] = ()
    """For each organization in which somebody is signed in in this browser; the first is in use."""

    @property
    def is_enrolling(self) -> bool:
        """Whether somebody is let add a passkey, and do nothing else."""
        return self.signed_in is not None and self.signed_in.caller.kind == ENROLLING

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
            await answering.refuse(*_said(error))
            return
        request.scope["visit"] = visit
        if request.scope["path"] == "/":
            there = home(visit.signed_in.caller) if visit.signed_in else SIGN_IN
            await RedirectResponse(there, SEE_OTHER)(request.scope, receive, send)
            return
        if visit.is_enrolling and not request.scope["path"].startswith(OF_ENROLLEES):
            await RedirectResponse(NEW_PASSKEY, SEE_OTHER, NO_STORE)(request.scope, receive, send)
            return
        request.scope["headers"] = _with_token(request.scope["headers"], visit.access_token)
        await self.app(request.scope, answering.reading(receive), answering)

    async def _visit(self, request: Request) -> Visit:
        """Who looks, and what they ask with; raises `Refusal` or `ServiceProblem`."""
        check_origin(request)
        settings, asks = settings_of(request), _asking(request)
        clock = clock_of(request.app)
        sessions = Sessions(request.app.state, clock, asks)
        keys = keys_in(request.cookies.get(cookie_name(settings), ""))
        try:
            signed_in = await sessions.of(keys[0]) if keys else None
        except TokenRefused:
            signed_in = None
        by = _remembering(request, asks, signed_in, clock()) if signed_in else asks
        return Visit(self.frame, sessions, by, signed_in, clock(), keys=keys)

    async def _visit_by_link(self, request: Request, link: str) -> Visit:
        """Who has opened a link, whoever is signed in in their browser; raises `ServiceProblem`.

        Who knows its address may do what it is for: so another site's page can make nobody do what it could not itself.
        """
        asks = _asking(request)
        opened = await open_link(link, asks)
        clock = clock_of(request.app)
        sessions = Sessions(request.app.state, clock, asks)
        return Visit(self.frame, sessions, asks.known_as(opened.access_token), None, clock(), opened)


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


def settings_of(request: Request) -> ConsoleSettings:
    """Return the console's settings."""
    settings: ConsoleSettings = request.app.state.settings
    return settings


def _remembering(request: Request, asks: api.Api, signed_in: SignedIn, now: datetime) -> api.Api:
    """What asks for somebody, and knows what they were answered last with the roles that they have.

    Operators see how things are now: an answer from before would hide from them that a service is away.
    """
    state, caller = request.app.state, signed_in.caller
    if caller.kind == "operator":
        return asks.known_as(signed_in.access_token)
    if not hasattr(state, "last_answers"):
        state.last_answers = LastAnswers()
    who = " ".join((caller.tenant, caller.subject, *sorted(caller.roles)))
    return replace(asks.known_as(signed_in.access_token), memory=Memory(state.last_answers, who, now))


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


def _said(error: Refusal | api.ServiceProblem) -> tuple[int, dict[str, Any]]:
    """What is refused, as the page about it takes it."""
    if isinstance(error, Refusal):
        return error.status, error.problem()
    return error.status_code, {"detail": str(error.detail), "code": error.code}
