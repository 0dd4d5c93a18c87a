"""What people may ask for who go, and admins for people of whom nothing is to be kept."""

from typing import Annotated

from services.intake.departures.departing import Departing, Departure
from services.intake.departures.model import Erasure
from services.intake.partners.model import Partners
from services.intake.people.model import EmailAddress
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import ADMIN, Subject
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, optional
from shared.engine.authoring.revocations import revoke
from shared.ids import moment_of

commands = Handlers()


class LeaveOrganization(Departure):
    """Leave the organization: roles, matches and applications end, and nobody signs in as you any more."""


class ErasePerson(Departure):
    """Have nothing kept of a person but ids. It cannot be undone: look first at what goes and what stays."""


class Erased(Departing):
    """Somebody of whom nothing is to be kept, with the addresses that let them in and those they were matched with."""

    erasure: Annotated[Erasure, create("person_id")]
    addresses: Annotated[list[EmailAddress], optional("person.address_ids")]
    partners: Annotated[Partners, create("person_id")]

    def forget(self) -> None:
        """Keep nothing of what was stated, and let the addresses be somebody else's."""
        for application in self.applications:
            application.forget()
        for address in self.addresses:
            address.release(self.person.id)
        self.partners.matches = {}


@commands.post("/people/{person_id}/leave", allow=(Subject("person_id"),), fresh=True, on_record=True)
def leave_organization(_: LeaveOrganization, departing: Departing, ctx: Context) -> None:
    """Leave the organization: within two seconds no token of yours counts. The last admin stays.

    What you take part in ends kindly; your card stays, for those who have worked with you. An admin lets you in again.
    """
    departing.person.leave()
    departing.end_all(ctx)
    left, revoked = departing.access.leave(moment_of(ctx.new_id()))
    ctx.emit(left)
    revoke(departing.revocation, revoked, ctx)


@commands.post("/people/{person_id}/erase", allow=(Subject("person_id"), ADMIN), fresh=True, on_record=True)
def erase_person(command: ErasePerson, erased: Erased, ctx: Context) -> None:
    """Have nothing kept of a person but ids: who they were, what they stated and what they wrote goes everywhere.

    Within two seconds no token of theirs counts; what they take part in ends kindly, and letters about it go out
    before the name does. An admin gives up that role first; the last one keeps it.
    """
    if ctx.actor != f"person/{command.person_id}":
        erased.administration.check_no_admin(command.person_id)
    erased.person.begin_erasure()
    erased.end_all(ctx)
    erased.forget()
    revoke(erased.revocation, erased.access.erase(moment_of(ctx.new_id())), ctx)
    ctx.emit(erased.erasure.request(ctx.now))
