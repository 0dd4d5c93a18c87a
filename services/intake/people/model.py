"""A person and how to reach them: the only place where personal data of this kind lives."""

import hashlib
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from services.intake.people.search_keys import EVERYBODY, address_keys, name_keys, program_keys
from shared.contracts.event import Event
from shared.contracts.intake import ContactCard, PersonCorrected, Role
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.called import Called
from shared.errors import Refusal
from shared.ids import PersonId


class EmailTaken(Refusal):
    """An address belongs to one person of an organization: `person_id`."""


class Applied(BaseModel):
    """An application of the person: to which program, and in which role."""

    model_config = ConfigDict(frozen=True)

    program_id: str
    role: Role
    application_id: str


class Person(Called, name="person"):
    """A human in one organization.

    `shows_email` is whether those with whom the person is matched get the address. `keys` are what the person is found
    by: the beginnings of their name and address, and the programs to which they have applied.
    """

    indexes: ClassVar = (("keys",),)

    email: str = ""
    locale: str = ""
    time_zone: str = ""
    shows_email: bool = True
    applications: tuple[Applied, ...] = ()
    keys: tuple[str, ...] = ()

    @property
    def program_ids(self) -> tuple[str, ...]:
        """The programs to which the person has applied, whatever has become of it."""
        return tuple(sorted({one.program_id for one in self.applications}))

    def introduce(self, name: str, email: str, locale: str, time_zone: str) -> None:
        """Write the contact card of somebody new."""
        self.name, self.email, self.locale, self.time_zone = name, email, locale, time_zone
        self._note_keys()

    def apply(self, program_id: str, role: Role, application_id: str) -> None:
        """Note an application: whoever runs its program finds the person."""
        applied = Applied(program_id=program_id, role=role, application_id=application_id)
        self.applications = (*self.applications, applied)
        self._note_keys()

    def correct(self, **stated: str | bool | None) -> list[Event]:
        """Update what is stated of the card; None is not. What stays as it was is no correction."""
        corrected = [name for name, value in stated.items() if value is not None and value != getattr(self, name)]
        for name in corrected:
            setattr(self, name, stated[name])
        self._note_keys()
        if not corrected:
            return []
        return [PersonCorrected(person_id=PersonId(self.id), corrected=tuple(corrected))]

    def shared_state(self) -> ContactCard:
        """The contact card."""
        return ContactCard(
            person_id=PersonId(self.id),
            name=self.name,
            email=self.email,
            locale=self.locale,
            time_zone=self.time_zone,
            pronouns=self.pronouns,
            shows_email=self.shows_email,
        )

    def _note_keys(self) -> None:
        programs = (key for one in self.applications for key in program_keys(one.program_id, one.role))
        self.keys = tuple(sorted({EVERYBODY, *name_keys(self.name), *address_keys(self.email), *programs}))


class EmailAddress(Aggregate, name="email_address"):
    """Whose an address is. Its id follows from the address, so that two people cannot claim it, not even at once."""

    person_id: str | None = None

    KEY_LENGTH: ClassVar = 32

    @classmethod
    def key(cls, email: str) -> str:
        """The id: the same for every spelling of an address, since nobody tells two apart by case."""
        return hashlib.sha256(email.casefold().encode()).hexdigest()[: cls.KEY_LENGTH]

    def claim(self, person_id: str) -> None:
        """Claim the address for a person, who may have it already."""
        if self.person_id not in (None, person_id):
            detail = "This e-mail address belongs to somebody in the organization already: take that person instead."
            raise EmailTaken(detail, person_id=self.person_id)
        self.person_id = person_id
