"""The events that a service has published, as they flow."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, Field

from shared.engine.authoring.grants import OPERATOR
from shared.engine.ports.store import Document
from shared.engine.publishing.history import Found, History, JournalCursor, ShardCursor, Wanted, moment_of
from shared.web.admin.access import CurrentOperator, Operator
from shared.web.admin.lists import After, CursorUnknown, Moment
from shared.web.pages import Limit
from shared.web.problems import ShapeWrong
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY, SELECTED

routes = Routes(allow=(OPERATOR,), shows=NOBODY)

SHARD_CURSOR = re.compile(r"(\d{1,18})(?:\.(\d{1,9}))?")

BEFORE = timedelta(minutes=1)
"""By so much the clocks of machines may differ: what a command caused is looked for from so long before its id on."""


class JournalEvent(BaseModel):
    """An event as it was published. Personal data is not in the journal."""

    id: str
    type: str
    time: Moment
    tenant: str
    subject: str
    sequence: str
    program: str | None = None
    actor: str | None = None
    correlationid: str
    causationid: str
    data: Any = Field(description="As the schema of the type says")


class JournalPage(BaseModel):
    """Some events. `next` is never null: asked for as `after`, it gives what comes later."""

    items: list[JournalEvent]
    next: str
    more: bool = Field(description="Whether there may be further events at once, however few are here")


class Asked(BaseModel):
    """Which events. Without since, after, event and correlation: the latest ones."""

    tenant: str = Field("", max_length=40, description="Only of this organization")
    type: str = Field("", max_length=200, description="A type, its bare name (MatchAccepted), or either ending with *")
    since: AwareDatetime | None = Field(None, description="Stored at this time or later")
    until: AwareDatetime | None = Field(None, description="Stored before this time")
    correlation: str = Field("", max_length=128, description="All that one command has caused here")
    event: str = Field("", max_length=128, description="The event with this id")
    after: After = None
    limit: Limit = 100


@routes.get("/events", shows=SELECTED)
async def list_events(operator: CurrentOperator, asked: Annotated[Asked, Query()]) -> JournalPage:
    """What has happened, in the order of publication: each event once, those of one aggregate in order."""
    if asked.since and asked.until and asked.until <= asked.since:
        detail = "This is not after since: swap them, or leave one out."
        raise ShapeWrong([{"type": "range", "loc": ("query", "until"), "msg": detail}])
    found = await _find(operator, asked)
    items = [_event(row) for row in found.events]
    return JournalPage(items=items, next=_as_text(operator, found.next), more=found.more)


async def _find(operator: Operator, asked: Asked) -> Found:
    engine = operator.engine
    history = History(engine.store, engine.executor.limits.shards)
    wanted = Wanted(asked.tenant, asked.type, asked.correlation, asked.since, asked.until)
    if asked.event:
        return await history.one(asked.event)
    if asked.after:
        return await history.read(_cursor(operator, asked.after), wanted, asked.limit)
    made = moment_of(asked.correlation)
    since = asked.since or (made - BEFORE if made else None)
    if since is None:
        return await history.last(wanted, asked.limit)
    return await history.read(await history.start(since), wanted, asked.limit)


def _event(row: Document) -> JournalEvent:
    return JournalEvent.model_validate(row | {"data": json.loads(row["data"])})


def _as_text(operator: Operator, cursor: JournalCursor) -> str:
    """A place in this service's journal, as text."""
    numbers = ",".join(f"{position}.{events}" if events else f"{position}" for position, events in cursor.values())
    return urlsafe_b64encode(f"{operator.engine.service.name}:{numbers}".encode()).decode()


def _cursor(operator: Operator, text: str) -> JournalCursor:
    """The place that a cursor stands for; raises `CursorUnknown`."""
    try:
        service, _, numbers = urlsafe_b64decode(text).decode("ascii").partition(":")
    except ValueError as error:
        raise CursorUnknown from error
    cursor = dict(enumerate(map(_shard_cursor, numbers.split(","))))
    if service != operator.engine.service.name or len(cursor) != operator.engine.executor.limits.shards:
        raise CursorUnknown
    return cursor


def _shard_cursor(text: str) -> ShardCursor:
    found = SHARD_CURSOR.fullmatch(text)
    if found is None:
        raise CursorUnknown
    return int(found[1]), int(found[2] or 0)
