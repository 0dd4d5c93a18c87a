"""Makes one of two cards of a person."""

from typing import Annotated

from pydantic import BaseModel, Field

from services.intake.applications.model.application import Application
from services.intake.applications.model.slot import ParticipantSlot
from services.intake.fields import Id
from services.intake.identity.model.access import Access
from services.intake.identity.model.passkeys import Passkeys
from services.intake.identity.model.provider_accounts import ProviderAccount
from services.intake.memberships.model.administration import Administration, the_administration
from services.intake.memberships.model.membership import Membership
from services.intake.merging.model import MERGERS, Merge
from services.intake.partners.model import Partners
from services.intake.people.model import EmailAddress, Person
from shared.contracts.roles import RoleChange
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.held_roles import HeldRoles, change_roles
from shared.engine.authoring.loads import Bundle, create, optional, require
from shared.engine.authoring.revocations import Revocation, revoke
from shared.ids import moment_of

commands = Handlers()


class MergePeople(Command):
    """Make one of two cards of a person. It cannot be undone: look first at what will happen."""

    person_id: Id = Field(description="The card that stays as it is")
    merged_id: Id = Field(description="The card that goes; all that it has moves")
    program_id: Id | None = Field(None, description="For managers: the program that both have applied to, and no other")

    @property
    def access_id(self) -> str:
        """The id of what the card that goes lets in."""
        return Access.id_of(self.merged_id)

    @property
    def passkeys_id(self) -> str:
        """The id of the passkeys of the card that goes."""
        return Passkeys.id_of(self.merged_id)

    @property
    def access_id_of_stays(self) -> str:
        """The id of what the card that stays lets in."""
        return Access.id_of(self.person_id)


def slots_wanted(_: BaseModel, stays: Person, goes: Person) -> list[str]:
    """Return the slots of the card that stays for the applications of the other one."""
    return [ParticipantSlot.key(one.program_id, stays.id, one.role) for one in goes.applications]


def address_of(_: BaseModel, goes: Person) -> str | None:
    """Return the id of the address of the card that goes."""
    return EmailAddress.key(goes.email) if goes.email else None


class TwoCards(Bundle):
    """Two cards of a person, with all that the one that goes has, and who has had to do with it."""

    stays: Annotated[Person, require("person_id")]
    goes: Annotated[Person, require("merged_id")]
    merged_before: Annotated[list[Person], optional("goes.merged_ids")]
    applications: Annotated[list[Application], require("goes.application_ids")]
    slots: Annotated[list[ParticipantSlot], create(slots_wanted)]
    address: Annotated[EmailAddress | None, create(address_of)]
    partners: Annotated[Partners, create("person_id")]
    partners_before: Annotated[Partners, create("merged_id")]
    others: Annotated[list[Partners], optional("partners_before.partner_ids")]
    membership: Annotated[Membership, create("person_id")]
    membership_before: Annotated[Membership, create("merged_id")]
    administration: Annotated[Administration, create(the_administration)]
    held: Annotated[HeldRoles, create("person_id")]
    held_before: Annotated[HeldRoles, create("merged_id")]
    access: Annotated[Access, create("access_id")]
    access_of_stays: Annotated[Access, create("access_id_of_stays")]
    accounts: Annotated[list[ProviderAccount], optional("access.account_ids")]
    passkeys: Annotated[Passkeys, create("passkeys_id")]
    revocation: Annotated[Revocation, create("access_id")]

    @property
    def merge(self) -> Merge:
        """What is to be done."""
        return Merge(
            self.stays,
            self.goes,
            self.applications,
            self.slots,
            self.partners_before,
            self.membership_before,
            (self.access, self.access_of_stays),
        )

    def move_roles(self, ctx: Context) -> None:
        """Give the card that stays the roles of the other one, which has none then."""
        for one in self.membership_before.roles:
            given, taken = list[RoleChange](), self.membership_before.revoke(one.given)
            if one.given.name not in self.membership.names:
                self.administration.note(self.stays.id, one.given)
                given = self.membership.grant(one.given, by=ctx.actor, at=ctx.now)
            self.administration.drop(self.goes.id, one.given)
            change_roles(self.held, given, ctx)
            change_roles(self.held_before, taken, ctx)

    def move_partners(self) -> None:
        """Have those with whom the one was matched know the other, and the other way round."""
        self.partners.take_over(self.partners_before)
        for other in self.others:
            other.rename(self.goes.id, self.stays.id)

    def end_access(self, ctx: Context) -> None:
        """Let nobody in by the card that goes: who signs in with its address is who stays."""
        if self.address is not None:
            self.address.person_id = self.stays.id
        for account in self.accounts:
            account.person_id = self.stays.id if self.access_of_stays.takes_over(account.id, self.access) else None
        self.access.unlink()
        revoke(self.revocation, self.access.close(moment_of(ctx.new_id())), ctx)


@commands.post("/people/{person_id}/merge", allow=MERGERS, fresh=True)
def merge_people(command: MergePeople, cards: TwoCards, ctx: Context) -> None:
    """Make one of two cards of a person: applications, matches, relationships and roles of the one move to the other.

    The card that stays says what it has said; who signs in with the address of the other one is let in as who stays.
    Passkeys of the card that goes end: they were never shown to be of who stays, who adds them again.
    """
    cards.merge.check(ctx.actor, command.program_id)
    cards.merge.move_applications()
    cards.move_roles(ctx)
    cards.move_partners()
    cards.end_access(ctx)
    ctx.emit(*cards.stays.merge(cards.goes, passkeys_ended=cards.passkeys.forget()))
    for person in cards.merged_before:
        person.merged_into = cards.stays.id
