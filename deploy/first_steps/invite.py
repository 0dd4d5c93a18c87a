"""`ithaca invite`: an operator invites the first admin of an organization, who gives all other roles."""

import asyncio
import json
from typing import Annotated

import typer

from deploy.local.processes import CannotStart
from deploy.local.running import Operator
from deploy.operate.command import AsJson, Chosen
from deploy.operate.target import ISSUER, NoTarget, Target, find
from deploy.tour.api import Body, DidNotHappen, Refused, Services, services_at

FAILURES = (DidNotHappen, Refused, NoTarget, CannotStart)

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: ithaca invite --organization acme --email noor@example.org")
def invite(
    chosen: Chosen,
    organization: Annotated[str, typer.Option(help="The organization: its slug.", show_default=False)],
    email: Annotated[str, typer.Option(help="Who is invited: an address of their own.", show_default=False)],
    role: Annotated[str, typer.Option(help="What they are invited to be.")] = "admin",
    name: Annotated[str, typer.Option(help="As they write it; what is before the @ without it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Invite the first admin of an organization by mail; the admin invites everybody else.

    It asks the system on this machine, or what ITHACA_SERVICES names, as an operator does.
    """
    body = {"email": email, "role": role, **({"name": name} if name else {})}
    try:
        id = asyncio.run(_ask(find(chosen), organization, body))
    except FAILURES as error:
        typer.echo(reason(error), err=True)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps({"invitation": id, "organization": organization, **body}, indent=2))
    else:
        typer.echo(f"{email} is invited to be {role} of {organization}. A letter says how to accept, within two weeks.")


async def _ask(target: Target, organization: str, body: Body) -> str:
    async with services_at({ISSUER: target.issuer}, is_here=target.log_folder is not None) as services:
        return await send(services, target.operator, organization, body)


async def send(services: Services, operator: Operator, organization: str, body: Body) -> str:
    """Invite somebody, and return the id of the invitation; raises Refused, and DidNotHappen."""
    caller = await services.token(operator, tenant=organization)
    return (await caller.post(ISSUER, "/role-invitations", body)).id


def reason(error: Exception) -> str:
    """What is said of a failure: a sentence, with what is wrong in each field."""
    if not isinstance(error, Refused):
        return str(error)
    fields = (f"{one.get('field', '')}: {one.get('detail', '')}" for one in error.problem.get("errors", ()))
    return "\n  ".join([error.detail, *fields])
