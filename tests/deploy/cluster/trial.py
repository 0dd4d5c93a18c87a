"""Cells on a real cluster, disturbed under load: `make test-kubernetes`, on whatever cluster `KUBECONFIG` names.

A cell comes up from nothing. It is rolled, killed, drained, scaled, misconfigured and upgraded while people come in,
and what came of each acknowledged command is counted. Then it takes the tour, is restored to a backup, if its database
was started here, and a small cell comes and goes beside it.

That needs the images `ithaca/<service>:TAG` on the cluster's nodes, and a place from which service addresses answer,
such as a node. Words given to it choose the disruptions whose names hold one of them, `restored` the restore. What is
set by the environment:

- `ITHACA_IMAGES`: their tag, `dev` if not set; `ITHACA_NEXT_IMAGES`: the tag to upgrade to, else there is no upgrade;
  `ITHACA_NEXT_VERSION`: the version of those, if it is another one
- `ITHACA_PEOPLE_PER_SECOND`: the load, 3 if not set; each person makes three commands, two events, a mail or two
- `KAFKA_BOOTSTRAP`, `MONGO_URL`, `ITHACA_ADVERTISED_HOST`: see `tests.deploy.cluster.ground`
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from deploy.deployment import service_names
from deploy.local.processes import CannotStart
from deploy.tour.api import DidNotHappen, Refused
from deploy.tour.command import take
from tests.deploy.cluster import disruptions
from tests.deploy.cluster.cell import Cell, placed, policies
from tests.deploy.cluster.cluster import NotDone
from tests.deploy.cluster.ground import Ground, ground
from tests.deploy.cluster.ledger import Ledger
from tests.deploy.cluster.load import Load, people_per_second
from tests.deploy.cluster.report import Report, Stage
from tests.deploy.cluster.restoring import restore
from tests.restore.backup import Backup

STEADY = 45.0
BETWEEN = 5.0
"""Seconds of rest: before all else, to compare with; and between two disruptions."""
TOURS = 3
"""How often the tour is tried: it is impatient."""
FOLDER = Path("build/kubernetes")


def main() -> None:
    """Try all of it; ends with code 1 if something failed, was lost or was done twice."""
    if not os.environ.get("KUBECONFIG"):
        print("Skipped: KUBECONFIG names no cluster, so no cell was tried on one.")  # noqa: T201
        return
    report = Report()
    try:
        with TemporaryDirectory(prefix="ithaca-") as home, ground(Path(home)) as below, policies():
            try_cells(below, report)
    except (NotDone, CannotStart, DidNotHappen, Refused) as error:
        report.problems.append(str(error))
    finally:
        report.write(FOLDER)
        report.show()
    sys.exit(0 if report.is_good else 1)


def try_cells(below: Ground, report: Report) -> None:
    """A pooled cell, which is disturbed; then a small one comes and goes beside it."""
    with placed(Cell("pooled", below, os.environ.get("ITHACA_IMAGES", "dev"))) as pooled:
        report.say(f"The cell pooled came up from nothing in {pooled.come_up():.0f} s.")
        ask_doctor(pooled, report)
        disturb(pooled, report)
        take_tour(pooled, report)
        if below.database and _is_chosen("restored"):
            note = restore(pooled, Backup(below.database, below.home / "backup"))
            report.say(f"It was restored to a backup: {note}.")
        untouched = disruptions.names(pooled.pods())
        with placed(Cell("birch", below, pooled.tag, pooled.version)) as small:
            report.say(f"The small cell birch came up beside it in {small.come_up():.0f} s.")
            ask_doctor(small, report)
            take_tour(small, report)
        if untouched != disruptions.names(pooled.pods()):
            raise NotDone("A cell that came and went has changed the pods of another.")
        report.say("Its coming and going touched no pod of the other.")


def ask_doctor(cell: Cell, report: Report) -> None:
    """The doctor of each service, in a pod of it: it finds nothing wrong."""
    for service in service_names():
        try:
            cell.ask_doctor(service)
        except NotDone as error:
            report.problems.append(f"The doctor of {service} in {cell.name}: {error}")


def take_tour(cell: Cell, report: Report) -> None:
    """The tour, through the addresses of the services; again where a crowded machine has made it wait for too long."""
    for _ in range(TOURS):
        summary = asyncio.run(take(cell.running(), Console(quiet=True)))
        if summary.ok:
            break
        report.say(f"The tour of {cell.name} ended early: {summary.problem}")
    else:
        report.problems.append(f"No tour of {cell.name} has passed.")
        return
    events = sum(sum(step.events.values()) for step in summary.steps)
    report.say(f"The tour of {cell.name} passed: {len(summary.steps)} steps, {events} events, {summary.seconds:.0f} s.")


def disturb(cell: Cell, report: Report) -> None:
    """Everything in turn, under one load; then what has come of it is counted."""
    with Load(cell.addresses(), cell.running().operator(), people_per_second()) as load:
        report.samples = load.samples
        for name, disruption in stages(cell):
            report.stages.append(measured(name, disruption, report))
            disruptions.rest(BETWEEN)
        load.stop()
        report.effects = Ledger(cell, load).count()


def measured(name: str, disruption: Callable[[], str], report: Report) -> Stage:
    """The stage that a disruption was; if it did not go as it should, the others are tried all the same."""
    began = time.monotonic()
    try:
        note = disruption()
    except NotDone as error:
        note = "not as it should be"
        report.problems.append(f"{name}: {error}")
    report.say(f"{name}: {time.monotonic() - began:.0f} s {note}")
    return Stage(name, began, time.monotonic(), note)


def stages(cell: Cell) -> Iterator[tuple[str, Callable[[], str]]]:
    """What is done, by name; the first one is what the others are compared with."""
    yield "nothing", partial(disruptions.rest, STEADY)
    for name, disruption in _disruptions(cell):
        if _is_chosen(name):
            yield name, disruption


def _is_chosen(name: str) -> bool:
    return any(word in name for word in sys.argv[1:] or [""])


def _disruptions(cell: Cell) -> Iterator[tuple[str, Callable[[], str]]]:
    for service in service_names():
        yield f"{service} rolled", partial(disruptions.roll, cell, service)
    yield "the worker of intake killed", partial(disruptions.kill, cell, "intake", "worker")
    yield "the worker of notify killed", partial(disruptions.kill, cell, "notify", "worker")
    yield "an api pod of intake killed", partial(disruptions.kill, cell, "intake", "api")
    yield "a node drained", partial(disruptions.drain, cell)
    yield "the workers of matching 1, 3, 1", partial(disruptions.scale, cell, "matching", 3)
    for what, wrong in disruptions.WRONG.items():
        yield f"{what} rolled out, and taken back", partial(disruptions.misconfigure, cell, wrong)
    for name, restart in cell.ground.restarts.items():
        yield name, partial(_restarted, restart)
    if tag := os.environ.get("ITHACA_NEXT_IMAGES"):
        version = os.environ.get("ITHACA_NEXT_VERSION", cell.version)
        yield f"upgraded from {cell.tag} to {tag}", partial(disruptions.upgrade, cell, tag, version)


def _restarted(restart: Callable[[], None]) -> str:
    restart()
    return disruptions.rest(15)  # until all have found it again


if __name__ == "__main__":
    main()
