"""The evaluation service whole, on the engine in memory: asking, reminding, finding risks, counting."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.evaluation.commands import GiveFeedback
from services.evaluation.facts import ApplicationFact, InvitationFact, MatchFact, SessionFact
from services.evaluation.model import Invitation, RelationshipWatch
from services.evaluation.service import service
from shared.contracts.evaluation import FeedbackGiven, RelationshipAtRisk, SurveyInvited, SurveyReminded
from shared.contracts.event import Event
from shared.contracts.intake import (
    ApplicationApproved,
    ApplicationWithdrawn,
    ParticipantLeft,
    ProgramPublished,
    ProgramRules,
    Role,
)
from shared.contracts.matching import MatchAccepted, MatchDeclined, MatchExpired, MatchProposed, MatchUnwound
from shared.contracts.members import MemberRole, pair
from shared.contracts.sessions import (
    RelationshipEndedEarly,
    RelationshipStarted,
    SessionCancelled,
    SessionCompleted,
    SessionRescheduled,
    SessionScheduled,
)
from shared.engine.authoring.context import NotYet
from shared.engine.batch.message import Ending
from shared.ids import ApplicationId, InvitationId, MatchId, PersonId, ProgramId, RelationshipId, SessionId
from tests.scenario import START, Scenario

PROGRAM = ProgramId("p1")
PAIR = {"program_id": PROGRAM, "mentor_id": PersonId("ada"), "mentee_id": PersonId("ben")}
MEMBERS = {"program_id": PROGRAM, "members": pair(PersonId("ada"), PersonId("ben"))}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def published() -> ProgramPublished:
    return ProgramPublished(program_id=PROGRAM, title="Tech", cadence="monthly", months=6, rules=ProgramRules())


def started() -> RelationshipStarted:
    return RelationshipStarted(
        relationship_id=RelationshipId("r1"),
        match_ids=(MatchId("m1"),),
        started_at=START,
        first_session_due=START + 14 * DAY,
        **MEMBERS,
    )


def of_session(id: str = "s1") -> dict[str, object]:
    times = {"starts_at": START + DAY, "ends_at": START + DAY + HOUR}
    return {"session_id": SessionId(id), "relationship_id": RelationshipId("r1"), **times, **MEMBERS}


def scheduled(id: str = "s1") -> SessionScheduled:
    return SessionScheduled.model_validate(of_session(id) | {"time_zone": "UTC", "revision": 0})


def cancelled(id: str = "s1") -> SessionCancelled:
    return SessionCancelled.model_validate(of_session(id) | {"time_zone": "UTC", "revision": 1})


def completed(id: str = "s1") -> SessionCompleted:
    return SessionCompleted.model_validate(of_session(id) | {"completed_by": "ben"})


def ended() -> RelationshipEndedEarly:
    return RelationshipEndedEarly(relationship_id=RelationshipId("r1"), reason="rematch", **MEMBERS)


def after(*events: Event) -> Scenario:
    scenario = Scenario(service)
    for event in (published(), started(), *events):
        scenario.when(event)
    return scenario


def feedback(scenario: Scenario, satisfaction: int | None = 5, by: str = "person/ben") -> Ending:
    command = GiveFeedback(invitation_id=InvitationId("s1-ben"), satisfaction=satisfaction, comment="Good.")
    return scenario.when(command, actor=by).ending


def test_both_are_asked_when_a_session_was_held() -> None:
    asked = after(scheduled(), completed()).events(SurveyInvited)
    assert [(event.subject_id, event.person_id, event.role) for event in asked if isinstance(event, SurveyInvited)] == [
        ("s1-ada", "ada", MemberRole.MENTOR),
        ("s1-ben", "ben", MemberRole.MENTEE),
    ]


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
    assert feedback(scenario, by="person/ada") is Ending.REFUSED
    assert feedback(scenario, by="person/ben") is Ending.DONE
    assert feedback(scenario, by="person/ben") is Ending.REFUSED
    assert len(scenario.events(FeedbackGiven)) == 1
    assert scenario.get(Invitation, "s1-ben").comment == "Good."


def test_an_unknown_invitation_is_not_found() -> None:
    assert Scenario(service).when(GiveFeedback(invitation_id=InvitationId("x"), satisfaction=5)).status == 404


def test_a_relationship_without_a_session_is_at_risk_after_ten_days() -> None:
    scenario = after()
    assert scenario.planned() == {"booking/r1": START + 10 * DAY}
    scenario.advance(10 * DAY - timedelta(seconds=1))
    assert scenario.events(RelationshipAtRisk) == []
    (risk,) = scenario.advance(timedelta(seconds=1)).events(RelationshipAtRisk)
    assert isinstance(risk, RelationshipAtRisk)
    assert (risk.risk_id, risk.rule) == ("r1-nothing-booked", "nothing_booked_10_days")
    assert risk.evidence == (scenario.get(RelationshipWatch, "r1").started,)


def test_booking_in_time_cancels_the_look() -> None:
    scenario = after(scheduled())
    assert scenario.planned() == {}
    assert scenario.advance(30 * DAY).events(RelationshipAtRisk) == []


def test_a_booking_that_is_cancelled_in_time_brings_the_look_back() -> None:
    scenario = after(scheduled(), cancelled())
    assert scenario.planned() == {"booking/r1": START + 10 * DAY}
    (risk,) = scenario.advance(10 * DAY).events(RelationshipAtRisk)
    assert isinstance(risk, RelationshipAtRisk)
    assert len(risk.evidence) == 3


@pytest.mark.parametrize("order", [*permutations((scheduled(), cancelled(), scheduled("s2")))])
def test_the_order_of_bookings_and_cancellations_makes_no_difference(order: tuple[Event, ...]) -> None:
    assert after(*order).planned() == {}
    assert after(*order, cancelled("s2")).planned() == {"booking/r1": START + 10 * DAY}


@pytest.mark.parametrize("order", [*permutations((scheduled(), cancelled(), ended()))])
def test_a_relationship_that_has_ended_early_is_not_at_risk(order: tuple[Event, ...]) -> None:
    scenario = after(*order)
    assert scenario.planned() == {}
    assert scenario.advance(30 * DAY).events(RelationshipAtRisk) == []


def test_feedback_on_a_session_is_asked_for_though_the_relationship_has_ended() -> None:
    scenario = after(scheduled(), ended(), completed())
    assert len(scenario.events(SurveyInvited)) == 2
    assert set(scenario.planned()) == {"remind/s1-ada", "remind/s1-ben"}


@pytest.mark.parametrize("event", [scheduled(), cancelled(), completed(), ended()])
def test_what_happens_to_a_session_waits_for_its_relationship(event: Event) -> None:
    with pytest.raises(NotYet):
        Scenario(service).when(event)


def test_a_relationship_waits_for_its_program() -> None:
    with pytest.raises(NotYet):
        Scenario(service).when(started())


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


def test_the_facts_of_an_invitation_come_from_what_this_service_told() -> None:
    scenario = after(scheduled(), completed())
    feedback(scenario, satisfaction=4)
    for event in scenario.events(SurveyInvited, FeedbackGiven):
        scenario.when(event)
    answered, open_ = scenario.get(InvitationFact, "s1-ben"), scenario.get(InvitationFact, "s1-ada")
    assert (answered.satisfaction, bool(answered.answered), bool(open_.answered)) == (4, True, False)
