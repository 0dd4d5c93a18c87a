"""What may be asked of sessions: to schedule, reschedule, cancel and complete them."""

from datetime import datetime, timedelta
from typing import Annotated, Self, cast

from pydantic import AfterValidator, Field, model_validator

from services.sessions.meetings.model.calendar import PersonCalendar, book
from services.sessions.meetings.model.session import Session
from services.sessions.relationships.model import Relationship
from services.sessions.times import LocalTime, Moment, Slot, moment
from shared.clock import zone
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import Members, staff
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.links import ByLink, Purpose
from shared.engine.authoring.loads import Bundle, create, require
from shared.ids import RelationshipId, SessionId

commands = Handlers()

STAFF = staff("session.program_id", "sessions:write")
MOVING = Members("session.people"), ByLink(Purpose.SESSION, "session.open_links"), *STAFF
"""Who moves and cancels a session: its members, by the links of their mails too."""

TimeZone = Annotated[str, Field(max_length=64), AfterValidator(lambda name: zone(name).key)]


class Planned(Command):
    """When a session is. A `_local` time is what clocks show in `time_zone`; the first one if they show it twice."""

    time_zone: TimeZone = Field(description="Where it is planned, an IANA name such as Europe/Rome")
    starts_at: Moment | None = Field(default=None, description="Start with an offset, or Z")
    starts_at_local: LocalTime | None = Field(default=None, description="Or the start by the clock in time_zone")
    ends_at: Moment | None = Field(default=None, description="End with an offset, or Z")
    ends_at_local: LocalTime | None = Field(default=None, description="Or the end by the clock in time_zone")
    minutes: int | None = Field(default=None, ge=15, le=480, description="Or its length; if left out, the usual one")

    @model_validator(mode="after")
    def _check_one_start_and_end(self) -> Self:
        if (self.starts_at is None) == (self.starts_at_local is None):
            raise ValueError("give starts_at or starts_at_local, and not both")
        if [self.ends_at, self.ends_at_local, self.minutes].count(None) < 2:
            raise ValueError("give one of ends_at, ends_at_local and minutes")
        return self

    def slot(self, usual: timedelta) -> Slot:
        """The slot that is meant, `usual` long if nothing else is said; raises a `WrongTime`."""
        start = cast(datetime, self._moment("starts_at"))  # a body without one did not pass
        length = timedelta(minutes=self.minutes) if self.minutes else usual
        return Slot.between(start, self._moment("ends_at") or start + length, self.time_zone)

    def _moment(self, field: str) -> datetime | None:
        local = f"{field}_local"
        wall_time: datetime | None = getattr(self, local)
        return moment(wall_time, self.time_zone, local) if wall_time else getattr(self, field)


class ScheduleSession(Planned):
    """Give a meeting of the relationship a time."""

    relationship_id: RelationshipId


class RescheduleSession(Planned):
    """Move a session; without an end it stays as long as it was."""

    session_id: SessionId


class CancelSession(Command):
    """Say that a session will not be held."""

    session_id: SessionId


class CompleteSession(Command):
    """Say that a session was held."""

    session_id: SessionId


class NewSession(Bundle):
    """A session to be scheduled, with whom it is for and when they are booked."""

    session: Annotated[Session, create()]
    relationship: Annotated[Relationship, require("relationship_id")]
    calendars: Annotated[list[PersonCalendar], create("relationship.people")]


class PlannedSession(Bundle):
    """A session that was scheduled, with the calendars in which it is booked."""

    session: Annotated[Session, require("session_id")]
    calendars: Annotated[list[PersonCalendar], create("session.people")]


class MovedSession(PlannedSession):
    """A session that gets another time, with whom it is for."""

    relationship: Annotated[Relationship, require("session.relationship_id")]


@commands.post(
    "/relationships/{relationship_id}/sessions",
    status=201,
    allow=(Members("relationship.people"), *staff("relationship.program_id", "sessions:write")),
)
def schedule_session(command: ScheduleSession, new: NewSession, ctx: Context) -> None:
    """Schedule a session; all members must be free."""
    slot = command.slot(usual=new.relationship.usual_length)
    scheduled = new.session.schedule(new.relationship, slot)
    book(new.calendars, new.session, at=ctx.now)
    ctx.emit(*scheduled)


@commands.post("/sessions/{session_id}/reschedule", allow=MOVING)
def reschedule_session(command: RescheduleSession, moved: MovedSession, ctx: Context) -> None:
    """Move a session to another time; the old one is free again."""
    slot = command.slot(usual=moved.session.slot.length)
    rescheduled = moved.session.reschedule(moved.relationship, slot, at=ctx.now)
    book(moved.calendars, moved.session, at=ctx.now)
    ctx.emit(*rescheduled)


@commands.post("/sessions/{session_id}/cancel", allow=MOVING)
def cancel_session(_: CancelSession, planned: PlannedSession, ctx: Context) -> None:
    """Cancel a session; its time is free again."""
    ctx.emit(*planned.session.cancel(at=ctx.now))
    for calendar in planned.calendars:
        calendar.free(planned.session.id)


@commands.post(
    "/sessions/{session_id}/complete",
    allow=(Members("session.people"), *STAFF),
)
def complete_session(_: CompleteSession, session: Annotated[Session, require("session_id")], ctx: Context) -> None:
    """Say that a session was held; one member is enough, and after 7 days who runs the program."""
    ctx.emit(*session.complete(by=ctx.actor, at=ctx.now))
