"""The roles of one person."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from services.intake.memberships.model.roles import GivenRole, RoleName
from shared.clock import rfc3339
from shared.contracts.roles import (
    PartnerAdminGranted,
    PartnerAdminRevoked,
    RoleChange,
    RoleGranted,
    RoleRevoked,
    StaffRole,
)
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal
from shared.ids import PersonId, ProgramId, TenantId

MOST_ROLES = 1_000
"""Of one person: whoever needs more of them is an admin."""
BY_PROVIDER = "service/identity-provider"
"""Who has given a role that follows from what the organization's provider says."""


class RoleGivenAlready(Refusal):
    """A role is given once."""


class AlreadyInvited(Refusal):
    """An invitation to the same role is still open."""


class RoleNotGiven(Refusal):
    """What somebody does not have cannot be taken away."""


class TooManyRoles(Refusal):
    """A person has so many roles at most."""


class RoleOfPerson(BaseModel):
    """A role that somebody has: since when, and from whom."""

    role: RoleName
    program_id: str | None
    host: str | None = None
    since: datetime
    by: str

    @property
    def given(self) -> GivenRole:
        """The role."""
        return GivenRole(self.role, self.program_id, self.host)


class Membership(Aggregate, name="membership"):
    """The roles of one person, and until when invitations to others are open. Its id is the person's.

    `change` counts how often the roles have changed.
    """

    indexes: ClassVar = (("roles.program_id",),)

    roles: tuple[RoleOfPerson, ...] = ()
    invited: dict[str, datetime] = Field(default_factory=dict)
    change: int = 0

    @property
    def names(self) -> frozenset[str]:
        """How tokens name the roles."""
        return frozenset(one.given.name for one in self.roles)

    def lacks(self, stated: Collection[GivenRole]) -> list[GivenRole]:
        """Return which of the roles that a provider states the person does not have, as far as there is room."""
        return [one for one in stated if one.name not in self.names][: MOST_ROLES - len(self.roles)]

    def outdated(self, stated: Collection[GivenRole]) -> list[GivenRole]:
        """Return the roles that a provider gave, and states no longer; what people have given is not among them."""
        return [one.given for one in self.roles if one.by == BY_PROVIDER and one.given not in stated]

    def invite(self, given: GivenRole, at: datetime, until: datetime) -> None:
        """Keep that the person is invited to a role; raises `RoleGivenAlready`, `AlreadyInvited`, `TooManyRoles`."""
        self._check_can_get(given)
        open_until = rfc3339(self.invited.get(given.name, at))
        if self.invited.get(given.name, at) > at:
            raise AlreadyInvited(
                f"This person was invited to that role already, and has until {open_until} to accept: "
                "ask them to look into their mail, or invite them again after that.",
                open_until=open_until,
            )
        self.invited = {**self.invited, given.name: until}

    def grant(self, given: GivenRole, by: str, at: datetime) -> list[RoleChange]:
        """Give the person a role; raises `RoleGivenAlready`, `TooManyRoles`."""
        self._check_can_get(given)
        self.roles = (*self.roles, RoleOfPerson(**given._asdict(), since=at, by=by))
        self.invited = {name: until for name, until in self.invited.items() if name != given.name}
        return self._changed(given, RoleGranted, PartnerAdminGranted)

    def forget_invitations(self) -> None:
        """Be invited to nothing any more."""
        self.invited = {}

    def revoke(self, given: GivenRole) -> list[RoleChange]:
        """Take a role from the person; raises `RoleNotGiven`."""
        left = tuple(one for one in self.roles if one.given != given)
        if len(left) == len(self.roles):
            raise RoleNotGiven(f"This person is no {given.role} there: nothing is left to do.")
        self.roles = left
        return self._changed(given, RoleRevoked, PartnerAdminRevoked)

    def _check_can_get(self, given: GivenRole) -> None:
        if given.name in self.names:
            raise RoleGivenAlready(f"This person is {given.role} there already: nothing is left to do.")
        if len(self.roles) >= MOST_ROLES:
            raise TooManyRoles(f"This person has {MOST_ROLES} roles: take some away, or make them an admin.")

    def _changed(
        self,
        given: GivenRole,
        of_staff: type[RoleGranted | RoleRevoked],
        of_partner: type[PartnerAdminGranted | PartnerAdminRevoked],
    ) -> list[RoleChange]:
        """Count the change, and tell of it with all that the person has now."""
        self.change += 1
        now: dict[str, Any] = {"roles": tuple(sorted(self.names)), "change": self.change}
        person_id, program_id = PersonId(self.id), given.program_id and ProgramId(given.program_id)
        if given.host and program_id:
            return [of_partner(person_id=person_id, host=TenantId(given.host), program_id=program_id, **now)]
        return [of_staff(person_id=person_id, role=StaffRole(given.role), program_id=program_id or None, **now)]
