"""Time: UTC moments to the millisecond, and IANA zones from the pinned `tzdata`.

A moment is cut to milliseconds where it enters, since the database keeps no more: a value that is written and
read again is the same value.
"""

import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]

# The system's copy of the time zones is often a year old; the pinned package is the only source.
zoneinfo.reset_tzpath(to=[])


def to_milliseconds(moment: datetime) -> datetime:
    """Return the same moment in UTC, cut to whole milliseconds."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    rest = moment.microsecond % 1000
    return moment.replace(microsecond=moment.microsecond - rest) if rest else moment


def rfc3339(moment: datetime, precision: str = "milliseconds") -> str:
    """Return a moment as events and answers carry it: UTC with Z. `precision` is a `timespec` of `isoformat`."""
    return moment.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def system_clock() -> datetime:
    """Now, by this machine."""
    return to_milliseconds(datetime.now(UTC))


def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return the IANA zone of that name; raises ValueError with a remedy for a name that does not exist."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone: use an IANA name such as Europe/Rome") from error
