"""Times and durations that people state, read in one way wherever they stand.

A time is a text with a date and a time of day (RFC 3339). A number is no time, and a date alone, which forms send by
mistake more often than anything, is no midnight.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Self

from pydantic import AwareDatetime, BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}.*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PERIOD = re.compile(
    r"(?P<sign>-?)P(?=.)(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?"
)


def _with_time_of_day(example: str) -> BeforeValidator:
    def check(found: object) -> object:
        if isinstance(found, datetime) or (isinstance(found, str) and _TIME.fullmatch(found)):
            return found
        raise ValueError(f"this is no time: write a date and a time of day, such as {example}")

    return BeforeValidator(check)


def _dated(found: object) -> object:
    is_date = isinstance(found, date) and not isinstance(found, datetime)
    if is_date or (isinstance(found, str) and _DAY.fullmatch(found)):
        return found
    raise ValueError("this is no date: write it as 2027-01-31")


@dataclass(slots=True, frozen=True)
class Period:
    """A length of time as the calendar counts it: months are as long as they are, and the rest is exact."""

    months: int
    rest: timedelta
    text: str

    @classmethod
    def parse(cls, stated: object) -> Self:
        """Read an ISO 8601 duration, such as P1M, P30D or PT26H; raises `ValueError` for anything else."""
        found = _PERIOD.fullmatch(stated) if isinstance(stated, str) else None
        if found is None:
            raise ValueError(
                "this is no duration (ISO 8601): write P30D for 30 days, P1M for a month or PT26H for 26 hours"
            )
        sign = -1 if found["sign"] else 1
        years, months, weeks, days, hours, minutes, seconds = (sign * int(number or 0) for number in found.groups()[1:])
        rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return cls(12 * years + months, rest, found[0])

    def after(self, moment: datetime) -> datetime:
        """Return the moment that is this much later: on the last day of a month that has no such day, if need be.

        Beyond the calendar's end it is the end.
        """
        year, month = divmod(moment.year * 12 + moment.month - 1 + self.months, 12)
        try:
            day = min(moment.day, monthrange(year, month + 1)[1])
            return moment.replace(year=year, month=month + 1, day=day) + self.rest
        except (ValueError, OverflowError):
            end = datetime.max.replace(tzinfo=moment.tzinfo)
            return end if year >= moment.year else datetime.min.replace(tzinfo=moment.tzinfo)


TIMED = _with_time_of_day("2027-01-31T12:00:00Z")
"""The check of a moment, to stand behind bounds."""

ZONELESS = _with_time_of_day("2027-01-31T12:00")
"""The same for what clocks show."""

Instant = Annotated[AwareDatetime, TIMED]
"""A moment, with its offset from UTC."""

Day = Annotated[date, BeforeValidator(_dated)]
"""A day of the calendar."""

Duration = Annotated[
    Period,
    PlainValidator(Period.parse),
    PlainSerializer(lambda period: period.text),
    WithJsonSchema({"type": "string", "format": "duration"}),
]
"""A length of time."""
