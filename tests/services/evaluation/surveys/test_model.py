"""The rules of invitations, and of what is answered."""

import pytest

from services.evaluation.surveys.model import AlreadyAnswered, Feedback, Invitation, Respondents
from shared.contracts.evaluation import FeedbackGiven, SurveyAnswered, SurveyInvited, SurveyReminded
from shared.contracts.intake import ProgramRules
from shared.contracts.members import Member
from shared.ids import FeedbackId, InvitationId, RespondentId, SessionId
from tests.services.evaluation.events import ADA, BEN, PROGRAM, R1, completed

COMPLETED = completed()


def invitation() -> Invitation:
    sent = Invitation(id="s1-ben")
    sent.send(COMPLETED, COMPLETED.members[1], RespondentId("x1"), FeedbackId("f1"))
    return sent


@pytest.mark.parametrize("member", COMPLETED.members, ids=lambda member: member.role)
def test_each_member_is_asked_about_a_session(member: Member) -> None:
    assert Invitation(id="i1").send(COMPLETED, member, RespondentId("x1"), FeedbackId("f1")) == (
        SurveyInvited(
            invitation_id=InvitationId("i1"),
            program_id=PROGRAM,
            relationship_id=R1,
            session_id=SessionId("s1"),
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
    sent.answer()
    assert sent.remind() == ()


@pytest.mark.parametrize("satisfaction", [1, 5, None])
def test_feedback_tells_the_rating_and_keeps_the_comment(satisfaction: int | None) -> None:
    given = Feedback(id="f1")
    assert given.give(invitation(), satisfaction, "She listens.") == (
        FeedbackGiven(
            feedback_id=FeedbackId("f1"),
            program_id=PROGRAM,
            relationship_id=R1,
            session_id=SessionId("s1"),
            respondent_id=RespondentId("x1"),
            satisfaction=satisfaction,
        ),
    )
    assert (given.satisfaction, given.comment) == (satisfaction, "She listens.")


def test_that_somebody_has_answered_says_nothing_of_the_answer() -> None:
    assert invitation().answer() == (
        SurveyAnswered(
            invitation_id=InvitationId("s1-ben"),
            program_id=PROGRAM,
            relationship_id=R1,
            session_id=SessionId("s1"),
            person_id=BEN,
            role=COMPLETED.members[1].role,
        ),
    )


def test_feedback_is_given_once() -> None:
    sent = invitation()
    sent.answer()
    with pytest.raises(AlreadyAnswered):
        sent.answer()


def test_members_answer_under_the_ids_that_were_drawn_for_them_and_keep_them() -> None:
    respondents = Respondents(id="r1")
    respondents.enroll([ADA, BEN], [RespondentId("x1"), RespondentId("x2")], ProgramRules(feedback_reminder_hours=9))
    respondents.version = 1
    respondents.enroll([ADA, BEN], [RespondentId("x3"), RespondentId("x4")], ProgramRules())
    assert respondents.ids == {ADA: "x1", BEN: "x2"}
    assert respondents.rules.feedback_reminder_hours == 9


def test_an_invitation_knows_its_feedback_and_as_whom_it_is_answered() -> None:
    sent = invitation()
    assert (sent.respondent_id, sent.feedback_id) == (RespondentId("x1"), FeedbackId("f1"))


def test_each_respondent_needs_an_id_of_their_own() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Respondents(id="r1").enroll([ADA, BEN], [RespondentId("x1")], ProgramRules())
