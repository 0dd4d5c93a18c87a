"""`ithaca deadletters`: what could not be handled, to be looked at, tried again or thrown away."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, NamedTuple
from urllib.parse import quote

import typer
from rich.console import Console
from rich.text import Text

from deploy.operate.answers import DeadLetter, LettersDone
from deploy.operate.client import Services, Unanswered, answered, code_of, of_each
from deploy.operate.command import AsJson, Chosen, Handler, Tenant, operate
from deploy.operate.figures import counted, on_day, short
from deploy.operate.known_words import complete_whole_type
from deploy.operate.lines import bare, colored
from deploy.operate.lists import show_list

app = typer.Typer(
    help="Look at messages that could not be handled; try them again, or throw them away.",
    epilog="Example: ithaca deadletters list --service matching",
    no_args_is_help=True,
    add_completion=False,
)

Type = Annotated[
    str,
    typer.Option(
        "--type",
        autocompletion=complete_whole_type,
        help="Only of this message type, in full: ithaca.matching.MatchAccepted.v1.",
    ),
]
Names = Annotated[
    list[str],
    typer.Argument(
        metavar="[LETTER]...", default_factory=list, show_default=False, help="As `list` shows it: SERVICE/TENANT/ID."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")]


class Name(NamedTuple):
    """Which dead letter of which service."""

    service: str
    tenant: str
    id: str

    @classmethod
    def read(cls, text: str, services: Services) -> "Name":
        """From SERVICE/TENANT/ID; raises Unanswered if it is none."""
        service, _, rest = text.partition("/")
        tenant, slash, id = rest.partition("/")
        if not slash or not id or service not in services.names:
            known = ", ".join(services.names)
            raise Unanswered(f"{text} names no dead letter: give SERVICE/TENANT/ID, with a service of {known}.")
        return cls(service, tenant, id)


@app.command("list", epilog="Example: ithaca deadletters list --tenant northlight --handler enter_pool")
def list_letters(
    chosen: Chosen,
    tenant: Tenant = "",
    handler: Handler = "",
    type: Type = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many of each service.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List dead letters: by what name to call each, when it was given up, by which handler, and why."""
    filters = {"tenant": tenant, "handler": handler, "type": type}
    operate(chosen, partial(_list, filters=filters, limit=limit, as_json=as_json))


@app.command("show", epilog="Example: ithaca deadletters show matching/northlight/01a32f66-f6dd-709b-9929-1ab42692750e")
def show_letter(
    chosen: Chosen, letter: Annotated[str, typer.Argument(help="As `list` shows it.")], as_json: AsJson = False
) -> None:
    """Show one, with its headers and its data, which may be personal."""
    operate(chosen, partial(_show, letter=letter, as_json=as_json))


@app.command(epilog="Example: ithaca deadletters replay --handler enter_pool --dry-run")
def replay(
    chosen: Chosen, letters: Names, tenant: Tenant = "", handler: Handler = "", type: Type = "", dry_run: DryRun = False
) -> None:
    """Hand messages to their handlers again, as if they came now. It ends with 1 if some are refused."""
    choice = Choice(letters, {"tenant": tenant, "handler": handler, "type": type})
    operate(chosen, partial(_replay, choice=choice, dry_run=dry_run))


@app.command(epilog="Example: ithaca deadletters discard --tenant northlight --yes")
def discard(
    chosen: Chosen,
    letters: Names,
    tenant: Tenant = "",
    handler: Handler = "",
    type: Type = "",
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before discarding many.")] = False,
) -> None:
    """Throw messages away for good, with all that is known of them. It ends with 1 if some are refused."""
    choice = Choice(letters, {"tenant": tenant, "handler": handler, "type": type})
    operate(chosen, partial(_discard, choice=choice, dry_run=dry_run, is_confirmed=yes))


@dataclass(slots=True, frozen=True)
class Choice:
    """Which dead letters are meant: those of the names, or all that pass the filters."""

    names: Sequence[str]
    filters: Mapping[str, str]

    async def ask(self, services: Services, action: str, dry_run: bool) -> dict[str, LettersDone | Unanswered]:
        """Have it done, or what would be done; raises Unanswered if nothing is chosen."""
        bodies = self._bodies(services)

        async def one(service: str) -> LettersDone:
            body = bodies[service] | {"dry_run": dry_run}
            return await services.post(service, f"/dead-letters/{action}", LettersDone, body)

        return await of_each(list(bodies), one)

    def _bodies(self, services: Services) -> dict[str, dict[str, object]]:
        """Return the request that each service gets."""
        filters = {name: value for name, value in self.filters.items() if value}
        if bool(filters) == bool(self.names):
            raise Unanswered("Name the dead letters, or choose them by --tenant, --handler or --type.")
        if filters:
            return {service: dict(filters) for service in services.names}
        bodies = dict[str, dict[str, object]]()
        for name in [Name.read(text, services) for text in self.names]:
            letters = bodies.setdefault(name.service, {"letters": []})["letters"]
            assert isinstance(letters, list)
            letters.append({"tenant": name.tenant, "id": name.id})
        return bodies


async def _list(services: Services, filters: Mapping[str, str], limit: int, as_json: bool) -> int:
    return await show_list(
        services,
        lambda name: services.every(name, "/dead-letters", DeadLetter, limit, **filters),
        lambda found: [_summary(*pair) for pair in found],
        nothing="There is no such dead letter." if any(filters.values()) else "There is no dead letter.",
        as_json=as_json,
        arrange=lambda found: sorted(found, key=lambda pair: pair[1].at),
    )


def _summary(service: str, letter: DeadLetter) -> Text:
    *_, error = letter.error.splitlines() or [""]
    return Text.assemble(
        colored(service, service),
        f"/{letter.tenant}/{letter.id}\n",
        (f"  {on_day(letter.at)}  ", "dim"),
        (letter.handler, "bold"),
        f"  {bare(letter.message_type)}  {letter.reason}",
        (f"\n  {error}", "red"),
    )


async def _show(services: Services, letter: str, as_json: bool) -> int:
    name = Name.read(letter, services)
    path = f"/dead-letters/{quote(name.tenant, safe='')}/{quote(name.id, safe='')}"
    found = await services.get(name.service, path, DeadLetter)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return 0
    console = Console(highlight=False)
    console.print(_summary(name.service, found), soft_wrap=True)
    for heading, lines in _parts(found).items():
        console.print(Text(f"\n{heading}", "bold"))
        console.print(Text("\n".join(f"  {line}" for line in lines)), soft_wrap=True)
    return 0


def _parts(letter: DeadLetter) -> dict[str, list[str]]:
    """Return what is known of a letter, by heading."""
    expires = f"{on_day(letter.expires)} UTC" if letter.expires else "never"
    facts = [f"message {letter.message_id}", f"{short(letter.bytes)} bytes, kept until {expires}"]
    if letter.topic:
        facts.append(f"topic {letter.topic}, partition {letter.partition}, offset {letter.offset}")
    parts = {
        letter.message_type: facts,
        "Error": letter.error.splitlines(),
        "Headers": [f"{name}: {value}" for name, value in letter.headers.items()],
        "Data, which is no JSON (Base64)": [letter.data_base64 or ""],
        "Contents": [letter.closed or ""],
        "Data": json.dumps(letter.data, indent=2, ensure_ascii=False).splitlines() if letter.data is not None else [],
    }
    return {heading: lines for heading, lines in parts.items() if any(lines)}


async def _replay(services: Services, choice: Choice, dry_run: bool) -> int:
    return _print("replayed", await choice.ask(services, "replay", dry_run), dry_run)


async def _discard(services: Services, choice: Choice, dry_run: bool, is_confirmed: bool) -> int:
    if not (dry_run or is_confirmed or len(choice.names) == 1):
        found = await choice.ask(services, "discard", dry_run=True)
        count = sum(answer.matched for answer in found.values() if isinstance(answer, LettersDone))
        if count > 1:
            typer.confirm(f"Discard {counted(count)} dead letters for good?", abort=True)
    return _print("discarded", await choice.ask(services, "discard", dry_run), dry_run)


def _print(done: str, answers: Mapping[str, LettersDone | Unanswered], dry_run: bool) -> int:
    """What became of them; returns 1 if some were refused, or a service did not answer."""
    results = answered(answers)
    for service, result in results.items():
        for refused in result.refused:
            typer.echo(
                f"{service}/{refused.tenant}/{refused.id} is not {done}: {'; '.join(refused.reason.splitlines())}",
                err=True,
            )
    count = sum(len(result.done) for result in results.values())
    typer.echo(f"{counted(count)} would be {done}; nothing was done." if dry_run else f"{counted(count)} {done}.")
    return int(code_of(answers) or any(result.refused for result in results.values()))
