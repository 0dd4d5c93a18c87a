"""`ithaca sign-in`: a link by which a newcomer signs in to the sample organization of this machine, once."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from deploy.first_steps.sample import Link, prepare
from deploy.local.processes import CannotStart
from deploy.local.running import Operator, Running
from deploy.local.settings import LocalSettings
from deploy.operate.target import ISSUER, NoTarget, Target, find, running_here
from deploy.tour.api import DidNotHappen, Refused, Services, services_at

FAILURES = (DidNotHappen, Refused, NoTarget, CannotStart)

app = typer.Typer(add_completion=False)


class Who(StrEnum):
    """Whom there is in the sample."""

    ADMIN = "admin"
    MANAGER = "manager"


@app.command(epilog="Example: ithaca sign-in --as manager")
def sign_in(
    who: Annotated[Who, typer.Option("--as", help="As whom: the organization's admin, or its program's manager.")] = (
        Who.ADMIN
    ),
    operator: Annotated[
        bool, typer.Option("--operator", help="As an operator, in any deployment that ITHACA_SERVICES names.")
    ] = False,
) -> None:
    """Print a link that signs you in to the sample organization of the system on this machine, once.

    With --operator it leads to the operators' pages, here or in the deployment whose operator's credentials are set.
    """
    settings = LocalSettings()
    try:
        if operator:
            typer.echo(asyncio.run(operators_way_in(find([]), settings)))
        else:
            typer.echo(asyncio.run(way_in(running_here(settings.home), settings, who)))
    except FAILURES as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from error


async def way_in(running: Running, settings: LocalSettings, who: Who = Who.ADMIN) -> str:
    """What a newcomer reads: where to sign in, and until when; raises Refused, and DidNotHappen."""
    async with services_at(running.services) as services:
        sample = await prepare(services, running.operator())
        made = await sample.new_link(who)
    return (
        f"Sign in as the {who} of {sample.organization_id}, once, within {made.expires_in // 60} minutes, "
        f"on this machine:\n\n  {page(running, settings)}?link={made.link}\n\n"
        "`ithaca sign-in` prints another link, with --as manager one for who manages the program, with --operator one "
        "for who runs the system."
    )


async def operators_way_in(target: Target, settings: LocalSettings) -> str:
    """What an operator reads: where to sign in, and until when; raises Refused, and DidNotHappen."""
    async with services_at({ISSUER: target.issuer}, is_here=target.log_folder is not None) as services:
        made = await operator_link(services, target.operator)
    base = settings.links or target.addresses.get("console") or target.issuer
    return (
        f"Sign in as an operator, once, within {made.expires_in // 60} minutes:\n\n"
        f"  {base.rstrip('/')}/operator/sign-in?link={made.link}"
    )


async def operator_link(services: Services, operator: Operator) -> Link:
    """Make a link by which an operator signs in on pages; raises Refused, and DidNotHappen."""
    return await (await services.token(operator)).post_for(ISSUER, "/operator-links", Link)


def page(running: Running, settings: LocalSettings) -> str:
    """Where people sign in: on the pages that mails lead to, on the console's, or at the service itself."""
    if base := settings.links or running.services.get("console"):
        return f"{base.rstrip('/')}/sign-in"
    return f"{running.services['intake']}/v1/sign-in"
