"""Reads of match runs over HTTP, for clients and operators."""

from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from services.matching.runs.comparison import RunComparison
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_result import RunPair, RunPairs, RunUnmatched, slice_id
from services.matching.runs.views import PairView, RunView, UnmatchedView
from shared.engine.authoring.handlers import CLIENTS, OPERATORS
from shared.engine.authoring.reader import Reader
from shared.web.access import allowed
from shared.web.paging import After, Limit, Listing, listing
from shared.web.reading import TenantReader
from shared.web.versions import versioned

run_queries = APIRouter()

V = TypeVar("V", bound=BaseModel)

SLICES_PER_PAGE = 5

AfterIndex = Annotated[int, Query(ge=0, le=1_000_000, description="The `next` of the page before; 0 for the first")]


class Slices(BaseModel, Generic[V]):
    """Some slices of a long result. `next` is None at the end."""

    items: list[V]
    next: int | None = Field(description="What to send as `after` for the next page; null at the end")


@run_queries.get("/programs/{program_id}/runs", dependencies=allowed(CLIENTS, OPERATORS))
async def list_runs(program_id: str, reader: TenantReader, after: After = None, limit: Limit = 100) -> Listing[RunView]:
    """List the runs of a program."""
    return listing(await reader.page(MatchRun, {"program_id": program_id}, after, limit), RunView.shown)


@run_queries.get("/runs/{run_id}", dependencies=allowed(CLIENTS, OPERATORS))
async def show_run(run_id: str, reader: TenantReader, response: Response) -> RunView:
    """Show a run, with its figures and its record."""
    return RunView.shown(versioned(response, await reader.get(MatchRun, run_id)))


@run_queries.get("/runs/{run_id}/pairs", dependencies=allowed(CLIENTS, OPERATORS))
async def list_pairs(run_id: str, reader: TenantReader, after: AfterIndex = 0) -> Slices[PairView]:
    """List the pairs of a run, in the order of the mentees' applications, some slices at a time."""
    run = await reader.get(MatchRun, run_id)
    parts = await reader.many(RunPairs, _slices(run_id, after, run.pair_slices))
    items = [PairView.of(pair) for part in parts for pair in part.pairs]
    return Slices(items=items, next=_next(after, run.pair_slices))


@run_queries.get("/runs/{run_id}/unmatched", dependencies=allowed(CLIENTS, OPERATORS))
async def list_unmatched(run_id: str, reader: TenantReader, after: AfterIndex = 0) -> Slices[UnmatchedView]:
    """List the people whom a run has not matched, each with the reason, some slices at a time."""
    run = await reader.get(MatchRun, run_id)
    parts = await reader.many(RunUnmatched, _slices(run_id, after, run.unmatched_slices))
    items = [UnmatchedView.of(one) for part in parts for one in part.people]
    return Slices(items=items, next=_next(after, run.unmatched_slices))


@run_queries.get("/runs/{run_id}/compare/{other_id}", dependencies=allowed(CLIENTS, OPERATORS))
async def compare_runs(
    run_id: str, other_id: str, reader: TenantReader, after: AfterIndex = 0, limit: Limit = 100
) -> RunComparison:
    """Compare a run with another one of the same program, what-if or not."""
    first, second = await reader.get(MatchRun, run_id), await reader.get(MatchRun, other_id)
    first.check_comparable(second)
    pairs = await _pairs(reader, first), await _pairs(reader, second)
    return RunComparison.of((first, second), pairs, after, limit)


async def _pairs(reader: Reader, run: MatchRun) -> list[RunPair]:
    parts = await reader.many(RunPairs, [slice_id(run.id, number) for number in range(run.pair_slices)])
    return [pair for part in parts for pair in part.pairs]


def _slices(run_id: str, after: int, total: int) -> list[str]:
    return [slice_id(run_id, number) for number in range(after, min(after + SLICES_PER_PAGE, total))]


def _next(after: int, total: int) -> int | None:
    return after + SLICES_PER_PAGE if after + SLICES_PER_PAGE < total else None
