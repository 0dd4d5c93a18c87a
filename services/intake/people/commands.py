"""Commands about people."""

from typing import Annotated

from pydantic import Field

from services.intake.fields import Email, Locale, PersonName, TimeZone
from services.intake.people.model import EmailAddress, Person
from shared.engine.authoring.command import Command
from shared.engine.authoring.grants import ADMIN, OPERATOR, Manager, Scope
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create

commands = Handlers()


class AddPerson(Command):
    """Add a person to the organization."""

    name: PersonName = Field(description="The whole name, as the person writes it")
    email: Email = Field(description="An address of their own: one address, one person")
    locale: Locale = Field("en", description="The language to write to them in")
    time_zone: TimeZone = Field(description="An IANA time zone, such as Europe/Rome")

    @property
    def address_id(self) -> str:
        """The id of the address."""
        return EmailAddress.key(self.email)


@commands.post("/people", status=201, allow=(OPERATOR, ADMIN, Manager, Scope("intake:write")))
def add_person(
    command: AddPerson, person: Annotated[Person, create()], address: Annotated[EmailAddress, create("address_id")]
) -> None:
    """Add a person under an address that nobody else has."""
    address.claim(person.id)
    person.introduce(command.name, command.email, command.locale, command.time_zone)
