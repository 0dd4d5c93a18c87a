"""What time and finished searches bring about for proposals."""

from typing import Annotated

from services.matching.pool.model.participant import Participant
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.unmatched_codes import Unmatchable
from services.matching.proposals.model.match import Match, Offer
from services.matching.proposals.model.proposal import NewProposal, Proposal
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.next_mentor import (
    PROPOSED,
    ExpireMatch,
    NextBestFound,
    NobodyFound,
    RemindOfMatch,
    propose_or_search,
    search_next_mentor,
    search_next_mentors,
)
from services.matching.waitlist.next_look import wait_for_match
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create, reads, require

proposal_reactions = Handlers()


class FoundProposal(NewProposal):
    """A match that a search has found, with its two participants and the seats that the mentor states."""

    match: Annotated[Match, create("match_id")]
    participants: Annotated[list[Participant], require("applications")]
    profile: Annotated[ProfileCopy | None, reads("mentor_application_id")]

    def offer(self, found: NextBestFound) -> Offer:
        """What the two are to be asked."""
        mentor, mentee = self.participants
        return Offer(mentor, mentee, self.profile.seats if self.profile else 0, found.fit)


@proposal_reactions.on("expire-match")
def expire_match(_: ExpireMatch, proposal: Proposal, ctx: Context) -> None:
    """End a proposal that was not accepted by both in time, and look for the mentee's next mentor."""
    if proposal.match.is_open:
        ctx.emit(*proposal.expire(at=ctx.now))
        search_next_mentors([proposal], ctx)


@proposal_reactions.on("remind-of-match")
def remind_of_match(_: RemindOfMatch, match: Annotated[Match, require("match_id")], ctx: Context) -> None:
    """Remind those who have not answered a proposal, if it is still open."""
    if match.is_open:
        ctx.emit(match.remind())


@proposal_reactions.on("propose-next-best")
def propose_next_best(found: NextBestFound, proposal: FoundProposal, ctx: Context) -> None:
    """Propose the mentor who was found, or search again if that mentor cannot be asked any more."""
    mentee, rules = proposal.mentee, proposal.program.rules
    outcome = propose_or_search(proposal, proposal.offer(found), proposal.program, ctx, found.is_ranked)
    if outcome == PROPOSED and found.is_ranked and mentee.wants_ranked(rules.open_requests):
        search_next_mentor(mentee, found.program_id, ctx, is_ranked=True)


@proposal_reactions.on("note-nobody-found")
def note_nobody_found(
    found: NobodyFound,
    mentee: Annotated[MenteeRequests, require("mentee_application_id")],
    participant: Annotated[Participant, require("mentee_application_id")],
    ctx: Context,
) -> None:
    """Keep the reason why nobody was found; who has no mentor at all waits, and is told so."""
    if mentee.fail_search(found.reason, found.figures) and not mentee.accepted:
        wait_for_match(participant, Unmatchable(found.reason, found.figures), ctx, mentee.next_silent(ctx.now))
