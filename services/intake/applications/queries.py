"""Applications over HTTP: people see their own, those who run a program all of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field

from services.intake.applications.model.application import Application, ApplicationStatus
from services.intake.applications.model.profile import MatchingProfile
from services.intake.people.naming import Names
from services.intake.views import View
from shared.contracts.intake import Role
from shared.engine.authoring.grants import ADMIN, OWN, Grant, Manager, Reviewer, Scope, Subject
from shared.web.access import GrantedBy, found
from shared.web.auth import CurrentCaller
from shared.web.names import Named
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.trail.shown import of_people
from shared.web.versions import versioned

queries = Routes()


def readers(program: str) -> tuple[Grant, ...]:
    """Those who read applications to the program to which a path leads."""
    return ADMIN, Manager.of(program), Reviewer.of(program), Scope("intake:read")


class ApplicationView(View, Named):
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

    def people(self) -> Iterable[str]:
        """Who has applied."""
        return (self.person_id,)


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


@queries.get("/applications", allow=(*readers("program_id"), OWN), shows=of_people("items.person_id"))
async def list_applications(
    wanted: Annotated[ApplicationFilter, Query()], names: Names, caller: CurrentCaller, granted: GrantedBy
) -> Listing[ApplicationView]:
    """List applications by program, person, status and role; people see their own."""
    where = wanted.where()
    if granted.is_own:
        where["person_id"] = caller.subject
    page = await names.reader.page(Application, where, wanted.after, wanted.limit)
    return await names.on_page(listing(page, ApplicationView.of))


@queries.get(
    "/applications/{application_id}",
    allow=(Subject("application.person_id"), *readers("application.program_id")),
    shows=of_people("person_id"),
)
async def get_application(
    application: Annotated[Application, found(Application, "application_id")], names: Names, response: Response
) -> ApplicationView:
    """Show an application; people see their own."""
    return await names.on(ApplicationView.of(versioned(response, application)))
