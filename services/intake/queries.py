"""What can be read of intake over HTTP: people see what is theirs, clients and operators all of their tenant."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from services.intake.model.application import Application, ApplicationStatus, MatchingProfile
from services.intake.model.clock import ClockShown, SandboxClock
from services.intake.model.imports import Import, ImportSlice, ImportStatus, Outcome, Result, Terms
from services.intake.model.organization import Organization, OrganizationStatus
from services.intake.model.person import Person
from services.intake.model.program import Cadence, Program, ProgramStatus
from shared.contracts.intake import ProgramRules, Role
from shared.engine.aggregate import Aggregate
from shared.errors import NotAllowed
from shared.web.auth import Caller, CurrentCaller
from shared.web.now import Now
from shared.web.paging import After, Limit, Listing, listing
from shared.web.reading import TenantReader
from shared.web.versions import versioned

queries = APIRouter()

SLICES_PER_PAGE = 10


class View(BaseModel, from_attributes=True):
    """What is shown of an aggregate."""

    id: str
    version: int

    @classmethod
    def of(cls, aggregate: Aggregate) -> Self:
        """The view of an aggregate."""
        return cls.model_validate(aggregate)


class OrganizationView(View):
    """An organization."""

    name: str
    locale: str
    time_zone: str
    status: OrganizationStatus


class ProgramView(View):
    """A program, with the settings that all services follow."""

    title: str
    cadence: Cadence
    months: int
    rules: ProgramRules
    status: ProgramStatus


class PersonView(View):
    """A person's contact card."""

    name: str
    email: str
    locale: str
    time_zone: str


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


class ImportView(View):
    """How far an import has come: `done` of its `slices`, with so many rows of each outcome."""

    terms: Terms
    status: ImportStatus
    slices: int
    done: int
    totals: Mapping[Outcome, int]
    started_at: datetime | None
    ended_at: datetime | None
    problem: str | None


class ImportRows(BaseModel):
    """What became of rows, in the order of the file."""

    items: list[Result]
    next: int | None = Field(description="What to send as `after` for the next rows; null at the end")


class Wanted(BaseModel, extra="forbid"):
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


@queries.get("/organizations/{organization_id}")
async def get_organization(organization_id: str, reader: TenantReader, response: Response) -> OrganizationView:
    """The caller's own organization."""
    return OrganizationView.of(versioned(response, await reader.get(Organization, organization_id)))


@queries.get("/organizations/{organization_id}/clock")
async def get_clock(organization_id: str, reader: TenantReader, now: Now) -> ClockShown:
    """What the clock of a sandbox shows, and which services have followed it."""
    await reader.get(Organization, organization_id)
    clocks = await reader.many(SandboxClock, [organization_id])
    clock = clocks[0] if clocks else SandboxClock(id=organization_id)
    clock.check_sandbox()
    return clock.show(now + clock.offset)


@queries.get("/programs")
async def list_programs(
    reader: TenantReader, status: ProgramStatus | None = None, after: After = None, limit: Limit = 100
) -> Listing[ProgramView]:
    """The programs of the organization."""
    where = {"status": status} if status else {}
    return listing(await reader.page(Program, where, after, limit), ProgramView.of)


@queries.get("/programs/{program_id}")
async def get_program(program_id: str, reader: TenantReader, response: Response) -> ProgramView:
    """A program."""
    return ProgramView.of(versioned(response, await reader.get(Program, program_id)))


@queries.get("/people/{person_id}")
async def get_person(person_id: str, reader: TenantReader, caller: CurrentCaller, response: Response) -> PersonView:
    """A person's contact card; people see their own."""
    check_own(caller, person_id)
    return PersonView.of(versioned(response, await reader.get(Person, person_id)))


@queries.get("/applications")
async def list_applications(
    wanted: Annotated[Wanted, Query()], reader: TenantReader, caller: CurrentCaller
) -> Listing[ApplicationView]:
    """Applications by program, person, status and role; people see their own."""
    where = wanted.where()
    if caller.person_id is not None:
        where["person_id"] = caller.person_id
    return listing(await reader.page(Application, where, wanted.after, wanted.limit), ApplicationView.of)


@queries.get("/applications/{application_id}")
async def get_application(
    application_id: str, reader: TenantReader, caller: CurrentCaller, response: Response
) -> ApplicationView:
    """An application; people see their own."""
    application = await reader.get(Application, application_id)
    check_own(caller, application.person_id)
    return ApplicationView.of(versioned(response, application))


@queries.get("/imports")
async def list_imports(
    reader: TenantReader,
    caller: CurrentCaller,
    program_id: str | None = None,
    after: After = None,
    limit: Limit = 100,
) -> Listing[ImportView]:
    """The imports that were started."""
    check_manager(caller)
    where = {"terms.program_id": program_id} if program_id else {}
    return listing(await reader.page(Import, where, after, limit), ImportView.of)


@queries.get("/imports/{import_id}")
async def get_import(import_id: str, reader: TenantReader, caller: CurrentCaller, response: Response) -> ImportView:
    """How far an import has come."""
    check_manager(caller)
    return ImportView.of(versioned(response, await reader.get(Import, import_id)))


@queries.get("/imports/{import_id}/rows")
async def list_import_rows(
    import_id: str,
    reader: TenantReader,
    caller: CurrentCaller,
    after: Annotated[int, Query(ge=0, description="The `next` of the answer before; 0 for the first")] = 0,
) -> ImportRows:
    """What became of each row so far, some slices at a time."""
    check_manager(caller)
    found = await reader.get(Import, import_id)
    numbers = range(min(after, found.done), min(after + SLICES_PER_PAGE, found.done))
    slices = await reader.many(ImportSlice, [ImportSlice.key(import_id, number) for number in numbers])
    is_end = numbers.stop == found.done and found.status is not ImportStatus.RUNNING
    return ImportRows(
        items=[result for part in slices for result in part.results], next=None if is_end else numbers.stop
    )


def check_own(caller: Caller, person_id: str) -> None:
    """Refuse a person who asks for what is somebody else's."""
    if caller.person_id not in (None, person_id):
        raise NotAllowed("People can see what is their own only.")


def check_manager(caller: Caller) -> None:
    """Refuse people: imports are for those who run programs."""
    if caller.person_id is not None:
        raise NotAllowed("Imports are for clients and operators of the organization.")
