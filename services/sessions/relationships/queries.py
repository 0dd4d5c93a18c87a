"""Relationships over HTTP: people see their own, clients and operators see those of their tenant."""

from datetime import datetime
from typing import Self

from fastapi import APIRouter, Response
from pydantic import BaseModel

from services.sessions.relationships.model import Relationship, RelationshipStatus
from shared.contracts.members import Member, MemberRole
from shared.engine.authoring.handlers import CLIENTS, OPERATORS
from shared.web.access import OwnPersonId, allowed
from shared.web.auth import CurrentCaller
from shared.web.paging import After, Limit, Listing, listing
from shared.web.reading import TenantReader
from shared.web.versions import versioned

queries = APIRouter()


class RelationshipView(BaseModel):
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


@queries.get("/relationships/{relationship_id}")
async def show_relationship(
    relationship_id: str, reader: TenantReader, caller: CurrentCaller, response: Response
) -> RelationshipView:
    """One relationship."""
    relationship = await reader.get(Relationship, relationship_id)
    relationship.check_actor(caller.actor)
    return RelationshipView.of(versioned(response, relationship))


@queries.get("/programs/{program_id}/relationships", dependencies=allowed(CLIENTS, OPERATORS))
async def list_relationships(
    program_id: str, reader: TenantReader, after: After = None, limit: Limit = 100
) -> Listing[RelationshipView]:
    """The relationships of a program, for those who run it."""
    page = await reader.page(Relationship, {"program_id": program_id}, after, limit)
    return listing(page, RelationshipView.of)


@queries.get("/people/{person_id}/relationships")
async def list_own_relationships(
    person_id: OwnPersonId,
    reader: TenantReader,
    role: MemberRole | None = None,
    after: After = None,
    limit: Limit = 100,
) -> Listing[RelationshipView]:
    """The relationships to which the person belongs: all of them, or those with a certain role."""
    member = {"person_id": person_id} | ({"role": role} if role else {})
    page = await reader.page(Relationship, {"members": {"$elemMatch": member}}, after, limit)
    return listing(page, RelationshipView.of)
