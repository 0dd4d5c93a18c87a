"""`ithaca status`: what all services do, at a glance or as it goes on."""

import asyncio
import json
from functools import partial
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.live import Live

from deploy.operate.answers import Status
from deploy.operate.client import NoToken, Services, Unanswered, by_service, of_each
from deploy.operate.command import AsJson, Chosen, operate
from deploy.operate.panel import Panel
from deploy.operate.target import ISSUER

PERIOD = 2.0
"""Seconds between two looks; the services count their figures as often."""

PATIENCE = 4.0
"""Seconds that a service gets; one whose broker or database is away needs three to say so."""

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: ithaca status --watch")
def status(
    chosen: Chosen,
    watch: Annotated[bool, typer.Option("--watch", help="Look every 2 seconds, until Ctrl-C.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what each service does: events in and out, what waits, what fails. It ends with 1 if one does not answer.

    Lag counts events on topics; the outbox chunks of events, with the age of the oldest. Due timers, waiting effects
    and parked lanes are worked off; dead letters wait for you.
    """
    if watch:
        operate(chosen, watched_json if as_json else watched, interrupted=0, patience=PATIENCE)
    operate(chosen, partial(once, as_json=as_json), patience=PATIENCE)


async def once(services: Services, as_json: bool) -> int:
    """Show it; returns 1 if a service is down, or its database or broker is."""
    statuses = await ask(services)
    if as_json:
        typer.echo(json.dumps(by_service(statuses), indent=2))
    else:
        Console(highlight=False).print(Panel(statuses))
    return int(not all(is_well(status) for status in statuses.values()))


async def watched(services: Services) -> NoReturn:
    """Show it again and again."""
    await show_live(services, Console(highlight=False))


async def show_live(services: Services, console: Console) -> NoReturn:
    """Show what the services do, on one place of the terminal, until it is cancelled."""
    with Live(Panel(await ask(services)), console=console, auto_refresh=False) as live:
        while True:
            await asyncio.sleep(PERIOD)
            live.update(Panel(await ask(services)), refresh=True)


async def watched_json(services: Services) -> NoReturn:
    """Print a line of JSON again and again."""
    while True:
        typer.echo(json.dumps(by_service(await ask(services))))
        await asyncio.sleep(PERIOD)


async def ask(services: Services) -> dict[str, Status | Unanswered]:
    """What each service says, in one request to each."""
    return await of_each(services.names, partial(_status, services))


def is_well(status: Status | Unanswered) -> bool:
    """Whether the service answers, and reaches what it stands on."""
    return isinstance(status, Status) and (status.database, status.broker) == ("ok", "ok")


async def _status(services: Services, name: str) -> Status:
    try:
        return await services.get(name, "/status", Status)
    except NoToken:
        if name == ISSUER:
            raise
    # Whether it works can be asked without a token.
    if not await services.is_ready(name):
        raise Unanswered(f"{name} answers that it is not ready. {services.target.remedy(name)}")
    raise Unanswered(f"{name} is ready; its figures take a token, which {ISSUER} does not give.")
