"""What goes with a proposal: its timers, and the search for the mentee's next mentor once it is closed."""

from collections.abc import Iterable, Sequence

from services.matching.pool.model.participant import MenteeUnavailable, MentorUnavailable
from services.matching.pool.model.program_rules import Program
from services.matching.proposals.model.fit import Fit
from services.matching.proposals.model.match import Match, Offer
from services.matching.proposals.model.proposal import Proposal
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.waitlist.freed_seats import search_for_waiting
from shared.engine.authoring.aggregate import Effect, Outcome, Timer
from shared.engine.authoring.context import Context
from shared.ids import ApplicationId, MatchId, ProgramId

PROPOSED = "proposed"


class ExpireMatch(Timer):
    """Check whether both have answered a proposal in time."""

    match_id: MatchId


class RemindOfMatch(Timer):
    """Check whether somebody has still to answer a proposal."""

    match_id: MatchId


class FindNextBest(Effect):
    """Look for the best mentor who is left for a mentee. `match_id` will be the id of the match.

    If `is_ranked` is set, only mentors whom the mentee has ranked are looked at.
    """

    match_id: MatchId
    program_id: ProgramId
    mentee_application_id: ApplicationId
    is_ranked: bool = False


class NextBestFound(Outcome):
    """The best mentor who is left for a mentee."""

    match_id: MatchId
    program_id: ProgramId
    mentee_application_id: ApplicationId
    mentor_application_id: ApplicationId
    fit: Fit
    is_ranked: bool = False

    @property
    def applications(self) -> tuple[ApplicationId, ApplicationId]:
        """In the order of the roles."""
        return self.mentor_application_id, self.mentee_application_id


class NobodyFound(Outcome):
    """No mentor is left for a mentee, and why."""

    mentee_application_id: ApplicationId
    reason: str
    figures: dict[str, int] = {}


def propose(proposal: Proposal, offer: Offer, program: Program, ctx: Context) -> None:
    """Ask the two, and set the timers of the proposal; raises what `Proposal.make` does."""
    ctx.emit(*proposal.make(offer, program, at=ctx.now))
    set_timers(proposal.match, ctx)


def set_timers(match: Match, ctx: Context) -> None:
    """Set the timers of a proposal, or move those to come by the time for which its clock has stopped."""
    ctx.at(match.expires_at, ExpireMatch(match_id=MatchId(match.id)), id=expiry_id(match), replace=True)
    for day, when in match.reminders.items():
        if when > ctx.now:
            ctx.at(when, RemindOfMatch(match_id=MatchId(match.id)), id=reminder_id(match, day), replace=True)


def propose_or_search(proposal: Proposal, offer: Offer, program: Program, ctx: Context, is_ranked: bool = False) -> str:
    """Ask the two, or look for another mentor if this one cannot be asked.

    Returns `PROPOSED`, or the code of what stood against it.
    """
    try:
        propose(proposal, offer, program, ctx)
    except MentorUnavailable as refusal:
        search_next_mentor(proposal.mentee, offer.mentee.program_id, ctx, is_ranked)
        return refusal.code
    except MenteeUnavailable as refusal:
        return refusal.code
    return PROPOSED


def cancel_timers(closed: Iterable[Proposal], ctx: Context) -> None:
    """Cancel the timers of proposals that are closed."""
    for proposal in closed:
        ctx.cancel(expiry_id(proposal.match))
        for day in proposal.match.reminder_days:
            ctx.cancel(reminder_id(proposal.match, day))


def withdraw_all(open: Sequence[Proposal], ctx: Context) -> None:
    """Withdraw proposals that can no longer be accepted, although neither side has declined."""
    for proposal in open:
        ctx.emit(*proposal.withdraw(at=ctx.now))
    cancel_timers(open, ctx)


def search_next_mentors(closed: Iterable[Proposal], ctx: Context) -> None:
    """Look for another mentor for each mentee whose match is closed, then offer the seats to those who wait."""
    for proposal in closed:
        search_next_mentor(proposal.mentee, proposal.match.program_id, ctx)
        search_for_waiting(proposal.match.program_id, ctx)


def search_next_mentor(mentee: MenteeRequests, program_id: ProgramId, ctx: Context, is_ranked: bool = False) -> None:
    """Look for the best mentor who is left, unless the mentee has no room or has paused."""
    if mentee.begin_search(program_id):
        mentee_id, match_id = ApplicationId(mentee.id), MatchId(ctx.new_id())
        effect = FindNextBest(
            match_id=match_id, program_id=program_id, mentee_application_id=mentee_id, is_ranked=is_ranked
        )
        ctx.perform(effect, id=f"next-best/{mentee_id}/{match_id}")


def expiry_id(match: Match) -> str:
    """Name the timer that ends a proposal."""
    return f"expire/{match.id}"


def reminder_id(match: Match, day: int) -> str:
    """Name the timer that reminds of a proposal on one of its days."""
    return f"remind/{match.id}/{day}"
