"""Reads over HTTP: of the tenant that the token names, and of no other."""

from typing import Annotated

from fastapi import Depends, Request

from shared.engine.authoring.reader import Reader
from shared.web.auth import CurrentCaller


async def tenant_reader(request: Request, caller: CurrentCaller) -> Reader:
    """Return what the caller's tenant has."""
    return Reader(request.app.state.store, caller.tenant)


TenantReader = Annotated[Reader, Depends(tenant_reader)]
