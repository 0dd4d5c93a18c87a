"""The settings of intake beyond those of every service: how it issues tokens."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from services.intake.identity.keys import check_keys
from services.intake.identity.model.access import Lifetime
from services.intake.providers.addresses import networks
from shared.sealing import Sealer
from shared.settings import keys_in
from shared.sign_in_secrets import SignInSettings


def _networks(value: str) -> str:
    networks(value)
    return value


class IntakeSettings(SignInSettings):
    """Intake signs the tokens of all services. The operator's client exists where its secret is set."""

    signing_key_file: Annotated[Path, AfterValidator(check_keys)] = Field(
        description="A JWK Set with P-256 keys: the last one signs, all are published. Made if there is no such file"
    )
    operator_client_id: str = Field(default="operator", pattern=r"^[a-z0-9-]{1,40}$")
    operator_client_secret: SecretStr | None = Field(default=None, min_length=32)
    session_idle_hours: float = Field(default=12, gt=0, le=720, description="Unused for so long, a session is over")
    session_days: float = Field(default=14, gt=0, le=90, description="After so long, people sign in again in any case")

    open_to_anybody: bool = Field(
        default=False,
        description="Whether anybody may open an organization of their own, at /start, and be its first admin; without "
        "it operators register organizations",
    )

    passkey_domain: str = Field(
        default="",
        pattern=r"^([a-z0-9-]+(\.[a-z0-9-]+)*)?$",
        description="The domain that passkeys are for, with pages of several hosts in it; without it the host of the "
        "public address. Whoever changes it makes all passkeys worthless",
    )

    provider_networks: Annotated[str, AfterValidator(_networks)] = Field(
        default="",
        description="Networks that are not public in which organizations' identity providers may be, with commas, such "
        "as 10.1.0.0/16. On this machine (127.0.0.0/8), for development, they need no TLS",
    )

    provider_page: str | None = Field(
        default=None,
        pattern=r"^https?://[^?#\s]+$",
        description="The page to which identity providers lead people back, and which posts what its address has to "
        "intake; without it they lead back to intake itself",
    )

    def leads_to(self, service: str) -> dict[str, tuple[str, str]]:
        """See `Settings`: intake issues the tokens, and where it is public follows from that."""
        return {"ITHACA_ISSUER": (self.issuer, service)} | super().leads_to(service)

    @property
    def provider_redirect(self) -> str:
        """Where providers lead people back to: a page, or without one the sign-in itself."""
        return self.provider_page or f"{self.issuer}/v1/sign-in/provider"

    @property
    def provider_sealer(self) -> Sealer:
        """What seals and opens what shows providers that it is us."""
        return Sealer(keys_in(self.sign_in_key), "identity provider")

    @property
    def session_lifetime(self) -> Lifetime:
        """How long people stay signed in."""
        return Lifetime(idle=timedelta(hours=self.session_idle_hours), longest=timedelta(days=self.session_days))
