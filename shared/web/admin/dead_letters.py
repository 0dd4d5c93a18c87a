"""Dead letters: what could not be handled, to be looked at. Contents leave a line in the audit."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field
from pydantic_core import from_json

from shared.engine.authoring.grants import OPERATOR
from shared.engine.failures.causes import Cause
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.failures.sealer import NotOpened
from shared.engine.ports.store import Document, Store
from shared.engine.process.backlog import MOST
from shared.engine.recovery.redelivery import GONE, Redelivery
from shared.errors import NotFound
from shared.web.admin.access import CurrentOperator
from shared.web.admin.letters import (
    DeadLetterView,
    Handler,
    LetterName,
    Type,
    cause_of,
    letter_line,
    name_of,
    shown,
    where,
)
from shared.web.admin.lists import After, Moment, Tenant
from shared.web.pages import Limit, Listing
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY, SELECTED

routes = Routes(allow=(OPERATOR,), shows=NOBODY)

AT_ONCE = 500
"""Letters that are read at a time to be grouped."""


class OpenedLetter(DeadLetterView):
    """A dead letter with what it contains, which may be personal: that it was looked at is a line in the audit.

    `data` is its JSON; `data_base64` stands for data that is no JSON. `closed` says why there is neither.
    """

    headers: dict[str, str]
    data: Any
    data_base64: str | None
    closed: str | None


class CauseView(BaseModel):
    """Letters of one cause: the type of an error, or what was wrong with messages, and where our own code was then.

    `example` is the first of them.
    """

    id: str
    reason: str = Field(description="Why they were given up")
    error: str = Field(description="The type of the error, or what was wrong")
    where: str = Field(description="The innermost frame of our own code; empty if the error has none")
    count: int
    tenants: int = Field(description="How many organizations it concerns")
    handlers: list[str]
    message_types: list[str]
    first_at: Moment
    last_at: Moment
    example: LetterName


class Causes(BaseModel):
    """All causes, those of most letters first. No more than 10,000 letters are looked at."""

    items: list[CauseView]
    letters: int


class Asked(BaseModel):
    """Which letters."""

    tenant: Tenant = None
    handler: Handler = None
    type: Type = None
    correlation: str | None = Field(None, max_length=128, description="Only what one command has caused")
    cause: str | None = Field(None, max_length=16, description="Only of this cause, as causes are listed")
    after: After = None
    limit: Limit = 100


@routes.get("/dead-letters")
async def list_dead_letters(operator: CurrentOperator, asked: Annotated[Asked, Query()]) -> Listing[DeadLetterView]:
    """What could not be handled, tenant by tenant, the oldest first; without the contents."""
    wanted = where(asked.tenant, asked.handler, asked.type)
    if asked.correlation is not None:
        wanted["state.delivery.correlation"] = asked.correlation
    rows = await _found(operator.engine.store, wanted, asked)
    items = [DeadLetterView(**shown(row)) for row in rows[: asked.limit]]
    return Listing(items=items, next=rows[asked.limit - 1]["_id"] if len(rows) > asked.limit else None)


async def _found(store: Store, wanted: Document, asked: Asked) -> list[Document]:
    """One more than are asked for, if there are so many."""
    rows, after, many = list[Document](), asked.after, asked.limit + 1
    at_once = AT_ONCE if asked.cause else many
    while len(rows) < many and (some := await store.find(DeadLetter.collection, wanted, limit=at_once, after=after)):
        rows += (row for row in some if asked.cause in (None, cause_of(row).id))
        after = some[-1]["_id"]
        if len(some) < at_once:
            break
    return rows[:many]


@routes.get("/dead-letter-causes")
async def list_causes(operator: CurrentOperator) -> Causes:
    """Why messages were given up, each cause once: what makes thousands of letters is seen as one thing."""
    found, after, count = dict[Cause, list[Document]](), None, 0
    while count < MOST and (
        rows := await operator.engine.store.find(
            DeadLetter.collection, where(None, None, None), limit=AT_ONCE, after=after
        )
    ):
        for row in rows:
            found.setdefault(cause_of(row), []).append(_without_contents(row))
        after, count = rows[-1]["_id"], count + len(rows)
    items = sorted((_cause(cause, letters) for cause, letters in found.items()), key=lambda one: -one.count)
    return Causes(items=items, letters=count)


@routes.get("/dead-letters/{tenant}/{id}", shows=SELECTED)
async def show_dead_letter(operator: CurrentOperator, tenant: str, id: str) -> OpenedLetter:
    """One with its contents."""
    store, key = operator.engine.store, f"{tenant}/{id}"
    row = (await store.get(DeadLetter.collection, [key])).get(key)
    if row is None:
        raise NotFound(f"There is no dead letter {id} of {tenant}. {GONE}")
    await store.transact([letter_line(operator, "dead_letters.show", row)])
    return OpenedLetter(**shown(row), **_opened(Redelivery(operator.engine.executor, operator.engine.search), row))


def _without_contents(row: Document) -> Document:
    return row | {"state": row["state"] | {"contents": None}}


def _cause(cause: Cause, letters: list[Document]) -> CauseView:
    states = [row["state"] for row in letters]
    times = [state["at"] for state in states]
    return CauseView(
        id=cause.id,
        reason=cause.reason,
        error=cause.error,
        where=cause.where,
        count=len(letters),
        tenants=len({row["tenant"] for row in letters}),
        handlers=sorted({state["handler"] for state in states if state["handler"]}),
        message_types=sorted({state["message_type"] for state in states if state["message_type"]}),
        first_at=min(times),
        last_at=max(times),
        example=LetterName(**name_of(min(letters, key=lambda row: row["state"]["at"]))),
    )


def _opened(redelivery: Redelivery, row: Document) -> dict[str, Any]:
    """The contents, as far as they can be shown."""
    try:
        contents = redelivery.open(row)
    except NotOpened as error:
        return {"headers": {}, "data": None, "data_base64": None, "closed": str(error)}
    shown: dict[str, Any] = {"headers": dict(_texts(contents.headers)), "closed": None}
    try:
        return shown | {"data": from_json(contents.data, allow_inf_nan=False), "data_base64": None}
    except ValueError:
        return shown | {"data": None, "data_base64": b64encode(contents.data).decode()}


def _texts(headers: Iterable[tuple[str, bytes]]) -> Iterable[tuple[str, str]]:
    return ((name, value.decode(errors="backslashreplace")) for name, value in headers)
