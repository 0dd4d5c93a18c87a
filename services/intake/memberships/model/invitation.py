"""An invitation to a role."""

from datetime import datetime, timedelta
from enum import StrEnum

from services.intake.memberships.model.membership import Membership
from services.intake.memberships.model.roles import GivenRole
from shared.contracts.event import Event
from shared.contracts.roles import PersonInvited, StaffRole
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal
from shared.ids import PersonId, ProgramId, RoleInvitationId

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
    role: StaffRole = StaffRole.LEAD
    program_id: str | None = None
    invited_by: str = ""
    expires_at: datetime | None = None
    status: RoleInvitationStatus = RoleInvitationStatus.OPEN

    @property
    def given(self) -> GivenRole:
        """The role that it is to."""
        return GivenRole(self.role, self.program_id)

    def send(self, membership: Membership, given: GivenRole, by: str, at: datetime) -> list[Event]:
        """Ask a person; raises `InvitedOneself`, and what `Membership.invite` does."""
        if by == f"person/{membership.id}":
            raise InvitedOneself("This is your own address: ask another admin to give you a role.")
        self.person_id, self.role, self.program_id = membership.id, given.role, given.program_id
        self.invited_by, self.expires_at = by, at + LIFETIME
        membership.invite(given, at, self.expires_at)
        invited = PersonInvited(
            invitation_id=RoleInvitationId(self.id),
            person_id=PersonId(self.person_id),
            role=self.role,
            program_id=None if self.program_id is None else ProgramId(self.program_id),
            expires_at=self.expires_at,
        )
        return [invited]

    def accept(self, at: datetime) -> None:
        """Use it up; raises `InvitationUsed`, `InvitationExpired`."""
        if self.status is RoleInvitationStatus.ACCEPTED:
            raise InvitationUsed("You have accepted this invitation already: sign in again to use the role.")
        if self.expires_at is None or at >= self.expires_at:
            raise InvitationExpired("This invitation has expired: ask whoever invited you for another one.")
        self.status = RoleInvitationStatus.ACCEPTED
