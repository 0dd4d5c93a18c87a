"""What there is of sessions beside their relationships: those that were held, the next one, and those untold of."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from services.sessions.meetings.model.session import Session, SessionStatus
from shared.engine.authoring.reader import Reader


class Planned(BaseModel):
    """When a session is."""

    id: str
    starts_at: datetime
    ends_at: datetime


class Meetings(BaseModel):
    """The sessions of a relationship, as far as they say how it goes."""

    held: int = Field(0, description="How many were held")
    last_held_at: datetime | None = None
    next: Planned | None = Field(None, description="The next one that is planned")
    untold: list[Planned] = Field(
        default_factory=list, description="Those that are over and of which nobody has said whether they were held"
    )

    def count(self, session: Session, at: datetime) -> None:
        """Add one of the sessions."""
        planned = Planned(id=session.id, starts_at=session.slot.starts_at, ends_at=session.slot.ends_at)
        if session.status is SessionStatus.COMPLETED:
            self.held += 1
            self.last_held_at = max(self.last_held_at or planned.starts_at, planned.starts_at)
        elif session.status is SessionStatus.SCHEDULED and planned.ends_at <= at:
            self.untold.append(planned)
        elif session.status is SessionStatus.SCHEDULED and (not self.next or planned.starts_at < self.next.starts_at):
            self.next = planned


async def meetings_of(reader: Reader, relationships: Iterable[str], at: datetime) -> dict[str, Meetings]:
    """Tell of the sessions of all these relationships, by one read."""
    found = {id: Meetings() for id in relationships}
    sessions: Sequence[Session] = []
    if found:
        sessions = await reader.every(Session, {"relationship_id": {"$in": sorted(found)}})
    for session in sorted(sessions, key=lambda one: one.slot.starts_at):
        found[session.relationship_id].count(session, at)
    return found
