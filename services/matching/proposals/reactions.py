"""What other services' events, time and finished computations bring about in matching."""

from collections.abc import Sequence

from services.matching.pool.model.participant import PoolEntry
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_rules import ProgramCopy
from services.matching.proposals.model.loading import PROPOSAL
from services.matching.proposals.model.match import Match, Offer
from services.matching.proposals.model.proposal import Proposal
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.proposals.next_mentor import (
    PROPOSED,
    ExpireMatch,
    NextBestFound,
    NobodyFound,
    RemindOfMatch,
    go_on,
    propose_or_go_on,
    search,
)
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, reads, require

proposal_reactions = Handlers()


@proposal_reactions.on("expire-match", loads=PROPOSAL)
def expire_match(_: ExpireMatch, match: Match, mentor: MentorSeats, mentee: MenteeRequests, ctx: Context) -> None:
    """Unless both have answered: the mentee goes on to the next best."""
    if match.is_open:
        proposal = Proposal(match, mentor, mentee)
        ctx.emit(*proposal.expire(at=ctx.now))
        go_on([proposal], ctx)


@proposal_reactions.on("remind-of-match", loads={"match": require(Match, "match_id")})
def remind_of_match(_: RemindOfMatch, match: Match, ctx: Context) -> None:
    """Unless both have answered: who has not is reminded."""
    if match.is_open:
        ctx.emit(match.remind())


@proposal_reactions.on(
    "propose-next-best",
    loads={
        "match": create(Match, "match_id"),
        "program": require(ProgramCopy, "program_id"),
        "entries": require(PoolEntry, lambda found: [found.mentor_application_id, found.mentee_application_id]),
        "profile": reads(ProfileCopy, "mentor_application_id"),
        "mentor": create(MentorSeats, "mentor_application_id"),
        "mentee": create(MenteeRequests, "mentee_application_id"),
    },
)
def propose_next_best(
    found: NextBestFound,
    match: Match,
    program: ProgramCopy,
    entries: Sequence[PoolEntry],
    profile: ProfileCopy | None,
    mentor: MentorSeats,
    mentee: MenteeRequests,
    ctx: Context,
) -> None:
    """Ask them, or search again if the mentor is no longer to be had."""
    mentor_entry, mentee_entry = entries
    offer = Offer(mentor_entry, mentee_entry, profile.seats if profile else 0, found.fit)
    outcome = propose_or_go_on(Proposal(match, mentor, mentee), offer, program, ctx, found.is_ranked)
    if outcome == PROPOSED and found.is_ranked and mentee.wants_ranked(program.open_requests):
        search(mentee, found.program_id, ctx, is_ranked=True)


@proposal_reactions.on("note-nobody-found", loads={"mentee": require(MenteeRequests, "mentee_application_id")})
def note_nobody_found(found: NobodyFound, mentee: MenteeRequests) -> None:
    """The reason stays visible until somebody is asked."""
    mentee.find_nobody(found.reason, found.figures)
