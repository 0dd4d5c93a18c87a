"""What the services of a local system are told about their surroundings, each by its environment."""

import secrets
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from string import Template

from deploy.deployment import Deployment, Misdeclared, deployments
from deploy.local.folders import LOOPBACK
from deploy.local.running import Operator, write_privately


@dataclass(slots=True, frozen=True)
class Surroundings:
    """Where the services of one system find everything; `ports` goes from a service to where it listens."""

    home: Path
    cell: str
    kafka_bootstrap: str
    mongo_url: str
    smtp_port: int
    ports: dict[str, int]

    def address(self, service: str) -> str:
        """Where the service answers."""
        return f"http://{LOOPBACK}:{self.ports[service]}"

    @property
    def operator_file(self) -> Path:
        """Where the operator's credentials are."""
        return self.home / "operator.json"

    @property
    def log_folder(self) -> Path:
        """Where each service has its log."""
        return self.home / "logs"

    def environment(self, *services: str) -> dict[str, str]:
        """The settings of a process that is to run these services, or to prepare what they need."""
        settings = self._common()
        for one in deployments():
            if one.name in services:
                settings |= self._own(one) | {"ITHACA_PORT": str(self.ports[one.name])}
        return settings

    def _common(self) -> dict[str, str]:
        return {
            "ITHACA_CELL": self.cell,
            "ITHACA_ROLE": "all",
            "ITHACA_KAFKA_BOOTSTRAP": self.kafka_bootstrap,
            "ITHACA_MONGO_URL": self.mongo_url,
            "ITHACA_HOST": LOOPBACK,
            "ITHACA_ISSUER": self.address("intake"),
            "ITHACA_DEAD_LETTER_KEY": key_of(self.home / "dead-letter.key"),
        }

    def _own(self, one: Deployment) -> dict[str, str]:
        """What only this service is told; raises Misdeclared."""
        files = {setting: str(self.home / file) for file, setting in one.files.items()}
        facts = self.facts() if one.local else {}
        try:
            return files | {name: Template(value).substitute(facts) for name, value in one.local.items()}
        except (KeyError, ValueError) as error:
            raise Misdeclared(f"{one.name}: {error} in a `local` setting; there are {', '.join(facts)}") from None

    def facts(self) -> dict[str, str]:
        """What the `local` settings in a `deployment.toml` may name, as `$name`."""
        operator = operator_of(self.operator_file)
        return {
            "home": str(self.home),
            "console": self.address("console"),
            "services": ",".join(f"{name}={self.address(name)}" for name in self.ports),
            "intake_port": str(self.ports["intake"]),
            "console_port": str(self.ports["console"]),
            "operator_client_id": operator.client_id,
            "operator_client_secret": operator.client_secret,
            "smtp_host": LOOPBACK,
            "smtp_port": str(self.smtp_port),
            "sign_in_key": key_of(self.home / "sign-in.key"),
            "held_key": key_of(self.home / "held.key"),
        }


def operator_of(file: Path) -> Operator:
    """The operator's credentials in the file, which is made with a new secret if it is missing."""
    with suppress(FileExistsError):
        new = Operator(client_id="operator", client_secret=secrets.token_urlsafe(32))
        write_privately(file, new.model_dump_json(indent=2))
    return Operator.read(file)


def key_of(file: Path) -> str:
    """The key in the file, 32 bytes in base64; it is made if it is missing."""
    with suppress(FileExistsError):
        write_privately(file, b64encode(secrets.token_bytes(32)).decode())
    return file.read_text().strip()
