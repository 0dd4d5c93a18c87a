"""Reads of matches over HTTP: people see their own, clients and operators all of them."""

from fastapi import APIRouter, Response

from services.matching.pool.model.profile import ProfileCopy, ProfileInvalid
from services.matching.pool.model.program_criteria import Score
from services.matching.proposals.model.conversation import Conversation
from services.matching.proposals.model.fit import compare
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.match_status import MatchStatus
from services.matching.proposals.views import ExplainedMatch, MatchView, MessageView
from shared.contracts.intake import Role
from shared.engine.authoring.handlers import CLIENTS, OPERATORS, PEOPLE
from shared.engine.authoring.reader import Reader
from shared.web.access import OwnPersonId, allowed
from shared.web.auth import CurrentCaller
from shared.web.paging import After, Limit, Listing, listing
from shared.web.reading import TenantReader
from shared.web.versions import versioned

match_queries = APIRouter()


@match_queries.get("/programs/{program_id}/matches", dependencies=allowed(CLIENTS, OPERATORS))
async def list_matches(
    program_id: str,
    reader: TenantReader,
    status: MatchStatus | None = None,
    after: After = None,
    limit: Limit = 100,
) -> Listing[MatchView]:
    """List the matches of a program, of one status or all."""
    where = {"program_id": program_id} | ({"status": status} if status else {})
    return listing(await reader.page(Match, where, after, limit), MatchView.of)


@match_queries.get("/people/{person_id}/matches")
async def list_own_matches(
    person_id: OwnPersonId,
    role: Role,
    reader: TenantReader,
    after: After = None,
    limit: Limit = 100,
) -> Listing[MatchView]:
    """List the matches in which the person is the mentor, or the mentee."""
    return listing(await reader.page(Match, {f"{role}_id": person_id}, after, limit), MatchView.of)


@match_queries.get("/matches/{match_id}")
async def show_match(match_id: str, reader: TenantReader, caller: CurrentCaller, response: Response) -> ExplainedMatch:
    """Show one match and the reasons for it, to its two people and those who run the program."""
    match = versioned(response, await reader.get(Match, match_id))
    match.check_actor(caller.actor)
    return ExplainedMatch.explained(match, await _compare(reader, match), is_for_staff=caller.kind != "person")


@match_queries.get("/matches/{match_id}/messages", dependencies=allowed(PEOPLE))
async def list_messages(match_id: str, reader: TenantReader, caller: CurrentCaller) -> list[MessageView]:
    """List what the two of a match have written to each other before they decided: for these two, and nobody else."""
    (await reader.get(Match, match_id)).side_of(caller.actor)
    found = await reader.many(Conversation, [match_id])
    return [MessageView.of(message) for conversation in found for message in conversation.messages]


async def _compare(reader: Reader, match: Match) -> Score | None:
    """Compare the two by what they state today; None if one of them has left."""
    ids = [match.mentee_application_id, match.mentor_application_id]
    profiles = [profile for profile in await reader.many(ProfileCopy, ids) if not profile.removed]
    if len(profiles) < len(ids):
        return None
    try:
        mentee, mentor = (profile.person() for profile in profiles)
        return compare(mentor, mentee, match.proposed_at.date())
    except ProfileInvalid:
        return None
