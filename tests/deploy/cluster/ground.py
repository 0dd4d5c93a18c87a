"""What cells stand on: a broker, a database and a mail server, on this machine or wherever the environment says."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.backing import BackingService
from deploy.local.folders import port
from deploy.local.kafka import Kafka
from deploy.local.mail import MailFolder
from deploy.local.mongo import Mongo
from tests.deploy.cluster.cluster import items


class OutsideMongo(Mongo):
    """A database that pods reach, too: under the address of this machine that they know."""

    def __init__(self, home: Path, host: str) -> None:
        super().__init__(home)
        self.host = host

    @property
    def address(self) -> str:
        """See `Mongo.address`."""
        return f"{self.host}:{self._port}"

    def prepare(self) -> list[str | Path]:
        """See `BackingService.prepare`."""
        command = super().prepare()
        command[command.index("--bind_ip") + 1] = f"127.0.0.1,{self.host}"
        return command


@dataclass(slots=True, frozen=True)
class Ground:
    """Addresses as pods and this machine know them; `restarts` are what can be restarted, by name.

    `database` is what the cells keep everything in, if it was started here.
    """

    home: Path
    kafka_bootstrap: str
    mongo_url: str
    mail_host: str
    mail_port: int
    mails: MailFolder
    restarts: dict[str, Callable[[], None]]
    database: Mongo | None


@contextmanager
def ground(home: Path) -> Iterator[Ground]:
    """Everything that cells stand on, until the block ends.

    `KAFKA_BOOTSTRAP` and `MONGO_URL` name what runs elsewhere; what they do not name is started here, for pods under
    `ITHACA_ADVERTISED_HOST`, or else the address of the cluster's first node, which is then this machine.
    """
    host = os.environ.get("ITHACA_ADVERTISED_HOST") or _first_node()
    with ExitStack() as stack:
        restarts, database = dict[str, Callable[[], None]](), None
        bootstrap, url = os.environ.get("KAFKA_BOOTSTRAP"), os.environ.get("MONGO_URL")
        if not url:
            database = stack.enter_context(OutsideMongo(home, host))
            url, restarts["the database restarted"] = database.url, _restarting(database)
        if not bootstrap:
            kafka = stack.enter_context(Kafka(home, advertised_host=host))
            bootstrap, restarts["the broker restarted"] = kafka.outside_bootstrap, _restarting(kafka)
        mails = MailFolder(home / "mail")
        mail_port = port(home, "mail")
        server = Controller(_Keeper(mails), host, mail_port, server_hostname="localhost")
        server.start()
        stack.callback(server.stop)
        yield Ground(home, bootstrap, url, host, mail_port, mails, restarts, database)


def _first_node() -> str:
    addresses = items("nodes")[0]["status"]["addresses"]
    return next(str(one["address"]) for one in addresses if one["type"] == "InternalIP")


def _restarting(service: BackingService) -> Callable[[], None]:
    def restart() -> None:
        service.stop()
        service.start()

    return restart


class _Keeper:
    """What the mail server does with a mail."""

    def __init__(self, folder: MailFolder) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        return f"250 Kept as {self._folder.keep(envelope.original_content or b'').id}"
