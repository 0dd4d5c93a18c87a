"""Reads of choices over HTTP: the mentors among whom a mentee may choose, and who is kept apart."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Response
from fastapi.concurrency import run_in_threadpool

from services.matching.choices.mentor_choices import best_choices
from services.matching.choices.model import Exclusion
from services.matching.choices.views import ChoiceView, ExclusionView, PinView, RankingView
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
from shared.engine.authoring.reader import Reader
from shared.errors import NotFound
from shared.web.access import GrantedBy, found
from shared.web.names import Names
from shared.web.now import Now
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.trail.shown import of_people, to_whoever
from shared.web.versions import versioned

choice_queries = Routes()

BOTH = of_people("mentor_id", "mentee_id")
BOTH_OF_ALL = of_people("items.mentor_id", "items.mentee_id")
STAFF = staff("program_id", "matching:read")


@choice_queries.get("/programs/{program_id}/exclusions", allow=STAFF, shows=BOTH_OF_ALL)
async def list_exclusions(
    program_id: str, names: Names, after: After = None, limit: Limit = 100
) -> Listing[ExclusionView]:
    """List who is kept apart in a program."""
    page = await names.reader.page(Exclusion, {"program_id": program_id}, after, limit)
    ids = [id for one in page.items for id in (one.mentor_application_id, one.mentee_application_id)]
    people = await _people(names.reader, ids)
    return await names.on_page(listing(page, lambda one: ExclusionView.of(one, people)))


@choice_queries.get("/programs/{program_id}/exclusions/{exclusion_id:path}", allow=STAFF, shows=BOTH)
async def show_exclusion(program_id: str, exclusion_id: str, names: Names, response: Response) -> ExclusionView:
    """Show why two are kept apart in a program, and since when."""
    exclusion = await names.reader.get(Exclusion, exclusion_id)
    if exclusion.program_id != program_id:
        raise NotFound.of(Exclusion.collection, exclusion_id)
    people = await _people(names.reader, [exclusion.mentor_application_id, exclusion.mentee_application_id])
    return await names.on(ExclusionView.of(versioned(response, exclusion), people))


@choice_queries.get("/programs/{program_id}/pins", allow=STAFF, shows=BOTH_OF_ALL)
async def list_pins(program_id: str, names: Names, after: After = None, limit: Limit = 100) -> Listing[PinView]:
    """List who is pinned to whom in a program, until they are proposed to each other."""
    page = await names.reader.page(MenteeRequests, {"program_id": program_id, "pinned": {"$gt": ""}}, after, limit)
    people = await _people(names.reader, [id for one in page.items for id in (one.id, one.pinned or "")])
    return await names.on_page(listing(page, lambda one: PinView.of(one, people)))


@choice_queries.get("/programs/{program_id}/pins/{mentee_application_id}", allow=STAFF, shows=BOTH)
async def show_pin(program_id: str, mentee_application_id: Application, names: Names, response: Response) -> PinView:
    """Show whom a mentee is pinned to, until the two are proposed to each other."""
    requests = await names.reader.get(MenteeRequests, mentee_application_id)
    if requests.program_id != program_id or requests.pinned is None:
        raise NotFound.of(MenteeRequests.collection, mentee_application_id)
    versioned(response, requests)
    people = await _people(names.reader, [requests.id, requests.pinned])
    return await names.on(PinView.of(requests, people))


@choice_queries.get(
    "/programs/{program_id}/rankings/{mentee_application_id}",
    allow=(Subject("mentee.person_id"), *STAFF),
    shows=to_whoever(of_people("ranked.mentor_id")),
)
async def show_ranking(
    program_id: str,
    mentee: Annotated[Participant, found(Participant, "mentee_application_id", Application)],
    names: Names,
    response: Response,
) -> RankingView:
    """Show the mentors whom a mentee has ranked and who were not asked yet: for the mentee, and for staff."""
    mentee.check_known(program_id, Role.MENTEE)
    (requests,) = await names.reader.many(MenteeRequests, [mentee.id]) or [MenteeRequests(id=mentee.id)]
    program = await names.reader.get(Program, program_id)
    people = await _people(names.reader, requests.ranked)
    versioned(response, requests)
    return await names.on(RankingView.of(requests, people, program.rules.open_requests))


@choice_queries.get(
    "/programs/{program_id}/mentors",
    allow=(Subject("mentee.person_id"), *STAFF),
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


async def _people(reader: Reader, applications: Sequence[str]) -> dict[str, Participant]:
    """Read whose applications these are."""
    return {one.id: one for one in await reader.many(Participant, sorted({*applications}))}
