"""Wall times around the changes of the clocks, and what a slot may be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sessions.times import EndsBeforeStart, SkippedTime, Slot, WrongLength, moment
from shared.clock import zone
from tests.examples import examples

ROWS = [  # the zone, what the clock shows, the moment in UTC
    ("Europe/Berlin", "2027-03-28T01:59", "2027-03-28T00:59"),
    ("Europe/Berlin", "2027-03-28T03:00", "2027-03-28T01:00"),
    ("Europe/Berlin", "2027-03-28T03:30", "2027-03-28T01:30"),
    ("Europe/Berlin", "2027-10-31T02:00", "2027-10-31T00:00"),
    ("Europe/Berlin", "2027-10-31T02:30", "2027-10-31T00:30"),
    ("Europe/Berlin", "2027-10-31T03:00", "2027-10-31T02:00"),
    ("America/New_York", "2027-03-15T09:00", "2027-03-15T13:00"),
    ("America/New_York", "2027-11-07T01:30", "2027-11-07T05:30"),
    ("Australia/Lord_Howe", "2027-04-04T01:45", "2027-04-03T14:45"),
    ("Asia/Kathmandu", "2027-01-01T00:00", "2026-12-31T18:15"),
    # Rules that changed in 2026: a stale copy of the zones is an hour off.
    ("America/Vancouver", "2026-12-02T09:00", "2026-12-02T16:00"),
    ("America/Edmonton", "2026-12-02T09:00", "2026-12-02T15:00"),
    ("America/Winnipeg", "2026-12-02T09:00", "2026-12-02T14:00"),
    ("America/Havana", "2026-12-02T09:00", "2026-12-02T13:00"),
    ("Africa/Casablanca", "2026-12-02T09:00", "2026-12-02T09:00"),
]

GAPS = [  # the zone, what no clock shows, the next that one does
    ("Europe/Berlin", "2027-03-28T02:00", "2027-03-28T03:00"),
    ("Europe/Berlin", "2027-03-28T02:30", "2027-03-28T03:00"),
    ("Europe/Berlin", "2027-03-28T02:59", "2027-03-28T03:00"),
    ("America/New_York", "2027-03-14T02:15", "2027-03-14T03:00"),
    ("Australia/Lord_Howe", "2027-10-03T02:10", "2027-10-03T02:30"),
    ("Africa/Cairo", "2027-04-30T00:20", "2027-04-30T01:00"),
    ("Pacific/Apia", "2011-12-30T12:00", "2011-12-31T00:00"),
]


@pytest.mark.parametrize(("time_zone", "shown", "utc"), ROWS)
def test_a_wall_time_is_the_moment_at_which_clocks_first_show_it(time_zone: str, shown: str, utc: str) -> None:
    assert moment(datetime.fromisoformat(shown), time_zone, "starts_at_local") == utc_of(utc)


@pytest.mark.parametrize(("time_zone", "skipped", "after"), GAPS)
def test_a_time_that_clocks_skip_is_refused_with_the_next_valid_one(time_zone: str, skipped: str, after: str) -> None:
    with pytest.raises(SkippedTime) as refused:
        moment(datetime.fromisoformat(skipped), time_zone, "starts_at_local")
    assert refused.value.problem()["next_valid"] == after
    assert refused.value.problem()["field"] == "starts_at_local"
    assert after in refused.value.detail


@examples(100)
@given(
    st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2029-01-01")),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Africa/Casablanca"]),
)
def test_every_moment_is_found_again_by_what_the_clock_shows(utc: datetime, time_zone: str) -> None:
    shown = utc.replace(tzinfo=UTC).astimezone(zone(time_zone))
    found = moment(shown.replace(tzinfo=None), time_zone, "starts_at_local")
    assert found == (utc.replace(tzinfo=UTC) if shown.fold == 0 else first_showing(shown))


def test_the_length_of_a_slot_is_counted_in_utc() -> None:
    start = moment(datetime.fromisoformat("2027-03-28T01:30"), "Europe/Berlin", "starts_at_local")
    end = moment(datetime.fromisoformat("2027-03-28T03:30"), "Europe/Berlin", "ends_at_local")
    assert Slot.between(start, end, "Europe/Berlin").length == timedelta(hours=1)


@pytest.mark.parametrize("minutes", [0, -1, -60])
def test_a_slot_that_ends_before_it_starts_is_refused(minutes: int) -> None:
    with pytest.raises(EndsBeforeStart):
        Slot.between(utc_of("2027-01-01T10:00"), utc_of("2027-01-01T10:00") + timedelta(minutes=minutes), "UTC")


@pytest.mark.parametrize("minutes", [1, 14, 481])
def test_a_slot_is_neither_shorter_than_15_minutes_nor_longer_than_480(minutes: int) -> None:
    with pytest.raises(WrongLength) as refused:
        Slot.between(utc_of("2027-01-01T10:00"), utc_of("2027-01-01T10:00") + timedelta(minutes=minutes), "UTC")
    assert refused.value.status == 422


@pytest.mark.parametrize("minutes", [15, 480])
def test_a_slot_may_take_15_or_480_minutes(minutes: int) -> None:
    start = utc_of("2027-01-01T10:00")
    assert Slot.between(start, start + timedelta(minutes=minutes), "UTC").length == timedelta(minutes=minutes)


def utc_of(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def first_showing(shown: datetime) -> datetime:
    return shown.replace(fold=0).astimezone(UTC)
