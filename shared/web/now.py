"""What time it is for whoever answers a request: the database's, as for all that the request causes."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from shared.clock import Clock, system_clock


def clock_of(app: FastAPI) -> Clock:
    """Return the clock of the app's engine, as soon as it has one; an app that stands alone has the machine's."""

    def now() -> datetime:
        engine = getattr(app.state, "engine", None)
        return system_clock() if engine is None else engine.time()

    return now


async def _now(request: Request) -> datetime:
    return clock_of(request.app)()


Now = Annotated[datetime, Depends(_now)]
