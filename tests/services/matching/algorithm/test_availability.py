"""The weekly times of two people in UTC, whatever the season and the turn of the week."""

from datetime import date

import numpy as np
import pytest

from services.matching.algorithm import availability
from services.matching.algorithm.availability import hours_shared
from services.matching.algorithm.people import slots
from tests.services.matching.algorithm.people import person, points

BERLIN = person("b", availability=["Wed 15:00-18:00"], time_zone="Europe/Berlin")
NEW_YORK = person("n", availability=["Wed 09:00-12:00"], time_zone="America/New_York")


@pytest.mark.parametrize(("day", "hours"), [((3, 10), 3), ((3, 17), 2), ((3, 24), 2), ((3, 31), 3)])
def test_what_two_share_changes_with_daylight_saving(day: tuple[int, int], hours: int) -> None:
    assert hours_shared(BERLIN, NEW_YORK, date(2027, *day), None) == hours


def test_over_a_year_the_season_counts_in_which_they_share_least() -> None:
    assert hours_shared(BERLIN, NEW_YORK, date(2027, 1, 4), date(2027, 12, 27)) == 2


def test_sunday_night_in_one_zone_is_monday_in_another() -> None:
    honolulu = person("h", availability=["Sun 20:00-22:00"], time_zone="Pacific/Honolulu")
    tokyo = person("t", availability=["Mon 15:00-17:00"], time_zone="Asia/Tokyo")
    assert hours_shared(honolulu, tokyo, date(2027, 1, 13), None) == 2


def test_the_week_wraps_round() -> None:
    kiritimati = person("k", availability=["Mon 00:00-02:00"], time_zone="Pacific/Kiritimati")
    london = person("l", availability=["Sun 10:00-12:00"], time_zone="Europe/London")
    assert hours_shared(kiritimati, london, date(2027, 1, 13), None) == 2


def test_zones_at_quarters_of_an_hour_are_exact() -> None:
    kathmandu = person("k", availability=["Mon 10:00-11:00"], time_zone="Asia/Kathmandu")
    utc = person("u", availability=["Mon 04:00-05:00"], time_zone="UTC")
    assert hours_shared(kathmandu, utc, date(2027, 1, 13), None) == 0.75


def test_a_table_of_all_is_the_same_as_each_two() -> None:
    zones = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]
    times = [["Mon 00:00-24:00"], ["Wed 10:00-12:15", "Sun 22:00-24:00"], ["Mon-Fri 18:00-20:00"]]
    people = [
        person(f"{zone} {at}", availability=one, time_zone=zone) for zone in zones for at, one in enumerate(times)
    ]
    starts, ends = date(2027, 1, 11), date(2027, 12, 20)
    meeting = availability.compare(people, people, starts, ends)
    shared = meeting.quarters(np.arange(len(people)))
    for row, one in enumerate(people):
        for column, other in enumerate(people):
            assert shared[row, column] / 4 == hours_shared(one, other, starts, ends)


def test_too_little_time_in_common_forbids_a_pair() -> None:
    mine = {"availability": ["Wed 15:00-18:00"], "time_zone": "Europe/Berlin"}
    theirs = {"availability": ["Wed 17:00-20:00"], "time_zone": "Europe/Berlin"}
    assert points(mine, theirs, constraints={"overlap_hours": 1}) >= 0
    assert points(mine, theirs, constraints={"overlap_hours": 1.5}) == -1
    assert points(mine, {"time_zone": "Europe/Berlin"}, constraints={"overlap_hours": 1.5}) >= 0


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Mon 11:00-09:00", "ends before it starts"),
        ("Mon 11:00-11:00", "ends before it starts"),
        ("Mon 11:00-25:00", "no day has"),
        ("Mon 11:70-12:00", "no day has"),
        ("Someday 11:00-12:00", "no weekly time"),
        ("Fri-Mon 11:00-12:00", "wrong order"),
        ("whenever", "no weekly time"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        slots(text)


def test_days_can_be_given_together() -> None:
    assert slots("Mon-Wed 09:00-10:00") == ((540, 600), (1980, 2040), (3420, 3480))
