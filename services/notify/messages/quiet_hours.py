"""When a message may be sent: not at night where its reader lives, unless it cannot wait."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUIET_HOURS = (time(20), time(8))
URGENT = timedelta(hours=12)


def send_time(
    now_utc: datetime, zone: ZoneInfo, urgent_by: datetime | None, quiet: tuple[time, time] = QUIET_HOURS
) -> datetime:
    """Choose when to send: now, or when the quiet hours in `zone` end, if it is in them; in UTC.

    `quiet` is the local time at which they start and the one at which they end; they may pass midnight. What is due by
    `urgent_by` goes at once if that is within 12 hours, or before the quiet hours end. All moments are aware.
    """
    allowed = max(now_utc, _end_of_quiet(now_utc.astimezone(zone), quiet))
    if urgent_by is not None and urgent_by <= max(now_utc + URGENT, allowed):
        return now_utc
    return allowed


def _end_of_quiet(local: datetime, quiet: tuple[time, time]) -> datetime:
    """The moment at which the quiet hours around `local` end; `local` itself if it is not in them."""
    start, end = quiet
    clock, passes_midnight = local.time(), start > end
    in_quiet = clock >= start or clock < end if passes_midnight else start <= clock < end
    if not in_quiet:
        return local.astimezone(UTC)
    # A day is added to the date and not to the moment: a day with a change of the clocks has not 24 hours.
    day = local.date() + timedelta(days=passes_midnight and clock >= start)
    return datetime.combine(day, end, tzinfo=local.tzinfo).replace(fold=local.fold).astimezone(UTC)
