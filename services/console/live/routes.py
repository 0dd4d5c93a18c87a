"""The stream on which a browser is told that something is new: names of signals, and nothing else."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from services.console.api import ServiceProblem
from services.console.door.answering import STREAM
from services.console.door.gate import Visit
from services.console.frame.capabilities import Capability
from services.console.live.hub import Listener, hub_of
from shared.engine.authoring.grants import PERSON
from shared.engine.authoring.watching import Interrupted
from shared.errors import OrganizationIsSuspended, Refusal
from shared.web.auth import CurrentCaller, TokenRefused
from shared.web.routes import Pages

routes = Pages(allow=(PERSON,))

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
BEAT_SECONDS = 15.0
"""So often a silent stream says that it is there, and whether whoever listens is still let in is looked at."""
APART_SECONDS = 0.25
"""Between two times that a stream says something."""
DOUBT_SECONDS = 1.0
"""After a change of what somebody may see, until all processes know of it."""
AGAIN_MS = 2_000
"""After which a browser comes again whose stream has ended."""
LATER = 60


@routes.get("/live")
async def stream_signals(request: Request, caller: CurrentCaller, after: str = "") -> Response:
    """Tell a page what is new, as long as it listens."""
    if STREAM not in request.headers.get("accept", ""):
        return Response(status_code=406)
    hub = hub_of(request.app.state)
    if not hub.has_room(caller):
        return Response(status_code=503, headers={"Retry-After": str(LATER)})
    listener = hub.listener(caller, request.headers.get("last-event-id", after))
    return StreamingResponse(_told(request, listener), media_type=STREAM, headers=HEADERS)


async def _told(request: Request, listener: Listener) -> AsyncIterator[str]:
    """What is written onto a stream, until it ends: with it, whoever listens is forgotten."""
    closing: asyncio.Event = getattr(request.state, "closing", asyncio.Event())
    with hub_of(request.app.state).listening(listener):
        yield f"retry: {AGAIN_MS}\n\n"
        while not closing.is_set():
            is_new = await _is_woken(listener, closing)
            if listener.is_doubtful:
                await asyncio.sleep(DOUBT_SECONDS)
            if listener.is_doubtful or not is_new:
                if over := await _over(request, listener):
                    yield _message("over", over)
                    return
                yield _message("beat", "1")
            for signal, position in listener.take().items():
                yield _message(signal, "1", position)
            await asyncio.sleep(APART_SECONDS)


async def _is_woken(listener: Listener, closing: asyncio.Event) -> bool:
    """Wait until there is something to tell, or the process ends, or it has been silent for long; whether there is."""
    waits = [asyncio.ensure_future(one.wait()) for one in (listener.woken, closing)]
    try:
        await asyncio.wait(waits, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waits:
            one.cancel()
    return listener.woken.is_set()


async def _over(request: Request, listener: Listener) -> str:
    """Why whoever listens is no longer let in, or nothing; of what they may see no longer, they hear no more."""
    visit: Visit = request.scope["visit"]
    listener.is_doubtful = False
    try:
        signed_in = await visit.sessions.of(visit.keys[0]) if visit.keys else None
    except OrganizationIsSuspended:
        return "suspended"
    except TokenRefused:
        return "signed-out"
    except (Interrupted, Refusal, ServiceProblem):
        return ""  # it cannot be said now: whoever comes again is asked anew, and pages ask the services anyway
    if signed_in is None:
        return "signed-out"
    listener.caller = signed_in.caller
    return ""


def _message(event: str, data: str, id: str = "") -> str:
    return f"event: {event}\n" + (f"id: {id}\n" if id else "") + f"data: {data}\n\n"


live = Capability(routes)
