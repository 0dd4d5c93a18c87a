"""Reads of matches over HTTP: people see their own, those who run a program all of it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Response

from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_rules import Program
from services.matching.proposals.model.conversation import Conversation
from services.matching.proposals.model.fit import compare_today
from services.matching.proposals.model.match import Match
from services.matching.proposals.model.match_status import MatchStatus
from services.matching.proposals.model.seats import MentorSeats
from services.matching.proposals.partner import PartnerView, ShownProfile, sees_profile
from services.matching.proposals.views import ExplainedMatch, MatchView, MessageView, SeatsView
from shared.contracts.intake import Role
from shared.engine.authoring.grants import ADMIN, OPERATOR, Members, Scope, Subject, staff
from shared.engine.authoring.links import ByLink, Purpose
from shared.engine.authoring.reader import Reader
from shared.web.access import GrantedBy, found
from shared.web.auth import CurrentCaller
from shared.web.names import Names
from shared.web.pages import After, Limit, Listing, listing
from shared.web.routes import Routes
from shared.web.tenant_reader import TenantReader
from shared.web.trail.shown import of_people
from shared.web.versions import versioned

match_queries = Routes()

ThisMatch = Annotated[Match, found(Match, "match_id")]

THE_TWO = Members("match.people"), ByLink(Purpose.PROPOSAL, "match.links")
"""The two of a match, by the links of their mails too."""

BOTH_OF_ALL = of_people("items.mentor_id", "items.mentee_id")


@match_queries.get("/programs/{program_id}/matches", allow=staff("program_id", "matching:read"), shows=BOTH_OF_ALL)
async def list_matches(
    program_id: str,
    reader: TenantReader,
    names: Names,
    status: Annotated[Sequence[MatchStatus], Query(description="Any of these only")] = (),
    mentor_id: Annotated[Sequence[str], Query(description="Of these mentors only", max_length=100)] = (),
    after: After = None,
    limit: Limit = 100,
) -> Listing[MatchView]:
    """List the matches of a program, of some statuses and mentors or all."""
    asked = {"status": [*status], "mentor_id": [*mentor_id]}
    where = {"program_id": program_id} | {name: {"$in": values} for name, values in asked.items() if values}
    return await names.on_page(listing(await reader.page(Match, where, after, limit), MatchView.of))


@match_queries.get(
    "/people/{person_id}/matches",
    allow=(Subject("person_id"), OPERATOR, ADMIN, Scope("matching:read")),
    shows=BOTH_OF_ALL,
)
async def list_own_matches(
    person_id: str,
    role: Role,
    reader: TenantReader,
    names: Names,
    after: After = None,
    limit: Limit = 100,
) -> Listing[MatchView]:
    """List the matches in which the person is the mentor, or the mentee."""
    page = await reader.page(Match, {f"{role}_id": person_id}, after, limit)
    return await names.on_page(listing(page, MatchView.of))


@match_queries.get(
    "/matches/{match_id}",
    allow=(*THE_TWO, *staff("match.program_id", "matching:read")),
    shows=of_people("mentor_id", "mentee_id"),
)
async def show_match(
    match: ThisMatch, names: Names, granted: GrantedBy, caller: CurrentCaller, response: Response
) -> ExplainedMatch:
    """Show one match and the reasons for it, to its two people and those who run the program."""
    ids = match.mentee_application_id, match.mentor_application_id
    today = compare_today(await names.reader.many(ProfileCopy, ids), match.proposed_at.date())
    facts = await shown_facts(names.reader, match.program_id) if granted.is_own else None
    shown = ExplainedMatch.explained(versioned(response, match), today, facts)
    if not granted.is_own or caller.subject == match.mentor_id:
        shown.seats = await _seats(names.reader, match)
    return await names.on(shown)


@match_queries.get("/matches/{match_id}/partner", allow=THE_TWO)
async def show_partner(match: ThisMatch, names: Names, caller: CurrentCaller) -> PartnerView:
    """Show one of the two of a match the other one: the name, and of the profile what the program shows."""
    role = Role.MENTEE if caller.subject == match.mentor_id else Role.MENTOR
    id = match.mentor_application_id if role is Role.MENTOR else match.mentee_application_id
    profiles = [one for one in await names.reader.many(ProfileCopy, [id]) if sees_profile(match) and not one.removed]
    facts = await shown_facts(names.reader, match.program_id)
    shown = [ShownProfile.of(profile, facts) for profile in profiles]
    called = await names.called([match.mentor_id if role is Role.MENTOR else match.mentee_id])
    return PartnerView.of(match, role, next(iter(called), None), next(iter(shown), None))


@match_queries.get("/matches/{match_id}/messages", allow=THE_TWO)
async def list_messages(match: ThisMatch, reader: TenantReader) -> list[MessageView]:
    """List what the two of a match have written to each other before they decided: for these two, and nobody else."""
    conversations = await reader.many(Conversation, [match.id])
    return [MessageView.of(message) for conversation in conversations for message in conversation.messages]


async def shown_facts(reader: Reader, program_id: str) -> tuple[str, ...]:
    """Return what the people of a program see of each other's profiles."""
    (program,) = await reader.many(Program, [program_id]) or [Program()]
    return program.rules.shown_facts


async def _seats(reader: Reader, match: Match) -> SeatsView | None:
    """Count the mentor's seats; None if their profile is gone."""
    profiles = await reader.many(ProfileCopy, [match.mentor_application_id])
    kept = await reader.many(MentorSeats, [match.mentor_application_id]) or [MentorSeats()]
    return next((SeatsView.of(one.seats, kept[0]) for one in profiles if not one.removed), None)
