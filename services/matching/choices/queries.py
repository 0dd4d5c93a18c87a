"""Reads of choices over HTTP: the mentors among whom a mentee may choose, and who is kept apart."""

from typing import Annotated

from fastapi import Query, Response
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
from shared.contracts.intake import PROFILE_FACTS, Role
from shared.engine.authoring.grants import Subject, staff
from shared.errors import NotFound
from shared.web.access import GrantedBy, found
from shared.web.names import Names
from shared.web.now import Now
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import applicants, of_people, to_whoever
from shared.web.versions import versioned

choice_queries = Routes()

BOTH = applicants(Participant, "mentor_application_id", "mentee_application_id")


@choice_queries.get(
    "/programs/{program_id}/exclusions",
    allow=staff("program_id", "matching:read"),
    shows=applicants(Participant, "items.mentor_application_id", "items.mentee_application_id"),
)
async def list_exclusions(
    program_id: str, reader: TenantReader, after: After = None, limit: Limit = 100
) -> Listing[ExclusionView]:
    """List who is kept apart in a program."""
    return listing(await reader.page(Exclusion, {"program_id": program_id}, after, limit), ExclusionView.of)


@choice_queries.get(
    "/programs/{program_id}/exclusions/{exclusion_id:path}", allow=staff("program_id", "matching:read"), shows=BOTH
)
async def show_exclusion(program_id: str, exclusion_id: str, reader: TenantReader, response: Response) -> ExclusionView:
    """Show why two are kept apart in a program, and since when."""
    exclusion = await reader.get(Exclusion, exclusion_id)
    if exclusion.program_id != program_id:
        raise NotFound.of(Exclusion.collection, exclusion_id)
    return ExclusionView.of(versioned(response, exclusion))


@choice_queries.get(
    "/programs/{program_id}/pins/{mentee_application_id}", allow=staff("program_id", "matching:read"), shows=BOTH
)
async def show_pin(
    program_id: str, mentee_application_id: Application, reader: TenantReader, response: Response
) -> PinView:
    """Show whom a mentee is pinned to, until the two are proposed to each other."""
    requests = await reader.get(MenteeRequests, mentee_application_id)
    if requests.program_id != program_id or requests.pinned is None:
        raise NotFound.of(MenteeRequests.collection, mentee_application_id)
    versioned(response, requests)
    return PinView(mentor_application_id=requests.pinned, mentee_application_id=requests.id)


@choice_queries.get(
    "/programs/{program_id}/mentors",
    allow=(Subject("mentee.person_id"), *staff("program_id", "matching:read")),
    shows=to_whoever(of_people("mentor_id")),
)
async def list_mentors(
    program_id: str,
    mentee: Annotated[Participant, found(Participant, "mentee_application_id", Application)],
    granted: GrantedBy,
    names: Names,
    now: Now,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most")] = 20,
) -> list[ChoiceView]:
    """List the mentors who have room for a mentee, the best first: for the mentee, and those who run the program."""
    reader = names.reader
    mentee.check(program_id, Role.MENTEE)
    profile = await reader.get(ProfileCopy, mentee.id)
    (requests,) = await reader.many(MenteeRequests, [mentee.id]) or [MenteeRequests(id=mentee.id)]
    mentors = await profiles_in_pool(reader, {"program_id": mentee.program_id, "role": Role.MENTOR})
    seats = await reader.every(MentorSeats, {"program_id": mentee.program_id})
    program = await reader.get(Program, mentee.program_id)
    search = Search(profile, requests, mentors, seats, now, program.rules.minimum_score)
    choices = await run_in_threadpool(best_choices, search, limit)
    facts = program.rules.shown_facts if granted.is_own else PROFILE_FACTS
    shown = [ChoiceView.of(choice, facts) for choice in choices]
    await names.on_all(shown)
    return shown
