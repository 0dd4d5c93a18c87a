"""What may be asked of intake, and by whom."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Self

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator

from services.intake.fields import Answer, Duration, Email, Locale, Name, Slug, TimeZone
from services.intake.model.application import Application, MatchingProfile, ParticipantSlot, Participation
from services.intake.model.clock import ClockShown, SandboxClock
from services.intake.model.imports import Import, ImportSlice, Row, Terms
from services.intake.model.organization import Organization
from services.intake.model.person import EmailAddress, Person
from services.intake.model.program import Cadence, Program, check_open
from services.intake.reactions import EnrollSlice, ExpireSlice
from shared.contracts.intake import ProgramRules, Role
from shared.engine.context import Context
from shared.engine.handlers import CLIENTS, OPERATORS, Handlers
from shared.engine.loads import create, reads, require

commands = Handlers()

ROWS_EXPIRE = timedelta(hours=24)
"""How long the rows of an import are kept at most, whether or not it was started."""

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
Answers = Annotated[tuple[Answer, ...], Field(max_length=50)]


class Command(BaseModel, extra="forbid"):
    """What is asked, with all that it needs."""


class RegisterOrganization(Command):
    """Onboard an organization: from now on it is a tenant."""

    tenant_field: ClassVar[str] = "slug"
    """An operator belongs to no tenant: this field names the one that the command is for."""

    slug: Slug = Field(description="Its id for good: 3 to 40 of a-z, 0-9 and hyphens")
    name: Name = Field(description="As people call it")
    locale: Locale = Field("en", description="The language of those who state none, such as de or it-CH")
    time_zone: TimeZone = Field(description="An IANA time zone, such as Europe/Rome")


class CreateProgram(Command):
    """Draft a program."""

    title: Name = Field(description="As people see it")
    cadence: Cadence = Field(Cadence.MONTHLY, description="How often a pair meets")
    months: int = Field(6, ge=1, le=60, description="How long a relationship lasts")
    rules: ProgramRules = Field(ProgramRules(), description="Settings that all services follow")


class PublishProgram(Command):
    """Open a program for applications."""

    program_id: Id


class AddPerson(Command):
    """Add a person to the organization."""

    name: Name = Field(description="The whole name, as the person writes it")
    email: Email = Field(description="An address of their own: one address, one person")
    locale: Locale = Field("en", description="The language to write to them in")
    time_zone: TimeZone = Field(description="An IANA time zone, such as Europe/Rome")


class ProfileForm(MatchingProfile, extra="forbid"):
    """A profile as it is typed: what it leaves open counts as not stated."""

    seats: int | None = Field(None, ge=0, le=100, description="Long-term places; 0 for who meets ad hoc only")
    mentors: int | None = Field(None, ge=1, le=3, description="How many mentors a mentee looks for; 1 if not stated")
    languages: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")], ...] = Field(
        (), max_length=50, description="ISO 639 codes"
    )
    areas: Answers = Field((), description="Fields of work")
    programming_languages: Answers = ()
    goals: Answers = Field((), description="Wished by a mentee, supported by a mentor")
    experience: Answer | None = Field(None, description="A band, such as 2-4 years")
    years: float | None = Field(None, ge=0, le=80, description="Years of experience")
    hours_per_month: float | None = Field(None, gt=0, le=300)
    months_available: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field((), max_length=12)
    time_zone: TimeZone | None = Field(None, description="An IANA time zone, such as Europe/Rome")


class SubmitApplication(Command):
    """Ask to take part in a program."""

    program_id: Id
    person_id: Id
    role: Role
    profile: ProfileForm = ProfileForm()

    @property
    def slot_id(self) -> str:
        """The id of the place that is asked for."""
        return ParticipantSlot.key(self.program_id, self.person_id, self.role)


class ApproveApplication(Command):
    """Let an applicant take part."""

    application_id: Id


class WithdrawApplication(Command):
    """No longer take part, or no longer ask to. The profile is withdrawn, too."""

    application_id: Id


class AdvanceClock(Command):
    """Move the clock of a sandbox forward, by a duration or to a time; all that is due until then happens."""

    tenant_field: ClassVar[str] = "organization_id"
    """It is the organization's own affair: an operator whose token names no tenant may ask, too."""

    organization_id: Id
    by: Duration | None = Field(None, description="An ISO 8601 duration, such as P30D or PT26H; 366 days at most")
    to: AwareDatetime | None = Field(None, description="A time with an offset, such as 2027-01-31T12:00:00Z")

    @model_validator(mode="after")
    def check_one(self) -> Self:
        """Either says how far it goes."""
        if (self.by is None) == (self.to is None):
            raise ValueError("say how far it goes with one of by (such as P30D) and to (such as 2027-01-31T12:00:00Z)")
        return self

    def distance(self, now: datetime) -> timedelta:
        """How far the clock has to move from here."""
        return self.to - now if self.to is not None else self.by or timedelta()


class AddImportSlice(BaseModel):
    """Hand in some rows of an import, before it starts. `refused` are lines of the file that cannot be taken."""

    import_id: str
    number: int
    rows: tuple[Row, ...]
    refused: tuple[int, ...] = ()

    @property
    def slice_id(self) -> str:
        """The id of the slice."""
        return ImportSlice.key(self.import_id, self.number)


class StartImport(BaseModel):
    """Enroll the people of an import, slice by slice. All slices are handed in."""

    import_id: str
    slices: int
    terms: Terms


@commands.post("/organizations", loads={"organization": create(Organization, "slug")}, status=201, allow=(OPERATORS,))
def register_organization(command: RegisterOrganization, organization: Organization, ctx: Context) -> None:
    """Onboard an organization."""
    ctx.emit(*organization.register(command.name, command.locale, command.time_zone))


@commands.post(
    "/organizations/{organization_id}/clock/advance",
    loads={"clock": create(SandboxClock, "organization_id"), "organization": require(Organization, "organization_id")},
    status=202,
    allow=(CLIENTS, OPERATORS),
)
def advance_clock(command: AdvanceClock, clock: SandboxClock, organization: Organization, ctx: Context) -> ClockShown:
    """Move the clock of a sandbox."""
    ctx.emit(*clock.advance(command.distance(ctx.now), ctx.now))
    return clock.show(ctx.now)


@commands.post("/programs", loads={"program": create(Program)}, status=201, allow=(CLIENTS, OPERATORS))
def create_program(command: CreateProgram, program: Program) -> None:
    """Draft a program."""
    program.draft(command.title, command.cadence, command.months, command.rules)


@commands.post(
    "/programs/{program_id}/publish", loads={"program": require(Program, "program_id")}, allow=(CLIENTS, OPERATORS)
)
def publish_program(_: PublishProgram, program: Program, ctx: Context) -> None:
    """Open a program for applications."""
    ctx.emit(*program.publish())


@commands.post(
    "/people",
    loads={
        "person": create(Person),
        "address": create(EmailAddress, lambda command: EmailAddress.key(command.email)),
    },
    status=201,
    allow=(CLIENTS, OPERATORS),
)
def add_person(command: AddPerson, person: Person, address: EmailAddress) -> None:
    """Add a person under an address that nobody else has."""
    address.claim(person.id)
    person.introduce(command.name, command.email, command.locale, command.time_zone)


@commands.post(
    "/applications",
    loads={
        "application": create(Application),
        "person": require(Person, "person_id"),
        "program": reads(Program, "program_id"),
        "slot": create(ParticipantSlot, "slot_id"),
    },
    status=201,
)
def submit_application(
    command: SubmitApplication,
    application: Application,
    person: Person,
    program: Program | None,
    slot: ParticipantSlot,
    ctx: Context,
) -> None:
    """Ask to take part in an open program."""
    check_open(program, command.program_id)
    wanted = Participation(program_id=command.program_id, person_id=person.id, role=command.role)
    ctx.emit(*application.submit(wanted, command.profile, slot, by=ctx.actor, at=ctx.now))


@commands.post(
    "/applications/{application_id}/approve",
    loads={"application": require(Application, "application_id")},
    allow=(CLIENTS, OPERATORS),
)
def approve_application(_: ApproveApplication, application: Application, ctx: Context) -> None:
    """Let an applicant take part."""
    ctx.emit(*application.approve(at=ctx.now))


@commands.post(
    "/applications/{application_id}/withdraw",
    loads={
        "application": require(Application, "application_id"),
        "slot": create(ParticipantSlot, lambda _, application: application.slot_id if application else None),
    },
)
def withdraw_application(_: WithdrawApplication, application: Application, slot: ParticipantSlot, ctx: Context) -> None:
    """No longer take part."""
    ctx.emit(*application.withdraw(slot, by=ctx.actor, at=ctx.now))


@commands.post("", loads={"part": create(ImportSlice, "slice_id")}, allow=(CLIENTS, OPERATORS))
def add_import_slice(command: AddImportSlice, part: ImportSlice, ctx: Context) -> None:
    """Keep some rows until the import has come to them."""
    ids = [ctx.new_id() for _ in range(2 * len(command.rows))]
    part.fill(command.rows, command.refused, ids)
    ctx.after(ROWS_EXPIRE, ExpireSlice(slice_id=part.id), id=f"expire-slice/{part.id}")


@commands.post(
    "",
    loads={
        "started": create(Import, "import_id"),
        "program": reads(Program, lambda command: command.terms.program_id),
    },
    status=202,
    allow=(CLIENTS, OPERATORS),
)
def start_import(command: StartImport, started: Import, program: Program | None, ctx: Context) -> None:
    """Enroll the people of an import."""
    check_open(program, command.terms.program_id)
    started.start(command.terms, command.slices, ctx.now)
    ctx.at(ctx.now, EnrollSlice(import_id=started.id, number=0), id=f"enroll-slice/{started.id}/0")
