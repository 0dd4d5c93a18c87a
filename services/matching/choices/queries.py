"""Reads of choices over HTTP: the mentors among whom a mentee may choose, and who is kept apart."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool

from services.matching.choices.mentor_choices import best_choices
from services.matching.choices.model import Exclusion
from services.matching.choices.views import ChoiceView, ExclusionView
from services.matching.pool.members import profiles_in_pool
from services.matching.pool.model.applications import Application
from services.matching.pool.model.participant import PoolEntry
from services.matching.pool.model.profile import ProfileCopy
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.staff import ForStaff
from shared.contracts.intake import Role
from shared.web.auth import CurrentCaller
from shared.web.now import Now
from shared.web.paging import After, Limit, Listing, listing
from shared.web.reading import TenantReader

choice_queries = APIRouter()


@choice_queries.get("/programs/{program_id}/exclusions", dependencies=ForStaff)
async def list_exclusions(
    program_id: str, reader: TenantReader, after: After = None, limit: Limit = 100
) -> Listing[ExclusionView]:
    """Who is kept apart in a program."""
    return listing(await reader.page(Exclusion, {"program_id": program_id}, after, limit), ExclusionView.of)


@choice_queries.get("/programs/{program_id}/mentors")
async def list_mentors(
    program_id: str,
    mentee_application_id: Application,
    reader: TenantReader,
    caller: CurrentCaller,
    now: Now,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most")] = 20,
) -> list[ChoiceView]:
    """The mentors who have room for a mentee, the best first: for the mentee, and those who run the program."""
    entry = await reader.get(PoolEntry, mentee_application_id)
    entry.check_actor(caller.actor)
    entry.check(program_id, Role.MENTEE)
    mentee = await reader.get(ProfileCopy, entry.id)
    (requests,) = await reader.many(MenteeRequests, [entry.id]) or [MenteeRequests(id=entry.id)]
    mentors = await profiles_in_pool(reader, {"program_id": program_id, "role": Role.MENTOR})
    seats = await reader.every(MentorSeats, {"program_id": program_id})
    choices = await run_in_threadpool(best_choices, mentee, requests, mentors, seats, now.date(), limit)
    return [ChoiceView.of(choice) for choice in choices]
