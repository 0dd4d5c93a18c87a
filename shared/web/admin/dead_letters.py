"""Dead letters: what could not be handled, to be looked at, replayed or discarded."""

from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Annotated, Any, Self

from fastapi import Query
from pydantic import BaseModel, Field, model_validator
from pydantic_core import from_json

from shared.engine.authoring.grants import OPERATOR
from shared.engine.failures.dead_letters import DeadLetter
from shared.engine.failures.sealer import NotOpened
from shared.engine.ports.store import Document, Insert
from shared.engine.recovery.redelivery import GONE, Redelivered, Redelivery
from shared.errors import NotFound
from shared.web.admin.access import CurrentOperator, Operator
from shared.web.admin.lists import After, Moment, Tenant
from shared.web.pages import Limit, Listing
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY, SELECTED

AT_ONCE = 100
"""Letters that are in memory at a time."""

routes = Routes(allow=(OPERATOR,), shows=NOBODY)


class LetterName(BaseModel, extra="forbid"):
    """Which dead letter; the tenant is `-` for a record that named none."""

    tenant: str = Field(max_length=40)
    id: str = Field(max_length=200)


class DeadLetterView(LetterName, extra="ignore"):
    """A message that was given up. `reason` is why, `error` where it failed, without values.

    `topic`, `partition` and `offset` are those of a record that could not be read. `bytes` is the size of its data.
    """

    handler: str
    message_type: str
    message_id: str
    reason: str
    error: str
    at: Moment
    expires: Moment
    topic: str
    partition: int
    offset: int
    bytes: int


class OpenedLetter(DeadLetterView):
    """A dead letter with what it contains, which may be personal: that it was looked at is a line in the audit.

    `data` is its JSON; `data_base64` stands for data that is no JSON. `closed` says why there is neither.
    """

    headers: dict[str, str]
    data: Any
    data_base64: str | None
    closed: str | None


class Selection(BaseModel, extra="forbid"):
    """Dead letters: those that are named, or all that are of a tenant, a handler, a type of message."""

    letters: list[LetterName] = Field(default=[], max_length=500)
    tenant: str | None = Field(default=None, max_length=40)
    handler: str | None = Field(default=None, max_length=200)
    type: str | None = Field(
        default=None, max_length=200, description="In full, such as ithaca.matching.MatchAccepted.v1"
    )
    dry_run: bool = Field(default=False, description="Only tell what would be done")

    @model_validator(mode="after")
    def _selects(self) -> Self:
        filtered = any(wanted is not None for wanted in (self.tenant, self.handler, self.type))
        if bool(self.letters) == filtered:
            raise ValueError("say which: either letters, or at least one of tenant, handler and type")
        return self


class RefusedLetter(LetterName):
    """A letter to which nothing was done. `reason` says why, and what can be done."""

    reason: str


class Handled(BaseModel):
    """What was done to the letters that were found; with `dry_run`, what would be."""

    matched: int
    done: list[LetterName]
    refused: list[RefusedLetter]
    dry_run: bool


Handler = Annotated[str | None, Query(max_length=200, description="Only of this handler")]
Type = Annotated[str | None, Query(max_length=200, description="Only messages of this type, in full")]


@routes.get("/dead-letters")
async def list_dead_letters(
    operator: CurrentOperator,
    tenant: Tenant = None,
    handler: Handler = None,
    type: Type = None,
    after: After = None,
    limit: Limit = 100,
) -> Listing[DeadLetterView]:
    """What could not be handled, tenant by tenant, the oldest first; without the contents."""
    where = _where(tenant, handler, type)
    rows = await operator.engine.store.find(DeadLetter.collection, where, limit=limit + 1, after=after)
    items = [DeadLetterView(**_shown(row)) for row in rows[:limit]]
    return Listing(items=items, next=rows[limit - 1]["_id"] if len(rows) > limit else None)


@routes.get("/dead-letters/{tenant}/{id}", shows=SELECTED)
async def show_dead_letter(operator: CurrentOperator, tenant: str, id: str) -> OpenedLetter:
    """One with its contents."""
    store, key = operator.engine.store, f"{tenant}/{id}"
    row = (await store.get(DeadLetter.collection, [key])).get(key)
    if row is None:
        raise NotFound(f"There is no dead letter {id} of {tenant}. {GONE}")
    await store.transact([_line(operator, "dead_letters.show", row)])
    return OpenedLetter(**_shown(row), **_opened(_redelivery(operator), row))


@routes.post("/dead-letters/replay")
async def replay_dead_letters(operator: CurrentOperator, selection: Selection) -> Handled:
    """Hand them to their handlers again, as if they came now: one that fails again waits in its lane, as any other.

    What cannot be replayed stays, and is refused with the reason.
    """
    redelivery = _redelivery(operator)
    replay = partial(redelivery.replay, line=partial(_line, operator, "dead_letters.replay"))
    return await _handled(operator, selection, redelivery.check if selection.dry_run else replay)


@routes.post("/dead-letters/discard")
async def discard_dead_letters(operator: CurrentOperator, selection: Selection) -> Handled:
    """Remove them with their contents, for ever."""
    discard = partial(_redelivery(operator).discard, line=partial(_line, operator, "dead_letters.discard"))
    return await _handled(operator, selection, _all_of_them if selection.dry_run else discard)


def _redelivery(operator: Operator) -> Redelivery:
    return Redelivery(operator.engine.executor, operator.engine.search)


async def _all_of_them(rows: Sequence[Document]) -> list[Redelivered]:
    return [Redelivered(row) for row in rows]


async def _handled(
    operator: Operator, selection: Selection, handle: Callable[[Sequence[Document]], Awaitable[list[Redelivered]]]
) -> Handled:
    """Do it to all that is selected, and tell what became of each."""
    found = Handled(matched=0, done=[], refused=[], dry_run=selection.dry_run)
    async for rows in _selected(operator, selection):
        for redelivered in await handle(rows):
            found.matched += 1
            if redelivered.refused:
                found.refused.append(RefusedLetter(**_name(redelivered.row), reason=redelivered.refused))
            else:
                found.done.append(LetterName(**_name(redelivered.row)))
    named = {(one.tenant, one.id) for one in (*found.done, *found.refused)}
    missing = (name for name in selection.letters if (name.tenant, name.id) not in named)
    found.refused.extend(RefusedLetter(tenant=name.tenant, id=name.id, reason=GONE) for name in missing)
    return found


async def _selected(operator: Operator, selection: Selection) -> AsyncIterator[list[Document]]:
    """The letters that there are now: one that is buried anew meanwhile is another."""
    store, after = operator.engine.store, None
    if selection.letters:
        keys = list(dict.fromkeys(f"{name.tenant}/{name.id}" for name in selection.letters))
        for start in range(0, len(keys), AT_ONCE):
            found = await store.get(DeadLetter.collection, keys[start : start + AT_ONCE])
            yield [found[key] for key in keys[start : start + AT_ONCE] if key in found]
        return
    where = _where(selection.tenant, selection.handler, selection.type)
    where["state.at"] = {"$lte": operator.engine.executor.clock()}
    while rows := await store.find(DeadLetter.collection, where, limit=AT_ONCE, after=after):
        yield rows
        after = rows[-1]["_id"]


def _where(tenant: str | None, handler: str | None, type: str | None) -> dict[str, Any]:
    wanted = {"tenant": tenant, "state.handler": handler, "state.message_type": type}
    return {"version": {"$gt": 0}} | {path: value for path, value in wanted.items() if value is not None}


def _line(operator: Operator, action: str, row: Document) -> Insert:
    state = row["state"]
    details = {name: state[name] for name in ("handler", "message_type", "message_id")}
    return operator.line(action, _name(row)["id"], row["tenant"], details)


def _name(row: Document) -> dict[str, str]:
    return {"tenant": row["tenant"], "id": row["_id"].partition("/")[2]}


def _shown(row: Document) -> dict[str, Any]:
    state: dict[str, Any] = row["state"]
    return state | _name(row) | {"bytes": state["size"]}


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
