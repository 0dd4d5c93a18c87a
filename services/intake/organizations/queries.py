"""Organizations over HTTP."""

from fastapi import Response
from pydantic import Field

from services.intake.organizations.model import Organization, OrganizationStatus
from services.intake.views import View
from shared.contracts.suspension import SuspensionReason
from shared.engine.authoring.grants import OPERATOR, PERSON, Scope
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import AllTenants, TenantReader
from shared.web.trail.shown import NOBODY
from shared.web.versions import versioned

queries = Routes()


class OrganizationView(View):
    """An organization."""

    name: str
    locale: str
    time_zone: str
    status: OrganizationStatus
    reason: SuspensionReason | None = Field(None, description="Why it is suspended; left out or null if it is not")


@queries.get(
    "/organizations/{organization_id}",
    allow=(OPERATOR, PERSON, Scope("intake:read")),
    shows=NOBODY,
    response_model_exclude_none=True,
)
async def get_organization(organization_id: str, reader: TenantReader, response: Response) -> OrganizationView:
    """Show the caller's own organization."""
    return OrganizationView.of(versioned(response, await reader.get(Organization, organization_id)))


@queries.get("/organizations", allow=(OPERATOR,), shows=NOBODY)
async def list_organizations(tenants: AllTenants, after: After = None, limit: Limit = 100) -> Listing[OrganizationView]:
    """List all organizations, in order of their ids."""
    return listing(await tenants.page(Organization, after, limit), OrganizationView.of)
