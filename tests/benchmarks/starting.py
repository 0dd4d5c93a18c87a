"""`make bench-images`: from the start of a container until it is ready, on a real broker and database.

Needs a Docker daemon on this machine with the images of `make images`. Each is measured in turn, once in each pass,
beside a container of it in which Python only starts and ends. Prints a table, and writes `build/bench/images.json`.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from rich.console import Console

from deploy.deployment import service_names
from deploy.local.folders import port
from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo
from deploy.local.surroundings import Surroundings
from services.intake.identity.keys import make_keys
from tests.benchmarks.rows import Pairs, show, write
from tests.waiting import eventually

RESULT = Path("build/bench/images.json")
PYTHON = "/dependencies/bin/python"
GOAL = 3.0
"""Seconds."""
PATIENCE = 60.0
"""Seconds after which a container is taken not to become ready."""


class Containers:
    """Containers of the images, with the settings of a cell."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings

    def words(self, service: str, role: str, *options: str) -> list[str]:
        """What Docker is told, without what is to run."""
        settings = self.surroundings.environment(service) | {"ITHACA_ROLE": role}
        named = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]
        home = self.surroundings.home
        place = ["--network", "host", "--read-only", "--volume", f"{home}:{home}:ro"]
        user = ["--user", f"{os.getuid()}:{os.getgid()}"]  # who may read the keys
        return ["docker", "run", "--rm", *options, *place, *user, *named]

    def migrate(self, service: str) -> None:
        """Make what the service needs."""
        _done([*self.words(service, "all"), _image(service), "migrate"])

    def python(self, service: str) -> float:
        """Seconds of a container in which Python starts and ends."""
        began = time.monotonic()
        _done([*self.words(service, "all", "--entrypoint", PYTHON), _image(service), "-c", "pass"])
        return time.monotonic() - began

    def ready(self, service: str, role: str) -> float:
        """Seconds until a container is ready, which is then stopped."""
        url = f"{self.surroundings.address(service)}/readyz"
        began = time.monotonic()
        with self._running(service, role), httpx.Client(trust_env=False, timeout=1.0) as http:
            asyncio.run(eventually(lambda: _is_ready(http, url), PATIENCE))
            return time.monotonic() - began

    @contextmanager
    def _running(self, service: str, role: str) -> Iterator[None]:
        name = _done([*self.words(service, role, "--detach"), _image(service)]).strip()
        try:
            yield
        finally:
            _done(["docker", "stop", "--time", "60", name])


def _image(service: str) -> str:
    return f"ithaca/{service}:dev"


def _done(words: list[str]) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words[:2])}: {done.stderr.strip()}\nDoes a Docker daemon run here, and has `make images`?")
    return done.stdout


def _is_ready(http: httpx.Client, url: str) -> bool:
    try:
        return http.get(url).is_success
    except httpx.TransportError:
        return False


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=5)
    options = parser.parse_args()
    console = Console(stderr=not sys.stdout.isatty(), soft_wrap=True)
    pairs = {(service, role): Pairs() for service in service_names() for role in ("api", "worker")}
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongo = stack.enter_context(Mongo(home, progress=console.print))
        kafka = stack.enter_context(Kafka(home, quick_start=False, progress=console.print))
        make_keys(home / "signing-keys.json")
        ports = {service: port(home, service) for service in service_names()}
        containers = Containers(Surroundings(home, "bench", kafka.bootstrap, mongo.url, port(home, "mail"), ports))
        for service in service_names():
            containers.migrate(service)
        for number in range(options.passes):
            for (service, role), pair in pairs.items():
                pair.add(containers.ready(service, role))
            python = containers.python("intake")
            console.print(f"pass {number + 1}: a container with Python alone takes {python:.2f} s")
    rows = [pair.row(f"{service}, {role}", "s", "", most=GOAL) for (service, role), pair in pairs.items()]
    write(rows, RESULT)
    show(rows, "From the start of a container until it is ready")


if __name__ == "__main__":
    main()
