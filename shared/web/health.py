"""Whether a process lives, whether it can work, and what it has done: for what starts it and looks after it."""

import asyncio

from fastapi import Request, Response
from pydantic import BaseModel

from shared.engine.authoring.grants import ANYONE
from shared.engine.coordination.database_time import SAME_TIME
from shared.engine.ports.store import StoreError
from shared.engine.process.engine import Engine
from shared.errors import Refusal
from shared.observe import metrics
from shared.web.routes import WholePaths

PATIENCE = 2.0
"""Seconds that the database may take to answer."""

HEALTH_PATHS = frozenset({"/livez", "/readyz", "/metrics"})

health, scraping = WholePaths(allow=(ANYONE,)), WholePaths(allow=(ANYONE,))


class Health(BaseModel):
    """All is well; otherwise the answer is a problem."""

    status: str = "ok"


class PartEnded(Refusal):
    """Something that should run in this process has ended."""

    status = 503


class NotReady(Refusal):
    """What the process needs to work is not there yet, or not any more."""

    status = 503


@health.get("/livez")
async def live(request: Request) -> Health:
    """The process answers, and all its parts run. The state of the database and of the broker does not matter here:
    a restart would not mend them.
    """
    engine = _engine(request)
    if engine is not None and not engine.is_whole:
        raise PartEnded("A part of this process has ended by itself, which its log tells: start the process anew.")
    return Health()


@health.get("/readyz")
async def ready(request: Request) -> Health:
    """The database answers too, this machine's clock is right, and a worker has joined its group."""
    try:
        async with asyncio.timeout(PATIENCE):
            await request.app.state.store.get("readiness", ["-"])
    except (StoreError, TimeoutError) as error:
        raise NotReady("The database cannot be reached: look at ITHACA_MONGO_URL, and whether it runs.") from error
    engine = _engine(request)
    if engine is not None and not engine.has_started:
        raise NotReady("This process has not started yet: its log says what it waits for.")
    if engine is not None and not engine.time.is_right:
        raise NotReady(f"{engine.time.problem}. {SAME_TIME}")
    if engine is not None and not engine.has_joined:
        raise NotReady("This process has not joined its group yet: look whether the broker runs if that lasts.")
    return Health()


@scraping.get("/metrics", include_in_schema=False)
async def show_metrics() -> Response:
    """What Prometheus asks for."""
    return Response(metrics.text(), media_type=metrics.MEDIA_TYPE)


def _engine(request: Request) -> Engine | None:
    """The engine of this process; an app may also stand alone."""
    return getattr(request.app.state, "engine", None)
