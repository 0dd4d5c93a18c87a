"""Reads of match runs over HTTP, for those who run a program."""

from typing import Annotated, Generic, TypeVar

from fastapi import Query, Response
from pydantic import BaseModel, Field

from services.matching.pool.model.participant import Participant
from services.matching.runs.comparison import RunComparison
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_result import RunPair, RunPairs, RunUnmatched, slice_id
from services.matching.runs.views import PairView, RunView, UnmatchedView
from shared.engine.authoring.grants import staff
from shared.engine.authoring.reader import Reader
from shared.web.access import found
from shared.web.names import Names
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import NOBODY, applicants, of_people
from shared.web.versions import versioned

run_queries = Routes()

STAFF = staff("run.program_id", "matching:read")

PAIRS = of_people("items.mentor_id", "items.mentee_id")
CHANGES = applicants(Participant, "changes.mentee", "changes.before", "changes.after")

ThisRun = Annotated[MatchRun, found(MatchRun, "run_id")]

V = TypeVar("V", bound=BaseModel)

SLICES_PER_PAGE = 5

AfterIndex = Annotated[int, Query(ge=0, le=1_000_000, description="The `next` of the page before; 0 for the first")]


class Slices(BaseModel, Generic[V]):
    """Some slices of a long result. `next` is None at the end."""

    items: list[V]
    next: int | None = Field(description="What to send as `after` for the next page; null at the end")


@run_queries.get("/programs/{program_id}/runs", allow=staff("program_id", "matching:read"), shows=NOBODY)
async def list_runs(program_id: str, reader: TenantReader, after: After = None, limit: Limit = 100) -> Listing[RunView]:
    """List the runs of a program."""
    return listing(await reader.page(MatchRun, {"program_id": program_id}, after, limit), RunView.shown)


@run_queries.get("/runs/{run_id}", allow=STAFF, shows=NOBODY)
async def show_run(run: ThisRun, response: Response) -> RunView:
    """Show a run, with its figures and its record."""
    return RunView.shown(versioned(response, run))


@run_queries.get("/runs/{run_id}/pairs", allow=STAFF, shows=PAIRS)
async def list_pairs(run: ThisRun, reader: TenantReader, names: Names, after: AfterIndex = 0) -> Slices[PairView]:
    """List the pairs of a run, in the order of the mentees' applications, some slices at a time."""
    parts = await reader.many(RunPairs, _slices(run.id, after, run.pair_slices))
    applications = [id for part in parts for id in part.applications]
    people = {one.id: one.person_id for one in await reader.many(Participant, applications)}
    items = [PairView.of(pair, people) for part in parts for pair in part.pairs]
    await names.on_all(items)
    return Slices(items=items, next=_next(after, run.pair_slices))


@run_queries.get("/runs/{run_id}/unmatched", allow=STAFF, shows=of_people("items.person_id"))
async def list_unmatched(
    run: ThisRun, reader: TenantReader, names: Names, after: AfterIndex = 0
) -> Slices[UnmatchedView]:
    """List the people whom a run has not matched, each with the reason, some slices at a time."""
    parts = await reader.many(RunUnmatched, _slices(run.id, after, run.unmatched_slices))
    items = [UnmatchedView.of(one) for part in parts for one in part.people]
    await names.on_all(items)
    return Slices(items=items, next=_next(after, run.unmatched_slices))


@run_queries.get("/runs/{run_id}/compare/{other_id}", allow=STAFF, shows=CHANGES)
async def compare_runs(
    run: ThisRun, other_id: str, reader: TenantReader, after: AfterIndex = 0, limit: Limit = 100
) -> RunComparison:
    """Compare a run with another one of the same program, what-if or not."""
    other = await reader.get(MatchRun, other_id)
    run.check_comparable(other)
    pairs = await _pairs(reader, run), await _pairs(reader, other)
    return RunComparison.of((run, other), pairs, after, limit)


async def _pairs(reader: Reader, run: MatchRun) -> list[RunPair]:
    parts = await reader.many(RunPairs, [slice_id(run.id, number) for number in range(run.pair_slices)])
    return [pair for part in parts for pair in part.pairs]


def _slices(run_id: str, after: int, total: int) -> list[str]:
    return [slice_id(run_id, number) for number in range(after, min(after + SLICES_PER_PAGE, total))]


def _next(after: int, total: int) -> int | None:
    return after + SLICES_PER_PAGE if after + SLICES_PER_PAGE < total else None
