"""What intake tells of how people get in: requests to sign in, and what was unusual about them."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.contracts.event import Event
from shared.contracts.fields import Person
from shared.contracts.roles import StaffRole
from shared.ids import PersonId

AccessId = Annotated[str, Field(description="Whose access it is, as events name who acts, such as `person/0190...`.")]
RequestId = Annotated[
    str, Field(description="The request; whoever has the key derives from it what the mail says. It is no secret.")
]

PasskeysId = Annotated[str, Field(description="All passkeys of the person; it follows from who that is.")]
PasskeyChanges = Annotated[
    int, Field(description="How often some of the person's were added or removed, this time included.")
]


class SignInRequested(Event, aggregate="sign_in_request", subject="request_id", service="intake"):
    """A person wants to sign in by e-mail: they get a link and a code, at their own address. Neither is in here."""

    request_id: RequestId
    person_id: Person
    expires_at: AwareDatetime
    """Until when the link and the code let the person in."""


class AddressChangeRequested(Event, aggregate="address_change", subject="person_id", service="intake"):
    """A person is to have another address: the mail to that one confirms it, and the present one is told."""

    person_id: Person
    change_id: str
    """The change; whoever has the key derives from it what the mail says. It is no secret."""
    number: int
    """How often this was asked for the person, this time included; the card says to which address."""
    expires_at: AwareDatetime
    """Until when it can be confirmed."""
    is_held: bool = False
    """Whether it counts only then: somebody else has asked for it, and the person can stop it until that."""
    is_taken: bool = False
    """Whether the address is somebody's already: then nothing confirms it, and whoever has it is told."""


class SignInGuessed(Event, aggregate="sign_in_request", subject="request_id", service="intake"):
    """Somebody who asked for a person's mail has shown wrong codes until the request has ended."""

    request_id: RequestId
    person_id: Person


class GuessedAt(StrEnum):
    """What is tried at an organization far more often than people mistype."""

    CODES = "codes"
    CLIENT = "client"
    MAILS = "mails"


class GuessingNoticed(Event, aggregate="guessing", subject="guessing_id", service="intake"):
    """Far more was tried at an organization within an hour than is usual, and is refused for a while."""

    guessing_id: str
    """What was tried, and of a client which one."""
    guessed_at: GuessedAt
    """What was tried: codes of mails, secrets of a client, or requests for mails."""
    client_id: str = ""
    """The client whose secrets were tried."""
    admins: tuple[PersonId, ...]
    """Who runs the organization, and is told."""
    times: int
    """How often that was noticed, this time included."""


class RefreshTokenReused(Event, aggregate="access", subject="access_id", service="intake"):
    """A refresh token that had been exchanged was shown again: there are copies, and the session has ended."""

    access_id: AccessId
    person_id: Person
    session_id: str
    """Where the person was signed in."""
    times: int
    """How often this has happened to the person, this time included."""


class PersonSuspended(Event, aggregate="access", subject="access_id", service="intake"):
    """A person can sign in no longer, and none of their tokens counts, until an admin lets them again."""

    access_id: AccessId
    person_id: Person
    change: int
    """How often the person was suspended or let in again, this time included."""


class PersonResumed(Event, aggregate="access", subject="access_id", service="intake"):
    """A person who was suspended can sign in again."""

    access_id: AccessId
    person_id: Person
    change: int
    """How often the person was suspended or let in again, this time included."""


class PasskeyAdded(Event, aggregate="passkeys", subject="passkeys_id", service="intake"):
    """A person can sign in with one more passkey."""

    passkeys_id: PasskeysId
    person_id: Person
    changes: PasskeyChanges


class PasskeyRemoved(Event, aggregate="passkeys", subject="passkeys_id", service="intake"):
    """One of a person's passkeys signs nobody in any longer, or none of them does."""

    passkeys_id: PasskeysId
    person_id: Person
    changes: PasskeyChanges
    left: int
    """How many the person has now."""


class AccessRevoked(Event, aggregate="access", subject="access_id", service="intake"):
    """Access tokens that were issued until a moment count no longer: those of one session, or all that somebody has."""

    access_id: AccessId
    before: AwareDatetime
    """Until when they were issued, by the clock that tokens go by."""
    session_id: str = ""
    """The session whose tokens these are; all of theirs if it is empty."""


ProviderId = Annotated[str, Field(description="The provider; an organization has one.")]


class IdentityProviderSet(Event, aggregate="identity_provider", subject="provider_id", service="intake"):
    """People of the organization sign in by a provider of its own from now on, or by what was changed about it."""

    provider_id: ProviderId
    issuer: str
    """Who the provider is, by its address."""
    client_id: str
    """Who we are to the provider."""
    domains: list[str]
    """Whose e-mail addresses it vouches for."""
    roles: list[StaffRole]
    """The kinds of roles that it gives."""


class IdentityProviderRemoved(Event, aggregate="identity_provider", subject="provider_id", service="intake"):
    """Nobody signs in by the organization's provider any more."""

    provider_id: ProviderId
    issuer: str
    """Who the provider was, by its address."""
