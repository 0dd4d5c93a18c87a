"""The provider by which people of an organization sign in, as its admin has set it."""

import hashlib
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BaseModel, Field, StringConstraints

from services.intake.memberships.model.roles import GivenRole
from services.intake.providers.model.role_rules import Claimed, RoleRule, roles_by
from shared.contracts.access import IdentityProviderRemoved, IdentityProviderSet
from shared.contracts.event import Event
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal
from shared.sealing import SealedSecret

OPENID = "openid"

Audience = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")]


class ProviderNotSet(Refusal):
    """Nobody signs in by a provider here; an organization that does not exist has none either."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            "This organization has no provider to sign in by: sign in by e-mail, or ask an admin to set one."
        )


class CredentialMissing(Refusal):
    """What was for one provider is shown to no other one."""

    def __init__(self) -> None:
        super().__init__(
            "Send client_secret too: there is none yet, or the one that is known was for another issuer, client or way "
            "to show it."
        )


class ClientMethod(StrEnum):
    """How we show the provider that it is us."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    KEY = "private_key_jwt"
    NONE = "none"


KEY = ClientMethod.KEY
SECRETS = ClientMethod.BASIC, ClientMethod.POST
"""With a secret that the provider has made."""


class FrontEnd(BaseModel, frozen=True, extra="forbid"):
    """A front end of the organization's own, which exchanges the provider's tokens for ours (RFC 8693)."""

    client_id: Annotated[
        str, StringConstraints(max_length=110), Field(description="Who it is here, as it was registered")
    ]
    audience: Audience = Field(description="Who it is at the provider: the tokens are made for that audience")


class ProviderSettings(BaseModel, frozen=True):
    """What an admin sets, without anything secret."""

    issuer: str
    client_id: str
    method: ClientMethod
    domains: tuple[str, ...]
    scopes: tuple[str, ...]
    rules: tuple[RoleRule, ...]
    front_ends: tuple[FrontEnd, ...]

    @property
    def shown_by(self) -> tuple[str, str, bool]:
        """To whom, as whom and by which kind of credential we show that it is us."""
        return self.issuer, self.client_id, self.method in SECRETS


class Credential(BaseModel, frozen=True):
    """What shows the provider that it is us: a secret or a private key, sealed, and the public half of the key."""

    sealed: SealedSecret | None = None
    public_key: dict[str, str] = {}


class IdentityProvider(Aggregate, name="identity_provider"):
    """The one provider of an organization. Without `settings` there is none."""

    ID: ClassVar = "own"

    settings: ProviderSettings | None = None
    credential: Credential = Credential()

    def set(self, settings: ProviderSettings, credential: Credential | None) -> list[Event]:
        """Have people sign in by it from now on; without a credential it keeps the one that it has.

        Raises `CredentialMissing` if it has none, or one that was for another provider or client.
        """
        before = self.settings
        if before is not None and before.shown_by == settings.shown_by and before.method is settings.method is KEY:
            credential = self.credential
        if credential is None and settings.method is not ClientMethod.NONE:
            if before is None or before.shown_by != settings.shown_by:
                raise CredentialMissing
            credential = self.credential
        self.settings, self.credential = settings, credential or Credential()
        return [
            IdentityProviderSet(
                provider_id=self.id,
                issuer=settings.issuer,
                client_id=settings.client_id,
                domains=list(settings.domains),
                roles=sorted({rule.role for rule in settings.rules}),
            )
        ]

    def remove(self) -> list[Event]:
        """Have nobody sign in by it any more; raises `ProviderNotSet`."""
        issuer = self.required.issuer
        self.settings, self.credential = None, Credential()
        return [IdentityProviderRemoved(provider_id=self.id, issuer=issuer)]

    @property
    def required(self) -> ProviderSettings:
        """The settings; raises `ProviderNotSet`."""
        if self.settings is None:
            raise ProviderNotSet
        return self.settings

    @property
    def key(self) -> str:
        """What tells this provider, and us at it, from any other."""
        return provider_key(self.required.issuer, self.required.client_id)

    def check_speaks(self, issuer: str, audience: str) -> None:
        """Raise `ProviderNotSet` if people do not come from that issuer any more, or not by way of that audience."""
        settings = self.required
        if issuer != settings.issuer or audience not in (
            settings.client_id,
            *(one.audience for one in settings.front_ends),
        ):
            raise ProviderNotSet

    def audience_of(self, client_id: str) -> str | None:
        """Return who a front end is at the provider; None for a client that is none."""
        known = self.settings.front_ends if self.settings else ()
        return next((one.audience for one in known if one.client_id == client_id), None)

    def roles(self, values: Claimed) -> list[GivenRole]:
        """Return the roles that somebody has by what was said of them."""
        return roles_by(values, self.required.rules)


def the_provider(_: BaseModel) -> str:
    """Return the id of the organization's provider, whatever is asked."""
    return IdentityProvider.ID


def provider_key(issuer: str, audience: str) -> str:
    """Return what tells a provider, and whom it speaks to, from any other: ids of people are for both (Core 1.0, 8)."""
    return hashlib.sha256(f"{issuer}\0{audience}".encode()).hexdigest()[:32]


def account_key(provider: str, subject: str) -> str:
    """Return the id of somebody's account at a provider; of its own id for them nothing else is kept."""
    return hashlib.sha256(f"{provider}\0{subject}".encode()).hexdigest()
