"""Nobody is in two sessions at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sessions.meetings.model.calendar import HeldTooLongAgo, Overlap, PersonCalendar, TooFarAhead, book
from services.sessions.meetings.model.session import Session
from services.sessions.times import Slot
from shared.ids import RelationshipId
from tests.examples import examples

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def slot(start: datetime, minutes: int = 60) -> Slot:
    return Slot.between(start, start + timedelta(minutes=minutes), "Europe/Berlin")


def take(calendar: PersonCalendar, session_id: str, relationship_id: str, slot: Slot, at: datetime) -> None:
    """Book a session with one person."""
    book([calendar], Session(id=session_id, relationship_id=RelationshipId(relationship_id), slot=slot), at)


def test_a_refusal_names_times_at_which_all_are_free_and_nothing_of_anybodys_calendar() -> None:
    ada, ben = PersonCalendar(id="ada"), PersonCalendar(id="ben")
    take(ada, "s1", "r1", slot(NOW), at=NOW)
    take(ben, "s2", "r2", slot(NOW + timedelta(minutes=90)), at=NOW)
    with pytest.raises(Overlap) as refused:
        book([ada, ben], Session(id="s3", slot=slot(NOW + timedelta(minutes=59))), at=NOW)
    problem: dict[str, Any] = dict(refused.value.problem())
    assert problem["free_from"] == ["2027-03-01T14:59:00Z", "2027-03-01T15:29:00Z", "2027-03-01T15:59:00Z"]
    assert problem["detail"] == "Not everybody is free then: choose another time, such as 2027-03-01T14:59:00Z."
    assert problem.keys() == {"type", "title", "status", "code", "detail", "free_from"}
    for start in problem["free_from"]:
        book([ada, ben], Session(id="s3", slot=slot(datetime.fromisoformat(start))), at=NOW)


def test_the_times_that_are_suggested_begin_at_the_next_step_and_after_now() -> None:
    calendar, morning = PersonCalendar(id="ada"), datetime(2027, 3, 1, 8, tzinfo=UTC)
    take(calendar, "s1", "r1", slot(morning, minutes=30), at=morning)
    with pytest.raises(Overlap) as refused:
        take(calendar, "s2", "r2", slot(morning, minutes=30), at=morning)
    assert dict(refused.value.problem())["free_from"] == [
        "2027-03-01T08:30:00Z",
        "2027-03-01T09:00:00Z",
        "2027-03-01T09:30:00Z",
    ]
    with pytest.raises(Overlap) as refused:
        take(calendar, "s2", "r2", slot(morning, minutes=30), at=morning + timedelta(minutes=30))
    assert dict(refused.value.problem())["free_from"] == [
        "2027-03-01T09:00:00Z",
        "2027-03-01T09:30:00Z",
        "2027-03-01T10:00:00Z",
    ]


def test_no_time_at_night_is_suggested() -> None:
    calendar, evening = PersonCalendar(id="ada"), datetime(2027, 3, 1, 17, 30, tzinfo=UTC)
    take(calendar, "s1", "r1", slot(evening, minutes=90), at=NOW)
    with pytest.raises(Overlap) as refused:
        take(calendar, "s2", "r1", slot(evening), at=NOW)
    free: Any = refused.value.problem()["free_from"]
    assert free[0] == "2027-03-02T07:00:00Z"


def test_a_session_may_begin_when_another_ends() -> None:
    calendar = PersonCalendar(id="ada")
    take(calendar, "s1", "r1", slot(NOW), at=NOW)
    take(calendar, "s2", "r2", slot(NOW + timedelta(minutes=60)), at=NOW)
    take(calendar, "s3", "r2", slot(NOW - timedelta(minutes=60)), at=NOW)
    assert set(calendar.bookings) == {"s1", "s2", "s3"}


def test_a_session_may_move_within_its_own_time() -> None:
    calendar = PersonCalendar(id="ada")
    take(calendar, "s1", "r1", slot(NOW), at=NOW)
    take(calendar, "s1", "r1", slot(NOW + timedelta(minutes=30)), at=NOW)
    assert calendar.bookings["s1"].starts_at == NOW + timedelta(minutes=30)


def test_a_cancelled_session_frees_its_time() -> None:
    calendar = PersonCalendar(id="ada")
    take(calendar, "s1", "r1", slot(NOW), at=NOW)
    calendar.free("s1")
    take(calendar, "s2", "r1", slot(NOW), at=NOW)
    assert set(calendar.bookings) == {"s2"}


def test_a_session_held_within_the_last_seven_days_can_be_recorded() -> None:
    calendar = PersonCalendar(id="ada")
    take(calendar, "s1", "r1", slot(NOW - timedelta(days=7)), at=NOW)
    with pytest.raises(HeldTooLongAgo, match="not before 2027-02-22T12:00:00Z"):
        take(calendar, "s2", "r1", slot(NOW - timedelta(days=7, seconds=1)), at=NOW)


def test_a_session_can_be_planned_up_to_a_year_ahead() -> None:
    calendar = PersonCalendar(id="ada")
    take(calendar, "s1", "r1", slot(NOW + timedelta(days=366)), at=NOW)
    with pytest.raises(TooFarAhead, match="not after 2028-03-01T12:00:00Z"):
        take(calendar, "s2", "r1", slot(NOW + timedelta(days=366, seconds=1)), at=NOW)


def test_what_no_session_can_meet_any_more_is_forgotten() -> None:
    calendar = PersonCalendar(id="ada")
    take(calendar, "old", "r1", slot(NOW), at=NOW)
    later = NOW + timedelta(days=7, hours=1)
    take(calendar, "new", "r1", slot(later), at=later)
    assert set(calendar.bookings) == {"new"}


def test_the_next_session_is_of_the_same_relationship_and_in_the_future() -> None:
    calendar = PersonCalendar(id="ada")
    for day, relationship in ((-1, "r1"), (1, "r2"), (5, "r1"), (3, "r1")):
        take(calendar, f"s{day}", relationship, slot(NOW + timedelta(days=day)), at=NOW)
    assert calendar.next_start("r1", after=NOW) == NOW + timedelta(days=3)
    assert calendar.next_start("r1", after=NOW + timedelta(days=3)) == NOW + timedelta(days=5)
    assert calendar.next_start("r3", after=NOW) is None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["take", "take", "take", "free"]),
        st.integers(0, 5),  # which session
        st.integers(-40, 80),  # its start in quarters of an hour from now
        st.integers(1, 8),  # its length in quarters of an hour
        st.integers(0, 600),  # quarters of an hour until the next step
    ),
    max_size=40,
)


@examples(100)
@given(STEPS)
def test_a_calendar_refuses_exactly_what_shares_a_quarter_of_an_hour(
    steps: list[tuple[str, int, int, int, int]],
) -> None:
    """The oracle paints every quarter of an hour, never forgets one, and knows nothing of intervals."""
    calendar, painted, now = PersonCalendar(id="ada"), dict[int, set[int]](), 0
    for action, session, start, length, pause in steps:
        quarters = set(range(now + start, now + start + length))
        taken = set().union(*(other for id, other in painted.items() if id != session))
        at = NOW + timedelta(minutes=15 * now)
        if action == "free":
            calendar.free(str(session))
            painted.pop(session, None)
        elif quarters & taken:
            with pytest.raises(Overlap):
                take(calendar, str(session), "r1", slot(at + timedelta(minutes=15 * start), 15 * length), at)
        else:
            take(calendar, str(session), "r1", slot(at + timedelta(minutes=15 * start), 15 * length), at)
            painted[session] = quarters
        now += pause
