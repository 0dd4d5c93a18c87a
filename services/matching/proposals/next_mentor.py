"""What goes with a proposal: its timers, and the search for the next best once it is off."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from services.matching.pool.model.program_rules import ProgramCopy
from services.matching.proposals.model.fit import Fit
from services.matching.proposals.model.match import Match, Offer
from services.matching.proposals.model.proposal import Proposal
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.unavailable import MenteeUnavailable, MentorUnavailable
from shared.engine.authoring.aggregate import Effect, Outcome, Timer
from shared.engine.authoring.context import Context
from shared.ids import ApplicationId, MatchId, ProgramId

PROPOSED = "proposed"


class ExpireMatch(Timer):
    """Have both answered by now?"""

    match_id: MatchId


class RemindOfMatch(Timer):
    """Has somebody not answered by now?"""

    match_id: MatchId


class FindNextBest(Effect):
    """Look for the best mentor who is left for a mentee. `match_id` will be the id of the match.

    If `is_ranked` is set, only mentors whom the mentee has ranked are looked at.
    """

    match_id: MatchId
    program_id: ProgramId
    mentee_application_id: ApplicationId
    is_ranked: bool = False


def propose(proposal: Proposal, offer: Offer, program: ProgramCopy, ctx: Context) -> None:
    """Ask the two, for as many days as the program gives them; raises what `Proposal.make` does."""
    ctx.emit(*proposal.make(offer, program, at=ctx.now))
    match = proposal.match
    ctx.at(match.expires_at, ExpireMatch(match_id=MatchId(match.id)), id=expiry_of(match))
    for day in match.reminder_days:
        when = match.proposed_at + timedelta(days=day)
        ctx.at(when, RemindOfMatch(match_id=MatchId(match.id)), id=reminder_of(match, day))


def propose_or_go_on(
    proposal: Proposal, offer: Offer, program: ProgramCopy, ctx: Context, is_ranked: bool = False
) -> str:
    """Ask the two, or look for another mentor if this one cannot be asked.

    Returns `PROPOSED`, or the code of what stood against it.
    """
    try:
        propose(proposal, offer, program, ctx)
    except MentorUnavailable as refusal:
        search(proposal.mentee, offer.mentee.program_id, ctx, is_ranked)
        return refusal.code
    except MenteeUnavailable as refusal:
        return refusal.code
    return PROPOSED


def forget_timers(closed: Iterable[Proposal], ctx: Context) -> None:
    """Nobody waits for an answer any more."""
    for proposal in closed:
        ctx.cancel(expiry_of(proposal.match))
        for day in proposal.match.reminder_days:
            ctx.cancel(reminder_of(proposal.match, day))


def call_off(open: Sequence[Proposal], ctx: Context) -> None:
    """These can no longer be accepted, and it is nobody's no."""
    for proposal in open:
        ctx.emit(*proposal.withdraw(at=ctx.now))
    forget_timers(open, ctx)


def go_on(closed: Iterable[Proposal], ctx: Context) -> None:
    """These are off: each mentee who has room for a mentor goes on to the next best."""
    for proposal in closed:
        search(proposal.mentee, proposal.match.program_id, ctx)


def search(mentee: MenteeRequests, program_id: ProgramId, ctx: Context, is_ranked: bool = False) -> None:
    """Look for the next best, unless the mentee has no room or has paused."""
    if mentee.search(program_id):
        mentee_id, match_id = ApplicationId(mentee.id), MatchId(ctx.new_id())
        effect = FindNextBest(
            match_id=match_id, program_id=program_id, mentee_application_id=mentee_id, is_ranked=is_ranked
        )
        ctx.perform(effect, id=f"next-best/{mentee_id}/{match_id}")


def expiry_of(match: Match) -> str:
    """The id of the timer that ends the proposal."""
    return f"expire/{match.id}"


def reminder_of(match: Match, day: int) -> str:
    """The id of the timer that reminds of the proposal on a day."""
    return f"remind/{match.id}/{day}"


class NextBestFound(Outcome):
    """The best mentor who is left for a mentee."""

    match_id: MatchId
    program_id: ProgramId
    mentee_application_id: ApplicationId
    mentor_application_id: ApplicationId
    fit: Fit
    is_ranked: bool = False


class NobodyFound(Outcome):
    """No mentor is left for a mentee, and why."""

    mentee_application_id: ApplicationId
    reason: str
    figures: dict[str, int] = {}
