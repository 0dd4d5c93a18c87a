"""`ithaca up`: the whole system, from the first download to the last process stopped."""

import asyncio
import shutil
import time
from contextlib import suppress
from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from deploy.first_steps.sign_in import way_in
from deploy.local.display import show_at_work
from deploy.local.folders import locked
from deploy.local.foreground import failing_with_a_sentence, shown_system, stoppable
from deploy.local.mongod import NEWER
from deploy.local.processes import CannotStart
from deploy.local.settings import LocalSettings
from deploy.local.system import System
from deploy.tour.api import DidNotHappen, Refused
from deploy.tour.command import take_first
from shared.engine.mongo.versions import end_of_life

KEPT = ("kafka", "mongo", "mail", "logs")
"""The folders of a home that go when it is emptied; keys, credentials and ports stay."""

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: ithaca up --fresh --yes")
def up(
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin with empty data, after a confirmation.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Take the confirmation as given.")] = False,
    with_tour: Annotated[
        bool, typer.Option("--with-tour", help="Take the tour first, unless its data is there.")
    ] = False,
) -> None:
    """Start everything on this machine: broker, database, mail server, services. Ctrl-C stops it; the data stays.

    A part that dies is started again, three times a minute at most, and that is told with the end of its log.

    KAFKA_BOOTSTRAP and MONGO_URL name a broker and a replica set that run elsewhere, ITHACA_MONGOD a program mongod,
    ITHACA_HOME another folder for data, keys and logs.
    """
    settings = LocalSettings()
    with failing_with_a_sentence(), stoppable(code=0):
        if fresh:
            empty(settings, is_confirmed=yes)
        run(settings, Console(), with_tour)


def empty(settings: LocalSettings, is_confirmed: bool) -> None:
    """Delete what the broker, the database and the mail server have kept; raises CannotStart where that cannot be."""
    if settings.kafka_bootstrap or settings.mongo_url:
        raise CannotStart("--fresh empties its own broker and database only: unset KAFKA_BOOTSTRAP and MONGO_URL.")
    with locked(settings.home, "Ithaca"):
        if not is_confirmed:
            typer.confirm(f"Delete all data in {settings.home}?", abort=True)
        for folder in KEPT:
            shutil.rmtree(settings.home / folder, ignore_errors=True)


def run(settings: LocalSettings, console: Console, with_tour: bool) -> None:
    """Start the system, tell where it is, and look after it until somebody stops it."""
    began = time.monotonic()
    with shown_system(settings, console) as system:
        seconds = time.monotonic() - began
        try:
            if with_tour:
                asyncio.run(take_first(system.running, console))
            console.print(welcome(system, seconds), markup=False, highlight=False, soft_wrap=True)
            console.print(let_in(system, settings), markup=False, highlight=False, soft_wrap=True)
            look_after(system, console)
        finally:
            with suppress(OSError):  # the terminal may be gone
                console.print("Stopping ...")


def let_in(system: System, settings: LocalSettings) -> str:
    """The link by which a newcomer signs in as the sample organization's admin, or why there is none."""
    try:
        return asyncio.run(way_in(system.running, settings)) + "\n"
    except (DidNotHappen, Refused, CannotStart) as error:
        return f"There is no link to sign in with: {error} `ithaca sign-in` tries again.\n"


def look_after(system: System, console: Console) -> None:
    """Until one of its processes ends again and again; raises PartEnded then. A terminal shows what it does."""
    if console.is_terminal:
        asyncio.run(show_at_work(system, console))
    system.watch(partial(console.print, markup=False, highlight=False, soft_wrap=True))


def welcome(system: System, seconds: float) -> str:
    """What somebody wants to know of a system that has just started; `seconds` with all downloads."""
    running, downloads = system.running, system.download_seconds
    apart = f", and downloaded for {downloads:.1f} s before" if downloads else ""
    version = f", version {system.mongo_version}" if system.mongo_version else ""
    addresses = {
        **running.services,
        "Apache Kafka": f"{running.kafka_bootstrap}, topics {running.cell}.*",
        "MongoDB": f"{running.mongo_url}, databases {running.cell}_*{version}",
        "credentials": f"{running.operator_file} (the operator's)",
        "logs": str(running.log_folder),
    }
    lines = [f"  {name:<13} {address}" for name, address in addresses.items()]
    began = f"\nIthaca runs: it started in {seconds - downloads:.1f} s{apart}.\n"
    return "\n".join([began, *lines, *_advice(system.mongo_version), FIRST])


def _advice(mongo_version: str) -> list[str]:
    """Say what to do about a database whose version gets no more fixes."""
    if not mongo_version or not (sentence := end_of_life(mongo_version)):
        return []
    return [f"\n{sentence}. For a newer one, {NEWER}, then `ithaca up --fresh`."]


FIRST = """
Try first, in another terminal:

  ithaca tour        a real community is matched and mentored, told step by step with the events
  ithaca sign-in     a link by which you sign in to the sample organization, once
  ithaca mail list   the mail that went out, which stays on this machine
  ithaca status      how every service is; with --watch, for as long as you look
  ithaca events      what has happened, event by event; with --follow, as it happens
  ithaca docs        all pages in a browser, once `make docs` has built them

Each service describes its interface at /openapi.json. Tokens come from intake's /oauth/token, for the credentials.
Ctrl-C stops everything; the data stays.
"""
