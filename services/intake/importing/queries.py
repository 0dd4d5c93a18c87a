"""Imports over HTTP: how far they have come, and what became of each row."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from services.intake.importing.model.enrollment import Outcome, Result, Terms
from services.intake.importing.model.imports import Import, ImportStatus
from services.intake.importing.model.slices import ImportSlice
from services.intake.views import View
from shared.engine.authoring.handlers import CLIENTS, OPERATORS
from shared.web.access import allowed
from shared.web.paging import After, Limit, Listing, listing
from shared.web.reading import TenantReader
from shared.web.versions import versioned

queries = APIRouter()


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


@queries.get("/imports", dependencies=allowed(CLIENTS, OPERATORS))
async def list_imports(
    reader: TenantReader,
    program_id: str | None = None,
    after: After = None,
    limit: Limit = 100,
) -> Listing[ImportView]:
    """List the imports that have started."""
    where = {"terms.program_id": program_id} if program_id else {}
    return listing(await reader.page(Import, where, after, limit), ImportView.of)


@queries.get("/imports/{import_id}", dependencies=allowed(CLIENTS, OPERATORS))
async def get_import(import_id: str, reader: TenantReader, response: Response) -> ImportView:
    """Show how far an import has come."""
    return ImportView.of(versioned(response, await reader.get(Import, import_id)))


@queries.get("/imports/{import_id}/rows", dependencies=allowed(CLIENTS, OPERATORS))
async def list_import_rows(
    import_id: str,
    reader: TenantReader,
    after: Annotated[int, Query(ge=0, description="The `next` of the answer before; 0 for the first")] = 0,
) -> ImportRows:
    """List what became of each row so far, some slices at a time."""
    found = await reader.get(Import, import_id)
    numbers = range(min(after, found.done), min(after + SLICES_PER_PAGE, found.done))
    slices = await reader.many(ImportSlice, [ImportSlice.key(import_id, number) for number in numbers])
    is_end = numbers.stop == found.done and found.status is not ImportStatus.RUNNING
    return ImportRows(
        items=[result for part in slices for result in part.results], next=None if is_end else numbers.stop
    )
