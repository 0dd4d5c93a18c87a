"""What applicants and participants may ask for, and who decides on applications."""

from typing import Annotated

from pydantic import BaseModel, Field

from services.intake.applications.model.application import Application
from services.intake.applications.model.profile import Participation
from services.intake.applications.model.slot import ParticipantSlot
from services.intake.applications.profile_form import FieldRemark, ProfileForm
from services.intake.fields import Id
from services.intake.people.model import Person
from services.intake.programs.model import Program, check_open
from shared.contracts.intake import Role
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import Subject, staff
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, reads, require

commands = Handlers()


class SubmitApplication(Command):
    """Apply to take part in a program."""

    program_id: Id
    person_id: Id
    role: Role
    profile: ProfileForm = ProfileForm()

    @property
    def slot_id(self) -> str:
        """The id of the slot that the application asks for."""
        return ParticipantSlot.key(self.program_id, self.person_id, self.role)


class Submitted(BaseModel):
    """An application that was made, with the version that it has, and what was made of its profile."""

    id: str
    version: int = Field(ge=0)
    remarks: tuple[FieldRemark, ...]


class ApproveApplication(Command):
    """Approve an application: the person takes part from now on."""

    application_id: Id


class WithdrawApplication(Command):
    """Withdraw an application, whether it was approved or not; its profile is withdrawn, too."""

    application_id: Id


class PauseParticipant(Command):
    """Pause: no new matches for a while; what has been agreed continues."""

    application_id: Id


class ResumeParticipant(Command):
    """Resume after a pause: be matched again."""

    application_id: Id


class LeaveProgram(Command):
    """Leave a program: matches end, the profile is withdrawn, and a new application is possible."""

    application_id: Id


class ChangeCapacity(Command):
    """Change how many matches a person can have at once; nobody loses one by it."""

    application_id: Id
    capacity: int = Field(ge=0, le=100, description="Seats of a mentor, 0 to 100; mentors of a mentee, 1 to 3")


STAFF = staff("application.program_id", "intake:write")
THEIR_OWN = Subject("application.person_id"), *STAFF

ThisApplication = Annotated[Application, require("application_id")]


class NewApplication(Bundle):
    """A new application with the person, the program and the slot that it is for."""

    application: Annotated[Application, create()]
    person: Annotated[Person, require("person_id")]
    program: Annotated[Program | None, reads("program_id")]
    slot: Annotated[ParticipantSlot, create("slot_id")]


class Participant(Bundle):
    """An application with the slot that it occupies."""

    application: ThisApplication
    slot: Annotated[ParticipantSlot, create("application.slot_id")]


@commands.post("/applications", status=201, allow=(Subject("person_id"), *staff("program_id", "intake:write")))
def submit_application(command: SubmitApplication, new: NewApplication, ctx: Context) -> Submitted:
    """Apply to take part in an open program; what is written in the profile is read as in a file.

    `remarks` are on each field that was not taken exactly as it stands: what was `understood` or `guessed`, and what
    was `left_out`. The time zone is that of the person, unless the profile states another.
    """
    check_open(new.program, command.program_id)
    wanted = Participation(program_id=command.program_id, person_id=new.person.id, role=command.role)
    profile, remarks = command.profile.read(command.role)
    profile = profile.with_zone(new.person.time_zone)
    ctx.emit(*new.application.submit(wanted, profile, new.slot, at=ctx.now))
    new.person.apply(command.program_id, command.role, new.application.id)
    return Submitted(id=new.application.id, version=new.application.version + 1, remarks=remarks)


@commands.post("/applications/{application_id}/approve", allow=STAFF)
def approve_application(_: ApproveApplication, application: ThisApplication, ctx: Context) -> None:
    """Approve an application: the person takes part from now on."""
    ctx.emit(*application.approve(at=ctx.now))


@commands.post("/applications/{application_id}/withdraw", allow=THEIR_OWN)
def withdraw_application(_: WithdrawApplication, participant: Participant, ctx: Context) -> None:
    """Withdraw an application, whether it was approved or not."""
    ctx.emit(*participant.application.withdraw(participant.slot, at=ctx.now))


@commands.post("/applications/{application_id}/pause", allow=THEIR_OWN)
def pause_participant(_: PauseParticipant, application: ThisApplication, ctx: Context) -> None:
    """Pause: no new matches for a while."""
    ctx.emit(*application.pause())


@commands.post("/applications/{application_id}/resume", allow=THEIR_OWN)
def resume_participant(_: ResumeParticipant, application: ThisApplication, ctx: Context) -> None:
    """Resume after a pause: be matched again."""
    ctx.emit(*application.resume())


@commands.post("/applications/{application_id}/leave", allow=THEIR_OWN)
def leave_program(_: LeaveProgram, participant: Participant, ctx: Context) -> None:
    """Leave a program; what has been agreed ends, too."""
    ctx.emit(*participant.application.leave(participant.slot, at=ctx.now))


@commands.post("/applications/{application_id}/capacity", allow=THEIR_OWN)
def change_capacity(command: ChangeCapacity, application: ThisApplication, ctx: Context) -> None:
    """Change how many matches a person can have at once."""
    ctx.emit(*application.change_capacity(command.capacity))
