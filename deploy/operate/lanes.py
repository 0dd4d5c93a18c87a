"""`ithaca lanes`: messages that wait behind one that failed or came too early, and how to try them now."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer
from rich.text import Text

from deploy.operate.answers import Lane, Woken
from deploy.operate.client import Services, answered, code_of, of_each
from deploy.operate.command import AsJson, Chosen, Handler, Tenant, operate
from deploy.operate.figures import counted, lasting
from deploy.operate.lines import colored
from deploy.operate.lists import show_list

app = typer.Typer(
    help="Show messages that wait in order, and why.",
    epilog="Example: ithaca lanes --service matching",
    add_completion=False,
    invoke_without_command=True,
)


@app.callback()
def lanes(
    context: typer.Context,
    chosen: Chosen,
    tenant: Tenant = "",
    handler: Handler = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many of each service.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Show messages that wait in order: whose, for which handler, how many, for what, and when the first is tried."""
    if context.invoked_subcommand is None:
        filters = {"tenant": tenant, "handler": handler}
        operate(chosen, partial(_show, filters=filters, limit=limit, as_json=as_json))


@app.command(epilog="Example: ithaca lanes wake --handler enter_pool")
def wake(
    chosen: Chosen,
    tenant: Tenant = "",
    handler: Handler = "",
    id: Annotated[str, typer.Option(help="Only this one, as `ithaca lanes` shows it.")] = "",
) -> None:
    """Try what waits now, instead of at its time; without options, all of it."""
    operate(chosen, partial(_wake, filters={"tenant": tenant, "handler": handler, "id": id}))


async def _show(services: Services, filters: Mapping[str, str], limit: int, as_json: bool) -> int:
    return await show_list(
        services,
        lambda name: services.every(name, "/lanes", Lane, limit, **filters),
        lambda found: [_summary(*pair) for pair in found],
        nothing="Nothing waits.",
        as_json=as_json,
    )


def _summary(service: str, lane: Lane) -> Text:
    why = f"waits for {lane.waiting_for}" if lane.waiting_for else f"failed at attempt {lane.attempts}"
    ahead = (lane.wake_at - datetime.now(UTC)).total_seconds() if lane.wake_at else None
    next_try = "after a rebuild" if ahead is None else f"tried again in {lasting(ahead)}" if ahead > 0 else "due now"
    text = Text.assemble(
        colored(service, service),
        f" {lane.tenant} ",
        (lane.handler, "bold"),
        f" {lane.lane}\n  {counted(lane.messages)} waiting; the first {why}, {next_try}",
        (f"\n  id {lane.id}", "dim"),
    )
    return text.append(f"\n  {lane.error}", "red") if lane.error else text


async def _wake(services: Services, filters: Mapping[str, str]) -> int:
    body = {name: value for name, value in filters.items() if value}
    answers = await of_each(services.names, lambda name: services.post(name, "/lanes/wake", Woken, body))
    woken = sum(answer.woken for answer in answered(answers).values())
    typer.echo(f"Tried now: {counted(woken)}." if woken else "There is no such lane.")
    return code_of(answers)
