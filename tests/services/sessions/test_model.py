"""The rules of relationships, sessions and action items."""

from datetime import UTC, datetime, timedelta

import pytest

from services.sessions.actions import ActionAlreadyDone, ActionItem, Assignment, DueInThePast, OwnerNotMember
from services.sessions.model import (
    NotYetHeld,
    ProgramCopy,
    Relationship,
    Session,
    SessionNotOpen,
    relationship_of,
)
from services.sessions.times import Slot
from shared.contracts.intake import ProgramRules
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
from shared.errors import NotAllowed
from shared.ids import ActionItemId, MatchId, PersonId, ProgramId, RelationshipId, SessionId

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
ADA, BEN = PersonId("ada"), PersonId("ben")
ACCEPTED = MatchAccepted(
    match_id=MatchId("m1"), program_id=ProgramId("p1"), mentor_id=ADA, mentee_id=BEN, proposed_at=NOW
)


def program() -> ProgramCopy:
    copy = ProgramCopy(id="p1")
    copy.follow(ProgramRules(session_minutes=45, first_session_days=10))
    return copy


def relationship() -> Relationship:
    started = Relationship(id="r1")
    started.start(ACCEPTED, program(), at=NOW)
    return started


def slot(start: datetime = TOMORROW, minutes: int = 60) -> Slot:
    return Slot.between(start, start + timedelta(minutes=minutes), "Europe/Berlin")


def session(start: datetime = TOMORROW) -> Session:
    planned = Session(id="s1")
    planned.schedule(relationship(), slot(start), by="person/ben")
    return planned


def test_a_relationship_starts_when_a_match_is_accepted_and_keeps_the_rules_of_its_program() -> None:
    new = Relationship(id="r1")
    assert new.start(ACCEPTED, program(), at=NOW) == (
        RelationshipStarted(
            relationship_id=RelationshipId("r1"),
            program_id=ProgramId("p1"),
            match_ids=(MatchId("m1"),),
            members=pair(ADA, BEN),
            started_at=NOW,
            first_session_due=NOW + timedelta(days=10),
        ),
    )
    assert new.session_minutes == 45


def test_a_match_names_its_relationship_always_the_same_and_no_other_one_does() -> None:
    first, second = MatchId("01a327d0-c2cb-70d4-bbea-00ded3bb4576"), MatchId("01a327d0-c2cb-70d4-bbea-00ded3bb4577")
    assert relationship_of(first) == relationship_of(first) == "77440687-4b74-5ea7-a090-49ff491148e1"
    assert len({first, second, relationship_of(first), relationship_of(second)}) == 4


def test_a_scheduled_session_belongs_to_the_members_of_its_relationship() -> None:
    assert Session(id="s1").schedule(relationship(), slot(), by="person/ada") == (
        SessionScheduled(
            session_id=SessionId("s1"),
            relationship_id=RelationshipId("r1"),
            program_id=ProgramId("p1"),
            members=pair(ADA, BEN),
            starts_at=TOMORROW,
            ends_at=TOMORROW + timedelta(hours=1),
            time_zone="Europe/Berlin",
            revision=0,
        ),
    )


@pytest.mark.parametrize("actor", ["person/ada", "person/ben", "client/hr", "operator/root"])
def test_the_members_and_the_systems_of_the_tenant_may_schedule(actor: str) -> None:
    assert Session(id="s1").schedule(relationship(), slot(), by=actor)


def test_a_third_person_may_do_nothing() -> None:
    with pytest.raises(NotAllowed):
        Session(id="s2").schedule(relationship(), slot(), by="person/eve")
    with pytest.raises(NotAllowed):
        session().reschedule(relationship(), slot(), by="person/eve")
    with pytest.raises(NotAllowed):
        session().cancel(by="person/eve")
    with pytest.raises(NotAllowed):
        session(NOW).complete(by="person/eve", at=NOW)
    with pytest.raises(NotAllowed):
        action().complete(by="person/eve", at=NOW)


def test_a_rescheduled_session_tells_both_times_and_raises_its_revision() -> None:
    planned, later = session(), slot(TOMORROW + timedelta(days=2))
    (moved,) = planned.reschedule(relationship(), later, by="person/ada")
    assert isinstance(moved, SessionRescheduled)
    assert (moved.previous_starts_at, moved.starts_at, moved.revision) == (TOMORROW, later.starts_at, 1)


def test_moving_a_session_to_its_own_time_tells_nothing() -> None:
    planned = session()
    assert planned.reschedule(relationship(), slot(), by="person/ada") == ()
    assert planned.revision == 0


def test_a_cancelled_session_raises_its_revision_and_stays_cancelled() -> None:
    planned = session()
    (cancelled,) = planned.cancel(by="person/ada")
    assert isinstance(cancelled, SessionCancelled)
    assert cancelled.revision == 1
    with pytest.raises(SessionNotOpen):
        planned.cancel(by="person/ada")
    with pytest.raises(SessionNotOpen):
        planned.reschedule(relationship(), slot(NOW), by="person/ada")
    with pytest.raises(SessionNotOpen):
        planned.complete(by="person/ada", at=TOMORROW)


def test_a_session_is_completed_by_one_member_once_it_has_begun() -> None:
    planned = session()
    with pytest.raises(NotYetHeld, match="2027-03-02T12:00:00Z"):
        planned.complete(by="person/ben", at=TOMORROW - timedelta(milliseconds=1))
    (completed,) = planned.complete(by="person/ben", at=TOMORROW)
    assert isinstance(completed, SessionCompleted)
    assert completed.completed_by == BEN
    with pytest.raises(SessionNotOpen):
        planned.complete(by="person/ada", at=TOMORROW)


@pytest.mark.parametrize("actor", ["client/ada", "operator/ada", "service/ben"])
def test_a_system_cannot_say_that_two_people_met(actor: str) -> None:
    with pytest.raises(NotAllowed):
        session(NOW).complete(by=actor, at=NOW)


def assignment(due_at: datetime | None = None) -> Assignment:
    return Assignment(owner_id=BEN, task="Write the CV", due_at=due_at)


def action() -> ActionItem:
    assigned = ActionItem(id="a1")
    assigned.assign(relationship(), assignment(), next_session=None, by="person/ada", at=NOW)
    return assigned


@pytest.mark.parametrize(
    ("stated", "next_session", "due_at"),
    [
        (timedelta(days=3), timedelta(days=9), timedelta(days=3)),
        (None, timedelta(days=9), timedelta(days=7)),
        (None, timedelta(hours=49), timedelta(hours=1)),
        (None, timedelta(hours=48), timedelta(days=14)),
        (None, None, timedelta(days=14)),
    ],
)
def test_an_action_item_is_due_when_stated_or_before_the_next_session_or_in_two_weeks(
    stated: timedelta | None, next_session: timedelta | None, due_at: timedelta
) -> None:
    what = assignment(due_at=NOW + stated if stated else None)
    meeting = NOW + next_session if next_session else None
    (assigned,) = ActionItem(id="a1").assign(relationship(), what, meeting, by="person/ada", at=NOW)
    assert isinstance(assigned, ActionAssigned)
    assert assigned.due_at == NOW + due_at


def test_what_is_to_be_done_stays_in_the_service() -> None:
    (assigned,) = ActionItem(id="a1").assign(relationship(), assignment(), None, by="person/ada", at=NOW)
    assert isinstance(assigned, ActionAssigned)
    assert assigned.owner_id == BEN
    assert "CV" not in assigned.model_dump_json()


def test_an_action_item_cannot_be_due_in_the_past() -> None:
    with pytest.raises(DueInThePast):
        ActionItem(id="a1").assign(relationship(), assignment(due_at=NOW), None, by="person/ada", at=NOW)


def test_an_action_item_is_for_a_member_of_the_relationship() -> None:
    for_eve = Assignment(owner_id=PersonId("eve"), task="Write the CV")
    with pytest.raises(OwnerNotMember):
        ActionItem(id="a1").assign(relationship(), for_eve, None, by="person/ada", at=NOW)


def test_an_action_item_is_done_once() -> None:
    open_action = action()
    assert open_action.complete(by="person/ada", at=NOW) == (
        ActionCompleted(
            action_id=ActionItemId("a1"),
            relationship_id=RelationshipId("r1"),
            program_id=ProgramId("p1"),
            members=pair(ADA, BEN),
            owner_id=BEN,
        ),
    )
    with pytest.raises(ActionAlreadyDone):
        open_action.complete(by="person/ben", at=NOW)
