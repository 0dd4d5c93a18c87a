"""The whole system on a laptop: a broker, a database, a mail server, and one process of each service."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from typing import TypeVar

from deploy.deployment import service_names
from deploy.local import mail
from deploy.local.backing import BackingService, Progress
from deploy.local.folders import LOOPBACK, locked, port
from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo, version_at
from deploy.local.processes import Child
from deploy.local.restarts import Restarts
from deploy.local.running import Running, announce, announced, forget
from deploy.local.settings import LocalSettings
from deploy.local.surroundings import Surroundings

PATIENCE = 60.0
"""Seconds that all services get to be ready."""
GRACE = 15.0
"""Seconds that all services get to stop."""
LOOK = 0.3
"""Seconds between two looks at whether all processes still run."""

S = TypeVar("S", bound=BackingService)


class NotReady(Exception):
    """A service answers, and cannot work yet."""


UNREADY = (OSError, HTTPException, NotReady)


@dataclass(slots=True, frozen=True)
class System:
    """What runs: where it is, and what looks after its processes. `mongo_version` is empty where none is told."""

    running: Running
    restarts: Restarts
    download_seconds: float
    mongo_version: str

    def watch(self, report: Progress) -> None:
        """Start processes again that have ended, until one does so again and again; raises PartEnded then."""
        while True:
            self.restarts.check(report)
            time.sleep(LOOK)


@contextmanager
def local_system(settings: LocalSettings, report: Progress) -> Iterator[System]:
    """Start everything; at the end of the block stop it, in the reverse order. What it has kept stays.

    Raises AlreadyRunning when the home has a system that runs, and CannotStart with the reason and a remedy.
    """
    home, servers = settings.home, list[BackingService]()
    with ExitStack() as stack:

        def started(server: S) -> S:
            stack.enter_context(server)
            servers.append(server)
            return server

        stack.enter_context(locked(home, "Ithaca"))
        forget(home)
        mongo_url = settings.mongo_url or started(Mongo(home, progress=report, named=settings.mongod)).url
        bootstrap = settings.kafka_bootstrap or started(_kafka(settings, report)).bootstrap
        smtp_port = stack.enter_context(mail.mail_server(home))
        ports = {service: port(home, service) for service in service_names()}
        surroundings = Surroundings(home, settings.cell, bootstrap, mongo_url, smtp_port, ports)
        _migrate(surroundings, report)
        services = stack.enter_context(_services(surroundings, report))
        children = [*(server.child for server in servers), *services]
        running = _running(surroundings, children)
        stack.enter_context(announced(running, home))
        restarts = Restarts(children, lambda: announce(_running(surroundings, children), home))
        downloads = sum(one.download_seconds for one in servers if isinstance(one, Kafka))
        yield System(running, restarts, downloads, version_at(mongo_url))


def _kafka(settings: LocalSettings, report: Progress) -> Kafka:
    return Kafka(settings.home, advertised_host=settings.advertised_host, progress=report)


def _running(surroundings: Surroundings, children: Sequence[Child]) -> Running:
    return Running(
        cell=surroundings.cell,
        kafka_bootstrap=surroundings.kafka_bootstrap,
        mongo_url=surroundings.mongo_url,
        services={service: surroundings.address(service) for service in service_names()},
        processes={child.name: child.pid for child in children},
        operator_file=surroundings.operator_file,
        mail_folder=surroundings.home / mail.FOLDER,
        log_folder=surroundings.log_folder,
    )


def _migrate(surroundings: Surroundings, report: Progress) -> None:
    """Make the topics and collections that are missing."""
    report("topics and collections: making those that are missing")
    began = time.monotonic()
    with _python("deploy.local.migrate", surroundings, *service_names()) as child:
        child.finish(PATIENCE)
    report(f"topics and collections: there after {time.monotonic() - began:.1f} s")


@contextmanager
def _services(surroundings: Surroundings, report: Progress) -> Iterator[list[Child]]:
    """A process for each service, all ready; they start and stop together."""
    children, began = list[Child](), time.monotonic()
    try:
        for service in service_names():
            report(f"{service}: starting")
            children.append(_python(f"services.{service}", surroundings, service))
        for child in children:
            left = PATIENCE - (time.monotonic() - began)
            child.wait_until(partial(_check_ready, surroundings.ports[child.name]), UNREADY, left)
            report(f"{child.name}: started in {time.monotonic() - began:.1f} s")
        yield children
    finally:
        _stop_together(children)


def _python(module: str, surroundings: Surroundings, *services: str) -> Child:
    """A process that runs a module for these services."""
    name = module.rpartition(".")[2]
    command = [sys.executable, "-P", "-m", module]
    return Child(name, command, surroundings.log_folder / f"{name}.log", surroundings.environment(*services))


def _check_ready(number: int) -> None:
    """Raises NotReady, or what a connection that fails raises."""
    connection = HTTPConnection(LOOPBACK, number, timeout=5)
    try:
        connection.request("GET", "/readyz")
        status = connection.getresponse().status
    finally:
        connection.close()
    if status != 200:
        raise NotReady(f"/readyz says {status}")


def _stop_together(children: Sequence[Child]) -> None:
    deadline = time.monotonic() + GRACE
    for child in reversed(children):
        if child.is_running:
            os.kill(child.pid, signal.SIGTERM)
    for child in reversed(children):
        child.stop(max(deadline - time.monotonic(), 0.1))
