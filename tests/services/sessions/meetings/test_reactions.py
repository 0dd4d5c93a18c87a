"""A match that is unwound ends the relationship: what was planned is called off, and nothing more is planned."""

from datetime import datetime, timedelta

import pytest
from pydantic import BaseModel

from services.sessions.actions.commands import AssignAction
from services.sessions.meetings.commands import CancelSession, CompleteSession, RescheduleSession, ScheduleSession
from services.sessions.meetings.model.calendar import PersonCalendar
from services.sessions.meetings.model.session import Session, SessionStatus
from services.sessions.relationships.model import Relationship, RelationshipStatus, relationship_of
from services.sessions.service import service
from shared.contracts.intake import ProgramPublished, ProgramRules
from shared.contracts.matching import MatchAccepted, MatchUnwound
from shared.contracts.members import pair
from shared.contracts.sessions import RelationshipEndedEarly, SessionCancelled, SessionScheduled
from shared.engine.authoring.context import NotYet
from shared.errors import Refusal
from shared.ids import MatchId, PersonId, ProgramId, RelationshipId, SessionId
from tests.scenario import START, Scenario

ADA, BEN, CLEO = PersonId("ada"), PersonId("ben"), PersonId("cleo")
DAY = timedelta(days=1)
PUBLISHED = ProgramPublished(
    program_id=ProgramId("p1"), title="Tech", cadence="monthly", months=6, rules=ProgramRules()
)


def with_ada(mentee: PersonId) -> RelationshipId:
    """The relationship of Ada and a mentee."""
    return relationship_of(MatchId(f"ada-{mentee}"))


def accepted(mentee: PersonId) -> MatchAccepted:
    match = MatchId(f"ada-{mentee}")
    return MatchAccepted(match_id=match, program_id=ProgramId("p1"), mentor_id=ADA, mentee_id=mentee, proposed_at=START)


def unwound(mentee: PersonId = BEN) -> MatchUnwound:
    match = MatchId(f"ada-{mentee}")
    return MatchUnwound(match_id=match, program_id=ProgramId("p1"), mentor_id=ADA, mentee_id=mentee, reason="rematch")


def two_mentees() -> Scenario:
    """Ada mentors Ben and Cleo."""
    scenario = Scenario(service)
    for event in (PUBLISHED, accepted(BEN), accepted(CLEO)):
        scenario.when(event)
    return scenario


def schedule(starts_at: datetime = START + DAY, mentee: PersonId = BEN) -> ScheduleSession:
    return ScheduleSession(relationship_id=with_ada(mentee), starts_at=starts_at, time_zone="Europe/Rome")


def session_of(scenario: Scenario, starts_at: datetime, mentee: PersonId = BEN) -> SessionId:
    answer = scenario.when(schedule(starts_at, mentee))
    assert answer.status == 201, answer.error
    planned = scenario.events(SessionScheduled)[-1]
    assert isinstance(planned, SessionScheduled)
    return planned.session_id


def called_off(scenario: Scenario) -> list[str]:
    return [event.subject_id for event in scenario.events(SessionCancelled)]


def test_a_match_that_is_unwound_ends_the_relationship() -> None:
    scenario = two_mentees()
    scenario.when(unwound())
    (ended,) = scenario.events(RelationshipEndedEarly)
    assert isinstance(ended, RelationshipEndedEarly)
    assert (ended.relationship_id, ended.members, ended.reason) == (with_ada(BEN), pair(ADA, BEN), "rematch")
    relationship = scenario.get(Relationship, with_ada(BEN))
    assert (relationship.status, relationship.ended_at) == (RelationshipStatus.ENDED_EARLY, START)
    assert scenario.get(Relationship, with_ada(CLEO)).status is RelationshipStatus.ACTIVE


def test_what_was_planned_is_called_off_and_both_are_free_then() -> None:
    scenario = two_mentees()
    planned = [session_of(scenario, START + days * DAY) for days in (1, 30)]
    other = session_of(scenario, START + 2 * DAY, CLEO)
    scenario.when(unwound())
    assert called_off(scenario) == planned
    assert list(scenario.get(PersonCalendar, "ada").bookings) == [other]
    assert scenario.get(PersonCalendar, "ben").bookings == {}
    session_of(scenario, START + DAY, CLEO)


def test_a_session_that_is_called_off_has_the_next_revision_for_calendars() -> None:
    scenario = two_mentees()
    session_of(scenario, START + DAY)
    scenario.when(unwound())
    (cancelled,) = scenario.events(SessionCancelled)
    assert isinstance(cancelled, SessionCancelled)
    assert cancelled.revision == 1


def test_a_session_that_has_begun_stays_and_can_still_be_completed() -> None:
    scenario = two_mentees()
    begun, planned = session_of(scenario, START + DAY), session_of(scenario, START + 3 * DAY)
    scenario.advance(DAY)
    scenario.when(unwound())
    assert called_off(scenario) == [planned]
    assert scenario.when(CompleteSession(session_id=begun), actor="person/ben").status == 200


def test_completed_and_cancelled_sessions_stay_as_they_are() -> None:
    scenario = two_mentees()
    held, cancelled = session_of(scenario, START - DAY), session_of(scenario, START + DAY)
    scenario.when(CompleteSession(session_id=held), actor="person/ada")
    scenario.when(CancelSession(session_id=cancelled))
    scenario.when(unwound())
    assert called_off(scenario) == [cancelled]
    assert scenario.get(Session, held).status is SessionStatus.COMPLETED


@pytest.mark.parametrize(
    "command",
    [
        schedule(START + 5 * DAY),
        AssignAction(relationship_id=with_ada(BEN), owner_id=BEN, task="Read"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_nothing_more_is_planned_for_two_who_no_longer_work_together(command: BaseModel) -> None:
    scenario = two_mentees()
    scenario.when(unwound())
    answer = scenario.when(command, actor="person/ben")
    assert isinstance(answer.error, Refusal)
    assert (answer.status, answer.error.code) == (409, "relationship-ended")
    assert "no longer work together" in str(answer.error)


def test_a_session_that_has_begun_cannot_be_moved_into_the_time_after_the_end() -> None:
    scenario = two_mentees()
    begun = session_of(scenario, START + DAY)
    scenario.advance(DAY)
    scenario.when(unwound())
    move = RescheduleSession(session_id=begun, starts_at=START + 9 * DAY, time_zone="Europe/Rome")
    answer = scenario.when(move, actor="person/ben")
    assert isinstance(answer.error, Refusal)
    assert answer.error.code == "relationship-ended"


def test_a_match_that_is_unwound_again_changes_nothing() -> None:
    scenario = two_mentees()
    session_of(scenario, START + DAY)
    scenario.when(unwound())
    scenario.advance(DAY).when(unwound())
    assert len(scenario.events(RelationshipEndedEarly)) == len(called_off(scenario)) == 1
    assert scenario.get(Relationship, with_ada(BEN)).ended_at == START


def test_a_match_that_is_unwound_before_its_relationship_has_started_waits_for_it() -> None:
    scenario = Scenario(service)
    with pytest.raises(NotYet):
        scenario.when(unwound())
    assert scenario.events() == []
