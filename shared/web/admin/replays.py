"""Replays of the service's journal, to a topic for one group of consumers."""

import re
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from shared.clock import rfc3339
from shared.contracts.engine import MessageDeadLettered
from shared.contracts.event import Event
from shared.engine.authoring.grants import OPERATOR
from shared.engine.ports.store import Change, Conflict, Document, Insert
from shared.engine.publishing import journal
from shared.engine.recovery.replays import job
from shared.errors import NotFound, Refusal
from shared.suggestions import did_you_mean
from shared.web.admin.access import CurrentOperator, Operator
from shared.web.admin.lists import After, Moment
from shared.web.pages import Limit, Listing
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY

routes = Routes(allow=(OPERATOR,), shows=NOBODY)

BARE = re.compile(r"\.([^.]+)\.v\d+$")


class GroupIsLive(Refusal):
    """The group reads something at this moment, or is a service's own: history would mix with what happens now."""


class TypeUnknown(Refusal):
    """The service publishes no such events."""

    status = 422


class RequestReplay(BaseModel, extra="forbid"):
    """Which events to publish again, in their order, to `<cell>.<service>.replay.<group>`; all, if nothing is said.

    What was asked for before with the same words is the same replay. Personal data is in no journal.
    """

    group: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,60}$", description="Who is to read them: a name that no consumer uses now"
    )
    tenant: str | None = Field(default=None, max_length=40, description="Only of this organization")
    types: list[str] = Field(
        default=[], max_length=100, description="Only these, in full (ithaca.matching.MatchAccepted.v1) or by name"
    )
    since: AwareDatetime | None = Field(default=None, description="Only what happened then or later")
    until: AwareDatetime | None = Field(default=None, description="Only what happened before")

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.since and self.until and self.until <= self.since:
            raise ValueError("until has to be later than since: nothing lies between them")
        return self


class ReplayView(BaseModel):
    """A replay, and how far it is: `published` of `expected` events, which are counted when it is done.

    One that was interrupted continues by itself, and says so in `error`.
    """

    name: str
    topic: str
    group: str
    state: Literal["running", "done", "failed"]
    published: int
    expected: int | None
    error: str | None
    started_at: Moment
    ended_at: Moment | None


@routes.post("/replays", status_code=202)
async def replay_journal(operator: CurrentOperator, wanted: RequestReplay) -> ReplayView:
    """Begin a replay, which continues whatever process ends."""
    types = _types(operator, wanted.types)
    name = f"{wanted.group}.{_digest(wanted, types)}"
    known = await _find(operator, name)
    if known is None or known["state"] == "failed":
        await _check_group(operator, wanted.group)
        known = await _begin(operator, wanted, types, name, known)
    return _view(known)


@routes.get("/replays")
async def list_replays(operator: CurrentOperator, after: After = None, limit: Limit = 100) -> Listing[ReplayView]:
    """All replays, by name; those that services have asked for too, to build read models."""
    rows = await operator.engine.store.find(journal.COLLECTION, {}, limit=limit + 1, after=after)
    items = [_view(row) for row in rows[:limit]]
    return Listing(items=items, next=items[-1].name if len(rows) > limit else None)


@routes.get("/replays/{name}")
async def show_replay(operator: CurrentOperator, name: str) -> ReplayView:
    """One replay."""
    if (row := await _find(operator, name)) is None:
        raise NotFound(f"There is no replay {name}: GET /v1/admin/replays lists those that there are.")
    return _view(row)


async def _check_group(operator: Operator, group: str) -> None:
    """Raises `GroupIsLive`."""
    engine = operator.engine
    if group in (engine.service.name, *engine.service.sources) or group.startswith(f"{engine.options.cell}."):
        raise GroupIsLive(f"{group} is the name of a service: name a group of your own, such as report.")
    if members := await engine.bus.members(group):
        raise GroupIsLive(
            f"{group} is reading now, with {len(members)} members: stop them first, or name another group."
        )


def _types(operator: Operator, wanted: list[str]) -> list[str]:
    """The full types of those that are asked for; raises `TypeUnknown`."""
    emits: list[type[Event]] = [*operator.engine.service.emits, MessageDeadLettered]
    known = [event.type_name for event in emits]
    found = {type for type in known for name in wanted if name in (type, *BARE.findall(type))}
    bare = {name for type in found for name in (type, *BARE.findall(type))}
    if strange := [name for name in wanted if name not in bare]:
        all_known = ", ".join(sorted(known))
        near = did_you_mean(strange[0], {name for type in known for name in (type, *BARE.findall(type))})
        raise TypeUnknown(f"types: this service publishes no {', '.join(strange)}, but {all_known}{near}")
    return sorted(found)


def _digest(wanted: RequestReplay, types: list[str]) -> str:
    """Tells replays of one group apart that ask for other things."""
    said = f"{wanted.tenant}|{types}|{_moment(wanted.since)}|{_moment(wanted.until)}"
    return sha256(said.encode()).hexdigest()[:8]


async def _begin(
    operator: Operator, wanted: RequestReplay, types: list[str], name: str, known: Document | None
) -> Document:
    engine = operator.engine
    topic = f"{engine.topic()}.replay.{wanted.group}"
    since, until = _moment(wanted.since), _moment(wanted.until)
    new = job(name, topic, wanted.group, engine.executor.clock(), wanted.tenant or "", types, since, until)
    begin = Insert(journal.COLLECTION, new)
    again = Change(journal.COLLECTION, name, {"state": "failed"}, {"state": "running", "error": ""})
    line = operator.line("replays.begin", name, wanted.tenant or "", wanted.model_dump(mode="json"))
    with suppress(Conflict):  # another operator was faster: theirs is the same replay
        await engine.store.transact([again if known else begin, line])
    found = await _find(operator, name)
    assert found is not None, "replays stay"
    return found


async def _find(operator: Operator, name: str) -> Document | None:
    return (await operator.engine.store.get(journal.COLLECTION, [name])).get(name)


def _moment(moment: datetime | None) -> str:
    return rfc3339(moment) if moment else ""


def _view(row: Document) -> ReplayView:
    published = row.get("events", 0)
    expected = published if row["state"] == "done" else None
    shown = {name: row[name] for name in ("topic", "group", "state", "started_at", "ended_at")}
    return ReplayView(name=row["_id"], published=published, expected=expected, error=row["error"] or None, **shown)
