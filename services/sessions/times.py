"""When a session is: from what people type to moments in UTC. All arithmetic is in UTC.

Python subtracts two times of one zone by the clock on the wall, which is wrong by an hour around a change.
"""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NaiveDatetime

from shared.clock import rfc3339, to_milliseconds, zone
from shared.errors import Refusal
from shared.moments import TIMED, ZONELESS

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(minutes=480)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""No time that people type is beyond these: near the ends of the calendar, a change of zone would fail."""


Moment = Annotated[AwareDatetime, Field(gt=EARLIEST, lt=LATEST), TIMED]
LocalTime = Annotated[NaiveDatetime, Field(gt=EARLIEST.replace(tzinfo=None), lt=LATEST.replace(tzinfo=None)), ZONELESS]


class WrongTime(Refusal):
    """The time cannot be, whatever else is planned. `field` says which part of the command is wrong."""

    status = 422


class SkippedTime(WrongTime):
    """The clocks jump over this time. `next_valid` is the first one behind the jump."""


class EndsBeforeStart(WrongTime):
    """A session ends after it starts."""


class WrongLength(WrongTime):
    """A session takes from 15 to 480 minutes."""


class Slot(BaseModel):
    """From `starts_at` up to but not including `ends_at`, in UTC, with the zone of who planned it."""

    model_config = ConfigDict(frozen=True)

    starts_at: datetime = EPOCH
    ends_at: datetime = EPOCH
    time_zone: str = "UTC"

    @classmethod
    def between(cls, starts_at: datetime, ends_at: datetime, time_zone: str) -> Self:
        """The slot between two aware moments; raises `EndsBeforeStart`, `WrongLength`."""
        length = ends_at - starts_at
        if length <= timedelta():
            raise EndsBeforeStart("The session must end after it starts: move its end, or its start.", field="ends_at")
        if not SHORTEST <= length <= LONGEST:
            minutes = int(length.total_seconds() // 60)
            raise WrongLength(f"A session takes 15 to 480 minutes, not {minutes}: move its end.", field="ends_at")
        return cls(starts_at=to_milliseconds(starts_at), ends_at=to_milliseconds(ends_at), time_zone=time_zone)

    @property
    def length(self) -> timedelta:
        """How long it takes."""
        return self.ends_at - self.starts_at

    def later(self, by: timedelta) -> Self:
        """The slot of the same length that is so much later."""
        return self.model_copy(update={"starts_at": self.starts_at + by, "ends_at": self.ends_at + by})

    def is_same_time(self, other: "Slot") -> bool:
        """Whether they begin and end at the same moments, whatever zones they were planned in."""
        return (self.starts_at, self.ends_at) == (other.starts_at, other.ends_at)

    def overlaps(self, other: "Slot") -> bool:
        """Whether they share a moment; one that begins when the other ends does not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def shown(moment: datetime) -> str:
    """Write a moment as refusals name it: in UTC, to the second."""
    return rfc3339(moment, "seconds")


def moment(wall_time: datetime, time_zone: str, field: str) -> datetime:
    """The UTC moment at which clocks in the zone show `wall_time`; the first one if they show it twice.

    This is how RFC 5545, 3.3.5 reads an ambiguous time. For a time that clocks never show it raises `SkippedTime`,
    since nobody can say which moment was meant.
    """
    local = zone(time_zone)
    found = wall_time.replace(tzinfo=local, fold=0).astimezone(UTC)
    if found.astimezone(local).replace(tzinfo=None) == wall_time:
        return found
    after = next_valid(wall_time, local).isoformat(timespec="minutes")
    raise SkippedTime(
        f"{field}: clocks in {time_zone} skip {wall_time.isoformat(timespec='minutes')}, the next time is {after}.",
        field=field,
        next_valid=after,
    )


def next_valid(skipped: datetime, local: tzinfo) -> datetime:
    """The first wall time behind the jump that skips this one."""
    # In a gap, fold 1 counts with the offset after the jump and fold 0 with the one before: the jump is in between.
    early, late = (skipped.replace(tzinfo=local, fold=fold, microsecond=0).astimezone(UTC) for fold in (1, 0))

    def shown(second: int) -> datetime:
        return (early + timedelta(seconds=second)).astimezone(local)

    new_offset = late.astimezone(local).utcoffset()
    seconds = range(int((late - early).total_seconds()))
    jump = bisect_left(seconds, True, key=lambda second: shown(second).utcoffset() == new_offset)
    return shown(jump).replace(tzinfo=None)
