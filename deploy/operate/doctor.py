"""`ithaca doctor`: whether what runs on this machine has all that it needs, and what to do if not."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.deployment import service_names
from deploy.local.folders import remembered
from deploy.local.mail import FOLDER as MAIL
from deploy.local.processes import CannotStart
from deploy.local.running import FILE, found
from deploy.local.settings import LocalSettings
from deploy.local.surroundings import Surroundings
from deploy.operate.command import INTERRUPTED, AsJson
from deploy.operate.known_words import complete_service, no_service

Named = Annotated[
    list[str],
    typer.Option(
        "--service",
        metavar="NAME",
        autocompletion=complete_service,
        default_factory=list,
        show_default=False,
        help="Only this service.",
    ),
]

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: ithaca doctor")
def doctor(named: Named, as_json: AsJson = False) -> None:
    """Say what is wrong with the settings, the broker, the database and the services, and what to do.

    It looks at what `ithaca up` runs on this machine. In a cell, a pod of each service looks by itself:
    kubectl -n cell-acme exec deploy/matching-worker -- /dependencies/bin/python /app doctor

    It ends with 1 if something is wrong. It changes nothing.
    """
    known = service_names()
    for name in named:
        if name not in known:
            raise typer.BadParameter(no_service(name, known))
    try:
        surroundings = surroundings_of(LocalSettings().home)
    except CannotStart as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None
    names = named or known
    words = [sys.executable, "-P", "-m", "deploy.operate.examination", *names, *(["--json"] if as_json else [])]
    try:
        # A process of its own, with the settings that the services have.
        done = subprocess.run(words, env=os.environ | surroundings.environment(*names), check=False)  # noqa: S603
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(done.returncode)


def surroundings_of(home: Path) -> Surroundings:
    """Those of the system that runs in the home; raises `CannotStart` if none does."""
    if not (home / FILE).exists():
        raise CannotStart(f"No system runs in {home}. Start one with `ithaca up`; elsewhere, ask a pod: see --help.")
    running, ports = found(home), remembered(home)
    return Surroundings(home, running.cell, running.kafka_bootstrap, running.mongo_url, ports[MAIL], ports)
