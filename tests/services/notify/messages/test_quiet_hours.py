from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.messages.quiet_hours import send_time
from shared.clock import zone
from tests.examples import examples

BERLIN = zone("Europe/Berlin")
MINUTE = timedelta(minutes=1)


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("2027-03-27 20:30", "2027-03-28 06:00"),
        ("2027-10-30 20:30", "2027-10-31 07:00"),
        ("2027-03-28 03:30", "2027-03-28 06:00"),
        ("2027-01-11 20:00", "2027-01-12 07:00"),
        ("2027-01-12 07:59:59", "2027-01-12 07:00"),
    ],
)
def test_a_message_of_the_night_is_sent_when_the_quiet_hours_end(written: str, sent: str) -> None:
    assert send_time(local(written), BERLIN, None) == utc(sent)


@pytest.mark.parametrize("written", ["2027-03-27 19:59", "2027-03-28 08:00", "2027-01-11 12:00"])
def test_a_message_of_the_day_is_sent_at_once(written: str) -> None:
    assert send_time(local(written), BERLIN, None) == local(written)


@pytest.mark.parametrize("hours", [-1, 1, 12])
def test_what_is_due_within_twelve_hours_is_sent_at_once(hours: int) -> None:
    now = local("2027-01-11 20:30")
    assert send_time(now, BERLIN, now + timedelta(hours=hours)) == now


def test_what_is_due_later_waits_for_the_morning() -> None:
    now = local("2027-01-11 20:30")
    assert send_time(now, BERLIN, now + timedelta(hours=12, minutes=1)) == utc("2027-01-12 07:00")


def test_what_is_due_before_the_end_of_a_night_of_thirteen_hours_is_sent_at_once() -> None:
    now = local("2027-10-30 20:00")
    assert send_time(now, BERLIN, now + timedelta(hours=12, minutes=30)) == now


def test_quiet_hours_may_lie_within_one_day() -> None:
    midday = (time(12), time(14))
    assert send_time(local("2027-01-11 12:30"), BERLIN, None, midday) == local("2027-01-11 14:00")
    assert send_time(local("2027-01-11 14:00"), BERLIN, None, midday) == local("2027-01-11 14:00")


def test_quiet_hours_that_end_when_they_start_are_none() -> None:
    now = local("2027-01-11 20:30")
    assert send_time(now, BERLIN, None, (time(20), time(20))) == now


def test_an_hour_that_comes_twice_is_quiet_both_times() -> None:
    until_half_past_two = (time(22), time(2, 30))
    for fold in (0, 1):
        written, sent = local("2027-10-31 02:15", fold), local("2027-10-31 02:30", fold)
        assert send_time(written, BERLIN, None, until_half_past_two) == sent


@examples(60)
@given(
    st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: utc("2026-01-01 00:00") + minutes * MINUTE),
    st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"]
    ),
)
def test_a_message_is_sent_in_the_first_minute_that_is_not_quiet(now: datetime, name: str) -> None:
    minute = now
    while not time(8) <= minute.astimezone(zone(name)).time() < time(20):
        minute += MINUTE
    assert send_time(now, zone(name), None) == minute
