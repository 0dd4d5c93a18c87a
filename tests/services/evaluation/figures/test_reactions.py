"""The facts that figures count, on the engine in memory."""

from itertools import permutations

import pytest

from services.evaluation.figures.model import ApplicationFact, FeedbackFact, InvitationFact, MatchFact, SessionFact
from services.evaluation.service import service
from shared.contracts.evaluation import FeedbackGiven, SurveyAnswered, SurveyInvited
from shared.contracts.event import Event
from shared.contracts.intake import ApplicationApproved, ApplicationWithdrawn, ParticipantLeft, Role
from shared.contracts.matching import MatchAccepted, MatchDeclined, MatchExpired, MatchProposed, MatchUnwound
from shared.contracts.sessions import SessionRescheduled
from shared.ids import ApplicationId, MatchId, PersonId
from tests.scenario import START, Scenario
from tests.services.evaluation.events import (
    ADA,
    BEN,
    DAY,
    PROGRAM,
    after,
    cancelled,
    completed,
    feedback,
    of_session,
    scheduled,
)

PAIR = {"program_id": PROGRAM, "mentor_id": ADA, "mentee_id": BEN}


def test_the_facts_of_an_application_name_its_events() -> None:
    scenario = Scenario(service)
    about = {
        "application_id": ApplicationId("a1"),
        "program_id": PROGRAM,
        "person_id": PersonId("ben"),
        "role": Role.MENTEE,
    }
    scenario.when(ApplicationWithdrawn.model_validate(about))
    scenario.when(ApplicationApproved.model_validate(about))
    fact = scenario.get(ApplicationFact, "a1")
    assert fact.approved is not None
    assert fact.withdrawn is not None
    assert (fact.approved.type, fact.withdrawn.type) == ("ApplicationApproved", "ApplicationWithdrawn")
    assert fact.withdrawn.event_id < fact.approved.event_id


def test_who_has_left_counts_as_withdrawn() -> None:
    scenario = Scenario(service)
    left = ParticipantLeft(
        application_id=ApplicationId("a1"), program_id=PROGRAM, person_id=PersonId("ben"), role=Role.MENTEE
    )
    scenario.when(left)
    fact = scenario.get(ApplicationFact, "a1")
    assert fact.withdrawn is not None
    assert fact.withdrawn.type == "ParticipantLeft"


def proposed(id: str) -> MatchProposed:
    return MatchProposed(
        match_id=MatchId(id),
        mentor_application_id=ApplicationId("a2"),
        mentee_application_id=ApplicationId("a1"),
        score=0.5,
        expires_at=START + 7 * DAY,
        **PAIR,
    )


def test_the_facts_of_matches_say_how_they_were_answered() -> None:
    scenario = Scenario(service)
    for id in ("m1", "m2", "m3"):
        scenario.when(proposed(id))
    scenario.when(MatchAccepted(match_id=MatchId("m1"), proposed_at=START, **PAIR))
    scenario.when(MatchDeclined(match_id=MatchId("m2"), declined_by=Role.MENTOR, **PAIR))
    scenario.when(MatchExpired(match_id=MatchId("m3"), **PAIR))
    facts = [scenario.get(MatchFact, id) for id in ("m1", "m2", "m3")]
    assert [fact.application_id for fact in facts] == ["a1"] * 3
    answers = [[bool(mark) for mark in (fact.accepted, fact.declined, fact.expired)] for fact in facts]
    assert answers == [[True, False, False], [False, True, False], [False, False, True]]


UNWOUND = (
    proposed("m1"),
    MatchAccepted(match_id=MatchId("m1"), proposed_at=START, **PAIR),
    MatchUnwound(match_id=MatchId("m1"), reason="rematch", **PAIR),
)


@pytest.mark.parametrize("order", [*permutations(UNWOUND)])
def test_the_facts_of_an_unwound_match_are_the_same_in_whatever_order_its_events_come(order: tuple[Event, ...]) -> None:
    scenario = Scenario(service)
    for event in order:
        scenario.when(event)
    fact = scenario.get(MatchFact, "m1")
    assert fact.accepted is not None
    assert fact.unwound is not None
    assert (fact.application_id, fact.accepted.type, fact.unwound.type) == ("a1", "MatchAccepted", "MatchUnwound")


def test_the_facts_of_a_session_follow_it_to_its_latest_time() -> None:
    moved = SessionRescheduled.model_validate(
        of_session() | {"previous_starts_at": START, "time_zone": "UTC", "revision": 1, "ends_at": START + 5 * DAY}
    )
    scenario = after(moved, scheduled(), completed())
    fact = scenario.get(SessionFact, "s1")
    assert fact.ends_at == START + 5 * DAY
    assert fact.completed is not None


def test_the_facts_of_a_session_name_the_event_that_gave_its_latest_time_and_the_one_that_called_it_off() -> None:
    scenario = after(scheduled(), cancelled())
    fact = scenario.get(SessionFact, "s1")
    assert fact.scheduled is not None
    assert fact.cancelled is not None
    assert (fact.scheduled.type, fact.cancelled.type) == ("SessionScheduled", "SessionCancelled")


def test_a_time_that_is_published_again_under_another_id_rests_on_the_event_that_came_first() -> None:
    scenario = after(scheduled())
    first = scenario.get(SessionFact, "s1").scheduled
    scenario.when(scheduled())
    assert scenario.get(SessionFact, "s1").scheduled == first


def test_the_facts_of_invitations_and_of_feedback_come_from_what_this_service_told() -> None:
    scenario = after(scheduled(), completed())
    feedback(scenario, satisfaction=4)
    for event in scenario.events(SurveyInvited, SurveyAnswered, FeedbackGiven):
        scenario.when(event)
    answered, open_ = scenario.get(InvitationFact, "s1-ben"), scenario.get(InvitationFact, "s1-ada")
    assert (bool(answered.answered), bool(open_.answered)) == (True, False)
    (given,) = scenario.events(FeedbackGiven)
    fact = scenario.get(FeedbackFact, given.subject_id)
    assert (fact.satisfaction, bool(fact.given)) == (4, True)
