"""What a command's body may say about the time of a session."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from services.sessions.meetings.commands import RescheduleSession, ScheduleSession
from services.sessions.times import EndsBeforeStart, SkippedTime, Slot

HOUR = timedelta(hours=1)


def schedule(**when: object) -> ScheduleSession:
    return ScheduleSession.model_validate({"relationship_id": "r1", "time_zone": "Europe/Berlin"} | when)


def test_a_time_with_an_offset_is_taken_to_utc_and_its_zone_kept() -> None:
    assert schedule(starts_at="2027-03-10T18:00:00.123456+01:00").slot(usual=HOUR) == Slot(
        starts_at=datetime(2027, 3, 10, 17, 0, 0, 123000, tzinfo=UTC),
        ends_at=datetime(2027, 3, 10, 18, 0, 0, 123000, tzinfo=UTC),
        time_zone="Europe/Berlin",
    )


@pytest.mark.parametrize(
    ("end", "minutes"),
    [
        ({}, 60),
        ({"minutes": 90}, 90),
        ({"ends_at_local": "2027-03-28T03:30"}, 60),
        ({"ends_at": "2027-03-28T01:00Z"}, 30),
    ],
)
def test_an_end_is_a_length_or_a_time_or_the_usual_length(end: dict[str, object], minutes: int) -> None:
    planned = schedule(starts_at_local="2027-03-28T01:30", **end).slot(usual=HOUR)
    assert planned.starts_at == datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    assert planned.length == timedelta(minutes=minutes)


def test_a_start_that_clocks_skip_is_refused_with_the_next_valid_time() -> None:
    with pytest.raises(SkippedTime, match=r"starts_at_local: .* the next time is 2027-03-28T03:00"):
        schedule(starts_at_local="2027-03-28T02:30").slot(usual=HOUR)


def test_an_end_that_clocks_skip_is_refused_too() -> None:
    with pytest.raises(SkippedTime, match="ends_at_local"):
        schedule(starts_at_local="2027-03-28T01:30", ends_at_local="2027-03-28T02:30").slot(usual=HOUR)


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(EndsBeforeStart):
        schedule(starts_at_local="2027-03-10T18:00", ends_at_local="2027-03-10T17:00").slot(usual=HOUR)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({}, "starts_at or starts_at_local"),
        ({"starts_at": "2027-03-10T18:00Z", "starts_at_local": "2027-03-10T18:00"}, "starts_at or starts_at_local"),
        ({"starts_at": "2027-03-10T18:00"}, "timezone"),
        ({"starts_at_local": "2027-03-10T18:00Z"}, "timezone"),
        ({"starts_at": "0001-01-01T00:00+14:00"}, "2000-01-01"),
        ({"starts_at_local": "9999-12-31T23:59"}, "2200-01-01"),
        ({"starts_at": "2027-03-10T18:00Z", "minutes": 14}, "15"),
        ({"starts_at": "2027-03-10T18:00Z", "minutes": 481}, "480"),
        ({"starts_at": "2027-03-10T18:00Z", "minutes": 60, "ends_at": "2027-03-10T19:00Z"}, "minutes"),
        ({"starts_at": "2027-03-10T18:00Z", "time_zone": "Mars/Olympus"}, "use an IANA name such as Europe/Rome"),
        ({"starts_at": "2027-03-10T18:00Z", "time_zone": ""}, "use an IANA name such as Europe/Rome"),
        ({"starts_at": "2027-03-10T18:00Z", "end": "2027-03-10T19:00Z"}, "end"),
        ({"starts_at": "2027-12-24"}, "a date and a time of day"),
        ({"starts_at": 1798797600}, "a date and a time of day"),
        ({"starts_at": "1798797600"}, "a date and a time of day"),
        ({"starts_at": 1798797600.5}, "a date and a time of day"),
        ({"starts_at_local": "2027-12-24"}, "a date and a time of day"),
        ({"starts_at_local": 1798797600}, "a date and a time of day"),
        ({"starts_at": "2027-03-10T18:00Z", "ends_at": "2027-03-11"}, "a date and a time of day"),
        ({"starts_at": True}, "a date and a time of day"),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused_with_the_remedy(when: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        schedule(**when)


def test_a_session_that_moves_without_an_end_stays_as_long_as_it_was() -> None:
    command = RescheduleSession.model_validate(
        {"session_id": "s1", "time_zone": "Asia/Tokyo", "starts_at_local": "2027-03-10T18:00"}
    )
    assert command.slot(usual=timedelta(minutes=75)).length == timedelta(minutes=75)
