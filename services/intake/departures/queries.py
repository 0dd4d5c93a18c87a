"""What goes and what stays if nothing is to be kept of a person, and how far that has come."""

from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Response
from pydantic import BaseModel, Field

from services.intake.applications.model.application import Application
from services.intake.departures.model import Confirmation, Erasure, ErasureStatus
from services.intake.identity.model.access import Access
from services.intake.identity.model.passkeys import Passkeys
from services.intake.memberships.model.administration import Administration
from services.intake.memberships.model.membership import Membership
from services.intake.partners.model import Partners, Stage
from services.intake.people.model import Person
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.grants import ADMIN, Subject
from shared.engine.authoring.reader import Reader
from shared.web.access import found
from shared.web.document import refused_with
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people
from shared.web.versions import versioned

queries = Routes()

A = TypeVar("A", bound=Aggregate)


class DepartureView(BaseModel):
    """What ends when a person leaves, or is erased; nothing is done by looking."""

    person_id: str
    applications: int = Field(description="Live ones: the person takes part, or waits for a decision")
    matches: int = Field(description="Open and accepted ones: the others are told that they have ended, not why")
    past_matches: int = Field(description="Those that are over: they stay, and so do the figures that rest on them")
    roles: list[str] = Field(description="As tokens name them")
    sessions: int = Field(description="In how many places the person is signed in")
    passkeys: int
    is_last_admin: bool = Field(description="Then the person can neither leave nor be erased: somebody else first")


class ErasureView(BaseModel):
    """How far the erasure of a person has come."""

    person_id: str
    version: int
    status: ErasureStatus
    requested_at: datetime | None
    completed_at: datetime | None
    confirmed: dict[str, Confirmation] = Field(
        description="By service: out of how many records something personal was taken, and how many stay with an id"
    )
    awaited: list[str] = Field(description="The services that have not confirmed it yet; notify waits for its letters")


@queries.get(
    "/people/{person_id}/departure",
    allow=(Subject("person_id"), ADMIN),
    shows=of_people("person_id"),
    responses=refused_with(409),
)
async def show_departure(person: Annotated[Person, found(Person, "person_id")], reader: TenantReader) -> DepartureView:
    """Show what ends if a person leaves or is erased. Nothing is done."""
    person.check_stays(whoever_left=True)
    applications = await reader.many(Application, person.application_ids)
    partners = await _one(reader, Partners, person.id)
    membership = await _one(reader, Membership, person.id)
    administration = await _one(reader, Administration, Administration.ID)
    access = await _one(reader, Access, Access.id_of(person.id))
    passkeys = await _one(reader, Passkeys, Passkeys.id_of(person.id))
    over = sum(one.stage is Stage.OVER for one in partners.matches.values())
    return DepartureView(
        person_id=person.id,
        applications=sum(one.is_live for one in applications),
        matches=len(partners.matches) - over,
        past_matches=over,
        roles=sorted(membership.names),
        sessions=len(access.sessions),
        passkeys=len(passkeys.all),
        is_last_admin=administration.admins == (person.id,),
    )


@queries.get("/people/{person_id}/erasure", allow=(Subject("person_id"), ADMIN), shows=of_people("person_id"))
async def show_erasure(
    person: Annotated[Person, found(Person, "person_id")], reader: TenantReader, response: Response
) -> ErasureView:
    """Show how far the erasure of a person has come; when it is done, there is a receipt for it."""
    erasure = versioned(response, await _one(reader, Erasure, person.id))
    return ErasureView(
        person_id=person.id,
        version=erasure.version,
        status=erasure.status,
        requested_at=erasure.requested_at,
        completed_at=erasure.completed_at,
        confirmed=erasure.confirmed,
        awaited=erasure.awaited if erasure.status is ErasureStatus.REQUESTED else [],
    )


async def _one(reader: Reader, kind: type[A], id: str) -> A:
    known = await reader.many(kind, [id])
    return known[0] if known else kind(id=id)
