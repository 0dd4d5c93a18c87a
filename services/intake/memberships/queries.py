"""Roles over HTTP: one's own, those of a program or of the organization, and invitations to them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self

from fastapi import Response
from pydantic import BaseModel, Field

from services.intake.memberships.model.invitation import RoleInvitation, RoleInvitationStatus
from services.intake.memberships.model.membership import Membership
from services.intake.memberships.model.roles import RoleName
from services.intake.people.naming import Names
from services.intake.views import View
from shared.engine.authoring.grants import ADMIN, Manager, Subject
from shared.web.access import found
from shared.web.names import Named
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.trail.shown import of_people
from shared.web.versions import versioned

queries = Routes()


class RoleView(BaseModel, from_attributes=True):
    """A role, since when and from whom; an admin's is for the organization, a partner admin's for a host's program."""

    role: RoleName
    program_id: str | None
    host: str | None
    since: datetime
    by: str


class InvitedView(BaseModel):
    """A role to which a person is invited, and until when they can accept it."""

    role: RoleName
    program_id: str | None
    until: datetime

    @classmethod
    def of_role(cls, name: str, until: datetime) -> Self:
        """Show an invitation to the role that tokens name so."""
        role, _, program_id = name.partition(":")
        return cls(role=RoleName(role), program_id=program_id or None, until=until)


class MembershipView(View, Named):
    """The roles of a person; `id` is theirs."""

    roles: list[RoleView]
    invited: list[InvitedView] = Field(description="Roles that they do not have yet; some may have run out")

    @classmethod
    def of_person(cls, membership: Membership) -> Self:
        """Show the roles of a person."""
        return cls(
            id=membership.id,
            version=membership.version,
            roles=[RoleView.model_validate(one) for one in membership.roles],
            invited=[InvitedView.of_role(*one) for one in membership.invited.items()],
        )

    def people(self) -> Iterable[str]:
        """Whose they are."""
        return (self.id,)


class RoleInvitationView(View, Named):
    """An invitation to a role."""

    person_id: str
    role: RoleName
    program_id: str | None
    host: str | None
    invited_by: str
    expires_at: datetime | None
    status: RoleInvitationStatus

    def people(self) -> Iterable[str]:
        """Whom it is for."""
        return (self.person_id,)


@queries.get("/people/{person_id}/roles", allow=(Subject("person_id"), ADMIN), shows=of_people("id"))
async def show_roles(person_id: str, names: Names) -> MembershipView:
    """Show the roles of a person, none if they have none; people see their own."""
    memberships = await names.reader.many(Membership, [person_id])
    return await names.on(MembershipView.of_person(memberships[0] if memberships else Membership(id=person_id)))


@queries.get("/staff", allow=(ADMIN, Manager.of("program_id")), shows=of_people("items.id"))
async def list_staff(
    names: Names, program_id: str | None = None, after: After = None, limit: Limit = 100
) -> Listing[MembershipView]:
    """List who has a role in a program, or without one who has a role for the whole organization."""
    where = {"roles": {"$elemMatch": {"program_id": program_id}}}
    return await names.on_page(
        listing(await names.reader.page(Membership, where, after, limit), MembershipView.of_person)
    )


@queries.get(
    "/role-invitations/{invitation_id}",
    allow=(Subject("invitation.person_id"), ADMIN, Manager.of("invitation.program_id")),
    shows=of_people("person_id"),
)
async def show_role_invitation(
    invitation: Annotated[RoleInvitation, found(RoleInvitation, "invitation_id")], names: Names, response: Response
) -> RoleInvitationView:
    """Show an invitation, to whom it is for and those who give the role."""
    return await names.on(RoleInvitationView.of(versioned(response, invitation)))
