"""What may be asked of matching."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from services.matching.pool.model.applications import Pair
from services.matching.pool.model.participant import PoolEntry
from services.matching.pool.model.profile import ProfileCopy
from services.matching.pool.model.program_rules import ProgramCopy
from services.matching.proposals.model.fit import judge
from services.matching.proposals.model.loading import PROPOSAL, RIVALS
from services.matching.proposals.model.match import DeclineReason, Match, Offer, UnwindReason
from services.matching.proposals.model.proposal import Proposal, proposals
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from services.matching.proposals.next_mentor import forget_timers, go_on, propose
from services.matching.waitlist.freed_seats import search_for_waiting
from shared.contracts.intake import Role
from shared.engine.authoring.context import Context
from shared.engine.authoring.handlers import CLIENTS, OPERATORS, PEOPLE, Handlers
from shared.engine.authoring.loads import create, require
from shared.ids import MatchId

proposal_commands = Handlers()


class ProposeMatch(Pair):
    """Propose two of the pool to each other, by hand."""


class AcceptMatch(BaseModel):
    """Say yes to a proposal, for oneself. It is a match when both have."""

    model_config = ConfigDict(extra="forbid")

    match_id: MatchId


class DeclineMatch(BaseModel):
    """Say no to a proposal, for oneself."""

    model_config = ConfigDict(extra="forbid")

    match_id: MatchId
    reason: DeclineReason = Field(description="Why; the other side does not see it")


@proposal_commands.post(
    "/programs/{program_id}/matches",
    loads={
        "match": create(Match),
        "program": require(ProgramCopy, "program_id"),
        "entries": require(PoolEntry, "applications"),
        "profiles": require(ProfileCopy, "applications"),
        "mentor": create(MentorSeats, "mentor_application_id"),
        "mentee": create(MenteeRequests, "mentee_application_id"),
    },
    status=201,
    allow=(CLIENTS, OPERATORS),
)
def propose_match(
    _: ProposeMatch,
    match: Match,
    program: ProgramCopy,
    entries: Sequence[PoolEntry],
    profiles: Sequence[ProfileCopy],
    mentor: MentorSeats,
    mentee: MenteeRequests,
    ctx: Context,
) -> None:
    """The constraints and the score are those of a run."""
    mentor_entry, mentee_entry = entries
    mentor_entry.check(program.id, Role.MENTOR)
    mentee_entry.check(program.id, Role.MENTEE)
    one, other = (profile.person() for profile in profiles)
    fit = judge(one, other, ctx.now.date())
    offer = Offer(mentor_entry, mentee_entry, one.capacity, fit, is_by_hand=True)
    propose(Proposal(match, mentor, mentee), offer, program, ctx)


@proposal_commands.post("/matches/{match_id}/accept", loads=PROPOSAL | RIVALS, allow=(PEOPLE,))
def accept_match(
    _: AcceptMatch,
    match: Match,
    mentor: MentorSeats,
    mentee: MenteeRequests,
    profile: ProfileCopy | None,
    rivals: Sequence[Match],
    rival_mentors: Sequence[MentorSeats],
    rival_mentees: Sequence[MenteeRequests],
    ctx: Context,
) -> None:
    """The second yes takes the seat, and ends what has become impossible by it."""
    proposal, seats = Proposal(match, mentor, mentee), profile.seats if profile else 0
    accepted = proposal.accept(ctx.actor, seats, at=ctx.now)
    if accepted is None:
        return
    beaten = proposal.beaten(proposals(rivals, rival_mentors, rival_mentees), seats)
    ctx.emit(accepted)
    for rival in beaten:
        ctx.emit(*rival.supersede(match, at=ctx.now))
    forget_timers([proposal, *beaten], ctx)
    go_on(beaten, ctx)


@proposal_commands.post("/matches/{match_id}/decline", loads=PROPOSAL, allow=(PEOPLE,))
def decline_match(
    command: DeclineMatch, match: Match, mentor: MentorSeats, mentee: MenteeRequests, ctx: Context
) -> None:
    """The mentee goes on to the next best."""
    proposal = Proposal(match, mentor, mentee)
    ctx.emit(*proposal.decline(ctx.actor, command.reason, at=ctx.now))
    forget_timers([proposal], ctx)
    go_on([proposal], ctx)


class UnwindMatch(BaseModel):
    """End an accepted match. The two are not proposed to each other again."""

    model_config = ConfigDict(extra="forbid")

    match_id: MatchId


class RequestRematch(BaseModel):
    """Ask for another match instead of an accepted one, for oneself: it is nobody's fault."""

    model_config = ConfigDict(extra="forbid")

    match_id: MatchId
    on_behalf_of: Role | None = Field(None, description="Who of the two wants it, if somebody else asks for them")


@proposal_commands.post("/matches/{match_id}/unwind", loads=PROPOSAL, allow=(CLIENTS, OPERATORS))
def unwind_match(_: UnwindMatch, match: Match, mentor: MentorSeats, mentee: MenteeRequests, ctx: Context) -> None:
    """The mentee goes on to the next best, and the seat to somebody who waits for one."""
    proposal = Proposal(match, mentor, mentee)
    ctx.emit(*proposal.unwind(UnwindReason.STAFF, at=ctx.now))
    go_on([proposal], ctx)
    search_for_waiting(match.program_id, ctx)


@proposal_commands.post("/matches/{match_id}/rematch", loads=PROPOSAL, allow=(PEOPLE, CLIENTS, OPERATORS))
def request_rematch(
    command: RequestRematch, match: Match, mentor: MentorSeats, mentee: MenteeRequests, ctx: Context
) -> None:
    """The other side is told that the match has ended, and not who has asked."""
    proposal = Proposal(match, mentor, mentee)
    ctx.emit(*proposal.request_rematch(ctx.actor, command.on_behalf_of, at=ctx.now))
    go_on([proposal], ctx)
    search_for_waiting(match.program_id, ctx)
