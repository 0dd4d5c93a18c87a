"""Who gets a connection: so many at once, and beyond them only those who ask how the process is."""

import asyncio
from functools import partial
from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import TryLater
from shared.observe import metrics
from shared.web import problems
from shared.web.bounds import Bounds
from shared.web.health import HEALTH_PATHS

RETRY_AFTER = 5


class Guest(Protocol):
    """A connection, as far as it matters here."""

    def abort(self) -> None:
        """End it at once."""


class TooManyConnections(TryLater):
    """As many connections are open as this process takes."""


class Admission:
    """The connections of one server. Those beyond the bound are reserved for probes, and the latest one wins.

    So whoever fills a process with connections, the reserved ones too, ends with a probe's request being read all the
    same: it comes with its connection, and no earlier one is in its way.
    """

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.admitted: set[Guest] = set()
        self.reserved: dict[Guest, None] = {}  # in the order in which they came
        self.closing = asyncio.Event()
        """Set when the server stops: an answer that would go on for ever ends then."""

    def admit(self, guest: Guest) -> bool:
        """Return whether the connection may ask for anything; if not, it is among the reserved ones."""
        if len(self.admitted) < self.bounds.connections:
            self.admitted.add(guest)
            return True
        self.reserved[guest] = None
        if len(self.reserved) > self.bounds.reserved:
            oldest = next(iter(self.reserved))
            del self.reserved[oldest]
            oldest.abort()
        return False

    def leave(self, guest: Guest) -> None:
        """Give back the place of a connection that has ended."""
        self.admitted.discard(guest)
        self.reserved.pop(guest, None)


def only_probes(app: ASGIApp) -> ASGIApp:
    """Return what a reserved connection is answered with."""
    return partial(_answer_probe, app)


async def _answer_probe(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] in HEALTH_PATHS:
        await app(scope, receive, send)
    else:
        metrics.http_refused("too-many-connections")
        refusal = TooManyConnections("Too many connections are open: try again in a moment.", RETRY_AFTER)
        await problems.early_response(refusal)(scope, receive, send)
