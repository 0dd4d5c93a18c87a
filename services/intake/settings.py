"""The settings of intake beyond those of every service: how it issues tokens."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from services.intake.identity.keys import check_keys
from shared.settings import Settings


class IntakeSettings(Settings):
    """Intake signs the tokens of all services. The operator's client exists where its secret is set."""

    signing_key_file: Annotated[Path, AfterValidator(check_keys)] = Field(
        description="A JWK Set with P-256 keys: the last one signs, all are published. Made if there is no such file"
    )
    operator_client_id: str = Field(default="operator", pattern=r"^[a-z0-9-]{1,40}$")
    operator_client_secret: SecretStr | None = Field(default=None, min_length=32)
