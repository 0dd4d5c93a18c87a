"""Two processes of each service on one broker and one database, each of which can be killed, stopped or set wrong."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from deploy.deployment import service_names
from deploy.local import mail
from deploy.local.folders import LOOPBACK, port
from deploy.local.kafka import Kafka
from deploy.local.mail import MailFolder
from deploy.local.mongo import Mongo
from deploy.local.processes import Child
from deploy.local.running import Operator
from deploy.local.surroundings import Surroundings, operator_of

CELL = "faults"
REPLICAS = 2
READY_SECONDS = 90.0
"""In which a process is ready that has everything that it needs."""

FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
"""What sets the clock of a process wrong: Debian's package faketime."""


@dataclass(slots=True)
class Replica:
    """One of the processes of a service. `address` is where it answers."""

    service: str
    number: int
    port: int
    logs: Path
    environment: Mapping[str, str]
    child: Child | None = None
    starts: int = 0
    is_paused: bool = False

    @property
    def name(self) -> str:
        """As it is called in tables."""
        return f"{self.service} {self.number}"

    @property
    def address(self) -> str:
        """Its base address."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether its process has been started, and has not ended."""
        return self.child is not None and self.child.is_running

    def start(self, clock: str = "") -> None:
        """Start its process; `clock` is how far off its clock is, such as +1d."""
        self.starts += 1
        wrong = {"LD_PRELOAD": str(FAKETIME[0]), "FAKETIME": clock, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.child = Child(
            self.name,
            [sys.executable, "-P", "-m", f"services.{self.service}"],
            self.logs / f"{self.service}-{self.number}-{self.starts}.log",
            {**self.environment, **(wrong if clock else {})},
        )

    def is_ready(self) -> bool:
        """Whether it says that it can work."""
        connection = HTTPConnection(LOOPBACK, self.port, timeout=5)
        with suppress(OSError):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        return False

    def kill(self) -> None:
        """End it at once, as a crash does."""
        if self.child is not None:
            self.child.kill()
        self.is_paused = False

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self.resume()
        if self.child is not None:
            self.child.stop()

    def pause(self) -> None:
        """Let it do nothing, as a machine that stalls does."""
        if self.child is not None and self.child.is_running:
            os.kill(self.child.pid, signal.SIGSTOP)
            self.is_paused = True

    def resume(self) -> None:
        """Let it go on as if nothing had been."""
        if self.child is not None and self.is_paused and self.child.is_running:
            os.kill(self.child.pid, signal.SIGCONT)
        self.is_paused = False


@dataclass(slots=True, frozen=True)
class Cell:
    """What runs. `replicas` are all the processes, two of each service."""

    kafka: Kafka
    mongo: Mongo
    mails: MailFolder
    operator: Operator
    replicas: list[Replica] = field(default_factory=list)

    def of(self, service: str) -> list[Replica]:
        """The processes of a service."""
        return [replica for replica in self.replicas if replica.service == service]

    @property
    def addresses(self) -> dict[str, list[str]]:
        """Where each service answers."""
        return {service: [replica.address for replica in self.of(service)] for service in service_names()}

    def topic(self, name: str) -> str:
        """The topic of a service, or of people."""
        return f"{CELL}.{name}"

    def make_whole(self) -> None:
        """Start whatever does not run, let go on whatever is paused; returns when all are ready.

        Raises TimeoutError, with the end of its log, if one is not.
        """
        for replica in self.replicas:
            replica.resume()
            if not replica.is_running:
                replica.start()
        until = time.monotonic() + READY_SECONDS
        for replica in self.replicas:
            while not replica.is_ready():
                if time.monotonic() > until:
                    log = replica.child.last_lines() if replica.child else ""
                    raise TimeoutError(f"{replica.name} is not ready after {READY_SECONDS:g} s. {log}")
                if not replica.is_running:
                    replica.start()
                time.sleep(0.2)


@contextmanager
def running(home: Path) -> Iterator[Cell]:
    """A cell with two processes of each service, all ready, until the block ends."""
    with Mongo(home) as mongo, Kafka(home) as kafka, mail.mail_server(home) as smtp_port:
        places = [
            Surroundings(
                home,
                CELL,
                kafka.bootstrap,
                mongo.url,
                smtp_port,
                {service: port(home, f"{service}-{number}") for service in service_names()},
            )
            for number in range(1, REPLICAS + 1)
        ]
        issuer = {"ITHACA_ISSUER": places[0].address("intake")}
        _migrate(places[0])
        cell = Cell(kafka, mongo, MailFolder(home / mail.FOLDER), operator_of(places[0].operator_file))
        cell.replicas.extend(
            Replica(service, number, place.ports[service], place.log_folder, place.environment(service) | issuer)
            for number, place in enumerate(places, 1)
            for service in service_names()
        )
        try:
            cell.make_whole()
            yield cell
        finally:
            _stop(cell.replicas)


def _migrate(place: Surroundings) -> None:
    command = [sys.executable, "-P", "-m", "deploy.local.migrate"]
    with Child("migrate", command, place.log_folder / "migrate.log", place.environment(*service_names())) as child:
        child.finish(READY_SECONDS)


def _stop(replicas: list[Replica]) -> None:
    """All at once, in order as far as they can."""
    for replica in replicas:
        replica.resume()
        if replica.child is not None and replica.child.is_running:
            os.kill(replica.child.pid, signal.SIGTERM)
    for replica in replicas:
        replica.stop()
