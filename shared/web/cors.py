"""Pages of other origins: which may ask, what of, and what of the answers they see (CORS, in the Fetch standard)."""

from collections.abc import Sequence

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = "GET, HEAD, POST"
SENT = (
    *("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"),
    *("X-Correlation-Id", "X-Request-Id", "traceparent"),
)
SHOWN = ("Allow", "ETag", "Location", "Retry-After", "WWW-Authenticate", "X-Request-Id")
VARY = (b"vary", b"Origin")
PREFLIGHT = b"access-control-request-method"
FRESH = 600
"""Seconds for which a browser need not ask again."""


class Cors:
    """Answers preflights, and lets pages of the named origins read answers. All others see nothing of them.

    They send a token, and no cookie goes along: `Access-Control-Allow-Credentials` is not sent.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self.origins = frozenset(origin.encode() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"")
        is_allowed = origin in self.origins
        if is_allowed and scope["method"] == "OPTIONS" and PREFLIGHT in headers:
            await _preflight(origin)(scope, receive, send)
            return
        added = [VARY, *_readable(origin)] if is_allowed else [VARY]

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self.app(scope, receive, sending)


def _readable(origin: bytes) -> list[tuple[bytes, bytes]]:
    shown = ", ".join(SHOWN).encode()
    return [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", shown)]


def _preflight(origin: bytes) -> Response:
    """The same for every path: a page learns here what it may send, not what there is."""
    headers = {
        "Access-Control-Allow-Origin": origin.decode("latin-1"),
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": ", ".join(SENT),
        "Access-Control-Max-Age": str(FRESH),
        "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    }
    return Response(status_code=204, headers=headers)
