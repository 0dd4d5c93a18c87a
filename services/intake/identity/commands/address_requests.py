"""Changes the address by which a person signs in: asked for, confirmed by a mail at the new one, or stopped."""

from typing import Annotated

from pydantic import BaseModel, Field

from services.intake.fields import Email, Id
from services.intake.identity.changed_address import Changed
from services.intake.identity.commands.sessions import AboutAccess
from services.intake.identity.model.access import Access
from services.intake.identity.model.address_changes import (
    LIFETIME,
    AddressChange,
    AddressUnchanged,
    EndAddressChange,
)
from services.intake.identity.model.sign_in_requests import Proof
from services.intake.people.model import EmailAddress, Person
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import ADMIN, Manager, Scope, Subject
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import Bundle, create, optional, require
from shared.engine.authoring.revocations import Revocation

commands = Handlers()

THEIRS = Subject("person_id"), ADMIN, Manager.of_any("person.program_ids")


class RequestAddressChange(Command):
    """Ask for another address for a person: it counts once somebody who reads mail there has confirmed it."""

    person_id: Id
    email: Email = Field(description="An address of their own: one address, one person")

    @property
    def address_id(self) -> str:
        """The id of the new address."""
        return EmailAddress.key(self.email)

    @property
    def access_id(self) -> str:
        """The id of what the person has access by."""
        return Access.id_of(self.person_id)


class StopAddressChange(Command):
    """Leave the address as it is."""

    person_id: Id


class ConfirmAddress(AboutAccess):
    """Confirm an address with what the mail there says. `is_right` is whether it is what was shown."""

    change_id: str
    proof: Proof
    is_right: bool

    @property
    def revocation_id(self) -> str:
        """The id of what is revoked."""
        return Revocation.key(self.access_id, "")


class AddressConfirmed(BaseModel):
    """Whether what was shown has confirmed the address, and whether it counts already."""

    is_confirmed: bool = False
    counts: bool = False


class Wanted(Bundle):
    """A person with the change of their address, whose the new one is, and whether they have ever signed in."""

    person: Annotated[Person, require("person_id")]
    change: Annotated[AddressChange, create("person_id")]
    address: Annotated[EmailAddress, create("address_id")]
    access: Annotated[Access | None, optional("access_id")]


@commands.post("/people/{person_id}/address", status=202, allow=(*THEIRS, Scope("intake:write")), fresh=True)
def request_address_change(command: RequestAddressChange, wanted: Wanted, ctx: Context) -> None:
    """Ask for another address. The old one is told; the new one gets a mail with a link and a code that confirm it.

    Asked for by the person it counts as soon as it is confirmed, and by others three days after they have asked. Whose
    an address is already learn those who look after people, and nobody else.
    """
    person, change = wanted.person, wanted.change
    if command.email == person.email:
        raise AddressUnchanged("This is the address already: nothing is left to do.")
    is_taken = wanted.address.person_id not in (None, person.id)
    if is_taken and ctx.actor != f"person/{person.id}":
        wanted.address.claim(person.id)
    ctx.emit(*change.request(ctx.new_id(), ctx.actor, is_taken, wanted.access is None, at=ctx.now))
    person.expect_address(change.number, command.email)
    timer = EndAddressChange(person_id=person.id, change_id=change.change_id)
    ctx.after(LIFETIME, timer, id=f"end-address-change/{person.id}", replace=True)


@commands.post("/people/{person_id}/address/stop", allow=THEIRS)
def stop_address_change(
    _: StopAddressChange,
    person: Annotated[Person, require("person_id")],
    change: Annotated[AddressChange, create("person_id")],
    ctx: Context,
) -> None:
    """Leave the address as it is, whoever has asked for another one."""
    change.stop()
    person.forget_address_change()
    ctx.cancel(f"end-address-change/{person.id}")


@commands.post("")
def confirm_address(command: ConfirmAddress, changed: Changed, ctx: Context) -> AddressConfirmed:
    """Confirm an address with a link or a code."""
    change = changed.change
    if not change.is_open(command.change_id, ctx.now):
        return AddressConfirmed()
    if not command.is_right:
        if command.proof is Proof.CODE:
            change.note_wrong_code()
        return AddressConfirmed()
    if not change.confirm():
        return AddressConfirmed(is_confirmed=True)
    is_theirs = changed.apply(ctx)
    return AddressConfirmed(is_confirmed=is_theirs, counts=is_theirs)
