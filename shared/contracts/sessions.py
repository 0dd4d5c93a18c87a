"""What sessions tells: the relationship at work. Times are UTC; `time_zone` is where the session was planned."""

from pydantic import AwareDatetime

from shared.contracts.event import Event
from shared.contracts.fields import (
    Action,
    Ends,
    MeetingZone,
    Members,
    Program,
    Relationship,
    Revision,
    Session,
    Starts,
)
from shared.ids import MatchId, PersonId


class RelationshipStarted(Event, aggregate="relationship", subject="relationship_id"):
    """People begin to work together; the first session should be held by `first_session_due`."""

    relationship_id: Relationship
    program_id: Program
    match_ids: tuple[MatchId, ...]
    """The accepted matches that it comes from: one, where it is a pair's."""
    members: Members
    started_at: AwareDatetime
    """When it began."""
    first_session_due: AwareDatetime
    """By when the first session should be held."""


class RelationshipEndedEarly(Event, aggregate="relationship", subject="relationship_id"):
    """They no longer work together, before the time was over; sessions that were planned are cancelled."""

    relationship_id: Relationship
    program_id: Program
    members: Members
    reason: str
    """Why, as with the match that was unwound: `rematch`, `left` or `staff`."""


class SessionScheduled(Event, aggregate="session", subject="session_id"):
    """A meeting has a time. `revision` is the calendar's SEQUENCE and rises with every change."""

    session_id: Session
    relationship_id: Relationship
    program_id: Program
    members: Members
    starts_at: Starts
    ends_at: Ends
    time_zone: MeetingZone
    revision: Revision


class SessionRescheduled(Event, aggregate="session", subject="session_id"):
    """The meeting has another time; reminders of the old one are off."""

    session_id: Session
    relationship_id: Relationship
    program_id: Program
    members: Members
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
    members: Members
    starts_at: AwareDatetime
    """When it would have begun."""
    ends_at: AwareDatetime
    """When it would have ended."""
    time_zone: MeetingZone
    revision: Revision


class SessionCompleted(Event, aggregate="session", subject="session_id"):
    """The meeting was held, as one of the members says."""

    session_id: Session
    relationship_id: Relationship
    program_id: Program
    members: Members
    starts_at: Starts
    ends_at: Ends
    completed_by: PersonId | None
    """Which of the members said so; none if a system of the organization did, for who manages the program."""


class ActionAssigned(Event, aggregate="action", subject="action_id"):
    """Somebody has something to do until `due_at`. What it is stays in the service."""

    action_id: Action
    relationship_id: Relationship
    program_id: Program
    members: Members
    owner_id: PersonId
    """Which of the members is to do it."""
    due_at: AwareDatetime
    """By when."""


class ActionCompleted(Event, aggregate="action", subject="action_id"):
    """The action item is done."""

    action_id: Action
    relationship_id: Relationship
    program_id: Program
    members: Members
    owner_id: PersonId
    """Which of the members it was for."""
