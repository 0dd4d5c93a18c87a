"""Asking for feedback, reminding and answering, on the engine in memory."""

import json
from datetime import timedelta

import pytest

from services.evaluation.service import service
from services.evaluation.surveys.commands import GiveFeedback
from services.evaluation.surveys.model import Feedback, Invitation, Respondents
from shared.contracts.evaluation import FeedbackGiven, SurveyAnswered, SurveyInvited, SurveyReminded
from shared.contracts.members import MemberRole
from shared.engine.authoring.answer import Ending
from shared.engine.authoring.context import NotYet
from shared.engine.batch import outbox
from shared.engine.ports.store import Document
from shared.ids import InvitationId
from tests.scenario import START, Scenario
from tests.services.evaluation.events import ADA, BEN, DAY, ENDED, STARTED, after, completed, feedback, scheduled


def given(scenario: Scenario) -> list[FeedbackGiven]:
    return [event for event in scenario.events() if isinstance(event, FeedbackGiven)]


def test_all_members_are_asked_when_a_session_was_held() -> None:
    asked = after(scheduled(), completed()).events(SurveyInvited)
    assert [(event.subject_id, event.person_id, event.role) for event in asked if isinstance(event, SurveyInvited)] == [
        ("s1-ada", "ada", MemberRole.MENTOR),
        ("s1-ben", "ben", MemberRole.MENTEE),
    ]


def test_a_session_that_is_told_of_again_is_asked_about_once() -> None:
    scenario = after(scheduled(), completed())
    feedback(scenario)
    scenario.when(completed())
    assert len(scenario.events(SurveyInvited)) == 2
    assert feedback(scenario) is Ending.REFUSED


def test_only_who_has_not_answered_is_reminded_after_a_day() -> None:
    scenario = after(scheduled(), completed())
    assert feedback(scenario) is Ending.DONE
    assert scenario.planned() == {"remind/s1-ada": START + DAY}
    scenario.advance(DAY - timedelta(seconds=1))
    assert scenario.events(SurveyReminded) == []
    scenario.advance(timedelta(seconds=1))
    assert [event.subject_id for event in scenario.events(SurveyReminded)] == ["s1-ada"]
    assert scenario.planned() == {}


def test_feedback_is_given_once_and_only_by_who_was_asked() -> None:
    scenario = after(scheduled(), completed())
    assert feedback(scenario, by=ADA) is Ending.REFUSED
    assert feedback(scenario) is Ending.DONE
    assert feedback(scenario) is Ending.REFUSED
    (event,) = given(scenario)
    assert len(scenario.events(SurveyAnswered)) == 1
    assert scenario.get(Feedback, event.feedback_id).comment == "Good."


def test_one_person_s_answers_about_a_relationship_are_one_respondent_s_and_another_s_are_not() -> None:
    scenario = after(scheduled(), completed(), completed("s2"))
    feedback(scenario)
    feedback(scenario, about="s2")
    answer = GiveFeedback(invitation_id=InvitationId("s2-ada"), satisfaction=3)
    scenario.when(answer, actor="person/ada")
    bens, again, adas = (event.respondent_id for event in given(scenario))
    assert bens == again != adas
    assert scenario.get(Respondents, "r1").ids == {ADA: adas, BEN: bens}


def test_a_relationship_that_is_told_of_again_keeps_its_respondents() -> None:
    scenario = after()
    before = scenario.get(Respondents, "r1").ids
    scenario.when(STARTED)
    assert scenario.get(Respondents, "r1").ids == before


def test_nothing_that_feedback_says_or_carries_leads_to_who_has_given_it() -> None:
    scenario = after(scheduled(), completed())
    (message,) = scenario.messages(GiveFeedback(invitation_id=InvitationId("s1-ben"), satisfaction=2), "person/ben")
    message.origin.traceparent = "00-615920206adb3827db5171075508af85-dd0013ddb599a286-01"
    scenario.loop.run_until_complete(scenario.executor.handle([message]))
    answered, given = (row for row in written(scenario) if "evaluation" in row["type"])
    assert (answered["actor"], answered["causationid"]) == ("person/ben", message.id)
    telling = {BEN, "s1-ben", message.id, message.origin.correlation, message.origin.traceparent}
    kept = {str(value) for value in given.values()} | {str(value) for value in json.loads(given["data"]).values()}
    assert [one for one in telling if any(one in value for value in kept)] == []
    assert (given["actor"], given["causationid"]) == ("service/evaluation", given["id"])


def written(scenario: Scenario) -> list[Document]:
    """The events in the outbox, as they travel."""
    chunks = scenario.loop.run_until_complete(scenario.store.find(outbox.COLLECTION, {}))
    return sorted((row for chunk in chunks for row in chunk["events"]), key=lambda row: str(row["type"]), reverse=True)


def test_an_unknown_invitation_is_not_found() -> None:
    answer = GiveFeedback(invitation_id=InvitationId("x"), satisfaction=5)
    assert Scenario(service).when(answer, actor="person/ada").status == 404


def test_feedback_on_a_session_is_asked_for_though_the_relationship_has_ended() -> None:
    scenario = after(scheduled(), ENDED, completed())
    assert len(scenario.events(SurveyInvited)) == 2
    assert set(scenario.planned()) == {"remind/s1-ada", "remind/s1-ben"}


def test_a_session_that_was_held_waits_for_its_relationship() -> None:
    with pytest.raises(NotYet):
        Scenario(service).when(completed())


def test_an_invitation_leads_to_the_feedback_within_the_service_only() -> None:
    scenario = after(scheduled(), completed())
    feedback(scenario)
    (event,) = given(scenario)
    assert scenario.get(Invitation, "s1-ben").feedback_id == event.feedback_id
