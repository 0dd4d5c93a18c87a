"""What people and managers may ask of proposals and matches."""

from pydantic import Field

from services.matching.pool.model.applications import Pair
from services.matching.proposals.model.chosen_pair import ChosenPair
from services.matching.proposals.model.match import DeclineReason, Offer, UnwindReason
from services.matching.proposals.model.proposal import ContestedProposal, NewProposal, Proposal
from services.matching.proposals.next_mentor import cancel_timers, propose, search_next_mentors
from services.matching.waitlist.freed_seats import search_for_waiting
from shared.contracts.intake import Role
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import CLIENTS, OPERATORS, PEOPLE, Handlers
from shared.ids import MatchId

proposal_commands = Handlers()


class ProposeMatch(Pair):
    """Propose two of the pool to each other, by hand."""


class AcceptMatch(Command):
    """Accept a proposal, for oneself. It is a match once both have accepted."""

    match_id: MatchId


class DeclineMatch(Command):
    """Decline a proposal, for oneself."""

    match_id: MatchId
    reason: DeclineReason = Field(description="Why; the other side does not see it")


class UnwindMatch(Command):
    """End an accepted match. The two are not proposed to each other again."""

    match_id: MatchId


class RequestRematch(Command):
    """Request another match instead of an accepted one, without fault on either side."""

    match_id: MatchId
    on_behalf_of: Role | None = Field(None, description="Which of the two wants it, if somebody else asks for them")


@proposal_commands.post("/programs/{program_id}/matches", status=201, allow=(CLIENTS, OPERATORS))
def propose_match(command: ProposeMatch, proposal: NewProposal, pair: ChosenPair, ctx: Context) -> None:
    """Propose two people to each other, under the constraints and with the score of a run."""
    pair.check(command.program_id)
    fit = pair.judge(ctx.now.date())
    mentor, mentee = pair.participants
    offer = Offer(mentor, mentee, pair.mentor_capacity, fit, is_by_hand=True)
    propose(proposal, offer, proposal.program, ctx)


@proposal_commands.post("/matches/{match_id}/accept", allow=(PEOPLE,))
def accept_match(_: AcceptMatch, proposal: ContestedProposal, ctx: Context) -> None:
    """Accept a proposal: the second yes takes the seat, and ends the proposals that it makes impossible."""
    accepted = proposal.accept(ctx.actor, proposal.seats, at=ctx.now)
    if accepted is None:
        return
    beaten = proposal.beaten()
    ctx.emit(accepted)
    for rival in beaten:
        ctx.emit(*rival.supersede(proposal.match, at=ctx.now))
    cancel_timers([proposal, *beaten], ctx)
    search_next_mentors(beaten, ctx)


@proposal_commands.post("/matches/{match_id}/decline", allow=(PEOPLE,))
def decline_match(command: DeclineMatch, proposal: Proposal, ctx: Context) -> None:
    """Decline a proposal, and look for the mentee's next mentor."""
    ctx.emit(*proposal.decline(ctx.actor, command.reason, at=ctx.now))
    cancel_timers([proposal], ctx)
    search_next_mentors([proposal], ctx)


@proposal_commands.post("/matches/{match_id}/unwind", allow=(CLIENTS, OPERATORS))
def unwind_match(_: UnwindMatch, proposal: Proposal, ctx: Context) -> None:
    """End an accepted match, look for the mentee's next mentor, and offer the seat to those who wait for one."""
    ctx.emit(*proposal.unwind(UnwindReason.STAFF, at=ctx.now))
    search_next_mentors([proposal], ctx)
    search_for_waiting(proposal.match.program_id, ctx)


@proposal_commands.post("/matches/{match_id}/rematch", allow=(PEOPLE, CLIENTS, OPERATORS))
def request_rematch(command: RequestRematch, proposal: Proposal, ctx: Context) -> None:
    """End an accepted match on request; the other side learns that it has ended, and not who has asked."""
    ctx.emit(*proposal.request_rematch(ctx.actor, command.on_behalf_of, at=ctx.now))
    search_next_mentors([proposal], ctx)
    search_for_waiting(proposal.match.program_id, ctx)
