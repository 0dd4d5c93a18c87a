"""Reads of choices over HTTP: the mentors among whom a mentee may choose, and who is kept apart."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.concurrency import run_in_threadpool

from services.matching.choices.mentor_choices import best_choices
from services.matching.choices.model import Exclusion
from services.matching.choices.views import ChoiceView, ExclusionView, PinView
from services.matching.pool.members import profiles_in_pool
from services.matching.pool.model.applications import Application
from services.matching.pool.model.participant import Participant
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_rules import Program
from services.matching.proposals.model.best_mentor import Search
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from shared.contracts.intake import Role
from shared.engine.authoring.handlers import CLIENTS, OPERATORS
from shared.errors import NotFound
from shared.web.access import allowed
from shared.web.auth import CurrentCaller
from shared.web.now import Now
from shared.web.paging import After, Limit, Listing, listing
from shared.web.reading import TenantReader
from shared.web.versions import versioned

choice_queries = APIRouter()


@choice_queries.get("/programs/{program_id}/exclusions", dependencies=allowed(CLIENTS, OPERATORS))
async def list_exclusions(
    program_id: str, reader: TenantReader, after: After = None, limit: Limit = 100
) -> Listing[ExclusionView]:
    """List who is kept apart in a program."""
    return listing(await reader.page(Exclusion, {"program_id": program_id}, after, limit), ExclusionView.of)


@choice_queries.get("/programs/{program_id}/exclusions/{exclusion_id:path}", dependencies=allowed(CLIENTS, OPERATORS))
async def show_exclusion(program_id: str, exclusion_id: str, reader: TenantReader, response: Response) -> ExclusionView:
    """Show why two are kept apart in a program, and since when."""
    found = await reader.get(Exclusion, exclusion_id)
    if found.program_id != program_id:
        raise NotFound(f"There is no exclusion {exclusion_id} in this program.")
    return ExclusionView.of(versioned(response, found))


@choice_queries.get("/programs/{program_id}/pins/{mentee_application_id}", dependencies=allowed(CLIENTS, OPERATORS))
async def show_pin(
    program_id: str, mentee_application_id: Application, reader: TenantReader, response: Response
) -> PinView:
    """Show whom a mentee is pinned to, until the two are proposed to each other."""
    requests = await reader.get(MenteeRequests, mentee_application_id)
    if requests.program_id != program_id or requests.pinned is None:
        raise NotFound("This mentee is pinned to nobody in this program.")
    versioned(response, requests)
    return PinView(mentor_application_id=requests.pinned, mentee_application_id=requests.id)


async def own_mentee(
    program_id: str, mentee_application_id: Application, reader: TenantReader, caller: CurrentCaller
) -> Participant:
    """Find a mentee of the program, for themselves and for those who run it."""
    participant = await reader.get(Participant, mentee_application_id)
    participant.check_actor(caller.actor)
    participant.check(program_id, Role.MENTEE)
    return participant


@choice_queries.get("/programs/{program_id}/mentors")
async def list_mentors(
    mentee: Annotated[Participant, Depends(own_mentee)],
    reader: TenantReader,
    now: Now,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most")] = 20,
) -> list[ChoiceView]:
    """List the mentors who have room for a mentee, the best first: for the mentee, and those who run the program."""
    profile = await reader.get(ProfileCopy, mentee.id)
    (requests,) = await reader.many(MenteeRequests, [mentee.id]) or [MenteeRequests(id=mentee.id)]
    mentors = await profiles_in_pool(reader, {"program_id": mentee.program_id, "role": Role.MENTOR})
    seats = await reader.every(MentorSeats, {"program_id": mentee.program_id})
    program = await reader.get(Program, mentee.program_id)
    search = Search(profile, requests, mentors, seats, now, program.rules.minimum_score)
    choices = await run_in_threadpool(best_choices, search, limit)
    return [ChoiceView.of(choice) for choice in choices]
