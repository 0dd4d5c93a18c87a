"""Somebody who goes, with all that ends with it."""

from typing import Annotated

from services.intake.applications.model.application import Application
from services.intake.applications.model.slot import ParticipantSlot
from services.intake.fields import Id
from services.intake.identity.model.access import Access
from services.intake.identity.model.address_changes import AddressChange
from services.intake.identity.model.passkeys import Passkeys
from services.intake.identity.model.provider_accounts import ProviderAccount
from services.intake.memberships.model.administration import Administration, the_administration
from services.intake.memberships.model.membership import Membership
from services.intake.people.model import Person
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.held_roles import HeldRoles, change_roles
from shared.engine.authoring.loads import Bundle, create, optional, require
from shared.engine.authoring.revocations import Revocation


class Departure(Command):
    """Somebody goes."""

    person_id: Id

    @property
    def access_id(self) -> str:
        """The id of what the person has access by."""
        return Access.id_of(self.person_id)

    @property
    def passkeys_id(self) -> str:
        """The id of the person's passkeys."""
        return Passkeys.id_of(self.person_id)


class Departing(Bundle):
    """Somebody who goes: what they take part in, their roles, and their ways in."""

    person: Annotated[Person, require("person_id")]
    applications: Annotated[list[Application], optional("person.application_ids")]
    slots: Annotated[list[ParticipantSlot], create("applications.slot_id")]
    membership: Annotated[Membership, create("person_id")]
    administration: Annotated[Administration, create(the_administration)]
    held: Annotated[HeldRoles, create("person_id")]
    access: Annotated[Access, create("access_id")]
    accounts: Annotated[list[ProviderAccount], optional("access.account_ids")]
    passkeys: Annotated[Passkeys, create("passkeys_id")]
    address_change: Annotated[AddressChange, create("person_id")]
    revocation: Annotated[Revocation, create("access_id")]

    def end_all(self, ctx: Context) -> None:
        """End what the person takes part in, their roles and their ways in; raises `LastAdmin`."""
        slots = {one.id: one for one in self.slots}
        for application in self.applications:
            ctx.emit(*application.end(slots[application.slot_id], at=ctx.now))
        for one in self.membership.roles:
            self.administration.drop(self.person.id, one.given)
            change_roles(self.held, self.membership.revoke(one.given), ctx)
        self.membership.forget_invitations()
        self.passkeys.forget()
        self.address_change.abandon()
        for account in self.accounts:
            account.person_id = None
