"""Lets people in whom the organization's provider knows: finds out who they are, and follows what it says of roles."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel

from services.intake.fields import Id
from services.intake.identity.commands.sign_in import BeginSession, SignInOutcome, begin_session
from services.intake.identity.model.access import FEDERATED, Access
from services.intake.identity.model.provider_accounts import ProviderAccount, ProviderAnswer
from services.intake.memberships.model.administration import Administration, the_administration
from services.intake.memberships.model.membership import BY_PROVIDER, Membership
from services.intake.memberships.model.roles import GivenRole
from services.intake.organizations.model import Organization
from services.intake.people.model import EmailAddress, Person
from services.intake.providers.model.provider import IdentityProvider, account_key, provider_key, the_provider
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import ADMIN
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.held_roles import HeldRoles, change_roles
from shared.engine.authoring.loads import Bundle, create, optional, require
from shared.engine.authoring.revocations import Revocation, revoke
from shared.ids import moment_of

commands = Handlers()


class UseProviderAnswer(Command):
    """Use an answer of the provider up, before it is looked at."""

    request_id: str


class AnswerUsed(BaseModel):
    """Whether it may be looked at."""

    is_new: bool


class ComeFromProvider(Command):
    """Somebody is described by the organization's provider, to us or to another audience."""

    organization_id: str
    issuer: str
    audience: str
    subject: str
    email: str
    name: str
    locale: str
    time_zone: str

    @property
    def provider_key(self) -> str:
        """The provider, and to whom it speaks."""
        return provider_key(self.issuer, self.audience)

    @property
    def account_id(self) -> str:
        """The id of the account."""
        return account_key(self.provider_key, self.subject)

    @property
    def address_id(self) -> str:
        """The id of the address."""
        return EmailAddress.key(self.email)


class SignInByProvider(ComeFromProvider, BeginSession):
    """Sign in as whom the provider describes. `values` are those of the claims that rules name."""

    values: dict[str, tuple[str, ...]]
    methods: tuple[str, ...]
    authenticated_at: datetime | None


class RecognizePerson(ComeFromProvider):
    """Say who somebody is whose token of the provider a front end of the organization shows."""


class Recognized(BaseModel):
    """Who it is."""

    person_id: str


class UnlinkProviderAccount(Command):
    """Let a person sign in by another account at the provider than before."""

    person_id: Id

    @property
    def access_id(self) -> str:
        """The id of the person's access."""
        return Access.id_of(self.person_id)


def who(_: ComeFromProvider, account: ProviderAccount, address: EmailAddress, newcomer: Person) -> str:
    """Return whose account it is; if nobody has come with it yet, whose address."""
    return account.person_id or address.person_id or newcomer.id


def access_of_who(_: ComeFromProvider, account: ProviderAccount, address: EmailAddress, newcomer: Person) -> str:
    """Return the id of that person's access."""
    return Access.id_of(account.person_id or address.person_id or newcomer.id)


class Comer(Bundle):
    """Who comes with an account at the provider: a person of the organization, or somebody new."""

    account: Annotated[ProviderAccount, create("account_id")]
    address: Annotated[EmailAddress, create("address_id")]
    newcomer: Annotated[Person, create()]
    access: Annotated[Access, create(access_of_who)]
    organization: Annotated[Organization, require("organization_id")]
    provider: Annotated[IdentityProvider, create(the_provider)]

    def enter(self, command: ComeFromProvider) -> str:
        """Return who it is, from now on a person of the organization; raises a refusal if that is not certain."""
        self.provider.check_speaks(command.issuer, command.audience)
        self.access.check_lets_in()
        person_id = who(command, self.account, self.address, self.newcomer)
        self.account.claim(person_id, self.address.person_id)
        self.access.link(command.provider_key, self.account.id)
        if person_id == self.newcomer.id:
            self.address.claim(person_id)
            name = command.name or command.email.partition("@")[0]
            locale, time_zone = self.organization.locale, self.organization.time_zone
            self.newcomer.introduce(name, command.email, command.locale or locale, command.time_zone or time_zone)
        return person_id


class SigningIn(Comer):
    """Who comes, with their roles, who gives roles here, and by which tokens they are used."""

    membership: Annotated[Membership, create(who)]
    administration: Annotated[Administration, create(the_administration)]
    revocation: Annotated[Revocation, create(access_of_who)]
    held: Annotated[HeldRoles, create(who)]

    def follow(self, stated: list[GivenRole], ctx: Context) -> None:
        """Give what the provider states, and take again what it gave and states no longer; the last admin stays."""
        person_id = self.membership.id
        for given in self.membership.lacks(stated):
            self.administration.note(person_id, given)
            change_roles(self.held, self.membership.grant(given, by=BY_PROVIDER, at=ctx.now), ctx)
        outdated = self.membership.outdated(stated)
        taken = [one for one in outdated if not self.administration.is_last_admin(person_id, one)]
        for given in taken:
            change_roles(self.held, self.membership.revoke(given), ctx)
            self.administration.drop(person_id, given)
        if taken:
            revoke(self.revocation, [self.access.end_tokens(moment_of(ctx.new_id()))], ctx)


class Linked(Bundle):
    """What a person has access by, and their accounts at providers."""

    person: Annotated[Person, require("person_id")]
    access: Annotated[Access, create("access_id")]
    accounts: Annotated[list[ProviderAccount], optional("access.account_ids")]


@commands.post("")
def use_provider_answer(
    _: UseProviderAnswer, answer: Annotated[ProviderAnswer, create("request_id")], ctx: Context
) -> AnswerUsed:
    """Use an answer up, so that of many who bring it one goes on."""
    return AnswerUsed(is_new=answer.use(moment_of(ctx.new_id())))


@commands.post("")
def sign_in_by_provider(command: SignInByProvider, comer: SigningIn, ctx: Context) -> SignInOutcome:
    """Sign in as whom the provider describes, with the roles that follow from it."""
    person_id = comer.enter(command)
    comer.follow(comer.provider.roles(command.values), ctx)
    methods = FEDERATED, *command.methods
    session = begin_session(comer.access, command, methods, ctx, command.authenticated_at)
    return SignInOutcome(person_id=person_id, session=session)


@commands.post("")
def recognize_person(command: RecognizePerson, comer: Comer) -> Recognized:
    """Say who it is, from now on a person of the organization. Roles follow sign-ins, and stay as they are."""
    return Recognized(person_id=comer.enter(command))


@commands.post("/people/{person_id}/provider-account/unlink", allow=(ADMIN,), fresh=True)
def unlink_provider_account(_: UnlinkProviderAccount, linked: Linked) -> None:
    """Let a person sign in by another account at the provider: who comes next with their address is that person."""
    linked.access.unlink()
    for account in linked.accounts:
        account.person_id = None
