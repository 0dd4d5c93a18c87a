"""`ithaca doctor`: whether what runs on this machine has all that it needs, and what to do if not."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from deploy.local.folders import remembered
from deploy.local.mail import FOLDER as MAIL
from deploy.local.processes import CannotStart
from deploy.local.running import FILE, found
from deploy.local.settings import LocalSettings
from deploy.local.surroundings import SERVICES, Surroundings
from deploy.operate.asking import AsJson
from shared.doctor.command import AS_JSON, wants_color
from shared.doctor.finding import Examined, Finding, Level, Part
from shared.doctor.report import lines

AT_ONCE = 2
"""Processes that look, beside those that they look at."""

Named = Annotated[
    list[str],
    typer.Option("--service", metavar="NAME", default_factory=list, show_default=False, help="Only this service."),
]

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: ithaca doctor")
def doctor(named: Named, as_json: AsJson = False) -> None:
    """Say what is wrong with the settings, the broker, the database and the services, and what to do.

    It looks at what `ithaca up` runs on this machine. In a cell, a pod of each service looks by itself:
    kubectl -n cell-acme exec deploy/matching-worker -- /dependencies/bin/python /app doctor

    It ends with 1 if something is wrong. It changes nothing.
    """
    for name in named:
        if name not in SERVICES:
            raise typer.BadParameter(f"there is no service {name}: there are {', '.join(SERVICES)}")
    try:
        place = surroundings(LocalSettings().home)
    except CannotStart as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None
    with Console(stderr=True).status("looks at settings, broker, database and services"):
        examined = merged(asyncio.run(_examine(place, named or SERVICES)))
    if as_json:
        typer.echo(json.dumps(examined.model_dump(mode="json"), indent=2))
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines(examined, wants_color(sys.stdout)))
    raise typer.Exit(int(examined.is_wrong))


def surroundings(home: Path) -> Surroundings:
    """Those of the system that runs in the home; raises `CannotStart` if none does."""
    if not (home / FILE).exists():
        raise CannotStart(f"No system runs in {home}. Start one with `ithaca up`; elsewhere, ask a pod: see --help.")
    running, ports = found(home), remembered(home)
    return Surroundings(home, running.cell, running.kafka_bootstrap, running.mongo_url, ports[MAIL], ports)


def merged(every: Sequence[Examined]) -> Examined:
    """One for all services: what was found about each of them is said once, the rest with the services' names."""
    known: dict[Finding, list[str]] = {}
    for examined in every:
        for finding in examined.findings:
            known.setdefault(finding, []).extend(examined.services)
    services = [name for examined in every for name in examined.services]
    findings = [
        finding if names == services else finding.model_copy(update={"found": f"{', '.join(names)}: {finding.found}"})
        for finding, names in known.items()
    ]
    return Examined(services=services, cell=every[0].cell, version=every[0].version, findings=findings)


async def _examine(place: Surroundings, names: Sequence[str]) -> list[Examined]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> Examined:
        async with room:
            return await _ask(place, name)

    return await asyncio.gather(*map(one, names))


async def _ask(place: Surroundings, name: str) -> Examined:
    """What a process of the service finds, with the settings that the running one has."""
    environment = os.environ | place.environment(name)
    words = (sys.executable, "-P", "-m", f"services.{name}", "doctor", AS_JSON)
    pipe = asyncio.subprocess.PIPE
    looking = await asyncio.create_subprocess_exec(*words, env=environment, stdout=pipe, stderr=pipe)
    told, complaint = await looking.communicate()
    try:
        return Examined.model_validate_json(told)
    except ValidationError:
        last = (complaint.decode(errors="replace").strip().splitlines() or ["without a word"])[-1]
        remedy = "Look whether Ithaca is installed as a whole."
        failed = Finding(
            part=Part.SERVICES, name="doctor", level=Level.WRONG, found=f"has ended: {last}", remedy=remedy
        )
        return Examined(services=[name], cell=place.cell, version="", findings=[failed])
