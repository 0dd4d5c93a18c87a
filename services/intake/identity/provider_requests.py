"""Requests to a provider: nothing of them is stored. They are known again by what is derived, for one browser."""

from enum import StrEnum
from typing import NamedTuple, Self

from services.intake.identity.credentials import hashed
from services.intake.providers.relying_party import Keepsake
from services.intake.settings import IntakeSettings
from shared.ids import TENANT


class Purpose(StrEnum):
    """What somebody goes to the provider for."""

    SIGN_IN = "sign-in"
    TRIAL = "trial"


class ProviderRequest(NamedTuple):
    """Somebody goes to the provider of an organization, from one browser. The id says when."""

    tenant: str
    id: str

    @classmethod
    def named_in(cls, state: str) -> Self | None:
        """Return the request that a state names; None if it is none."""
        match state.split("."):
            case [tenant, id, _] if TENANT.fullmatch(tenant) and len(id) == 36:
                return cls(tenant, id)
        return None

    def keepsake(self, purpose: Purpose, bound_to: tuple[str, str], settings: IntakeSettings) -> Keepsake:
        """Return what the request is known again by. It is bound to the provider as it is set, and to the browser."""
        secrets, (provider, browser) = settings.sign_in_secrets, bound_to
        secret = secrets.secret("provider-state", purpose, *self, provider, hashed(browser))
        return Keepsake(
            state=".".join((*self, secret)),
            nonce=secrets.secret("provider-nonce", *self),
            verifier=secrets.secret("provider-verifier", *self),
            redirect_uri=settings.provider_redirect,
        )
