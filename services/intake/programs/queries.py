"""Programs over HTTP."""

from fastapi import Response
from pydantic import Field

from services.intake.programs.model import Cadence, Lack, Program, ProgramStatus
from services.intake.views import View
from shared.contracts.intake import ProgramRules
from shared.engine.authoring.grants import OPERATOR, PERSON, Scope
from shared.engine.authoring.links import LINKED
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import NOBODY
from shared.web.versions import versioned

queries = Routes()

EVERYBODY = OPERATOR, PERSON, Scope("intake:read")


class ProgramView(View):
    """A program, with the settings that all services follow."""

    title: str
    cadence: Cadence
    months: int
    rules: ProgramRules
    status: ProgramStatus
    lacks: list[Lack] = Field([], description="What is to be put right before a draft can be published")


@queries.get("/programs", allow=EVERYBODY, shows=NOBODY)
async def list_programs(
    reader: TenantReader, status: ProgramStatus | None = None, after: After = None, limit: Limit = 100
) -> Listing[ProgramView]:
    """List the programs of the organization."""
    where = {"status": status} if status else {}
    return listing(await reader.page(Program, where, after, limit), ProgramView.of)


@queries.get("/programs/{program_id}", allow=(*EVERYBODY, LINKED), shows=NOBODY)
async def get_program(program_id: str, reader: TenantReader, response: Response) -> ProgramView:
    """Show a program."""
    return ProgramView.of(versioned(response, await reader.get(Program, program_id)))
