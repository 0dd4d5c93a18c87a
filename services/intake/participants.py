"""What may be asked for who takes part: by the person, or by those who run the program."""

from pydantic import Field

from services.intake.commands import Command, Id
from services.intake.model.application import Application, ParticipantSlot
from shared.engine.context import Context
from shared.engine.handlers import Handlers
from shared.engine.loads import create, require

participants = Handlers()

APPLICATION = {"application": require(Application, "application_id")}


class PauseParticipant(Command):
    """Not be matched for a while. What is agreed already goes on."""

    application_id: Id


class ResumeParticipant(Command):
    """Be matched again after a pause."""

    application_id: Id


class LeaveProgram(Command):
    """Take part no longer: matches end, and the profile is withdrawn. A new application is possible."""

    application_id: Id


class ChangeCapacity(Command):
    """Have more or fewer matches at once. Who has more than that already keeps them."""

    application_id: Id
    capacity: int = Field(ge=0, le=100, description="Seats of a mentor, 0 to 100; mentors of a mentee, 1 to 3")


@participants.post("/applications/{application_id}/pause", loads=APPLICATION)
def pause_participant(_: PauseParticipant, application: Application, ctx: Context) -> None:
    """Not be matched for a while."""
    ctx.emit(*application.pause(by=ctx.actor))


@participants.post("/applications/{application_id}/resume", loads=APPLICATION)
def resume_participant(_: ResumeParticipant, application: Application, ctx: Context) -> None:
    """Be matched again."""
    ctx.emit(*application.resume(by=ctx.actor))


@participants.post(
    "/applications/{application_id}/leave",
    loads={
        **APPLICATION,
        "slot": create(ParticipantSlot, lambda _, application: application.slot_id if application else None),
    },
)
def leave_program(_: LeaveProgram, application: Application, slot: ParticipantSlot, ctx: Context) -> None:
    """Take part no longer."""
    ctx.emit(*application.leave(slot, by=ctx.actor, at=ctx.now))


@participants.post("/applications/{application_id}/capacity", loads=APPLICATION)
def change_capacity(command: ChangeCapacity, application: Application, ctx: Context) -> None:
    """Have more or fewer matches at once."""
    ctx.emit(*application.change_capacity(command.capacity, by=ctx.actor))
