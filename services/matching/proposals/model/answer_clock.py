"""The clock of a proposal, which stands still while its two people talk or need more time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.errors import Refusal

STOP = timedelta(days=7)
"""How long the clock stands still at a time."""
MOST_STOPS = 2


class ExtensionsUsedUp(Refusal):
    """The clock has stopped as often as it may; `expires_at` is the last moment for an answer."""

    def __init__(self, expires_at: datetime) -> None:
        super().__init__(
            f"There was more time twice already: accept or decline by {expires_at:%Y-%m-%d %H:%M} UTC.",
            expires_at=expires_at.isoformat(),
        )


def moved_by(stops: Iterable[datetime], moment: datetime) -> datetime:
    """Return when a moment comes that was planned before the clock has stopped, at these times in their order."""
    for stop in stops:
        if moment > stop:
            moment += STOP
    return moment
