"""The rules of a session: who may plan, move and cancel it, and when it counts as held."""

from datetime import timedelta

import pytest

from services.sessions.meetings.model.session import NotYetHeld, Session, SessionNotOpen
from shared.contracts.members import pair
from shared.contracts.sessions import SessionCancelled, SessionCompleted, SessionRescheduled, SessionScheduled
from shared.errors import NotAllowed
from shared.ids import ProgramId, RelationshipId, SessionId
from tests.services.sessions.given import ADA, BEN, NOW, TOMORROW, relationship, session, slot


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
