"""What the commands of operators have in common: their options, and how one runs and ends."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any

import typer

from deploy.local.processes import CannotStart
from deploy.operate.client import PATIENCE, Services, Unanswered, asked
from deploy.operate.known_words import complete_service
from deploy.operate.target import NoTarget, Target, find

INTERRUPTED = 130

Chosen = Annotated[
    list[str],
    typer.Option(
        "--service",
        metavar="NAME[=URL]",
        autocompletion=complete_service,
        default_factory=list,
        show_default=False,
        help="Only this service; with a URL, the one at that address. May be given again.",
    ),
]
Tenant = Annotated[str, typer.Option(help="Only of this organization.")]
Handler = Annotated[str, typer.Option(help="Only of this handler.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

Work = Callable[[Services], Coroutine[Any, Any, int]]
"""What a command does; it returns its exit status."""


def operate(
    chosen: Sequence[str],
    work: Work,
    *,
    interrupted: int = INTERRUPTED,
    patience: float = PATIENCE,
    tenant: str = "",
) -> None:
    """Do the work, and end with the exit status that it returns; with 1 and a sentence if it cannot be done.

    Ctrl-C ends it with the status `interrupted`. With a `tenant` it is done in that organization.
    """
    try:
        code = asyncio.run(_with_services(find(chosen), patience, tenant, work))
    except (Unanswered, NoTarget, CannotStart) as error:
        typer.echo(error, err=True)
        code = 1
    except KeyboardInterrupt:
        code = interrupted
    raise typer.Exit(code)


async def _with_services(target: Target, patience: float, tenant: str, work: Work) -> int:
    async with asked(target, patience, tenant) as services:
        return await work(services)
