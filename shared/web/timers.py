"""What a service will do by itself, and when: its timers, for those who run programs."""

from datetime import datetime

from fastapi import Request
from pydantic import BaseModel

from shared.engine.authoring.grants import ADMIN, OPERATOR, Scope
from shared.engine.deferred.timers import COLLECTION, shown
from shared.engine.ports.store import Store
from shared.web.auth import CurrentCaller
from shared.web.pages import Limit
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY

timers = Routes()


class TimerView(BaseModel):
    """Something that is planned. `id` says what it is about, such as `expire/<match>`."""

    id: str
    type: str
    due: datetime


class TimersView(BaseModel):
    """The soonest of all that is planned, and how much that is."""

    items: list[TimerView]
    total: int


@timers.get("/timers", allow=(OPERATOR, ADMIN, Scope("timers:read")), shows=NOBODY)
async def list_timers(request: Request, caller: CurrentCaller, limit: Limit = 100) -> TimersView:
    """What is planned in the tenant, the soonest first."""
    store: Store = request.app.state.store
    where = {"tenant": caller.tenant}
    rows = await store.find(COLLECTION, where, order="due", limit=limit)
    items = [TimerView(id=row["_id"].partition("/")[2], type=row["type"], due=shown(row)) for row in rows]
    return TimersView(items=items, total=await store.count(COLLECTION, where))
