"""`ithaca audit`: who has done and seen what, whether anything was taken from that, and all of it as a file."""

import json
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError
from rich.console import RenderableType
from rich.table import Table

from deploy.operate.answers import Answer, Listed
from deploy.operate.client import Services, Unanswered, answered, code_of, of_each
from deploy.operate.command import AsJson, Chosen, operate
from deploy.operate.figures import counted, on_day
from deploy.operate.lists import Found, show_list
from shared.clock import system_clock
from shared.trail.chain import Head, Verification
from shared.trail.line import Line
from shared.trail.seal import Sealed

PATH = "/v1/audit"

app = typer.Typer(
    help="Show who has done and seen what in an organization; verify that nothing was changed or taken away.",
    epilog="Example: ithaca audit verify --organization acme --heads heads.json",
    no_args_is_help=True,
    add_completion=False,
)

Organization = Annotated[
    str, typer.Option(help="Whose trail. Without it: what operators did in no organization.", metavar="ID")
]
Kept = TypeAdapter(dict[str, dict[str, Head]])


class TrailLine(Answer):
    """A line, as far as it is shown."""

    at: AwareDatetime
    actor: str
    role: str
    operation: str
    count: int
    network: str
    status: int


class TrailHead(Answer):
    """Where a trail ends, and from where on it is kept."""

    number: int
    hash: str
    first: int
    before: str
    seal: Sealed = Sealed()

    @property
    def kept(self) -> Head:
        """What is kept of it."""
        return Head(number=self.number, hash=self.hash, first=self.first, before=self.before)


class Outcome(BaseModel):
    """Whether the trail of a service is as it was written."""

    head: Head
    breaks: list[str]
    sealed_since: int | None = None


@app.command(epilog="Example: ithaca audit show --organization acme --person 0190a3f2-7c1e-7b32-9d40-3f5a8c2b1e10")
def show(
    chosen: Chosen,
    organization: Organization = "",
    person: Annotated[str, typer.Option(help="Only lines about the data of this person.", metavar="ID")] = "",
    actor: Annotated[str, typer.Option(help="Only what they asked for: person/ID, client/ID, operator/ID.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many of each service.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show the latest lines: when, who, as what, which operation, of how many people, from where, and the outcome."""
    wanted = {"tenant": organization, "person_id": person, "actor": actor}
    operate(chosen, partial(_show, wanted=wanted, limit=limit, as_json=as_json))


@app.command(epilog="Example: ithaca audit verify --organization acme --heads heads.json")
def verify(
    chosen: Chosen,
    organization: Organization = "",
    heads: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Compare with the heads in this file, then keep the new ones there."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read every line, check the chain and its seal: what was changed, moved or removed, at the end too, is named.

    It ends with 1 if there is something.

    Keep the file of --heads where those who run the database cannot write: what was before a head that is kept can
    no longer be changed without being found.
    """
    found = dict[str, Outcome]()
    kept = _read(heads)
    work = partial(_verify, organization=organization, kept=kept.get(organization, {}), found=found, as_json=as_json)
    try:
        operate(chosen, work)
    finally:
        if heads is not None and found and not any(outcome.breaks for outcome in found.values()):
            latest = {name: outcome.head for name, outcome in found.items()}
            heads.write_bytes(Kept.dump_json(kept | {organization: kept.get(organization, {}) | latest}, indent=2))


@app.command(epilog="Example: ithaca audit export intake --organization acme > intake.jsonl")
def export(
    chosen: Chosen,
    service: Annotated[str, typer.Argument(help="Whose trail of the organization.")],
    organization: Organization = "",
    csv: Annotated[bool, typer.Option("--csv", help="A table for spreadsheets, instead of JSON lines.")] = False,
    after: Annotated[int, typer.Option(min=0, help="Only lines behind the one with this number.")] = 0,
) -> None:
    """Write the trail of a service to the standard output, in the order of its numbers."""
    wanted = {"tenant": organization, "format": "csv" if csv else "jsonl", "after": after}
    operate(chosen, partial(_export, service=service, wanted=wanted))


async def _show(services: Services, wanted: Mapping[str, str], limit: int, as_json: bool) -> int:
    async def of(service: str) -> list[TrailLine]:
        page = await services.get(service, PATH, Listed[TrailLine], **wanted, limit=min(limit, 500))
        return page.items

    return await show_list(services, of, _lines, nothing="There is no line.", as_json=as_json)


def _lines(found: Found[TrailLine]) -> list[RenderableType]:
    table = Table("when (UTC)", "who", "as", "what", "people", "from", "", box=None, header_style="dim", pad_edge=False)
    for service, line in sorted(found, key=lambda one: one[1].at, reverse=True):
        what = f"{service} {line.operation}"
        table.add_row(on_day(line.at), line.actor, line.role, what, counted(line.count), line.network, str(line.status))
    return [table]


async def _verify(
    services: Services, organization: str, kept: Mapping[str, Head], found: dict[str, Outcome], as_json: bool
) -> int:
    outcomes = await of_each(services.names, lambda name: _verified(services, name, organization, kept.get(name)))
    found |= answered(outcomes)
    if as_json:
        typer.echo(json.dumps({name: one.model_dump(mode="json") for name, one in found.items()}))
    else:
        for name, outcome in found.items():
            _print(name, outcome)
    return 1 if any(outcome.breaks for outcome in found.values()) else code_of(outcomes)


def _print(name: str, outcome: Outcome) -> None:
    lines = outcome.head.number - outcome.head.first + 1
    if outcome.breaks:
        typer.echo(f"{name}: NOT as it was written")
        for sentence in outcome.breaks:
            typer.echo(f"  {sentence}")
    else:
        older = f", those before {outcome.head.first} were removed for their age" if outcome.head.first > 1 else ""
        late = f", sealed from line {since} on" if (since := outcome.sealed_since or 1) > 1 else ""
        typer.echo(f"{name}: {counted(lines)} lines, all as they were written{older}{late}")


def _read(heads: Path | None) -> dict[str, dict[str, Head]]:
    """The heads that were kept; ends with a sentence for a file of something else."""
    if heads is None or not heads.exists():
        return {}
    try:
        return Kept.validate_json(heads.read_bytes())
    except ValidationError:
        typer.echo(f"{heads} holds no heads: give one that this command has written, or a new name.", err=True)
        raise typer.Exit(1) from None


async def _verified(services: Services, service: str, tenant: str, kept: Head | None) -> Outcome:
    """Check a trail; once more, if lines were removed for their age meanwhile."""
    while True:
        shown = await _head(services, service, tenant)
        head = shown.kept
        verification = Verification(head, kept)
        async for line in _lines_of(services, service, tenant):
            verification.add([line])
        breaks = verification.end() + shown.seal.breaks(head, system_clock())
        if not breaks or head.first == (await _head(services, service, tenant)).first:
            return Outcome(head=head, breaks=breaks, sealed_since=shown.seal.since)


async def _head(services: Services, service: str, tenant: str) -> TrailHead:
    return await services.get(service, f"{PATH}/head", TrailHead, tenant=tenant)


async def _lines_of(services: Services, service: str, tenant: str) -> AsyncIterator[Line]:
    async for text in services.lines(service, f"{PATH}/export", tenant=tenant):
        try:
            yield Line.model_validate_json(text)
        except ValidationError as error:
            raise Unanswered(f"{service} shows something else than a line of a trail. Bring it up to date.") from error


async def _export(services: Services, service: str, wanted: Mapping[str, str | int]) -> int:
    services.check(service)
    async for line in services.lines(service, f"{PATH}/export", **wanted):
        typer.echo(line)
    return 0
