"""Imports over HTTP: how far they have come, and what became of each row."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field

from services.intake.importing.model.enrollment import Outcome, Result, Terms
from services.intake.importing.model.imports import Import, ImportStatus
from services.intake.importing.model.slices import ImportSlice
from services.intake.views import View
from shared.engine.authoring.grants import staff
from shared.web.access import found
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import NOBODY, of_people
from shared.web.versions import versioned

queries = Routes()

STAFF = staff("started.terms.program_id", "intake:read")

ThisImport = Annotated[Import, found(Import, "import_id")]


SLICES_PER_PAGE = 10


class ImportView(View):
    """How far an import has come: `done` of its `slices`, with so many rows of each outcome."""

    terms: Terms
    status: ImportStatus
    slices: int
    done: int
    totals: Mapping[Outcome, int]
    started_at: datetime | None
    ended_at: datetime | None
    problem: str | None


class ImportRows(BaseModel):
    """What became of rows, in the order of the file."""

    items: list[Result]
    next: int | None = Field(description="What to send as `after` for the next rows; null at the end")


@queries.get("/imports", allow=staff("program_id", "intake:read"), shows=NOBODY)
async def list_imports(
    reader: TenantReader,
    program_id: str | None = None,
    after: After = None,
    limit: Limit = 100,
) -> Listing[ImportView]:
    """List the imports that have started."""
    where = {"terms.program_id": program_id} if program_id else {}
    return listing(await reader.page(Import, where, after, limit), ImportView.of)


@queries.get("/imports/{import_id}", allow=STAFF, shows=NOBODY)
async def get_import(started: ThisImport, response: Response) -> ImportView:
    """Show how far an import has come."""
    return ImportView.of(versioned(response, started))


@queries.get("/imports/{import_id}/rows", allow=STAFF, shows=of_people("items.person_id"))
async def list_import_rows(
    started: ThisImport,
    reader: TenantReader,
    after: Annotated[int, Query(ge=0, description="The `next` of the answer before; 0 for the first")] = 0,
) -> ImportRows:
    """List what became of each row so far, some slices at a time."""
    numbers = range(min(after, started.done), min(after + SLICES_PER_PAGE, started.done))
    slices = await reader.many(ImportSlice, [ImportSlice.key(started.id, number) for number in numbers])
    is_end = numbers.stop == started.done and started.status is not ImportStatus.RUNNING
    return ImportRows(
        items=[result for part in slices for result in part.results], next=None if is_end else numbers.stop
    )
