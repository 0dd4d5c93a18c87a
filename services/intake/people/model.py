"""A person and how to reach them: the only place where personal data of this kind lives."""

import hashlib
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from services.intake.people.search_keys import EVERYBODY, address_keys, name_keys, program_keys
from shared.contracts.event import Event
from shared.contracts.intake import ContactCard, ExpectedAddress, PersonCorrected, PersonMerged, Role
from shared.engine.authoring.aggregate import Aggregate
from shared.engine.authoring.called import Called
from shared.errors import NotFound, Refusal
from shared.ids import PersonId


class EmailTaken(Refusal):
    """An address belongs to one person of an organization: `person_id`."""


class CardMerged(Refusal):
    """A card was merged into another one: `person_id`."""


class PersonHasLeft(Refusal):
    """Somebody who has left takes part in nothing, unless an admin lets them in again."""

    def __init__(self) -> None:
        super().__init__("This person has left the organization: let them in again first.")


class ErasureUnderWay(Refusal):
    """Of somebody of whom nothing is to be kept nothing changes any more."""

    def __init__(self) -> None:
        super().__init__("Everything about this person is being erased: nothing about them changes any more.")


class Gone(StrEnum):
    """That somebody is no longer in the organization: they left, or nothing is to be kept of them, or nothing is."""

    LEFT = "left"
    ERASING = "erasing"
    ERASED = "erased"


class Applied(BaseModel):
    """An application of the person: to which program, and in which role."""

    model_config = ConfigDict(frozen=True)

    program_id: str
    role: Role
    application_id: str


class Person(Called, name="person"):
    """A human in one organization.

    A card that was merged is empty and leads to the one that has stayed, which knows those that are `merged_ids`, and
    the ids of their addresses.

    `shows_email` is whether those with whom the person is matched get the address. `keys` are what the person is found
    by: the beginnings of their name and address, and the programs to which they have applied.
    """

    indexes: ClassVar = (("keys",),)

    email: str = ""
    locale: str = ""
    time_zone: str = ""
    shows_email: bool = True
    address_change: ExpectedAddress | None = None
    applications: tuple[Applied, ...] = ()
    keys: tuple[str, ...] = ()
    merged_into: str = ""
    merged_ids: tuple[str, ...] = ()
    merged_addresses: tuple[str, ...] = ()
    gone: Gone | None = None

    @property
    def address_ids(self) -> list[str]:
        """The ids of the addresses with which the person signs in: theirs, and those of cards that were merged."""
        own = (EmailAddress.key(self.email),) if self.email else ()
        return [*dict.fromkeys((*own, *self.merged_addresses))]

    @property
    def application_ids(self) -> tuple[str, ...]:
        """All applications of the person."""
        return tuple(one.application_id for one in self.applications)

    @property
    def program_ids(self) -> tuple[str, ...]:
        """The programs to which the person has applied, whatever has become of it."""
        return tuple(sorted({one.program_id for one in self.applications}))

    def introduce(self, name: str, email: str, locale: str, time_zone: str) -> None:
        """Write the contact card of somebody new."""
        self.name, self.email, self.locale, self.time_zone = name, email, locale, time_zone
        self._note_keys()

    def apply(self, program_id: str, role: Role, application_id: str) -> None:
        """Note an application: whoever runs its program finds the person. Raises `CardMerged`."""
        self.check_stays()
        applied = Applied(program_id=program_id, role=role, application_id=application_id)
        self.applications = (*self.applications, applied)
        self._note_keys()

    def correct(self, **stated: str | bool | None) -> list[Event]:
        """Update what is stated of the card, not None; what stays as it was is no correction. Raises `CardMerged`."""
        self.check_stays()
        corrected = [name for name, value in stated.items() if value is not None and value != getattr(self, name)]
        for name in corrected:
            setattr(self, name, stated[name])
        self._note_keys()
        if not corrected:
            return []
        return [PersonCorrected(person_id=PersonId(self.id), corrected=tuple(corrected))]

    def expect_address(self, number: int, email: str) -> None:
        """Keep which address the person is to have once it is confirmed. Raises `CardMerged`."""
        self.check_stays()
        self.address_change = ExpectedAddress(number=number, old=self.email, new=email)

    def change_address(self) -> list[Event]:
        """Have the address that was expected. The old one stays on the card for as long as it is still to be told."""
        assert self.address_change is not None
        return self.correct(email=self.address_change.new)

    def forget_address_change(self) -> None:
        """Keep neither address of a change that is over."""
        if self.address_change is not None:
            self.address_change = ExpectedAddress(number=self.address_change.number)

    def merge(self, goes: "Person", passkeys_ended: int = 0) -> list[Event]:
        """Take over what another card of the person has, which is empty then, and of which so many passkeys ended."""
        self.applications = (*self.applications, *goes.applications)
        merged_ids = (goes.id, *goes.merged_ids)
        self.merged_ids = (*self.merged_ids, *merged_ids)
        self.merged_addresses = (*self.merged_addresses, *goes.address_ids)
        self._note_keys()
        blank = Person(id=goes.id, version=goes.version, merged_into=self.id)
        goes.__dict__.update(blank.__dict__)
        ids = tuple(PersonId(id) for id in merged_ids)
        times = len(self.merged_ids)
        merged = PersonMerged(person_id=PersonId(self.id), merged_ids=ids, times=times, passkeys_ended=passkeys_ended)
        return [merged]

    def leave(self) -> None:
        """Be in the organization no longer; the card stays."""
        self.check_stays()
        self.gone = Gone.LEFT

    def come_back(self) -> None:
        """Be in the organization again."""
        self.check_stays(whoever_left=True)
        self.gone = None

    def begin_erasure(self) -> None:
        """Be found no longer; the card stays until all services have said that they need it no more."""
        self.check_stays(whoever_left=True)
        self.gone, self.keys = Gone.ERASING, ()

    def erase(self) -> None:
        """Keep nothing but the id, which leads to nobody any more."""
        blank = Person(id=self.id, version=self.version, gone=Gone.ERASED)
        self.__dict__.update(blank.__dict__)

    def check_stays(self, whoever_left: bool = False) -> None:
        """Raise the `refusal`, if there is one; not for `whoever_left`, where that is what is asked for."""
        if (refusal := self.refusal) and not (whoever_left and self.gone is Gone.LEFT):
            raise refusal

    @property
    def refusal(self) -> Refusal | None:
        """What is answered of a card that is nobody's here now."""
        if self.merged_into:
            return CardMerged("This card was merged into another one: take that one.", person_id=self.merged_into)
        match self.gone:
            case Gone.LEFT:
                return PersonHasLeft()
            case Gone.ERASING:
                return ErasureUnderWay()
            case Gone.ERASED:
                return NotFound.of(self.collection, self.id)
        return None

    def shared_state(self) -> ContactCard | None:
        """The contact card; none of a card that was merged, and of a person of whom nothing is kept."""
        if self.merged_into or self.gone is Gone.ERASED:
            return None
        return ContactCard(
            person_id=PersonId(self.id),
            name=self.name,
            email=self.email,
            locale=self.locale,
            time_zone=self.time_zone,
            pronouns=self.pronouns,
            shows_email=self.shows_email,
            address_change=self.address_change,
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

    def release(self, person_id: str) -> None:
        """Have it be nobody's, if it is that person's."""
        if self.person_id == person_id:
            self.person_id = None
