"""A file of people over HTTP: a dry run shows what would happen, a commit makes it happen slice by slice."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field

from services.intake.applications.model.application import Application
from services.intake.applications.model.profile import MatchingProfile
from services.intake.applications.model.slot import ParticipantSlot
from services.intake.importing.commands import AddImportSlice, StartImport
from services.intake.importing.imported_person import ImportedPerson
from services.intake.importing.model.enrollment import Enrollment, Outcome, Row, Terms
from services.intake.importing.model.slices import ROWS_PER_SLICE
from services.intake.importing.remarks_file import with_remarks
from services.intake.importing.report import ImportReport, ReportedOutcome, read_people
from services.intake.organizations.model import Organization
from services.intake.people.model import EmailAddress, Person
from services.intake.programs.model import Program, check_open
from shared.contracts.intake import Role
from shared.engine.authoring.answer import Answer
from shared.engine.authoring.grants import staff
from shared.engine.authoring.reader import A, Reader
from shared.errors import Refusal
from shared.sheets.refusal import MAX_BYTES
from shared.web.auth import Caller, CurrentCaller
from shared.web.commands import CommandSender, SendCommand, respond
from shared.web.document import Changed
from shared.web.now import Now
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader

routes = Routes()

AT_ONCE = 8
"""Slices handed in together: enough to share a transaction, too few to make it a large one."""

ROWS_READ = 200
"""Rows whose people are looked up together; other requests are answered in between."""

WOULD = {
    Outcome.CREATED: ReportedOutcome.WOULD_CREATE,
    Outcome.UPDATED: ReportedOutcome.WOULD_UPDATE,
    Outcome.LEFT: ReportedOutcome.LEFT,
}


class FileChanged(Refusal):
    """A commit is of the same file as the dry run. `sha256` is that of the file that arrived."""


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"

FILE: dict[str, Any] = {
    CSV: {"schema": {"type": "string"}},
    XLSX: {"schema": {"type": "string", "format": "binary"}},
}
"""What the body may be, as OpenAPI says it."""


class ReportForm(StrEnum):
    """How a dry run answers."""

    JSON = "json"
    CSV = "csv"
    NOT_TAKEN = "not_taken"


class ImportOptions(BaseModel, extra="forbid"):
    """How to import a file."""

    role: Role = Field(description="The role in which the people of the file take part")
    encoding: str | None = Field(None, description="Of a file that is not UTF-8 and has no byte order mark: cp1252")
    approve: bool = Field(False, description="Whether all applications are approved at once")
    dry_run: bool = Field(True, description="Whether only to show what would happen")
    sha256: str | None = Field(None, description="As the dry run gave it; a commit needs it")
    report: ReportForm = Field(
        ReportForm.JSON,
        description="How a dry run answers: `json`, or `csv`: the file with one column more, the remarks on each row. "
        "Correct it and import it again; that column is not read. `not_taken` has the rows alone that are not taken",
    )
    cells: bool = Field(False, description="Whether a report in JSON repeats what stands in the rows")


@dataclass(slots=True, frozen=True)
class Importer:
    """The caller of an import, what can be read for them, and the way to send their commands."""

    caller: CurrentCaller
    reader: TenantReader
    send: SendCommand
    now: Now


@routes.post(
    "/programs/{program_id}/imports",
    response_model=ImportReport,
    responses={
        200: {"content": {CSV: FILE[CSV]}},
        202: {"model": Changed, "description": "The import has started"},
    },
    openapi_extra={"requestBody": {"required": True, "content": FILE}},
    max_body_size=MAX_BYTES,
    allow=staff("program_id", "intake:write"),
)
async def import_people(
    program_id: str,
    options: Annotated[ImportOptions, Query()],
    request: Request,
    importer: Annotated[Importer, Depends()],
) -> Response:
    """Import the people of a file into a program: first a dry run, then a commit with the `sha256` that it gave.

    The body is the file, CSV or xlsx, known by its content. A dry run answers with a report on every row, and changes
    nothing. A commit answers with the id of the import, which continues by itself: `/imports/{id}` shows how far it has
    come, `/imports/{id}/rows` what became of each row.
    """
    terms = await _terms(importer.reader, program_id, options)
    content = await request.body()
    if not options.dry_run:
        _check_same(content, options.sha256)
    shows_cells = options.cells and options.dry_run
    read = partial(read_people, content, options.role, options.encoding, with_cells=shows_cells)
    report, people = await asyncio.to_thread(read)
    if options.dry_run:
        outcomes = await foresee(importer.reader, people, terms, importer.now)
        return await asyncio.to_thread(answer_dry_run, report.with_outcomes(outcomes), content, options, terms.locale)
    slices = await asyncio.to_thread(cut, importer.send.new_id(), report, people)
    response = respond(await _start(slices, terms, importer.send, importer.caller))
    response.headers["Location"] = request.app.url_path_for("get_import", import_id=slices[0].import_id)
    return response


def answer_dry_run(report: ImportReport, content: bytes, options: ImportOptions, locale: str) -> Response:
    """Answer with the report, in the form that is asked for."""
    if options.report is ReportForm.JSON:
        return Response(report.model_dump_json(), media_type="application/json")
    delimiter = report.delimiter or ("," if locale.startswith("en") else ";")  # as spreadsheets there expect it
    not_taken = options.report is ReportForm.NOT_TAKEN
    shown = with_remarks(content, report, options.encoding, delimiter, not_taken)
    name = {"Content-Disposition": 'attachment; filename="import-remarks.csv"'}
    return Response(shown, media_type=CSV, headers=name)


async def _terms(reader: Reader, program_id: str, options: ImportOptions) -> Terms:
    organization = await reader.get(Organization, reader.tenant)
    found = await reader.many(Program, [program_id])
    check_open(found[0] if found else None, program_id)
    return Terms(
        program_id=program_id,
        role=options.role,
        approve=options.approve,
        locale=organization.locale,
        time_zone=organization.time_zone,
    )


async def foresee(
    reader: Reader, people: Sequence[ImportedPerson], terms: Terms, at: datetime
) -> Mapping[int, ReportedOutcome]:
    """Say what an import would do with each line: it is tried on copies, which are thrown away."""
    outcomes: dict[int, ReportedOutcome] = {}
    for start in range(0, len(people), ROWS_READ):
        rows = [row_of(person) for person in people[start : start + ROWS_READ]]
        for row, found in zip(rows, await _find(reader, rows, terms), strict=True):
            outcome, _ = found.apply(row, terms, at)
            outcomes[row.line] = WOULD.get(outcome, ReportedOutcome.UNCHANGED)
    return outcomes


async def _find(reader: Reader, rows: Sequence[Row], terms: Terms) -> list[Enrollment]:
    """What each row is about, in its present state."""
    addresses = await _each(reader, EmailAddress, [EmailAddress.key(row.email) for row in rows])
    people = await _each(reader, Person, [address.person_id or "" for address in addresses])
    slots = await _each(reader, ParticipantSlot, [terms.slot_id(person.id) for person in people])
    applications = await _each(reader, Application, [slot.application_id or "" for slot in slots])
    return [Enrollment(*found) for found in zip(addresses, people, slots, applications, strict=True)]


async def _each(reader: Reader, kind: type[A], ids: Sequence[str]) -> list[A]:
    """The aggregates with these ids; blank ones where there are none."""
    found: dict[str, A] = {aggregate.id: aggregate for aggregate in await reader.many(kind, ids)}
    return [found.get(id) or kind(id=id) for id in ids]


def row_of(person: ImportedPerson) -> Row:
    """Make the row of an import for a person who was read from a file."""
    profile = MatchingProfile.model_validate(person.model_dump(include=set(MatchingProfile.model_fields)))
    return Row(line=person.line, name=person.name, email=person.email, time_zone=person.time_zone, profile=profile)


def cut(import_id: str, report: ImportReport, people: Sequence[ImportedPerson]) -> list[AddImportSlice]:
    """Cut a file into slices, in its order."""
    accepted = {person.line: person for person in people}
    slices = []
    for number, start in enumerate(range(0, len(report.rows), ROWS_PER_SLICE)):
        lines = [row.line for row in report.rows[start : start + ROWS_PER_SLICE]]
        rows = tuple(row_of(accepted[line]) for line in lines if line in accepted)
        refused = tuple(line for line in lines if line not in accepted)
        slices.append(AddImportSlice(import_id=import_id, number=number, rows=rows, refused=refused))
    return slices


async def _start(slices: Sequence[AddImportSlice], terms: Terms, send: CommandSender, caller: Caller) -> Answer:
    """Store the slices, then start. If storing one fails, the import never starts, and the others expire unseen."""
    for start in range(0, len(slices), AT_ONCE):
        await asyncio.gather(*(send(one, caller) for one in slices[start : start + AT_ONCE]))
    return await send(StartImport(import_id=slices[0].import_id, slices=len(slices), terms=terms), caller)


def _check_same(content: bytes, expected: str | None) -> None:
    found = hashlib.sha256(content).hexdigest()
    if expected is None:
        raise FileChanged("A commit needs the sha256 that the dry run of this file gave: make a dry run.", sha256=found)
    if expected != found:
        raise FileChanged("This is not the file of the dry run: make a dry run of this one.", sha256=found)
