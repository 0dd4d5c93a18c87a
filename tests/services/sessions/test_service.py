"""The sessions service whole, on the engine in memory: starting, planning, racing for a time, holding."""

import asyncio
from datetime import datetime, timedelta
from random import Random

import pytest

from services.sessions.actions.commands import AssignAction, CompleteAction
from services.sessions.actions.model import ActionItem
from services.sessions.meetings.commands import CancelSession, CompleteSession, RescheduleSession, ScheduleSession
from services.sessions.meetings.model.calendar import PersonCalendar
from services.sessions.meetings.model.session import Session, SessionStatus
from services.sessions.relationships.model import Relationship, relationship_of
from services.sessions.service import service
from shared.contracts.intake import ProgramPublished, ProgramRules
from shared.contracts.matching import MatchAccepted
from shared.contracts.members import pair
from shared.contracts.sessions import (
    ActionAssigned,
    ActionCompleted,
    RelationshipStarted,
    SessionCancelled,
    SessionCompleted,
    SessionRescheduled,
    SessionScheduled,
)
from shared.engine.authoring.answer import Answer
from shared.engine.authoring.context import NotYet
from shared.engine.execution.executor import Executor
from shared.errors import Refusal
from shared.ids import ActionItemId, MatchId, PersonId, ProgramId, RelationshipId, SessionId
from tests.scenario import START, Scenario

ADA, BEN, CLEO = PersonId("ada"), PersonId("ben"), PersonId("cleo")
ADAS_AND_BENS = relationship_of(MatchId("ada-ben"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PUBLISHED = ProgramPublished(
    program_id=ProgramId("p1"), title="Tech", cadence="monthly", months=6, rules=ProgramRules(session_minutes=45)
)


def accepted(match: str = "ada-ben", mentee: PersonId = BEN) -> MatchAccepted:
    return MatchAccepted(
        match_id=MatchId(match), program_id=ProgramId("p1"), mentor_id=ADA, mentee_id=mentee, proposed_at=START
    )


def two_mentees() -> Scenario:
    """Ada mentors Ben and Cleo."""
    scenario = Scenario(service)
    for event in (PUBLISHED, accepted(), accepted("ada-cleo", CLEO)):
        scenario.when(event)
    return scenario


def schedule(starts_at: datetime, match: str = "ada-ben") -> ScheduleSession:
    return ScheduleSession(
        relationship_id=relationship_of(MatchId(match)), starts_at=starts_at, minutes=60, time_zone="Europe/Rome"
    )


def session_of(scenario: Scenario, starts_at: datetime = START + DAY, match: str = "ada-ben") -> SessionId:
    answer = scenario.when(schedule(starts_at, match), actor="person/ada")
    assert answer.status == 201, answer.error
    planned = scenario.events(SessionScheduled)[-1]
    assert isinstance(planned, SessionScheduled)
    return planned.session_id


def code(answer: Answer) -> str:
    assert isinstance(answer.error, Refusal)
    return answer.error.code


def test_a_relationship_starts_when_a_match_is_accepted() -> None:
    (started, _) = two_mentees().events(RelationshipStarted)
    assert isinstance(started, RelationshipStarted)
    assert (started.relationship_id, started.match_ids) == (ADAS_AND_BENS, ("ada-ben",))
    assert (started.members, started.first_session_due) == (pair(ADA, BEN), START + 14 * DAY)


def test_a_match_that_is_accepted_again_under_another_delivery_starts_nothing_twice() -> None:
    scenario = two_mentees()
    scenario.advance(DAY).when(accepted())
    assert len(scenario.events(RelationshipStarted)) == 2
    assert scenario.get(Relationship, ADAS_AND_BENS).started_at == START


def test_a_match_that_is_made_again_starts_another_relationship() -> None:
    scenario = two_mentees()
    scenario.when(accepted("ada-ben-again"))
    assert len({event.subject_id for event in scenario.events(RelationshipStarted)}) == 3


def test_a_match_that_is_accepted_before_its_program_is_known_waits() -> None:
    with pytest.raises(NotYet):
        Scenario(service).when(accepted())


def test_a_program_with_the_usual_rules_is_known_too() -> None:
    scenario = Scenario(service)
    scenario.when(PUBLISHED.model_copy(update={"rules": ProgramRules()}))
    scenario.when(accepted())
    assert scenario.get(Relationship, ADAS_AND_BENS).rules.session_minutes == 60


def test_a_session_takes_as_long_as_the_program_says() -> None:
    scenario = two_mentees()
    command = ScheduleSession(relationship_id=ADAS_AND_BENS, starts_at=START + DAY, time_zone="Europe/Rome")
    scenario.when(command)
    (planned,) = scenario.events(SessionScheduled)
    assert isinstance(planned, SessionScheduled)
    assert planned.ends_at - planned.starts_at == timedelta(minutes=45)


def test_nobody_is_in_two_sessions_at_once_whoever_the_other_person_is() -> None:
    scenario = two_mentees()
    session_of(scenario)
    assert code(scenario.when(schedule(START + DAY + HOUR / 2, "ada-cleo"))) == "overlap"
    assert set(scenario.get(PersonCalendar, "ada").bookings) == {scenario.events(SessionScheduled)[0].subject_id}
    session_of(scenario, START + DAY + HOUR, "ada-cleo")


@pytest.mark.parametrize("apart", [True, False])
def test_of_two_who_take_one_time_at_once_one_is_refused(apart: bool) -> None:
    """In one batch, and in two processes that know nothing of each other but the database."""
    scenario = two_mentees()
    ben, cleo = (scenario.messages(schedule(START + DAY, match), "client/test")[0] for match in ("ada-ben", "ada-cleo"))

    async def race() -> list[Answer]:
        if not apart:
            return await scenario.executor.handle([ben, cleo])
        other = Executor(service, scenario.store, lambda: scenario.now, Random(2))
        first, second = await asyncio.gather(scenario.executor.handle([ben]), other.handle([cleo]))
        return [*first, *second]

    answers = scenario.loop.run_until_complete(race())
    assert sorted(answer.status for answer in answers) == [201, 409]
    assert len(scenario.get(PersonCalendar, "ada").bookings) == 1


def test_a_rescheduled_session_frees_its_old_time_and_takes_the_new_one() -> None:
    scenario = two_mentees()
    id = session_of(scenario)
    scenario.when(RescheduleSession(session_id=id, starts_at=START + 2 * DAY, time_zone="Europe/Rome"))
    (moved,) = scenario.events(SessionRescheduled)
    assert isinstance(moved, SessionRescheduled)
    assert moved.ends_at - moved.starts_at == HOUR
    session_of(scenario, START + DAY, "ada-cleo")
    assert code(scenario.when(schedule(START + 2 * DAY, "ada-cleo"))) == "overlap"


def test_a_session_cannot_move_to_where_one_of_the_two_is_busy() -> None:
    scenario = two_mentees()
    session_of(scenario, START + 2 * DAY, "ada-cleo")
    id = session_of(scenario)
    answer = scenario.when(RescheduleSession(session_id=id, starts_at=START + 2 * DAY, time_zone="Europe/Rome"))
    assert code(answer) == "overlap"
    assert scenario.get(Session, id).slot.starts_at == START + DAY
    assert scenario.events(SessionRescheduled) == []


def test_a_cancelled_session_frees_its_time_for_both() -> None:
    scenario = two_mentees()
    scenario.when(CancelSession(session_id=session_of(scenario)), actor="person/ben")
    assert len(scenario.events(SessionCancelled)) == 1
    session_of(scenario, START + DAY, "ada-cleo")


def test_a_session_that_was_held_without_being_planned_is_recorded_and_completed_at_once() -> None:
    scenario = two_mentees()
    id = session_of(scenario, START - 2 * DAY)
    assert scenario.when(CompleteSession(session_id=id), actor="person/ben").status == 200
    (held,) = scenario.events(SessionCompleted)
    assert isinstance(held, SessionCompleted)
    assert held.completed_by == BEN


def test_what_was_held_more_than_seven_days_ago_is_not_recorded() -> None:
    assert code(two_mentees().when(schedule(START - 7 * DAY - HOUR))) == "held-too-long-ago"


def test_a_session_is_completed_after_it_has_begun() -> None:
    scenario = two_mentees()
    id = session_of(scenario)
    assert code(scenario.when(CompleteSession(session_id=id), actor="person/ben")) == "not-yet-held"
    scenario.advance(DAY)
    scenario.when(CompleteSession(session_id=id), actor="person/ben")
    assert scenario.get(Session, id).status is SessionStatus.COMPLETED


def test_a_completed_session_keeps_its_time() -> None:
    scenario = two_mentees()
    scenario.when(CompleteSession(session_id=session_of(scenario, START - DAY)), actor="person/ada")
    assert code(scenario.when(schedule(START - DAY, "ada-cleo"))) == "overlap"


def test_a_time_that_clocks_skip_is_refused_with_the_next_valid_one() -> None:
    command = ScheduleSession.model_validate(
        {"relationship_id": ADAS_AND_BENS, "starts_at_local": "2027-03-28T02:30", "time_zone": "Europe/Rome"}
    )
    answer = two_mentees().when(command)
    assert isinstance(answer.error, Refusal)
    assert (answer.status, answer.error.members["next_valid"]) == (422, "2027-03-28T03:00")


def test_a_third_person_can_neither_plan_nor_hold_a_session() -> None:
    scenario = two_mentees()
    id = session_of(scenario, START - DAY)
    assert scenario.when(schedule(START + DAY), actor="person/cleo").status == 404
    assert scenario.when(CompleteSession(session_id=id), actor="person/cleo").status == 404


def test_what_does_not_exist_is_not_found() -> None:
    scenario = two_mentees()
    unknown = SessionId("nothing")
    move = RescheduleSession(session_id=unknown, starts_at=START + DAY, time_zone="Europe/Rome")
    work = AssignAction(relationship_id=RelationshipId("nothing"), owner_id=ADA, task="Read")
    for command in (schedule(START + DAY, "nothing"), move, CancelSession(session_id=unknown), work):
        assert scenario.when(command).status == 404


def test_an_action_item_is_due_before_the_next_session_of_the_same_two() -> None:
    scenario = two_mentees()
    session_of(scenario, START + 9 * DAY)
    session_of(scenario, START + 5 * DAY, "ada-cleo")
    work = AssignAction(relationship_id=ADAS_AND_BENS, owner_id=ADA, task="Read the CV")
    assert scenario.when(work, actor="person/ben").status == 201
    (assigned,) = scenario.events(ActionAssigned)
    assert isinstance(assigned, ActionAssigned)
    assert (assigned.owner_id, assigned.due_at) == (ADA, START + 7 * DAY)
    assert scenario.get(ActionItem, assigned.action_id).task == "Read the CV"


def test_an_action_item_is_for_a_member_of_the_relationship() -> None:
    scenario = two_mentees()
    work = AssignAction(relationship_id=ADAS_AND_BENS, owner_id=CLEO, task="Read")
    assert code(scenario.when(work, actor="person/ada")) == "owner-not-member"
    assert scenario.events(ActionAssigned) == []


def test_an_action_item_of_two_who_have_planned_nothing_is_due_in_two_weeks_and_is_done_once() -> None:
    scenario = two_mentees()
    scenario.when(AssignAction(relationship_id=ADAS_AND_BENS, owner_id=BEN, task="Read"))
    (assigned,) = scenario.events(ActionAssigned)
    assert isinstance(assigned, ActionAssigned)
    assert assigned.due_at == START + 14 * DAY
    done = CompleteAction(action_id=ActionItemId(assigned.subject_id))
    assert scenario.when(done, actor="person/ben").status == 200
    assert code(scenario.when(done, actor="person/ben")) == "action-already-done"
    assert len(scenario.events(ActionCompleted)) == 1
