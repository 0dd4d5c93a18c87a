"""Opens an organization for whoever has asked: they are its first admin, and get the mail that signs them in."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel

from services.intake.fields import Email, Locale, Name, PersonName, Slug, TimeZone
from services.intake.identity.model.access import Access
from services.intake.identity.model.newcomers import ForgetNewcomer
from services.intake.identity.model.sign_in_requests import SignInRequest
from services.intake.memberships.model.administration import Administration, the_administration
from services.intake.memberships.model.membership import Membership
from services.intake.memberships.model.roles import GivenRole, RoleName
from services.intake.organizations.model import Organization
from services.intake.people.model import EmailAddress, Person
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.held_roles import HeldRoles, change_roles
from shared.engine.authoring.loads import Bundle, create

commands = Handlers()

UNUSED = timedelta(days=1)
"""Who has not come in by then is forgotten: perhaps somebody else has named their address."""
ADMIN = GivenRole(RoleName.ADMIN, None)


class OpenOrganization(Command):
    """Open an organization, with whoever has asked as its first admin."""

    slug: Slug
    organization: Name
    name: PersonName
    email: Email
    locale: Locale
    time_zone: TimeZone
    browser_hash: str

    @property
    def address_id(self) -> str:
        """The id of the address."""
        return EmailAddress.key(self.email)


class OrganizationOpened(BaseModel):
    """An organization is open; a mail signs its admin in."""

    request_id: str


def newcomer(_: OpenOrganization, person: Person) -> str:
    """Return the id of whoever has asked."""
    return person.id


def access_of_newcomer(_: OpenOrganization, person: Person) -> str:
    """Return the id of what they have access by."""
    return Access.id_of(person.id)


class Opened(Bundle):
    """A new organization with its first admin, and their request to sign in."""

    organization: Annotated[Organization, create("slug")]
    person: Annotated[Person, create()]
    address: Annotated[EmailAddress, create("address_id")]
    administration: Annotated[Administration, create(the_administration)]
    membership: Annotated[Membership, create(newcomer)]
    held: Annotated[HeldRoles, create(newcomer)]
    access: Annotated[Access, create(access_of_newcomer)]
    request: Annotated[SignInRequest, create()]


@commands.post("", status=201)
def open_organization(command: OpenOrganization, opened: Opened, ctx: Context) -> OrganizationOpened:
    """Open an organization: nobody but who reads mail at the address gets in."""
    person = opened.person
    ctx.emit(*opened.organization.register(command.organization, command.locale, command.time_zone))
    opened.address.claim(person.id)
    person.introduce(command.name, command.email, command.locale, command.time_zone)
    opened.administration.note(person.id, ADMIN)
    change_roles(opened.held, opened.membership.grant(ADMIN, by=ctx.actor, at=ctx.now), ctx)
    opened.request.make(command.address_id, command.browser_hash, ctx.now)
    opened.access.may_be_mailed(ctx.now)
    ctx.emit(*opened.request.answer(person.id))
    timer = ForgetNewcomer(person_id=person.id, address_id=command.address_id)
    ctx.after(UNUSED, timer, id=f"forget-newcomer/{person.id}")
    return OrganizationOpened(request_id=opened.request.id)
