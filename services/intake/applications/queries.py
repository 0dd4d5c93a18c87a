"""Applications over HTTP: people see their own, clients and operators all of their tenant."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from services.intake.applications.model.application import Application, ApplicationStatus
from services.intake.applications.model.profile import MatchingProfile
from services.intake.views import View
from shared.contracts.intake import Role
from shared.web.access import check_own
from shared.web.auth import CurrentCaller
from shared.web.paging import After, Limit, Listing, listing
from shared.web.reading import TenantReader
from shared.web.versions import versioned

queries = APIRouter()


class ApplicationView(View):
    """An application with its profile."""

    program_id: str
    person_id: str
    role: Role
    status: ApplicationStatus
    profile: MatchingProfile
    submitted_at: datetime | None
    approved_at: datetime | None
    withdrawn_at: datetime | None
    is_paused: bool = Field(description="Whether the person is not to be matched for a while")
    left_at: datetime | None


class ApplicationFilter(BaseModel, extra="forbid"):
    """Which applications to list."""

    program_id: str | None = None
    person_id: str | None = None
    status: ApplicationStatus | None = None
    role: Role | None = None
    after: After = None
    limit: Limit = 100

    def where(self) -> dict[str, str]:
        """The fields to filter by."""
        return self.model_dump(exclude={"after", "limit"}, exclude_none=True)


@queries.get("/applications")
async def list_applications(
    wanted: Annotated[ApplicationFilter, Query()], reader: TenantReader, caller: CurrentCaller
) -> Listing[ApplicationView]:
    """List applications by program, person, status and role; people see their own."""
    where = wanted.where()
    if caller.person_id is not None:
        where["person_id"] = caller.person_id
    return listing(await reader.page(Application, where, wanted.after, wanted.limit), ApplicationView.of)


@queries.get("/applications/{application_id}")
async def get_application(
    application_id: str, reader: TenantReader, caller: CurrentCaller, response: Response
) -> ApplicationView:
    """Show an application; people see their own."""
    application = await reader.get(Application, application_id)
    check_own(caller, application.person_id)
    return ApplicationView.of(versioned(response, application))
