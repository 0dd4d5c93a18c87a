"""Who may look into a service and steer it: operators, and nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from shared.engine.ports.store import Insert
from shared.engine.process import audit
from shared.engine.process.engine import Engine
from shared.web.auth import Caller
from shared.web.trail import drafts


@dataclass(slots=True, frozen=True)
class Operator:
    """An operator who asks, and the engine of the process that was asked."""

    caller: Caller
    engine: Engine

    def line(self, action: str, what: str, tenant: str = "", details: Mapping[str, object] = {}) -> Insert:
        """Return the write that leaves a line in the audit: put it into the transaction of what is done.

        The organization that it is about has it on its own trail, too.
        """
        drafts.name_tenant(tenant)
        executor = self.engine.executor
        return audit.line(executor.new_id(), executor.clock(), self.caller.actor, action, what, tenant, details)


async def current_operator(request: Request) -> Operator:
    """Return who asks: the routes are for nobody else."""
    return Operator(request.scope["caller"], request.app.state.engine)


CurrentOperator = Annotated[Operator, Depends(current_operator)]
