"""A person and how to reach them: the only place where personal data of this kind lives."""

import hashlib
from typing import ClassVar

from shared.contracts.intake import ContactCard
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal
from shared.ids import PersonId


class EmailTaken(Refusal):
    """An address belongs to one person of an organization: `person_id`."""


class Person(Aggregate, name="person"):
    """A human in one organization."""

    name: str = ""
    email: str = ""
    locale: str = ""
    time_zone: str = ""

    def introduce(self, name: str, email: str, locale: str, time_zone: str) -> None:
        """Write the contact card of somebody new."""
        self.name, self.email, self.locale, self.time_zone = name, email, locale, time_zone

    def correct(self, name: str, time_zone: str | None) -> None:
        """Update the name, and the time zone if one is stated."""
        self.name = name
        self.time_zone = time_zone or self.time_zone

    def shared_state(self) -> ContactCard:
        """The contact card."""
        return ContactCard(
            person_id=PersonId(self.id),
            name=self.name,
            email=self.email,
            locale=self.locale,
            time_zone=self.time_zone,
        )


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
