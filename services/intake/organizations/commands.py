"""Commands about organizations."""

from typing import Annotated, ClassVar

from pydantic import Field

from services.intake.fields import Id, Locale, Name, Slug, TimeZone
from services.intake.identity.model.access import SECOND, Access
from services.intake.memberships.model.administration import Administration, the_administration
from services.intake.organizations.model import Organization
from shared.contracts.suspension import OrganizationResumed, OrganizationSuspended, SuspensionReason
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import OPERATOR
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, require
from shared.engine.authoring.revocations import Revocation, revoke
from shared.engine.authoring.suspensions import Suspension
from shared.ids import moment_of

commands = Handlers()


class RegisterOrganization(Command):
    """Register an organization: from now on it is a tenant."""

    tenant_field: ClassVar[str] = "slug"
    """An operator belongs to no tenant: this field names the one that the command is for."""

    slug: Slug = Field(description="Its id for good: 3 to 40 of a-z, 0-9 and hyphens")
    name: Name = Field(description="As people call it")
    locale: Locale = Field("en", description="The language of those who state none, such as de or it-CH")
    time_zone: TimeZone = Field(description="An IANA time zone, such as Europe/Rome")


class OfStanding(Command):
    """Whether an organization goes on is asked about."""

    tenant_field: ClassVar[str] = "organization_id"
    """An operator whose token names no tenant may ask, too: this field names the tenant."""
    while_suspended: ClassVar[bool] = True
    """It is asked for organizations that are suspended."""

    organization_id: Id

    @property
    def access_id(self) -> str:
        """The id of what everybody of the organization has access by."""
        return f"organization/{self.organization_id}"


class SuspendOrganization(OfStanding):
    """Suspend an organization: nobody of it gets in, and what it plans rests. Nothing is lost."""

    reason: SuspensionReason = Field(description="Why: its admins get a letter that says so")


class ResumeOrganization(OfStanding):
    """Let an organization go on that is suspended. What was due meanwhile happens now."""


class Standing(Bundle):
    """An organization with what is to be known everywhere of whether it goes on, and who is told."""

    organization: Annotated[Organization, require("organization_id")]
    suspension: Annotated[Suspension, create("organization_id")]
    administration: Annotated[Administration, create(the_administration)]

    def change(self, event: OrganizationSuspended | OrganizationResumed, ctx: Context) -> None:
        """Keep it here and now, and have it told to the others."""
        self.suspension.note(event)
        self.administration.is_suspended = self.suspension.is_suspended
        ctx.emit(event)


class Everybody(Bundle):
    """What everybody of an organization has access by, and what is revoked of it."""

    access: Annotated[Access, create("access_id")]
    revocation: Annotated[Revocation, create("access_id")]

    def end_tokens(self, ctx: Context) -> None:
        """Have no token count that was issued before; those who are signed in stay so.

        The last second is left to the suspension, so that who is let in again within it has a token that counts.
        """
        revoke(self.revocation, [self.access.end_tokens(moment_of(ctx.new_id()) - SECOND)], ctx)


@commands.post("/organizations", status=201, allow=(OPERATOR,))
def register_organization(
    command: RegisterOrganization, organization: Annotated[Organization, create("slug")], ctx: Context
) -> None:
    """Register an organization."""
    ctx.emit(*organization.register(command.name, command.locale, command.time_zone))


@commands.post("/organizations/{organization_id}/suspend", allow=(OPERATOR,))
def suspend_organization(command: SuspendOrganization, to: Standing, everybody: Everybody, ctx: Context) -> None:
    """Suspend an organization: within two seconds no token of its people and clients counts any longer."""
    to.change(to.organization.suspend(command.reason, to.administration.admins), ctx)
    everybody.end_tokens(ctx)


@commands.post("/organizations/{organization_id}/resume", allow=(OPERATOR,))
def resume_organization(_: ResumeOrganization, to: Standing, ctx: Context) -> None:
    """Let an organization go on: its people sign in as before, and what was due meanwhile happens now."""
    to.change(to.organization.resume(to.administration.admins), ctx)
