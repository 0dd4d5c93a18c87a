"""Messages that wait to be tried again, and why."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from shared.engine.authoring.grants import OPERATOR
from shared.engine.failures.lanes import ROWS, Lane, row_id
from shared.engine.ports.store import Change, Conflict, Document, Insert
from shared.errors import TryLater
from shared.web.admin.access import CurrentOperator, Operator
from shared.web.admin.lists import After, Moment, Tenant
from shared.web.pages import Limit, Listing
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY

routes = Routes(allow=(OPERATOR,), shows=NOBODY)

AT_ONCE = 100
"""Lanes that are woken in one transaction."""

TRIES = 20


class LaneView(BaseModel):
    """Messages of one handler about one thing that wait, in order: all wait for the first one.

    `lane` says what they are about. `attempts`, `error`, `waiting_for` and `parked_at` are the first one's. `wake_at`
    is null for messages that wait until their read model is built.
    """

    id: str
    tenant: str
    handler: str
    lane: str
    messages: int
    waiting_for: str | None
    attempts: int
    error: str | None = Field(description="Where and how the last attempt failed, without values")
    parked_at: Moment | None
    wake_at: Moment | None


class ParkedView(BaseModel):
    """A message that waits in a lane, without its contents. `caused_by` is its id: that of an event, say."""

    caused_by: str
    message_type: str
    handler: str
    parked_at: Moment


class Parked(BaseModel):
    """Messages that wait, at most 100."""

    items: list[ParkedView]


class WakeLanes(BaseModel, extra="forbid"):
    """Which lanes: all that fit; every one if nothing is said."""

    tenant: str | None = Field(None, max_length=40)
    handler: str | None = Field(None, max_length=200)
    id: str | None = Field(None, max_length=1000)


class Woken(BaseModel):
    """How many lanes were not due before, and are now."""

    woken: int


@routes.get("/lanes")
async def list_lanes(
    operator: CurrentOperator,
    tenant: Tenant = None,
    handler: str | None = None,
    after: After = None,
    limit: Limit = 100,
) -> Listing[LaneView]:
    """What waits to be tried again, and why, in order of id."""
    store, where = operator.engine.store, _where(tenant, handler)
    lanes = await store.find(Lane.collection, where, limit=limit + 1, after=after)
    heads = await store.get(ROWS, [_head(lane) for lane in lanes])
    items = [_view(lane, heads.get(_head(lane))) for lane in lanes[:limit]]
    return Listing(items=items, next=items[-1].id if len(lanes) > limit else None)


@routes.get("/parked")
async def list_parked(
    operator: CurrentOperator,
    tenant: Annotated[str, Query(max_length=40, description="Of which organization")],
    correlation: Annotated[str, Query(max_length=128, description="What one command has caused")],
) -> Parked:
    """What waits of all that one command has caused, in the lanes of an organization."""
    where = {"_id": {"$gt": f"{tenant}/", "$lte": f"{tenant}0"}, "correlation": correlation}
    rows = await operator.engine.store.find(ROWS, where, limit=AT_ONCE)
    return Parked(
        items=[
            ParkedView(
                caused_by=row["id"], message_type=row["type"], handler=row["handler"], parked_at=row["parked_at"]
            )
            for row in rows
        ]
    )


@routes.post("/lanes/wake")
async def wake_lanes(which: WakeLanes, operator: CurrentOperator) -> Woken:
    """Try what waits now: the first of each lane, and the others when it is done."""
    woken = 0
    while some := await _wake_some(operator, which):
        woken += some
    if not woken:
        await operator.engine.store.transact([_line(operator, which, 0)])
    operator.engine.lanes.bell.ring()
    return Woken(woken=woken)


async def _wake_some(operator: Operator, which: WakeLanes) -> int:
    """Make some lanes due that are not, with a line in the audit; returns how many."""
    store, now = operator.engine.store, operator.engine.executor.clock()
    where = _where(which.tenant, which.handler, which.id) | {"state.wake_at": {"$gt": now}}
    for _ in range(TRIES):
        if not (lanes := await store.find(Lane.collection, where, limit=AT_ONCE)):
            return 0
        due = {"state.wake_at": now, "state.waiting_for": None}
        changes = [
            Change(Lane.collection, lane["_id"], {"version": lane["version"]}, due, add={"version": 1})
            for lane in lanes
        ]
        try:
            await store.transact([*changes, _line(operator, which, len(lanes))])
        except Conflict:
            continue  # one of them is tried just now
        return len(lanes)
    raise TryLater("The lanes change as fast as they can be read: ask again.")


def _line(operator: Operator, which: WakeLanes, count: int) -> Insert:
    asked = which.model_dump(exclude_none=True)
    return operator.line("lanes.wake", f"{count} lanes", which.tenant or "", asked)


def _where(tenant: str | None, handler: str | None, id: str | None = None) -> Document:
    found = {"tenant": tenant, "state.handler": handler, "_id": id}
    return {field: value for field, value in found.items() if value}


def _head(lane: Document) -> str:
    return row_id(lane["_id"], lane["state"]["head"])


def _view(lane: Document, head: Document | None) -> LaneView:
    state = lane["state"]
    return LaneView(
        id=lane["_id"],
        tenant=lane["tenant"],
        handler=state["handler"],
        lane=lane["_id"].split("/", 2)[2],
        messages=state["tail"] - state["head"],
        waiting_for=state["waiting_for"],
        attempts=state["attempts"],
        error=state.get("error"),
        parked_at=head["parked_at"] if head else None,
        wake_at=state["wake_at"],
    )
