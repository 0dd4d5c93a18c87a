"""`ithaca timers`: what the services will do by themselves, and when."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer
from rich.text import Text

from deploy.operate.answers import Timer
from deploy.operate.client import Services
from deploy.operate.command import AsJson, Chosen, Tenant, operate
from deploy.operate.figures import lasting, on_day
from deploy.operate.lines import colored
from deploy.operate.lists import show_list

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: ithaca timers --tenant northlight --limit 10")
def timers(
    chosen: Chosen,
    tenant: Tenant = "",
    type: Annotated[str, typer.Option(help="Only of this type.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the soonest first.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Show what the services will do by themselves, the soonest first: when (UTC), whose, what, and about what."""
    operate(chosen, partial(_show, filters={"tenant": tenant, "type": type}, limit=limit, as_json=as_json))


async def _show(services: Services, filters: Mapping[str, str], limit: int, as_json: bool) -> int:
    return await show_list(
        services,
        lambda name: services.every(name, "/timers", Timer, limit, **filters),
        lambda found: [_line(*pair) for pair in found],
        nothing="Nothing is planned.",
        as_json=as_json,
        arrange=lambda found: sorted(found, key=lambda pair: pair[1].due)[:limit],
    )


def _line(service: str, timer: Timer) -> Text:
    ahead = (timer.due - datetime.now(UTC)).total_seconds()
    when = f"in {lasting(ahead)}" if ahead > 0 else f"{lasting(-ahead)} late"
    return Text.assemble(
        (f"{on_day(timer.due)} ", "dim"),
        (f"{when:<8}", "" if ahead > 0 else "yellow"),
        f" {timer.tenant:<12} ",
        colored(service, f"{service:<10} "),
        (f"{timer.type} ", "bold"),
        timer.id,
        no_wrap=True,
        overflow="ellipsis",
    )
