"""Suspends people, and lets them in again."""

from typing import Annotated

from services.intake.fields import Id
from services.intake.identity.commands.sessions import AboutAccess, Revocable
from services.intake.memberships.model.administration import Administration, the_administration
from services.intake.people.model import Person
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import ADMIN
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, require
from shared.engine.authoring.revocations import Revocation, revoke
from shared.ids import moment_of

commands = Handlers()


class OfSuspendedPerson(AboutAccess):
    """Whether a person gets in is asked about."""

    person_id: Id

    @property
    def revocation_id(self) -> str:
        """The id of what is revoked."""
        return Revocation.key(self.access_id, "")


class SuspendPerson(OfSuspendedPerson):
    """Suspend a person: they cannot sign in, and none of their tokens counts. What they take part in stays."""


class ResumePerson(OfSuspendedPerson):
    """Let a person in again who is suspended, or has left."""


class Suspended(Bundle):
    """A person of the organization, and who runs it."""

    person: Annotated[Person, require("person_id")]
    administration: Annotated[Administration, create(the_administration)]


@commands.post("/people/{person_id}/suspend", allow=(ADMIN,), fresh=True)
def suspend_person(command: SuspendPerson, who: Suspended, revocable: Revocable, ctx: Context) -> None:
    """Suspend a person: within two seconds no token of theirs counts. An admin gives up that role first."""
    who.administration.check_no_admin(command.person_id)
    who.person.check_stays()
    suspended, revoked = revocable.access.suspend(moment_of(ctx.new_id()))
    ctx.emit(suspended)
    revoke(revocable.revocation, revoked, ctx)


@commands.post("/people/{person_id}/resume", allow=(ADMIN,), fresh=True)
def resume_person(_: ResumePerson, who: Suspended, revocable: Revocable, ctx: Context) -> None:
    """Let a person in again who is suspended, or has left."""
    who.person.come_back()
    ctx.emit(revocable.access.resume())
