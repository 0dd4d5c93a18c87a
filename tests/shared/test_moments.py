"""Times and durations that people state."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import NaiveDatetime, TypeAdapter, ValidationError

from shared.moments import ZONELESS, Day, Duration, Instant, Period
from tests.examples import examples

NO_TIMES: list[Any] = [
    "2027-12-24",
    "1798797600",
    1798797600,
    1798797600000,
    1.5,
    True,
    None,
    "",
    "18:00",
    "20271224T180000Z",
    "24.12.2027 18:00",
]


@pytest.mark.parametrize("kind", [Instant, Annotated[NaiveDatetime, ZONELESS]])
@pytest.mark.parametrize("stated", NO_TIMES)
def test_neither_a_number_nor_a_bare_date_is_a_time(kind: Any, stated: Any) -> None:
    with pytest.raises(ValidationError, match="a date and a time of day"):
        TypeAdapter(kind).validate_python(stated)


@pytest.mark.parametrize("stated", ["2027-12-24T18:00Z", "2027-12-24T19:00:00+01:00", "2027-12-24 18:00:00.000Z"])
def test_a_date_with_a_time_of_day_and_an_offset_is_a_moment(stated: str) -> None:
    assert TypeAdapter(Instant).validate_python(stated) == datetime(2027, 12, 24, 18, tzinfo=UTC)


@pytest.mark.parametrize("stated", [20270131, "20270131", 1798797600, "2027-01-31T00:00", "31.1.2027", True, ""])
def test_a_day_is_a_date_and_nothing_else(stated: Any) -> None:
    with pytest.raises(ValidationError, match="write it as 2027-01-31"):
        TypeAdapter(Day).validate_python(stated)
    assert TypeAdapter(Day).validate_python("2027-01-31") == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        ("P1M", "2027-02-28", "2027-03-28"),
        ("P1M", "2027-01-31", "2027-02-28"),
        ("P1M", "2028-01-31", "2028-02-29"),
        ("P1Y", "2028-02-29", "2029-02-28"),
        ("P13M", "2027-12-15", "2029-01-15"),
        ("P2W", "2027-01-31", "2027-02-14"),
        ("P30D", "2027-01-31", "2027-03-02"),
        ("P1M1D", "2027-01-31", "2027-03-01"),
        ("P1Y2M", "2027-11-30", "2029-01-30"),
    ],
)
def test_a_month_is_as_long_as_the_calendar_has_it(period: str, since: str, until: str) -> None:
    found = Period.parse(period).after(datetime.fromisoformat(f"{since}T12:00:00+00:00"))
    assert found == datetime.fromisoformat(f"{until}T12:00:00+00:00")


def test_hours_are_exact() -> None:
    assert Period.parse("PT26H30M").after(datetime(2027, 3, 27, tzinfo=UTC)) == datetime(2027, 3, 28, 2, 30, tzinfo=UTC)


def test_a_duration_may_lead_back_and_beyond_the_calendar() -> None:
    now = datetime(2027, 3, 31, tzinfo=UTC)
    assert Period.parse("-P1M").after(now) == datetime(2027, 2, 28, tzinfo=UTC)
    assert Period.parse("P999999D").after(now).year > 4000
    assert Period.parse("P999999Y").after(now) == datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "stated",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "1M",
        "P1.5D",
        "P-1D",
        30,
        2592000.0,
        "30",
        "P1H",
        "P9999999Y",
        "P" + "9" * 30 + "D",
        None,
    ],
)
def test_what_is_no_duration_is_refused(stated: Any) -> None:
    with pytest.raises(ValidationError, match="duration"):
        TypeAdapter(Duration).validate_python(stated)


MOMENTS = st.integers(0, 3_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


@examples(100)
@given(MOMENTS, st.integers(0, 600))
def test_months_lead_to_the_same_day_or_the_last_of_the_month(moment: datetime, months: int) -> None:
    later = Period.parse(f"P{months}M").after(moment)
    assert (later.year * 12 + later.month) - (moment.year * 12 + moment.month) == months
    assert later.day == moment.day or (later.day < moment.day and (later + timedelta(days=1)).day == 1)
