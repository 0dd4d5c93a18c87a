"""Handing in the slices of an import, and starting it."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel

from services.intake.importing.model.enrollment import Row, Terms
from services.intake.importing.model.imports import Import
from services.intake.importing.model.slices import EnrollSlice, ExpireSlice, ImportSlice
from services.intake.programs.model import Program, check_open
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, reads

commands = Handlers()


ROWS_EXPIRE = timedelta(hours=24)
"""How long the rows of an import are kept at most, whether or not it has started."""


class AddImportSlice(BaseModel):
    """Hand in some rows of an import before it starts. `refused` are lines of the file that cannot be imported."""

    import_id: str
    number: int
    rows: tuple[Row, ...]
    refused: tuple[int, ...] = ()

    @property
    def slice_id(self) -> str:
        """The id of the slice."""
        return ImportSlice.key(self.import_id, self.number)


class StartImport(BaseModel):
    """Start an import, all of whose slices have been handed in."""

    import_id: str
    slices: int
    terms: Terms


@commands.post("")
def add_import_slice(command: AddImportSlice, part: Annotated[ImportSlice, create("slice_id")], ctx: Context) -> None:
    """Keep some rows until the import gets to them."""
    ids = [ctx.new_id() for _ in range(2 * len(command.rows))]
    part.fill(command.rows, command.refused, ids)
    ctx.after(ROWS_EXPIRE, ExpireSlice(slice_id=part.id), id=f"expire-slice/{part.id}")


@commands.post("", status=202)
def start_import(
    command: StartImport,
    started: Annotated[Import, create("import_id")],
    program: Annotated[Program | None, reads("terms.program_id")],
    ctx: Context,
) -> None:
    """Start an import: its people are enrolled slice by slice."""
    check_open(program, command.terms.program_id)
    started.start(command.terms, command.slices, ctx.now)
    ctx.at(ctx.now, EnrollSlice(import_id=started.id, number=0), id=f"enroll-slice/{started.id}/0")
