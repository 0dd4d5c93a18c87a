"""Nobody is in two sessions at once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sessions.meetings.model.calendar import HeldTooLongAgo, Overlap, PersonCalendar, TooFarAhead
from services.sessions.times import Slot

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def slot(start: datetime, minutes: int = 60) -> Slot:
    return Slot.between(start, start + timedelta(minutes=minutes), "Europe/Berlin")


def test_a_time_that_is_taken_is_refused_and_says_until_when() -> None:
    calendar = PersonCalendar(id="ada")
    calendar.book("s1", "r1", slot(NOW), at=NOW)
    with pytest.raises(Overlap) as refused:
        calendar.book("s2", "r2", slot(NOW + timedelta(minutes=59)), at=NOW)
    assert refused.value.problem() | {"detail": ""} == {
        "type": "urn:ithaca:problem:overlap",
        "title": "Overlap",
        "status": 409,
        "code": "overlap",
        "detail": "",
        "person_id": "ada",
        "busy_from": "2027-03-01T12:00:00Z",
        "busy_until": "2027-03-01T13:00:00Z",
    }


def test_a_session_may_begin_when_another_ends() -> None:
    calendar = PersonCalendar(id="ada")
    calendar.book("s1", "r1", slot(NOW), at=NOW)
    calendar.book("s2", "r2", slot(NOW + timedelta(minutes=60)), at=NOW)
    calendar.book("s3", "r2", slot(NOW - timedelta(minutes=60)), at=NOW)
    assert set(calendar.bookings) == {"s1", "s2", "s3"}


def test_a_session_may_move_within_its_own_time() -> None:
    calendar = PersonCalendar(id="ada")
    calendar.book("s1", "r1", slot(NOW), at=NOW)
    calendar.book("s1", "r1", slot(NOW + timedelta(minutes=30)), at=NOW)
    assert calendar.bookings["s1"].starts_at == NOW + timedelta(minutes=30)


def test_a_cancelled_session_frees_its_time() -> None:
    calendar = PersonCalendar(id="ada")
    calendar.book("s1", "r1", slot(NOW), at=NOW)
    calendar.free("s1")
    calendar.book("s2", "r1", slot(NOW), at=NOW)
    assert set(calendar.bookings) == {"s2"}


def test_a_session_held_within_the_last_seven_days_can_be_recorded() -> None:
    calendar = PersonCalendar(id="ada")
    calendar.book("s1", "r1", slot(NOW - timedelta(days=7)), at=NOW)
    with pytest.raises(HeldTooLongAgo, match="not before 2027-02-22T12:00:00Z"):
        calendar.book("s2", "r1", slot(NOW - timedelta(days=7, seconds=1)), at=NOW)


def test_a_session_can_be_planned_up_to_a_year_ahead() -> None:
    calendar = PersonCalendar(id="ada")
    calendar.book("s1", "r1", slot(NOW + timedelta(days=366)), at=NOW)
    with pytest.raises(TooFarAhead):
        calendar.book("s2", "r1", slot(NOW + timedelta(days=366, seconds=1)), at=NOW)


def test_what_no_session_can_meet_any_more_is_forgotten() -> None:
    calendar = PersonCalendar(id="ada")
    calendar.book("old", "r1", slot(NOW), at=NOW)
    later = NOW + timedelta(days=7, hours=1)
    calendar.book("new", "r1", slot(later), at=later)
    assert set(calendar.bookings) == {"new"}


def test_the_next_session_is_of_the_same_relationship_and_in_the_future() -> None:
    calendar = PersonCalendar(id="ada")
    for day, relationship in ((-1, "r1"), (1, "r2"), (5, "r1"), (3, "r1")):
        calendar.book(f"s{day}", relationship, slot(NOW + timedelta(days=day)), at=NOW)
    assert calendar.next_start("r1", after=NOW) == NOW + timedelta(days=3)
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
                calendar.book(str(session), "r1", slot(at + timedelta(minutes=15 * start), 15 * length), at)
        else:
            calendar.book(str(session), "r1", slot(at + timedelta(minutes=15 * start), 15 * length), at)
            painted[session] = quarters
        now += pause
