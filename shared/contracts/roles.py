"""What intake tells of roles: who is invited to one, who is given one, and who has one no longer."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.contracts.event import Event
from shared.contracts.fields import Person
from shared.ids import ProgramId, RoleInvitationId

OfProgram = Annotated[
    ProgramId | None, Field(description="The program that the role is for; an admin's is for the organization.")
]


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


class RoleRevoked(Event, aggregate="membership", subject="person_id", service="intake"):
    """A person has a role no longer: it was taken away, or given back."""

    person_id: Person
    role: StaffRole
    """What the person is no longer."""
    program_id: OfProgram = None
