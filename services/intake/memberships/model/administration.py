"""Who gives roles in an organization: one document, so that of two who decide at once one comes second."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel, Field

from services.intake.memberships.model.roles import GivenRole, RoleName
from shared.contracts.event import Event
from shared.contracts.roles import PasskeysRequired
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import NotAllowed, OrganizationIsSuspended, Refusal
from shared.ids import PersonId

MAY_GIVE: Mapping[RoleName, frozenset[RoleName]] = {
    RoleName.ADMIN: frozenset(RoleName),
    RoleName.MANAGER: frozenset({RoleName.REVIEWER, RoleName.LEAD}),
}
"""Which roles who has which of them gives: an admin in all programs, a manager in their own."""


class LastAdmin(Refusal):
    """An organization has an admin."""


class StillAdmin(Refusal):
    """Admins are not locked out by each other."""

    def __init__(self) -> None:
        super().__init__("This person is an admin: take that role away first, which the last admin keeps.")


class Administration(Aggregate, name="administration"):
    """The admins of an organization and the managers of its programs: those who give roles, and take them away.

    There is one; it is loaded by whoever gives or takes a role, and so says who may do that at the very moment.
    """

    ID: ClassVar = "own"

    people: dict[str, list[str]] = Field(default_factory=dict)
    """By the name of the role."""
    is_suspended: bool = False
    """Whether the organization is: then nobody gives a role."""
    passkeys_required: bool = False
    """Whether admins get in with a passkey only."""

    @property
    def admins(self) -> tuple[PersonId, ...]:
        """Who runs the organization."""
        return tuple(map(PersonId, self.people.get(RoleName.ADMIN, ())))

    def require_passkeys(self, is_required: bool) -> list[Event]:
        """Have admins sign in with a passkey, or as they like."""
        if self.passkeys_required is is_required:
            return []
        self.passkeys_required = is_required
        return [PasskeysRequired(administration_id=self.id, is_required=is_required)]

    def needs_passkey(self, person_id: str) -> bool:
        """Whether somebody gets in with a passkey only."""
        return self.passkeys_required and person_id in self.admins

    def check_gives(self, actor: str, given: GivenRole) -> None:
        """Raise `NotAllowed` for somebody who does not give that role, or does no longer, and while nobody does."""
        if self.is_suspended:
            raise OrganizationIsSuspended
        if actor.startswith("operator/"):
            self._check_first(given)
        elif not any(given.role in MAY_GIVE[having.role] for having in self._having(actor, given.program_id)):
            raise NotAllowed(
                "Admins give every role, and managers those of reviewers and leads of their program: "
                "you have no such role now, so ask an admin."
            )

    def check_no_admin(self, person_id: str) -> None:
        """Raise `StillAdmin` for an admin."""
        if person_id in self.admins:
            raise StillAdmin

    def note(self, person_id: str, given: GivenRole) -> None:
        """Keep who gives roles from now on."""
        if given.role in MAY_GIVE:
            self.people = {**self.people, given.name: [*self.people.get(given.name, []), person_id]}

    def drop(self, person_id: str, given: GivenRole) -> None:
        """Forget who does no longer; raises `LastAdmin`."""
        left = [one for one in self.people.get(given.name, []) if one != person_id]
        if given.role is RoleName.ADMIN and not left:
            raise LastAdmin("This is the only admin of the organization: make somebody else an admin first.")
        if given.role in MAY_GIVE:
            self.people = {**self.people, given.name: left}

    def is_last_admin(self, person_id: str, given: GivenRole) -> bool:
        """Whether the organization would have no admin without that person."""
        return given.role is RoleName.ADMIN and self.people.get(given.name, []) == [person_id]

    def _check_first(self, given: GivenRole) -> None:
        if given.role is not RoleName.ADMIN or self.people.get(RoleName.ADMIN):
            raise NotAllowed("An operator invites the first admin only: ask an admin of the organization for the rest.")

    def _having(self, actor: str, program_id: str | None) -> list[GivenRole]:
        admin = GivenRole(RoleName.ADMIN, None)
        roles = [admin, GivenRole(RoleName.MANAGER, program_id)] if program_id else [admin]
        return [one for one in roles if actor in (f"person/{person}" for person in self.people.get(one.name, ()))]


def the_administration(_: BaseModel) -> str:
    """Return the id of the organization's administration, whatever is asked."""
    return Administration.ID
