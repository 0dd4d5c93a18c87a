"""Settings that every service has: environment variables with the prefix `ITHACA_`, refused at the start when wrong."""

import os
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum
from importlib.metadata import version
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    FilePath,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.suggestions import nearest

PREFIX = "ITHACA_"

OF_SOME = frozenset(
    PREFIX + name
    for name in (
        *("ADVERTISED_HOST", "CLIENT_ID", "CLIENT_SECRET", "HOME", "MONGOD", "SERVICES"),  # of the command line
        *("OPERATOR_CLIENT_ID", "OPERATOR_CLIENT_SECRET", "SIGNING_KEY_FILE", "SIGN_IN_KEY"),
        *("HELD_KEY", "PASSKEY_DOMAIN", "PROVIDER_NETWORKS", "PROVIDER_PAGE", "SERVICES_AT"),
        *("LINKS", "MAIL_FROM", "SMTP_HOST", "SMTP_PASSWORD", "SMTP_PORT", "SMTP_SECURITY", "SMTP_TIMEOUT"),
        "SMTP_USERNAME",
    )
)
"""Settings that not every process has: a cell, or a shell, tells them to all the same."""

OF_TESTS = f"{PREFIX}TEST_"

SECRET_WORDS = ("PASSWORD", "SECRET", "KEY", "URL")
"""A setting with one of these in its name is not shown."""


class Role(StrEnum):
    """Which half of a service a process runs; the code is the same."""

    API = "api"
    WORKER = "worker"
    ALL = "all"


class KafkaSecurity(StrEnum):
    """How the broker is spoken to."""

    PLAIN = "plain"
    TLS = "tls"


class SettingsWrong(Exception):
    """A setting is wrong: one line each, with its name, what was found, and what is needed."""


_ORIGIN = re.compile(r"https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:[1-9]\d{0,4})?")
_BY_DEFAULT = {"http": ":80", "https": ":443"}

KEY_BYTES = 32


def _made_of_keys(value: SecretStr) -> SecretStr:
    if any(len(key) != KEY_BYTES for key in keys_in(value)):
        raise ValueError(f"needs {KEY_BYTES} bytes in base64, such as `openssl rand -base64 32` prints")
    return value


KeyRing = Annotated[SecretStr, AfterValidator(_made_of_keys)]
"""Keys of 32 bytes in base64, with commas between: the first one is used, all of them still count."""


class Settings(BaseSettings):
    """What a process needs to know of its surroundings. Durations are in seconds, sizes in messages."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    version: str | None = Field(default=None, description="The release that the manifests are of; no other starts")
    cell: str = Field(
        default="local", pattern=r"^[a-z0-9-]{3,40}$", description="The deployment: prefix of topics, groups, databases"
    )
    role: Role = Field(default=Role.ALL, description="api, worker, or all in one process")
    mongo_url: str = Field(default="mongodb://127.0.0.1:27017/?replicaSet=ithaca", pattern=r"^mongodb(\+srv)?://")
    kafka_bootstrap: str = Field(default="127.0.0.1:9092", pattern=r"^[^:,\s]+:\d+(,[^:,\s]+:\d+)*$")
    kafka_security: KafkaSecurity = Field(default=KafkaSecurity.PLAIN, description="plain or tls")
    kafka_ca_file: FilePath | None = Field(
        default=None, description="Who vouches for the broker, in PEM; without it, whom the system trusts"
    )
    kafka_username: str | None = Field(default=None, description="Who we are to the broker, by SCRAM-SHA-512")
    kafka_password: SecretStr | None = Field(default=None, validate_default=True)
    topic_replication: int = Field(default=1, ge=1, le=7)
    host: str = Field(default="127.0.0.1", description="Where the api listens")
    port: int = Field(default=8000, ge=0, le=65535)
    connection_limit: int = Field(
        default=1000, ge=10, description="Connections at once; on those beyond, only probes are answered"
    )
    public_url: str | None = Field(
        default=None, pattern=r"^https?://[^/?#\s]+$", description="Where the api is for those who ask it"
    )
    cors_origins: str = Field(
        default="", description="Whose pages may ask the api: origins such as https://console.example.org, with commas"
    )
    metrics_host: str = Field(default="127.0.0.1", description="Where metrics are, if they have a port of their own")
    metrics_port: int | None = Field(
        default=None, ge=0, le=65535, description="For metrics and probes alone; without it, metrics are on the api's"
    )
    issuer: str = Field(
        default="http://127.0.0.1:8001",
        pattern=r"^https?://[^?#\s]+[^/?#\s]$",
        description="Who issues tokens: intake, by the address that the world outside has for it",
    )
    issuer_inside: str | None = Field(
        default=None,
        pattern=r"^https?://[^?#\s]+[^/?#\s]$",
        description="Where services reach intake, if that is not the address for the world outside",
    )
    audience: str = "ithaca"
    batch_limit: int = Field(default=500, ge=50, le=5000, description="Most messages in one transaction")
    queue_limit: int = Field(default=2000, ge=10, description="Commands that may wait before new ones get 503")
    shards: int = Field(default=16, ge=1, le=256, description="Parts of the outbox; fixed when a cell is made")
    lease_seconds: float = Field(default=10, ge=1, le=300)
    forwarded_hops: int = Field(
        default=0, ge=0, le=5, description="Proxies of ours in front, each of which adds to X-Forwarded-For"
    )
    audit_days: int = Field(
        default=1095, ge=30, le=36500, description="How long the audit trail keeps who did and saw what"
    )
    dead_letter_key: KeyRing = Field(
        default=SecretStr(""),
        description="Seals the contents of dead letters and the ends of audit trails: 32 bytes in base64; behind "
        "commas, older keys that still count. Without it the contents are not kept and cannot be replayed, and nobody "
        "can tell whether the end of a trail was removed",
    )

    @field_validator("version")
    @classmethod
    def _is_that_of_the_code(cls, value: str | None) -> str | None:
        if value and value != version("ithaca"):
            raise ValueError(f"this image is {version('ithaca')}: let manifests and images be of one release")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        for origin in _listed(value):
            if not _ORIGIN.fullmatch(origin) or origin.endswith(_BY_DEFAULT[origin.partition(":")[0]]):
                raise ValueError(f"{origin} is no origin as browsers send it: such as https://console.example.org")
        return value

    @field_validator("kafka_password")
    @classmethod
    def _goes_with_a_name_and_encrypted(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if (value is None) != (info.data.get("kafka_username") is None):
            raise ValueError("give ITHACA_KAFKA_USERNAME and this, or neither")
        if value is not None and info.data.get("kafka_security") is not KafkaSecurity.TLS:
            raise ValueError("a password is only sent encrypted: set ITHACA_KAFKA_SECURITY to tls")
        return value

    @property
    def keys_from(self) -> str:
        """Where the keys are read with which tokens are checked."""
        return self.issuer_inside or self.issuer

    def leads_to(self, service: str) -> dict[str, tuple[str, str]]:
        """Return the public addresses, by the setting that says each, with the service to which it should lead."""
        return {"ITHACA_PUBLIC_URL": (self.public_url, service)} if self.public_url else {}

    @property
    def allowed_origins(self) -> list[str]:
        """The origins in `cors_origins`."""
        return _listed(self.cors_origins)

    @property
    def keep_lines(self) -> timedelta:
        """How long lines stay on the audit trail."""
        return timedelta(days=self.audit_days)

    @property
    def dead_letter_keys(self) -> list[bytes]:
        """The keys in `dead_letter_key`: the first one seals, all of them open."""
        return keys_in(self.dead_letter_key)

    def topic(self, service: str) -> str:
        """Return the name of a service's topic in this cell."""
        return f"{self.cell}.{service}"

    def database(self, service: str) -> str:
        """Return the name of a service's database in this cell."""
        return f"{self.cell}_{service}"

    @classmethod
    def load(cls) -> Self:
        """Return the settings from the environment; raises `SettingsWrong`, which names each wrong or unknown one."""
        unknown = [f"{name}: unknown{_suggestion(name, cls.names())}" for name in cls.unknown(os.environ)]
        try:
            settings = cls()
        except ValidationError as error:
            raise SettingsWrong("\n".join([*map(_sentence, error.errors()), *unknown])) from None
        if unknown:
            raise SettingsWrong("\n".join(unknown))
        return settings

    @classmethod
    def names(cls) -> list[str]:
        """Of all environment variables that are read."""
        return [PREFIX + name.upper() for name in _names(cls)]

    @classmethod
    def unknown(cls, given: Iterable[str]) -> list[str]:
        """Return the names that look like settings, and are nobody's.

        Where one process looks after several services, the settings of each are known to all.
        """
        known = OF_SOME.union(cls.names(), *(other.names() for other in _every(Settings)))
        ours = (name for name in given if name.startswith(PREFIX) and not name.startswith(OF_TESTS))
        return sorted(name for name in ours if name not in known)


def _every(settings: type[Settings]) -> Iterator[type[Settings]]:
    """All kinds of settings that are made of these."""
    for one in settings.__subclasses__():
        yield one
        yield from _every(one)


def _names(model: type[BaseModel]) -> Iterator[str]:
    """Of all fields; those of a model inside begin with its own name."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from (f"{name}_{inner}" for inner in _names(field.annotation))
        else:
            yield name


def _sentence(error: ErrorDetails) -> str:
    """What is needed, and what was found unless that is nobody's business."""
    name = PREFIX + "_".join(map(str, error["loc"])).upper()
    is_shown = isinstance(error["input"], str) and not any(word in name for word in SECRET_WORDS)
    return f"{name}: {error['msg']}" + (f"; it is {error['input']!r}" if is_shown else "")


def _suggestion(name: str, known: Iterable[str]) -> str:
    near = nearest(name.removeprefix(PREFIX), (one.removeprefix(PREFIX) for one in OF_SOME.union(known)))
    return f"; did you mean {PREFIX}{near}?" if near else "; take it away"


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def keys_in(value: SecretStr) -> list[bytes]:
    """Return the keys of a ring; what is no base64 counts as an empty one."""
    try:
        return [b64decode(part, validate=True) for part in _listed(value.get_secret_value())]
    except NotBase64:
        return [b""]
