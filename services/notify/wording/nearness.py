"""How near something is that a letter reminds of, in words that are still true some minutes after it was written."""

from datetime import datetime, timedelta
from typing import Literal

from shared.clock import zone

Near = Literal["minutes", "hour", "today", "tomorrow", "later"]

FEW_MINUTES, HOUR = 15, 60


def nearness(minutes: int, at: datetime, starts_at: datetime, time_zone: str) -> Near:
    """Say how near a session is to who is reminded of it so many minutes before, by a letter that is written now."""
    if minutes <= FEW_MINUTES:
        return "minutes"
    if minutes <= HOUR:
        return "hour"
    today, day = (moment.astimezone(zone(time_zone)).date() for moment in (at, starts_at))
    return "today" if day == today else "tomorrow" if day == today + timedelta(days=1) else "later"
