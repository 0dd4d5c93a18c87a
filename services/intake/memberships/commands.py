"""What may be asked about roles: to invite to them, give them, take them away and leave them."""

from typing import Annotated

from pydantic import Field

from services.intake.fields import Email, Id, Locale, Name, TimeZone
from services.intake.identity.model.access import Access
from services.intake.memberships.model.administration import Administration, the_administration
from services.intake.memberships.model.invitation import RoleInvitation
from services.intake.memberships.model.membership import Membership
from services.intake.memberships.model.roles import OfRole, RoleName
from services.intake.people.model import EmailAddress, Person
from services.intake.programs.model import Program
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import ADMIN, OPERATOR, Manager, Subject
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.held_roles import HeldRoles, change_roles
from shared.engine.authoring.loads import Bundle, create, optional, require
from shared.engine.authoring.revocations import Revocation, revoke
from shared.errors import NotFound, Refusal
from shared.ids import moment_of

commands = Handlers()

GIVERS = ADMIN, Manager.of("program_id")
"""Who gives roles; which ones, the administration knows."""


class ProgramOfOwn(Refusal):
    """A partner admin looks after people in another organization's program."""


class InvitePerson(OfRole):
    """Invite an e-mail address to a role. Whoever has it becomes a person of the organization, unless they are one."""

    email: Email = Field(description="An address of their own: one address, one person")
    name: Name | None = Field(None, description="As they write it; what is before the @ if it is left out")
    locale: Locale = Field("en", description="The language to write to them in")
    time_zone: TimeZone = Field("Europe/London", description="An IANA time zone, such as Europe/Rome")

    @property
    def address_id(self) -> str:
        """The id of the address."""
        return EmailAddress.key(self.email)


class AcceptInvitation(Command):
    """Accept an invitation to a role."""

    invitation_id: Id


class GrantRole(OfRole):
    """Give a role to a person of the organization."""

    person_id: Id


class TakenRole(OfRole):
    """A role that somebody is not to have any longer."""

    person_id: Id

    @property
    def access_id(self) -> str:
        """The id of what the person has access by."""
        return Access.id_of(self.person_id)


class RevokeRole(TakenRole):
    """Take a role away."""


class LeaveRole(TakenRole):
    """Give a role of one's own back."""


def invited(_: InvitePerson, address: EmailAddress, newcomer: Person) -> str:
    """The person who has the address, or is going to."""
    return address.person_id or newcomer.id


class Invited(Bundle):
    """An invitation with whom it is for, who may be new here, and who gives the role."""

    invitation: Annotated[RoleInvitation, create()]
    address: Annotated[EmailAddress, create("address_id")]
    person: Annotated[Person | None, optional("address.person_id")]
    newcomer: Annotated[Person, create()]
    membership: Annotated[Membership, create(invited)]
    administration: Annotated[Administration, create(the_administration)]
    program: Annotated[Program | None, optional("program_id")]


class Granted(Bundle):
    """The roles of a person of the organization, and who gives them."""

    membership: Annotated[Membership, create("person_id")]
    person: Annotated[Person, require("person_id")]
    administration: Annotated[Administration, create(the_administration)]
    program: Annotated[Program | None, optional("program_id")]
    held: Annotated[HeldRoles, create("person_id")]


class Left(Bundle):
    """The roles of somebody who has some, who gives them, and by which tokens they are used."""

    membership: Annotated[Membership, require("person_id")]
    administration: Annotated[Administration, create(the_administration)]
    access: Annotated[Access, create("access_id")]
    revocation: Annotated[Revocation, create("access_id")]
    held: Annotated[HeldRoles, create("person_id")]

    def take(self, command: TakenRole, ctx: Context) -> None:
        """Take the role: within two seconds no token has it any longer, and the next one does not."""
        change_roles(self.held, self.membership.revoke(command.given), ctx)
        self.administration.drop(command.person_id, command.given)
        revoke(self.revocation, [self.access.end_tokens(moment_of(ctx.new_id()))], ctx)


class Accepted(Bundle):
    """An invitation, the roles of whom it is for, and who gives them."""

    invitation: Annotated[RoleInvitation, require("invitation_id")]
    membership: Annotated[Membership, create("invitation.person_id")]
    administration: Annotated[Administration, create(the_administration)]
    held: Annotated[HeldRoles, create("invitation.person_id")]


@commands.post("/role-invitations", status=201, allow=(OPERATOR, *GIVERS), fresh=True)
def invite_person(command: InvitePerson, to: Invited, ctx: Context) -> None:
    """Invite an e-mail address to a role; a letter says what to do. An operator invites the first admin only."""
    _check_program(command, to.program, ctx)
    to.administration.check_gives(ctx.actor, command.given)
    if to.person is not None:
        to.person.check_stays()
    if to.address.person_id is None:
        to.address.claim(to.newcomer.id)
        name = command.name or command.email.partition("@")[0]
        to.newcomer.introduce(name, command.email, command.locale, command.time_zone)
    ctx.emit(*to.invitation.send(to.membership, command.given, by=ctx.actor, at=ctx.now))


@commands.post("/role-invitations/{invitation_id}/accept", allow=(Subject("invitation.person_id"),), on_record=True)
def accept_invitation(_: AcceptInvitation, accepted: Accepted, ctx: Context) -> None:
    """Accept an invitation: the role is in the next token. Who has invited must still give that role."""
    invitation, given = accepted.invitation, accepted.invitation.given
    invitation.accept(at=ctx.now)
    accepted.administration.check_gives(invitation.invited_by, given)
    accepted.administration.note(invitation.person_id, given)
    change_roles(accepted.held, accepted.membership.grant(given, by=invitation.invited_by, at=ctx.now), ctx)


@commands.post("/people/{person_id}/roles", allow=GIVERS, fresh=True)
def grant_role(command: GrantRole, granted: Granted, ctx: Context) -> None:
    """Give a role to a person of the organization: it is in their next token."""
    _check_program(command, granted.program, ctx)
    granted.person.check_stays()
    granted.administration.check_gives(ctx.actor, command.given)
    granted.administration.note(command.person_id, command.given)
    change_roles(granted.held, granted.membership.grant(command.given, by=ctx.actor, at=ctx.now), ctx)


@commands.post("/people/{person_id}/roles/revoke", allow=GIVERS, fresh=True)
def revoke_role(command: RevokeRole, left: Left, ctx: Context) -> None:
    """Take a role away from a person; the last admin keeps it."""
    left.administration.check_gives(ctx.actor, command.given)
    left.take(command, ctx)


@commands.post("/people/{person_id}/roles/leave", allow=(Subject("person_id"),), on_record=True)
def leave_role(command: LeaveRole, left: Left, ctx: Context) -> None:
    """Give a role of one's own back; the last admin keeps it."""
    left.take(command, ctx)


def _check_program(command: OfRole, program: Program | None, ctx: Context) -> None:
    if command.role is RoleName.PARTNER_ADMIN:
        if command.host == ctx.tenant or program is not None:
            raise ProgramOfOwn(
                "This program is your own organization's: make them its manager, reviewer or lead instead."
            )
    elif command.program_id is not None and (program is None or program.is_new):
        raise NotFound.of(Program.collection, command.program_id)
