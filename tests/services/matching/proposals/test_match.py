"""The states of a match, and every step that it lacks."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.matching.pool.model.participant import Participant
from services.matching.proposals.model.fit import Fit, Share
from services.matching.proposals.model.match import Match, Offer
from services.matching.proposals.model.match_status import DeclineReason, MatchNotOpen, MatchStatus, UnwindReason
from shared.contracts.intake import Role
from shared.contracts.matching import (
    MatchAccepted,
    MatchAnswerAwaited,
    MatchDeclined,
    MatchProposed,
    MatchUnwound,
    RematchRequested,
)
from shared.errors import NotAllowed, Refusal
from shared.ids import MatchRunId, PersonId, ProgramId
from tests.scenario import START

DAY = timedelta(days=1)
ADA, BEN, CLEO = "person/ada", "person/ben", "person/cleo"
FIT = Fit(points=810_000, coverage=0.6, reasons=(Share(criterion="goals", value=1, weight=25, contribution=0.5),))
OPEN = {MatchStatus.PROPOSED, MatchStatus.MENTOR_ACCEPTED, MatchStatus.MENTEE_ACCEPTED}

Step = Callable[[Match], object]
STEPS: dict[str, Step] = {
    "accept_as_mentor": lambda match: match.accept(ADA, START + DAY),
    "accept_as_mentee": lambda match: match.accept(BEN, START + DAY),
    "decline_as_mentor": lambda match: match.decline(ADA, DeclineReason.NO_TIME, START + DAY),
    "decline_as_mentee": lambda match: match.decline(BEN, DeclineReason.NO_FIT, START + DAY),
    "expire": lambda match: match.expire(START + 7 * DAY),
    "supersede": lambda match: match.supersede(Match(id="m2"), START + DAY),
    "withdraw": lambda match: match.withdraw(START + DAY),
    "remind": lambda match: match.remind(),
    "unwind": lambda match: match.unwind(UnwindReason.STAFF, START + DAY),
    "request_rematch_as_mentor": lambda match: match.request_rematch(ADA, None, START + DAY),
    "request_rematch_as_mentee": lambda match: match.request_rematch(BEN, None, START + DAY),
}
OF_ACCEPTED = {"unwind", "request_rematch_as_mentor", "request_rematch_as_mentee"}


def side(id: str, role: Role) -> Participant:
    return Participant(id=f"{id}-application", program_id=ProgramId("p1"), person_id=PersonId(id), role=role)


def proposal() -> tuple[Match, MatchProposed]:
    match, offer = Match(id="m1"), Offer(side("ada", Role.MENTOR), side("ben", Role.MENTEE), 1, FIT, MatchRunId("r1"))
    return match, match.propose(offer, at=START, until=START + 7 * DAY)


def match_in(status: MatchStatus) -> Match:
    match, _ = proposal()
    match.status = status
    return match


def test_a_proposal_says_who_why_and_until_when() -> None:
    _, event = proposal()
    assert (event.match_id, event.run_id, event.mentor_id, event.mentee_id) == ("m1", "r1", "ada", "ben")
    assert (event.mentor_application_id, event.mentee_application_id) == ("ada-application", "ben-application")
    assert (event.score, event.expires_at) == (0.81, START + 7 * DAY)
    assert [reason.criterion for reason in event.reasons] == ["goals"]


@pytest.mark.parametrize("order", [(ADA, BEN), (BEN, ADA)])
def test_it_is_a_match_when_both_have_accepted_in_either_order(order: tuple[str, str]) -> None:
    match, _ = proposal()
    assert match.accept(order[0], START) is None
    accepted = match.accept(order[1], START + DAY)
    assert isinstance(accepted, MatchAccepted)
    assert (accepted.mentor_id, accepted.mentee_id, accepted.proposed_at) == ("ada", "ben", START)
    assert match.status is MatchStatus.ACCEPTED


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", MatchStatus)
def test_every_step_that_a_state_lacks_is_refused_with_a_sentence(status: MatchStatus, step: str) -> None:
    match = match_in(status)
    again = (status, step) in [
        (MatchStatus.MENTOR_ACCEPTED, "accept_as_mentor"),
        (MatchStatus.MENTEE_ACCEPTED, "accept_as_mentee"),
    ]
    possible = {MatchStatus.ACCEPTED} if step in OF_ACCEPTED else OPEN
    if status in possible and not again:
        STEPS[step](match)
        assert (match.status is status) == (step == "remind")
        return
    with pytest.raises(Refusal, match=r"^[A-Z].*: .*\.$") as refused:
        STEPS[step](match)
    lacking = "match-not-accepted" if step in OF_ACCEPTED else "match-not-open"
    assert refused.value.code == ("already-accepted" if again else lacking)
    assert match == match_in(status)


@pytest.mark.parametrize(
    ("status", "awaited"),
    [
        (MatchStatus.PROPOSED, (Role.MENTOR, Role.MENTEE)),
        (MatchStatus.MENTOR_ACCEPTED, (Role.MENTEE,)),
        (MatchStatus.MENTEE_ACCEPTED, (Role.MENTOR,)),
    ],
)
def test_a_reminder_is_for_those_who_have_not_answered(status: MatchStatus, awaited: tuple[Role, ...]) -> None:
    reminder = match_in(status).remind()
    assert isinstance(reminder, MatchAnswerAwaited)
    assert (reminder.awaited, reminder.expires_at) == (awaited, START + 7 * DAY)


def test_a_rematch_ends_the_match_and_says_who_wanted_it() -> None:
    match = match_in(MatchStatus.ACCEPTED)
    requested, unwound = match.request_rematch("client/hr", Role.MENTEE, START + DAY)
    assert isinstance(requested, RematchRequested)
    assert isinstance(unwound, MatchUnwound)
    assert (requested.requested_by, unwound.reason, match.ended_at) == (Role.MENTEE, "rematch", START + DAY)


def test_a_yes_can_be_taken_back_until_the_other_side_has_answered() -> None:
    match = match_in(MatchStatus.MENTOR_ACCEPTED)
    declined = match.decline(ADA, DeclineReason.CONFLICT_OF_INTEREST, START)
    assert isinstance(declined, MatchDeclined)
    assert (declined.declined_by, declined.reason) == (Role.MENTOR, "conflict_of_interest")


@pytest.mark.parametrize("actor", [CLEO, "client/hr", "operator/root", "person/", "service/matching"])
def test_nobody_answers_for_another_person(actor: str) -> None:
    match, _ = proposal()
    with pytest.raises(NotAllowed):
        match.accept(actor, START)
    with pytest.raises(NotAllowed):
        match.decline(actor, DeclineReason.OTHER, START)
    assert match.status is MatchStatus.PROPOSED


def test_an_answer_that_comes_too_late_is_refused_even_before_the_expiry_is_noted() -> None:
    match, _ = proposal()
    with pytest.raises(MatchNotOpen, match="has expired"):
        match.accept(ADA, START + 7 * DAY)
    with pytest.raises(MatchNotOpen, match="has expired"):
        match.decline(ADA, DeclineReason.OTHER, START + 7 * DAY)
    match.accept(ADA, START + 7 * DAY - timedelta(milliseconds=1))
