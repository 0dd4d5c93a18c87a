"""Sessions as their members see them, and those who run the program."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self

from fastapi import Response

from services.sessions.meetings.model.session import Session, SessionStatus
from services.sessions.relationships.model import Relationship
from shared.contracts.members import Member, people
from shared.engine.authoring.grants import Members, overseers
from shared.engine.authoring.links import ByLink, Purpose
from shared.web.access import found
from shared.web.names import Named, Names
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people
from shared.web.versions import versioned

queries = Routes()


class SessionView(Named):
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

    def people(self) -> Iterable[str]:
        """Its members."""
        return people(self.members)


@queries.get(
    "/sessions/{session_id}",
    allow=(
        Members("session.people"),
        ByLink(Purpose.SESSION, "session.links"),
        *overseers("session.program_id", "sessions:read"),
    ),
    shows=of_people("members.person_id"),
)
async def show_session(
    session: Annotated[Session, found(Session, "session_id")], names: Names, response: Response
) -> SessionView:
    """One session."""
    return await names.on(SessionView.of(versioned(response, session)))


@queries.get(
    "/relationships/{relationship_id}/sessions",
    allow=(Members("relationship.people"), *overseers("relationship.program_id", "sessions:read")),
    shows=of_people("items.members.person_id"),
)
async def list_sessions(
    relationship: Annotated[Relationship, found(Relationship, "relationship_id")],
    reader: TenantReader,
    names: Names,
    after: After = None,
    limit: Limit = 100,
) -> Listing[SessionView]:
    """All sessions of a relationship, cancelled ones too."""
    page = await reader.page(Session, {"relationship_id": relationship.id}, after, limit)
    return await names.on_page(listing(page, SessionView.of))


@queries.get(
    "/programs/{program_id}/sessions",
    allow=overseers("program_id", "sessions:read"),
    shows=of_people("items.members.person_id"),
)
async def list_sessions_of_program(
    program_id: str, names: Names, status: SessionStatus | None = None, after: After = None, limit: Limit = 100
) -> Listing[SessionView]:
    """The sessions of a program, of one status or all, for those who run it: who meets and when, and no more."""
    where = {"program_id": program_id} | ({"status": status} if status else {})
    return await names.on_page(listing(await names.reader.page(Session, where, after, limit), SessionView.of))
