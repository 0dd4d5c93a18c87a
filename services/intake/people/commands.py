"""Commands about people."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from services.intake.fields import Email, Id, Locale, PersonName, Pronouns, TimeZone, WrittenTimeZone
from services.intake.people.model import EmailAddress, Person
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import ADMIN, OPERATOR, Manager, Scope, Subject
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, require

commands = Handlers()

ThisPerson = Annotated[Person, require("person_id")]


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


class CorrectPerson(Command):
    """Correct what a person's card says; what is left out stays as it is."""

    person_id: Id
    name: PersonName | None = Field(None, description="The whole name, as the person writes it")
    pronouns: Pronouns | None = Field(None, description="Such as she/her; an empty text takes them back")
    locale: Locale | None = Field(None, description="The language to write to them in")
    time_zone: WrittenTimeZone | None = Field(None, description="An IANA time zone, such as Europe/Rome")

    @model_validator(mode="after")
    def _corrects_something(self) -> Self:
        if all(value is None for value in self.stated.values()):
            raise ValueError("say what is to be corrected: name, pronouns, locale or time_zone")
        return self

    @property
    def stated(self) -> dict[str, str | bool | None]:
        """What it states of the card."""
        return self.model_dump(exclude={"person_id"})


class ShowEmail(Command):
    """Say whether those with whom one is matched are told one's address, once both have accepted."""

    person_id: Id
    shows_email: bool


@commands.post("/people", status=201, allow=(OPERATOR, ADMIN, Manager, Scope("intake:write")))
def add_person(
    command: AddPerson, person: Annotated[Person, create()], address: Annotated[EmailAddress, create("address_id")]
) -> None:
    """Add a person under an address that nobody else has."""
    address.claim(person.id)
    person.introduce(command.name, command.email, command.locale, command.time_zone)


@commands.post(
    "/people/{person_id}/correct",
    allow=(Subject("person_id"), ADMIN, Manager.of_any("person.program_ids"), Scope("intake:write")),
)
def correct_person(command: CorrectPerson, person: ThisPerson, ctx: Context) -> None:
    """Correct what a person's card says; people correct their own."""
    ctx.emit(*person.correct(**command.stated))


@commands.post("/people/{person_id}/show-email", allow=(Subject("person_id"),))
def show_email(command: ShowEmail, person: ThisPerson, ctx: Context) -> None:
    """Say whether those with whom one is matched are told one's address; nobody says it for somebody else."""
    ctx.emit(*person.correct(shows_email=command.shows_email))
