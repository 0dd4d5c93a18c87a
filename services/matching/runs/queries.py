"""Reads of match runs over HTTP, for those who run a program."""

from typing import Annotated, Generic, TypeVar

from fastapi import Query, Response
from pydantic import BaseModel, Field

from services.matching.algorithm.changes import changes
from services.matching.pool.model.participant import Participant
from services.matching.pool.model.profile import ProfileCopy
from services.matching.proposals.model.fit import compare_today
from services.matching.runs.comparison import ChangeView, RunComparison
from services.matching.runs.model.run import MatchRun
from services.matching.runs.model.run_index import PairFilter, PairOrder
from services.matching.runs.model.run_result import RunPairs
from services.matching.runs.pair_views import ExplainedPair, PairView, UnmatchedView
from services.matching.runs.rows import (
    applications_in,
    applications_of,
    index_of,
    pairs_at,
    people_of,
    unmatched_at,
    unmatched_places,
)
from services.matching.runs.views import RunView
from shared.contracts.intake import Role
from shared.engine.authoring.grants import staff
from shared.errors import NotFound
from shared.web.access import found
from shared.web.names import Names
from shared.web.now import Now
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import NOBODY, applicants, of_people
from shared.web.versions import versioned

run_queries = Routes()

STAFF = staff("run.program_id", "matching:read")

CHANGES = applicants(Participant, "changes.mentee", "changes.before", "changes.after")

ThisRun = Annotated[MatchRun, found(MatchRun, "run_id")]

PAIRS = of_people("items.mentor_id", "items.mentee_id", "items.other.mentor_id")

LatestFirst = Annotated[bool, Query(description="The latest first; else the earliest")]


V = TypeVar("V", bound=BaseModel)

AfterIndex = Annotated[int, Query(ge=0, le=1_000_000, description="The `next` of the page before; 0 for the first")]
MostRows = Annotated[int, Query(ge=1, le=100, description="How many at most")]


class Found(BaseModel, Generic[V]):
    """Some rows of a long result. `count` is how many there are of those that were asked for."""

    items: list[V]
    count: int
    next: int | None = Field(description="What to send as `after` for the next page; null at the end")

    @classmethod
    def of(cls, items: list[V], count: int, after: int) -> "Found[V]":
        """Show these, of so many, from behind so many."""
        end = after + len(items)
        return cls(items=items, count=count, next=end if end < count else None)


class Wanted(BaseModel):
    """Which pairs of a run are asked for, and in which order."""

    sort: PairOrder = Field(
        default="score",
        description="The weakest first, or with `-` the best; or by the price of the better mentor, where there is one",
    )
    below: float | None = Field(default=None, ge=0, le=1, description="Only pairs with a lower score")
    better: bool = Field(default=False, description="Only pairs whose mentee would fit another mentor better")
    pinned: bool = Field(default=False, description="Only pairs that somebody has chosen")
    person_id: str | None = Field(default=None, max_length=200, description="Only pairs of this person")
    after: int = Field(default=0, ge=0, le=1_000_000, description="The `next` of the page before; 0 for the first")
    limit: int = Field(default=100, ge=1, le=100, description="How many at most")


@run_queries.get("/programs/{program_id}/runs", allow=staff("program_id", "matching:read"), shows=NOBODY)
async def list_runs(
    program_id: str, reader: TenantReader, after: After = None, limit: Limit = 100, latest_first: LatestFirst = False
) -> Listing[RunView]:
    """List the runs of a program."""
    page = await reader.page(MatchRun, {"program_id": program_id}, after, limit, latest_first=latest_first)
    return listing(page, RunView.shown)


@run_queries.get("/runs/{run_id}", allow=STAFF, shows=NOBODY)
async def show_run(run: ThisRun, response: Response) -> RunView:
    """Show a run, with its figures and its record."""
    return RunView.shown(versioned(response, run))


@run_queries.get("/runs/{run_id}/compare/{other_id}", allow=STAFF, shows=CHANGES)
async def compare_runs(
    run: ThisRun, other_id: str, names: Names, after: AfterIndex = 0, limit: MostRows = 100
) -> RunComparison:
    """Compare a run with another one of the same program, what-if or not."""
    other = await names.reader.get(MatchRun, other_id)
    run.check_comparable(other)
    first, second = await index_of(names.reader, run), await index_of(names.reader, other)
    found = changes(first.scored(), second.scored())
    shown = found[after : after + limit]
    people = await people_of(names.reader, [id for one in shown for id in (one.mentee, *one.before, *one.after)])
    views = [ChangeView.of(one, people) for one in shown]
    await names.on_all(views)
    return RunComparison.of((run, other), (first, second), found, views, after)


@run_queries.get("/runs/{run_id}/pairs", allow=STAFF, shows=PAIRS)
async def list_pairs(run: ThisRun, names: Names, wanted: Annotated[Wanted, Query()]) -> Found[PairView]:
    """List the pairs of a run, the weakest first, each with what its score is made of and the best other mentor."""
    reader, index = names.reader, await index_of(names.reader, run)
    applications = await applications_of(reader, run, wanted.person_id) if wanted.person_id else None
    which = PairFilter(wanted.below, applications, wanted.better, wanted.pinned)
    places = index.places(wanted.sort, which)
    pairs = await pairs_at(reader, run, places[wanted.after : wanted.after + wanted.limit])
    people = await people_of(reader, [id for pair in pairs for id in applications_in(pair)])
    items = [PairView.of(pair, people) for pair in pairs]
    await names.on_all(items)
    return Found[PairView].of(items, len(places), wanted.after)


@run_queries.get(
    "/runs/{run_id}/pairs/{mentee_application_id}/{mentor_application_id}",
    allow=STAFF,
    shows=of_people("mentor_id", "mentee_id", "other.mentor_id"),
)
async def show_pair(
    run: ThisRun, mentee_application_id: str, mentor_application_id: str, names: Names, now: Now
) -> ExplainedPair:
    """Show one pair of a run: what each criterion adds, what the two state, and the best other mentor."""
    reader = names.reader
    place = (await index_of(reader, run)).place(mentee_application_id, mentor_application_id)
    if place is None:
        raise NotFound.of(RunPairs.collection, f"{mentee_application_id}/{mentor_application_id}")
    (pair,) = await pairs_at(reader, run, [place])
    people = await people_of(reader, applications_in(pair))
    today = compare_today(await reader.many(ProfileCopy, pair.ids), now.date())
    return await names.on(ExplainedPair.explained(pair, people, today))


@run_queries.get("/runs/{run_id}/unmatched", allow=STAFF, shows=of_people("items.person_id"))
async def list_unmatched(
    run: ThisRun,
    names: Names,
    role: Role | None = None,
    reason: Annotated[str | None, Query(max_length=100, description="A code of `unmatched` of the run")] = None,
    after: AfterIndex = 0,
    limit: MostRows = 100,
) -> Found[UnmatchedView]:
    """List the people whom a run has not matched, each with the reason; all, or of one role or reason."""
    places = await unmatched_places(names.reader, run, role, reason)
    people = await unmatched_at(names.reader, run, places[after : after + limit])
    items = [UnmatchedView.of(one) for one in people]
    await names.on_all(items)
    return Found[UnmatchedView].of(items, len(places), after)
