"""What time it is for whoever answers a request: the same as for the commands of its organization."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from shared.clock import Clock, system_clock
from shared.engine.authoring.reader import Reader
from shared.engine.authoring.sandbox_clock import SandboxClock
from shared.ids import is_sandbox
from shared.web.tenant_reader import TenantReader


def clock_of(app: FastAPI) -> Clock:
    """Return the clock of the app's engine, as soon as it has one; an app that stands alone has the machine's."""

    def now() -> datetime:
        engine = getattr(app.state, "engine", None)
        return system_clock() if engine is None else engine.time()

    return now


async def _database_now(request: Request) -> datetime:
    return clock_of(request.app)()


async def time_of(app: FastAPI, reader: Reader) -> datetime:
    """Return what time it is for the organization that is read."""
    now = clock_of(app)()
    clocks = await reader.many(SandboxClock, [reader.tenant]) if is_sandbox(reader.tenant) else []
    return now + clocks[0].offset if clocks else now


async def _now(request: Request, reader: TenantReader) -> datetime:
    return await time_of(request.app, reader)


DatabaseNow = Annotated[datetime, Depends(_database_now)]
"""What time it is by the database, whatever the clock of an organization shows."""

Now = Annotated[datetime, Depends(_now)]
"""What time it is for the organization: by the database, or by its own clock if it is a sandbox."""
