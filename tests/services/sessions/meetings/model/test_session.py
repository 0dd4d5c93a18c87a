"""The rules of a session: who may plan, move and cancel it, and when it counts as held."""

from datetime import timedelta

import pytest

from services.sessions.meetings.model.session import CompletedTooLate, NotYetHeld, Session, SessionNotOpen, SessionOver
from shared.contracts.members import pair
from shared.contracts.sessions import SessionCancelled, SessionCompleted, SessionRescheduled, SessionScheduled
from shared.errors import NotAllowed
from shared.ids import ProgramId, RelationshipId, SessionId
from tests.services.sessions.given import ADA, BEN, NOW, TOMORROW, relationship, session, slot


def test_a_scheduled_session_belongs_to_the_members_of_its_relationship() -> None:
    assert Session(id="s1").schedule(relationship(), slot()) == (
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


def test_a_rescheduled_session_tells_both_times_and_raises_its_revision() -> None:
    planned, later = session(), slot(TOMORROW + timedelta(days=2))
    (moved,) = planned.reschedule(relationship(), later, at=NOW)
    assert isinstance(moved, SessionRescheduled)
    assert (moved.previous_starts_at, moved.starts_at, moved.revision) == (TOMORROW, later.starts_at, 1)


def test_moving_a_session_to_its_own_time_tells_nothing() -> None:
    planned = session()
    assert planned.reschedule(relationship(), slot(), at=NOW) == ()
    assert planned.revision == 0


def test_a_cancelled_session_raises_its_revision_and_stays_cancelled() -> None:
    planned = session()
    (cancelled,) = planned.cancel(at=NOW)
    assert isinstance(cancelled, SessionCancelled)
    assert cancelled.revision == 1
    with pytest.raises(SessionNotOpen):
        planned.cancel(at=NOW)
    with pytest.raises(SessionNotOpen):
        planned.reschedule(relationship(), slot(NOW), at=NOW)
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


def test_the_same_time_in_another_zone_moves_nothing_and_the_zone_is_kept() -> None:
    planned = session()
    elsewhere = slot().model_copy(update={"time_zone": "America/New_York"})
    assert planned.reschedule(relationship(), elsewhere, at=NOW) == ()
    assert (planned.slot.time_zone, planned.revision) == ("America/New_York", 0)


@pytest.mark.parametrize("after", [timedelta(), timedelta(hours=2), timedelta(days=140)])
def test_what_is_over_is_neither_cancelled_nor_moved(after: timedelta) -> None:
    planned = session()
    over = planned.slot.ends_at + after
    with pytest.raises(SessionOver, match="complete it if it was held"):
        planned.cancel(at=over)
    with pytest.raises(SessionOver, match="2027-03-02T13:00:00Z"):
        planned.reschedule(relationship(), slot(over), at=over)
    assert planned.cancel(at=planned.slot.ends_at - timedelta(milliseconds=1))


def test_members_say_within_seven_days_that_it_was_held_and_then_it_is_the_managers_word() -> None:
    last = session().slot.ends_at + timedelta(days=7)
    assert session().complete(by="person/ada", at=last)
    with pytest.raises(NotAllowed, match="2027-03-09T13:00:00Z"):
        session().complete(by="client/hr", at=last)
    late = last + timedelta(milliseconds=1)
    with pytest.raises(CompletedTooLate, match="ask who manages the program"):
        session().complete(by="person/ada", at=late)
    for manager in ("client/hr", "person/eve"):
        (completed,) = session().complete(by=manager, at=late)
        assert isinstance(completed, SessionCompleted)
        assert completed.completed_by is None


@pytest.mark.parametrize("actor", ["client/ada", "operator/ada", "service/ben"])
def test_a_system_cannot_say_that_two_people_met(actor: str) -> None:
    with pytest.raises(NotAllowed):
        session(NOW).complete(by=actor, at=NOW)
