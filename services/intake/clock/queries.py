"""The clock of a sandbox over HTTP."""

from services.intake.clock.model import ClockShown, SandboxClock
from services.intake.organizations.model import Organization
from shared.engine.authoring.grants import OPERATOR, PERSON, Scope
from shared.web.document import refused_with
from shared.web.now import DatabaseNow
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import NOBODY

queries = Routes()


@queries.get(
    "/organizations/{organization_id}/clock",
    allow=(OPERATOR, PERSON, Scope("intake:read")),
    shows=NOBODY,
    responses=refused_with(409),
)
async def get_clock(organization_id: str, reader: TenantReader, now: DatabaseNow) -> ClockShown:
    """Show the clock of a sandbox, and which services have followed it."""
    await reader.get(Organization, organization_id)
    clocks = await reader.many(SandboxClock, [organization_id])
    clock = clocks[0] if clocks else SandboxClock(id=organization_id)
    clock.check_sandbox()
    return clock.show(now + clock.offset)
