"""Where the services are that an operator asks, and with which credentials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.local.running import FILE, Operator, Running, found
from deploy.local.settings import LocalSettings
from deploy.operate.known_words import no_service

ISSUER = "intake"
"""The service that gives tokens."""


class NoTarget(Exception):
    """It is not known whom to ask, or with which credentials; the message says what to set."""


class TargetSettings(BaseSettings):
    """Read from the environment; each name with the prefix `ITHACA_`."""

    model_config = SettingsConfigDict(env_prefix="ITHACA_", extra="ignore")

    services: str = Field(default="", description="NAME=URL of each service, with commas between them.")
    client_id: str = Field(default="", description="An operator's OAuth client.")
    client_secret: SecretStr = Field(default=SecretStr(""), description="Its secret.")


@dataclass(slots=True, frozen=True)
class Target:
    """`addresses` go from each service that is asked to its base address; `issuer` is where tokens come from.

    `log_folder` is where the services of this machine write their logs; None if they run elsewhere.
    """

    addresses: Mapping[str, str]
    issuer: str
    operator: Operator
    log_folder: Path | None = None

    def remedy(self, service: str) -> str:
        """What to do when the service does not answer."""
        if self.log_folder is None:
            return "Look whether it runs there, and whether this machine may reach it."
        return f"Look at {self.log_folder / service}.log, or start the system anew with `ithaca up`."


def find(chosen: Sequence[str]) -> Target:
    """The services that are chosen, each as `NAME` or `NAME=URL`; raises NoTarget, or CannotStart with a remedy.

    Without any URL, the environment is asked, and then what `ithaca up` runs on this machine.
    """
    settings = TargetSettings()
    given = [word for word in chosen if "=" in word] or [word for word in settings.services.split(",") if word.strip()]
    names = [word for word in chosen if "=" not in word]
    return _elsewhere(_addresses(given), names, settings) if given else _local(LocalSettings().home, names)


def running_here(home: Path) -> Running:
    """The system that `ithaca up` runs on this machine; raises NoTarget, or CannotStart with a remedy."""
    if not (home / FILE).exists():
        raise NoTarget(f"No system runs in {home}. Start one with `ithaca up`.")
    return found(home)


def on_this_machine(running: Running, names: Sequence[str] = ()) -> Target:
    """The services of a system that `ithaca up` runs; only those with the names, if there are any."""
    addresses = running.services
    return Target(_only(names, addresses), addresses[ISSUER], running.operator(), running.log_folder)


def _elsewhere(addresses: Mapping[str, str], names: Sequence[str], settings: TargetSettings) -> Target:
    if ISSUER not in addresses:
        raise NoTarget(f"Tokens come from {ISSUER}: give its address too, as --service {ISSUER}=URL.")
    if not settings.client_id:
        raise NoTarget("Set ITHACA_CLIENT_ID and ITHACA_CLIENT_SECRET to an operator's credentials.")
    operator = Operator(client_id=settings.client_id, client_secret=settings.client_secret.get_secret_value())
    return Target(_only(names, addresses), addresses[ISSUER], operator)


def _local(home: Path, names: Sequence[str]) -> Target:
    if not (home / FILE).exists():
        raise NoTarget(
            f"No system runs in {home}. Start one with `ithaca up`; "
            "or set ITHACA_SERVICES (or --service) to NAME=URL of each service that runs elsewhere."
        )
    return on_this_machine(found(home), names)


def _addresses(given: Sequence[str]) -> dict[str, str]:
    """Read the addresses by service; raises NoTarget for what is no address."""
    pairs = (word.strip().partition("=") for word in given)
    addresses = {name.strip(): url.strip().rstrip("/") for name, _, url in pairs}
    for name, url in addresses.items():
        if not name or not url.startswith(("http://", "https://")):
            raise NoTarget(f"{name}={url} is no service's address: give it as NAME=http://host:port.")
    return addresses


def _only(names: Sequence[str], addresses: Mapping[str, str]) -> Mapping[str, str]:
    """Pick the services with these names, in this order; all if there are no names."""
    for name in names:
        if name not in addresses:
            raise NoTarget(no_service(name, addresses))
    return {name: addresses[name] for name in names} or addresses
