"""Sessions as their members see them, and those who run the program."""

from datetime import datetime
from typing import Self

from fastapi import APIRouter, Response
from pydantic import BaseModel

from services.sessions.meetings.model.session import Session, SessionStatus
from services.sessions.relationships.model import Relationship
from shared.contracts.members import Member
from shared.web.auth import CurrentCaller
from shared.web.paging import After, Limit, Listing, listing
from shared.web.reading import TenantReader
from shared.web.versions import versioned

queries = APIRouter()


class SessionView(BaseModel):
    """A meeting: times in UTC, and the zone of who planned it."""

    id: str
    version: int
    relationship_id: str
    program_id: str
    members: list[Member]
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    status: SessionStatus
    revision: int
    completed_by: str | None

    @classmethod
    def of(cls, session: Session) -> Self:
        """As it is shown."""
        return cls(version=session.version, **session.model_dump(exclude={"slot"}), **session.slot.model_dump())


@queries.get("/sessions/{session_id}")
async def show_session(session_id: str, reader: TenantReader, caller: CurrentCaller, response: Response) -> SessionView:
    """One session."""
    session = await reader.get(Session, session_id)
    session.check_actor(caller.actor)
    return SessionView.of(versioned(response, session))


@queries.get("/relationships/{relationship_id}/sessions")
async def list_sessions(
    relationship_id: str, reader: TenantReader, caller: CurrentCaller, after: After = None, limit: Limit = 100
) -> Listing[SessionView]:
    """All sessions of a relationship, cancelled ones too."""
    relationship = await reader.get(Relationship, relationship_id)
    relationship.check_actor(caller.actor)
    page = await reader.page(Session, {"relationship_id": relationship_id}, after, limit)
    return listing(page, SessionView.of)
