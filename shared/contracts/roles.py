"""What intake tells of roles: who is invited to one, who is given one, and who has one no longer.

Each change says all that the person has from then on: so whoever keeps a copy needs the latest one only.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.contracts.event import Event
from shared.contracts.fields import Person
from shared.ids import ProgramId, RoleInvitationId, TenantId

OfProgram = Annotated[
    ProgramId | None, Field(description="The program that the role is for; an admin's is for the organization.")
]


OfHost = Annotated[TenantId, Field(description="The organization whose program it is.")]
ElsewhereProgram = Annotated[ProgramId, Field(description="The program, which is another organization's.")]
AllRoles = Annotated[
    tuple[str, ...], Field(description="All roles that the person has now, as tokens name them, such as `admin`.")
]
Change = Annotated[int, Field(description="How often the person's roles have changed, this time included.")]


class StaffRole(StrEnum):
    """What somebody who looks after others does: in one program, or as an admin in the whole organization."""

    LEAD = "lead"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    ADMIN = "admin"


class PersonInvited(Event, aggregate="role_invitation", subject="invitation_id", service="intake"):
    """A person is asked to take on a role, and has until a moment to accept."""

    invitation_id: RoleInvitationId
    """The invitation."""
    person_id: Person
    role: StaffRole
    """What the person is to be."""
    program_id: OfProgram = None
    expires_at: AwareDatetime
    """Until when the person may accept."""


class RoleGranted(Event, aggregate="membership", subject="person_id", service="intake"):
    """A person has a role from now on."""

    person_id: Person
    role: StaffRole
    """What the person is now."""
    program_id: OfProgram = None
    roles: AllRoles = ()
    change: Change = 0


class RoleRevoked(Event, aggregate="membership", subject="person_id", service="intake"):
    """A person has a role no longer: it was taken away, or given back."""

    person_id: Person
    role: StaffRole
    """What the person is no longer."""
    program_id: OfProgram = None
    roles: AllRoles = ()
    change: Change = 0


class PartnerAdminInvited(Event, aggregate="role_invitation", subject="invitation_id", service="intake"):
    """A person is asked to look after their organization's people in another one's program."""

    invitation_id: RoleInvitationId
    """The invitation."""
    person_id: Person
    host: OfHost
    program_id: ElsewhereProgram
    expires_at: AwareDatetime
    """Until when the person may accept."""


class PartnerAdminGranted(Event, aggregate="membership", subject="person_id", service="intake"):
    """A person looks after their organization's people in another one's program from now on."""

    person_id: Person
    host: OfHost
    program_id: ElsewhereProgram
    roles: AllRoles = ()
    change: Change = 0


class PartnerAdminRevoked(Event, aggregate="membership", subject="person_id", service="intake"):
    """A person looks after their organization's people in another one's program no longer."""

    person_id: Person
    host: OfHost
    program_id: ElsewhereProgram
    roles: AllRoles = ()
    change: Change = 0


RoleChange = RoleGranted | RoleRevoked | PartnerAdminGranted | PartnerAdminRevoked
"""What tells of a change of somebody's roles."""


class PasskeysRequired(Event, aggregate="administration", subject="administration_id", service="intake"):
    """Admins of the organization sign in with a passkey from now on, or as they like again."""

    administration_id: str
    """Who runs the organization; there is one of these."""
    is_required: bool
    """Whether an admin needs a passkey."""
