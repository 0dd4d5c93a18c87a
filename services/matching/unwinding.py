"""How an accepted match ends early, without fault: the seat is free, and the mentee comes first from then on."""

from pydantic import BaseModel, ConfigDict, Field

from services.matching.loading import PROPOSAL
from services.matching.model.match import Match, UnwindReason
from services.matching.model.places import MenteeRequests, MentorSeats
from services.matching.model.proposal import Proposal
from services.matching.proposing import go_on
from services.matching.waiting import search_for_waiting
from shared.contracts.intake import Role
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import CLIENTS, OPERATORS, PEOPLE, Handlers
from shared.ids import MatchId

unwinding = Handlers()


class UnwindMatch(BaseModel):
    """End an accepted match. The two are not proposed to each other again."""

    model_config = ConfigDict(extra="forbid")

    match_id: MatchId


class RequestRematch(BaseModel):
    """Ask for another match instead of an accepted one, for oneself: it is nobody's fault."""

    model_config = ConfigDict(extra="forbid")

    match_id: MatchId
    on_behalf_of: Role | None = Field(None, description="Who of the two wants it, if somebody else asks for them")


@unwinding.post("/matches/{match_id}/unwind", loads=PROPOSAL, allow=(CLIENTS, OPERATORS))
def unwind_match(_: UnwindMatch, match: Match, mentor: MentorSeats, mentee: MenteeRequests, ctx: Context) -> None:
    """The mentee goes on to the next best, and the seat to somebody who waits for one."""
    proposal = Proposal(match, mentor, mentee)
    ctx.emit(*proposal.unwind(UnwindReason.STAFF, at=ctx.now))
    go_on([proposal], ctx)
    search_for_waiting(match.program_id, ctx)


@unwinding.post("/matches/{match_id}/rematch", loads=PROPOSAL, allow=(PEOPLE, CLIENTS, OPERATORS))
def request_rematch(
    command: RequestRematch, match: Match, mentor: MentorSeats, mentee: MenteeRequests, ctx: Context
) -> None:
    """The other side is told that the match has ended, and not who has asked."""
    proposal = Proposal(match, mentor, mentee)
    ctx.emit(*proposal.request_rematch(ctx.actor, command.on_behalf_of, at=ctx.now))
    go_on([proposal], ctx)
    search_for_waiting(match.program_id, ctx)
