"""What may be asked of sessions."""

from datetime import datetime, timedelta
from typing import Annotated, Self, cast

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, NaiveDatetime, model_validator

from services.sessions.actions import ActionItem, Assignment
from services.sessions.calendar import PersonCalendar
from services.sessions.model import Relationship, Session
from services.sessions.times import EARLIEST, LATEST, Slot, moment
from shared.clock import zone
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import PEOPLE, Handlers
from shared.engine.authoring.loads import create, reads, require
from shared.ids import ActionItemId, PersonId, RelationshipId, SessionId

commands = Handlers()

Moment = Annotated[AwareDatetime, Field(gt=EARLIEST, lt=LATEST)]
WallTime = Annotated[NaiveDatetime, Field(gt=EARLIEST.replace(tzinfo=None), lt=LATEST.replace(tzinfo=None))]
TimeZone = Annotated[str, Field(max_length=64), AfterValidator(lambda name: zone(name).key)]


class Planned(BaseModel):
    """When a session is. A `_local` time is what clocks show in `time_zone`; the first one if they show it twice."""

    model_config = ConfigDict(extra="forbid")

    time_zone: TimeZone = Field(description="Where it is planned, an IANA name such as Europe/Rome")
    starts_at: Moment | None = Field(default=None, description="Start with an offset, or Z")
    starts_at_local: WallTime | None = Field(default=None, description="Or the start by the clock in time_zone")
    ends_at: Moment | None = Field(default=None, description="End with an offset, or Z")
    ends_at_local: WallTime | None = Field(default=None, description="Or the end by the clock in time_zone")
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


class CancelSession(BaseModel):
    """Say that a session will not be held."""

    model_config = ConfigDict(extra="forbid")

    session_id: SessionId


class CompleteSession(BaseModel):
    """Say that a session was held."""

    model_config = ConfigDict(extra="forbid")

    session_id: SessionId


class AssignAction(Assignment):
    """Agree that one of the members does something."""

    model_config = ConfigDict(extra="forbid")

    relationship_id: RelationshipId


class CompleteAction(BaseModel):
    """Say that an action item is done."""

    model_config = ConfigDict(extra="forbid")

    action_id: ActionItemId


def people_of_relationship(_: ScheduleSession, relationship: Relationship) -> tuple[PersonId, ...]:
    """Whose calendars a new session needs."""
    return relationship.people


def people_of_session(_: RescheduleSession | CancelSession, session: Session) -> tuple[PersonId, ...]:
    """Whose calendars a session is in."""
    return session.people


@commands.post(
    "/relationships/{relationship_id}/sessions",
    loads={
        "session": create(Session),
        "relationship": require(Relationship, "relationship_id"),
        "calendars": create(PersonCalendar, people_of_relationship),
    },
    status=201,
)
def schedule_session(
    command: ScheduleSession,
    session: Session,
    relationship: Relationship,
    calendars: list[PersonCalendar],
    ctx: Context,
) -> None:
    """Schedule a session; all members must be free."""
    slot = command.slot(usual=timedelta(minutes=relationship.session_minutes))
    scheduled = session.schedule(relationship, slot, by=ctx.actor)
    for calendar in calendars:
        calendar.take(session.id, relationship.id, slot, at=ctx.now)
    ctx.emit(*scheduled)


@commands.post(
    "/sessions/{session_id}/reschedule",
    loads={
        "session": require(Session, "session_id"),
        "relationship": require(Relationship, lambda _, session: session.relationship_id),
        "calendars": create(PersonCalendar, people_of_session),
    },
)
def reschedule_session(
    command: RescheduleSession,
    session: Session,
    relationship: Relationship,
    calendars: list[PersonCalendar],
    ctx: Context,
) -> None:
    """The old time is free again."""
    slot = command.slot(usual=session.slot.length)
    rescheduled = session.reschedule(relationship, slot, by=ctx.actor)
    for calendar in calendars:
        calendar.take(session.id, session.relationship_id, slot, at=ctx.now)
    ctx.emit(*rescheduled)


@commands.post(
    "/sessions/{session_id}/cancel",
    loads={"session": require(Session, "session_id"), "calendars": create(PersonCalendar, people_of_session)},
)
def cancel_session(_: CancelSession, session: Session, calendars: list[PersonCalendar], ctx: Context) -> None:
    """The time is free again."""
    ctx.emit(*session.cancel(by=ctx.actor))
    for calendar in calendars:
        calendar.free(session.id)


@commands.post("/sessions/{session_id}/complete", loads={"session": require(Session, "session_id")}, allow=(PEOPLE,))
def complete_session(_: CompleteSession, session: Session, ctx: Context) -> None:
    """Say that a session was held; one member is enough."""
    ctx.emit(*session.complete(by=ctx.actor, at=ctx.now))


@commands.post(
    "/relationships/{relationship_id}/actions",
    loads={
        "action": create(ActionItem),
        "relationship": require(Relationship, "relationship_id"),
        "calendar": reads(PersonCalendar, "owner_id"),
    },
    status=201,
)
def assign_action(
    command: AssignAction,
    action: ActionItem,
    relationship: Relationship,
    calendar: PersonCalendar | None,
    ctx: Context,
) -> None:
    """Agree that a member does something, by default before they meet next."""
    next_session = calendar.next_start(relationship.id, after=ctx.now) if calendar else None
    ctx.emit(*action.assign(relationship, command, next_session, by=ctx.actor, at=ctx.now))


@commands.post("/actions/{action_id}/complete", loads={"action": require(ActionItem, "action_id")})
def complete_action(_: CompleteAction, action: ActionItem, ctx: Context) -> None:
    """Say that an action item is done; any member may."""
    ctx.emit(*action.complete(by=ctx.actor, at=ctx.now))
