"""What each tenant has of the service, and how much it may have."""

from typing import Self

from pydantic import BaseModel, Field, model_validator

from shared.engine.authoring.grants import OPERATOR
from shared.engine.coordination.replicas import living
from shared.engine.coordination.tenants import COLLECTION, MOST, USUAL, Limit, limit_of
from shared.engine.ports.store import Change, Conflict, Delete, Document, Insert, Write
from shared.engine.process import usage
from shared.engine.process.usage import Usage
from shared.errors import Refusal, TryLater
from shared.ids import TENANT
from shared.web.admin.access import CurrentOperator, Operator
from shared.web.admin.lists import Tenant
from shared.web.pages import Limit as Many
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY

routes = Routes(allow=(OPERATOR,), shows=NOBODY)

TRIES = 20


class TooManyLimits(Refusal):
    """So many tenants have limits of their own that no process reads more of them."""


class LimitView(BaseModel):
    """How much a tenant may have of each process of the service; null is as much as all together."""

    weight: int = Field(description="Messages that it has handled when others have one, and effects likewise")
    queued: int | None = Field(description="Commands that may wait; more get 429")
    running: int | None = Field(description="Effects that may be under way, and as many timers, and as many lanes")


class TenantView(BaseModel):
    """What a tenant has of the service, all replicas together; no more than 10,000 of anything are counted."""

    tenant: str
    queued: int = Field(description="Messages and effects that wait")
    running: int = Field(description="Effects, timers and parked messages that are under way")
    retrying: int = Field(description="Messages and effects that have failed or came too early, and are tried again")
    handled: int = Field(description="Messages that were handled within the last minute")
    share: float = Field(description="Its part of all that was handled within the last minute, from 0 to 1")
    limit: LimitView
    is_usual: bool = Field(description="Whether nobody has set a limit for it")


class TenantViews(BaseModel):
    """The tenants that have something here, the busiest first, and all those with limits of their own."""

    items: list[TenantView]
    handled: int = Field(description="Messages of all tenants that were handled within the last minute")


class SetLimit(BaseModel, extra="forbid"):
    """What is to hold for a tenant; what is not said stays. `default` puts all back to the usual."""

    tenant: str = Field(pattern=f"^{TENANT.pattern}$")
    weight: int | None = Field(None, ge=1, le=100, description="1 is usual")
    queued: int | None = Field(None, ge=1, le=1_000_000)
    running: int | None = Field(None, ge=1, le=10_000)
    default: bool = False

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.default == bool(self.values):
            raise ValueError("say weight, queued or running, or default alone to put all back to the usual")
        return self

    @property
    def values(self) -> dict[str, int]:
        """What is to be other than it was."""
        return self.model_dump(include={"weight", "queued", "running"}, exclude_none=True)


class LimitSet(BaseModel):
    """What holds for the tenant now. All replicas know it within five seconds."""

    tenant: str
    limit: LimitView
    is_usual: bool


@routes.get("/tenants")
async def list_tenants(operator: CurrentOperator, tenant: Tenant = None, limit: Many = 100) -> TenantViews:
    """What each tenant has of the service: what waits, what is under way, and its share of the last minute."""
    engine = operator.engine
    rows = await engine.store.find(COLLECTION, {}, limit=MOST)
    limits = {row["_id"]: limit_of(row) for row in rows}
    found = await usage.of_service(engine.store, await living(engine.store, engine.executor.clock()))
    handled = sum(one.handled for one in found.values())
    views = [_view(name, found.get(name, Usage()), handled, limits) for name in {*found, *limits}]
    views.sort(key=lambda view: (-view.handled, -view.queued, -view.retrying, view.tenant))
    return TenantViews(items=[view for view in views if tenant in (None, view.tenant)][:limit], handled=handled)


@routes.post("/tenants/limit")
async def limit_tenant(asked: SetLimit, operator: CurrentOperator) -> LimitSet:
    """Let a tenant have more or less of the service than others, or as much as they."""
    engine = operator.engine
    for _ in range(TRIES):
        row = (await engine.store.get(COLLECTION, [asked.tenant])).get(asked.tenant)
        try:
            await engine.store.transact([*await _writes(asked, row, operator), _line(asked, operator)])
        except Conflict:
            continue  # somebody else has set something meanwhile
        await engine.tenants.read(engine.store)
        now = engine.tenants.limits.get(asked.tenant)
        return LimitSet(tenant=asked.tenant, limit=_limit(now or USUAL), is_usual=now is None)
    raise TryLater("Others set the limits of this tenant at the same time: ask again.")


async def _writes(asked: SetLimit, row: Document | None, operator: Operator) -> list[Write]:
    """What makes it so; raises `TooManyLimits`."""
    if asked.default:
        return [Delete(COLLECTION, asked.tenant)]
    if row is not None:
        return [Change(COLLECTION, asked.tenant, {}, asked.values)]
    if await operator.engine.store.count(COLLECTION, {}, MOST) >= MOST:
        raise TooManyLimits(f"{MOST} tenants have limits already: put some back to the usual with default.")
    usual = {"weight": USUAL.weight, "queued": USUAL.queued, "running": USUAL.running}
    return [Insert(COLLECTION, {"_id": asked.tenant, **usual, **asked.values})]


def _line(asked: SetLimit, operator: Operator) -> Insert:
    details = {"default": True} if asked.default else asked.values
    return operator.line("tenants.limit", asked.tenant, asked.tenant, details)


def _view(tenant: str, found: Usage, handled: int, limits: dict[str, Limit]) -> TenantView:
    return TenantView(
        tenant=tenant,
        queued=found.queued,
        running=found.running,
        retrying=found.retrying,
        handled=found.handled,
        share=found.handled / handled if handled else 0.0,
        limit=_limit(limits.get(tenant, USUAL)),
        is_usual=tenant not in limits,
    )


def _limit(limit: Limit) -> LimitView:
    return LimitView(weight=limit.weight, queued=limit.queued, running=limit.running)
