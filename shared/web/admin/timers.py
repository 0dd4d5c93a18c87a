"""What a service will do by itself, of all tenants, and what it should have done."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, Field

from shared.clock import rfc3339
from shared.engine.authoring.grants import OPERATOR
from shared.engine.deferred.timers import COLLECTION, shown
from shared.engine.ports.store import Document, Store
from shared.web.admin.access import CurrentOperator
from shared.web.admin.lists import After, CursorUnknown, Moment, Tenant
from shared.web.pages import Limit, Listing
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY

routes = Routes(allow=(OPERATOR,), shows=NOBODY)

TimerCursor = tuple[datetime, str]
"""The time and the id of a timer, behind which to go on."""


class PlannedTimer(BaseModel):
    """Something that the service will do by itself. `id` says what it is about, such as `expire/<match>`.

    `due` is by the clock of its tenant, which for a sandbox is ahead of the database's.
    """

    id: str
    tenant: str
    type: str
    due: Moment
    overdue_seconds: float | None = Field(description="Null until its time has come")
    correlationid: str


@routes.get("/timers")
async def list_planned_timers(
    operator: CurrentOperator, tenant: Tenant = None, type: str | None = None, after: After = None, limit: Limit = 100
) -> Listing[PlannedTimer]:
    """What is planned, the soonest first."""
    engine, now = operator.engine, operator.engine.executor.clock()
    # Either way the index has them in order of time.
    where: Document = {"tenant": tenant} if tenant else {"shard": {"$in": list(range(engine.executor.limits.shards))}}
    where |= {"type": type} if type else {}
    rows = await _soonest(engine.store, where, _timer_cursor(after) if after else None, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    return Listing(
        items=[_view(row, now) for row in rows[:limit]], next=f"{rfc3339(last['due'])} {last['_id']}" if last else None
    )


async def _soonest(store: Store, where: Document, after: TimerCursor | None, limit: int) -> list[Document]:
    """Timers in order of time, and of id where times are equal."""
    rows = list[Document]()
    if after is not None:
        rows = await store.find(COLLECTION, where | {"due": after[0]}, limit=limit, after=after[1])
        where |= {"due": {"$gt": after[0]}}
    later = await store.find(COLLECTION, where, order="due", limit=limit - len(rows)) if len(rows) < limit else []
    if later and len(rows) + len(later) == limit:  # it may be cut where times are equal
        at = later[-1]["due"]
        rows += _in_order(row for row in later if row["due"] < at)
        later = await store.find(COLLECTION, where | {"due": at}, limit=limit - len(rows))
    return rows + _in_order(later)


def _in_order(rows: Iterable[Document]) -> list[Document]:
    return sorted(rows, key=lambda row: (row["due"], row["_id"]))


def _timer_cursor(cursor: str) -> TimerCursor:
    due, _, id = cursor.partition(" ")
    try:
        moment = datetime.fromisoformat(due)
    except ValueError as error:
        raise CursorUnknown from error
    if moment.tzinfo is None or not id:
        raise CursorUnknown
    return moment, id


def _view(row: Document, now: datetime) -> PlannedTimer:
    return PlannedTimer(
        id=row["_id"].partition("/")[2],
        tenant=row["tenant"],
        type=row["type"],
        due=shown(row),
        overdue_seconds=(now - row["due"]).total_seconds() if row["due"] <= now else None,
        correlationid=row["correlation"],
    )
