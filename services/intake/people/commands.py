"""Commands about people."""

from pydantic import Field

from services.intake.fields import Command, Email, Locale, Name, TimeZone
from services.intake.people.model import EmailAddress, Person
from shared.engine.authoring.handlers import CLIENTS, OPERATORS, Handlers
from shared.engine.authoring.loads import create

commands = Handlers()


class AddPerson(Command):
    """Add a person to the organization."""

    name: Name = Field(description="The whole name, as the person writes it")
    email: Email = Field(description="An address of their own: one address, one person")
    locale: Locale = Field("en", description="The language to write to them in")
    time_zone: TimeZone = Field(description="An IANA time zone, such as Europe/Rome")


@commands.post(
    "/people",
    loads={
        "person": create(Person),
        "address": create(EmailAddress, lambda command: EmailAddress.key(command.email)),
    },
    status=201,
    allow=(CLIENTS, OPERATORS),
)
def add_person(command: AddPerson, person: Person, address: EmailAddress) -> None:
    """Add a person under an address that nobody else has."""
    address.claim(person.id)
    person.introduce(command.name, command.email, command.locale, command.time_zone)
