"""`ithaca tour`: takes the tour of the system that runs, or of one that it starts and stops again."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import uuid4

import httpx
import typer
from rich.console import Console

from deploy.local.folders import AlreadyRunning
from deploy.local.foreground import failing_with_a_sentence, shown_system, stoppable
from deploy.local.running import Running, found
from deploy.local.settings import LocalSettings
from deploy.tour import onboarding
from deploy.tour.api import DidNotHappen, Refused, Services
from deploy.tour.guide import Guide, TourSummary
from deploy.tour.observer import Observer
from deploy.tour.path import walk

TIMEOUT = 30.0
"""Seconds for one answer."""

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: ithaca tour --json | python -m json.tool")
def tour(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a summary of each step instead, for programs.")
    ] = False,
) -> None:
    """See a real community being matched and mentored, told step by step with the events that each step has caused.

    It ends with code 0 only if all of it has happened. Without a system that runs, one is started, and stopped at the
    end; what the tour has done stays in its data.
    """
    with failing_with_a_sentence(), stoppable(code=130), running_system(LocalSettings()) as running:
        summary = asyncio.run(take(running, Console(quiet=as_json)))
        if as_json:
            typer.echo(summary.model_dump_json(indent=2))
        raise typer.Exit(0 if summary.ok else 1)


@contextmanager
def running_system(settings: LocalSettings) -> Iterator[Running]:
    """The system that runs in the home, or one for this block."""
    try:
        with shown_system(settings, Console(stderr=True)) as system:
            yield system.running
    except AlreadyRunning:
        yield found(settings.home)


async def take_first(running: Running, console: Console) -> None:
    """Take the tour, unless somebody has before."""
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
        try:
            is_first = not await onboarding.is_registered(Services(http, running.services), running.operator())
        except (DidNotHappen, Refused) as error:
            console.print(f"There is no tour: {error}", markup=False)
            return
    if is_first:
        console.print("\nA tour, so that there is something to look at:\n")
        await take(running, console)


async def take(running: Running, console: Console) -> TourSummary:
    """Take the whole tour, and sum it up."""
    began, prefix = time.monotonic(), f"tour-{uuid4().hex[:8]}/"
    observer = Observer(running.kafka_bootstrap, running.cell, list(running.services), prefix)
    # Proxies are for the world outside: what the environment says of them is left alone.
    async with observer, httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
        guide, problem = Guide(console, Services(http, running.services), observer), None
        try:
            await walk(guide, running)
        except (DidNotHappen, Refused) as error:
            problem = str(error)
        summary = guide.summary(time.monotonic() - began, problem)
    console.print(ending(summary, running), markup=False, highlight=False)
    return summary


def ending(summary: TourSummary, running: Running) -> str:
    """The last words of the tour."""
    events = sum(sum(step.events.values()) for step in summary.steps)
    if summary.ok:
        return f"All of it happened, in {summary.seconds:.0f} s and {events} events. It stays, to be looked at."
    return f"The tour ends here: {summary.problem}\nThe logs of the services are in {running.log_folder}."
