"""What may be set about the system on a laptop."""

from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import AfterValidator, AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def user_data() -> Path:
    """Where the platform keeps a user's data: the XDG data home on Linux."""
    return platformdirs.user_data_path("ithaca")


class LocalSettings(BaseSettings):
    """Read from the environment; each name with the prefix `ITHACA_`."""

    model_config = SettingsConfigDict(env_prefix="ITHACA_", populate_by_name=True, env_ignore_empty=True)

    home: Annotated[Path, AfterValidator(Path.absolute)] = Field(
        default_factory=user_data, description="The folder of all data, keys, logs and chosen ports."
    )
    cell: str = Field(default="local", description="The prefix of topics and databases.")
    kafka_bootstrap: str | None = Field(
        default=None,
        validation_alias=AliasChoices("ITHACA_KAFKA_BOOTSTRAP", "KAFKA_BOOTSTRAP"),
        description="A broker that runs elsewhere, host:port; without it, one is started.",
    )
    mongo_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("ITHACA_MONGO_URL", "MONGO_URL"),
        description="A replica set that runs elsewhere, mongodb://...; without it, one is started.",
    )
    mongod: Annotated[Path | None, AfterValidator(lambda path: path and path.absolute())] = Field(
        default=None,
        description="The program mongod that is started; without it, one of 7.0 or newer on the PATH, "
        "else the one that comes with Ithaca.",
    )
    links: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Where the pages are that mails lead to, the one to sign in among them; without it, the service's.",
    )
    advertised_host: str | None = Field(
        default=None,
        description="The name or address by which containers and pods reach this machine's broker. "
        "Setting it opens a second listener on all interfaces, without access control.",
    )
