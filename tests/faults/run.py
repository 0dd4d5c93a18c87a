"""Disturb two replicas of each service on a real broker and database, and check what came of it all: `make faults`.

People come in, apply, are let in, leave and are paired all the while. Nothing is known of the services but what these
clients were told, what a reader of the topics sees, the mail, and what operators may ask. The seed draws who does what
and what goes wrong; the machine decides the rest, so that a seed is a plan and no replay.
"""

import argparse
import asyncio
import logging
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from types import TracebackType
from typing import Self

from shared.engine.authoring.service import PEOPLE
from tests.faults.checker import violations
from tests.faults.clients import Clients
from tests.faults.disruptions import DISRUPTIONS, Trial
from tests.faults.history import History
from tests.faults.observer import Observer, Operators, mails
from tests.faults.replicas import Cell, running
from tests.faults.report import Report, Stage

FOLDER = Path("build/faults")
STEADY, BETWEEN = 15.0, 5.0
"""Seconds without a disruption: before all, to compare with; and between two."""

END_SECONDS = 240.0
"""In which everything has to come to an end once nothing disturbs it."""

QUIET_LOOKS = 3
"""Looks in a row, a second apart, at which nothing must wait."""


def main() -> None:
    """Try it; ends with code 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000), help="who does what, when")
    parser.add_argument("--minutes", type=float, default=5.0, help="of disruptions (default: %(default)g)")
    parser.add_argument("--rate", type=float, default=2.0, help="people a second (default: %(default)g)")
    parser.add_argument("--only", nargs="+", default=[""], metavar="WORD", help="only disruptions with such a word")
    options = parser.parse_args()
    chosen = [name for name in DISRUPTIONS if any(word in name for word in options.only)]
    if not chosen:
        parser.error(f"--only {' '.join(options.only)}: choose words of {', '.join(DISRUPTIONS)}")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it tells of every attempt to reach a broker that is away
    report = Report(options.seed)
    report.say(f"Seed {options.seed}. Starting a broker, a database, and two processes of each service.")
    with TemporaryDirectory(prefix="ithaca-faults-") as home, running(Path(home)) as cell:
        report.history = disturbed(cell, options, chosen, report)
    report.violations = violations(report.history)
    report.write(FOLDER)
    print(report.text(), flush=True)  # noqa: T201
    sys.exit(bool(report.violations))


def disturbed(cell: Cell, options: argparse.Namespace, chosen: list[str], report: Report) -> History:
    """Everything that was seen while one disruption followed another, and until all had come to an end."""
    history = History()
    clients = Clients(cell.addresses, cell.operator, history, options.seed, options.rate)
    observer = Observer(cell.kafka.bootstrap, [cell.topic(name) for name in (*cell.addresses, PEOPLE)], history)
    operators = Operators(cell.addresses, cell.operator)
    asyncio.run(clients.prepare())
    with Outside(clients, observer) as outside:
        _disturb(Trial(cell, random.Random(options.seed), history, observer), chosen, options.minutes, report)
        report.say("Nothing is disturbed any more; all has to come to an end.")
        outside.let_clients_end()
        history.left += asyncio.run(_ended(operators, observer, END_SECONDS))
        history.letters = asyncio.run(operators.letters())
        history.mails = mails(cell.mails, clients.organization)
        history.pool = asyncio.run(clients.pool())
    history.published = [one for one in history.published if one.position not in history.poison]
    return history


class Outside:
    """Clients and observer, in a thread of their own: processes can only be started from the main one."""

    def __init__(self, clients: Clients, observer: Observer) -> None:
        self.clients, self.observer = clients, observer
        self.answered, self.over = Event(), Event()
        self.problem: BaseException | None = None
        self.thread = Thread(target=self._run, name="outside")

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clients.stopping = True
        self.over.set()
        self.thread.join()

    def let_clients_end(self) -> None:
        """Return when all that was asked is answered; raises what has ended clients or observer early."""
        self.clients.stopping = True
        self.answered.wait()
        if self.problem:
            raise self.problem

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as problem:  # raised again by whoever waits
            self.problem = problem
        finally:
            self.answered.set()

    async def _live(self) -> None:
        looking = asyncio.create_task(self.observer.run())
        await self.clients.run()
        self.answered.set()
        over = asyncio.ensure_future(asyncio.to_thread(self.over.wait))
        await asyncio.wait([over, looking], return_when=asyncio.FIRST_COMPLETED)
        if looking.done():  # which it never does by itself
            looking.result()
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


def _disturb(trial: Trial, chosen: list[str], minutes: float, report: Report) -> None:
    """All that were chosen in turn, in an order of chance, again and again until the time is over."""
    report.stage(Stage.of("nothing", lambda: _rest(STEADY)))
    until, waiting = time.monotonic() + minutes * 60, list[str]()
    while time.monotonic() < until:
        if not waiting:
            waiting = trial.random.sample(chosen, len(chosen))
        name = waiting.pop()
        report.stage(Stage.of(name, lambda name=name: DISRUPTIONS[name](trial)))  # type: ignore[misc]  # a default is no argument
        _rest(BETWEEN)


def _rest(seconds: float) -> str:
    time.sleep(seconds)
    return ""


async def _ended(operators: Operators, observer: Observer, seconds: float) -> list[str]:
    """What is still under way after so many seconds; nothing as soon as nothing was for a few looks in a row."""
    until, quiet = time.monotonic() + seconds, 0
    while True:
        waiting = await operators.waiting()
        quiet = 0 if waiting else quiet + 1
        if quiet >= QUIET_LOOKS or time.monotonic() > until:
            return waiting
        await asyncio.sleep(1.0)


if __name__ == "__main__":
    main()
