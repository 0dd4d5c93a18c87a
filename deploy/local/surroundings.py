"""What the services of a local system are told about their surroundings, each by its environment."""

import secrets
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.folders import LOOPBACK
from deploy.local.running import Operator, write_privately

SERVICES = ("intake", "matching", "sessions", "evaluation", "notify")


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
        own = {"intake": self._intake, "notify": self._notify}
        settings = self._common()
        for service in services:
            settings |= own[service]() if service in own else {}
            settings["ITHACA_PORT"] = str(self.ports[service])
        return settings

    def _common(self) -> dict[str, str]:
        return {
            "ITHACA_CELL": self.cell,
            "ITHACA_ROLE": "all",
            "ITHACA_KAFKA_BOOTSTRAP": self.kafka_bootstrap,
            "ITHACA_MONGO_URL": self.mongo_url,
            "ITHACA_HOST": LOOPBACK,
            "ITHACA_ISSUER": self.address("intake"),
            "ITHACA_DEAD_LETTER_KEY": dead_letter_key_of(self.home / "dead-letter.key"),
        }

    def _intake(self) -> dict[str, str]:
        operator = operator_of(self.operator_file)
        return {
            "ITHACA_SIGNING_KEY_FILE": str(self.home / "signing-keys.json"),
            "ITHACA_OPERATOR_CLIENT_ID": operator.client_id,
            "ITHACA_OPERATOR_CLIENT_SECRET": operator.client_secret,
        }

    def _notify(self) -> dict[str, str]:
        return {
            "ITHACA_SMTP_HOST": LOOPBACK,
            "ITHACA_SMTP_PORT": str(self.smtp_port),
            "ITHACA_SMTP_SECURITY": "plain",
            "ITHACA_MAIL_FROM": "ithaca@example.org",
        }


def operator_of(file: Path) -> Operator:
    """The operator's credentials in the file, which is made with a new secret if it is missing."""
    with suppress(FileExistsError):
        new = Operator(client_id="operator", client_secret=secrets.token_urlsafe(32))
        write_privately(file, new.model_dump_json(indent=2))
    return Operator.read(file)


def dead_letter_key_of(file: Path) -> str:
    """The key in the file that seals the contents of dead letters; it is made if it is missing."""
    with suppress(FileExistsError):
        write_privately(file, b64encode(secrets.token_bytes(32)).decode())
    return file.read_text().strip()
