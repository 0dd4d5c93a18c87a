"""An invitation to a role."""

from datetime import datetime, timedelta
from enum import StrEnum

from services.intake.memberships.model.membership import Membership
from services.intake.memberships.model.roles import GivenRole, RoleName
from shared.contracts.event import Event
from shared.contracts.roles import PartnerAdminInvited, PersonInvited, StaffRole
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal
from shared.ids import PersonId, ProgramId, RoleInvitationId, TenantId

LIFETIME = timedelta(days=14)


class InvitedOneself(Refusal):
    """Nobody gives themselves a role."""


class InvitationUsed(Refusal):
    """An invitation is accepted once."""


class InvitationExpired(Refusal):
    """An invitation stands for two weeks."""


class RoleInvitationStatus(StrEnum):
    """What has become of an invitation."""

    OPEN = "open"
    ACCEPTED = "accepted"


class RoleInvitation(Aggregate, name="role_invitation"):
    """Somebody is asked to take on a role; who has asked must still give that role when it is accepted."""

    person_id: str = ""
    role: RoleName = RoleName.LEAD
    program_id: str | None = None
    host: str | None = None
    invited_by: str = ""
    expires_at: datetime | None = None
    status: RoleInvitationStatus = RoleInvitationStatus.OPEN

    @property
    def given(self) -> GivenRole:
        """The role that it is to."""
        return GivenRole(self.role, self.program_id, self.host)

    def send(self, membership: Membership, given: GivenRole, by: str, at: datetime) -> list[Event]:
        """Ask a person; raises `InvitedOneself`, and what `Membership.invite` does."""
        if by == f"person/{membership.id}":
            raise InvitedOneself("This is your own address: ask another admin to give you a role.")
        until = at + LIFETIME
        self.person_id, self.invited_by, self.expires_at = membership.id, by, until
        self.role, self.program_id, self.host = given
        membership.invite(given, at, until)
        id, person_id, program_id = RoleInvitationId(self.id), PersonId(membership.id), ProgramId(self.program_id or "")
        if given.host:
            return [
                PartnerAdminInvited(
                    invitation_id=id,
                    person_id=person_id,
                    host=TenantId(given.host),
                    program_id=program_id,
                    expires_at=until,
                )
            ]
        return [
            PersonInvited(
                invitation_id=id,
                person_id=person_id,
                role=StaffRole(given.role),
                program_id=program_id or None,
                expires_at=until,
            )
        ]

    def accept(self, at: datetime) -> None:
        """Use it up; raises `InvitationUsed`, `InvitationExpired`."""
        if self.status is RoleInvitationStatus.ACCEPTED:
            raise InvitationUsed("You have accepted this invitation already: sign in again to use the role.")
        if self.expires_at is None or at >= self.expires_at:
            raise InvitationExpired("This invitation has expired: ask whoever invited you for another one.")
        self.status = RoleInvitationStatus.ACCEPTED
