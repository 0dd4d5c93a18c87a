"""What sessions tells: the relationship at work. Times are UTC; `time_zone` is where the session was planned."""

from pydantic import AwareDatetime

from shared.contracts.event import Event
from shared.contracts.fields import (
    Action,
    Ends,
    MeetingZone,
    Mentee,
    Mentor,
    Program,
    Relationship,
    Revision,
    Session,
    Starts,
)
from shared.ids import MatchId, PersonId


class RelationshipStarted(Event, aggregate="relationship", subject="relationship_id"):
    """A mentor and a mentee begin to work together; the first session should be held by `first_session_due`."""

    relationship_id: Relationship
    program_id: Program
    match_id: MatchId
    """The accepted match that it began with."""
    mentor_id: Mentor
    mentee_id: Mentee
    started_at: AwareDatetime
    """When it began."""
    first_session_due: AwareDatetime
    """By when the first session should be held."""


class RelationshipEndedEarly(Event, aggregate="relationship", subject="relationship_id"):
    """The two no longer work together, before the time was over; sessions that were planned are cancelled."""

    relationship_id: Relationship
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee
    reason: str
    """Why, as with the match that was unwound: `rematch`, `left` or `staff`."""


class SessionScheduled(Event, aggregate="session", subject="session_id"):
    """A meeting has a time. `revision` is the calendar's SEQUENCE and rises with every change."""

    session_id: Session
    relationship_id: Relationship
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee
    starts_at: Starts
    ends_at: Ends
    time_zone: MeetingZone
    revision: Revision


class SessionRescheduled(Event, aggregate="session", subject="session_id"):
    """The meeting has another time; reminders of the old one are off."""

    session_id: Session
    relationship_id: Relationship
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee
    previous_starts_at: AwareDatetime
    """When it would have begun before."""
    starts_at: Starts
    ends_at: Ends
    time_zone: MeetingZone
    revision: Revision


class SessionCancelled(Event, aggregate="session", subject="session_id"):
    """The meeting will not be held."""

    session_id: Session
    relationship_id: Relationship
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee
    starts_at: AwareDatetime
    """When it would have begun."""
    ends_at: AwareDatetime
    """When it would have ended."""
    time_zone: MeetingZone
    revision: Revision


class SessionCompleted(Event, aggregate="session", subject="session_id"):
    """The meeting was held, as one of the two says."""

    session_id: Session
    relationship_id: Relationship
    program_id: Program
    mentor_id: Mentor
    mentee_id: Mentee
    starts_at: Starts
    ends_at: Ends
    completed_by: PersonId
    """Which of the two said so."""


class ActionAssigned(Event, aggregate="action", subject="action_id"):
    """Somebody has something to do until `due_at`. What it is stays in the service."""

    action_id: Action
    relationship_id: Relationship
    program_id: Program
    owner_id: PersonId
    """Who is to do it."""
    due_at: AwareDatetime
    """By when."""


class ActionCompleted(Event, aggregate="action", subject="action_id"):
    """The action item is done."""

    action_id: Action
    relationship_id: Relationship
    program_id: Program
    owner_id: PersonId
    """Whose it was."""
