"""`ithaca tenants`: what each organization has of the services, and how much it may have."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Annotated, NoReturn

import typer
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from deploy.operate.answers import Limit, LimitSet, Tenant, Tenants
from deploy.operate.client import Services, Unanswered, answered, by_service, code_of, of_each
from deploy.operate.command import AsJson, Chosen, operate
from deploy.operate.command import Tenant as OnlyTenant
from deploy.operate.figures import NONE, at_least
from deploy.operate.status import PERIOD

app = typer.Typer(
    help="Show what each organization has of the services: what waits, what runs, its share, its limits.",
    epilog="Example: ithaca tenants --watch",
    add_completion=False,
    invoke_without_command=True,
)

Answers = Mapping[str, Tenants | Unanswered]
Fetch = Callable[[Services], Awaitable[Answers]]


@app.callback()
def tenants(
    context: typer.Context,
    chosen: Chosen,
    tenant: OnlyTenant = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many of each service, the busiest.")] = 30,
    watch: Annotated[bool, typer.Option("--watch", help="Look every 2 seconds, until Ctrl-C.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what each organization has of the services, the busiest first.

    Queued are messages and effects that wait, running those under way, and retrying those that failed or came too
    early. The share is that of all messages of the last minute. Where there are several services, each has a line.
    """
    if context.invoked_subcommand is not None:
        return
    ask = partial(_ask, tenant=tenant, limit=limit)
    if watch:
        operate(chosen, partial(_watch, ask=ask, as_json=as_json), interrupted=0)
    operate(chosen, partial(_once, ask=ask, as_json=as_json))


@app.command(
    "limit",
    epilog="Example: ithaca tenants limit northlight --weight 2 --queued 500; back again: --default",
    no_args_is_help=True,
)
def set_limit(
    chosen: Chosen,
    tenant: Annotated[str, typer.Argument(help="Whose limits.", show_default=False)],
    weight: Annotated[
        int | None,
        typer.Option(min=1, max=100, help="Messages that it has handled when others have one; 1 is usual."),
    ] = None,
    queued: Annotated[
        int | None,
        typer.Option(min=1, max=1_000_000, help="Commands that may wait in a process; more get 429. Events wait."),
    ] = None,
    running: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, help="Effects that may be under way in a process; timers and lanes likewise."),
    ] = None,
    default: Annotated[bool, typer.Option("--default", help="Put all back to the usual.")] = False,
) -> None:
    """Let an organization have more or less than others; what is not said stays. It holds within five seconds."""
    given = {"weight": weight, "queued": queued, "running": running}
    values = {name: value for name, value in given.items() if value is not None}
    if default == bool(values):
        raise typer.BadParameter("Say --weight, --queued or --running; or --default alone, to put all back.")
    operate(chosen, partial(_limit, body={"tenant": tenant, **({"default": True} if default else values)}))


async def _ask(services: Services, tenant: str, limit: int) -> Answers:
    return await of_each(
        services.names, lambda name: services.get(name, "/tenants", Tenants, tenant=tenant, limit=limit)
    )


async def _once(services: Services, ask: Fetch, as_json: bool) -> int:
    answers = await ask(services)
    if as_json:
        typer.echo(json.dumps(by_service(answers), indent=2))
        return code_of(answers)
    found = answered(answers)
    if any(one.items for one in found.values()):
        Console(highlight=False).print(table(found))
    elif not code_of(answers):
        typer.echo("No organization has had anything to do lately.")
    return code_of(answers)


async def _watch(services: Services, ask: Fetch, as_json: bool) -> NoReturn:
    if as_json:
        while True:
            typer.echo(json.dumps(by_service(await ask(services))))
            await asyncio.sleep(PERIOD)
    with Live(_panel(await ask(services)), console=Console(highlight=False), auto_refresh=False) as live:
        while True:
            await asyncio.sleep(PERIOD)
            live.update(_panel(await ask(services)), refresh=True)


def _panel(answers: Answers) -> RenderableType:
    found = {name: answer for name, answer in answers.items() if not isinstance(answer, Unanswered)}
    problems = [Text(f"✗ {answer}", "red") for answer in answers.values() if isinstance(answer, Unanswered)]
    return Group(table(found), *problems)


def table(found: Mapping[str, Tenants]) -> Table:
    """Each tenant with all that it has, and a line for each service where there are several."""
    shown = Table("tenant", box=None, header_style="dim", pad_edge=False)
    for heading in ("queued", "running", "retrying", "share"):
        shown.add_column(heading, justify="right")
    shown.add_column("limits")
    handled = sum(one.handled for one in found.values())
    for tenant, of_services in _by_tenant(found):
        shown.add_row(tenant, *_figures(list(of_services.values()), handled), _limits(of_services))
        for service, one in of_services.items() if len(found) > 1 else ():
            shown.add_row(f"  {service}", *_figures([one], found[service].handled), "", style="dim")
    return shown


def _by_tenant(found: Mapping[str, Tenants]) -> list[tuple[str, dict[str, Tenant]]]:
    """Group the figures by tenant, the busiest first."""
    tenants: dict[str, dict[str, Tenant]] = {}
    for service, answer in found.items():
        for one in answer.items:
            tenants.setdefault(one.tenant, {})[service] = one
    return sorted(tenants.items(), key=lambda pair: (-sum(one.handled for one in pair[1].values()), pair[0]))


def _figures(some: list[Tenant], handled: int) -> list[str]:
    share = f"{sum(one.handled for one in some) / handled:.0%}" if handled else NONE
    counts = [sum(getattr(one, name) for one in some) for name in ("queued", "running", "retrying")]
    return [*map(at_least, counts), share]


def _limits(of_services: Mapping[str, Tenant]) -> str:
    """What an operator has set; with the service's name if it is not the same in all of them."""
    limits = {service: _words(one.limit, one.is_usual) for service, one in of_services.items()}
    if len(set(limits.values())) == 1:
        return next(iter(limits.values()))
    return ", ".join(f"{service}: {words or 'usual'}" for service, words in limits.items())


def _words(limit: Limit, is_usual: bool) -> str:
    if is_usual:
        return ""
    given = {"queued": limit.queued, "running": limit.running}
    return " ".join([f"weight {limit.weight}", *(f"{name} {value}" for name, value in given.items() if value)])


async def _limit(services: Services, body: Mapping[str, object]) -> int:
    answers = await of_each(services.names, lambda name: services.post(name, "/tenants/limit", LimitSet, body))
    for service, done in answered(answers).items():
        typer.echo(f"{service}: {done.tenant} has {_words(done.limit, done.is_usual) or 'the usual limits'}.")
    return code_of(answers)
