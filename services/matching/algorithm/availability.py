"""When two people can meet: weekly times of either, in UTC, whatever the season and the turn of the week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.matching.algorithm.people import WEEK_MINUTES, Person
from shared.clock import zone

QUARTER = 15
"""Minutes: every zone today is whole quarters of an hour ahead of UTC or behind."""
QUARTERS = WEEK_MINUTES // QUARTER

Floats = NDArray[np.float32]
Indexes = NDArray[np.int64]


@lru_cache(maxsize=65536)
def quarters_ahead(time_zone: str, day: date) -> int:
    """Quarters of an hour that the zone is ahead of UTC at noon UTC of the day."""
    noon = datetime.combine(day, time(12), UTC)
    ahead = noon.astimezone(zone(time_zone)).utcoffset() or timedelta()
    return round(ahead / timedelta(minutes=QUARTER))


def seasons(time_zones: set[str], starts: date, ends: date | None) -> list[date]:
    """List a day for each way in which the clocks of these zones differ while the program lasts."""
    days = [starts + timedelta(weeks=week) for week in range(((ends or starts) - starts).days // 7 + 1)]
    ordered = sorted(time_zones)
    first_of = {tuple(quarters_ahead(name, day) for name in ordered): day for day in reversed(days)}
    return sorted(first_of.values())


def weeks_in_utc(people: Sequence[Person], day: date) -> NDArray[np.bool_]:
    """Mark the quarters of the week in UTC that are free as clocks stand on that day; Sunday night runs into Monday.

    A row per person.
    """
    local = np.zeros((len(people), QUARTERS), dtype=bool)
    for row, person in enumerate(people):
        for start, end in person.availability:
            local[row, -(-start // QUARTER) : end // QUARTER] = True
    ahead = np.array([quarters_ahead(person.time_zone or "UTC", day) for person in people], dtype=np.int64)
    for one in {*ahead.tolist()}:
        local[ahead == one] = np.roll(local[ahead == one], -one, axis=1)
    return local


def is_stated(person: Person) -> bool:
    """Whether the person has stated when they are free."""
    return bool(person.availability and person.time_zone)


@dataclass(frozen=True)
class Meeting:
    """The weekly times of both sides, each different pattern of them once.

    `mentee_codes` and `mentor_codes` tell each person's pattern, -1 without one. Of each season, `wanted` has a row for
    each pattern of the mentees and `offered` for each of the mentors, a column for quarters that are free for the same
    patterns, and in `wanted` how many quarters these are.
    """

    mentee_codes: Indexes
    mentor_codes: Indexes
    wanted: tuple[Floats, ...]
    offered: tuple[Floats, ...]

    def quarters(self, codes: Indexes) -> Floats:
        """Quarters of an hour in common every week, for some patterns of mentees with all of mentors."""
        shared = [mine[codes] @ theirs.T for mine, theirs in zip(self.wanted, self.offered, strict=True)]
        least: Floats = np.minimum.reduce(shared)
        return least


def compare(mentees: Sequence[Person], mentors: Sequence[Person], starts: date, ends: date | None) -> Meeting:
    """Compare the weekly times of all; what counts is the season in which two share least."""
    wanting, mentee_codes = _patterns(mentees)
    offering, mentor_codes = _patterns(mentors)
    zones = {person.time_zone for person in (*wanting, *offering) if person.time_zone}
    tables = [_tables(wanting, offering, day) for day in seasons(zones, starts, ends)]
    wanted, offered = zip(*tables, strict=True)
    return Meeting(mentee_codes, mentor_codes, wanted, offered)


def hours_shared(mentee: Person, mentor: Person, starts: date, ends: date | None) -> float:
    """Hours in common every week of two who both stated when they are free."""
    days = seasons({mentee.time_zone or "", mentor.time_zone or ""}, starts, ends)
    return float(min(weeks_in_utc([mentee, mentor], day).all(axis=0).sum() for day in days)) / 4


def _patterns(people: Sequence[Person]) -> tuple[list[Person], Indexes]:
    """Find the different patterns: one person for each, and the pattern of each person."""
    patterns = [(one.availability, one.time_zone) if is_stated(one) else None for one in people]
    examples = dict(zip(patterns, people, strict=True))
    examples.pop(None, None)
    number = {pattern: at for at, pattern in enumerate(examples)}
    codes = np.fromiter((number.get(one, -1) for one in patterns), dtype=np.int64, count=len(people))
    return list(examples.values()), codes


def _tables(wanting: Sequence[Person], offering: Sequence[Person], day: date) -> tuple[Floats, Floats]:
    weeks = weeks_in_utc([*wanting, *offering], day)
    useful = weeks[:, weeks[: len(wanting)].any(axis=0) & weeks[len(wanting) :].any(axis=0)]
    columns, quarters = np.unique(np.packbits(useful, axis=0), axis=1, return_counts=True)
    merged = np.unpackbits(columns, axis=0, count=len(weeks)).astype(np.float32)
    return merged[: len(wanting)] * quarters.astype(np.float32), merged[len(wanting) :]
