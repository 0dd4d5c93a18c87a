"""`ithaca replay`: stored events once more, for a consumer group that wants to catch up or begin anew."""

import shlex
from collections.abc import Mapping
from functools import partial
from typing import Annotated
from urllib.parse import quote

import typer
from rich.table import Table

from deploy.operate.answers import Replay
from deploy.operate.client import Services
from deploy.operate.command import AsJson, Chosen, Tenant, operate
from deploy.operate.figures import counted, past
from deploy.operate.known_words import checked_types, complete_service, complete_type
from deploy.operate.lists import Found, show_list
from deploy.operate.progress import Stage, watch

MOST_LISTED = 500

app = typer.Typer(add_completion=False)

Request = Mapping[str, object]


@app.command(epilog="Example: ithaca replay matching --group warehouse --tenant northlight --since 7d")
def replay(
    chosen: Chosen,
    types: Annotated[
        list[str],
        typer.Option(
            "--type",
            autocompletion=complete_type,
            callback=checked_types,
            default_factory=list,
            show_default=False,
            help="Only of this type. May be given again.",
        ),
    ],
    service: Annotated[
        str, typer.Argument(autocompletion=complete_service, help="Whose events; without it, all replays are listed.")
    ] = "",
    group: Annotated[str, typer.Option(help="The consumer group that is to read them. It must not run now.")] = "",
    tenant: Tenant = "",
    since: Annotated[
        str, typer.Option(metavar="TIME", callback=past, help="From so long ago (2h, 7d), or 2026-01-31T12:00Z.")
    ] = "",
    until: Annotated[str, typer.Option(metavar="TIME", callback=past, help="Up to then.")] = "",
    as_json: AsJson = False,
) -> None:
    """Publish stored events again, to a topic of their own for one group; or list the replays of a service.

    The same command again comes back to the same replay.
    """
    if not group:
        operate([*chosen, service] if service else chosen, partial(_list, as_json=as_json))
    wanted = {"group": group, "tenant": tenant, "types": types, "since": since, "until": until}
    request = {name: value for name, value in wanted.items() if value}
    operate(chosen, partial(_replay, service=service, request=request))


async def _list(services: Services, as_json: bool) -> int:
    return await show_list(
        services,
        lambda name: services.every(name, "/replays", Replay, MOST_LISTED),
        lambda found: [_table(found)],
        nothing="There is no replay.",
        as_json=as_json,
    )


def _table(found: Found[Replay]) -> Table:
    table = Table("service", "group", "state", "events", "topic", box=None, header_style="dim", pad_edge=False)
    for service, replay in found:
        table.add_row(service, replay.group, replay.state, counted(replay.published), replay.topic)
    return table


async def _replay(services: Services, service: str, request: Request) -> int:
    services.check(service)
    begun = await services.post(service, "/replays", Replay, request)
    path = f"/replays/{quote(begun.name, safe='')}"

    async def look() -> Stage:
        return _stage(await services.get(service, path, Replay))

    return await watch(_stage(begun), look, f"Come back with: {_command(service, request)}")


def _stage(replay: Replay) -> Stage:
    is_over = replay.state != "running"
    problem = (replay.error or "its state says no more") if replay.state == "failed" else None
    sentence = f"{replay.topic}: {counted(replay.published)} events" if is_over else replay.topic
    return Stage(sentence, is_over, replay.published, replay.expected, problem)


def _command(service: str, request: Request) -> str:
    """What asks for the same replay: times that were so long ago have moved on since."""
    words = ["ithaca", "replay", service]
    for name, value in request.items():
        for each in value if isinstance(value, list) else [value]:
            words += [f"--{name.removesuffix('s') if name == 'types' else name}", str(each)]
    return shlex.join(words)
