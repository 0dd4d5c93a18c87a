"""`ithaca match`"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, NamedTuple, NoReturn

import typer
from rich.console import Console

from services.matching.algorithm.both_sides import Pool
from services.matching.algorithm.optimal import Effort
from services.matching.algorithm.result import Result
from services.matching.algorithm.strategies import Options, match
from services.matching.file import pool_file, report, tables
from services.matching.file.display import show
from services.matching.file.findings import BadInput, Finding
from services.matching.file.sides import both_sides, of_side
from services.matching.file.tables import Progress

app = typer.Typer(add_completion=False)

TABLES = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
"""How the name of a table ends; anything else is JSON."""

MOST_FINDINGS = 50
"""Lines about what is wrong; more are counted."""


class Strategies(StrEnum):
    """How to match."""

    OPTIMAL = "optimal"
    STABLE = "stable"
    ROLLING = "rolling"
    GROUP = "group"


class Format(StrEnum):
    """How the result is shown."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"


@app.command(epilog="Example: ithaca match pool.json --explain --format html --out report.html")
def match_file(
    pool: Annotated[Path | None, typer.Argument(help="A table with a column role, or JSON.")] = None,
    mentors: Annotated[Path | None, typer.Option(help="Mentors as CSV or xlsx, instead of POOL.")] = None,
    mentees: Annotated[Path | None, typer.Option(help="Mentees as CSV or xlsx, instead of POOL.")] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Of CSV that is not UTF-8 and has no byte order mark, such as cp1252.")
    ] = None,
    program: Annotated[Path | None, typer.Option(help="Criteria, weights and constraints as JSON.")] = None,
    strategy: Annotated[Strategies, typer.Option(help="What the matching promises.")] = Strategies.OPTIMAL,
    out: Annotated[Path | None, typer.Option(help="Where to write the result; by default it is printed.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Give the reasons for every match.")] = False,
    format: Annotated[Format | None, typer.Option(help="By default JSON to a file, and a table here.")] = None,
    gap: Annotated[float, typer.Option(min=0, max=1, help="Stop when the total is proved within this share.")] = 0.0,
    moves: Annotated[
        int | None, typer.Option(min=0, help="The most proposals that `rolling` may change; by default as many as pay.")
    ] = None,
    what_if: Annotated[
        list[str] | None, typer.Option(metavar="MENTEE=MENTOR", help="Say what this pair would cost; can be repeated.")
    ] = None,
    smallest: Annotated[int, typer.Option(min=1, help="The fewest mentees of a mentor's group.")] = 2,
    seed: Annotated[int, typer.Option(help="Another seed decides otherwise between equals.")] = 0,
) -> None:
    """Match mentors and mentees from a file, and prove that it cannot be done better.

    Nothing else is needed: no broker, no database. Bad input ends with status 2 and a line for each thing to mend.
    """
    notes = Console(stderr=True, highlight=False)
    shape = format or (Format.JSON if out else Format.TABLE)
    try:
        _check_output(out, [pool, mentors, mentees, program])
        with notes.status("Reading ...") as status:
            files = Files(pool, mentors, mentees, program, encoding)
            read = pool_file.read(_document(files, lambda words: status.update(f"Reading {words} ...")), seed)
            options = Options(
                strategy=strategy.value,
                effort=Effort(gap=gap),
                is_explained=explain or shape is Format.HTML,
                smallest=smallest,
                accepted=read.accepted,
                proposed=read.proposed,
                moves=moves,
                what_if=_asked(what_if or [], read.problem.pool),
            )
        _check_strategy(options)
    except BadInput as wrong:
        _refuse(wrong.findings)
    for note in read.notes:
        notes.print(f"Note: {note}.", style="dim", markup=False)
    with notes.status("Comparing ...") as status:
        result = match(read.problem, options, progress=lambda words: status.update(f"{words} ..."))
    _give(result, shape, out, read.notes)


def _check_output(out: Path | None, given: Iterable[Path | None]) -> None:
    """Check, before anything is computed, that the result can be written, and over none of the files given."""
    if out is None:
        return
    if not out.parent.is_dir():
        raise BadInput([Finding(f"--out {out}", f"there is no folder {out.parent}: make it first")])
    if out.is_dir():
        raise BadInput([Finding(f"--out {out}", "is a folder: name a file in it")])
    if out.resolve() in {one.resolve() for one in given if one}:
        raise BadInput([Finding(f"--out {out}", "is what is read: name another file")])


def _check_strategy(options: Options) -> None:
    fitting = {"--moves": (options.moves is not None, "rolling"), "--what-if": (bool(options.what_if), "optimal")}
    wrong = [
        Finding(option, f"is for --strategy {strategy}, not {options.strategy}")
        for option, (is_given, strategy) in fitting.items()
        if is_given and options.strategy != strategy
    ]
    if wrong:
        raise BadInput(wrong)


def _asked(pairs: Iterable[str], pool: Pool) -> tuple[tuple[str, str], ...]:
    """Read the ids of each MENTEE=MENTOR: an id can have a `=` in it, too."""
    mentees, mentors = {one.id for one in pool.mentees}, {one.id for one in pool.mentors}
    wrong, found = list[Finding](), list[tuple[str, str]]()
    for text in pairs:
        parts = text.split("=")
        halves = [("=".join(parts[:at]), "=".join(parts[at:])) for at in range(1, len(parts))]
        known = [pair for pair in halves if pair[0] in mentees and pair[1] in mentors]
        found += known[:1]
        if not known:
            wrong.append(Finding(f"--what-if {text}", "must be the id of a mentee, =, and the id of a mentor"))
    if wrong:
        raise BadInput(wrong)
    return tuple(found)


class Files(NamedTuple):
    """What there is to read, and how CSV is encoded."""

    pool: Path | None
    mentors: Path | None
    mentees: Path | None
    program: Path | None
    encoding: str | None


def _document(files: Files, progress: Progress) -> dict[str, Any]:
    pool, mentors, mentees, program, encoding = files
    if pool and not (mentors or mentees):
        document = _both(pool, encoding, progress)
    elif mentors and mentees and not pool:
        document = {
            f"{role}s": of_side(tables.rows(_bytes(path), path.name, encoding, progress), role)
            for role, path in (("mentor", mentors), ("mentee", mentees))
        }
    else:
        raise BadInput([Finding("arguments", "give either POOL, or both --mentors and --mentees")])
    if program:
        document["program"] = dict(pool_file.parse(_text(program), program.name))
    return document


def _both(pool: Path, encoding: str | None, progress: Progress) -> dict[str, Any]:
    """Read mentors and mentees from one file: JSON, or a table with a column that says who is which."""
    if pool.suffix.lower() in TABLES:
        return dict(both_sides(tables.rows(_bytes(pool), pool.name, encoding, progress)))
    return dict(pool_file.parse(_text(pool), pool.name))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput([Finding(str(path), f"cannot be read: {error.strerror}: name another file")]) from error


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput([Finding(str(path), "is not in UTF-8: save it as UTF-8")]) from error


def _refuse(findings: Iterable[Finding]) -> NoReturn:
    lines = [str(one) for one in findings]
    for line in lines[:MOST_FINDINGS]:
        typer.echo(line, err=True)
    if len(lines) > MOST_FINDINGS:
        typer.echo(f"and {len(lines) - MOST_FINDINGS} more", err=True)
    raise typer.Exit(2)


def _give(result: Result, shape: Format, out: Path | None, notes: Sequence[str]) -> None:
    if out is None and shape is Format.TABLE:
        show(result, Console())
        return
    text = _shown(result, shape, notes)
    if out is None:
        typer.echo(text)
        return
    try:
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        _refuse([Finding(f"--out {out}", f"cannot be written: {error.strerror}")])


def _shown(result: Result, shape: Format, notes: Sequence[str]) -> str:
    if shape is Format.JSON:
        return result.model_dump_json(indent=2)
    if shape is Format.HTML:
        return report.page(result, notes)
    console = Console(file=StringIO(), width=120)
    with console.capture() as text:
        for note in notes:
            console.print(f"Note: {note}.", markup=False, highlight=False, soft_wrap=True)
        show(result, console)
    return text.get().rstrip()
