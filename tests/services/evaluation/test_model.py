"""The rules of invitations and of pairs at risk."""

from datetime import UTC, datetime, timedelta

import pytest

from services.evaluation.model import AlreadyAnswered, Invitation, ProgramCopy, RelationshipWatch, RiskCase
from shared.contracts.evaluation import FeedbackGiven, RelationshipAtRisk, SurveyInvited, SurveyReminded
from shared.contracts.intake import ProgramRules
from shared.contracts.members import Member, pair
from shared.contracts.sessions import RelationshipStarted, SessionCompleted
from shared.errors import NotAllowed
from shared.ids import InvitationId, MatchId, PersonId, ProgramId, RelationshipId, RiskCaseId, SessionId

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
ADA, BEN = PersonId("ada"), PersonId("ben")
S1, S2 = SessionId("s1"), SessionId("s2")
COMPLETED = SessionCompleted(
    session_id=S1,
    relationship_id=RelationshipId("r1"),
    program_id=ProgramId("p1"),
    members=pair(ADA, BEN),
    starts_at=NOW,
    ends_at=NOW + timedelta(hours=1),
    completed_by=BEN,
)
STARTED = RelationshipStarted(
    relationship_id=RelationshipId("r1"),
    program_id=ProgramId("p1"),
    match_ids=(MatchId("m1"),),
    members=pair(ADA, BEN),
    started_at=NOW,
    first_session_due=NOW + timedelta(days=14),
)


def invitation() -> Invitation:
    sent = Invitation(id="s1-ben")
    sent.send(COMPLETED, to=COMPLETED.members[1])
    return sent


def watch() -> RelationshipWatch:
    program = ProgramCopy(id="p1")
    program.follow(ProgramRules(nothing_booked_days=10, feedback_reminder_hours=24))
    begun = RelationshipWatch(id="r1")
    begun.begin(STARTED, "e1", program)
    return begun


@pytest.mark.parametrize("member", COMPLETED.members, ids=lambda member: member.role)
def test_each_member_is_asked_about_a_session(member: Member) -> None:
    assert Invitation(id="i1").send(COMPLETED, to=member) == (
        SurveyInvited(
            invitation_id=InvitationId("i1"),
            program_id=ProgramId("p1"),
            relationship_id=RelationshipId("r1"),
            session_id=S1,
            members=COMPLETED.members,
            person_id=member.person_id,
            role=member.role,
        ),
    )


def test_who_has_not_answered_is_reminded_once() -> None:
    sent = invitation()
    (reminded,) = sent.remind()
    assert isinstance(reminded, SurveyReminded)
    assert sent.remind() == ()


def test_who_has_answered_is_not_reminded() -> None:
    sent = invitation()
    sent.answer(5, "", by="person/ben")
    assert sent.remind() == ()


@pytest.mark.parametrize("satisfaction", [1, 5, None])
def test_feedback_tells_the_rating_and_keeps_the_comment(satisfaction: int | None) -> None:
    sent = invitation()
    (given,) = sent.answer(satisfaction, "She listens.", by="person/ben")
    assert isinstance(given, FeedbackGiven)
    assert given.satisfaction == satisfaction
    assert "listens" not in given.model_dump_json()
    assert sent.comment == "She listens."


@pytest.mark.parametrize("actor", ["person/ada", "client/ben", "operator/ben"])
def test_only_the_person_who_was_asked_can_answer(actor: str) -> None:
    with pytest.raises(NotAllowed):
        invitation().answer(5, "", by=actor)


def test_feedback_is_given_once() -> None:
    sent = invitation()
    sent.answer(None, "", by="person/ben")
    with pytest.raises(AlreadyAnswered):
        sent.answer(5, "", by="person/ben")


def test_a_relationship_is_looked_at_when_a_session_should_be_booked() -> None:
    assert watch().next_look(NOW) == NOW + timedelta(days=10)


def test_a_pair_that_has_booked_is_not_looked_at() -> None:
    booked = watch()
    booked.book(S1, "e2")
    assert booked.next_look(NOW) is None


def test_a_pair_whose_only_session_is_off_is_looked_at_again_until_the_time_has_passed() -> None:
    booked = watch()
    booked.book(S1, "e2")
    booked.cancel(S1, "e3")
    assert booked.next_look(NOW) == NOW + timedelta(days=10)
    assert booked.next_look(NOW + timedelta(days=10)) is None


def test_a_cancellation_that_is_heard_of_before_the_booking_makes_no_difference() -> None:
    booked = watch()
    booked.cancel(S1, "e3")
    booked.book(S1, "e2")
    assert booked.lacks_booking
    booked.book(S2, "e4")
    assert not booked.lacks_booking


def test_a_risk_names_its_rule_and_the_events_that_it_rests_on() -> None:
    booked, later = watch(), NOW + timedelta(days=10)
    booked.book(S1, "e2")
    booked.cancel(S1, "e3")
    assert RiskCase(id="c1").find_nothing_booked(booked, at=later) == (
        RelationshipAtRisk(
            risk_id=RiskCaseId("c1"),
            program_id=ProgramId("p1"),
            relationship_id=RelationshipId("r1"),
            members=pair(ADA, BEN),
            rule="nothing_booked_10_days",
            evidence=("e1", "e2", "e3"),
            raised_at=later,
        ),
    )


def test_a_pair_that_has_booked_is_no_risk() -> None:
    booked = watch()
    booked.book(S1, "e2")
    assert RiskCase(id="c1").find_nothing_booked(booked, at=NOW) == ()


def test_the_same_risk_is_raised_once() -> None:
    case = RiskCase(id="c1")
    assert case.find_nothing_booked(watch(), at=NOW)
    assert case.find_nothing_booked(watch(), at=NOW) == ()
