"""What may be set about the system on a laptop."""

from pathlib import Path

import platformdirs
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def user_data() -> Path:
    """Where the platform keeps a user's data: the XDG data home on Linux."""
    return platformdirs.user_data_path("ithaca")


class LocalSettings(BaseSettings):
    """Read from the environment; each name with the prefix `ITHACA_`."""

    model_config = SettingsConfigDict(env_prefix="ITHACA_")

    home: Path = Field(default_factory=user_data, description="The folder of all data, keys, logs and chosen ports.")
    advertised_host: str | None = Field(
        default=None,
        description="The name or address by which containers and pods reach this machine's broker. "
        "Setting it opens a second listener on all interfaces, without access control.",
    )
