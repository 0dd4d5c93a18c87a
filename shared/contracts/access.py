"""What intake tells of how people get in: requests to sign in, and what was unusual about them."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.contracts.event import Event
from shared.contracts.fields import Person
from shared.contracts.roles import StaffRole

AccessId = Annotated[str, Field(description="Whose access it is, as events name who acts, such as `person/0190...`.")]
RequestId = Annotated[
    str, Field(description="The request; whoever has the key derives from it what the mail says. It is no secret.")
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
