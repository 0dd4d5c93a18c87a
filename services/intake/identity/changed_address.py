"""A person whose address may change, with all that this changes."""

from typing import Annotated

from pydantic import BaseModel

from services.intake.identity.model.access import Access
from services.intake.identity.model.address_changes import AddressChange
from services.intake.people.model import EmailAddress, Person
from shared.engine.authoring.context import Context
from shared.engine.authoring.loads import Bundle, create, require
from shared.engine.authoring.revocations import Revocation, revoke
from shared.ids import moment_of


def address_before(_: BaseModel, person: Person) -> str | None:
    """Return the id of the address that the person has."""
    return EmailAddress.key(person.email) if person.email else None


def address_wanted(_: BaseModel, person: Person) -> str | None:
    """Return the id of the address that the person is to have."""
    change = person.address_change
    return EmailAddress.key(change.new) if change and change.new else None


class Changed(Bundle):
    """A person with the change of their address, both addresses, and what the old one lets in."""

    change: Annotated[AddressChange, create("person_id")]
    person: Annotated[Person, require("person_id")]
    before: Annotated[EmailAddress | None, create(address_before)]
    wanted: Annotated[EmailAddress | None, create(address_wanted)]
    access: Annotated[Access, create("access_id")]
    revocation: Annotated[Revocation, create("revocation_id")]

    def apply(self, ctx: Context) -> bool:
        """Have the person reached, and let in, by the new address alone; False if it is somebody else's by now."""
        if self.wanted is None or self.wanted.person_id not in (None, self.person.id):
            self.change.end()
            return False
        if self.before is not None:
            self.before.release(self.person.id)
        self.wanted.claim(self.person.id)
        ctx.emit(*self.person.change_address())
        revoke(self.revocation, self.access.end_all(moment_of(ctx.new_id())), ctx)
        return True
