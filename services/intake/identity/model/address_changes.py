"""A change of somebody's address, from the request until the new address is theirs."""

from datetime import datetime, timedelta
from enum import StrEnum

from shared.contracts.access import AddressChangeRequested
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate, Timer
from shared.errors import Refusal
from shared.ids import PersonId

LIFETIME = timedelta(days=3)
"""How long the mail is good for, and how long a change stands open that somebody else has asked for."""
TRIES = 5
"""How many wrong codes a change stands."""
DAY = timedelta(days=1)
PER_DAY = 5
"""Changes that are asked for one person within a day: each sends mails."""


class AddressUnchanged(Refusal):
    """The address is the one that the person has."""


class TooManyChanges(Refusal):
    """There were enough mails for a day."""

    status = 429


class NoAddressChange(Refusal):
    """There is no change that could be stopped."""


class AddressRefused(Refusal):
    """The link or the code changes nothing; the answer does not say why."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "This link or code was used already, has expired, was stopped, or is incomplete: ask for the change again."
        )


class ChangeStatus(StrEnum):
    """What has become of a change."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DONE = "done"
    ENDED = "ended"


class AddressChange(Aggregate, name="address_change"):
    """The latest change of a person's address; its id is the person's. The addresses themselves are on the card.

    Confirmed by who reads the mail at the new address, it counts at once if the person has asked for it. If somebody
    else has, it counts when it expires, so that the person, who is told at the old address, has the time to stop it:
    `is_held`, unless nobody has ever signed in with the old one.
    """

    change_id: str = ""
    number: int = 0
    asked_by: str = ""
    asked_at: list[datetime] = []
    expires_at: datetime | None = None
    is_held: bool = False
    wrong_codes: int = 0
    status: ChangeStatus = ChangeStatus.ENDED

    def request(self, change_id: str, by: str, is_taken: bool, is_unused: bool, at: datetime) -> list[Event]:
        """Ask for a change, instead of the one before; raises `TooManyChanges`."""
        self.asked_at = [moment for moment in self.asked_at if moment > at - DAY]
        if len(self.asked_at) >= PER_DAY:
            raise TooManyChanges("This address was to be changed several times today: try again tomorrow.")
        self.asked_at.append(at)
        self.change_id, self.number, self.asked_by = change_id, self.number + 1, by
        self.expires_at, self.wrong_codes = at + LIFETIME, 0
        self.is_held = by != f"person/{self.id}" and not is_unused
        self.status = ChangeStatus.ENDED if is_taken else ChangeStatus.OPEN
        return [
            AddressChangeRequested(
                person_id=PersonId(self.id),
                change_id=change_id,
                number=self.number,
                expires_at=self.expires_at,
                is_held=self.is_held,
                is_taken=is_taken,
            )
        ]

    def is_open(self, change_id: str, at: datetime) -> bool:
        """Whether the mail of that change is still good for something."""
        is_in_time = self.expires_at is not None and at < self.expires_at
        return self.change_id == change_id and self.status is ChangeStatus.OPEN and is_in_time

    def confirm(self) -> bool:
        """Note that the new address is theirs; returns whether it counts at once."""
        self.status = ChangeStatus.CONFIRMED if self.is_held else ChangeStatus.DONE
        return not self.is_held

    def note_wrong_code(self) -> None:
        """Count a code that is not the mail's; the last one ends the change."""
        self.wrong_codes += 1
        if self.wrong_codes >= TRIES:
            self.status = ChangeStatus.ENDED

    def stop(self) -> None:
        """Leave the address as it is; raises `NoAddressChange`."""
        if self.status not in (ChangeStatus.OPEN, ChangeStatus.CONFIRMED):
            raise NoAddressChange("No change of this address is under way: nothing is left to do.")
        self.status = ChangeStatus.ENDED

    def abandon(self) -> None:
        """End it, if it is under way."""
        self.status = ChangeStatus.ENDED

    def end(self) -> bool:
        """Come to the end of its time; returns whether it counts from now on."""
        counts = self.status is ChangeStatus.CONFIRMED
        self.status = ChangeStatus.DONE if counts else ChangeStatus.ENDED
        return counts


class EndAddressChange(Timer):
    """The time of a change is over."""

    person_id: str
    change_id: str

    @property
    def access_id(self) -> str:
        """The id of what the person has access by."""
        return f"person/{self.person_id}"

    @property
    def revocation_id(self) -> str:
        """The id of what is revoked."""
        return self.access_id
