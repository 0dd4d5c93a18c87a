"""What sessions tells: the relationship at work. Times are UTC; `time_zone` is where the session was planned."""

from pydantic import AwareDatetime

from shared.contracts.event import Event
from shared.ids import ActionItemId, MatchId, PersonId, ProgramId, RelationshipId, SessionId


class RelationshipStarted(Event, aggregate="relationship", subject="relationship_id"):
    """A mentor and a mentee begin to work together; the first session should be held by `first_session_due`."""

    relationship_id: RelationshipId
    program_id: ProgramId
    match_id: MatchId
    mentor_id: PersonId
    mentee_id: PersonId
    started_at: AwareDatetime
    first_session_due: AwareDatetime


class SessionScheduled(Event, aggregate="session", subject="session_id"):
    """A meeting has a time. `revision` is the calendar's SEQUENCE and rises with every change."""

    session_id: SessionId
    relationship_id: RelationshipId
    program_id: ProgramId
    mentor_id: PersonId
    mentee_id: PersonId
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    time_zone: str
    revision: int


class SessionRescheduled(Event, aggregate="session", subject="session_id"):
    """The meeting has another time; reminders of the old one are off."""

    session_id: SessionId
    relationship_id: RelationshipId
    program_id: ProgramId
    mentor_id: PersonId
    mentee_id: PersonId
    previous_starts_at: AwareDatetime
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    time_zone: str
    revision: int


class SessionCancelled(Event, aggregate="session", subject="session_id"):
    """The meeting will not be held."""

    session_id: SessionId
    relationship_id: RelationshipId
    program_id: ProgramId
    mentor_id: PersonId
    mentee_id: PersonId
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    time_zone: str
    revision: int


class SessionCompleted(Event, aggregate="session", subject="session_id"):
    """The meeting was held, as one of the two says."""

    session_id: SessionId
    relationship_id: RelationshipId
    program_id: ProgramId
    mentor_id: PersonId
    mentee_id: PersonId
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    completed_by: PersonId


class ActionAssigned(Event, aggregate="action", subject="action_id"):
    """Somebody has something to do until `due_at`. What it is stays in the service."""

    action_id: ActionItemId
    relationship_id: RelationshipId
    program_id: ProgramId
    owner_id: PersonId
    due_at: AwareDatetime


class ActionCompleted(Event, aggregate="action", subject="action_id"):
    """The action item is done."""

    action_id: ActionItemId
    relationship_id: RelationshipId
    program_id: ProgramId
    owner_id: PersonId
