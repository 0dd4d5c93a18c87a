"""`ithaca identity`: whether people of an organization can sign in by its provider, and if not, what is wrong."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.operate.answers import Answer
from deploy.operate.client import Services
from deploy.operate.command import AsJson, Chosen, operate
from deploy.operate.target import ISSUER

app = typer.Typer(
    help="Look after the provider (OpenID Connect) by which people of an organization sign in.",
    epilog="Example: ithaca identity try acme",
    no_args_is_help=True,
    add_completion=False,
)

PATIENCE = 60.0
"""Seconds: a provider is asked for several things, and may take five for each."""


class Found(Answer):
    """One thing that was looked at."""

    about: str
    is_fine: bool
    detail: str
    remedy: str
    keeps_out: bool


class Trial(Answer):
    """What was found, in its order."""

    is_usable: bool
    findings: list[Found]
    roles: list[str]
    redirect_uri: str


@app.callback()
def identity() -> None:
    """Look after the provider (OpenID Connect) by which people of an organization sign in."""


@app.command("try", epilog="Example: ithaca identity try acme --claims ada.json", no_args_is_help=True)
def try_provider(
    chosen: Chosen,
    organization: Annotated[str, typer.Argument(help="Whose provider, such as acme.", show_default=False)],
    claims: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            show_default=False,
            help="A JSON file with what the provider says of somebody: shows whether they get in, with which roles.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try an organization's provider out, step by step: issuer, clocks, keys, client, redirect address, claims.

    Nothing is changed, and nobody has to sign in. Each step that is not well says what to do about it. Ends with code 1
    if people cannot sign in. The provider is set by an admin of the organization: docs/guides/organizations.md.
    """
    body = {"claims": _claims(claims)} if claims is not None else {}
    operate(chosen, partial(_try, body=body, as_json=as_json), patience=PATIENCE, tenant=organization)


async def _try(services: Services, body: object, as_json: bool) -> int:
    services.check(ISSUER)
    trial = await services.post(ISSUER, "/identity-provider/try", Trial, body)
    if as_json:
        typer.echo(trial.model_dump_json(indent=2))
    else:
        _show(trial)
    return 0 if trial.is_usable else 1


def _show(trial: Trial) -> None:
    console, table = Console(highlight=False), Table(box=None, show_header=False, pad_edge=False)
    for one in trial.findings:
        table.add_row(_mark(one), one.about, Text(f"{one.detail}\n{one.remedy}".strip()))
    console.print(table)
    if trial.roles:
        console.print(Text(f"Roles: {', '.join(trial.roles)}"))
    words = "People can sign in, as far as this shows." if trial.is_usable else "People cannot sign in."
    console.print(Text(f"{words} Register at the provider: {trial.redirect_uri}"), soft_wrap=True)


def _mark(one: Found) -> Text:
    if one.is_fine:
        return Text("✓", "green")
    return Text("✗", "red") if one.keeps_out else Text("!", "yellow")


def _claims(file: Path) -> object:
    """What a file says; fails with a sentence if it is no JSON object."""
    try:
        found = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise typer.BadParameter(
            f'{file} must hold a JSON object, such as {{"sub": "1", "email": "ada@acme.example"}}.'
        )
    return found
