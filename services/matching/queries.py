"""Reads over HTTP: people see their own matches and choices, clients and operators the pool and all matches."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.concurrency import run_in_threadpool

from services.matching.comparing import Score
from services.matching.model.exclusion import Exclusion
from services.matching.model.fit import compare
from services.matching.model.match import Match, MatchStatus
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.pool import PoolEntry, PoolStatus, ProfileCopy, ProfileInvalid
from services.matching.options import best_choices
from services.matching.pair import Application
from services.matching.solving import profiles_in_pool
from services.matching.views import (
    ChoiceView,
    ExclusionView,
    ExplainedMatch,
    MatchView,
    ParticipantView,
    WaitingView,
)
from shared.contracts.intake import Role
from shared.engine.authoring.reader import A, Reader
from shared.errors import NotAllowed
from shared.web.auth import CurrentCaller
from shared.web.now import Now
from shared.web.paging import After, Limit, Listing, listing
from shared.web.reading import TenantReader
from shared.web.versions import versioned

queries = APIRouter()


async def check_runs_programs(caller: CurrentCaller) -> None:
    """Pools and runs are for clients and operators; raises `NotAllowed`."""
    if caller.kind == "person":
        raise NotAllowed("This is shown to those who run the program; see your own at /people/<your id>/matches.")


ForStaff = [Depends(check_runs_programs)]


@queries.get("/programs/{program_id}/pool", dependencies=ForStaff)
async def list_pool(
    program_id: str, reader: TenantReader, role: Role | None = None, after: After = None, limit: Limit = 100
) -> Listing[ParticipantView]:
    """Those who take part, of one role or both; who has paused is not matched for the time being."""
    taking_part = {"$in": [PoolStatus.IN, PoolStatus.PAUSED]}
    where = {"program_id": program_id, "status": taking_part} | ({"role": role} if role else {})
    page = await reader.page(PoolEntry, where, after, limit)
    ids = [entry.id for entry in page.items]
    profiles = await _by_id(reader, ProfileCopy, ids)
    mentors, mentees = await _by_id(reader, MentorSeats, ids), await _by_id(reader, MenteeRequests, ids)
    return listing(
        page,
        lambda entry: ParticipantView.of(entry, profiles.get(entry.id), mentors.get(entry.id), mentees.get(entry.id)),
    )


@queries.get("/programs/{program_id}/waiting", dependencies=ForStaff)
async def list_waiting(
    program_id: str, reader: TenantReader, after: After = None, limit: Limit = 100
) -> Listing[WaitingView]:
    """Mentees who have room for a mentor after all that they were asked, and why nobody is asked now."""
    where = {"program_id": program_id, "reason": {"$gt": ""}}
    return listing(await reader.page(MenteeRequests, where, after, limit), WaitingView.of)


@queries.get("/programs/{program_id}/exclusions", dependencies=ForStaff)
async def list_exclusions(
    program_id: str, reader: TenantReader, after: After = None, limit: Limit = 100
) -> Listing[ExclusionView]:
    """Who is kept apart in a program."""
    return listing(await reader.page(Exclusion, {"program_id": program_id}, after, limit), ExclusionView.of)


@queries.get("/programs/{program_id}/mentors")
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


@queries.get("/programs/{program_id}/matches", dependencies=ForStaff)
async def list_matches(
    program_id: str,
    reader: TenantReader,
    status: MatchStatus | None = None,
    after: After = None,
    limit: Limit = 100,
) -> Listing[MatchView]:
    """The matches of a program, of one status or all."""
    where = {"program_id": program_id} | ({"status": status} if status else {})
    return listing(await reader.page(Match, where, after, limit), MatchView.of)


@queries.get("/people/{person_id}/matches")
async def list_own_matches(
    person_id: str,
    role: Role,
    reader: TenantReader,
    caller: CurrentCaller,
    after: After = None,
    limit: Limit = 100,
) -> Listing[MatchView]:
    """The matches in which the person is the mentor, or the mentee."""
    if caller.kind == "person" and caller.person_id != person_id:
        raise NotAllowed("These are another person's matches.")
    return listing(await reader.page(Match, {f"{role}_id": person_id}, after, limit), MatchView.of)


@queries.get("/matches/{match_id}")
async def show_match(match_id: str, reader: TenantReader, caller: CurrentCaller, response: Response) -> ExplainedMatch:
    """One match and the reasons for it, for its two people and those who run the program."""
    match = versioned(response, await reader.get(Match, match_id))
    match.check_actor(caller.actor)
    return ExplainedMatch.explained(match, await _compare(reader, match), is_for_staff=caller.kind != "person")


async def _compare(reader: Reader, match: Match) -> Score | None:
    """How the two compare by what they state today; None when one of them has left."""
    ids = [match.mentee_application_id, match.mentor_application_id]
    profiles = [profile for profile in await reader.many(ProfileCopy, ids) if not profile.removed]
    if len(profiles) < len(ids):
        return None
    try:
        mentee, mentor = (profile.person() for profile in profiles)
        return compare(mentor, mentee, match.proposed_at.date())
    except ProfileInvalid:
        return None


async def _by_id(reader: Reader, kind: type[A], ids: Sequence[str]) -> dict[str, A]:
    return {found.id: found for found in await reader.many(kind, ids)}
