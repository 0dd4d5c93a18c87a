"""What a proposal by hand would be: how well the two fit, or why they cannot be proposed to each other."""

from datetime import datetime, timedelta
from typing import NamedTuple

from services.matching.pool.model.participant import Participant
from services.matching.pool.model.profile import ProfileCopy, ProfileInvalid
from services.matching.pool.model.program_criteria import Score
from services.matching.pool.model.program_rules import Program
from services.matching.proposals.model.chosen_pair import ChosenPair
from services.matching.proposals.model.fit import compare
from services.matching.proposals.model.match import Match, Offer
from services.matching.proposals.model.proposal import Proposal
from services.matching.proposals.model.requests import MenteeRequests
from services.matching.proposals.model.seats import MentorSeats
from shared.errors import Refusal


class Side(NamedTuple):
    """One of two who are looked at together."""

    participant: Participant
    profile: ProfileCopy


class Two(NamedTuple):
    """A mentor and a mentee with what they have and are asked about, and their program."""

    mentor: Side
    mentee: Side
    seats: MentorSeats
    requests: MenteeRequests
    program: Program


class Preview(NamedTuple):
    """What a proposal of the two would be. `refusal` says why there can be none; the `score` is known even so."""

    two: Two
    score: Score | None
    answer_by: datetime
    refusal: Refusal | None
    needs_despite_score: bool


def preview(two: Two, at: datetime) -> Preview:
    """Look at what proposing two to each other would be, by the checks of the command."""
    refusal = _refusal(two, at)
    score = _compared(two, at)
    return Preview(
        two=two,
        score=score,
        answer_by=at + timedelta(days=two.program.rules.proposal_days),
        refusal=refusal,
        needs_despite_score=refusal is None and _refusal(two, at, despite_score=False) is not None,
    )


def _refusal(two: Two, at: datetime, despite_score: bool = True) -> Refusal | None:
    """What the command would refuse it with, if it does."""
    mentor, mentee = two.mentor, two.mentee
    pair = ChosenPair(participants=[mentor.participant, mentee.participant], profiles=[mentor.profile, mentee.profile])
    proposal = Proposal(match=Match(id=""), mentor=two.seats, mentee=two.requests)
    try:
        pair.check(two.program.id)
        fit = pair.judge(at.date())
        offer = Offer(
            mentor.participant,
            mentee.participant,
            pair.mentor_capacity,
            fit,
            is_by_hand=True,
            despite_score=despite_score,
        )
        proposal.check(offer, two.program, at)
    except Refusal as refusal:
        return refusal
    return None


def _compared(two: Two, at: datetime) -> Score | None:
    """How well the two fit, whatever forbids it; None if that cannot be said."""
    try:
        return compare(two.mentor.profile.person(), two.mentee.profile.person(), at.date())
    except ProfileInvalid:
        return None
