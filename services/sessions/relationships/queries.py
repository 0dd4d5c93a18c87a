"""Relationships over HTTP: people see their own, those who run a program all of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self

from fastapi import Response

from services.sessions.relationships.model import Relationship, RelationshipStatus
from shared.contracts.members import Member, MemberRole, people
from shared.engine.authoring.grants import ADMIN, OPERATOR, Members, Scope, Subject, overseers
from shared.web.access import found
from shared.web.names import Named, Names
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people
from shared.web.versions import versioned

queries = Routes()

MEMBERS = of_people("items.members.person_id")


class RelationshipView(Named):
    """People who work together, and the matches that this comes from."""

    id: str
    version: int
    program_id: str
    match_ids: list[str]
    members: list[Member]
    started_at: datetime
    first_session_due: datetime
    status: RelationshipStatus
    ended_at: datetime | None

    @classmethod
    def of(cls, relationship: Relationship) -> Self:
        """As it is shown."""
        return cls.model_validate(relationship, from_attributes=True)

    def people(self) -> Iterable[str]:
        """Its members."""
        return people(self.members)


@queries.get(
    "/relationships/{relationship_id}",
    allow=(Members("relationship.people"), *overseers("relationship.program_id", "sessions:read")),
    shows=of_people("members.person_id"),
)
async def show_relationship(
    relationship: Annotated[Relationship, found(Relationship, "relationship_id")], names: Names, response: Response
) -> RelationshipView:
    """One relationship."""
    return await names.on(RelationshipView.of(versioned(response, relationship)))


@queries.get("/programs/{program_id}/relationships", allow=overseers("program_id", "sessions:read"), shows=MEMBERS)
async def list_relationships(
    program_id: str, reader: TenantReader, names: Names, after: After = None, limit: Limit = 100
) -> Listing[RelationshipView]:
    """The relationships of a program, for those who run it."""
    page = await reader.page(Relationship, {"program_id": program_id}, after, limit)
    return await names.on_page(listing(page, RelationshipView.of))


@queries.get(
    "/people/{person_id}/relationships",
    allow=(Subject("person_id"), OPERATOR, ADMIN, Scope("sessions:read")),
    shows=MEMBERS,
)
async def list_own_relationships(
    person_id: str,
    reader: TenantReader,
    names: Names,
    role: MemberRole | None = None,
    after: After = None,
    limit: Limit = 100,
) -> Listing[RelationshipView]:
    """The relationships to which the person belongs: all of them, or those with a certain role."""
    member = {"person_id": person_id} | ({"role": role} if role else {})
    page = await reader.page(Relationship, {"members": {"$elemMatch": member}}, after, limit)
    return await names.on_page(listing(page, RelationshipView.of))
