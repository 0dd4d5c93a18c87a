"""Roles over HTTP: one's own, those of a program or of the organization, and invitations to them."""

from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import BaseModel

from services.intake.memberships.model.invitation import RoleInvitation, RoleInvitationStatus
from services.intake.memberships.model.membership import Membership
from services.intake.memberships.model.roles import RoleName
from services.intake.views import View
from shared.engine.authoring.grants import ADMIN, Manager, Subject
from shared.web.access import found
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.versions import versioned

queries = Routes()


class RoleView(BaseModel, from_attributes=True):
    """A role, since when and from whom; an admin's is for the organization, a partner admin's for a host's program."""

    role: RoleName
    program_id: str | None
    host: str | None
    since: datetime
    by: str


class MembershipView(View):
    """The roles of a person; `id` is theirs."""

    roles: list[RoleView]


class RoleInvitationView(View):
    """An invitation to a role."""

    person_id: str
    role: RoleName
    program_id: str | None
    host: str | None
    invited_by: str
    expires_at: datetime | None
    status: RoleInvitationStatus


@queries.get("/people/{person_id}/roles", allow=(Subject("person_id"), ADMIN))
async def show_roles(person_id: str, reader: TenantReader) -> MembershipView:
    """Show the roles of a person, none if they have none; people see their own."""
    memberships = await reader.many(Membership, [person_id])
    return MembershipView.of(memberships[0] if memberships else Membership(id=person_id))


@queries.get("/staff", allow=(ADMIN, Manager.of("program_id")))
async def list_staff(
    reader: TenantReader, program_id: str | None = None, after: After = None, limit: Limit = 100
) -> Listing[MembershipView]:
    """List who has a role in a program, or without one who has a role for the whole organization."""
    where = {"roles": {"$elemMatch": {"program_id": program_id}}}
    return listing(await reader.page(Membership, where, after, limit), MembershipView.of)


@queries.get(
    "/role-invitations/{invitation_id}",
    allow=(Subject("invitation.person_id"), ADMIN, Manager.of("invitation.program_id")),
)
async def show_role_invitation(
    invitation: Annotated[RoleInvitation, found(RoleInvitation, "invitation_id")], response: Response
) -> RoleInvitationView:
    """Show an invitation, to whom it is for and those who give the role."""
    return RoleInvitationView.of(versioned(response, invitation))
