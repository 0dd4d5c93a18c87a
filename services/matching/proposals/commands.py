"""What people and managers may ask of proposals and matches."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from services.matching.pool.model.applications import Pair
from services.matching.proposals.model.chosen_pair import ChosenPair
from services.matching.proposals.model.conversation import Conversation
from services.matching.proposals.model.match import Match, Offer
from services.matching.proposals.model.match_status import DeclineReason, UnwindReason
from services.matching.proposals.model.proposal import ContestedProposal, NewProposal, Proposal
from services.matching.proposals.next_mentor import cancel_timers, propose, search_next_mentors, set_timers
from shared.contracts.intake import Role
from shared.engine.authoring.command import Command
from shared.engine.authoring.context import Context
from shared.engine.authoring.grants import Members, staff
from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.links import ByLink, Purpose
from shared.engine.authoring.loads import Bundle, create, require
from shared.ids import MatchId
from shared.text import visible

proposal_commands = Handlers()

STAFF = staff("match.program_id", "matching:write")
THE_TWO = (Members("match.people"),)
ASKED = (*THE_TWO, ByLink(Purpose.PROPOSAL, "match.open_links"))
"""Who answers a proposal: the two of it, each by the link of their mail too, for as long as they have not answered."""

MessageText = Annotated[
    str,
    BeforeValidator(lambda text: visible(text).strip() if isinstance(text, str) else text),
    StringConstraints(min_length=1, max_length=2000),
]


class ProposeMatch(Pair):
    """Propose two of the pool to each other, by hand."""

    despite_score: bool = Field(
        False, description="Whether to propose them although they fit less well than the program asks for"
    )
    mentee_version: int | None = Field(
        None,
        description="The `mentee_version` that was seen: refused if something has become of the mentee since",
        ge=0,
    )


class AcceptMatch(Command):
    """Accept a proposal, for oneself. It is a match once both have accepted."""

    match_id: MatchId


class DeclineMatch(Command):
    """Decline a proposal, for oneself."""

    match_id: MatchId
    reason: DeclineReason = Field(description="Why; the other side does not see it")


class WithdrawMatch(Command):
    """Take an open proposal back. A run or a search does not propose the two to each other again for 30 days."""

    match_id: MatchId


class AskBack(Command):
    """Write to the other side before deciding, as often as it takes. Only the two can read it."""

    match_id: MatchId
    text: MessageText = Field(description="What to ask, or to answer; only the other side sees it")


class ExtendProposal(Command):
    """Take seven days more to answer a proposal, for both sides."""

    match_id: MatchId


class UnwindMatch(Command):
    """End an accepted match. The two are not proposed to each other again."""

    match_id: MatchId


class RequestRematch(Command):
    """Request another match instead of an accepted one, without fault on either side."""

    match_id: MatchId
    on_behalf_of: Role | None = Field(None, description="Which of the two wants it, if somebody else asks for them")


@proposal_commands.post("/programs/{program_id}/matches", status=201, allow=staff("program_id", "matching:write"))
def propose_match(command: ProposeMatch, proposal: NewProposal, pair: ChosenPair, ctx: Context) -> None:
    """Propose two people to each other, under the constraints and with the score of a run."""
    proposal.mentee.check_unchanged(command.mentee_version)
    pair.check(command.program_id)
    fit = pair.judge(ctx.now.date())
    mentor, mentee = pair.participants
    offer = Offer(mentor, mentee, pair.mentor_capacity, fit, is_by_hand=True, despite_score=command.despite_score)
    propose(proposal, offer, proposal.program, ctx)


@proposal_commands.post("/matches/{match_id}/accept", allow=ASKED)
def accept_match(_: AcceptMatch, proposal: ContestedProposal, ctx: Context) -> None:
    """Accept a proposal: the second yes takes the seat, and ends the proposals that it makes impossible."""
    accepted = proposal.accept(ctx.actor, proposal.seats, at=ctx.now)
    if accepted is None:
        return
    beaten = proposal.beaten()
    ctx.emit(accepted)
    for participant in proposal.participants:
        participant.be_matched()
    for rival in beaten:
        ctx.emit(*rival.supersede(proposal.match, at=ctx.now))
    cancel_timers([proposal, *beaten], ctx)
    search_next_mentors(beaten, ctx)


@proposal_commands.post("/matches/{match_id}/decline", allow=ASKED)
def decline_match(command: DeclineMatch, proposal: Proposal, ctx: Context) -> None:
    """Decline a proposal, and look for the mentee's next mentor."""
    ctx.emit(*proposal.decline(ctx.actor, command.reason, at=ctx.now))
    cancel_timers([proposal], ctx)
    search_next_mentors([proposal], ctx)


@proposal_commands.post("/matches/{match_id}/withdraw", allow=STAFF)
def withdraw_match(_: WithdrawMatch, proposal: Proposal, ctx: Context) -> None:
    """Take an open proposal back, for nobody's no: both are told, and the mentee's next mentor is looked for."""
    ctx.emit(*proposal.take_back(at=ctx.now))
    cancel_timers([proposal], ctx)
    search_next_mentors([proposal], ctx)


class Talk(Bundle):
    """A match, and what its two people have written to each other."""

    match: Annotated[Match, require("match_id")]
    conversation: Annotated[Conversation, create("match_id")]


@proposal_commands.post("/matches/{match_id}/ask-back", allow=ASKED)
def ask_back(command: AskBack, talk: Talk, ctx: Context) -> None:
    """Write to the other side of a proposal; the first two messages, or extensions, stop its clock for 7 days each."""
    ctx.emit(talk.conversation.write(talk.match, ctx.actor, command.text, at=ctx.now))
    set_timers(talk.match, ctx)


@proposal_commands.post("/matches/{match_id}/extend", allow=ASKED)
def extend_proposal(_: ExtendProposal, match: Annotated[Match, require("match_id")], ctx: Context) -> None:
    """Stop the clock of a proposal for 7 days; with messages that have stopped it, twice at most."""
    ctx.emit(match.extend(ctx.actor, at=ctx.now))
    set_timers(match, ctx)


@proposal_commands.post("/matches/{match_id}/unwind", allow=STAFF)
def unwind_match(_: UnwindMatch, proposal: Proposal, ctx: Context) -> None:
    """End an accepted match, look for the mentee's next mentor, and offer the seat to those who wait for one."""
    ctx.emit(*proposal.unwind(UnwindReason.STAFF, at=ctx.now))
    search_next_mentors([proposal], ctx)


@proposal_commands.post("/matches/{match_id}/rematch", allow=(*THE_TWO, *STAFF))
def request_rematch(command: RequestRematch, proposal: Proposal, ctx: Context) -> None:
    """End an accepted match on request; the other side learns that it has ended, and not who has asked."""
    ctx.emit(*proposal.request_rematch(ctx.actor, command.on_behalf_of, at=ctx.now))
    search_next_mentors([proposal], ctx)
