"""What people are asked, as they see it."""

from collections.abc import Iterable
from typing import Annotated, Self

from fastapi import Response

from services.evaluation.surveys.model import Invitation, InvitationStatus
from shared.contracts.members import Member, MemberRole, people
from shared.engine.authoring.grants import ADMIN, OPERATOR, Scope, Subject
from shared.engine.authoring.links import ByLink, Purpose
from shared.web.access import found
from shared.web.names import Named, Names
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people
from shared.web.versions import versioned

queries = Routes()

LOOK_AFTER = OPERATOR, ADMIN, Scope("evaluation:read")
UNANSWERED = {"$in": [InvitationStatus.SENT, InvitationStatus.REMINDED]}


class InvitationView(Named):
    """A person is asked about a session with the other members. What was answered is not shown."""

    id: str
    version: int
    program_id: str
    relationship_id: str
    session_id: str
    members: list[Member]
    role: MemberRole
    status: InvitationStatus

    @classmethod
    def of(cls, invitation: Invitation) -> Self:
        """As it is shown."""
        return cls.model_validate(invitation, from_attributes=True)

    def people(self) -> Iterable[str]:
        """The members of the session."""
        return people(self.members)


@queries.get(
    "/people/{person_id}/invitations",
    allow=(Subject("person_id"), *LOOK_AFTER),
    shows=of_people("items.members.person_id"),
)
async def list_invitations(
    person_id: str, reader: TenantReader, names: Names, after: After = None, limit: Limit = 100
) -> Listing[InvitationView]:
    """List what the person is asked and has not answered yet."""
    page = await reader.page(Invitation, {"person_id": person_id, "status": UNANSWERED}, after, limit)
    return await names.on_page(listing(page, InvitationView.of))


@queries.get(
    "/invitations/{invitation_id}",
    allow=(Subject("invitation.person_id"), ByLink(Purpose.FEEDBACK, "invitation.links"), *LOOK_AFTER),
    shows=of_people("members.person_id"),
)
async def show_invitation(
    invitation: Annotated[Invitation, found(Invitation, "invitation_id")], names: Names, response: Response
) -> InvitationView:
    """Show one request for feedback, answered or not; what was answered is not in it."""
    return await names.on(InvitationView.of(versioned(response, invitation)))
