"""What is asked for about passkeys. Routes look at what a browser shows, and send what came of it."""

from typing import Annotated

from pydantic import BaseModel, Field

from services.intake.fields import Id, Name
from services.intake.identity.ceremonies import NewPasskey, PasskeyRefused, Used
from services.intake.identity.challenges import Challenge, ChallengeRefused
from services.intake.identity.commands.sign_in import BeginSession, SignInOutcome, begin_session
from services.intake.identity.model.access import BY_PASSKEY, Access
from services.intake.identity.model.passkeys import Passkey, Passkeys
from services.intake.memberships.model.administration import Administration, the_administration
from services.intake.people.model import Person
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import ADMIN, OPERATOR, Subject
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, optional, require
from shared.errors import NotAllowed
from shared.ids import moment_of

commands = Handlers()


class OfPasskeys(Command):
    """Something about the passkeys of a person."""

    person_id: Id

    @property
    def passkeys_id(self) -> str:
        """The id of the person's passkeys."""
        return Passkeys.id_of(self.person_id)


class AddPasskey(OfPasskeys):
    """Add a passkey that a device of the person has made for a challenge."""

    name: Name
    made: NewPasskey
    challenge: Challenge


class RenamePasskey(OfPasskeys):
    """Call a passkey otherwise."""

    passkey_id: Id
    name: Name = Field(description="As the person calls it, such as the device that has it")


class RemovePasskey(OfPasskeys):
    """Remove a passkey: nobody signs in with it any more."""

    passkey_id: Id


class RemoveAllPasskeys(OfPasskeys):
    """Remove all passkeys of somebody who has lost them: the next sign-in is by e-mail, and they add another one."""


class SignInWithPasskey(BeginSession):
    """Sign in with a passkey that was shown, and is right."""

    passkeys_id: str
    used: Used
    challenge: Challenge


class RequirePasskeys(Command):
    """Let admins in with a passkey only, or as they like again."""

    is_required: bool


class PasskeyId(BaseModel):
    """Which passkey it is."""

    id: str


def access_of_owner(_: SignInWithPasskey, passkeys: Passkeys) -> str | None:
    """Return the id of the access of whose passkeys these are, if they are anybody's."""
    return Access.id_of(passkeys.person_id) if passkeys.person_id else None


class Owned(Bundle):
    """The passkeys of a person of the organization."""

    passkeys: Annotated[Passkeys, create("passkeys_id")]
    person: Annotated[Person, require("person_id")]


class Needed(Bundle):
    """The passkeys of a person, and who needs some."""

    passkeys: Annotated[Passkeys, create("passkeys_id")]
    administration: Annotated[Administration, create(the_administration)]


class Owner(Bundle):
    """Passkeys, whose they are, and what that person has access by."""

    passkeys: Annotated[Passkeys, create("passkeys_id")]
    person: Annotated[Person | None, optional("passkeys.person_id")]
    access: Annotated[Access | None, create(access_of_owner)]


@commands.post("", status=201)
def add_passkey(command: AddPasskey, owned: Owned, ctx: Context) -> PasskeyId:
    """Add a passkey."""
    _use_up(command.challenge, owned.passkeys, ctx)
    passkey = Passkey(id=ctx.new_id(), name=command.name, added_at=ctx.now, **command.made.model_dump())
    ctx.emit(*owned.passkeys.add(command.person_id, passkey))
    return PasskeyId(id=passkey.id)


@commands.post("/people/{person_id}/passkeys/{passkey_id}/rename", allow=(Subject("person_id"),))
def rename_passkey(command: RenamePasskey, passkeys: Annotated[Passkeys, create("passkeys_id")]) -> None:
    """Call a passkey of one's own otherwise."""
    passkeys.rename(command.passkey_id, command.name)


@commands.post("/people/{person_id}/passkeys/{passkey_id}/remove", allow=(Subject("person_id"),), fresh=True)
def remove_passkey(command: RemovePasskey, needed: Needed, ctx: Context) -> None:
    """Remove a passkey of one's own; who needs one keeps the last."""
    is_needed = needed.administration.needs_passkey(command.person_id)
    ctx.emit(*needed.passkeys.remove(command.passkey_id, is_needed))


@commands.post("/people/{person_id}/passkeys/remove-all", allow=(OPERATOR, ADMIN), fresh=True)
def remove_all_passkeys(command: RemoveAllPasskeys, owned: Owned, ctx: Context) -> None:
    """Remove all passkeys of somebody else who has lost them: they sign in by e-mail, and add another one."""
    if ctx.actor == f"person/{command.person_id}":
        raise NotAllowed("These are your own: remove them one by one, or ask another admin or an operator.")
    ctx.emit(*owned.passkeys.remove_all())


@commands.post("")
def require_passkeys(
    command: RequirePasskeys, administration: Annotated[Administration, create(the_administration)], ctx: Context
) -> None:
    """Let admins in with a passkey only, or as they like again."""
    ctx.emit(*administration.require_passkeys(command.is_required))


@commands.post("")
def sign_in_with_passkey(command: SignInWithPasskey, owner: Owner, ctx: Context) -> SignInOutcome:
    """Sign in with a passkey: a challenge works once, and a device counts on."""
    passkeys, used = owner.passkeys, command.used
    if owner.person is None or owner.access is None:
        raise PasskeyRefused
    _use_up(command.challenge, passkeys, ctx)
    if not passkeys.use(used.credential, used.uses, used.is_backed_up, ctx.now):
        raise PasskeyRefused
    session = begin_session(owner.access, command, BY_PASSKEY, ctx)
    return SignInOutcome(person_id=passkeys.person_id, session=session)


def _use_up(challenge: Challenge, passkeys: Passkeys, ctx: Context) -> None:
    """Let a challenge be good for nothing else; its time is not that of a sandbox."""
    if not passkeys.use_up(challenge.id, challenge.until, moment_of(ctx.new_id())):
        raise ChallengeRefused
