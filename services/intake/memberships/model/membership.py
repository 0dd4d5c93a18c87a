"""The roles of one person."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, Field

from services.intake.memberships.model.roles import GivenRole
from shared.clock import rfc3339
from shared.contracts.event import Event
from shared.contracts.roles import RoleGranted, RoleRevoked, StaffRole
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal
from shared.ids import PersonId, ProgramId


class RoleGivenAlready(Refusal):
    """A role is given once."""


class AlreadyInvited(Refusal):
    """An invitation to the same role is still open."""


class RoleNotGiven(Refusal):
    """What somebody does not have cannot be taken away."""


class RoleOfPerson(BaseModel):
    """A role that somebody has: since when, and from whom."""

    role: StaffRole
    program_id: str | None
    since: datetime
    by: str

    @property
    def given(self) -> GivenRole:
        """The role."""
        return GivenRole(self.role, self.program_id)


class Membership(Aggregate, name="membership"):
    """The roles of one person, and until when invitations to others are open. Its id is the person's."""

    indexes: ClassVar = (("roles.program_id",),)

    roles: tuple[RoleOfPerson, ...] = ()
    invited: dict[str, datetime] = Field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """How tokens name the roles."""
        return frozenset(one.given.name for one in self.roles)

    def invite(self, given: GivenRole, at: datetime, until: datetime) -> None:
        """Keep that the person is invited to a role; raises `RoleGivenAlready`, `AlreadyInvited`."""
        self._check_lacks(given)
        open_until = rfc3339(self.invited.get(given.name, at))
        if self.invited.get(given.name, at) > at:
            raise AlreadyInvited(
                f"This person was invited to that role already, and has until {open_until} to accept: "
                "ask them to look into their mail, or invite them again after that.",
                open_until=open_until,
            )
        self.invited = {**self.invited, given.name: until}

    def grant(self, given: GivenRole, by: str, at: datetime) -> list[Event]:
        """Give the person a role; raises `RoleGivenAlready`."""
        self._check_lacks(given)
        self.roles = (*self.roles, RoleOfPerson(role=given.role, program_id=given.program_id, since=at, by=by))
        self.invited = {name: until for name, until in self.invited.items() if name != given.name}
        person_id, program_id = self._ids(given)
        return [RoleGranted(person_id=person_id, role=given.role, program_id=program_id)]

    def revoke(self, given: GivenRole) -> list[Event]:
        """Take a role from the person; raises `RoleNotGiven`."""
        if given.name not in self.names:
            raise RoleNotGiven(f"This person is no {given.role} there: nothing is left to do.")
        self.roles = tuple(one for one in self.roles if one.given != given)
        person_id, program_id = self._ids(given)
        return [RoleRevoked(person_id=person_id, role=given.role, program_id=program_id)]

    def _check_lacks(self, given: GivenRole) -> None:
        if given.name in self.names:
            raise RoleGivenAlready(f"This person is {given.role} there already: nothing is left to do.")

    def _ids(self, given: GivenRole) -> tuple[PersonId, ProgramId | None]:
        return PersonId(self.id), None if given.program_id is None else ProgramId(given.program_id)
