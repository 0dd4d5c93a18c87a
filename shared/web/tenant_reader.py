"""Reads over HTTP: of the tenant that the token names, and of no other; operators see that there are others."""

from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.reader import Page, Reader, revive
from shared.engine.ports.store import Store
from shared.web.auth import CurrentCaller

A = TypeVar("A", bound=Aggregate)


async def tenant_reader(request: Request, caller: CurrentCaller) -> Reader:
    """Return what the caller's tenant has."""
    return Reader(request.app.state.store, caller.tenant)


TenantReader = Annotated[Reader, Depends(tenant_reader)]


@dataclass(slots=True, frozen=True)
class TenantsThemselves:
    """What there is of tenants as such, each of which has one with its own id. For operators only."""

    store: Store

    async def page(self, aggregate: type[A], after: str | None, limit: int) -> Page[A]:
        """Return those of all tenants, in the order of their ids, from behind that of `after`."""
        behind = f"{after}/{after}" if after else None
        rows = await self.store.find(aggregate.collection, {"version": {"$gt": 0}}, limit=limit + 1, after=behind)
        items = [revive(aggregate, row) for row in rows[:limit]]
        return Page(items, items[-1].id if len(rows) > limit else None)


async def tenants_themselves(request: Request) -> TenantsThemselves:
    """Return what reads of all tenants."""
    return TenantsThemselves(request.app.state.store)


AllTenants = Annotated[TenantsThemselves, Depends(tenants_themselves)]
